//! The vendors' side of the server: this machine only, call log, faults.
//!
//! In: requests. Out: calls of a [`Vendor`]'s routes and control surface. The work of a request
//! goes on when its client is gone, as it does at the vendors. Must not import a vendor.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use http::{HeaderMap, HeaderValue, header};
use serde_json::json;
use tokio::net::TcpListener;

use crate::calls::Call;
use crate::core::Core;
use crate::faults::Effect;
use crate::serve::{Reply, Request, Server};
use crate::wire::{Answer, Ask};

const LONGEST_BODY: usize = 64 << 20;

/// What a vendor's room gives the server.
pub(crate) trait Vendor: Send + Sync + 'static {
    type State: Send + 'static;
    fn core(&self) -> &Core<Self::State>;
    fn calls(state: &mut Self::State) -> &mut Vec<Call>;
    fn operation(&self, ask: &Ask) -> &'static str;
    fn act(self: &Arc<Self>, ask: &Ask) -> Answer;
    fn control(self: Arc<Self>, ask: Ask) -> impl Future<Output = Answer> + Send;
}

/// Serves a vendor on a listening socket; it stops when the server is dropped.
pub(crate) fn start<V: Vendor>(listener: TcpListener, vendor: Arc<V>) -> io::Result<Server> {
    Server::start(listener, LONGEST_BODY, move |request| {
        answer(Arc::clone(&vendor), request)
    })
}

async fn answer<V: Vendor>(vendor: Arc<V>, request: Request) -> Reply {
    if !from_this_machine(&request.headers) {
        return Answer::json(421, &json!({"error": "not from this machine"})).into_reply();
    }
    let ask = Ask::new(request);
    if ask.path.starts_with("/_sim/") {
        return vendor.control(ask).await.into_reply();
    }
    let operation = vendor.operation(&ask);
    let began = Instant::now();
    let faults = &vendor.core().faults;
    let effect = faults.meet(operation);
    let number = log(vendor.as_ref(), &ask, operation, effect.as_ref());
    let act = || async { vendor.act(&ask).into_reply() };
    let reply = faults.carry_out(effect, act).await;
    if let Reply::Answer(answer) = &reply {
        vendor.core().change(|state| {
            if let Some(call) = V::calls(state).get_mut(number) {
                call.status = Some(answer.status().as_u16());
                call.took_ms = u64::try_from(began.elapsed().as_millis()).ok();
            }
        });
    }
    reply
}

/// A page in a browser must not reach the simulator under another name, and no other site's page
/// may drive it.
fn from_this_machine(headers: &HeaderMap) -> bool {
    let text = |name| {
        let value: Option<&HeaderValue> = headers.get(name);
        value.map(|value| value.to_str().unwrap_or_default())
    };
    let local = |host: &str| {
        let name = host.rsplit_once(':').map_or(host, |(name, _port)| name);
        matches!(name, "127.0.0.1" | "localhost" | "[::1]")
    };
    let origin = text(header::ORIGIN);
    local(text(header::HOST).unwrap_or_default())
        && origin.is_none_or(|origin| origin.strip_prefix("http://").is_some_and(local))
}

fn log<V: Vendor>(vendor: &V, ask: &Ask, operation: &str, effect: Option<&Effect>) -> usize {
    let call = Call {
        at_ms: vendor.core().clock.now_ms(),
        operation: operation.to_owned(),
        method: ask.method.clone(),
        path: ask.path.clone(),
        query: ask.query.clone(),
        headers: ask.headers_for_log(),
        body: ask.body_for_log(),
        status: None,
        fault: effect.map(|effect| effect.name().to_owned()),
        took_ms: None,
    };
    vendor.core().change(|state| {
        let calls = V::calls(state);
        calls.push(call);
        calls.len() - 1
    })
}

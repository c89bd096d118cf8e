//! The HTTP server under both simulators: loopback only, call log, faults, closable connections.
//!
//! In: connections. Out: calls of a [`Vendor`]'s routes and control surface. The work of a request
//! goes on when its client is gone, as it does at the vendors. Must not import a vendor.

use std::future::{Future, pending};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, header};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::calls::Call;
use crate::core::Core;
use crate::faults::Effect;
use crate::wire::{Answer, Ask};

use self::closable::{Doors, Wire};

mod closable;

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

/// A listening socket whose port is known before the server runs.
pub(crate) async fn bind(port: u16) -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// A running server; it stops when this is dropped.
pub(crate) struct Running {
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Running {
    pub(crate) fn start<V: Vendor>(listener: TcpListener, vendor: Arc<V>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let app = Router::new()
            .fallback(answer::<V>)
            .with_state(Front {
                vendor,
                stopped: stopped.clone(),
            })
            .into_make_service_with_connect_info::<Wire>();
        let server = axum::serve(Doors(listener), app).with_graceful_shutdown(until(stopped));
        let task = tokio::spawn(async move {
            let _ = server.await;
        });
        Self {
            stop,
            task: Mutex::new(Some(task)),
        }
    }

    /// Stops listening, breaks off what is being answered, waits until all connections are gone.
    pub(crate) async fn shutdown(&self) {
        self.stop.send_replace(true);
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = task {
            let _ = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

struct Front<V> {
    vendor: Arc<V>,
    stopped: watch::Receiver<bool>,
}

impl<V> Clone for Front<V> {
    fn clone(&self) -> Self {
        Self {
            vendor: Arc::clone(&self.vendor),
            stopped: self.stopped.clone(),
        }
    }
}

enum Fate {
    Answer(Answer),
    Silence,
    Close,
}

async fn answer<V: Vendor>(
    State(front): State<Front<V>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
) -> Response<Body> {
    if !from_this_machine(request.headers()) {
        return Answer::json(421, &json!({"error": "not from this machine"})).into_response();
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return Answer::json(413, &json!({"error": "body too large"})).into_response();
    };
    let ask = Ask::new(parts.method.as_str(), &parts.uri, parts.headers, body);
    let work = tokio::spawn(work(front.vendor, ask));
    let fate = tokio::select! {
        done = work => done.unwrap_or(Fate::Close),
        () = until(front.stopped.clone()) => Fate::Close,
    };
    match fate {
        Fate::Answer(answer) => return answer.into_response(),
        Fate::Silence => until(front.stopped).await,
        Fate::Close => {}
    }
    wire.close();
    Response::default()
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

async fn work<V: Vendor>(vendor: Arc<V>, ask: Ask) -> Fate {
    if ask.path.starts_with("/_sim/") {
        return Fate::Answer(vendor.control(ask).await);
    }
    let operation = vendor.operation(&ask);
    let began = Instant::now();
    let effect = vendor.core().meet(operation);
    let number = log(vendor.as_ref(), &ask, operation, effect.as_ref());
    let fate = meet(&vendor, &ask, effect).await;
    if let Fate::Answer(answer) = &fate {
        vendor.core().change(|state| {
            if let Some(call) = V::calls(state).get_mut(number) {
                call.status = Some(answer.status);
                call.took_ms = u64::try_from(began.elapsed().as_millis()).ok();
            }
        });
    }
    fate
}

async fn meet<V: Vendor>(vendor: &Arc<V>, ask: &Ask, effect: Option<Effect>) -> Fate {
    let said = |status, headers, body: String| Answer {
        status,
        headers,
        body: body.into_bytes(),
    };
    match effect {
        None => Fate::Answer(vendor.act(ask)),
        Some(Effect::Respond {
            status,
            headers,
            body,
        }) => Fate::Answer(said(status, headers, body)),
        Some(Effect::RespondAfter {
            status,
            headers,
            body,
        }) => {
            vendor.act(ask);
            Fate::Answer(said(status, headers, body))
        }
        Some(Effect::Hang) => Fate::Silence,
        Some(Effect::HangAfter) => {
            vendor.act(ask);
            Fate::Silence
        }
        Some(Effect::Drop) => Fate::Close,
        Some(Effect::DropAfter) => {
            vendor.act(ask);
            Fate::Close
        }
        Some(Effect::Delay(time)) => {
            tokio::time::sleep(time).await;
            Fate::Answer(vendor.act(ask))
        }
        Some(Effect::Hold(name)) => {
            vendor.core().held(&name).await;
            Fate::Answer(vendor.act(ask))
        }
    }
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

async fn until(mut stopped: watch::Receiver<bool>) {
    if stopped.wait_for(|stopped| *stopped).await.is_err() {
        pending::<()>().await;
    }
}

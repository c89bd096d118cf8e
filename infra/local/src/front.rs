//! The HTTP front: API Gateway's routes on a loopback port.
//!
//! In: HTTP requests. Out: the functions' answers, or API Gateway's own: 404 for an unknown
//! route, 413 above 10 MB, 500 when the function failed, 503 when it is throttled.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

use crate::apigw;
use crate::environment::InvokeError;
use crate::pool::Pool;
use simulators::serve::{Reply, Request, Server};

/// API Gateway's payload limit, in bytes.
pub const PAYLOAD_LIMIT: usize = 10 * 1024 * 1024;

/// A running front; dropping it closes the port.
pub struct Front {
    server: Server,
    base64: Arc<AtomicBool>,
}

impl Front {
    /// Serves the functions by route key, such as `POST /zendesk/reply`.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn start(listener: TcpListener, routes: BTreeMap<String, Pool>) -> std::io::Result<Self> {
        let base64 = Arc::new(AtomicBool::new(false));
        let forced = Arc::clone(&base64);
        let routes = Arc::new(routes);
        let server = Server::start(listener, PAYLOAD_LIMIT, move |request| {
            let routes = Arc::clone(&routes);
            let force_base64 = forced.load(Ordering::Relaxed);
            async move { answer(&routes, &request, force_base64).await }
        })?;
        Ok(Self { server, base64 })
    }

    /// `http://127.0.0.1:port`, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Passes every body in base64 from now on, as API Gateway does for binary types.
    pub fn force_base64(&self, on: bool) {
        self.base64.store(on, Ordering::Relaxed);
    }
}

async fn answer(routes: &BTreeMap<String, Pool>, request: &Request, force_base64: bool) -> Reply {
    let route_key = format!("{} {}", request.method, request.uri.path());
    let Some(pool) = routes.get(&route_key) else {
        return message(StatusCode::NOT_FOUND, "Not Found");
    };
    let event = apigw::event(request, &route_key, force_base64, SystemTime::now());
    match pool.invoke(event.to_string()).await {
        Ok(answer) => match apigw::response(&answer) {
            Ok(response) => Reply::Answer(response),
            Err(apigw::BadAnswer) => failed(),
        },
        Err(InvokeError::Throttled) => {
            message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
        Err(_) => failed(),
    }
}

fn failed() -> Reply {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn message(status: StatusCode, text: &str) -> Reply {
    Reply::json(status, "application/json", &json!({"message": text}))
}

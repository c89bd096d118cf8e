//! A port of this machine, with a public address in front of it, for Braze's webhooks.
//!
//! In: requests whose path nobody can guess. Out: their bodies. The first request for a text that is to be tried twice
//! is answered 503, all others 200. Nothing is kept but in memory.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::TWICE;

/// Largest body read, in bytes.
const LARGEST: usize = 1 << 20;

/// The listening port; dropping it closes it.
pub(crate) struct Port {
    /// The public address of it, with the part that nobody can guess.
    pub(crate) url: String,
    kept: Arc<Kept>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Kept {
    path: String,
    bodies: Mutex<Vec<Value>>,
    came: Notify,
}

impl Drop for Port {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Port {
    /// Listens there; `secret` is in the path.
    pub(crate) async fn start(address: &str, public: &str, secret: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let here = listener.local_addr()?;
        let path = format!("/{secret}");
        let public = public
            .trim_end_matches('/')
            .replace("{port}", &here.port().to_string());
        let kept = Arc::new(Kept {
            path: path.clone(),
            ..Kept::default()
        });
        let router = Router::new()
            .fallback(receive)
            .with_state(Arc::clone(&kept));
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            url: format!("{public}{path}"),
            kept,
            serving,
        })
    }

    /// Waits until enough has come, or the time is over; everything so far.
    pub(super) async fn until(
        &self,
        time: Duration,
        enough: impl Fn(&[Value]) -> bool,
    ) -> Vec<Value> {
        let end = Instant::now() + time;
        loop {
            let came = self.kept.came.notified();
            let bodies = self.bodies();
            if enough(&bodies) || timeout_at(end, came).await.is_err() {
                return self.bodies();
            }
        }
    }

    fn bodies(&self) -> Vec<Value> {
        self.kept
            .bodies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn receive(State(kept): State<Arc<Kept>>, request: Request) -> Response {
    if request.uri().path() != kept.path {
        return StatusCode::NOT_FOUND.into_response();
    }
    let bytes = axum::body::to_bytes(request.into_body(), LARGEST).await;
    let body = bytes
        .ok()
        .and_then(|b| serde_json::from_slice::<Value>(&b).ok());
    let Some(body) = body else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let again = {
        let mut bodies = kept.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        let known = bodies.iter().any(|one| one["message"] == TWICE);
        let again = body["message"] == TWICE && !known;
        bodies.push(body);
        again
    };
    kept.came.notify_waiters();
    match again {
        true => (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")]).into_response(),
        false => StatusCode::OK.into_response(),
    }
}

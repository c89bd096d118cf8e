//! The Lambda Runtime API of one execution environment, on its own loopback port.
//!
//! In: invocations from the pool and the runtime's HTTP calls. Out: what the function answered,
//! and whether it is waiting for work. Knows nothing of processes or time limits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};

use crate::ids;
use simulators::serve::{self, Reply, Request, Server};

const PREFIX: &str = "/2018-06-01/runtime/";
/// Lambda's limit of a synchronous answer is 6 MB; room is left for base64.
const LIMIT: usize = 16 * 1024 * 1024;

/// What the function posted for one invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The body of `…/response`.
    Response(Bytes),
    /// The body of `…/error`.
    Error(Bytes),
}

/// What the runtime is doing, as far as its calls tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It has not asked for work yet.
    Starting,
    /// It waits in `invocation/next`.
    Waiting,
    /// It has taken an invocation and not asked for the next one.
    Running,
    /// It reported that it could not start, with this body.
    InitFailed(Bytes),
}

/// One environment's Runtime API; dropping it closes the port.
pub struct RuntimeApi {
    server: Server,
    desk: Arc<Desk>,
}

struct Desk {
    arn: String,
    phase: watch::Sender<Phase>,
    /// Counts calls of `next`: a later call takes over from one whose connection was lost.
    nexts: watch::Sender<u64>,
    offer: watch::Sender<Option<Offer>>,
    current: Mutex<Option<Current>>,
}

#[derive(Clone)]
struct Offer {
    id: String,
    deadline: SystemTime,
    event: Bytes,
}

struct Current {
    id: String,
    answer: oneshot::Sender<Outcome>,
}

impl RuntimeApi {
    /// Opens the API for a function's environment.
    ///
    /// # Errors
    /// When no loopback port can be opened.
    pub async fn start(function: &str) -> std::io::Result<Self> {
        let desk = Arc::new(Desk {
            arn: format!("arn:aws:lambda:us-east-1:123456789012:function:{function}"),
            phase: watch::Sender::new(Phase::Starting),
            nexts: watch::Sender::new(0),
            offer: watch::Sender::new(None),
            current: Mutex::new(None),
        });
        let served = Arc::clone(&desk);
        let listener = serve::bind(0).await?;
        let server = Server::start(listener, LIMIT, move |request| {
            let desk = Arc::clone(&served);
            async move { desk.answer(request).await }
        })?;
        Ok(Self { server, desk })
    }

    /// `host:port`, as `AWS_LAMBDA_RUNTIME_API` wants it.
    #[must_use]
    pub fn host(&self) -> String {
        self.server.address().to_string()
    }

    /// Follows what the runtime is doing.
    #[must_use]
    pub fn phase(&self) -> watch::Receiver<Phase> {
        self.desk.phase.subscribe()
    }

    /// Gives the runtime an event to work on, with its absolute deadline.
    #[must_use]
    pub fn hand_out(&self, event: Bytes, deadline: SystemTime) -> oneshot::Receiver<Outcome> {
        let id = ids::request_id();
        let (answer, outcome) = oneshot::channel();
        let current = Current {
            id: id.clone(),
            answer,
        };
        *self.desk.current_locked() = Some(current);
        let offer = Offer {
            id,
            deadline,
            event,
        };
        self.desk.offer.send_replace(Some(offer));
        outcome
    }
}

impl Desk {
    async fn answer(&self, request: Request) -> Reply {
        let path = request.uri.path().to_owned();
        let Some(route) = path.strip_prefix(PREFIX) else {
            return not_found();
        };
        match (&request.method, route) {
            (&Method::GET, "invocation/next") => self.next().await,
            (&Method::POST, "init/error") => {
                self.phase.send_replace(Phase::InitFailed(request.body));
                accepted()
            }
            (&Method::POST, route) => match route.strip_prefix("invocation/") {
                Some(rest) => self.settle(rest, request.body),
                None => not_found(),
            },
            _ => not_found(),
        }
    }

    async fn next(&self) -> Reply {
        let mut own = 0;
        self.nexts.send_modify(|count| {
            *count += 1;
            own = *count;
        });
        let mut nexts = self.nexts.subscribe();
        let mut offers = self.offer.subscribe();
        self.phase.send_replace(Phase::Waiting);
        // The guard of a watched value must be gone before the value is taken.
        let offered = async { offers.wait_for(Option::is_some).await.is_ok() };
        tokio::select! {
            _ = nexts.wait_for(|latest| *latest > own) => Reply::Drop,
            _ = offered => match self.offer.send_replace(None) {
                Some(offer) => {
                    self.phase.send_replace(Phase::Running);
                    self.invocation(offer)
                }
                None => Reply::Drop,
            },
        }
    }

    fn invocation(&self, offer: Offer) -> Reply {
        let millis = |time: SystemTime| time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let deadline = millis(offer.deadline).as_millis().to_string();
        let trace = ids::trace_id(millis(SystemTime::now()).as_secs());
        let mut response = Response::new(offer.event);
        for (name, value) in [
            ("content-type", "application/json"),
            ("lambda-runtime-aws-request-id", offer.id.as_str()),
            ("lambda-runtime-deadline-ms", deadline.as_str()),
            ("lambda-runtime-invoked-function-arn", self.arn.as_str()),
            ("lambda-runtime-trace-id", trace.as_str()),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        }
        Reply::Answer(response)
    }

    fn settle(&self, rest: &str, body: Bytes) -> Reply {
        let (id, outcome) = match rest.split_once('/') {
            Some((id, "response")) => (id, Outcome::Response(body)),
            Some((id, "error")) => (id, Outcome::Error(body)),
            _ => return not_found(),
        };
        let mut current = self.current_locked();
        match current.take_if(|current| current.id == id) {
            Some(current) => {
                // The pool may have given up waiting; the runtime is answered all the same.
                let _ = current.answer.send(outcome);
                accepted()
            }
            None => refused(StatusCode::BAD_REQUEST, "InvalidRequestID"),
        }
    }

    fn current_locked(&self) -> std::sync::MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accepted() -> Reply {
    Reply::json(
        StatusCode::ACCEPTED,
        "application/json",
        &json!({"status": "OK"}),
    )
}

fn not_found() -> Reply {
    refused(StatusCode::NOT_FOUND, "NotFound")
}

fn refused(status: StatusCode, kind: &str) -> Reply {
    let body: Value = json!({"errorMessage": kind, "errorType": kind});
    Reply::json(status, "application/json", &body)
}

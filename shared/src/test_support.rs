//! A scripted HTTP server for tests of clients: it records what arrives and misbehaves on demand.
//!
//! In: a function from request to [`Reply`]. Out: the server's address and the requests it saw. It
//! runs on a thread of its own, so that a test may block like a frozen environment.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::aws::AwsParts;
use crate::config::AwsEnv;
use crate::net::{BaseUrl, Deadline, Http};
use crate::secrets::{Secret, SecretStore};

/// What the server does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answers and keeps the connection.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Answers at once, and closes the connection when the test says so.
    ThenClose(u16, Arc<Notify>),
    /// Sends the head and half of a body, then closes.
    Half(u16),
    /// Closes without an answer.
    Drop,
    /// Never answers.
    Hang,
    /// Answers once the test says so.
    When(Arc<Notify>, u16, String),
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        let kind = ("content-type", "application/json".to_owned());
        Self::Answer(status, vec![kind], body.to_string())
    }

    pub(crate) fn html(status: u16) -> Self {
        let kind = ("content-type", "text/html".to_owned());
        Self::Answer(
            status,
            vec![kind],
            "<html><h1>Bad Gateway</h1></html>".to_owned(),
        )
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::Answer(status, Vec::new(), String::new())
    }

    pub(crate) fn with(self, name: &'static str, value: impl ToString) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name, value.to_string()));
                Self::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) connection: usize,
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

type Answering = dyn Fn(&Seen) -> Reply + Send + Sync;

/// The server; stops when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    closed: Mutex<Receiver<()>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

impl Server {
    /// Answers each request with what the function says.
    pub(crate) fn start(answering: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (closing, closed) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let talk = Arc::new(Talk {
            answering: Box::new(answering),
            seen: seen.clone(),
            closing,
        });
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async move {
                tokio::select! {
                    () = accept(listener, talk) => {}
                    _ = stopped => {}
                }
            });
        });
        let closed = Mutex::new(closed);
        Self {
            address,
            seen,
            closed,
            stop: Some(stop),
        }
    }

    /// Answers the requests in turn; more of them than replies get status 599.
    pub(crate) fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter().collect::<VecDeque<_>>());
        Self::start(move |_| {
            replies
                .lock()
                .expect("unpoisoned")
                .pop_front()
                .unwrap_or(Reply::empty(599))
        })
    }

    pub(crate) fn base(&self) -> BaseUrl {
        self.url().parse().expect("a loopback address")
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        self.seen.lock().expect("unpoisoned").clone()
    }

    /// Blocks the whole thread, as a freeze does, until the server has closed a connection.
    pub(crate) fn freeze_until_closed(&self) {
        self.closed
            .lock()
            .expect("unpoisoned")
            .recv()
            .expect("a closed connection");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

struct Talk {
    answering: Box<Answering>,
    seen: Arc<Mutex<Vec<Seen>>>,
    closing: mpsc::Sender<()>,
}

async fn accept(listener: std::net::TcpListener, talk: Arc<Talk>) {
    static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
    listener.set_nonblocking(true).expect("a socket");
    let listener = TcpListener::from_std(listener).expect("a socket");
    while let Ok((stream, _)) = listener.accept().await {
        let (talk, number) = (
            Arc::clone(&talk),
            CONNECTIONS.fetch_add(1, Ordering::Relaxed),
        );
        tokio::spawn(async move {
            serve(stream, number, &talk).await;
            let _ = talk.closing.send(());
        });
    }
}

async fn serve(mut stream: TcpStream, connection: usize, talk: &Talk) {
    let mut buffer = Vec::new();
    while let Some(seen) = receive(&mut stream, &mut buffer, connection).await {
        let reply = (talk.answering)(&seen);
        talk.seen.lock().expect("unpoisoned").push(seen);
        let mut then_close = None;
        let answer = match reply {
            Reply::Answer(status, headers, body) => render(status, &headers, &body),
            Reply::ThenClose(status, close) => {
                then_close = Some(close);
                render(status, &[], "{}")
            }
            Reply::Half(status) => {
                then_close = Some(Arc::new(Notify::new()));
                then_close.iter().for_each(|close| close.notify_one());
                format!("HTTP/1.1 {status} X\r\ncontent-length: 100\r\n\r\n{{\"half\":")
            }
            Reply::Drop => return,
            Reply::Hang => std::future::pending().await,
            Reply::When(ready, status, body) => {
                ready.notified().await;
                render(status, &[], &body)
            }
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        if let Some(close) = then_close {
            return close.notified().await;
        }
    }
}

fn render(status: u16, headers: &[(&str, String)], body: &str) -> String {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn receive(stream: &mut TcpStream, buffer: &mut Vec<u8>, connection: usize) -> Option<Seen> {
    let head = loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break buffer.drain(..end + 4).collect::<Vec<_>>();
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.trim_end().lines();
    let line = lines.next()?.strip_suffix(" HTTP/1.1")?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let mut seen = Seen {
        connection,
        line,
        headers,
        body: String::new(),
    };
    let length = seen
        .header("content-length")
        .map_or(0, |n| n.parse().expect("a length"));
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    seen.body = String::from_utf8(buffer.drain(..length).collect()).ok()?;
    Some(seen)
}

/// A deadline that no test should reach.
pub(crate) fn later() -> Deadline {
    Deadline::after(Duration::from_secs(30))
}

/// A deadline for calls that get no answer: long enough for the request to arrive.
pub(crate) fn soon() -> Deadline {
    Deadline::after(Duration::from_secs(1))
}

pub(crate) fn http() -> Http {
    Http::new(None).expect("a client")
}

/// A table at this address.
pub(crate) fn table(server: &Server) -> crate::conversation::store::Store {
    crate::conversation::store::Store::new(&aws_parts(&server.url()), "bridge")
}

/// Settings of the AWS SDKs that lead to this address.
pub(crate) fn aws_parts(url: &str) -> AwsParts {
    let env = AwsEnv {
        region: "eu-west-1".to_owned(),
        access_key_id: "AKIATEST".to_owned(),
        secret_access_key: Secret::new("key"),
        session_token: Some(Secret::new("session")),
        dynamodb_endpoint: Some(url.to_owned()),
        secretsmanager_endpoint: Some(url.to_owned()),
    };
    AwsParts::new(&env, &http())
}

/// Secrets Manager with one secret, which the test can change.
pub(crate) struct Vault {
    pub(crate) server: Server,
    value: Arc<Mutex<String>>,
}

impl Vault {
    pub(crate) fn holding(secret: Value) -> Self {
        let value = Arc::new(Mutex::new(secret.to_string()));
        let shown = Arc::clone(&value);
        let server = Server::start(move |_| {
            Reply::json(
                200,
                json!({ "SecretString": *shown.lock().expect("unpoisoned") }),
            )
        });
        Self { server, value }
    }

    pub(crate) fn change(&self, secret: Value) {
        *self.value.lock().expect("unpoisoned") = secret.to_string();
    }

    pub(crate) fn store(&self) -> Arc<SecretStore> {
        Arc::new(SecretStore::new(&aws_parts(&self.server.url()), "bridge"))
    }
}

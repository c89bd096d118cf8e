//! The one HTTP/1.1 server under every stand-in, of the vendors and of AWS: it can misbehave on purpose.
//!
//! In: a listener and an async handler of whole requests. Out: whole answers, or a connection
//! closed without one. A handler runs to its end even when the caller hangs up, as the vendors' and
//! AWS's services do. Must not know what it serves.

use std::convert::Infallible;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// A request read to its end.
#[derive(Clone)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// Protocol as API Gateway spells it, such as `HTTP/1.1`.
    pub protocol: String,
    /// Headers as received.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// The caller's address.
    pub peer: SocketAddr,
}

impl Request {
    /// A header's value, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What a handler wants to happen to its request.
pub enum Reply {
    /// An ordinary answer.
    Answer(Response<Bytes>),
    /// The connection is closed without an answer.
    Drop,
}

impl Reply {
    /// A JSON answer with the given content type.
    #[must_use]
    pub fn json(status: StatusCode, content_type: &'static str, body: &serde_json::Value) -> Self {
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status;
        response.headers_mut().insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static(content_type),
        );
        Self::Answer(response)
    }

    /// An answer with these headers; those that are none are left out.
    #[must_use]
    pub fn of(status: u16, headers: &[(String, String)], body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                response.headers_mut().append(name, value);
            }
        }
        Self::Answer(response)
    }
}

/// A running server; dropping it closes the port and every connection.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Server {
    /// Serves `handler` on an already bound listener; larger bodies than `limit` bytes are 413.
    ///
    /// # Errors
    /// When the listener has no local address.
    pub fn start<H, F>(listener: TcpListener, limit: usize, handler: H) -> std::io::Result<Self>
    where
        H: Fn(Request) -> F + Send + Sync + 'static,
        F: Future<Output = Reply> + Send + 'static,
    {
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(accept(listener, limit, Arc::new(handler), stopped));
        Ok(Self {
            address,
            stop,
            task: Mutex::new(Some(task)),
        })
    }

    /// Stops listening, breaks off what is being answered, waits until all connections are gone.
    pub async fn shutdown(&self) {
        self.stop.send_replace(true);
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = task {
            // It ends by itself only, and has nothing to say.
            let _ = task.await;
        }
    }

    /// Where the server listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:port`, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Binds a loopback port; 0 lets the system choose.
///
/// # Errors
/// When the port is taken or may not be used.
pub async fn bind(port: u16) -> std::io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

async fn accept<H, F>(
    listener: TcpListener,
    limit: usize,
    handler: Arc<H>,
    mut stopped: watch::Receiver<bool>,
) where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            _ = stopped.wait_for(|stop| *stop) => break,
        };
        if let Ok((stream, peer)) = accepted {
            let connection = serve(stream, peer, limit, Arc::clone(&handler), stopped.clone());
            connections.spawn(connection);
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve<H, F>(
    stream: TcpStream,
    peer: SocketAddr,
    limit: usize,
    handler: Arc<H>,
    mut stopped: watch::Receiver<bool>,
) where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    // Answers are small and written in two parts: without this, the second waits for an ACK.
    let _ = stream.set_nodelay(true);
    let for_handlers = stopped.clone();
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let handler = Arc::clone(&handler);
        let stopped = for_handlers.clone();
        async move { one(request, peer, limit, handler, stopped).await }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = connection => {}
        _ = stopped.wait_for(|stop| *stop) => {}
    }
}

/// Tells hyper to close the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection closed on purpose")]
struct Closed;

async fn one<H, F>(
    request: hyper::Request<Incoming>,
    peer: SocketAddr,
    limit: usize,
    handler: Arc<H>,
    mut stopped: watch::Receiver<bool>,
) -> Result<Response<Full<Bytes>>, Closed>
where
    H: Fn(Request) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, limit).collect().await else {
        return Ok(too_large());
    };
    let request = Request {
        method: head.method,
        uri: head.uri,
        protocol: format!("{:?}", head.version),
        headers: head.headers,
        body: body.to_bytes(),
        peer,
    };
    let running = tokio::spawn(async move {
        tokio::select! {
            reply = handler(request) => reply,
            _ = stopped.wait_for(|stop| *stop) => Reply::Drop,
        }
    });
    match running.await {
        Ok(Reply::Answer(response)) => Ok(response.map(Full::new)),
        Ok(Reply::Drop) | Err(_) => Err(Closed),
    }
}

fn too_large() -> Response<Full<Bytes>> {
    let body = Bytes::from_static(br#"{"message":"Request Entity Too Large"}"#);
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    let headers = response.headers_mut();
    headers.insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    headers.insert(
        http::header::CONNECTION,
        http::HeaderValue::from_static("close"),
    );
    response
}

/// A handler's way to wait for ever, for injected hangs.
pub async fn hang() -> Reply {
    match std::future::pending::<Infallible>().await {}
}

//! Sends one request under a deadline and says of a failure whether the request can have arrived.
//!
//! In: [`Request`]. Out: [`Answer`] or [`NoAnswer`]. Imports nothing of this crate.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use reqwest::Url;
use serde::Serialize;

use super::answer::{Answer, BodyError};
use super::written::{Watched, Written};
use super::{Cause, Deadline, Http};

/// Largest body read, in bytes.
const MAX_BODY_BYTES: usize = 8 << 20;

/// Whether a request may reach the other side twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// Reads, keyed writes, and writes that set the same state again: repeated once on a fresh
    /// connection where a connection died without an answer.
    Safe,
    /// Everything else: sent once, over a connection that is fresh or was in use just now.
    Never,
}

/// One request.
#[derive(Clone)]
pub struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    repeat: Repeat,
    lasting: bool,
}

/// A request that got no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// Nothing of the request was written: it did not arrive, and may be repeated.
    #[error("the request was not sent")]
    NotSent(#[source] Cause),
    /// Time-out or lost connection after the request may have been written.
    #[error("the request may have arrived, but there was no answer")]
    Unknown(#[source] Cause),
}

/// The time was over.
#[derive(Debug, thiserror::Error)]
#[error("no answer in time")]
struct TimedOut;

impl Request {
    /// A request without a body.
    pub fn new(method: Method, url: Url, repeat: Repeat) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            repeat,
            lasting: false,
        }
    }

    /// A read.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url, Repeat::Safe)
    }

    /// Sets the body, and its type as JSON.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        // Bodies are this crate's own structs of strings and numbers, which always serialise.
        self.body = serde_json::to_vec(body).unwrap_or_default().into();
        self.header(
            CONTENT_TYPE.as_str(),
            HeaderValue::from_static("application/json"),
        )
    }

    /// Sets the body as it stands.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sets all headers.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// Sets a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Lets it use a connection that was idle for long: right where the caller repeats what dies
    /// with one. All other requests share the fresh connections, so that a call that must not be
    /// repeated finds the one that the calls before it have opened.
    #[must_use]
    pub fn lasting(mut self) -> Self {
        self.lasting = true;
        self
    }

    /// Whether the request changes something on the other side.
    pub fn is_write(&self) -> bool {
        self.method != Method::GET
    }
}

impl Http {
    /// Sends a request and reads the answer, all before the deadline.
    ///
    /// # Errors
    /// Where there is no answer; an answer of any status is a success here.
    pub async fn send(&self, request: Request, deadline: Deadline) -> Result<Answer, NoAnswer> {
        match self.attempt(&request, deadline).await {
            Ok(answer) => Ok(answer),
            Err(lost) if lost.may_repeat(&request) && !deadline.is_over() => self
                .attempt(&request, deadline)
                .await
                .map_err(|lost| lost.failure),
            Err(lost) => Err(lost.failure),
        }
    }

    /// Sends a request once with a body that is still on its way, and reads the answer, all before
    /// the deadline.
    ///
    /// # Errors
    /// Where there is no answer, be it that the body broke off.
    pub async fn send_streaming(
        &self,
        request: &Request,
        body: reqwest::Body,
        deadline: Deadline,
    ) -> Result<Answer, NoAnswer> {
        tokio::task::yield_now().await;
        let client = self
            .fresh(request.url.origin().ascii_serialization())
            .map_err(|error| NoAnswer::NotSent(error.into()))?;
        let mut outgoing = reqwest::Request::new(request.method.clone(), request.url.clone());
        *outgoing.headers_mut() = request.headers.clone();
        *outgoing.body_mut() = Some(body);
        match deadline.run(client.execute(outgoing)).await {
            Some(Ok(response)) => Ok(read(response, deadline).await),
            Some(Err(error)) => Err(NoAnswer::Unknown(error.without_url().into())),
            None => Err(NoAnswer::Unknown(TimedOut.into())),
        }
    }

    async fn attempt(&self, request: &Request, deadline: Deadline) -> Result<Answer, Lost> {
        if deadline.is_over() {
            return Err(Lost::before_connecting(TimedOut));
        }
        let client = if request.lasting {
            self.lasting().clone()
        } else {
            // Lets the reactor see which idle connections the other side has closed.
            tokio::task::yield_now().await;
            self.fresh(request.url.origin().ascii_serialization())
                .map_err(Lost::before_connecting)?
        };
        let (outgoing, written) = outgoing(request);
        let response = match deadline.run(client.execute(outgoing)).await {
            Some(Ok(response)) => response,
            Some(Err(error)) if error.is_connect() || error.is_builder() => {
                return Err(Lost::before_connecting(error.without_url()));
            }
            Some(Err(error)) => {
                return Err(Lost::connected(
                    request,
                    &written,
                    true,
                    error.without_url(),
                ));
            }
            None => return Err(Lost::connected(request, &written, false, TimedOut)),
        };
        Ok(read(response, deadline).await)
    }
}

/// A failure, and whether it was the connection that died under the request.
struct Lost {
    failure: NoAnswer,
    died: bool,
}

impl Lost {
    fn before_connecting(cause: impl Into<Cause>) -> Self {
        Self {
            failure: NoAnswer::NotSent(cause.into()),
            died: false,
        }
    }

    fn connected(
        request: &Request,
        written: &Written,
        died: bool,
        cause: impl Into<Cause>,
    ) -> Self {
        let untouched = !request.body.is_empty() && !written.get();
        let failure = if untouched {
            NoAnswer::NotSent(cause.into())
        } else {
            NoAnswer::Unknown(cause.into())
        };
        Self { failure, died }
    }

    fn may_repeat(&self, request: &Request) -> bool {
        let harmless =
            request.repeat == Repeat::Safe || matches!(self.failure, NoAnswer::NotSent(_));
        self.died && harmless
    }
}

fn outgoing(request: &Request) -> (reqwest::Request, Written) {
    let written = Written::default();
    let mut outgoing = reqwest::Request::new(request.method.clone(), request.url.clone());
    *outgoing.headers_mut() = request.headers.clone();
    if !request.body.is_empty() {
        let body = Watched::new(request.body.clone(), written.clone());
        *outgoing.body_mut() = Some(reqwest::Body::wrap(body));
    }
    (outgoing, written)
}

async fn read(mut response: reqwest::Response, deadline: Deadline) -> Answer {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    // A status is an answer already: its body gets a moment even where the time is nearly over.
    let deadline = deadline.max(Deadline::after(Duration::from_millis(50)));
    let body = deadline
        .run(collect(&mut response))
        .await
        .unwrap_or(Err(BodyError::TimedOut));
    Answer {
        status,
        headers,
        body,
    }
}

async fn collect(response: &mut reqwest::Response) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > MAX_BODY_BYTES => {
                return Err(BodyError::TooLarge);
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) => return Err(BodyError::Dropped(error.without_url())),
        }
    }
}

//! A plain-HTTP client for loopback calls: the proxy's, the tests' and the tool's.
//!
//! In: method, address, headers, bytes. Out: status, headers, bytes, or one error. Never follows
//! redirects and never retries, so that a test sees exactly what was sent.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client as Hyper, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

/// A call got no whole answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Connection refused, closed early, or not HTTP.
    #[error("no answer: {0}")]
    NoAnswer(String),
    /// Nothing came within the time limit.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}

/// Keeps connections open between calls; clones share them.
#[derive(Clone)]
pub struct Client {
    hyper: Hyper<HttpConnector, Full<Bytes>>,
    limit: Duration,
}

impl Client {
    /// A client whose calls give up after `limit`.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let hyper = Hyper::builder(TokioExecutor::new()).build(connector);
        Self { hyper, limit }
    }

    /// Sends one request and reads the whole answer.
    ///
    /// # Errors
    /// No connection, a connection closed early, an address that is none, or the time limit.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Bytes>, ClientError> {
        let mut request = http::Request::builder()
            .method(method)
            .uri(url)
            .body(Full::new(body))
            .map_err(|error| ClientError::NoAnswer(error.to_string()))?;
        *request.headers_mut() = headers;
        let exchange = async {
            let response = self.hyper.request(request).await.map_err(no_answer)?;
            let (head, body) = response.into_parts();
            let body = body
                .collect()
                .await
                .map_err(|error| ClientError::NoAnswer(error.to_string()))?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        tokio::time::timeout(self.limit, exchange)
            .await
            .unwrap_or(Err(ClientError::TimedOut(self.limit)))
    }

    /// POSTs bytes with the headers given as name and value pairs.
    ///
    /// # Errors
    /// As [`Client::send`], and for a header that is none.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Result<Response<Bytes>, ClientError> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = http::HeaderName::from_bytes(name.as_bytes())
                .map_err(|error| ClientError::NoAnswer(error.to_string()))?;
            let value = http::HeaderValue::from_str(value)
                .map_err(|error| ClientError::NoAnswer(error.to_string()))?;
            map.append(name, value);
        }
        self.send(Method::POST, url, map, body.into()).await
    }
}

fn no_answer(error: hyper_util::client::legacy::Error) -> ClientError {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    ClientError::NoAnswer(cause.unwrap_or_else(|| error.to_string()))
}

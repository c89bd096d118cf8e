//! A request and an answer, as the vendors' rooms see them.
//!
//! In: parts of an HTTP request. Out: [`Ask`] and [`Answer`]. Must not import a vendor.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::serve::{Reply, Request};

/// A request with its body read.
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    params: Vec<(String, String)>,
}

impl Ask {
    pub(crate) fn new(request: Request) -> Self {
        let query = request.uri.query().unwrap_or_default();
        let params = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self {
            method: request.method.to_string(),
            path: request.uri.path().to_owned(),
            query: query.to_owned(),
            params: params.collect(),
            headers: request.headers,
            body: request.body,
        }
    }

    /// A header's value, by its lower-case name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A query parameter's value, decoded.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a parameter that may be repeated as `name[]`.
    pub(crate) fn params(&self, name: &str) -> Vec<&str> {
        let is = |key: &str| key.strip_suffix("[]").unwrap_or(key) == name;
        let all = self.params.iter().filter(|(key, _)| is(key));
        all.map(|(_, value)| value.as_str()).collect()
    }

    /// The path's segments, `.json` cut from the last.
    pub(crate) fn segments(&self) -> Vec<&str> {
        let path = self.path.trim_matches('/');
        path.strip_suffix(".json")
            .unwrap_or(path)
            .split('/')
            .collect()
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body for the call log: JSON, else text, else its length.
    pub(crate) fn body_for_log(&self) -> Value {
        match (self.json(), std::str::from_utf8(&self.body)) {
            (Some(json), _) => json,
            (None, Ok(text)) => Value::String(text.to_owned()),
            (None, Err(_)) => json!({"bytes": self.body.len()}),
        }
    }

    pub(crate) fn headers_for_log(&self) -> Vec<(String, String)> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        self.headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    }
}

/// The parameter names of a route in the pattern's `{}` places, if method and path match.
pub(crate) fn matches<'a>(pattern: &str, segments: &[&'a str]) -> Option<Vec<&'a str>> {
    let wanted: Vec<&str> = pattern.split('/').collect();
    if wanted.len() != segments.len() {
        return None;
    }
    let mut values = Vec::new();
    for (want, have) in wanted.iter().zip(segments) {
        if *want == "{}" {
            values.push(*have);
        } else if want != have {
            return None;
        }
    }
    Some(values)
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::raw(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(crate) fn raw(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn into_reply(self) -> Reply {
        Reply::of(self.status, &self.headers, self.body)
    }
}

//! What was asked of a simulator.
//!
//! In: requests. Out: [`Call`]s, in the order of their arrival. Imports nothing of the crate.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One request a simulator received on its vendor's routes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Simulated time of arrival, milliseconds since the epoch.
    pub at_ms: i64,
    /// What it asked for, such as `tickets.create`; `unknown` for a route the vendor has not.
    pub operation: String,
    /// Method, upper case.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query as sent, without the question mark.
    pub query: String,
    /// Headers, names in lower case; the control surface shows only the scheme of
    /// `authorization`.
    pub headers: Vec<(String, String)>,
    /// The body: JSON where it parses, else a string.
    pub body: Value,
    /// Status answered; `None`: no answer was given (yet).
    pub status: Option<u16>,
    /// The fault that met it, by the name of its effect.
    pub fault: Option<String>,
    /// Milliseconds until it was answered; `None`: no answer was given (yet).
    #[serde(default)]
    pub took_ms: Option<u64>,
}

impl Call {
    /// A header's value, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }
}

/// Calls as the control surface shows them, without credentials.
pub(crate) fn shown(calls: &[Call]) -> Value {
    let mut calls = calls.to_vec();
    for (name, value) in calls.iter_mut().flat_map(|call| call.headers.iter_mut()) {
        if name == "authorization" {
            value.truncate(value.find(' ').unwrap_or(0));
        }
    }
    serde_json::to_value(calls).unwrap_or_default()
}

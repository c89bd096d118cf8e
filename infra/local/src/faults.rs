//! Faults of the AWS stand-ins: the simulators' own book of faults. An operation is the name after the dot of
//! `x-amz-target`, such as `UpdateItem`; a trailing `*` matches the rest.

pub use simulators::faults::{Effect, Fault, Faults};

/// An AWS JSON-protocol error as a fault: `refusal(400, "ThrottlingException")`.
#[must_use]
pub fn refusal(status: u16, kind: &str) -> Effect {
    Effect::Respond {
        status,
        headers: vec![("content-type".into(), "application/x-amz-json-1.0".into())],
        body: serde_json::json!({"__type": kind, "message": "simulated fault"}).to_string(),
    }
}

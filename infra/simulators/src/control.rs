//! The part of the control surface both simulators share: faults and holds.
//!
//! In: JSON requests under `/_sim/`. Out: faults armed, cleared and listed. Must not import a
//! vendor.

use serde_json::json;

use crate::core::Core;
use crate::faults::Fault;
use crate::wire::{Answer, Ask};

/// The part of the control surface that is about faults, the same for both vendors.
pub(crate) fn faults<S>(core: &Core<S>, ask: &Ask, segments: &[&str]) -> Answer {
    match (ask.method.as_str(), segments) {
        ("GET", [_, "faults"]) => Answer::json(200, &json!(core.faults.list())),
        ("POST", [_, "faults"]) => match serde_json::from_slice::<Fault>(&ask.body) {
            Ok(fault) => {
                core.faults.add(fault);
                Answer::json(201, &json!(core.faults.list()))
            }
            Err(error) => Answer::json(400, &json!({"error": error.to_string()})),
        },
        ("DELETE", [_, "faults"]) => {
            core.faults.clear();
            Answer::empty(204)
        }
        ("POST", [_, "holds", name, "release"]) => {
            core.faults.release(name);
            Answer::empty(204)
        }
        _ => Answer::json(404, &json!({"error": "no such control route"})),
    }
}

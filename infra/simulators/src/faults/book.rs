//! The faults armed, and which of them a call meets.
//!
//! In: operations. Out: effects. Imports the faults only.

use super::{Effect, Fault};

/// The faults waiting for calls.
#[derive(Debug, Default)]
pub(crate) struct FaultBook {
    armed: Vec<Fault>,
}

impl FaultBook {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.armed.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn list(&self) -> &[Fault] {
        &self.armed
    }

    /// The effect a call of the operation meets: the first armed fault that is not skipping.
    pub(crate) fn meet(&mut self, operation: &str) -> Option<Effect> {
        let mut met = None;
        for fault in self
            .armed
            .iter_mut()
            .filter(|f| covers(&f.operation, operation))
        {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.times != Some(0) {
                fault.times = fault.times.map(|left| left - 1);
                met = Some(fault.effect.clone());
                break;
            }
        }
        self.armed.retain(|fault| fault.times != Some(0));
        met
    }
}

fn covers(pattern: &str, operation: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(family) => operation.starts_with(family),
        None => pattern == operation,
    }
}

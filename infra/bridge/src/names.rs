//! What a step means.
//!
//! In: a step and a cast. Out: the same step with the cast's names for customers and tickets; how
//! many actions it has, and how far a jump goes.

use crate::acts::Cast;
use crate::steps::{Jump, Step};

impl Step {
    /// How many actions it has; one is right.
    pub(crate) fn actions(&self) -> usize {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(there)) => there.len() - usize::from(self.say.is_some()),
            _ => 0,
        }
    }
}

impl Step {
    /// Puts the names a cast has for customers and tickets in the place of its own.
    ///
    /// # Errors
    /// When the cast does not know one.
    pub(crate) fn name(&mut self, cast: &impl Cast) -> Result<(), String> {
        let people = [
            self.customer.as_mut().map(|texts| &mut texts.id),
            self.open.as_mut().map(|open| &mut open.id),
            self.repeat.as_mut().map(|repeat| &mut repeat.id),
        ];
        for id in people.into_iter().flatten() {
            *id = Some(cast.customer(id.as_deref())?);
        }
        let tickets = [
            self.agent.as_mut().map(|answer| &mut answer.ticket),
            self.status.as_mut().map(|status| &mut status.ticket),
            self.solve.as_mut().map(|which| &mut which.ticket),
            self.close.as_mut().map(|which| &mut which.ticket),
            self.delete.as_mut().map(|which| &mut which.ticket),
            self.tags.as_mut().map(|tags| &mut tags.ticket),
        ];
        for ticket in tickets.into_iter().flatten() {
            *ticket = Some(cast.ticket(*ticket)?);
        }
        if let Some(merge) = &mut self.merge {
            merge.from = cast.ticket(Some(merge.from))?;
            merge.into = cast.ticket(Some(merge.into))?;
        }
        Ok(())
    }
}

impl Jump {
    /// The whole jump, in seconds.
    pub(crate) fn seconds(self) -> f64 {
        60.0 * (self.minutes + 60.0 * (self.hours + 24.0 * self.days))
    }
}

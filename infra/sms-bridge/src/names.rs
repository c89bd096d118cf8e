//! What a step means.
//!
//! In: a step and a cast. Out: the same step with the cast's names for customers and tickets; what
//! is wrong with it whoever plays it, and how far a jump goes.

use crate::acts::Cast;
use crate::steps::{Jump, Step};

/// Longest jump of the clock, in seconds.
const LONGEST_JUMP: f64 = 400.0 * 24.0 * 60.0 * 60.0;
/// Longest wait, in seconds.
const LONGEST_WAIT: f64 = 3_600.0;

impl Step {
    /// How many actions it has; one is right.
    pub(crate) fn actions(&self) -> usize {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(there)) => there.len() - usize::from(self.say.is_some()),
            _ => 0,
        }
    }

    /// The field that cannot be, and why, whoever plays it.
    pub(crate) fn wrong(&self) -> Option<(&'static str, &'static str)> {
        if self.actions() != 1 {
            return Some(("step", "must have exactly one action"));
        }
        let texts = self.customer.as_ref();
        if texts.is_some_and(|texts| texts.texts.is_empty() && texts.pictures.is_empty()) {
            return Some(("customer.texts", "must not be empty"));
        }
        let jump = self.jump.map(Jump::seconds);
        if jump.is_some_and(|seconds| !(0.0..=LONGEST_JUMP).contains(&seconds)) {
            return Some(("jump", "must be from 0 to 400 days"));
        }
        let wait = self.wait.as_ref().map(|wait| wait.seconds);
        if wait.is_some_and(|seconds| !(0.0..=LONGEST_WAIT).contains(&seconds)) {
            return Some(("wait.seconds", "must be from 0 to 3600"));
        }
        let merge = self.merge.as_ref();
        if merge.is_some_and(|merge| merge.from == merge.into) {
            return Some(("merge", "must be into another ticket"));
        }
        None
    }

    /// Puts the names a cast has for customers and tickets in the place of its own.
    ///
    /// # Errors
    /// When the cast does not know one.
    pub(crate) fn name(&mut self, cast: &impl Cast) -> Result<(), String> {
        let people = [
            self.customer.as_mut().map(|texts| &mut texts.id),
            self.phone.as_mut().map(|phone| &mut phone.id),
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

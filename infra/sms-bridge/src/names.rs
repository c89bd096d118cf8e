//! What a step means.
//!
//! In: a step and a cast. Out: the same step with the cast's names for customers and tickets; what
//! is wrong with it in any player, and how far a jump goes.

use crate::acts::Cast;
use crate::steps::{Jump, Step, is_address};

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

    /// The field that cannot be, and why, in any player.
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
        let merge = self.merge_users.as_ref();
        if merge.is_some_and(|merge| merge.from == merge.into) {
            return Some(("merge_users", "must be into another user"));
        }
        if self
            .email
            .as_ref()
            .is_some_and(|mail| !is_address(&mail.from))
        {
            return Some(("email.from", "must be an e-mail address"));
        }
        let settings = self.settings.as_ref();
        if settings.is_some_and(|settings| settings.keys().any(|name| !is_setting(name))) {
            return Some(("settings", "must be names of settings, such as CSAT"));
        }
        let campaign = self.campaign.as_ref();
        if campaign.is_some_and(|campaign| campaign.adds.trim().is_empty()) {
            return Some(("campaign.adds", "must not be empty"));
        }
        let tags = self.tags.as_ref();
        if tags.is_some_and(|tags| tags.add.is_empty() && tags.remove.is_empty()) {
            return Some(("tags", "must add some or remove some"));
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
        for person in self.people_mut() {
            if !is_address(person) {
                *person = cast.customer(Some(person))?;
            }
        }
        let tickets = [
            self.requester
                .as_mut()
                .map(|requester| &mut requester.ticket),
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

impl Step {
    /// The Zendesk users it names.
    pub(crate) fn people(&self) -> Vec<&String> {
        let requester = self.requester.iter().map(|requester| &requester.id);
        let suspend = self.suspend.iter().map(|suspend| &suspend.id);
        let merge = self.merge_users.iter();
        let merge = merge.flat_map(|merge| [&merge.from, &merge.into]);
        requester.chain(suspend).chain(merge).collect()
    }

    fn people_mut(&mut self) -> Vec<&mut String> {
        let requester = self.requester.iter_mut();
        let requester = requester.map(|requester| &mut requester.id);
        let suspend = self.suspend.iter_mut().map(|suspend| &mut suspend.id);
        let merge = self.merge_users.iter_mut();
        let merge = merge.flat_map(|merge| [&mut merge.from, &mut merge.into]);
        requester.chain(suspend).chain(merge).collect()
    }
}

/// Whether it may be one of the names in docs/settings.md; where the stack's parts are is nobody's to change.
fn is_setting(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_place = name.starts_with("AWS_") || name.ends_with("_URL") || name.ends_with("_FILE");
    !name.is_empty() && name.chars().all(fits) && !is_place
}

impl Jump {
    /// The whole jump, in seconds.
    pub(crate) fn seconds(self) -> f64 {
        60.0 * (self.minutes + 60.0 * (self.hours + 24.0 * self.days))
    }
}

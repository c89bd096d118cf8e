//! The handle's methods for what administrators set up, and what nobody can.

use std::time::Duration;

use super::super::channel::Channel;
use super::super::model::{Email, Named, Status};
use super::super::{AccountConfig, Zendesk, catalogue, people, users};

/// The first of other people's tickets.
const OTHERS: u64 = 5_000_000;

impl Zendesk {
    /// Changes switches and limits while the account runs; the port and the credentials stay.
    pub fn configure(&self, change: impl FnOnce(&mut AccountConfig)) {
        self.account.configure(change);
    }

    /// Adds a custom status to a category. Returns its id.
    pub fn add_custom_status(&self, category: Status, label: &str) -> u64 {
        self.account
            .change(|work| catalogue::add_status(work.state, category, label))
    }

    /// Adds a group of agents. Returns its id.
    pub fn add_group(&self, name: &str) -> u64 {
        self.account
            .change(|work| catalogue::add(work.state, name, |state| &mut state.groups))
    }

    /// Adds a brand. Returns its id.
    pub fn add_brand(&self, name: &str) -> u64 {
        self.account
            .change(|work| catalogue::add(work.state, name, |state| &mut state.brands))
    }

    /// The account's brands.
    pub fn brands(&self) -> Vec<Named> {
        self.account.core.read(|state| state.brands.clone())
    }

    /// The account's groups of agents.
    pub fn groups(&self) -> Vec<Named> {
        self.account.core.read(|state| state.groups.clone())
    }

    /// Adds a ticket form. Returns its id.
    pub fn add_ticket_form(&self, name: &str) -> u64 {
        self.account
            .change(|work| catalogue::add(work.state, name, |state| &mut state.ticket_forms))
    }

    /// Adds a custom ticket field of a type such as `text` or `integer`. Returns its id.
    pub fn add_ticket_field(&self, title: &str, kind: &str) -> u64 {
        self.account
            .change(|work| catalogue::add_field(work.state, title, kind))
    }

    /// In the incremental export this ticket changed that long ago, and every other one a week ago: for
    /// tests that play many customers in one account.
    pub fn only_changed(&self, ticket: Option<u64>, ago: Duration) {
        const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);
        let before = |now: i64, by: Duration| {
            now.saturating_sub(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
        };
        self.account.change(|work| {
            for shown in work.state.tickets.values_mut() {
                let by = if Some(shown.id) == ticket { ago } else { WEEK };
                shown.generated_at_ms = before(work.now, by);
            }
        });
    }

    /// Within the last minute so many tickets of other people changed, which came by e-mail and carry no tag;
    /// those that are not there yet are made. No trigger fires.
    pub fn others_change(&self, count: u64) {
        const MINUTE_MS: i64 = 60_000;
        self.account.change(|work| {
            let others = users::customer(work, "somebody else");
            let Some(requester) = work.user(others).map(|user| user.as_author()) else {
                return;
            };
            for number in 0..count {
                let made = people::blank(work, requester.clone(), others, Channel::Email);
                let ticket = work.state.tickets.entry(OTHERS + number).or_insert(made);
                ticket.id = OTHERS + number;
                let ago = MINUTE_MS * i64::try_from(number).unwrap_or(0);
                let ago = ago / i64::try_from(count).unwrap_or(i64::MAX);
                ticket.updated_at_ms = work.now - ago;
                ticket.generated_at_ms = ticket.updated_at_ms;
            }
        });
    }

    /// The e-mails that triggers sent, oldest first.
    pub fn emails(&self) -> Vec<Email> {
        self.account.core.read(|state| state.emails.clone())
    }
}

//! The handle's methods for what administrators set up.

use super::super::model::{Email, Status};
use super::super::{Config, Zendesk, catalogue};

impl Zendesk {
    /// Changes switches and limits while the account runs; the port and the credentials stay.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
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

    /// The e-mails that triggers sent, oldest first.
    pub fn emails(&self) -> Vec<Email> {
        self.account.core.read(|state| state.emails.clone())
    }
}

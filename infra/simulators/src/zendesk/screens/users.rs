//! The handle's methods for what people do with users.

use serde_json::Value;

use super::super::model::AccountUser;
use super::super::people::{self, DeskError, Person};
use super::super::{Zendesk, users};

impl Zendesk {
    /// A customer has a profile under this name; one with another name keeps it. Returns the user's
    /// id.
    pub fn knows_customer(&self, external_id: &str, name: &str) -> u64 {
        self.account.change(|work| {
            let id = users::customer(work, external_id);
            let user = work.state.users.get_mut(&id);
            if let Some(user) = user.filter(|user| user.name == external_id && !name.is_empty()) {
                name.clone_into(&mut user.name);
            }
            id
        })
    }

    /// For tests that are about something else: a ticket that nobody opened is there as soon as it is asked
    /// for, and this customer's, with these tags. `{ticket}` stands for its id.
    pub fn every_ticket_is_of(&self, external_id: &str, tags: &[&str]) {
        let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        let whose = Some((external_id.to_owned(), tags));
        self.account
            .change(|work| work.state.every_ticket_is_of = whose);
    }

    /// Somebody adds a user. Returns the user's id.
    pub fn add_user(&self, person: Person) -> u64 {
        self.account.change(|work| people::add_user(work, person))
    }

    /// The user of this name, unless merged into another; the first one if there are several.
    pub fn user_named(&self, name: &str) -> Option<AccountUser> {
        self.account
            .core
            .read(|state| state.find_user(|user| user.name == name).cloned())
    }

    /// An agent merges one user into another: the loser is gone, its tickets are the winner's, its
    /// custom fields and external id are lost, no trigger fires.
    ///
    /// # Errors
    /// When they are not two different end users.
    pub fn merge_users(&self, loser: u64, winner: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::merge_users(work, loser, winner))
    }

    /// An agent suspends a user.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn suspend(&self, user: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::suspend(work, user, true))
    }

    /// An agent lets a suspended user write again.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn unsuspend(&self, user: u64) -> Result<(), DeskError> {
        self.account
            .change(|work| people::suspend(work, user, false))
    }

    /// An agent corrects a user's name.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn rename_user(&self, user: u64, name: &str) -> Result<(), DeskError> {
        self.edit(user, |user| name.clone_into(&mut user.name))
    }

    /// An agent fills in a user field, or empties it.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn set_user_field(
        &self,
        user: u64,
        key: &str,
        value: Option<&str>,
    ) -> Result<(), DeskError> {
        let value = value.map_or(Value::Null, Value::from);
        self.edit(user, |user| {
            user.user_fields.insert(key.to_owned(), value);
        })
    }

    /// Another system sets a user's external id, or takes it away.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn set_user_external_id(&self, user: u64, id: Option<&str>) -> Result<(), DeskError> {
        self.edit(user, |user| user.external_id = id.map(str::to_owned))
    }

    /// An agent enters a user's e-mail address, or takes it away.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn set_user_email(&self, user: u64, address: Option<&str>) -> Result<(), DeskError> {
        self.edit(user, |user| user.email = address.map(str::to_owned))
    }

    fn edit(&self, user: u64, change: impl FnOnce(&mut AccountUser)) -> Result<(), DeskError> {
        self.account.change(|work| people::edit(work, user, change))
    }
}

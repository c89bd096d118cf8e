//! What happens to Zendesk's users and to tags: requesters change, users merge, write e-mails, are
//! suspended.

use simulators::zendesk::{AccountUser, DeskError, Person, Zendesk};

use super::{Acts, Cast};
use crate::steps::{Mail, Step, Tags, is_address};

impl Acts {
    /// Does a step about users; `None` for any other.
    ///
    /// # Errors
    /// One sentence for the writer of the step.
    pub(super) fn people(&self, step: &Step, cast: &dyn Cast) -> Option<Result<(), String>> {
        let desk = &self.stack.zendesk;
        Some(if let Some(requester) = &step.requester {
            cast.ticket(requester.ticket).and_then(|ticket| {
                let user = self.person(&requester.id)?;
                told(desk.change_requester(ticket, user))
            })
        } else if let Some(merge) = &step.merge_users {
            let both = self
                .person(&merge.from)
                .and_then(|from| Ok((from, self.person(&merge.into)?)));
            both.and_then(|(from, into)| told(desk.merge_users(from, into)))
        } else if let Some(mail) = &step.email {
            told(write(desk, mail).map(|_| ()))
        } else if let Some(suspend) = &step.suspend {
            self.person(&suspend.id).and_then(|user| {
                told(match suspend.suspended {
                    true => desk.suspend(user),
                    false => desk.unsuspend(user),
                })
            })
        } else {
            return None;
        })
    }

    /// The Zendesk user of a customer's id, made if need be, or of an e-mail address.
    fn person(&self, id: &str) -> Result<u64, String> {
        let desk = &self.stack.zendesk;
        if is_address(id) {
            let found = by_address(desk, id);
            return found
                .map(|user| user.id)
                .ok_or_else(|| format!("no user in Zendesk has the address {id}"));
        }
        Ok(desk.knows_customer(id, &self.name_of(id)))
    }

    /// A customer's name in Braze; empty for one Braze does not know.
    pub(super) fn name_of(&self, customer: &str) -> String {
        let users = self.stack.braze.users();
        let known = users.iter().find(|user| user.external_id == customer);
        let name = known.map(|user| format!("{} {}", user.first_name, user.last_name));
        name.unwrap_or_default().trim().to_owned()
    }
}

/// Adds a ticket's tags, then takes away those that go.
pub(super) fn change_tags(desk: &Zendesk, ticket: u64, tags: &Tags) -> Result<(), DeskError> {
    let add: Vec<&str> = tags.add.iter().map(String::as_str).collect();
    let remove: Vec<&str> = tags.remove.iter().map(String::as_str).collect();
    if !add.is_empty() {
        desk.add_tags(ticket, &add)?;
    }
    match remove.is_empty() {
        true => Ok(()),
        false => desk.remove_tags(ticket, &remove),
    }
}

fn by_address(desk: &Zendesk, address: &str) -> Option<AccountUser> {
    let mut users = desk.users().into_iter();
    users.find(|user| user.has_email(address))
}

fn write(desk: &Zendesk, mail: &Mail) -> Result<u64, DeskError> {
    let user = match by_address(desk, &mail.from) {
        Some(user) => user.id,
        None => {
            let name = mail.name.as_deref().unwrap_or(&mail.from);
            desk.add_user(Person::customer(name).email(&mail.from))
        }
    };
    desk.email_ticket(user, &mail.subject, &mail.text)
}

fn told(done: Result<(), DeskError>) -> Result<(), String> {
    done.map_err(|error| error.to_string())
}

//! Expectations against what the simulators hold.
//!
//! In: an expectation and the player's view of the conversation. Out: nothing, or what was
//! expected and what was found. Waits for nothing.

use simulators::zendesk::Ticket;

use crate::acts::Cast;
use crate::player::{Player, automatic};
use crate::steps::Expect;
use crate::transcript::{line, word};

impl Player {
    /// What is not as expected, if anything.
    pub(crate) fn check(&self, expect: &Expect) -> Result<(), String> {
        let customer = &self.meant(expect)?;
        if let Some(wanted) = &expect.automatic {
            let what = format!("automatic answers to {customer}");
            let seen = self.automatic.get(customer).copied().unwrap_or_default();
            let found = automatic(&self.stack, customer).into_iter().skip(seen);
            let found: Vec<String> = found.map(|sms| sms.body).collect();
            same(&what, wanted, &found, expect.in_any_order)?;
        }
        if let Some(wanted) = &expect.received {
            let what = format!("SMS received by {customer}");
            same(&what, wanted, &self.new_sms(customer), expect.in_any_order)?;
        }
        if let Some(wanted) = expect.tickets {
            let found = self.tickets.len();
            equal("number of tickets", &wanted.to_string(), &found.to_string())?;
        }
        if expect.comments.is_some() || expect.status.is_some() {
            let ticket = self.current(expect.ticket)?;
            let what = format!("comments on ticket #{}", ticket.id);
            if let Some(wanted) = &expect.comments {
                same(
                    &what,
                    wanted,
                    &self.new_comments(&ticket),
                    expect.in_any_order,
                )?;
            }
            if let Some(wanted) = expect.status {
                let what = format!("status of ticket #{}", ticket.id);
                equal(&what, word(wanted), word(ticket.status))?;
            }
        }
        self.check_ticket(expect)?;
        let user = self.stack.braze.user(customer).unwrap_or_default();
        for (name, wanted) in &expect.attributes {
            let wanted = serde_json::to_value(wanted).unwrap_or_default();
            let found = user.attributes.get(name).cloned().unwrap_or_default();
            let what = format!("attribute {name} of {customer}");
            equal(&what, &wanted.to_string(), &found.to_string())?;
        }
        Ok(())
    }

    /// Tags, brand and priority.
    fn check_ticket(&self, expect: &Expect) -> Result<(), String> {
        let (brand, priority) = (expect.brand.as_ref(), expect.priority.as_ref());
        if expect.tags.is_empty() && brand.is_none() && priority.is_none() {
            return Ok(());
        }
        let ticket = self.current(expect.ticket)?;
        let of = |what: &str| format!("{what} of ticket #{}", ticket.id);
        if !expect.tags.iter().all(|tag| ticket.tags.contains(tag)) {
            let (wanted, found) = (expect.tags.join(" "), ticket.tags.join(" "));
            return equal(&of("tags"), &wanted, &found);
        }
        if let Some(wanted) = brand {
            let brands = self.stack.zendesk.brands();
            let found = brands.into_iter().find(|one| one.id == ticket.brand_id);
            let found = found.map_or_else(|| "none".to_owned(), |one| one.name);
            equal(&of("brand"), wanted, &found)?;
        }
        match priority {
            Some(wanted) => {
                let found = ticket.priority.as_deref().unwrap_or("none");
                equal(&of("priority"), wanted, found)
            }
            None => Ok(()),
        }
    }

    /// Counts what the expectation named as seen.
    pub(crate) fn settle(&mut self, expect: &Expect) -> Result<(), String> {
        let customer = self.meant(expect)?;
        if expect.automatic.is_some() {
            let size = automatic(&self.stack, &customer).len();
            self.automatic.insert(customer.clone(), size);
        }
        if expect.received.is_some() {
            let size = self.stack.braze.inbox(&customer).len();
            self.received.insert(customer, size);
        }
        if expect.comments.is_some() {
            let ticket = self.current(expect.ticket)?;
            self.commented.insert(ticket.id, ticket.comments.len());
        }
        Ok(())
    }

    /// Refuses SMS that no expectation named.
    pub(crate) fn leftovers(&self) -> Result<(), String> {
        for customer in self.names() {
            let left = self.new_sms(customer);
            if !left.is_empty() {
                let what = format!("at the end: SMS received by {customer}");
                same(&what, &[], &left, false)?;
            }
        }
        Ok(())
    }

    fn meant(&self, expect: &Expect) -> Result<String, String> {
        self.customer(expect.customer.as_deref())
    }

    fn new_sms(&self, customer: &str) -> Vec<String> {
        let seen = self.received.get(customer).copied().unwrap_or_default();
        let inbox = self.stack.braze.inbox(customer);
        inbox.into_iter().skip(seen).map(|sms| sms.body).collect()
    }

    fn new_comments(&self, ticket: &Ticket) -> Vec<String> {
        let seen = self.commented.get(&ticket.id).copied().unwrap_or_default();
        ticket.comments.iter().skip(seen).map(line).collect()
    }

    fn current(&self, number: Option<u64>) -> Result<Ticket, String> {
        let id = self.ticket(number)?;
        let found = self.stack.zendesk.ticket(id);
        found.ok_or_else(|| format!("ticket #{id} is gone"))
    }
}

fn equal(what: &str, wanted: &str, found: &str) -> Result<(), String> {
    if wanted == found {
        return Ok(());
    }
    Err(format!("{what}: expected {wanted}, found {found}"))
}

fn same(what: &str, wanted: &[String], found: &[String], any_order: bool) -> Result<(), String> {
    let matches = if any_order {
        let sorted = |list: &[String]| {
            let mut list = list.to_vec();
            list.sort();
            list
        };
        sorted(wanted) == sorted(found)
    } else {
        wanted == found
    };
    if matches {
        return Ok(());
    }
    Err(format!(
        "{what}\n  expected{}\n  found{}",
        listed(wanted),
        listed(found)
    ))
}

fn listed(texts: &[String]) -> String {
    if texts.is_empty() {
        return ": nothing".to_owned();
    }
    texts
        .iter()
        .map(|text| format!("\n    - {text:?}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_tells_what_was_expected_and_what_was_found() {
        let one = ["a".to_owned()];
        let wrong = same("SMS", &one, &[], false).unwrap_err();
        assert_eq!(wrong, "SMS\n  expected\n    - \"a\"\n  found: nothing");
        assert_eq!(same("SMS", &one, &one, false), Ok(()));
    }

    #[test]
    fn order_matters_unless_it_is_said_not_to() {
        let (ab, ba) = (
            ["a".to_owned(), "b".to_owned()],
            ["b".to_owned(), "a".to_owned()],
        );
        assert!(same("SMS", &ab, &ba, false).is_err());
        assert!(same("SMS", &ab, &ba, true).is_ok());
        assert!(same("SMS", &ab, &[ab[0].clone(), ab[0].clone()], true).is_err());
    }
}

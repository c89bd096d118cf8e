//! Plays a conversation on a running stack and checks what comes of it.
//!
//! In: the stack and the steps. Out: the transcript on stdout, and the first thing that is not
//! as expected. Waits on events of the simulators, never for a guessed time.

use std::collections::BTreeMap;
use std::time::Duration;

use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, DeskError, Status, Ticket};
use tokio::time::Instant;

use crate::conversation::{Answer, Conversation, Expect, Step, Texts};
use crate::transcript::{Transcript, line, word};

/// Plays all steps.
///
/// # Errors
/// What was expected and what was found, with the step's number and line.
pub(crate) async fn play(stack: &Stack, conversation: &Conversation) -> Result<(), String> {
    for customer in &conversation.customer {
        stack.braze.add_user(User {
            external_id: customer.id.clone(),
            first_name: customer.first_name.clone(),
            last_name: customer.last_name.clone(),
            phone: customer.phone.clone(),
            ..User::default()
        });
    }
    let mut player = Player::new(stack, conversation);
    println!("{}\n\n{}", conversation.title, Transcript::heading());
    for (at, step) in conversation.step.iter().enumerate() {
        let result = player.step(step.as_ref()).await;
        print!("{}", player.transcript.news(stack, &player.customers));
        let place = format!("step {} (line {})", at + 1, conversation.lines[at]);
        result.map_err(|wrong| format!("{place}: {wrong}"))?;
    }
    player.leftovers()?;
    println!("\nAll {} steps went as expected.", conversation.step.len());
    Ok(())
}

struct Player<'a> {
    stack: &'a Stack,
    limit: Duration,
    customers: Vec<String>,
    transcript: Transcript,
    /// Tickets from before the conversation.
    old: Vec<u64>,
    /// Tickets in the order they appeared.
    tickets: Vec<u64>,
    /// SMS already named by an expectation.
    received: BTreeMap<String, usize>,
    /// Comments already named by an expectation.
    commented: BTreeMap<u64, usize>,
}

impl<'a> Player<'a> {
    fn new(stack: &'a Stack, conversation: &Conversation) -> Self {
        let customers: Vec<String> = conversation.customer.iter().map(|c| c.id.clone()).collect();
        let sizes = customers
            .iter()
            .map(|id| (id.clone(), stack.braze.inbox(id).len()));
        Self {
            stack,
            limit: Duration::from_secs(conversation.limit_seconds),
            received: sizes.collect(),
            transcript: Transcript::from_now(stack, &customers),
            customers,
            old: stack.zendesk.tickets().iter().map(|t| t.id).collect(),
            tickets: Vec::new(),
            commented: BTreeMap::new(),
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        if let Some(expect) = &step.expect {
            return self.expect(expect).await;
        }
        let acted = tokio::time::timeout(self.limit, self.act(step)).await;
        acted.map_err(|_| format!("not done within {:?}", self.limit))??;
        let rested = self.stack.quiesce(self.limit).await;
        self.look();
        rested
            .then_some(())
            .ok_or_else(|| format!("the bridge is still at work after {:?}", self.limit))
    }

    async fn act(&self, step: &Step) -> Result<(), String> {
        let desk = &self.stack.zendesk;
        let told = |done: Result<(), DeskError>| done.map_err(|error| error.to_string());
        if let Some(texts) = &step.customer {
            self.texts(texts).await;
        } else if let Some(answer) = &step.agent {
            self.answer(answer)?;
        } else if let Some(which) = &step.solve {
            told(desk.set_status(self.ticket(which.ticket)?, Status::Solved))?;
        } else if let Some(which) = &step.close {
            told(desk.close(self.ticket(which.ticket)?))?;
        } else if let Some(which) = &step.delete {
            told(desk.delete(self.ticket(which.ticket)?))?;
        } else if let Some(merge) = &step.merge {
            let (from, into) = (
                self.ticket(Some(merge.from))?,
                self.ticket(Some(merge.into))?,
            );
            told(desk.merge(from, into))?;
        } else if let Some(wait) = &step.wait {
            tokio::time::sleep(Duration::from_secs_f64(wait.seconds)).await;
        } else if step.redeliver.is_some() {
            let done = self.stack.redeliver().await;
            done.map_err(|error| format!("redelivery: {error}"))?;
        }
        Ok(())
    }

    async fn texts(&self, texts: &Texts) {
        let customer = texts.id.as_ref().unwrap_or(&self.customers[0]);
        let mut sent = Vec::new();
        for text in &texts.texts {
            let (braze, customer, text) =
                (self.stack.braze.clone(), customer.clone(), text.clone());
            let one = async move { braze.customer_texts(&customer, &text, &[]).await };
            if texts.at_once {
                sent.push(tokio::spawn(one));
            } else {
                one.await;
            }
        }
        for one in sent {
            // What the bridge answered shows in the transcript.
            let _ = one.await;
        }
    }

    fn answer(&self, answer: &Answer) -> Result<(), String> {
        let mut comment = match answer.public {
            true => Comment::public(&answer.text),
            false => Comment::note(&answer.text),
        };
        comment.status = answer.status;
        if let Some(name) = &answer.name {
            comment = comment.by(name);
        }
        let ticket = self.ticket(answer.ticket)?;
        let done = self.stack.zendesk.agent_comments(ticket, comment);
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Waits until the expectation holds while nothing is at work.
    async fn expect(&mut self, expect: &Expect) -> Result<(), String> {
        let deadline = Instant::now() + self.limit;
        loop {
            let mut zendesk = self.stack.zendesk.subscribe();
            let mut braze = self.stack.braze.subscribe();
            let left = deadline.saturating_duration_since(Instant::now());
            let rested = self.stack.quiesce(left).await;
            self.look();
            let checked = self.check(expect);
            if checked.is_ok() && rested {
                return self.settle(expect);
            }
            tokio::select! {
                _ = zendesk.changed() => {}
                _ = braze.changed() => {}
                () = tokio::time::sleep_until(deadline) => {
                    return checked.and(Err("the bridge is still at work".to_owned()));
                }
            }
        }
    }

    fn check(&self, expect: &Expect) -> Result<(), String> {
        let customer = self.customer(expect);
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
        let user = self.stack.braze.user(customer).unwrap_or_default();
        for (name, wanted) in &expect.attributes {
            let wanted = serde_json::to_value(wanted).unwrap_or_default();
            let found = user.attributes.get(name).cloned().unwrap_or_default();
            let what = format!("attribute {name} of {customer}");
            equal(&what, &wanted.to_string(), &found.to_string())?;
        }
        Ok(())
    }

    fn settle(&mut self, expect: &Expect) -> Result<(), String> {
        if expect.received.is_some() {
            let customer = self.customer(expect).to_owned();
            let size = self.stack.braze.inbox(&customer).len();
            self.received.insert(customer, size);
        }
        if expect.comments.is_some() {
            let ticket = self.current(expect.ticket)?;
            self.commented.insert(ticket.id, ticket.comments.len());
        }
        Ok(())
    }

    fn leftovers(&self) -> Result<(), String> {
        for customer in &self.customers {
            let left = self.new_sms(customer);
            if !left.is_empty() {
                let what = format!("at the end: SMS received by {customer}");
                same(&what, &[], &left, false)?;
            }
        }
        Ok(())
    }

    fn look(&mut self) {
        for ticket in self.stack.zendesk.tickets() {
            if !self.old.contains(&ticket.id) && !self.tickets.contains(&ticket.id) {
                self.tickets.push(ticket.id);
            }
        }
    }

    fn customer<'b>(&'b self, expect: &'b Expect) -> &'b str {
        expect.customer.as_ref().unwrap_or(&self.customers[0])
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

    fn ticket(&self, number: Option<usize>) -> Result<u64, String> {
        let id = match number {
            None => self.tickets.last(),
            Some(number) => number.checked_sub(1).and_then(|at| self.tickets.get(at)),
        };
        id.copied().ok_or_else(|| match number {
            None => "there is no ticket yet".to_owned(),
            Some(number) => format!("there is no ticket {number} yet"),
        })
    }

    fn current(&self, number: Option<usize>) -> Result<Ticket, String> {
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

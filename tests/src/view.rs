//! What customers and agents see, and what the vendors were asked.
//!
//! In: a stack. Out: texts, comments, operations, for assertions. Imports the local stack and the
//! simulators.

use local::Stack;
use simulators::Call;
use simulators::zendesk::Ticket;

/// What reached a phone, oldest first.
pub fn phone(stack: &Stack, customer: &str) -> Vec<String> {
    let inbox = stack.braze.inbox(customer);
    inbox.into_iter().map(|sms| sms.body).collect()
}

/// The only ticket there is.
///
/// # Panics
///
/// When there is none, or more than one.
pub fn only_ticket(stack: &Stack) -> Ticket {
    let mut tickets = stack.zendesk.tickets();
    assert_eq!(
        tickets.len(),
        1,
        "one ticket expected: {:?}",
        subjects(&tickets)
    );
    tickets.remove(0)
}

/// One ticket.
///
/// # Panics
///
/// When there is no such ticket.
pub fn ticket(stack: &Stack, id: u64) -> Ticket {
    match stack.zendesk.ticket(id) {
        Some(ticket) => ticket,
        None => panic!("there is no ticket {id}"),
    }
}

/// The texts of a ticket's public comments as an agent reads them, oldest first.
pub fn public(ticket: &Ticket) -> Vec<String> {
    let public = ticket.comments.iter().filter(|comment| comment.public);
    public.map(|comment| comment.plain_body.clone()).collect()
}

/// The texts of a ticket's internal notes, oldest first.
pub fn notes(ticket: &Ticket) -> Vec<String> {
    let notes = ticket.comments.iter().filter(|comment| !comment.public);
    notes.map(|comment| comment.plain_body.clone()).collect()
}

/// What Zendesk was asked, but for the tokens.
pub fn zendesk_calls(stack: &Stack) -> Vec<String> {
    let calls = stack.zendesk.calls().into_iter();
    let calls = calls.filter(|call| call.operation != "oauth.token");
    calls.map(|call| call.operation).collect()
}

/// What Braze was asked.
pub fn braze_calls(stack: &Stack) -> Vec<String> {
    stack
        .braze
        .calls()
        .into_iter()
        .map(|call| call.operation)
        .collect()
}

/// The calls of one operation.
pub fn calls_of(calls: Vec<Call>, operation: &str) -> Vec<Call> {
    let mut calls = calls;
    calls.retain(|call| call.operation == operation);
    calls
}

/// Counts of vendor and DynamoDB calls at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    zendesk: usize,
    braze: usize,
    dynamo: usize,
}

impl Mark {
    /// Now.
    pub fn now(stack: &Stack) -> Self {
        Self {
            zendesk: zendesk_calls(stack).len(),
            braze: braze_calls(stack).len(),
            dynamo: stack.dynamo.calls().len(),
        }
    }

    /// Operations since then: Zendesk's, Braze's.
    pub fn since(self, stack: &Stack) -> (Vec<String>, Vec<String>) {
        (
            zendesk_calls(stack).split_off(self.zendesk),
            braze_calls(stack).split_off(self.braze),
        )
    }

    /// DynamoDB's calls since then.
    pub fn dynamo(self, stack: &Stack) -> Vec<local::dynamo::Call> {
        stack.dynamo.calls().split_off(self.dynamo)
    }
}

fn subjects(tickets: &[Ticket]) -> Vec<&str> {
    tickets
        .iter()
        .map(|ticket| ticket.subject.as_str())
        .collect()
}

//! An event that names only a ticket goes to the conversation that is on it, or to that of the customer whose
//! ticket it is.

use crate::message::{Check, Customer, DeliveryId, Event, Note, Personal, TicketId};

use super::super::notes;
use super::super::state::{Entry, State};
use super::super::step::{Ending, Failure, Outcome, Owner, PersonFacts, Step, TicketFacts};
use super::{Body, Calls, Context, Done, Ended, Exit, Pause, later, owner};

/// Reason given where it is not known whose the ticket is.
const UNKNOWN: &str = "the ticket's requester has no Braze external id";

pub(super) async fn forward(
    calls: &mut dyn Calls,
    context: Context<'_>,
    ticket: TicketId,
    state: &mut State,
    event: &Event,
) -> Ended {
    if let Body::Check(check) = &event.body {
        return look(calls, context, ticket, check).await;
    }
    // Nothing has to be asked: the conversation looks whether it is so.
    if let Some(owner) = context.owner
        && owner.user.is_some()
        && owner.user == owner::requester_in(event)
    {
        let customer = owner.customer.clone();
        return Ok(Done::Forward { customer });
    }
    let Some(outcome) = calls.call(&Step::LookUpTicket(ticket)).await else {
        return Err(Exit::Pause(Pause::OutOfTime));
    };
    let facts = match outcome {
        Outcome::Ticket(Some(facts)) => facts,
        Outcome::Ticket(None) | Outcome::Failed(Failure::NotFound) => {
            return Ok(Done::ignored(owner::GONE));
        }
        Outcome::Failed(Failure::Later(not_before, trouble)) => {
            return later(not_before, Some(trouble));
        }
        _ => return later(None, None),
    };
    if !owner::is_tagged(context.policy, &facts.tags) {
        return Ok(Done::ignored(owner::UNTAGGED));
    }
    let owned = context.owner.filter(|owner| {
        let same_user = owner.user.is_some() && owner.user == facts.requester;
        same_user || facts.customer.is_none()
    });
    let customer = owned
        .map(|owner| owner.customer.clone())
        .or_else(|| named(&facts));
    match customer {
        Some(customer) => Ok(Done::Forward { customer }),
        None => Ok(unknown(calls, context, state, event, &facts)),
    }
}

/// Braze does not know the requester: the agent of a ticket that is to be texted about reads so, once. An answer
/// that was written for another requester is not sent either, and the agent reads that.
fn unknown(
    calls: &dyn Calls,
    context: Context<'_>,
    state: &mut State,
    event: &Event,
    facts: &TicketFacts,
) -> Done {
    let for_another = owner::requester_in(event).is_some_and(|one| Some(one) != facts.requester);
    let told = state.user.is_some() && state.user == facts.requester;
    if !for_another && (told || context.policy.tag.is_none()) {
        return Done::ignored(UNKNOWN);
    }
    state.user = facts.requester;
    let language = context.policy.language;
    let text = match for_another {
        true => notes::not_theirs(language),
        false => notes::unknown_requester(language),
    };
    let note = Entry::fresh(Event {
        delivery: DeliveryId::derive("note", &[event.delivery.as_str()]),
        received_at: calls.now(),
        body: Body::Note(Note {
            ticket: facts.ticket,
            text: Personal(text),
            tags: vec![],
            untag: vec![],
        }),
    });
    Done::ended(Ending::Ignored(UNKNOWN), [note])
}

/// A look at the ticket is for the conversation that is on it, which also notices that the ticket is gone or
/// another's now; where the requester is another, for theirs, if they have one.
async fn look(
    calls: &mut dyn Calls,
    context: Context<'_>,
    ticket: TicketId,
    check: &Check,
) -> Ended {
    let owner = context.owner;
    let is_owners = |user| owner.is_some_and(|owner| owner.user == Some(user));
    let step = match check.user {
        Some(user) if !is_owners(user) => Step::LookUpUser(user),
        None if owner.is_none() => Step::LookUpTicket(ticket),
        _ => return Ok(to_owner(owner)),
    };
    match calls.call(&step).await {
        None => Err(Exit::Pause(Pause::OutOfTime)),
        Some(Outcome::Person(PersonFacts {
            customer: Some(customer),
            ..
        })) => Ok(to(Customer::Id(customer))),
        Some(Outcome::Person(PersonFacts {
            number: Some(number),
            ..
        })) => Ok(to(Customer::Phone(number))),
        Some(Outcome::Person(_) | Outcome::Failed(Failure::NotFound | Failure::Refused(_))) => {
            Ok(to_owner(owner))
        }
        Some(Outcome::Ticket(None)) => Ok(Done::ignored(owner::GONE)),
        Some(Outcome::Ticket(Some(facts))) => Ok(match named(&facts) {
            _ if !owner::is_tagged(context.policy, &facts.tags) => Done::ignored(owner::UNTAGGED),
            Some(customer) => to(customer),
            None => Done::ignored(UNKNOWN),
        }),
        Some(Outcome::Failed(Failure::Later(not_before, trouble))) => {
            later(not_before, Some(trouble))
        }
        Some(_) => later(None, None),
    }
}

fn to_owner(owner: Option<&Owner>) -> Done {
    owner.map_or(Done::ignored(UNKNOWN), |owner| Done::Forward {
        customer: owner.customer.clone(),
    })
}

fn to(customer: Customer) -> Done {
    Done::Forward { customer }
}

/// The customer that the requester's user names: by the Braze id, else by the number it was made for.
fn named(facts: &TicketFacts) -> Option<Customer> {
    let by_id = facts.customer.clone().map(Customer::Id);
    by_id.or_else(|| facts.number.clone().map(Customer::Phone))
}

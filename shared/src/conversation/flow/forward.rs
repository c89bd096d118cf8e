//! An event that names only a ticket goes to the conversation that is on it, or to that of the customer whose
//! ticket it is.

use crate::message::{Customer, DeliveryId, Event, Note, Personal, TicketId};

use super::super::notes;
use super::super::state::{Entry, State};
use super::super::step::{Ending, Failure, Outcome, Step, TicketFacts};
use super::{Body, Calls, Context, Done, Ended, Pause, Stop, later, owner};

/// Reason given where nobody is known to whom the ticket belongs.
const UNKNOWN: &str = "the ticket's requester has no Braze external id";

pub(super) async fn forward(
    calls: &mut dyn Calls,
    context: Context<'_>,
    ticket: TicketId,
    state: &mut State,
    event: &Event,
) -> Ended {
    // Nothing has to be asked: the conversation looks whether it is so.
    if let Some(owner) = context.owner
        && owner.user.is_some()
        && owner.user == owner::requester_in(event)
    {
        let customer = owner.customer.clone();
        return Ok(Done::Forward { customer });
    }
    let Some(outcome) = calls.call(&Step::LookUpTicket(ticket)).await else {
        return Err(Stop::Pause(Pause::OutOfTime));
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
        .or_else(|| facts.customer.clone().map(Customer::Id));
    match customer {
        Some(customer) => Ok(Done::Forward { customer }),
        None => Ok(unknown(calls, context, state, event, &facts)),
    }
}

/// Braze does not know the requester: the agent of a ticket that is to be texted about reads so, once.
fn unknown(
    calls: &dyn Calls,
    context: Context<'_>,
    state: &mut State,
    event: &Event,
    facts: &TicketFacts,
) -> Done {
    let told = state.user.is_some() && state.user == facts.requester;
    if told || context.policy.tag.is_none() {
        return Done::ignored(UNKNOWN);
    }
    state.user = facts.requester;
    let note = Entry::fresh(Event {
        delivery: DeliveryId::derive("note", &[event.delivery.as_str()]),
        received_at: calls.now(),
        body: Body::Note(Note {
            ticket: facts.ticket,
            text: Personal(notes::unknown_requester(context.policy.language)),
            tags: vec![],
            untag: vec![],
        }),
    });
    Done::ended(Ending::Ignored(UNKNOWN), [note])
}

//! An event that names only a ticket goes to the conversation of the customer whose ticket it is.

use crate::message::TicketId;

use super::super::step::{Failure, Outcome, Step};
use super::{Calls, Done, Ended, Pause, Stop, later};

pub(super) async fn forward(calls: &mut dyn Calls, ticket: TicketId) -> Ended {
    let Some(outcome) = calls.call(&Step::LookUpTicket(ticket)).await else {
        return Err(Stop::Pause(Pause::OutOfTime));
    };
    let facts = match outcome {
        Outcome::Ticket(facts) => facts,
        Outcome::Failed(Failure::NotFound) => {
            return Ok(Done::ignored("there is no such ticket in Zendesk"));
        }
        Outcome::Failed(Failure::Later(not_before, trouble)) => {
            return later(not_before, Some(trouble));
        }
        _ => return later(None, None),
    };
    match facts.and_then(|facts| facts.customer) {
        Some(customer) => Ok(Done::Forward { customer }),
        None => Ok(Done::ignored(
            "the ticket's requester has no Braze external id",
        )),
    }
}

//! A text whose write got no answer, or whose worker vanished: whether it is on a ticket is looked up
//! before it is written again.

use crate::message::{DeliveryId, Text, TicketId};

use super::super::notes;
use super::super::step::{Anyway, Refusal, TicketFacts};
use super::{Exit, Flow, No, Pause, REFUSED_FOR, owner, reopening, taken, user};

/// Whether the text is on a ticket, as far as an earlier attempt is in doubt.
pub(super) async fn was_written(flow: &mut Flow<'_>, text: &Text) -> Result<bool, Exit> {
    if flow.progress.doubtful
        && let Some(ticket) = flow.progress.tried.or(flow.state.ticket)
        && was_added(flow, text, ticket).await?
    {
        return Ok(true);
    }
    let given_up = flow.state.opened_by_given_up.as_ref() == Some(flow.about.marker);
    let in_doubt = flow.progress.doubtful || flow.progress.unfound || given_up;
    Ok(in_doubt && was_opened(flow, text).await?)
}

/// The text may be a comment on this ticket.
async fn was_added(flow: &mut Flow<'_>, text: &Text, ticket: TicketId) -> Result<bool, Exit> {
    let here = flow.state.ticket == Some(ticket);
    let found = match flow.find_delivery(ticket).await? {
        Ok(found) => found,
        Err(No::NotFound) => {
            if here {
                taken::start_over(flow);
            }
            None
        }
        Err(No::Refused(refusal)) => return Err(in_doubt(flow, refusal)),
        Err(no) => return Err(no.into()),
    };
    flow.progress.doubtful = false;
    let Some(found) = found else {
        // It may have opened a ticket still.
        flow.progress.tried = None;
        flow.progress.unfound = true;
        return Ok(false);
    };
    found
        .comment
        .into_iter()
        .for_each(|id| flow.state.wrote(id));
    flow.progress.unfound = false;
    let by_answer = flow.state.user.is_none();
    // Whose it was when the text came to it is not known.
    owner::leave_unless_own(flow, ticket, found.comment).await?;
    // On a ticket that was only known from an answer on it, the conversation began with this text.
    if here && by_answer {
        flow.state.since = flow.state.since.min(flow.about.at);
    }
    if here && flow.state.is_done() {
        // The worker that vanished may have set Braze's attributes without saving the new status.
        flow.progress.announce = true;
        flow.progress.reopen = !reopening::asks_nothing(flow, text);
    }
    Ok(true)
}

/// The text may have opened a ticket.
async fn was_opened(flow: &mut Flow<'_>, text: &Text) -> Result<bool, Exit> {
    let found = find_ticket(flow, text, flow.about.marker.clone()).await?;
    let own = match &found {
        Some(facts) => owner::is_still_openers(flow, facts).await?,
        None => false,
    };
    if let Some(facts) = found.as_ref().filter(|_| own) {
        owner::lead_here(flow, facts).await?;
    }
    flow.state
        .opened_by_given_up
        .take_if(|id| id == flow.about.marker);
    flow.progress.doubtful = false;
    flow.progress.unfound = false;
    let Some(facts) = found else {
        return Ok(false);
    };
    flow.progress.posted = true;
    if !own {
        // It was the customer's when the text came, and is not any more: the text stays with it.
        return Ok(true);
    }
    let since = flow.about.at;
    flow.state.move_to(facts.ticket, facts.status, since);
    flow.progress.opened = true;
    flow.progress.announce = true;
    if let Some(user) = facts.requester.or(flow.state.user) {
        flow.state.user = Some(user);
        if flow.customer.id().is_some() {
            flow.claim_ticket(facts.ticket, user, Anyway::Yes).await?;
        }
    }
    Ok(true)
}

/// The ticket that a text opened, by the external id it was given; then it is known, too, as whom the customer writes.
pub(super) async fn find_ticket(
    flow: &mut Flow<'_>,
    text: &Text,
    opened_by: DeliveryId,
) -> Result<Option<TicketFacts>, Exit> {
    match flow.find_ticket(opened_by.clone()).await? {
        Ok(found) => {
            if found.is_some() {
                user::of_customer(flow, text).await?;
            }
            Ok(found)
        }
        Err(No::Refused(refusal)) => {
            let stop = in_doubt(flow, refusal);
            if matches!(stop, Exit::Done(_)) {
                flow.state.opened_by_given_up = Some(opened_by);
            }
            Err(stop)
        }
        Err(no) => Err(no.into()),
    }
}

/// Zendesk refuses to say whether it took the text: it is asked for a while, and then the text is
/// kept, still in doubt, and the agent reads so.
fn in_doubt(flow: &Flow<'_>, refusal: Refusal) -> Exit {
    if flow.age() < REFUSED_FOR {
        return Exit::Pause(Pause::Later(None, None));
    }
    let note = notes::text_in_doubt(flow.language());
    let note = flow.state.ticket.map(|ticket| flow.note(ticket, note, &[]));
    flow.dead(refusal, note).into()
}

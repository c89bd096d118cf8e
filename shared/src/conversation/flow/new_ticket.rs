//! A text opens a ticket, once: under an idempotency key, and by the ticket's external id.

use crate::message::{DeliveryId, Personal, Routing, Text, UserId};

use super::super::policy::OpenOn;
use super::super::state::Status;
use super::super::step::{Anyway, Ending, NewTicket, Written};
use super::taken::Taken;
use super::{
    Done, Exit, Flow, No, Pause, media, owner, recover, reopening, routing, ticket_events, user,
    wish,
};

/// Reason given when the policy keeps strangers' texts out.
const NO_CONVERSATION: &str = "no conversation, and the text did not use the support keyword";

/// Reason given where a reaction, a phone's own answer or a courtesy would open a ticket.
const ASKS_NOTHING: &str = "a reaction, an automatic answer or a courtesy opens no ticket";

/// Longest subject, in characters.
const MAX_SUBJECT_CHARS: usize = 255;

/// Idempotency keys that are tried without a pause.
const MOST_KEYS: u8 = 2;

pub(super) async fn open(flow: &mut Flow<'_>, text: &Text) -> Result<Taken, Exit> {
    if let Some(given_up) = flow.state.opened_by_given_up.clone() {
        continue_on_given_up(flow, text, given_up).await?;
    }
    if let Some(reason) = opens_nothing(flow, text) {
        // Whoever asks for no more texts is heard without a ticket.
        let told = wish::take(flow, text);
        return Err(Done::ended(Ending::Ignored(reason), told).into());
    }
    let requester = user::of_customer(flow, text).await?;
    media::fetch(flow, text).await?;
    let routing = routing::of_new_ticket(flow, text);
    let new = NewTicket {
        requester,
        subject: subject(flow, text, &routing),
        body: Personal(media::comment_body(flow, text)),
        uploads: media::uploads(flow.progress),
        key: format!("{}-{}", flow.about.marker, flow.progress.key),
        delivery: flow.about.marker.clone(),
        follows: flow.progress.follows,
        routing,
    };
    match flow.create_ticket(new).await? {
        Ok(created) => {
            opened(flow, requester, &created).await?;
            return Ok(Taken::Yes);
        }
        Err(No::Unknown) => {
            flow.progress.doubtful = true;
            media::used(flow.progress);
            return Err(No::Unknown.into());
        }
        // The key was used with another body: that creation may have worked.
        Err(No::KeyConflict) => {
            flow.progress.doubtful = true;
            if flow.progress.key >= MOST_KEYS {
                return Err(No::KeyConflict.into());
            }
            flow.progress.key = flow.progress.key.saturating_add(1);
        }
        Err(No::Refused(refusal)) if routing::leave_out_named(flow, text, &refusal) => {}
        Err(No::Refused(_)) if media::leave_out(flow.progress) => {
            flow.progress.key = flow.progress.key.saturating_add(1);
        }
        Err(No::Refused(_)) if routing::leave_out_all(flow, text) => {}
        Err(No::Refused(_)) if flow.progress.follows.take().is_some() => {}
        Err(no @ (No::Refused(_) | No::NotFound)) => return Ok(Taken::NotFromUser(no)),
        Err(no @ (No::Closed | No::Suspended)) => return Err(no.into()),
    }
    Ok(Taken::NotYet)
}

/// The conversation is on the ticket that the text opened.
async fn opened(flow: &mut Flow<'_>, requester: UserId, created: &Written) -> Result<(), Exit> {
    let claimed = flow
        .claim_ticket(created.ticket, requester, Anyway::Yes)
        .await;
    if flow.customer.id().is_none() && claimed.is_err() {
        // The ticket is found when the text is tried again.
        flow.progress.doubtful = true;
        media::used(flow.progress);
        return claimed.map(drop);
    }
    let since = flow.about.at.min(flow.now());
    let status = created.status.or(Some(Status::New));
    flow.state.move_to(created.ticket, status, since);
    created
        .comment
        .into_iter()
        .for_each(|id| flow.state.wrote(id));
    flow.progress.posted = true;
    flow.progress.opened = true;
    ticket_events::opened(flow);
    flow.progress.announce = true;
    claimed.map(drop)
}

/// Why a text opens no ticket, if it opens none.
fn opens_nothing(flow: &Flow<'_>, text: &Text) -> Option<&'static str> {
    let stranger = flow.about.policy.open_on == OpenOn::Keyword && !text.support;
    if stranger && !flow.progress.create {
        return Some(NO_CONVERSATION);
    }
    reopening::asks_nothing(flow, text).then_some(ASKS_NOTHING)
}

/// What a text that was given up may have opened, if it did, is where the conversation goes on.
async fn continue_on_given_up(
    flow: &mut Flow<'_>,
    text: &Text,
    given_up: DeliveryId,
) -> Result<(), Exit> {
    let found = recover::find_ticket(flow, text, given_up).await?;
    let found = found.filter(|facts| facts.status != Some(Status::Closed));
    let own = match &found {
        Some(facts) => owner::is_still_openers(flow, facts).await?,
        None => false,
    };
    let Some(facts) = found.filter(|_| own) else {
        flow.state.opened_by_given_up = None;
        return Ok(());
    };
    owner::lead_here(flow, &facts).await?;
    flow.state.opened_by_given_up = None;
    let since = flow.about.at;
    flow.state.move_to(facts.ticket, facts.status, since);
    flow.progress.announce = true;
    // Written down before the text is: what is in doubt is looked for on this ticket.
    Err(Exit::Pause(Pause::Checkpoint))
}

fn subject(flow: &Flow<'_>, text: &Text, routing: &Routing) -> Personal {
    let subject = match &routing.subject {
        Some(subject) => subject.as_str(),
        None => &flow.about.policy.subject,
    };
    let subject = subject.replace("{name}", user::shown_name(flow.customer, text));
    Personal(subject.chars().take(MAX_SUBJECT_CHARS).collect())
}

//! A customer's text: onto its ticket, once; a resting ticket is opened, and Braze learns of it.

use crate::message::{DeliveryId, Text, TicketId};
use crate::telemetry::metrics::{self, Metric};

use super::super::notes;
use super::super::state::{Entry, Status, What};
use super::super::step::{Ending, Refusal};
use super::consent::OPTED_OUT_TAG;
use super::{
    Done, Ended, Exit, Flow, No, late_files, loop_guard, owner, post, put_right, rating, routing,
    subscription, ticket_events, wish,
};

pub(super) async fn text(flow: &mut Flow<'_>, text: &Text) -> Ended {
    let ticket = flow.state.ticket;
    match delivered(flow, text).await {
        Err(Exit::No(No::Suspended)) => Ok(dropped(flow, ticket)),
        Err(Exit::No(No::Refused(refusal))) => Ok(refused(flow, refusal)),
        ended => ended,
    }
}

async fn delivered(flow: &mut Flow<'_>, text: &Text) -> Ended {
    loop_guard::count(flow, text);
    flow.state.texted_at = flow.state.texted_at.max(flow.about.at);
    if let Some(language) = &text.extras.language {
        flow.state.language = Some(language.clone());
    }
    rating::read(flow, text);
    if !flow.progress.posted {
        post::once(flow, text).await?;
    }
    reopen(flow).await?;
    rating::record(flow).await?;
    let mut follow = Vec::new();
    if flow.progress.announce {
        let open = !flow.state.is_done();
        follow.extend(flow.announce(flow.state.ticket, open).await?);
        // The agent knows before writing.
        subscription::look_up(flow).await?;
        follow.extend(subscription::note(flow));
    }
    follow.extend(note_on_full_ticket(flow));
    follow.extend(late_files::follow(flow, text));
    follow.extend(owner::note_on_leaving(flow));
    follow.extend(owner::note_on_missing_tag(flow));
    follow.extend(routing::note(flow, text));
    follow.extend(wish::take(flow, text));
    follow.extend(wish::note(flow));
    follow.extend(note_on_opt_out(flow));
    follow.extend(loop_guard::note(flow));
    let right = notes::text_added_after_all(flow.language());
    follow.extend(put_right::note(
        flow,
        flow.state.ticket,
        flow.about.delivery,
        right,
    ));
    ticket_events::follow(flow, &mut follow);
    Ok(Done::ended(Ending::Delivered, follow))
}

/// The ticket rests, though the text did not come as a mere thank-you: it is opened.
async fn reopen(flow: &mut Flow<'_>) -> Result<(), Exit> {
    let Some(ticket) = flow.state.ticket.filter(|_| flow.progress.reopen) else {
        return Ok(());
    };
    match flow.set_status(ticket, Status::Open).await? {
        Ok(()) => {
            if flow.state.is_done() {
                flow.progress.announce = true;
                ticket_events::record(flow, What::Reopened);
            }
            let now = flow.now();
            flow.state.saw_status(Status::Open, now);
        }
        Err(No::Unknown) => return Err(No::Unknown.into()),
        // The text is on the ticket; what it rests in is the desk's own.
        Err(No::NotFound | No::Closed | No::Suspended | No::KeyConflict | No::Refused(_)) => {}
    }
    flow.progress.reopen = false;
    Ok(())
}

/// The ticket before takes no more comments: the new one names it.
fn note_on_full_ticket(flow: &mut Flow<'_>) -> Option<Entry> {
    let ticket = flow.state.ticket.filter(|_| flow.progress.opened)?;
    let full = flow.progress.continues?;
    let text = notes::continues(flow.language(), full);
    let mut note = flow.note(ticket, text, &[]);
    // The text may have another note.
    note.event.delivery = DeliveryId::derive("continues", &[flow.about.delivery.as_str()]);
    Some(note)
}

/// A customer who opted out writes all the same: the ticket their text comes to says so, once.
fn note_on_opt_out(flow: &mut Flow<'_>) -> Option<Entry> {
    let ticket = flow.state.ticket?;
    if !flow.state.opted_out || flow.state.ticket_says_opted_out() {
        return None;
    }
    flow.state.opted_out_on = Some(ticket);
    let text = notes::customer_opted_out(flow.language());
    let mut note = flow.note(ticket, text, &[OPTED_OUT_TAG]);
    // The text may have another note.
    note.event.delivery = DeliveryId::derive("opted-out", &[flow.about.delivery.as_str()]);
    Some(note)
}

/// Agents suspended the customer: the text is dropped, and the conversation stays on its ticket.
fn dropped(flow: &mut Flow<'_>, ticket: Option<TicketId>) -> Done {
    flow.state.ticket = ticket;
    metrics::emit(&[(Metric::Suspended, 1)], &[]);
    Done::suspended()
}

/// Zendesk does not take the text: it is kept, and the agent of an open ticket reads so.
fn refused(flow: &Flow<'_>, refusal: Refusal) -> Done {
    let note = notes::text_refused(flow.language(), refusal.status);
    let note = flow.state.ticket.map(|ticket| flow.note(ticket, note, &[]));
    flow.dead(refusal, note)
}

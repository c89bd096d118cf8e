//! The customer rates the solved ticket by text: the ticket says so, and stays solved.

use crate::message::{Text, TicketId};
use crate::text::incoming;
use crate::text::incoming::rating;

use super::super::policy::millis;
use super::super::state::{Rating, Status, What};
use super::super::step::Ending;
use super::{Done, Exit, Flow, No, ticket_events, write};

/// How long after a rating a text explains it, in milliseconds.
const COMMENT_WINDOW: i64 = 10 * 60 * 1000;

/// Whether the text is a rating, or explains one without asking anything.
pub(super) fn is_part_of_one(flow: &Flow<'_>, text: &Text) -> bool {
    if flow.progress.rating.is_some() {
        return flow.state.is_done();
    }
    // A closed ticket takes no explanation: it goes to a follow-up.
    is_open_to_one(flow) && explains(flow, text) && flow.progress.follows.is_none()
}

/// Reads the text, before it is on the ticket.
pub(super) fn read(flow: &mut Flow<'_>, text: &Text) {
    if !flow.progress.posted && is_open_to_one(flow) && text.media_urls.is_empty() {
        flow.progress.rating = rating::rating(text.text.as_str());
    }
}

/// The ticket was solved a short time ago.
fn is_open_to_one(flow: &Flow<'_>) -> bool {
    let window = millis(flow.about.policy.thanks_window);
    let within = |solved: i64| flow.about.at.saturating_sub(solved) <= window;
    flow.about.policy.csat && flow.state.is_done() && flow.state.solved_at.is_some_and(within)
}

fn explains(flow: &Flow<'_>, text: &Text) -> bool {
    let short_ago = |rated: Rating| flow.about.at.saturating_sub(rated.at) <= COMMENT_WINDOW;
    flow.state.rating.is_some_and(short_ago) && !incoming::asks(text.text.as_str())
}

/// Writes the rating on the solved ticket: a tag in place of an earlier one, and a field.
pub(super) async fn record(flow: &mut Flow<'_>) -> Result<(), Exit> {
    let Some(value) = flow.progress.rating else {
        return Ok(());
    };
    let Some(ticket) = flow.state.ticket.filter(|_| flow.state.is_done()) else {
        return Ok(());
    };
    written(flow.add_tags(ticket, &[tag(value)]).await?)?;
    let before = flow.state.rating.map(|rating| rating.value);
    if let Some(before) = before.filter(|before| *before != value) {
        written(flow.remove_tags(ticket, &[tag(before)]).await?)?;
    }
    set_field(flow, ticket, value).await?;
    flow.state.rating = Some(Rating {
        value,
        at: flow.about.at,
    });
    flow.progress.rating = None;
    ticket_events::record(flow, What::Rated(value));
    Ok(())
}

/// The solved ticket was closed meanwhile and takes no more: what rates it is no new request, so no ticket is
/// opened, and Braze's event has the rating.
pub(super) async fn of_closed(flow: &mut Flow<'_>, ticket: TicketId) -> Result<Done, Exit> {
    let Some(value) = flow.progress.rating.take() else {
        return Ok(Done::delivered());
    };
    flow.progress.follows = None;
    flow.state.ticket = Some(ticket);
    let now = flow.now();
    flow.state.saw_status(Status::Closed, now);
    flow.state.rating = Some(Rating {
        value,
        at: flow.about.at,
    });
    tracing::info!(delivery.id = %flow.about.delivery, rating = value, "rating of a closed ticket");
    ticket_events::record(flow, What::Rated(value));
    let mut follow = Vec::new();
    ticket_events::follow(flow, &mut follow);
    Ok(Done::ended(Ending::Delivered, follow))
}

async fn set_field(flow: &mut Flow<'_>, ticket: TicketId, value: u8) -> Result<(), Exit> {
    let Some(field) = flow.about.policy.csat_field else {
        return Ok(());
    };
    let rating = (field, value.into());
    let fields = [rating].into_iter().chain(write::parts(flow, ticket));
    let answer = flow.set_fields(ticket, fields.collect()).await?;
    if matches!(answer, Err(No::Refused(_))) && flow.about.policy.parts_field.is_some() {
        return written(flow.set_fields(ticket, vec![rating]).await?);
    }
    written(answer)
}

/// A ticket that takes no more, or a field that is none, does not hold up the text.
fn written(answer: Result<(), No>) -> Result<(), Exit> {
    match answer {
        Err(No::Unknown) => Err(No::Unknown.into()),
        _ => Ok(()),
    }
}

fn tag(value: u8) -> String {
    format!("sms_csat_{value}")
}

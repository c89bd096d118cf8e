//! The agent asks for what may not have arrived: it is sent once more, under a new delivery.

use crate::message::{Body, DeliveryId, Event, Note, Personal, Reply, Resend, Solved, TicketId};

use super::super::state::{Entry, State, Unsure};
use super::super::step::{Ending, Next, Verdict};
use super::Case;

/// The tag by which the agent asks.
const TAG: &str = "sms_resend";

/// The tag that the trigger puts in its place: asked for, and not granted yet.
const ASKED: &str = "sms_resend_asked";

/// The agent asked, and the tags are still there: no webhook told of it.
pub(super) fn is_asked(tags: &[String]) -> bool {
    tags.iter().any(|tag| tag == TAG || tag == ASKED)
}

pub(super) fn next(case: &Case<'_>, state: &mut State, resend: &Resend) -> Next {
    let ticket = resend.ticket.or(state.ticket);
    let (again, kept) = std::mem::take(&mut state.unsure)
        .into_iter()
        .partition(|m| Some(m.ticket) == ticket);
    state.unsure = kept;
    let mut again: Vec<Unsure> = again;
    // Nobody is told that a ticket is closed which is open again.
    again.retain(|message| message.comment.is_some() || state.is_done());
    let heard = ticket.map(|ticket| without_tags(case, ticket));
    if again.is_empty() {
        let ending = Ending::Ignored("no message of unknown outcome on this ticket");
        return Next::Settled(Verdict::Done(ending, heard.into_iter().collect()));
    }
    if again.iter().any(|message| message.comment.is_none()) {
        state.closing_told = false;
    }
    let entries = again
        .into_iter()
        .enumerate()
        .map(|(index, message)| entry(case, index, message));
    let follow = entries.chain(heard).collect();
    Next::Settled(Verdict::Done(Ending::Delivered, follow))
}

/// The tags go when the request is known, so that none is granted twice.
fn without_tags(case: &Case<'_>, ticket: TicketId) -> Entry {
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("heard", &[case.delivery.as_str()]),
        received_at: case.now,
        body: Body::Note(Note {
            ticket,
            text: Personal::default(),
            tags: vec![],
            untag: vec![TAG.to_owned(), ASKED.to_owned()],
        }),
    });
    // Nothing has to be written.
    entry.progress.posted = true;
    entry.progress.tagged = true;
    entry
}

fn entry(case: &Case<'_>, index: usize, message: Unsure) -> Entry {
    let Unsure {
        ticket,
        comment,
        message,
        campaign,
        sent,
    } = message;
    let ticket = Some(ticket);
    let body = match comment {
        // Without its text: the comment is fetched.
        Some(_) => Body::Reply(Reply {
            ticket,
            comment,
            campaign,
            ..Reply::default()
        }),
        None => Body::Solved(Solved {
            asked_at: None,
            tags: None,
            ticket,
            message,
            campaign,
        }),
    };
    let delivery = DeliveryId::derive("again", &[case.delivery.as_str(), &index.to_string()]);
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: case.now,
        body,
    });
    entry.progress.sent = sent;
    entry
}

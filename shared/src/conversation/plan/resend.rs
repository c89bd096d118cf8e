//! The agent asks for what may not have arrived: it is sent once more, under a new delivery.

use crate::message::{Body, DeliveryId, Event, Reply, Resend, Solved};

use super::super::state::{Entry, State, Unsure};
use super::super::step::{Ending, Next, Verdict};
use super::Case;

pub(super) fn next(case: &Case<'_>, state: &mut State, resend: &Resend) -> Next {
    let ticket = resend.ticket.or(state.ticket);
    let meant = |message: &Unsure| {
        let named = message
            .note
            .as_ref()
            .is_some_and(|note| resend.notes.contains(note));
        Some(message.ticket) == ticket && (named || resend.notes.is_empty())
    };
    let (again, kept) = std::mem::take(&mut state.unsure)
        .into_iter()
        .partition(meant);
    state.unsure = kept;
    let mut again: Vec<Unsure> = again;
    // Nobody is told that a ticket is closed which is open again.
    again.retain(|message| message.comment.is_some() || state.is_done());
    if again.is_empty() {
        return Next::Settled(Verdict::ignored(
            "no message of unknown outcome on this ticket",
        ));
    }
    if again.iter().any(|message| message.comment.is_none()) {
        state.closing_told = false;
    }
    let entries = again
        .into_iter()
        .enumerate()
        .map(|(index, message)| entry(case, index, message));
    Next::Settled(Verdict::Done(Ending::Delivered, entries.collect()))
}

fn entry(case: &Case<'_>, index: usize, message: Unsure) -> Entry {
    let Unsure {
        ticket,
        comment,
        message,
        campaign,
        sent,
        note: _,
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

//! What goes beside the messages: notes for the agent, consent, Braze's attributes.

use crate::message::{Body, Consent, ConsentKind, Note};

use super::super::notes;
use super::super::state::{Entry, Progress, State};
use super::super::step::{Attributes, Comment, Ending, Failure, Next, Outcome, Step, Verdict};
use super::{Case, LATE_WRITE, note_entry, opted_out};

/// Tag on the ticket of a customer who opted out.
pub(super) const OPTED_OUT_TAG: &str = "sms_opted_out";

/// Tag on the ticket of a customer who asked for help.
const HELP_TAG: &str = "sms_help";

/// Remembers the customer's consent and tells the agent.
pub(super) fn consent(case: &Case<'_>, state: &mut State, consent: &Consent) -> Next {
    let language = case.policy.language;
    if consent.what != ConsentKind::Help {
        state.consent_at = case.at;
    }
    let (text, tags, untag): (String, &[&str], &[&str]) = match consent.what {
        ConsentKind::OptedOut => {
            if opted_out::is_told(state) {
                return Next::Settled(Verdict::delivered());
            }
            state.opted_out = true;
            state.opted_out_on = state.ticket;
            (notes::customer_opted_out(language), &[OPTED_OUT_TAG], &[])
        }
        ConsentKind::OptedIn => {
            state.opted_out = false;
            state.opted_out_on = None;
            (notes::customer_opted_in(language), &[], &[OPTED_OUT_TAG])
        }
        ConsentKind::Help => (notes::customer_asked_for_help(language), &[HELP_TAG], &[]),
    };
    let follow = state
        .ticket
        .map(|ticket| note_entry(case, ticket, text, tags));
    let follow = follow.map(|entry| without_tags(entry, untag));
    Next::Settled(Verdict::Done(
        Ending::Delivered,
        follow.into_iter().collect(),
    ))
}

fn without_tags(mut entry: Entry, tags: &[&str]) -> Entry {
    if let Body::Note(note) = &mut entry.event.body {
        note.untag = tags.iter().map(|&tag| tag.to_owned()).collect();
    }
    entry
}

pub(super) fn note(case: &Case<'_>, progress: &Progress, note: &Note) -> Next {
    let marker = case.marker.clone();
    Next::Step(match progress {
        Progress {
            posted: true,
            tagged: false,
            ..
        } if !note.tags.is_empty() => Step::AddTags(note.ticket, note.tags.clone()),
        Progress { posted: true, .. } => Step::RemoveTags(note.ticket, note.untag.clone()),
        Progress { doubtful: true, .. } => Step::FindDelivery {
            ticket: note.ticket,
            marker,
        },
        _ => Step::Append(Comment {
            ticket: note.ticket,
            author: None,
            body: note.text.clone(),
            uploads: vec![],
            public: false,
            status: None,
            marker,
        }),
    })
}

pub(super) fn noted(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    note: &Note,
    outcome: Outcome,
) -> Verdict {
    let was_tagged = progress.tagged;
    match outcome {
        Outcome::Absent => {
            progress.doubtful = false;
            return Verdict::Again;
        }
        Outcome::Present(comment) | Outcome::Posted { comment, .. } => {
            comment.into_iter().for_each(|id| state.wrote(id))
        }
        Outcome::Failed(Failure::Unknown) => {
            progress.doubtful = !progress.posted;
            return Verdict::Wait(Some(case.now.saturating_add(LATE_WRITE)));
        }
        Outcome::Failed(Failure::Closed | Failure::NotFound) => {
            return Verdict::ignored("the ticket takes no more notes");
        }
        Outcome::Failed(Failure::Refused(refusal)) => {
            return Verdict::Done(Ending::Dead(refusal), vec![]);
        }
        _ => {}
    }
    progress.tagged |= progress.posted || note.tags.is_empty();
    let untagged = (progress.posted && was_tagged) || note.untag.is_empty();
    progress.posted = true;
    match progress.tagged && untagged {
        true => Verdict::delivered(),
        false => Verdict::Again,
    }
}

pub(super) fn attributes(case: &Case<'_>, state: &State) -> Next {
    Next::Step(Step::SetAttributes(Attributes {
        customer: case.customer.clone(),
        ticket: state.ticket,
        open: state.ticket.is_some() && !state.is_done(),
    }))
}

pub(super) fn set(outcome: &Outcome) -> Verdict {
    match outcome {
        Outcome::Done => Verdict::delivered(),
        Outcome::Failed(Failure::Refused(refusal)) => {
            Verdict::Done(Ending::Dead(refusal.clone()), vec![])
        }
        _ => Verdict::Wait(None),
    }
}

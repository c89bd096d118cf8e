//! An agent's public answer: to the customer's phone, all of it, once.

use crate::message::{Personal, Reply};

use super::super::notes;
use super::super::state::{Entry, Progress, State, Unsure};
use super::super::step::{
    Ending, Failure, FetchedComment, Next, Outcome, Refusal, Sms, Step, Verdict,
};
use super::follow::{adopt, follow};
use super::{Case, attributes_entry, delivery_of, files, fingerprint, note_entry, sent};

pub(super) fn next(
    case: &Case<'_>,
    state: &mut State,
    progress: &Progress,
    reply: &mut Reply,
) -> Next {
    if reply
        .comment
        .is_some_and(|comment| state.own_comments.contains(&comment))
    {
        return Next::Settled(Verdict::ignored("written by the bridge itself"));
    }
    if progress.sent == 0 && !progress.doubtful && is_fetched_already(state, reply) {
        return Next::Settled(Verdict::Done(Ending::Duplicate, vec![]));
    }
    if let (Some(named), Some(current)) = (reply.ticket, state.ticket)
        && named != current
        && !progress.confirmed
    {
        return Next::Step(Step::LookUpTicket(named));
    }
    if !progress.elsewhere {
        adopt(case, state, reply);
    }
    let Some(text) = reply.text.clone() else {
        return match reply.ticket.or(state.ticket) {
            Some(ticket) => Next::Step(Step::FetchComments(ticket)),
            None => Next::Settled(Verdict::ignored("neither text nor ticket")),
        };
    };
    if progress.doubtful {
        return Next::Settled(unknown(case, state, reply, progress));
    }
    if let Some(ask) = files::wanted(case, state, progress, reply) {
        return Next::Step(ask);
    }
    message(case, state, progress, reply, &text)
}

/// The next message of the answer, or why there is none.
fn message(
    case: &Case<'_>,
    state: &mut State,
    progress: &Progress,
    reply: &Reply,
    text: &Personal,
) -> Next {
    if state.opted_out {
        return Next::Settled(not_sent(
            case,
            state,
            reply,
            "the customer opted out of SMS",
            notes::opted_out(case.policy.language),
        ));
    }
    let (outgoing, fitted) = sent::fitted(case, reply, text.as_str());
    let limit = case.policy.style.max_messages;
    if fitted.messages.len() > limit {
        let note = notes::too_long(case.policy.language, fitted.messages.len(), limit);
        return Next::Settled(not_sent(
            case,
            state,
            reply,
            "the comment is too long for SMS",
            note,
        ));
    }
    let parts = u8::try_from(fitted.messages.len()).unwrap_or(u8::MAX);
    let Some(message) = fitted.messages.into_iter().nth(usize::from(progress.sent)) else {
        return Next::Settled(not_sent(
            case,
            state,
            reply,
            "the comment has no text",
            notes::no_text(case.policy.language),
        ));
    };
    let campaign = reply
        .campaign
        .clone()
        .or_else(|| case.policy.reply_campaign.clone());
    let Some(campaign) = campaign else {
        let refusal = Refusal::own("BRAZE_REPLY_CAMPAIGN_ID is not set");
        return Next::Settled(refused(case, state, reply, refusal, progress.sent));
    };
    Next::Step(Step::SendSms(Box::new(Sms {
        campaign,
        customer: case.customer.clone(),
        message: Personal(message),
        media: outgoing.picture.filter(|_| progress.sent == 0).cloned(),
        agent: Personal::from(reply.author.as_str().trim()),
        part: progress.sent.saturating_add(1),
        parts,
        ticket: state.ticket,
        open: !state.is_done(),
    })))
}

pub(super) fn apply(
    case: &Case<'_>,
    state: &mut State,
    progress: &mut Progress,
    reply: &mut Reply,
    step: &Step,
    outcome: Outcome,
) -> Verdict {
    match (step, outcome) {
        (Step::SendSms(sms), Outcome::Done) => {
            progress.sent = sms.part;
            if sms.part < sms.parts {
                return Verdict::Checkpoint;
            }
            remember(case, state, reply);
            files::remember(case, state, reply);
            Verdict::Done(Ending::Delivered, sent::notes(case, state, reply))
        }
        (Step::SendSms(_), Outcome::Failed(Failure::Unknown)) => {
            unknown(case, state, reply, progress)
        }
        (Step::SendSms(_), Outcome::Failed(Failure::Refused(refusal))) => {
            refused(case, state, reply, refusal, progress.sent)
        }
        (Step::LookUpTicket(_), Outcome::Ticket(facts)) => {
            follow(state, progress, facts);
            Verdict::Again
        }
        (Step::LookUpTicket(_), Outcome::Failed(Failure::NotFound | Failure::Refused(_))) => {
            follow(state, progress, None);
            Verdict::Again
        }
        (Step::FetchComments(_), Outcome::Comments(comments)) if reply.text.is_some() => {
            files::take(reply, progress, comments);
            Verdict::Again
        }
        (Step::FetchComments(_), Outcome::Failed(_)) if reply.text.is_some() => {
            progress.fetched = true;
            Verdict::Again
        }
        (Step::FetchComments(_), Outcome::Comments(comments)) => {
            take_text(case, state, reply, comments)
        }
        (Step::FetchComments(_), Outcome::Failed(Failure::NotFound)) => {
            Verdict::ignored("the ticket is gone")
        }
        (_, Outcome::Failed(Failure::Refused(refusal))) => {
            Verdict::Done(Ending::Dead(refusal), vec![])
        }
        _ => {
            tracing::debug!(delivery.id = %case.delivery, "unexpected outcome, tried again later");
            Verdict::Wait(None)
        }
    }
}

fn is_fetched_already(state: &mut State, reply: &Reply) -> bool {
    let (None, Some(text)) = (reply.comment, &reply.text) else {
        return false;
    };
    let print = fingerprint(text.as_str());
    let known = state.fetched_texts.iter().position(|&known| known == print);
    known
        .map(|index| state.fetched_texts.remove(index))
        .is_some()
}

/// What is not known by its comment's id among fetched comments is known by its text.
fn remember(case: &Case<'_>, state: &mut State, reply: &Reply) {
    let by_id = reply
        .comment
        .is_some_and(|comment| *case.delivery == delivery_of(comment));
    if let (false, Some(text)) = (by_id, &reply.text) {
        state.sent_text(fingerprint(text.as_str()));
    }
}

/// The body was damaged: the comment itself says what the agent wrote.
fn take_text(
    case: &Case<'_>,
    state: &State,
    reply: &mut Reply,
    comments: Vec<FetchedComment>,
) -> Verdict {
    let there = |id| comments.iter().any(|comment| comment.comment == id);
    // There, and not for the customer: nobody expects an SMS.
    let missed = reply.comment.is_some_and(|id| !there(id));
    let wanted = comments
        .into_iter()
        .filter(|comment| comment.public && comment.by_agent);
    let found = match reply.comment {
        Some(id) => wanted.into_iter().find(|comment| comment.comment == id),
        None => wanted.into_iter().next(),
    };
    let Some(found) = found else {
        let reason = "no public comment by an agent on the ticket";
        let note = notes::not_found(case.policy.language);
        let note = missed.then(|| note_on(case, state, reply, note));
        return Verdict::Done(Ending::Ignored(reason), note.unwrap_or_default());
    };
    reply.comment = Some(found.comment);
    reply.text = Some(found.text);
    reply.files = Some(found.files);
    reply.author = found.author;
    Verdict::Again
}

fn not_sent(
    case: &Case<'_>,
    state: &mut State,
    reply: &Reply,
    reason: &'static str,
    note: String,
) -> Verdict {
    remember(case, state, reply);
    Verdict::Done(Ending::Ignored(reason), note_on(case, state, reply, note))
}

/// An SMS whose outcome nobody knows is not sent again: the agent is told.
fn unknown(case: &Case<'_>, state: &mut State, reply: &Reply, progress: &Progress) -> Verdict {
    remember(case, state, reply);
    let again = reply.comment.zip(reply.ticket.or(state.ticket));
    if let Some((comment, ticket)) = again {
        let campaign = reply.campaign.clone();
        let comment = Some(comment);
        state.not_sure(Unsure {
            ticket,
            comment,
            message: None,
            campaign,
            sent: progress.sent,
        });
    }
    let note = notes::unknown(
        case.policy.language,
        case.now,
        progress.sent,
        again.is_some(),
    );
    Verdict::Done(Ending::Unknown, note_on(case, state, reply, note))
}

fn refused(
    case: &Case<'_>,
    state: &mut State,
    reply: &Reply,
    refusal: Refusal,
    sent: u8,
) -> Verdict {
    remember(case, state, reply);
    let note = notes::refused(case.policy.language, &refusal, sent);
    let follow = note_on(case, state, reply, note);
    Verdict::Done(Ending::Dead(refusal), follow)
}

/// The agent is told, and Braze's attributes follow: no message carried them.
fn note_on(case: &Case<'_>, state: &State, reply: &Reply, note: String) -> Vec<Entry> {
    let ticket = reply.ticket.or(state.ticket);
    let note = ticket.map(|ticket| note_entry(case, ticket, note, &[]));
    note.into_iter().chain([attributes_entry(case)]).collect()
}

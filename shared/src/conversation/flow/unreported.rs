//! Public answers of agents that no webhook has reported yet, found among a ticket's comments.

use crate::message::{Body, CommentId, Event, Reply, TicketId, UserId};

use super::super::fingerprint::fingerprint;
use super::super::notes;
use super::super::state::{Entry, State, Status};
use super::super::step::{Anyway, FetchedComment, History};
use super::{CLOCK_SLACK, EventContext, Exit, Flow, No, delivery_of, files, owner};

/// How long the conversation surely remembers which comments were sent, in milliseconds.
const REMEMBERED: i64 = 48 * 60 * 60 * 1000;

/// Which comments may be part of the conversation: a ticket's, which it may not be on yet.
pub(super) struct Where {
    pub(super) ticket: TicketId,
    /// The ticket's requester.
    pub(super) user: Option<UserId>,
    /// From when on, in milliseconds since the epoch.
    pub(super) since: i64,
    /// The conversation followed its own ticket here, and set the tag itself: that counts for nothing.
    pub(super) by_merge: bool,
}

impl Where {
    /// The ticket that the conversation is on.
    pub(super) fn own(flow: &Flow<'_>, ticket: TicketId) -> Self {
        let (user, since) = (flow.state.user, flow.state.since);
        Self {
            ticket,
            user,
            since,
            by_merge: flow.progress.compared.by_merge,
        }
    }
}

/// The answers among a ticket's newest comments that are still to be sent, oldest first, as events
/// of their own; before them, notes on files that were not sent. What was found goes out only if the ticket is
/// the customer's still, and was when it was written.
pub(super) async fn answers(
    flow: &mut Flow<'_>,
    on: Where,
    comments: Vec<FetchedComment>,
    status: Option<Status>,
) -> Result<Vec<Entry>, Exit> {
    let (mut events, found) = unsent(&flow.context(), flow.state, comments, &on);
    let Where {
        ticket,
        user,
        by_merge,
        ..
    } = on;
    if found.is_empty() {
        return Ok(events);
    }
    let Some(own) = owner::is_still(flow, ticket).await? else {
        return Ok(events);
    };
    let history = match flow.look_up_history(ticket).await? {
        Ok(history) => history,
        Err(No::NotFound | No::Refused(_)) => History::default(),
        Err(no) => return Err(no.into()),
    };
    let on = match own {
        false => OnTicket::Gone,
        true if was_anothers(flow, ticket, user).await? => OnTicket::Unclear,
        true => OnTicket::Theirs,
    };
    let mut anothers = None;
    for found in found {
        let meant = meant_for(&on, &history, by_merge, found.created_at);
        if meant != Meant::NextRequester {
            flow.state.fetched_text(fingerprint(found.text.as_str()));
        }
        match meant {
            Meant::Customer => events.push(event_of(flow, (ticket, user), found, status)),
            Meant::Another => {
                anothers = Some(flow.note(ticket, notes::not_theirs(flow.language()), &[]));
            }
            Meant::NoPhone | Meant::NextRequester => {}
        }
    }
    events.extend(anothers);
    Ok(events)
}

/// What the ticket is to the customer now.
enum OnTicket {
    Theirs,
    /// Theirs, and another conversation was on it: which answer was meant for whom is not known.
    Unclear,
    /// It was given to another person.
    Gone,
}

/// For whom an answer was written that no webhook reported.
#[derive(PartialEq)]
enum Meant {
    Customer,
    /// Another person, or it is not known that it was for the customer. The agent reads that it was not sent.
    Another,
    /// A customer of another channel: the ticket carried no tag yet.
    NoPhone,
    /// Whoever got the ticket after the customer.
    NextRequester,
}

fn meant_for(on: &OnTicket, history: &History, by_merge: bool, written_at: i64) -> Meant {
    let given_later = history.requester_since;
    // Zendesk's times are whole seconds: one written in the same second as the change may be older.
    let before_given = given_later.is_some_and(|since| since >= written_at);
    let before_tagged = history.tagged_since.is_some_and(|since| since > written_at);
    match on {
        OnTicket::Gone if given_later.is_some() && !before_given => Meant::NextRequester,
        OnTicket::Gone | OnTicket::Unclear => Meant::Another,
        OnTicket::Theirs if before_given => Meant::Another,
        OnTicket::Theirs if before_tagged && !by_merge => Meant::NoPhone,
        OnTicket::Theirs => Meant::Customer,
    }
}

/// The ticket's item named another conversation; it names this one from now on.
async fn was_anothers(
    flow: &mut Flow<'_>,
    ticket: TicketId,
    user: Option<UserId>,
) -> Result<bool, Exit> {
    let Some(user) = user else {
        return Ok(false);
    };
    let Some(other) = flow.claim_ticket(ticket, user, Anyway::No).await? else {
        return Ok(false);
    };
    flow.claim_ticket(ticket, user, Anyway::Yes).await?;
    Ok(!owner::was_ours(flow, &other.customer))
}

fn event_of(
    flow: &Flow<'_>,
    (ticket, requester): (TicketId, Option<UserId>),
    found: FetchedComment,
    status: Option<Status>,
) -> Entry {
    Entry::fresh(Event {
        delivery: delivery_of(found.comment),
        received_at: flow.now(),
        body: Body::Reply(Reply {
            ticket: Some(ticket),
            requester,
            tags: flow.about.policy.tag.clone().map(|tag| vec![tag]),
            comment: Some(found.comment),
            text: Some(found.text),
            files: Some(found.files),
            author: found.author,
            status: status.map(|status| status.as_str().to_owned()),
            role_unknown: false,
            recent: Some(vec![]),
            asked_at: None,
            campaign: None,
        }),
    })
}

/// Notes on files that were not sent, and answers that are still to be sent, oldest first.
fn unsent(
    context: &EventContext<'_>,
    state: &mut State,
    comments: Vec<FetchedComment>,
    on: &Where,
) -> (Vec<Entry>, Vec<FetchedComment>) {
    let since = on.since.saturating_sub(CLOCK_SLACK);
    let since = since.max(context.now.saturating_sub(REMEMBERED));
    let (own, texts) = (state.own_comments.clone(), state.sent_texts.clone());
    let is_sent = |found: &FetchedComment| {
        let known = context.seen.contains(&delivery_of(found.comment));
        known || texts.contains(&fingerprint(found.text.as_str()))
    };
    let is_own = |found: &FetchedComment| own.contains(&found.comment);
    let sent_answer = |found: &FetchedComment| is_sent(found) && !is_own(found);
    let events = match state.ticket == Some(on.ticket) {
        true => files::notes_on_unseen(context, state, &comments, since, sent_answer),
        false => vec![],
    };
    let known_from = known_from(state, &comments);
    let mut unsent = Vec::new();
    for found in comments.into_iter().rev() {
        let too_old = found.created_at < since || Some(found.comment) < known_from;
        let answer = found.public && found.by_agent && !is_own(&found);
        if !answer || is_sent(&found) || too_old {
            continue;
        }
        unsent.push(found);
    }
    (events, unsent)
}

/// The oldest comment that is surely judged by its text: where no more texts are remembered, one
/// before it may have been sent as well, and is not sent again.
fn known_from(state: &State, newest_first: &[FetchedComment]) -> Option<CommentId> {
    if !state.forgets_texts() {
        return None;
    }
    let mut texts = state.sent_texts.clone();
    let known = newest_first.iter().filter(|found| {
        let print = fingerprint(found.text.as_str());
        let at = texts.iter().position(|&text| text == print);
        at.map(|at| texts.swap_remove(at)).is_some()
    });
    known.last().map(|found| found.comment)
}

//! Whose ticket it is. The Zendesk user decides; the user field, the ticket's item and the phone only find a
//! conversation.
//!
//! A webhook's body that names requester and tags is enough to stay on a ticket. Moving to one looks it up,
//! because a body can lie, and so does whatever a body leaves out.

use crate::message::{Body, CommentId, Customer, DeliveryId, Event, TicketId, UserId};

use super::super::notes;
pub(super) use super::super::policy::UNTAGGED;
use super::super::policy::{Policy, carries};
use super::super::step::{Anyway, Ending, Refusal, TicketFacts, Written};
use super::{Done, Exit, Flow, No, Pause, taken};

/// Reason given where there is no such ticket.
pub(super) const GONE: &str = "there is no such ticket in Zendesk";

/// Reason given where the ticket is not this conversation's.
pub(super) const ANOTHERS: &str = "the ticket is another requester's";

/// What an event says of its ticket.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) requester: Option<UserId>,
    pub(super) tags: Option<&'a [String]>,
}

impl<'a> Said<'a> {
    pub(super) fn by(requester: Option<UserId>, tags: Option<&'a Vec<String>>) -> Self {
        let tags = tags.map(Vec::as_slice);
        Self { requester, tags }
    }
}

/// What a ticket is to the conversation.
pub(super) enum Whose {
    /// The customer's own, to be texted about; with what was looked up, if anything was.
    Own(Option<TicketFacts>),
    /// It does not carry the tag.
    Untagged,
    /// This other customer's, whose conversation is on it.
    Conversation(Customer),
    /// Another person's.
    Another,
    /// The customer's now, and another person's when the event was made.
    Earlier,
    /// There is no such ticket.
    Gone,
}

/// Asks whose the ticket is. Where that was looked up and it is the customer's, its item says so from now on.
pub(super) async fn ask(
    flow: &mut Flow<'_>,
    ticket: TicketId,
    said: Said<'_>,
) -> Result<Whose, Exit> {
    match judge(flow, ticket, said).await? {
        Whose::Own(Some(facts)) => claim_for(flow, facts).await,
        whose => Ok(whose),
    }
}

/// Whose the ticket is by the body's word and, where that is not enough, by Zendesk's. What was not done when it was
/// asked for is never done on a body's word.
async fn judge(flow: &mut Flow<'_>, ticket: TicketId, said: Said<'_>) -> Result<Whose, Exit> {
    let stays = flow.state.ticket == Some(ticket);
    let is_user = flow.state.user.is_some() && flow.state.user == said.requester;
    let tagged = said
        .tags
        .is_some_and(|tags| is_tagged(flow.about.policy, tags));
    if stays && is_user && (tagged || flow.about.policy.tag.is_none()) && !flow.progress.again {
        return Ok(Whose::Own(None));
    }
    let facts = match flow.look_up_ticket(ticket).await? {
        Ok(Some(facts)) => facts,
        Ok(None) | Err(No::NotFound) => return Ok(Whose::Gone),
        Err(no) => return Err(no.into()),
    };
    if !is_own(flow, &facts).await? {
        return Ok(Whose::Another);
    }
    if was_for_another(flow, said, &facts).await? {
        return Ok(Whose::Earlier);
    }
    if !is_tagged(flow.about.policy, &facts.tags) {
        return Ok(Whose::Untagged);
    }
    Ok(Whose::Own(Some(facts)))
}

/// The ticket is the customer's, and is to lead to this conversation: unless another one is on it for the same user.
async fn claim_for(flow: &mut Flow<'_>, facts: TicketFacts) -> Result<Whose, Exit> {
    let stays = flow.state.ticket == Some(facts.ticket);
    let known = flow.state.user == facts.requester;
    let Some(user) = facts.requester.filter(|_| !stays || !known) else {
        return Ok(Whose::Own(Some(facts)));
    };
    let anyway = if known { Anyway::Yes } else { Anyway::No };
    match flow.claim_ticket(facts.ticket, user, anyway).await? {
        // The field was rewritten; the user is the one whose conversation it is.
        Some(other) if other.user == Some(user) && !was_ours(flow, &other.customer) => {
            return Ok(Whose::Conversation(other.customer));
        }
        Some(_) => drop(flow.claim_ticket(facts.ticket, user, Anyway::Yes).await?),
        None => {}
    }
    if stays {
        flow.state.user = Some(user);
    }
    Ok(Whose::Own(Some(facts)))
}

/// The conversation was taken over by this one, which its tickets' items do not say yet.
pub(super) fn was_ours(flow: &Flow<'_>, other: &Customer) -> bool {
    let taken = flow.state.taken.as_ref();
    taken.is_some_and(|taken| *other == Customer::Phone(taken.from.clone()))
}

/// Whether the event is of a time when another person was the ticket's requester. A user who is gone was merged
/// into the requester of now; one the conversation never knew, only where the ticket was given to no one since.
async fn was_for_another(
    flow: &mut Flow<'_>,
    said: Said<'_>,
    facts: &TicketFacts,
) -> Result<bool, Exit> {
    let named = said.requester.filter(|_| facts.requester.is_some());
    let Some(other) = named.filter(|named| facts.requester != Some(*named)) else {
        return Ok(false);
    };
    if !flow.is_gone(other).await?? {
        return Ok(true);
    }
    if flow.state.user == Some(other) {
        return Ok(false);
    }
    match flow.look_up_history(facts.ticket).await? {
        Ok(history) => Ok(history.requester_since.is_some()),
        // Nothing says that they are one person.
        Err(No::NotFound | No::Refused(_)) => Ok(true),
        Err(no) => Err(no.into()),
    }
}

/// Whether a ticket is the customer's, by a look at it now; `None`: there is no such ticket.
pub(super) async fn is_still(flow: &mut Flow<'_>, ticket: TicketId) -> Result<Option<bool>, Exit> {
    match flow.look_up_ticket(ticket).await? {
        Ok(Some(facts)) => Ok(Some(is_own(flow, &facts).await?)),
        Ok(None) | Err(No::NotFound) => Ok(None),
        Err(no) => Err(no.into()),
    }
}

/// Whether a ticket that one of the customer's texts opened is theirs still.
pub(super) async fn is_still_openers(
    flow: &mut Flow<'_>,
    facts: &TicketFacts,
) -> Result<bool, Exit> {
    match (flow.state.user, &facts.customer) {
        (Some(user), _) if facts.requester == Some(user) => Ok(true),
        (_, Some(customer)) => Ok(flow.customer == customer),
        (_, None) => Ok(is_still(flow, facts.ticket).await?.unwrap_or(false)),
    }
}

/// Whether the ticket is the customer's: their Zendesk user's, or a user's with their Braze id. A requester
/// without any is the customer where the user they had is gone, as after a merge of two profiles; where that
/// user still exists, the ticket was given to another person.
pub(super) async fn is_own(flow: &mut Flow<'_>, facts: &TicketFacts) -> Result<bool, Exit> {
    let (known, now) = (flow.state.user, facts.requester);
    if known.is_some() && known == now {
        return Ok(true);
    }
    if let Some(customer) = &facts.customer {
        return Ok(flow.customer == customer);
    }
    match known.filter(|_| now.is_some() && flow.state.ticket == Some(facts.ticket)) {
        Some(user) => Ok(flow.is_gone(user).await??),
        None => Ok(false),
    }
}

/// Whether a ticket with these tags is texted about.
pub(super) fn is_tagged(policy: &Policy, tags: &[String]) -> bool {
    policy.tag.as_deref().is_none_or(|tag| carries(tags, tag))
}

/// An answer or a solve on a ticket that is not this customer's: the conversation is not on it.
pub(super) fn of_another(flow: &mut Flow<'_>, ticket: TicketId) -> Done {
    let done = not_meant(flow, ticket);
    if flow.state.ticket != Some(ticket) {
        return done;
    }
    leave(flow);
    done.followed_by(flow.context().attributes())
}

/// An answer or a solve that is not this customer's. It is not sent, and the agent reads so. A body that named
/// the customer says something else than Zendesk: it is kept as a dead letter.
pub(super) fn not_meant(flow: &Flow<'_>, ticket: TicketId) -> Done {
    let note = flow.note(ticket, notes::not_theirs(flow.language()), &[]);
    match flow.progress.by_ticket || flow.progress.again {
        true => Done::ended(Ending::Ignored(ANOTHERS), [note]),
        false => flow.dead(Refusal::own(ANOTHERS), [note]),
    }
}

/// The conversation has no ticket any more. What is written there from now on is not the customer's, even if the
/// ticket is given back to them.
pub(super) fn leave(flow: &mut Flow<'_>) {
    flow.state.left = flow.state.ticket.map(|ticket| (ticket, flow.now()));
    flow.state.ticket = None;
    flow.state.status = None;
}

/// The answer to a write names the ticket's requester: another person than the customer means that the ticket
/// changed hands, or that two profiles were merged.
pub(super) async fn leave_if_anothers(flow: &mut Flow<'_>, written: &Written) -> Result<(), Exit> {
    match written.requester {
        Some(requester) if flow.state.user != Some(requester) => {
            leave_unless_own(flow, written.ticket, written.comment).await
        }
        _ => Ok(()),
    }
}

/// The text stands on the ticket, whose requester is not known to be the customer still. On another person's it is
/// made private at once, and the conversation leaves the ticket: the text begins anew.
pub(super) async fn leave_unless_own(
    flow: &mut Flow<'_>,
    ticket: TicketId,
    comment: Option<CommentId>,
) -> Result<(), Exit> {
    // Until it is known whose the ticket is, the text is not where it belongs.
    flow.progress.posted = false;
    flow.progress.doubtful = true;
    flow.progress.tried = Some(ticket);
    let facts = match flow.look_up_ticket(ticket).await? {
        Ok(facts) => facts,
        // The customer does not read it there, or nothing can be learnt of it.
        Err(No::NotFound | No::Refused(_)) => None,
        Err(no) => return Err(no.into()),
    };
    let own = match &facts {
        Some(facts) => is_own(flow, facts).await?,
        None => true,
    };
    if own {
        let user = facts.and_then(|facts| facts.requester);
        if let Some(user) = user.filter(|user| flow.state.user != Some(*user)) {
            flow.claim_ticket(ticket, user, Anyway::Yes).await?;
            flow.state.user = Some(user);
        }
        flow.progress.doubtful = false;
        flow.progress.posted = true;
        return Ok(());
    }
    let comment = match comment {
        Some(comment) => Some(comment),
        None => flow
            .find_delivery(ticket)
            .await??
            .and_then(|found| found.comment),
    };
    if let Some(comment) = comment {
        match flow.make_private(ticket, comment).await? {
            Ok(()) | Err(No::NotFound | No::Closed) => {}
            Err(no) => return Err(no.into()),
        }
    }
    flow.progress.doubtful = false;
    flow.progress.tried = None;
    flow.progress.left = Some(ticket);
    // Another text for Zendesk: what stands here is not taken for it.
    let names = [flow.about.marker.as_str(), &ticket.to_string()];
    flow.progress.written_as = Some(DeliveryId::derive("left", &names));
    if flow.state.ticket == Some(ticket) {
        leave(flow);
    }
    taken::start_over(flow);
    // Written down before the text is written elsewhere: it is not looked for here any more.
    Err(Exit::Pause(Pause::Checkpoint))
}

/// From a ticket that the conversation moves to nothing else leads to a customer without an external id.
pub(super) async fn lead_here(flow: &mut Flow<'_>, facts: &TicketFacts) -> Result<(), Exit> {
    let user = facts.requester.filter(|_| flow.customer.id().is_none());
    if let Some(user) = user {
        flow.claim_ticket(facts.ticket, user, Anyway::Yes).await?;
    }
    Ok(())
}

/// What the agent of the ticket that the conversation left reads.
pub(super) fn note_on_leaving(flow: &mut Flow<'_>) -> Option<super::Entry> {
    let left = flow.progress.left.take()?;
    let text = notes::text_moved(flow.language(), flow.state.ticket);
    let mut note = flow.note(left, text, &[]);
    note.event.delivery = DeliveryId::derive("left", &[flow.about.delivery.as_str()]);
    Some(note)
}

/// The customer's text is on a ticket that no longer carries the tag: the agent reads once that answers are
/// not sent.
pub(super) fn saw_tags(flow: &mut Flow<'_>, tags: Option<&Vec<String>>) {
    let Some(tags) = tags else { return };
    let missing = !is_tagged(flow.about.policy, tags);
    flow.progress.untagged |= missing && !flow.state.untagged;
    flow.state.untagged = missing;
}

/// The note that [`saw_tags`] asks for.
pub(super) fn note_on_missing_tag(flow: &mut Flow<'_>) -> Option<super::Entry> {
    let ticket = flow.state.ticket.filter(|_| flow.progress.untagged)?;
    flow.progress.untagged = false;
    let tag = flow.about.policy.tag.as_deref()?;
    let text = notes::untagged(flow.language(), tag);
    let mut note = flow.note(ticket, text, &[]);
    note.event.delivery = DeliveryId::derive("untagged", &[flow.about.delivery.as_str()]);
    Some(note)
}

/// The ticket the conversation goes on with carries the tag from now on.
pub(super) async fn tag(flow: &mut Flow<'_>, facts: &TicketFacts) -> Result<(), Exit> {
    let Some(tag) = flow.about.policy.tag.clone() else {
        return Ok(());
    };
    if carries(&facts.tags, &tag) {
        return Ok(());
    }
    match flow.add_tags(facts.ticket, &[tag]).await? {
        Ok(()) | Err(No::NotFound | No::Closed | No::Refused(_)) => Ok(()),
        Err(no) => Err(no.into()),
    }
}

/// The requester that an event names.
pub(super) fn requester_in(event: &Event) -> Option<UserId> {
    match &event.body {
        Body::Reply(reply) => reply.requester,
        Body::Solved(solved) => solved.requester,
        Body::Resend(resend) => resend.requester,
        _ => None,
    }
}

//! An agent's public answer: to the customer's phone, all of it, once.

use crate::message::{DeliveryId, Personal, Reply};

use super::super::fingerprint::fingerprint;
use super::super::notes;
use super::super::state::{Entry, State, Unconfirmed};
use super::super::step::{Ending, FetchedComment, Refusal};
use super::answer::{self, Answer};
use super::owner::{self, Said, Whose};
use super::sms::{self, Outgoing, Sent};
use super::{
    Done, Ended, Exit, Flow, No, adopt, delivery_of, earlier, files, put_right, solve, spend,
    subscription, ticket_events, wish,
};

/// The solve of an answer that came from another ticket follows: its own webhook may have come first, when the
/// conversation was not on the ticket yet.
pub(super) async fn reply(flow: &mut Flow<'_>, reply: &mut Reply) -> Ended {
    match to_phone(flow, reply).await {
        Ok(done) | Err(Exit::Done(done)) if flow.progress.solves => {
            Ok(done.followed_by(solve::of_answer(flow, reply)))
        }
        ended => ended,
    }
}

async fn to_phone(flow: &mut Flow<'_>, reply: &mut Reply) -> Ended {
    if wrote(flow, reply) {
        return Ok(Done::ignored("written by the bridge itself"));
    }
    if was_sent_already(flow, reply) {
        return Ok(Done::ended(Ending::Duplicate, []));
    }
    if is_by_end_user(flow, reply).await? {
        return Ok(Done::ignored(answer::BY_END_USER));
    }
    is_theirs(flow, reply).await?;
    earlier::first(flow, reply).await?;
    let text = match reply.text.clone() {
        Some(text) => text,
        None => find_text(flow, reply).await?,
    };
    if flow.progress.doubtful {
        return Ok(unknown(flow, reply));
    }
    files::find(flow, reply).await?;
    if let Some((reason, note)) = forbidden(flow).await? {
        return Ok(not_sent(flow, reply, reason, note));
    }
    let answer = answer::fitted(flow.about.policy, reply, text.as_str());
    let (messages, limit) = (answer.messages(), flow.about.policy.style.max_messages);
    if messages > limit {
        let note = notes::too_long(flow.language(), messages, limit);
        return Ok(not_sent(
            flow,
            reply,
            "the comment is too long for SMS",
            note,
        ));
    }
    if messages <= usize::from(flow.progress.sent) {
        let note = notes::no_text(flow.language());
        return Ok(not_sent(flow, reply, "the comment has no text", note));
    }
    let own = reply.campaign.clone();
    let Some(campaign) = own.or_else(|| flow.about.policy.reply_campaign.clone()) else {
        let refusal = Refusal::own("BRAZE_REPLY_CAMPAIGN_ID is not set");
        return Ok(refused(flow, reply, refusal));
    };
    let outgoing = outgoing(flow, reply, campaign, &answer);
    match sms::send_once(flow, outgoing).await? {
        Sent::All => Ok(sent(flow, reply, &answer)),
        Sent::Unknown => Ok(unknown(flow, reply)),
        Sent::Refused(refusal) => Ok(refused(flow, reply, refusal)),
        Sent::BeyondLimit(note) => Ok(beyond_limit(flow, reply, note)),
    }
}

fn outgoing(flow: &Flow<'_>, reply: &Reply, campaign: String, answer: &Answer<'_>) -> Outgoing {
    Outgoing {
        campaign,
        messages: answer.fitted.messages.clone(),
        picture: answer.picture.clone(),
        agent: Personal::from(reply.author.as_str().trim()),
        comment: reply.comment,
        written_on: reply.ticket.or(flow.state.ticket),
        ticket: flow.state.ticket,
        open: !flow.state.is_done(),
    }
}

/// The body did not say in a known word who wrote the comment, and it is a customer's. Where the comment is
/// not found, the trigger is believed.
async fn is_by_end_user(flow: &mut Flow<'_>, reply: &mut Reply) -> Result<bool, Exit> {
    let begun = flow.progress.sent > 0 || flow.progress.doubtful;
    let ticket = reply.ticket.or(flow.state.ticket);
    let (true, false, Some(ticket), Some(_)) = (reply.role_unknown, begun, ticket, &reply.text)
    else {
        return Ok(false);
    };
    let comments = match flow.fetch_comments(ticket).await? {
        Ok(comments) => comments,
        Err(No::NotFound | No::Refused(_)) => vec![],
        Err(no) => return Err(no.into()),
    };
    reply.role_unknown = false;
    let found = files::comment_of(reply, comments);
    let by_end_user = found.as_ref().is_some_and(|found| found.by_end_user);
    if reply.files.is_none() {
        reply.files = found.map(|found| found.files);
    }
    Ok(by_end_user)
}

/// Ends the flow where the answer is not this customer's; else the conversation is on its ticket. Asked once:
/// an answer belongs to the person who was the requester when it was written.
async fn is_theirs(flow: &mut Flow<'_>, reply: &Reply) -> Result<(), Exit> {
    if flow.progress.confirmed {
        return Ok(());
    }
    let Some(ticket) = reply.ticket.or(flow.state.ticket) else {
        return match flow.about.policy.tag {
            Some(_) => Err(Done::ignored("the answer names no ticket").into()),
            None => Ok(()),
        };
    };
    // What may be with the customer already is reported as such, whosever the ticket is now.
    let begun = flow.progress.sent > 0 || flow.progress.doubtful;
    let said = Said::by(reply.requester, reply.tags.as_ref());
    match owner::ask(flow, ticket, said).await? {
        Whose::Own(facts) => adopt::by_answer(flow, reply, facts.as_ref()),
        _ if begun => {}
        Whose::Conversation(customer) => return Err(Done::Forward { customer }.into()),
        Whose::Untagged => return Err(Done::ignored(owner::UNTAGGED).into()),
        Whose::Gone => return Err(Done::ignored(owner::GONE).into()),
        Whose::Another => return Err(owner::of_another(flow, ticket).into()),
        Whose::Earlier => return Err(owner::not_meant(flow, ticket).into()),
    }
    flow.progress.confirmed = true;
    Ok(())
}

/// Why the customer may not be sent anything, and what the agent reads.
async fn forbidden(flow: &mut Flow<'_>) -> Result<Option<(&'static str, String)>, Exit> {
    if flow.progress.sent == 0 {
        subscription::look_up(flow).await?;
    }
    let language = flow.language();
    if flow.state.opted_out {
        let note = notes::opted_out(language);
        return Ok(Some(("the customer opted out of SMS", note)));
    }
    if subscription::is_unsubscribed(flow) {
        subscription::noted(flow);
        let note = notes::unsubscribed(language);
        return Ok(Some(("the customer is not subscribed to SMS", note)));
    }
    Ok(None)
}

fn wrote(flow: &Flow<'_>, reply: &Reply) -> bool {
    let own = &flow.state.own_comments;
    reply.comment.is_some_and(|comment| own.contains(&comment))
}

/// The comment was fetched and sent before its webhook came, which does not name it.
fn was_sent_already(flow: &mut Flow<'_>, reply: &Reply) -> bool {
    let begun = flow.progress.sent > 0 || flow.progress.doubtful;
    let (false, None, Some(text)) = (begun, reply.comment, &reply.text) else {
        return false;
    };
    let print = fingerprint(text.as_str());
    let fetched = &mut flow.state.fetched_texts;
    let known = fetched.iter().position(|&known| known == print);
    known.map(|index| fetched.remove(index)).is_some()
}

/// The body was damaged, or names only the comment: the comment itself says what the agent wrote.
async fn find_text(flow: &mut Flow<'_>, reply: &mut Reply) -> Result<Personal, Exit> {
    let Some(ticket) = reply.ticket.or(flow.state.ticket) else {
        return Err(Done::ignored("neither text nor ticket").into());
    };
    let comments = match flow.fetch_comments(ticket).await? {
        Ok(comments) => comments,
        Err(No::NotFound) => return Err(Done::ignored("the ticket is gone").into()),
        Err(no) => return Err(no.into()),
    };
    let there = |id| comments.iter().any(|comment| comment.comment == id);
    // There, and not for the customer: no SMS is expected.
    let missed = reply.comment.is_some_and(|id| !there(id));
    let mut answers = comments
        .into_iter()
        .filter(|found| found.public && found.by_agent);
    let found = match reply.comment {
        Some(id) => answers.find(|found| found.comment == id),
        None => answers.next(),
    };
    let Some(found) = found else {
        let note = missed.then(|| notes::not_found(flow.language()));
        let follow = note.map(|note| note_on_ticket(flow, reply, note));
        let reason = "no public comment by an agent on the ticket";
        return Err(Done::ended(Ending::Ignored(reason), follow.unwrap_or_default()).into());
    };
    let FetchedComment {
        comment,
        text,
        files,
        author,
        ..
    } = found;
    reply.comment = Some(comment);
    reply.text = Some(text.clone());
    reply.files = Some(files);
    reply.author = author;
    match wrote(flow, reply) {
        true => Err(answer::no_answer(flow, "written by the bridge itself")),
        false => Ok(text),
    }
}

/// Every message was taken: what the agent has to know of that.
fn sent(flow: &mut Flow<'_>, reply: &Reply, answer: &Answer<'_>) -> Done {
    ticket_events::answered(flow);
    remember(flow.state, flow.about.delivery, reply);
    files::remember(flow, reply);
    let note = answer::note(flow.about.policy, answer);
    let note = reply.ticket.or(flow.state.ticket).zip(note);
    let note = note.map(|(ticket, text)| flow.note(ticket, text, &[]));
    let about = reply.comment.map(delivery_of);
    let about = about.unwrap_or_else(|| flow.about.delivery.clone());
    let ticket = reply.ticket.or(flow.state.ticket);
    let right = put_right::note(
        flow,
        ticket,
        &about,
        notes::answer_sent_after_all(flow.language()),
    );
    let follow = note
        .into_iter()
        .chain(right)
        .chain(subscription::note(flow))
        .chain(wish::note(flow));
    Done::ended(Ending::Delivered, follow)
}

fn not_sent(flow: &mut Flow<'_>, reply: &Reply, reason: &'static str, note: String) -> Done {
    remember(flow.state, flow.about.delivery, reply);
    Done::ended(Ending::Ignored(reason), note_on_ticket(flow, reply, note))
}

/// An SMS of unknown outcome is not sent again: the agent reads so, and may ask for it.
fn unknown(flow: &mut Flow<'_>, reply: &Reply) -> Done {
    remember(flow.state, flow.about.delivery, reply);
    let sent = flow.progress.sent;
    let again = may_be_asked_for(flow, reply);
    let note = notes::unknown(flow.language(), flow.now(), sent, again);
    Done::ended(Ending::Unknown, note_on_ticket(flow, reply, note))
}

/// An answer beyond the limit of SMS parts is not sent: the agent reads so, and may ask for it later.
fn beyond_limit(flow: &mut Flow<'_>, reply: &Reply, note: String) -> Done {
    may_be_asked_for(flow, reply);
    not_sent(flow, reply, spend::BEYOND_LIMIT, note)
}

/// Remembers the answer for an agent who asks for it; says whether it can be found again.
fn may_be_asked_for(flow: &mut Flow<'_>, reply: &Reply) -> bool {
    let Some((comment, ticket)) = reply.comment.zip(reply.ticket.or(flow.state.ticket)) else {
        return false;
    };
    flow.state.remember_unconfirmed(Unconfirmed {
        ticket,
        comment: Some(comment),
        message: None,
        campaign: reply.campaign.clone(),
        sent: flow.progress.sent,
    });
    true
}

fn refused(flow: &mut Flow<'_>, reply: &Reply, refusal: Refusal) -> Done {
    let note = notes::refused(flow.language(), &refusal, flow.progress.sent);
    let dead = flow.dead(refusal, note_on_ticket(flow, reply, note));
    remember(flow.state, flow.about.delivery, reply);
    dead
}

/// An answer that is not known by its comment's id among fetched comments is known by its text.
pub(super) fn remember(state: &mut State, delivery: &DeliveryId, reply: &Reply) {
    let by_id = |comment| *delivery == delivery_of(comment);
    if let (false, Some(text)) = (reply.comment.is_some_and(by_id), &reply.text) {
        state.sent_text(fingerprint(text.as_str()));
    }
}

/// The agent's note, and Braze's attributes behind it: no message carried them.
fn note_on_ticket(flow: &Flow<'_>, reply: &Reply, note: String) -> Vec<Entry> {
    let ticket = reply.ticket.or(flow.state.ticket);
    let note = ticket.map(|ticket| flow.note(ticket, note, &[]));
    note.into_iter()
        .chain([flow.context().attributes()])
        .collect()
}

//! The ticket was solved: answers not yet sent go first, then the closing message, once per solve.

use crate::message::{Personal, Solved, TicketId};
use crate::text::answer;
use crate::text::sms::fit_with;

use super::super::notes;
use super::super::state::{ClosingSkipped, Entry, Status, Unconfirmed, What};
use super::super::step::{Ending, Refusal};
use super::owner::{self, Said, Whose};
use super::sms::{self, Outgoing, Sent};
use super::{
    Done, Ended, Exit, Flow, No, Pause, REFUSED_FOR, adopt, later, loop_guard, put_right,
    quiet_hours, solve, spend, subscription, ticket_events, unreported,
};

/// What the Braze guide's trigger sends literally: it counts as a default, like no words at all.
const PRINTED: &str = "Your ticket has been closed";

/// What a look at the ticket itself said. It is made at most once: where Zendesk did not answer, the body counts.
#[derive(Clone, Copy)]
struct Look {
    status: Option<Status>,
}

pub(super) async fn solved(flow: &mut Flow<'_>, solved: &mut Solved) -> Ended {
    let ticket = match adopt::solved_ticket(flow, solved) {
        Ok(ticket) => ticket,
        Err(reason) => return Ok(Done::ignored(reason)),
    };
    if flow.progress.doubtful {
        return Ok(unknown(flow, solved, ticket));
    }
    let mut look = None;
    // What was begun is finished.
    if flow.progress.sent == 0 {
        if solve::was_notified(&flow.context(), flow.state, solved) {
            return Ok(Done::ended(Ending::Duplicate, []));
        }
        look = is_theirs(flow, solved, ticket).await?;
        look = end_if_no_longer_true(flow, solved, ticket, look).await?;
        answers_first(flow, ticket).await?;
        if has_campaign(flow, solved) {
            subscription::look_up(flow).await?;
        }
    }
    let messages = messages(flow, solved);
    let campaign = match campaign(flow, solved, ticket, look, &messages).await? {
        Ok(campaign) => campaign,
        Err(skipped) => return without_message(flow, solved, ticket, skipped).await,
    };
    if messages.len() > flow.about.policy.style.max_messages {
        return Ok(too_long(flow, solved, ticket, messages.len()));
    }
    put_off(flow, solved, ticket).await?;
    let outgoing = Outgoing {
        campaign,
        messages,
        picture: None,
        agent: Personal::default(),
        comment: None,
        written_on: Some(ticket),
        ticket: Some(ticket),
        open: false,
    };
    match sms::send_once(flow, outgoing).await? {
        Sent::All => Ok(sent(flow, solved, ticket)),
        Sent::Unknown => Ok(unknown(flow, solved, ticket)),
        Sent::Refused(refusal) => Ok(refused(flow, solved, ticket, refusal)),
        Sent::BeyondLimit(note) => Ok(beyond_limit(flow, solved, ticket, note)),
    }
}

/// Every message was taken: what the agent and Braze have to know of that.
fn sent(flow: &mut Flow<'_>, solved: &Solved, ticket: TicketId) -> Done {
    solve::notified(flow, solved, None);
    ticket_events::record(flow, What::Solved);
    let mut follow: Vec<Entry> = subscription::note(flow).into_iter().collect();
    let right = notes::closing_sent_after_all(flow.language());
    follow.extend(put_right::note(
        flow,
        Some(ticket),
        flow.about.delivery,
        right,
    ));
    ticket_events::follow(flow, &mut follow);
    Done::ended(Ending::Delivered, follow)
}

/// Ends the flow where the ticket is not this customer's; else the conversation is on it.
async fn is_theirs(
    flow: &mut Flow<'_>,
    solved: &mut Solved,
    ticket: TicketId,
) -> Result<Option<Look>, Exit> {
    if flow.progress.confirmed {
        return Ok(None);
    }
    let said = Said::by(solved.requester, solved.tags.as_ref());
    let look = match owner::ask(flow, ticket, said).await? {
        Whose::Own(None) => None,
        Whose::Own(Some(facts)) => {
            adopt::by_solve(flow, solved, &facts);
            solved.tags.get_or_insert_default().extend(facts.tags);
            let status = facts.status;
            Some(Look { status })
        }
        Whose::Conversation(customer) => return Err(Done::Forward { customer }.into()),
        Whose::Untagged => return Err(Done::ignored(owner::UNTAGGED).into()),
        Whose::Gone => return Err(Done::ignored(owner::GONE).into()),
        Whose::Another => return Err(owner::of_another(flow, ticket).into()),
        Whose::Earlier => return Err(owner::not_meant(flow, ticket).into()),
    };
    flow.progress.confirmed = true;
    Ok(look)
}

/// Ends the flow where the customer was notified of a solve that still stands, or the ticket is open again.
async fn end_if_no_longer_true(
    flow: &mut Flow<'_>,
    solved: &mut Solved,
    ticket: TicketId,
    look: Option<Look>,
) -> Result<Option<Look>, Exit> {
    let refused = solve::is_refused(flow.state);
    if flow.state.closing_notified && !refused {
        end_unless_solved_again(flow, ticket).await?;
        return Ok(look);
    }
    let waited = refused || flow.progress.put_off > 0;
    if !waited && !solve::is_older_than_the_last_text(&flow.context(), flow.state, solved) {
        return Ok(look);
    }
    let look = look_once(flow, solved, ticket, look).await?;
    match look.status.is_some_and(|status| !status.is_done()) {
        true => Err(Done::ignored("reopened meanwhile").into()),
        false => Ok(Some(look)),
    }
}

/// Ends the flow unless the ticket was solved again since the customer was notified. An agent who reopens
/// a ticket without a word and solves it again is seen here only.
async fn end_unless_solved_again(flow: &mut Flow<'_>, ticket: TicketId) -> Result<(), Exit> {
    match flow.look_up_solve(ticket).await? {
        Ok(Some(at)) if at > solve::notified_at(flow.state) => {
            let now = flow.now();
            flow.state.saw_status(Status::Open, now);
            Ok(())
        }
        Err(No::Refused(_)) if flow.age() < REFUSED_FOR => later(None, None),
        Err(No::Refused(refusal)) => {
            let note = notes::solve_unclear(flow.language(), refusal.status);
            let note = flow.note(ticket, note, &[]);
            Err(flow.dead(refusal, [note]).into())
        }
        Ok(_) | Err(No::Unknown | No::NotFound | No::Closed | No::Suspended | No::KeyConflict) => {
            Err(Done::ended(Ending::Duplicate, []).into())
        }
    }
}

/// Answers that no webhook has reported yet come before the closing message. They are asked for once:
/// what is written later is not part of this solve.
async fn answers_first(flow: &mut Flow<'_>, ticket: TicketId) -> Result<(), Exit> {
    if flow.progress.fetched {
        return Ok(());
    }
    let comments = match flow.fetch_comments(ticket).await? {
        Ok(comments) => comments,
        Err(No::Refused(_)) if flow.age() < REFUSED_FOR => return later(None, None),
        Err(No::NotFound | No::Refused(_)) => {
            flow.progress.fetched = true;
            return Ok(());
        }
        Err(no) => return Err(no.into()),
    };
    flow.state.solved_upto = comments.iter().map(|found| found.comment).max();
    let on = unreported::Where::own(flow, ticket);
    let answers = unreported::answers(flow, on, comments, Some(Status::Solved)).await?;
    flow.progress.fetched = true;
    match answers.is_empty() {
        true => Ok(()),
        false => Err(Exit::Pause(Pause::After(answers))),
    }
}

fn has_campaign(flow: &Flow<'_>, solved: &Solved) -> bool {
    solved.campaign.is_some() || flow.about.policy.solved_campaign.is_some()
}

/// The campaign of the closing message, or why there is no such message.
async fn campaign(
    flow: &mut Flow<'_>,
    solved: &mut Solved,
    ticket: TicketId,
    look: Option<Look>,
    messages: &[String],
) -> Result<Result<String, ClosingSkipped>, Exit> {
    if flow.state.opted_out {
        return Ok(Err(ClosingSkipped::OptedOut));
    }
    if subscription::is_unsubscribed(flow) {
        return Ok(Err(ClosingSkipped::NotSubscribed));
    }
    if flow.state.opt_out_asked {
        return Ok(Err(ClosingSkipped::OptOutAsked));
    }
    if loop_guard::is_tripped(&flow.context(), flow.state) {
        return Ok(Err(ClosingSkipped::Loop));
    }
    let own = solved.campaign.clone();
    let Some(campaign) = own.or_else(|| flow.about.policy.solved_campaign.clone()) else {
        return Ok(Err(ClosingSkipped::NoCampaign));
    };
    let quiet = is_quiet(flow, solved, ticket, look).await?;
    if messages.len() <= usize::from(flow.progress.sent) {
        return Ok(Err(ClosingSkipped::Empty));
    }
    Ok(match quiet {
        true => Err(ClosingSkipped::Tag),
        false => Ok(campaign),
    })
}

/// In the quiet hours the closing message waits; Braze knows at once that the ticket is closed.
async fn put_off(flow: &mut Flow<'_>, solved: &Solved, ticket: TicketId) -> Result<(), Exit> {
    if flow.progress.sent > 0 || !quiet_hours::last(flow) {
        return Ok(());
    }
    if flow.progress.put_off == 0 {
        let context = flow.context();
        let at = context.asked_at(solved.asked_at).unwrap_or(context.at);
        flow.state.saw_status(Status::Solved, at);
        // Where Braze cannot be told now, the message tells it.
        flow.announce(Some(ticket), false).await?;
    }
    quiet_hours::wait(flow)
}

/// Spam and merged tickets are closed without a word.
async fn is_quiet(
    flow: &mut Flow<'_>,
    solved: &mut Solved,
    ticket: TicketId,
    look: Option<Look>,
) -> Result<bool, Exit> {
    if flow.progress.sent > 0 {
        return Ok(false);
    }
    if solved.tags.is_none() {
        look_once(flow, solved, ticket, look).await?;
    }
    let quiet = &flow.about.policy.no_closing_tags;
    Ok(solved.tags.iter().flatten().any(|tag| quiet.contains(tag)))
}

/// Looks at the ticket, unless that was done: its tags are added to those that the body named.
async fn look_once(
    flow: &mut Flow<'_>,
    solved: &mut Solved,
    ticket: TicketId,
    look: Option<Look>,
) -> Result<Look, Exit> {
    if let Some(look) = look {
        return Ok(look);
    }
    let Ok(Some(facts)) = flow.look_up_ticket(ticket).await? else {
        return Ok(Look { status: None });
    };
    solved.tags.get_or_insert_default().extend(facts.tags);
    let status = facts.status;
    Ok(Look { status })
}

/// The closing messages in order; none where there is nothing to say. The trigger's own words go before
/// the setting's.
fn messages(flow: &Flow<'_>, solved: &Solved) -> Vec<String> {
    let policy = flow.about.policy;
    let own = solved.message.as_ref().and_then(Personal::present);
    let own = own.filter(|own| *own != PRINTED);
    let mut words = answer::plain(own.unwrap_or(closing(flow)), "");
    if policy.csat && !words.trim().is_empty() {
        words.push('\n');
        words.push_str(notes::rate(policy.language, flow.state.language.as_deref()));
    }
    fit_with(&words, policy.style.ligatures).messages
}

/// The setting's words in the customer's language.
fn closing<'a>(flow: &Flow<'a>) -> &'a str {
    let policy = flow.about.policy;
    let language = flow.state.language.as_deref().unwrap_or_default();
    let primary = language.split('-').next().unwrap_or_default();
    let own = policy
        .solved_messages
        .iter()
        .find(|(known, _)| *known == primary);
    own.map_or(&policy.solved_message, |(_, message)| message)
}

/// The customer gets no closing message; Braze's attributes say that the ticket is closed.
async fn without_message(
    flow: &mut Flow<'_>,
    solved: &Solved,
    ticket: TicketId,
    skipped: ClosingSkipped,
) -> Ended {
    ticket_events::record_once(flow, What::Solved);
    let announced = flow.announce(Some(ticket), false).await?;
    let follow = announced.into_iter().chain(subscription::note(flow));
    solve::notified(flow, solved, Some(skipped));
    Ok(Done::ended(Ending::Delivered, follow))
}

/// More messages than one answer may have: none is sent, and the agent reads so.
fn too_long(flow: &mut Flow<'_>, solved: &Solved, ticket: TicketId, messages: usize) -> Done {
    let limit = flow.about.policy.style.max_messages;
    let note = notes::closing_too_long(flow.language(), messages, limit);
    let note = flow.note(ticket, note, &[]);
    solve::notified(flow, solved, Some(ClosingSkipped::Other));
    ticket_events::record(flow, What::Solved);
    let reason = "the closing message is too long for SMS";
    Done::ended(Ending::Ignored(reason), [note, flow.context().attributes()])
}

/// A closing message of unknown outcome is not sent again; the attributes are set anyway.
fn unknown(flow: &mut Flow<'_>, solved: &Solved, ticket: TicketId) -> Done {
    solve::notified(flow, solved, None);
    may_be_asked_for(flow, solved, ticket);
    let note = notes::closing_unknown(flow.language(), flow.now());
    Done::ended(Ending::Unknown, attributes_and(flow, ticket, note))
}

/// A closing message beyond the limit of SMS parts is not sent; the attributes are set anyway.
fn beyond_limit(flow: &mut Flow<'_>, solved: &Solved, ticket: TicketId, note: String) -> Done {
    solve::notified(flow, solved, Some(ClosingSkipped::Limit));
    may_be_asked_for(flow, solved, ticket);
    Done::ended(
        Ending::Ignored(spend::BEYOND_LIMIT),
        attributes_and(flow, ticket, note),
    )
}

fn may_be_asked_for(flow: &mut Flow<'_>, solved: &Solved, ticket: TicketId) {
    flow.state.remember_unconfirmed(Unconfirmed {
        ticket,
        comment: None,
        message: solved.message.clone(),
        campaign: solved.campaign.clone(),
        sent: flow.progress.sent,
    });
}

fn refused(flow: &mut Flow<'_>, solved: &Solved, ticket: TicketId, refusal: Refusal) -> Done {
    let note = notes::refused(flow.language(), &refusal, flow.progress.sent);
    let follow = attributes_and(flow, ticket, note);
    let dead = flow.dead(refusal, follow);
    solve::notified(flow, solved, Some(ClosingSkipped::Refused));
    dead
}

fn attributes_and(flow: &mut Flow<'_>, ticket: TicketId, note: String) -> [Entry; 2] {
    ticket_events::record(flow, What::Solved);
    [flow.context().attributes(), flow.note(ticket, note, &[])]
}

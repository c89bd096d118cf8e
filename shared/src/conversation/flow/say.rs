//! Something that no agent wrote, texted to the customer: an automatic first answer, a notice. It neither opens
//! nor closes anything, and the conversation stays on its ticket.

use crate::message::{Personal, Say, TicketId};
use crate::text::answer;
use crate::text::sms::fit_with;

use super::super::fingerprint::fingerprint;
use super::super::notes;
use super::super::state::{Entry, Said};
use super::super::step::{Ending, Refusal};
use super::sms::{self, Outgoing, Sent};
use super::{Done, Ended, Exit, Flow, No, loop_guard, owner, quiet_hours, spend, subscription};

/// How long the same text is not said again, and for how long texts of a ticket are counted, in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;

/// Most automatic texts of a ticket within an hour.
const MOST_AN_HOUR: usize = 3;

pub(super) async fn say(flow: &mut Flow<'_>, say: &Say) -> Ended {
    let Some(ticket) = say.ticket.or(flow.state.ticket) else {
        return Ok(Done::ignored("no conversation"));
    };
    let said = Said(
        ticket,
        fingerprint(say.text.as_str()),
        wording(say),
        flow.now(),
    );
    let style = &flow.about.policy.style;
    let text = answer::plain(say.text.as_str(), "");
    let messages = fit_with(&text, style.ligatures).messages;
    let sms = messages.join("\n");
    if flow.progress.doubtful {
        return Ok(unknown(flow, said, &sms));
    }
    // What was begun is finished.
    if flow.progress.sent == 0 {
        if messages.len() > style.max_messages {
            let note = notes::say_too_long(flow.language(), messages.len(), style.max_messages);
            return Ok(not_sent(flow, ticket, "too long for SMS", note));
        }
        if messages.is_empty() {
            return Ok(Done::ignored("there is nothing to say"));
        }
        if let Some(reason) = said_already(flow, say, said) {
            return Ok(Done::ignored(reason));
        }
        if let Some(reason) = forbidden(flow, ticket).await? {
            return Ok(Done::ignored(reason));
        }
        quiet_hours::wait(flow)?;
    }
    let own = say.campaign.clone();
    let Some(campaign) = own.or_else(|| flow.about.policy.reply_campaign.clone()) else {
        return Ok(refused(
            flow,
            ticket,
            Refusal::own("BRAZE_REPLY_CAMPAIGN_ID is not set"),
        ));
    };
    let outgoing = Outgoing {
        campaign,
        messages,
        picture: None,
        agent: Personal::default(),
        comment: None,
        written_on: Some(ticket),
        ticket: flow.state.ticket.or(Some(ticket)),
        open: flow.state.ticket.is_some() && !flow.state.is_done(),
    };
    match sms::send_once(flow, outgoing).await? {
        Sent::All => Ok(sent(flow, said, &sms)),
        Sent::Unknown => Ok(unknown(flow, said, &sms)),
        Sent::Refused(refusal) => Ok(refused(flow, ticket, refusal)),
        Sent::BeyondLimit(note) => Ok(not_sent(flow, ticket, spend::BEYOND_LIMIT, note)),
    }
}

/// Why the customer was texted enough.
fn said_already(
    flow: &Flow<'_>,
    say: &Say,
    Said(ticket, text, words, now): Said,
) -> Option<&'static str> {
    let ago = |at: i64| now.saturating_sub(at);
    let mut all = flow.state.said.iter();
    let once = i64::from(say.once_hours.unwrap_or_default()).saturating_mul(HOUR);
    if all
        .clone()
        .any(|said| said.2 == words && ago(said.3) < once)
    {
        return Some("said within once_hours");
    }
    if all.clone().any(|said| said.1 == text && ago(said.3) < HOUR) {
        return Some("said within the last hour");
    }
    let of_ticket = |said: &&Said| said.0 == ticket && ago(said.3) < HOUR;
    let many = all.by_ref().filter(of_ticket).count() >= MOST_AN_HOUR;
    many.then_some("three automatic texts within an hour")
}

/// Why the customer gets nothing automatic. Whose ticket it is, only the ticket itself tells.
async fn forbidden(flow: &mut Flow<'_>, ticket: TicketId) -> Result<Option<&'static str>, Exit> {
    if flow.state.opted_out {
        return Ok(Some("the customer opted out of SMS"));
    }
    if flow.state.opt_out_asked {
        return Ok(Some("the customer asked for no more texts"));
    }
    if loop_guard::is_tripped(&flow.context(), flow.state) {
        return Ok(Some(
            "the customer's number sends the same text over and over",
        ));
    }
    let facts = match flow.look_up_ticket(ticket).await? {
        Ok(Some(facts)) => facts,
        Ok(None) | Err(No::NotFound) => return Ok(Some(owner::GONE)),
        Err(no) => return Err(no.into()),
    };
    if !owner::is_own(flow, &facts).await? {
        return Ok(Some(owner::ANOTHERS));
    }
    if !owner::is_tagged(flow.about.policy, &facts.tags) {
        return Ok(Some(owner::UNTAGGED));
    }
    let quiet = &flow.about.policy.no_closing_tags;
    if facts.tags.iter().any(|tag| quiet.contains(tag)) {
        return Ok(Some("a tag of the ticket forbids automatic texts"));
    }
    subscription::look_up(flow).await?;
    if flow.state.opted_out {
        return Ok(Some("the customer opted out of SMS"));
    }
    Ok(subscription::is_unsubscribed(flow).then_some("the customer is not subscribed to SMS"))
}

/// The words without figures: a ticket's number in it makes no other text.
fn wording(say: &Say) -> u32 {
    let text = say.text.as_str().chars();
    fingerprint(&text.filter(|c| !c.is_numeric()).collect::<String>())
}

/// Every message was taken: the agent reads what the customer reads.
fn sent(flow: &mut Flow<'_>, said: Said, sms: &str) -> Done {
    flow.state.was_said(said);
    let note = notes::said(flow.language(), sms);
    let note = flow.note(said.0, note, &[]);
    let follow: Vec<Entry> = [note].into_iter().chain(subscription::note(flow)).collect();
    Done::ended(Ending::Delivered, follow)
}

/// An SMS of unknown outcome is not sent again: the agent reads so.
fn unknown(flow: &mut Flow<'_>, said: Said, sms: &str) -> Done {
    flow.state.was_said(said);
    let note = notes::say_unknown(flow.language(), flow.now(), sms);
    let note = flow.note(said.0, note, &[]);
    Done::ended(Ending::Unknown, [note])
}

fn not_sent(flow: &Flow<'_>, ticket: TicketId, reason: &'static str, note: String) -> Done {
    let note = flow.note(ticket, note, &[]);
    Done::ended(Ending::Ignored(reason), [note])
}

fn refused(flow: &Flow<'_>, ticket: TicketId, refusal: Refusal) -> Done {
    let note = notes::refused(flow.language(), &refusal, flow.progress.sent);
    let note = flow.note(ticket, note, &[]);
    flow.dead(refusal, [note])
}

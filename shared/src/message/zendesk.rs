//! What Zendesk's trigger webhooks send: the contract's bodies and the Braze guide's.
//!
//! In: the raw body, and the headers that identify the invocation. Out: a reply or a solved. A
//! body that cannot be read as JSON still becomes an event when it names the ticket or the comment:
//! the text is then asked for.

use serde_json::Value;

use super::attachment;
use super::customer::Customer;
use super::event::{Body, Event, Incoming, Parsed, Reply, Resend, Say, Solved};
use super::field::{self, malformed};
use super::ids::{Alias, CommentId, DeliveryId, ExternalUserId, TicketId};
use super::malformed::Malformed;
use super::members::{Author, Members};
use super::personal::Personal;
use crate::text::comment::strip_header;

/// Longest `once_hours`: a year.
const MOST_HOURS: u32 = 8_760;

/// How long two bodies without any identification count as the same event, in milliseconds.
const ANONYMOUS_BUCKET_MS: i64 = 120_000;

/// Comments of the list `recent` that are looked at.
const MOST_RECENT: usize = 100;

/// Reads the body of `POST /zendesk/reply`.
///
/// `invocation_id` is Zendesk's header of that name; it identifies a body without a comment id.
pub fn reply(body: &[u8], invocation_id: Option<&str>, now_ms: i64) -> Parsed {
    settle(read_reply(body, invocation_id.unwrap_or_default(), now_ms))
}

/// Reads the body of `POST /zendesk/solved`.
///
/// `attempt_timestamp` is the signed timestamp header; it stands in for a missing invocation id.
pub fn solved(
    body: &[u8],
    invocation_id: Option<&str>,
    attempt_timestamp: Option<&str>,
    now_ms: i64,
) -> Parsed {
    let invocation = [invocation_id, attempt_timestamp]
        .into_iter()
        .flatten()
        .find(|id| !id.is_empty());
    settle(read_solved(body, invocation, now_ms))
}

fn settle(read: Result<Parsed, Malformed>) -> Parsed {
    read.unwrap_or_else(Parsed::Malformed)
}

fn read_reply(body: &[u8], invocation_id: &str, now_ms: i64) -> Result<Parsed, Malformed> {
    let members = Members::read(body)?;
    let author = members.author();
    if author == Author::EndUser {
        let ticket = members.ticket().ok().flatten();
        return Ok(Parsed::NotForUs("comment by an end user", ticket));
    }
    let (customer, ticket) = members.addressee()?;
    if field::flag("resend", members.get(&["resend"]))? == Some(true) {
        let resend = Resend {
            ticket,
            requester: members.requester(),
            tags: members.tags(),
        };
        let address = address(customer.as_ref(), ticket);
        let delivery = DeliveryId::derive("resend", &[&address, invocation_id]);
        return Ok(incoming(customer, delivery, Body::Resend(resend), now_ms));
    }
    if let Some(say) = field::text("say", members.get(&["say"]))? {
        return read_say(&members, (customer, ticket), &say, invocation_id, now_ms);
    }
    let comment: Option<CommentId> = field::id("comment_id", members.get(&["comment_id"]))?;
    let text = field::text("text", members.get(&["text", "msg_body"]))?
        .filter(|_| members.trustworthy || (ticket.is_none() && comment.is_none()))
        .map(|text| Personal::from(strip_header(&text)));
    if text.is_none() && ticket.is_none() && comment.is_none() {
        return Err(malformed(
            "text",
            "is missing, and neither ticket_id nor comment_id says where to find it",
        ));
    }
    let delivery = match comment {
        Some(comment) => DeliveryId::derive("reply", &[&comment.to_string()]),
        None => DeliveryId::derive(
            "reply-text",
            &[
                invocation_id,
                &address(customer.as_ref(), ticket),
                text.as_ref().map_or("", Personal::as_str),
            ],
        ),
    };
    let reply = Reply {
        ticket,
        requester: members.requester(),
        tags: members.tags(),
        comment,
        role_unknown: author == Author::Unknown,
        text,
        recent: recent(members.get(&["recent"])),
        files: attachment::read(members.get(&["attachments"])).filter(|_| members.trustworthy),
        author: Personal(field::label(members.get(&["author_name", "agent_name"]))),
        status: members.status(),
        asked_at: ulid_time(invocation_id),
        campaign: field::campaign(members.get(&["campaign_id"]))?,
    };
    let known_by = reply.comment.and(Some(invocation_id));
    let parsed = incoming(customer, delivery, Body::Reply(reply), now_ms);
    Ok(also_known_by(known_by.filter(|id| !id.is_empty()), parsed))
}

/// A comment that a second invocation names may be another one's: Zendesk renders the newest when it
/// sends, not when the agent wrote. So the first one's invocation is remembered as well.
fn also_known_by(invocation: Option<&str>, mut parsed: Parsed) -> Parsed {
    if let (Some(invocation), Parsed::Event(incoming)) = (invocation, &mut parsed) {
        let id = DeliveryId::derive("invocation", &[invocation]);
        incoming.aliases.push(Alias::Noted(id));
    }
    parsed
}

/// The ids of the newest public comments, newest first, as a loop renders them: with white space
/// between. Nothing where the body does not name them or they cannot be read.
fn recent(value: Option<&Value>) -> Option<Vec<CommentId>> {
    let text = field::text("recent", value).ok()??;
    let ids: Vec<CommentId> = text
        .split([' ', ',', '\n', '\r', '\t'])
        .filter(|id| !id.is_empty())
        .take(MOST_RECENT)
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    (!ids.is_empty()).then_some(ids)
}

/// What is to be said is known from the body alone: one that is damaged is not guessed at.
fn read_say(
    members: &Members,
    (customer, ticket): (Option<ExternalUserId>, Option<TicketId>),
    say: &str,
    invocation_id: &str,
    now_ms: i64,
) -> Result<Parsed, Malformed> {
    if !members.trustworthy {
        return Err(malformed("say", "cannot be read whole"));
    }
    if field::not_rendered(say) {
        let problem = "still holds a placeholder that the sender did not fill in";
        return Err(malformed("say", problem));
    }
    let once_hours: Option<u32> = field::id("once_hours", members.get(&["once_hours"]))?;
    if once_hours.is_some_and(|hours| hours > MOST_HOURS) {
        return Err(malformed(
            "once_hours",
            format!("is more than {MOST_HOURS}"),
        ));
    }
    let campaign = field::campaign(members.get(&["campaign_id"]))?;
    if say.trim().is_empty() {
        return Ok(Parsed::NotForUs("there is nothing to say", ticket));
    }
    let now_bucket = now_ms.div_euclid(ANONYMOUS_BUCKET_MS).to_string();
    let invocation = Some(invocation_id).filter(|id| !id.is_empty());
    let address = address(customer.as_ref(), ticket);
    let delivery = DeliveryId::derive("say", &[&address, invocation.unwrap_or(&now_bucket), say]);
    let say = Say {
        ticket,
        tags: members.tags(),
        text: Personal::from(say),
        once_hours: once_hours.filter(|hours| *hours > 0),
        campaign,
    };
    Ok(incoming(customer, delivery, Body::Say(say), now_ms))
}

fn read_solved(body: &[u8], invocation: Option<&str>, now_ms: i64) -> Result<Parsed, Malformed> {
    let members = Members::read(body)?;
    let (customer, ticket) = members.addressee()?;
    let message = field::text("message", members.get(&["message", "msg_body"]))?
        .filter(|message| members.trustworthy && !message.trim().is_empty());
    let now_bucket = now_ms.div_euclid(ANONYMOUS_BUCKET_MS).to_string();
    let delivery = DeliveryId::derive(
        "solved",
        &[
            &address(customer.as_ref(), ticket),
            invocation.unwrap_or(&now_bucket),
        ],
    );
    let solved = Solved {
        ticket,
        requester: members.requester(),
        tags: members.tags(),
        asked_at: invocation.and_then(ulid_time),
        message: message.map(Personal),
        campaign: field::campaign(members.get(&["campaign_id"]))?,
    };
    Ok(incoming(customer, delivery, Body::Solved(solved), now_ms))
}

/// The time in a ULID, in milliseconds since the epoch: Zendesk's invocation ids are ULIDs.
fn ulid_time(id: &str) -> Option<i64> {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if id.len() != 26 {
        return None;
    }
    id.chars().take(10).try_fold(0_i64, |time, character| {
        let digit = ALPHABET.find(character.to_ascii_uppercase())?;
        time.checked_mul(32)?
            .checked_add(i64::try_from(digit).ok()?)
    })
}

fn incoming(
    customer: Option<ExternalUserId>,
    delivery: DeliveryId,
    body: Body,
    now_ms: i64,
) -> Parsed {
    Parsed::Event(Box::new(Incoming {
        customer: customer.map(Customer::Id),
        event: Event {
            delivery,
            received_at: now_ms,
            body,
        },
        aliases: Vec::new(),
    }))
}

/// The ticket where it is known, else the customer.
fn address(customer: Option<&ExternalUserId>, ticket: Option<TicketId>) -> String {
    ticket
        .map(|ticket| ticket.to_string())
        .or_else(|| customer.map(|customer| customer.as_str().to_owned()))
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "zendesk_tests.rs"]
mod tests;

//! What Zendesk's trigger webhooks send: the contract's bodies and the Braze guide's.
//!
//! In: the raw body, and the headers that identify the invocation. Out: a reply or a solved. A
//! body that cannot be read as JSON still becomes an event when it names the ticket or the comment:
//! the text is then asked for.

use serde_json::{Map, Value};

use super::attachment;
use super::event::{Body, Event, Incoming, Malformed, Parsed, Personal, Reply, Resend, Solved};
use super::field::{self, malformed};
use super::ids::{CommentId, DeliveryId, ExternalUserId, TicketId};
use super::lenient::{self, Reading};
use super::scan;
use crate::text::comment::strip_header;

/// The members both shapes are made of. Another one beside a guessed text may be a part of it.
const KNOWN: [&str; 20] = [
    "attachments",
    "tags",
    "resend",
    "ticket_id",
    "status",
    "external_user_id",
    "comment_id",
    "author_name",
    "author_role",
    "text",
    "message",
    "campaign_id",
    "recipients",
    "trigger_properties",
    "attributes",
    "msg_body",
    "zendesk_ticket",
    "zendesk_ticket_open",
    "agent_name",
    "send_to_existing_only",
];

/// How long two bodies without any identification count as the same event, in milliseconds.
const ANONYMOUS_BUCKET_MS: i64 = 120_000;

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
    if members.is_by_end_user() {
        return Ok(Parsed::NotForUs("comment by an end user"));
    }
    let (customer, ticket) = members.addressee()?;
    if field::flag("resend", members.get(&["resend"]))? == Some(true) {
        let address = address(customer.as_ref(), ticket);
        let delivery = DeliveryId::derive("resend", &[&address, invocation_id]);
        return Ok(incoming(
            customer,
            delivery,
            Body::Resend(Resend { ticket }),
            now_ms,
        ));
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
        comment,
        text,
        files: attachment::read(members.get(&["attachments"])).filter(|_| members.trustworthy),
        author: Personal(field::label(members.get(&["author_name", "agent_name"]))),
        status: members.status(),
        asked_at: ulid_time(invocation_id),
        campaign: field::campaign(members.get(&["campaign_id"]))?,
    };
    Ok(incoming(customer, delivery, Body::Reply(reply), now_ms))
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
        asked_at: invocation.and_then(ulid_time),
        tags: members.tags(),
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
        customer,
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

/// The members of either shape, looked up by name from the outermost object inwards.
struct Members {
    layers: Vec<Map<String, Value>>,
    /// The texts are certain to be whole.
    trustworthy: bool,
}

impl Members {
    fn read(body: &[u8]) -> Result<Self, Malformed> {
        match lenient::read(body)? {
            Reading::Object { members, guessed } => Self::of_object(members, guessed),
            // What the agent wrote is asked for: the comment itself has every letter.
            Reading::Lossy(members) => Self::of_object(members, true).map(|members| Self {
                trustworthy: false,
                ..members
            }),
            Reading::Damaged(text) => match scan::members(text) {
                Some(found) if !found.is_empty() => Ok(Self {
                    layers: vec![found],
                    trustworthy: false,
                }),
                _ => Err(lenient::malformed("is not JSON and names no ticket")),
            },
        }
    }

    fn of_object(mut outer: Map<String, Value>, guessed: bool) -> Result<Self, Malformed> {
        let mut layers = Vec::with_capacity(4);
        let recipients = outer.remove("recipients").unwrap_or(Value::Null);
        let recipient = match recipients {
            Value::Null => Map::new(),
            Value::Array(recipients) => match <[Value; 1]>::try_from(recipients) {
                Ok([Value::Object(recipient)]) => recipient,
                _ => return Err(malformed("recipients", "is not a list of one recipient")),
            },
            _ => return Err(malformed("recipients", "is not a list of one recipient")),
        };
        layers.push(outer);
        let mut recipient = recipient;
        let inner = ["trigger_properties", "attributes"].map(|name| recipient.remove(name));
        layers.push(recipient);
        layers.extend(inner.into_iter().filter_map(|layer| match layer {
            Some(Value::Object(layer)) => Some(layer),
            _ => None,
        }));
        let all_known = || {
            let mut keys = layers.iter().flat_map(Map::keys);
            keys.all(|key| KNOWN.contains(&key.as_str()))
        };
        Ok(Self {
            trustworthy: !guessed || all_known(),
            layers,
        })
    }

    /// The first value under one of the names that holds something, else the first that is there.
    fn get(&self, names: &[&str]) -> Option<&Value> {
        let all = || {
            names
                .iter()
                .flat_map(|name| self.layers.iter().filter_map(|layer| layer.get(*name)))
        };
        all()
            .find(|value| !is_empty(value))
            .or_else(|| all().find(|value| !value.is_null()))
    }

    fn is_by_end_user(&self) -> bool {
        let role = field::label(self.get(&["author_role"]));
        let letters = role.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).eq("enduser".chars())
    }

    fn addressee(&self) -> Result<(Option<ExternalUserId>, Option<TicketId>), Malformed> {
        let customer = field::id("external_user_id", self.get(&["external_user_id"]))?;
        let ticket = field::id("ticket_id", self.get(&["ticket_id", "zendesk_ticket"]))?;
        if customer.is_none() && ticket.is_none() {
            return Err(malformed(
                "external_user_id",
                "and ticket_id are both missing",
            ));
        }
        Ok((customer, ticket))
    }

    /// The ticket's tags as a template renders them, or as a list.
    fn tags(&self) -> Option<Vec<String>> {
        let split = |text: &str| -> Vec<String> {
            let tags = text.split([' ', ',', '\n']).filter(|tag| !tag.is_empty());
            tags.map(str::to_owned).collect()
        };
        match self.get(&["tags"])? {
            Value::String(text) if !field::not_rendered(text) => Some(split(text)),
            Value::Array(tags) => Some(
                tags.iter()
                    .filter_map(Value::as_str)
                    .flat_map(split)
                    .collect(),
            ),
            _ => None,
        }
    }

    fn status(&self) -> Option<String> {
        let status = field::label(self.get(&["status"])).to_lowercase();
        (!status.is_empty()).then_some(status)
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

#[cfg(test)]
#[path = "zendesk_tests.rs"]
mod tests;

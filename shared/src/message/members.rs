//! What a Zendesk body holds, whichever of its shapes it has: the contract's or the Braze guide's.
//!
//! In: the raw body. Out: its members by name, and whether its texts can be trusted.

use serde_json::{Map, Value};

use super::field::{self, malformed};
use super::ids::{ExternalUserId, TicketId, UserId};
use super::lenient::{self, Reading};
use super::malformed::Malformed;
use super::scan;

/// The members both shapes are made of. Another one beside a guessed text may be a part of it.
const KNOWN: [&str; 26] = [
    "say",
    "once_hours",
    "recent",
    "v",
    "attachments",
    "tags",
    "requester_id",
    "v",
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

/// What a body with `recipients` says inside them only: beside them it may be the words of a person
/// whose text was not escaped.
const INSIDE_RECIPIENTS: [&str; 9] = [
    "external_user_id",
    "ticket_id",
    "zendesk_ticket",
    "comment_id",
    "resend",
    "say",
    "text",
    "message",
    "msg_body",
];

/// Who wrote a comment, as far as the body says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// An agent or an administrator.
    Agent,
    /// A customer.
    EndUser,
    /// The body does not say, or not in a word that is known.
    Unknown,
}

/// The members of either shape, looked up by name from the outermost object inwards.
pub(super) struct Members {
    layers: Vec<Map<String, Value>>,
    /// The texts are certain to be whole.
    pub(super) trustworthy: bool,
}

impl Members {
    /// Reads a body; where it is damaged, what can still be read.
    pub(super) fn read(body: &[u8]) -> Result<Self, Malformed> {
        match lenient::read(body, &[])? {
            Reading::Object { members, guessed } => Self::of_object(members, guessed),
            // What the agent wrote is asked for: the comment itself has every letter.
            Reading::Lossy(members) => Self::of_object(members, true).map(|members| Self {
                trustworthy: false,
                ..members
            }),
            Reading::Damaged(text) => match scan::members(text) {
                Ok(found) if !found.is_empty() => Ok(Self {
                    layers: vec![found],
                    trustworthy: false,
                }),
                Ok(_) => Err(lenient::malformed("is not JSON and names no ticket")),
                Err(name) => Err(malformed(name, "is named twice in a body that is not JSON")),
            },
        }
    }

    fn of_object(mut outer: Map<String, Value>, guessed: bool) -> Result<Self, Malformed> {
        let mut layers = Vec::with_capacity(4);
        let recipients = outer.remove("recipients").unwrap_or(Value::Null);
        let recipient = match recipients {
            Value::Null => None,
            Value::Array(recipients) => match <[Value; 1]>::try_from(recipients) {
                Ok([Value::Object(recipient)]) => Some(recipient),
                _ => return Err(malformed("recipients", "is not a list of one recipient")),
            },
            _ => return Err(malformed("recipients", "is not a list of one recipient")),
        };
        if recipient.is_some() && INSIDE_RECIPIENTS.iter().any(|key| outer.contains_key(*key)) {
            return Err(malformed("recipients", "stands beside an id or a text"));
        }
        layers.push(outer);
        let mut recipient = recipient.unwrap_or_default();
        let inner = ["trigger_properties", "attributes"].map(|name| recipient.remove(name));
        layers.push(recipient);
        layers.extend(inner.into_iter().filter_map(|layer| match layer {
            Some(Value::Object(mut layer)) => {
                layer.remove("external_user_id");
                Some(layer)
            }
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
    pub(super) fn get(&self, names: &[&str]) -> Option<&Value> {
        let all = || {
            names
                .iter()
                .flat_map(|name| self.layers.iter().filter_map(|layer| layer.get(*name)))
        };
        all()
            .find(|value| !is_empty(value))
            .or_else(|| all().find(|value| !value.is_null()))
    }

    /// Who wrote the comment. Zendesk renders a role as a word in the account's language: a word that is
    /// not known says nothing.
    pub(super) fn author(&self) -> Author {
        let role = field::label(self.get(&["author_role"]));
        let letters = role.chars().filter(|c| c.is_alphanumeric());
        let word: String = letters.flat_map(char::to_lowercase).collect();
        match word.as_str() {
            "agent" | "admin" => Author::Agent,
            "enduser" => Author::EndUser,
            _ => Author::Unknown,
        }
    }

    /// Whom the event is about: a customer, a ticket, or both.
    pub(super) fn addressee(
        &self,
    ) -> Result<(Option<ExternalUserId>, Option<TicketId>), Malformed> {
        let customer = field::id("external_user_id", self.get(&["external_user_id"]))?;
        let ticket = self.ticket()?;
        if customer.is_none() && ticket.is_none() {
            return Err(malformed(
                "external_user_id",
                "and ticket_id are both missing",
            ));
        }
        Ok((customer, ticket))
    }

    /// The ticket under either name.
    pub(super) fn ticket(&self) -> Result<Option<TicketId>, Malformed> {
        let under = |name| field::id::<TicketId>("ticket_id", self.get(&[name]));
        let (ours, guides) = (under("ticket_id")?, under("zendesk_ticket")?);
        if ours.is_some() && guides.is_some() && ours != guides {
            return Err(malformed("ticket_id", "is not the same as zendesk_ticket"));
        }
        Ok(ours.or(guides))
    }

    /// The ticket's requester. What is no id tells nothing: the ticket is looked up then.
    pub(super) fn requester(&self) -> Option<UserId> {
        let id = self.get(&["requester_id"]).filter(|_| self.trustworthy);
        field::id("requester_id", id).unwrap_or_default()
    }

    /// The ticket's tags as a template renders them, or as a list.
    pub(super) fn tags(&self) -> Option<Vec<String>> {
        let split = |text: &str| -> Vec<String> {
            let tags = text.split([' ', ',', '\n']).filter(|tag| !tag.is_empty());
            tags.map(str::to_owned).collect()
        };
        match self.get(&["tags"]).filter(|_| self.trustworthy)? {
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

    /// The ticket's status in small letters.
    pub(super) fn status(&self) -> Option<String> {
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

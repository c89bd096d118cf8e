//! What Braze's webhook campaigns send: the contract's body and the guide's first one.
//!
//! In: the raw body. Out: a text or a consent keyword. No vendor can be asked for a text that
//! cannot be read, so whatever can be repaired is taken.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::text::incoming;

use super::customer::{BrazeId, Customer, Phone};
use super::event::{Body, Consent, ConsentKind, Event, Incoming, Parsed, Profile, Text};
use super::extras::Extras;
use super::field::{self, malformed};
use super::ids::{Alias, DeliveryId, ExternalUserId};
use super::lenient::{self, Reading};
use super::malformed::Malformed;
use super::media;
use super::personal::Personal;
use super::said_once;
use super::unescaped::{Holds, Member};

/// The dispatch id of a message sent from Braze's preview.
const PREVIEW_DISPATCH_ID: &str = "dispatch_id_for_unsent_campaign";

/// How long the same text counts as a repetition when nothing identifies it, in milliseconds; at most
/// twice as long.
const ANONYMOUS_BUCKET_MS: i64 = 60_000;

/// The members of the contract's body and of the guide's first one, for bodies whose sender escaped nothing.
const BODY: &[Member] = &[
    plain("kind"),
    plain("support"),
    plain("external_user_id"),
    words("message"),
    words("media_urls"),
    plain("dispatch_id"),
    words("first_name"),
    words("last_name"),
    plain("phone"),
    plain("braze_id"),
    plain("zendesk_ticket_open"),
    plain("language"),
    json("context"),
    object("ticket", TICKET),
];

const TICKET: &[Member] = &[
    words("subject"),
    object(
        "comment",
        &[words("body"), words("html_body"), plain("public")],
    ),
    object("requester", REQUESTER),
    plain("priority"),
    plain("type"),
    plain("group_id"),
    plain("brand_id"),
    plain("ticket_form_id"),
    json("tags"),
    json("custom_fields"),
];

const REQUESTER: &[Member] = &[
    words("name"),
    plain("phone"),
    plain("email"),
    object("user_fields", &[plain("braze_external_id")]),
];

const fn plain(name: &'static str) -> Member {
    let holds = Holds::Plain;
    Member { name, holds }
}

const fn words(name: &'static str) -> Member {
    let holds = Holds::Words;
    Member { name, holds }
}

const fn json(name: &'static str) -> Member {
    let holds = Holds::Json;
    Member { name, holds }
}

const fn object(name: &'static str, members: &'static [Member]) -> Member {
    let holds = Holds::Object(members);
    Member { name, holds }
}

/// Reads the body of `POST /braze/inbound`.
///
/// `duplicate_window` is a second guard beside the dispatch id: the same text and media of the same
/// customer are refused for at least that long, and at most twice as long.
pub fn inbound(body: &[u8], duplicate_window: Option<Duration>, now_ms: i64) -> Parsed {
    read(body, duplicate_window, now_ms).unwrap_or_else(Parsed::Malformed)
}

fn read(body: &[u8], duplicate_window: Option<Duration>, now_ms: i64) -> Result<Parsed, Malformed> {
    let (Reading::Object { members, .. } | Reading::Lossy(members)) = lenient::read(body, BODY)?
    else {
        return Err(lenient::malformed("is not JSON"));
    };
    let body = Inbound::of(&members)?;
    let dispatch = dispatch_id(body.dispatch_id)?;
    if dispatch.as_deref() == Some(PREVIEW_DISPATCH_ID) {
        return Ok(Parsed::NotForUs("preview of a campaign", None));
    }
    let consent = consent_kind(body.kind)?;
    let customer = body.customer()?;
    if customer.id().is_none() && !said_once::has_one_value(&members, "phone") {
        return Err(malformed("phone", "has two different values"));
    }
    let text = Personal(field::text("message", body.message)?.unwrap_or_default());
    let identity = Identity {
        customer: &customer,
        dispatch: dispatch.as_deref(),
        now_ms,
    };
    let (delivery, aliases, body) = match consent {
        Some(what) => {
            let (delivery, aliases) = identity.of_consent(what);
            let consent = Consent {
                what,
                text,
                braze_id: body.braze_id(),
                changed: None,
            };
            (delivery, aliases, Body::Consent(consent))
        }
        None => {
            let media_urls = media::links(body.media_urls);
            if incoming::is_blank(text.as_str()) && media_urls.is_empty() {
                return Ok(Parsed::NotForUs("a blank text", None));
            }
            let (delivery, aliases) =
                identity.of_text(text.as_str(), &media_urls, duplicate_window);
            let text = Text {
                text,
                media_urls,
                support: body.is_support()?,
                profile: body.profile(),
                extras: body.extras,
            };
            (delivery, aliases, Body::Text(text))
        }
    };
    Ok(Parsed::Event(Box::new(Incoming {
        customer: Some(customer),
        event: Event {
            delivery,
            received_at: now_ms,
            body,
        },
        aliases: aliases.into_iter().map(Alias::Refused).collect(),
    })))
}

/// The values of either shape.
#[derive(Default)]
struct Inbound<'b> {
    kind: Option<&'b Value>,
    support: Option<&'b Value>,
    external_user_id: Option<&'b Value>,
    message: Option<&'b Value>,
    media_urls: Option<&'b Value>,
    dispatch_id: Option<&'b Value>,
    first_name: Option<&'b Value>,
    last_name: Option<&'b Value>,
    phone: Option<&'b Value>,
    braze_id: Option<&'b Value>,
    ticket_open: Option<&'b Value>,
    from_guide: bool,
    extras: Extras,
}

impl<'b> Inbound<'b> {
    /// The guide's shape is a ticket and nothing else: its text is not escaped, so whatever stands
    /// beside the ticket may be the customer's words.
    fn of(members: &'b Map<String, Value>) -> Result<Self, Malformed> {
        match members.get("ticket") {
            Some(Value::Object(ticket)) if is_guides(ticket, members) => {
                if members.len() > 1 {
                    return Err(malformed("ticket", "is not the only key"));
                }
                Ok(Self::of_guide(ticket))
            }
            _ => Ok(Self {
                kind: members.get("kind"),
                support: members.get("support"),
                external_user_id: members.get("external_user_id"),
                message: members.get("message"),
                media_urls: members.get("media_urls"),
                dispatch_id: members.get("dispatch_id"),
                first_name: members.get("first_name"),
                last_name: members.get("last_name"),
                phone: members.get("phone"),
                braze_id: members.get("braze_id"),
                ticket_open: members.get("zendesk_ticket_open"),
                from_guide: false,
                extras: Extras::read(members),
            }),
        }
    }

    fn of_guide(ticket: &'b Map<String, Value>) -> Self {
        let requester = ticket.get("requester");
        Self {
            external_user_id: requester
                .and_then(|requester| requester.get("user_fields")?.get("braze_external_id")),
            message: ticket
                .get("comment")
                .and_then(|comment| comment.get("body")),
            first_name: requester.and_then(|requester| requester.get("name")),
            from_guide: true,
            ..Self::default()
        }
    }

    /// The customer: by external id; an anonymous profile, which has none, by its number.
    fn customer(&self) -> Result<Customer, Malformed> {
        let id: Option<ExternalUserId> = field::id("external_user_id", self.external_user_id)?;
        if let Some(id) = id {
            return Ok(Customer::Id(id));
        }
        let written = field::label(self.phone);
        match Phone::read(&written) {
            Some(phone) => Ok(Customer::Phone(phone)),
            None if written.is_empty() => Err(malformed("external_user_id", "is missing")),
            None => Err(malformed(
                "phone",
                "is no number with its country's code, and external_user_id is missing",
            )),
        }
    }

    fn is_support(&self) -> Result<bool, Malformed> {
        Ok(self.from_guide || field::flag("support", self.support)?.unwrap_or(false))
    }

    fn profile(&self) -> Profile {
        Profile {
            name: field::name(self.first_name, self.last_name),
            phone: field::phone(self.phone),
            braze_id: self.braze_id(),
        }
    }

    /// The profile's Braze id. Nothing where the template did not fill it in: a constant would make one profile of
    /// all. Nothing either for a customer with an external id whose profile has no attribute of the bridge's yet:
    /// there is no conversation that could be looked for by it.
    fn braze_id(&self) -> Option<BrazeId> {
        let is_known = !field::label(self.external_user_id).is_empty();
        let never_met = self.ticket_open.is_some() && field::label(self.ticket_open).is_empty();
        if is_known && never_met {
            return None;
        }
        let id = field::label(self.braze_id);
        BrazeId::of(&id).filter(|_| !field::not_rendered(&id))
    }
}

/// A ticket with its comment or requester, or with nothing beside it, is the guide's body.
fn is_guides(ticket: &Map<String, Value>, members: &Map<String, Value>) -> bool {
    members.len() == 1
        || ["comment", "requester"]
            .iter()
            .any(|key| ticket.contains_key(*key))
}

/// The dispatch id, or nothing where the template did not fill it in: a constant would make every
/// text of a customer a duplicate of the first.
fn dispatch_id(value: Option<&Value>) -> Result<Option<String>, Malformed> {
    let text = field::text("dispatch_id", value)?.unwrap_or_default();
    let text = text.trim();
    Ok((!text.is_empty() && !field::not_rendered(text)).then(|| text.to_owned()))
}

fn consent_kind(value: Option<&Value>) -> Result<Option<ConsentKind>, Malformed> {
    let kind = field::text("kind", value)?.unwrap_or_default();
    match kind.trim().to_ascii_lowercase().as_str() {
        "" | "message" => Ok(None),
        "opted_out" => Ok(Some(ConsentKind::OptedOut)),
        "opted_in" => Ok(Some(ConsentKind::OptedIn)),
        "help" => Ok(Some(ConsentKind::Help)),
        _ => Err(malformed(
            "kind",
            "is not one of message, opted_out, opted_in and help",
        )),
    }
}

/// What an event of one customer at one time is known by: its delivery, and aliases.
struct Identity<'a> {
    customer: &'a Customer,
    dispatch: Option<&'a str>,
    now_ms: i64,
}

impl Identity<'_> {
    fn of_text(
        &self,
        text: &str,
        media_urls: &[String],
        duplicate_window: Option<Duration>,
    ) -> (DeliveryId, Vec<DeliveryId>) {
        let media = media_urls.join("\n");
        let content = [text, media.as_str()];
        let Some(dispatch) = self.dispatch else {
            return self.in_bucket("text-bucket", &content, ANONYMOUS_BUCKET_MS);
        };
        // A dispatch id may repeat: it names a campaign's run, not a text.
        let parts = [dispatch, text, media.as_str()];
        let parts = [self.customer.parts().as_slice(), &parts].concat();
        let delivery = DeliveryId::derive("text", &parts);
        let window_ms = duplicate_window
            .and_then(|window| i64::try_from(window.as_millis()).ok())
            .filter(|window_ms| *window_ms > 0);
        let aliases = window_ms.map_or_else(Vec::new, |window_ms| {
            let (this, before) = self.in_bucket("text-window", &content, window_ms);
            [vec![this], before].concat()
        });
        (delivery, aliases)
    }

    fn of_consent(&self, what: ConsentKind) -> (DeliveryId, Vec<DeliveryId>) {
        let what = match what {
            ConsentKind::OptedOut => "opted_out",
            ConsentKind::OptedIn => "opted_in",
            ConsentKind::Help => "help",
        };
        match self.dispatch {
            Some(dispatch) => {
                let parts = [self.customer.parts().as_slice(), &[what, dispatch]].concat();
                (DeliveryId::derive("consent", &parts), Vec::new())
            }
            None => self.in_bucket("consent-bucket", &[what], ANONYMOUS_BUCKET_MS),
        }
    }

    /// The id of a content in the present bucket of time, and as an alias that in the one before.
    fn in_bucket(
        &self,
        kind: &str,
        content: &[&str],
        width_ms: i64,
    ) -> (DeliveryId, Vec<DeliveryId>) {
        let now = self.now_ms.div_euclid(width_ms);
        let id_in = |bucket: i64| {
            let bucket = bucket.to_string();
            let parts = [
                &self.customer.parts(),
                [bucket.as_str()].as_slice(),
                content,
            ]
            .concat();
            DeliveryId::derive(kind, &parts)
        };
        (id_in(now), vec![id_in(now.saturating_sub(1))])
    }
}

#[cfg(test)]
#[path = "braze_tests.rs"]
mod tests;

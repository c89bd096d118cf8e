//! The ways in: who may come by each, and how its bodies are read.
//!
//! In: headers and raw bytes. Out: authentic or not, an event or not. Makes no calls.

use http::{HeaderMap, HeaderName};

use crate::http::{AuthError, MAX_BODY_BYTES, MAX_EXPORT_BYTES, auth};
use crate::message::{self, Alias, Body, DeliveryId, Parsed};
use crate::secrets::{Need, Rotating, Secrets};

use super::App;

/// How long after its signed time, or before it, a request is taken for Zendesk's own whatever was
/// signed alike: a second of rounding, the way here, a cold start, clocks that are not quite together.
const FRESH_MS: u64 = 5_000;

/// A route, with who may come in by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `POST /zendesk/reply`
    ZendeskReply,
    /// `POST /zendesk/solved`
    ZendeskSolved,
    /// `POST /zendesk/events`: Zendesk's event types, where the secret has a signing secret for them.
    ZendeskEvents,
    /// `POST /braze/inbound`
    BrazeInbound,
    /// `POST /braze/events`: Braze's event export, where the secret has a token for it.
    BrazeEvents,
}

impl Door {
    /// What the function behind it needs from the secret.
    pub fn needs(self) -> [Need; 3] {
        let own = match self {
            Self::ZendeskReply | Self::ZendeskEvents => Need::ZendeskReply,
            Self::ZendeskSolved => Need::ZendeskSolved,
            Self::BrazeInbound | Self::BrazeEvents => Need::BrazeInbound,
        };
        [own, Need::Zendesk, Need::Braze]
    }

    /// The route of a request to this one's function; `None`: it leads there and is not served.
    pub(super) fn of_path(self, path: &str) -> Option<Self> {
        match (path.trim_end_matches('/').ends_with("/events"), self) {
            (false, door) => Some(door),
            (true, Self::BrazeInbound | Self::BrazeEvents) => Some(Self::BrazeEvents),
            (true, Self::ZendeskReply | Self::ZendeskEvents) => Some(Self::ZendeskEvents),
            (true, Self::ZendeskSolved) => None,
        }
    }

    /// Largest body it takes, in bytes.
    pub(super) fn most_bytes(self) -> usize {
        match self {
            Self::BrazeEvents => MAX_EXPORT_BYTES,
            Self::ZendeskReply | Self::ZendeskSolved | Self::ZendeskEvents | Self::BrazeInbound => {
                MAX_BODY_BYTES
            }
        }
    }

    /// Whether requests that are not authentic may be let in and reported, where that is set.
    pub(super) fn is_observed(self) -> bool {
        !matches!(self, Self::ZendeskEvents | Self::BrazeEvents)
    }

    /// Its name in logs and dead letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::ZendeskReply => "zendesk-reply",
            Self::ZendeskSolved => "zendesk-solved",
            Self::ZendeskEvents => "zendesk-events",
            Self::BrazeInbound => "braze-inbound",
            Self::BrazeEvents => "braze-events",
        }
    }

    pub(super) fn sender(self) -> &'static str {
        match self {
            Self::ZendeskReply | Self::ZendeskSolved | Self::ZendeskEvents => "zendesk",
            Self::BrazeInbound | Self::BrazeEvents => "braze",
        }
    }

    fn live(self, secrets: &Secrets) -> &Rotating {
        match self {
            Self::ZendeskReply => &secrets.zendesk_reply,
            Self::ZendeskSolved => &secrets.zendesk_solved,
            Self::ZendeskEvents => &secrets.zendesk_events,
            Self::BrazeInbound => &secrets.braze_inbound,
            Self::BrazeEvents => &secrets.braze_events,
        }
    }

    pub(super) fn check(
        self,
        secrets: &Secrets,
        headers: &HeaderMap,
        body: &[u8],
        now: i64,
    ) -> Result<(), AuthError> {
        let live: Vec<&str> = self
            .live(secrets)
            .live()
            .map(|secret| secret.expose())
            .collect();
        match self {
            Self::ZendeskReply | Self::ZendeskSolved | Self::ZendeskEvents => {
                auth::zendesk(&live, headers, body, now.div_euclid(1000))
            }
            Self::BrazeInbound | Self::BrazeEvents => auth::bearer(&live, headers),
        }
    }

    pub(super) fn parse(self, app: &App, headers: &HeaderMap, body: &[u8], now: i64) -> Parsed {
        let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let invocation = header(auth::INVOCATION_ID);
        let parsed = match self {
            Self::ZendeskReply => message::zendesk_reply(body, invocation, now),
            Self::ZendeskSolved => {
                message::zendesk_solved(body, invocation, header(auth::TIMESTAMP), now)
            }
            // The event streams have readers of their own.
            Self::BrazeInbound | Self::BrazeEvents | Self::ZendeskEvents => {
                return message::braze_inbound(body, app.duplicate_window, now);
            }
        };
        let fresh = invocation.is_some_and(|id| !id.is_empty()) && is_fresh(headers, now);
        known_by_signature(parsed, header(auth::SIGNATURE), fresh)
    }
}

/// Whether a request comes about when it was signed. Zendesk signs whole seconds, so two events with
/// the same body in one second have the same signature; both come in then.
fn is_fresh(headers: &HeaderMap, now: i64) -> bool {
    auth::signed_at(headers)
        .is_ok_and(|signed| now.abs_diff(signed.saturating_mul(1000)) <= FRESH_MS)
}

/// Without a comment id an event is identified by the invocation id, which is not signed:
/// a request can be sent again with another one. The signature covers time and body, so from
/// some seconds on the same signature is the same attempt.
fn known_by_signature(mut parsed: Parsed, signature: Option<&str>, fresh: bool) -> Parsed {
    let (Parsed::Event(incoming), Some(signature)) = (&mut parsed, signature) else {
        return parsed;
    };
    let id = DeliveryId::derive("signature", &[signature]);
    let alias = match &incoming.event.body {
        Body::Reply(reply) if reply.comment.is_some() => return parsed,
        Body::Reply(_) | Body::Solved(_) | Body::Say(_) if fresh => Alias::Noted(id),
        _ => Alias::Refused(id),
    };
    incoming.aliases.push(alias);
    parsed
}

//! What every request goes through: verify ▸ parse ▸ accept and deliver ▸ answer.

use std::borrow::Cow;
use std::time::Instant;

use http::{HeaderMap, HeaderName};
use lambda_http::{Request, RequestExt, Response};

use crate::config::SignatureMode;
use crate::delivery::{Handled, Work, calls_zendesk};
use crate::http::{Answer, AuthError, Known, auth, body};
use crate::message::{self, Body, DeliveryId, Incoming, Malformed, Parsed};
use crate::secrets::{Need, Rotating, Secrets};
use crate::telemetry::{
    self,
    metrics::{self, Metric},
};

use super::App;

/// A route, with who may come in by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// `POST /zendesk/reply`
    ZendeskReply,
    /// `POST /zendesk/solved`
    ZendeskSolved,
    /// `POST /braze/inbound`
    BrazeInbound,
}

impl Door {
    /// What the function behind it needs from the secret.
    pub fn needs(self) -> [Need; 3] {
        let own = match self {
            Self::ZendeskReply => Need::ZendeskReply,
            Self::ZendeskSolved => Need::ZendeskSolved,
            Self::BrazeInbound => Need::BrazeInbound,
        };
        [own, Need::Zendesk, Need::Braze]
    }

    /// Its name in logs and dead letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::ZendeskReply => "zendesk-reply",
            Self::ZendeskSolved => "zendesk-solved",
            Self::BrazeInbound => "braze-inbound",
        }
    }

    fn live(self, secrets: &Secrets) -> &Rotating {
        match self {
            Self::ZendeskReply => &secrets.zendesk_reply,
            Self::ZendeskSolved => &secrets.zendesk_solved,
            Self::BrazeInbound => &secrets.braze_inbound,
        }
    }

    fn check(
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
            Self::ZendeskReply | Self::ZendeskSolved => {
                auth::zendesk(&live, headers, body, now.div_euclid(1000))
            }
            Self::BrazeInbound => auth::bearer(&live, headers),
        }
    }

    fn parse(self, app: &App, headers: &HeaderMap, body: &[u8], now: i64) -> Parsed {
        let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let invocation = header(auth::INVOCATION_ID);
        let parsed = match self {
            Self::ZendeskReply => message::zendesk_reply(body, invocation, now),
            Self::ZendeskSolved => {
                message::zendesk_solved(body, invocation, header(auth::TIMESTAMP), now)
            }
            Self::BrazeInbound => {
                return message::braze_inbound(body, app.duplicate_window, now);
            }
        };
        known_by_signature(parsed, header(auth::SIGNATURE))
    }
}

/// Without a comment id an event is told from others by the invocation id, which is not signed:
/// whoever sends a request again can write another one. The signature covers time and body, so the
/// same signature is the same attempt.
fn known_by_signature(mut parsed: Parsed, signature: Option<&str>) -> Parsed {
    if let (Parsed::Event(incoming), Some(signature)) = (&mut parsed, signature)
        && !matches!(&incoming.event.body, Body::Reply(reply) if reply.comment.is_some())
    {
        let alias = DeliveryId::derive("signature", &[signature]);
        incoming.aliases.push(alias);
    }
    parsed
}

impl App {
    /// Answers a request. A panic on the way is a fault of ours: the sender is asked to try again,
    /// which both do on this answer and Zendesk does not on Lambda's own.
    pub async fn receive(&self, door: Door, request: &Request) -> Response<lambda_http::Body> {
        let started = Instant::now();
        let (answer, known) = telemetry::caught(self.answer(door, request))
            .await
            .unwrap_or((Answer::Unavailable, Known::default()));
        let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            door = door.name(),
            outcome = answer.name(),
            delivery.id = known.delivery.as_ref().map(tracing::field::display),
            ticket.id = known.ticket.map(tracing::field::display),
            total.ms = ms,
            "event"
        );
        answer.response()
    }

    async fn answer(&self, door: Door, request: &Request) -> (Answer, Known) {
        let Ok(body) = body(request) else {
            return (Answer::TooLarge, Known::default());
        };
        if let Err(refusal) = self.authenticate(door, request.headers(), body).await {
            return (refusal, Known::default());
        }
        let now = self.bridge.clock.now();
        let parsed = door.parse(self, request.headers(), body, now);
        match self.campaigns.admit(parsed) {
            Parsed::Event(incoming) => Box::pin(self.take_in(*incoming, request, now)).await,
            Parsed::NotForUs(reason) => {
                let known = Known::new(message::delivery_of_body(body), None);
                (Answer::Ignored(Cow::Borrowed(reason), known.clone()), known)
            }
            Parsed::Malformed(malformed) => self.keep(door, body, malformed).await,
        }
    }

    /// Lets in whoever proves to be the sender; a mismatch may be a rotation, so the secrets are
    /// read again (not more than twice a minute, whatever comes in).
    async fn authenticate(
        &self,
        door: Door,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), Answer> {
        let now = self.bridge.clock.now();
        let secrets = self.secrets.get().await.map_err(|error| {
            tracing::error!(error = %error, "the secrets cannot be read, nobody can be let in");
            Answer::Unavailable
        })?;
        let mut verdict = door.check(&secrets, headers, body, now);
        if verdict.is_err_and(AuthError::may_be_rotation)
            && self.secrets.refresh_after_mismatch(&secrets).await
            && let Ok(secrets) = self.secrets.get().await
        {
            verdict = door.check(&secrets, headers, body, now);
        }
        let Err(error) = verdict else { return Ok(()) };
        let observed = self.signature_mode == SignatureMode::Observe;
        tracing::warn!(
            door = door.name(),
            auth.error = error.name(),
            observed,
            "not authentic"
        );
        let metric = if observed {
            Metric::NotAuthenticObserved
        } else {
            Metric::NotAuthentic
        };
        metrics::emit(&[(metric, 1)], &[("auth.error", error.name())]);
        if observed {
            Ok(())
        } else {
            Err(Answer::NotAuthentic)
        }
    }

    async fn take_in(&self, incoming: Incoming, request: &Request, now: i64) -> (Answer, Known) {
        let context = request.lambda_context();
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let work = Work::request(&context.request_id, deadline, now);
        let delivery = incoming.event.delivery.clone();
        let signs_in = calls_zendesk(&incoming);
        let handled = Box::pin(self.bridge.handle(incoming, &work));
        let handled = if signs_in {
            Box::pin(self.bridge.vendors.while_signing_in(handled)).await
        } else {
            handled.await
        };
        let report = match handled {
            Ok(report) => report,
            Err(error) => {
                tracing::error!(error = %error, "the event cannot be stored");
                return (Answer::Unavailable, Known::new(delivery, None));
            }
        };
        let known = Known::new(delivery, report.ticket);
        let answer = match report.handled {
            Handled::Delivered => Answer::Delivered(known.clone()),
            Handled::Queued => Answer::Queued(known.clone()),
            Handled::Duplicate => Answer::Duplicate(known.clone()),
            Handled::Ignored(reason) => Answer::Ignored(Cow::Borrowed(reason), known.clone()),
            Handled::Full => {
                tracing::warn!(delivery.id = %known.delivery.clone().map(|id| id.to_string()).unwrap_or_default(), "the mailbox is full");
                Answer::Unavailable
            }
        };
        (answer, known)
    }

    /// Keeps what is authentic and cannot be understood, so that a person can see to it.
    async fn keep(&self, door: Door, body: &[u8], malformed: Malformed) -> (Answer, Known) {
        let id = message::delivery_of_body(body);
        let cause = malformed.to_string();
        let known = Known::new(id, None);
        let Some(id) = &known.delivery else {
            return (Answer::Malformed(malformed), known);
        };
        match self.bridge.bury_body(id, door.name(), &cause, body).await {
            Ok(()) => {
                tracing::error!(door = door.name(), delivery.id = %id, cause, "malformed: dead letter");
                (Answer::Malformed(malformed), known)
            }
            Err(error) => {
                tracing::error!(error = %error, "dead letter not kept");
                (Answer::Unavailable, known)
            }
        }
    }
}

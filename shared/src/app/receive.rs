//! What every request goes through: verify ▸ parse ▸ accept and deliver ▸ answer, and the line of
//! the log that tells of it.
//!
//! In: a [`Door`] and a request. Out: the answer. Imports all rooms, like the rest of `app`.

use std::borrow::Cow;
use std::time::Instant;

use lambda_http::{Request, RequestExt, Response};

use crate::config::SignatureMode;
use crate::conversation::step::Ending;
use crate::conversation::store::StoreError;
use crate::delivery::{Report, Work, calls_zendesk, log_name};
use crate::http::{AuthError, Known, TooLarge, WebhookAnswer, body};
use crate::message::{self, DeliveryId, Happened, Incoming, Malformed, Parsed, TicketId};
use crate::telemetry::{self, EventLine, hops, invocation, metrics};

use super::{App, Door};

impl App {
    /// Answers a request. A panic on the way is a fault of ours: the sender is asked to try again,
    /// which both do on this answer and Zendesk does not on Lambda's own.
    pub async fn receive(&self, door: Door, request: &Request) -> Response<lambda_http::Body> {
        let started = Instant::now();
        let context = request.lambda_context();
        invocation::begins(context.xray_trace_id.as_deref());
        let served = door.of_path(request.uri().path());
        let door = served.unwrap_or(door);
        let answered = telemetry::caught(self.answer(served, request));
        let (answered, hops) = hops::collected(answered).await;
        let (answer, known) = answered.unwrap_or_else(|| WebhookAnswer::Unavailable.into());
        let line = EventLine {
            request: &context.request_id,
            door: door.name(),
            sender: door.sender(),
            kind: known.kind,
            outcome: answer.name(),
            delivery: known.event.delivery.as_ref().map(DeliveryId::as_str),
            ticket: known.event.ticket.map(TicketId::get),
            customer: known.customer,
            attempts: known.attempts,
            waited_ms: None,
            total_ms: u64::try_from(started.elapsed().as_millis()).ok(),
            hops,
        };
        // An unauthenticated request has one log line already.
        if answer != WebhookAnswer::NotAuthentic {
            line.write();
        }
        answer.response()
    }

    async fn answer(&self, door: Option<Door>, request: &Request) -> (WebhookAnswer, Told) {
        let Some(door) = door else {
            return WebhookAnswer::NotServed.into();
        };
        let body = match body(request, door.most_bytes()) {
            Ok(body) => body,
            Err(TooLarge(most)) => return WebhookAnswer::TooLarge(most).into(),
        };
        let proven = match self.authenticate(door, request, body).await {
            Ok(proven) => proven,
            Err(refusal) => return refusal.into(),
        };
        let now = self.bridge.clock.now();
        match door {
            Door::BrazeEvents => return Box::pin(self.take_exported(body, request, now)).await,
            Door::ZendeskEvents => return Box::pin(self.take_happened(body, request, now)).await,
            Door::ZendeskReply | Door::ZendeskSolved | Door::BrazeInbound => {}
        }
        let parsed = door.parse(self, request.headers(), body, now);
        let parsed = super::tagged::admit(parsed, self.bridge.policy.tag.as_deref());
        match self.campaigns.admit(parsed, proven) {
            Parsed::Event(incoming) => Box::pin(self.take_in(*incoming, request, now)).await,
            Parsed::NotForUs(reason, ticket) => {
                let known = Known::new(message::delivery_of_body(body), ticket);
                let told = Told::of(known.clone());
                (WebhookAnswer::Ignored(Cow::Borrowed(reason), known), told)
            }
            // Kept, it could be signed by the tool later, and anybody could fill the table.
            Parsed::Malformed(malformed) if proven == Proven::No => {
                WebhookAnswer::Malformed(malformed).into()
            }
            Parsed::Malformed(malformed) => self.keep(door, body, malformed).await,
        }
    }

    /// Lets in requests that prove their sender, in observe mode all; a mismatch may be a rotation, so the secrets are
    /// read again (three times, then not more than twice a minute, whatever comes in).
    async fn authenticate(
        &self,
        door: Door,
        request: &Request,
        body: &[u8],
    ) -> Result<Proven, WebhookAnswer> {
        let headers = request.headers();
        let now = self.bridge.clock.now();
        let secrets = self.secrets.get().await.map_err(|error| {
            tracing::error!(error = %error, "the secrets cannot be read, so every request is answered 503");
            WebhookAnswer::Unavailable
        })?;
        super::name_customers(&secrets);
        let mut verdict = door.check(&secrets, headers, body, now);
        if verdict.is_err_and(AuthError::may_be_rotation)
            && self.secrets.refresh_after_mismatch(&secrets).await
            && let Ok(secrets) = self.secrets.get().await
        {
            verdict = door.check(&secrets, headers, body, now);
        }
        let Err(error) = verdict else {
            return Ok(Proven::Yes);
        };
        let observed = self.signature_mode == SignatureMode::Observe && door.is_observed();
        let id = request
            .lambda_context_ref()
            .map_or("", |context| &context.request_id);
        metrics::not_authentic(id, door.name(), error.name(), observed);
        if observed {
            Ok(Proven::No)
        } else {
            Err(WebhookAnswer::NotAuthentic)
        }
    }

    async fn take_in(
        &self,
        incoming: Incoming,
        request: &Request,
        now: i64,
    ) -> (WebhookAnswer, Told) {
        let context = request.lambda_context();
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let work = Work::request(&context.request_id, deadline, now);
        let told = Told {
            kind: Some(incoming.event.body.kind()),
            customer: incoming.customer.as_ref().and_then(log_name),
            ..Told::of(Known::new(incoming.event.delivery.clone(), None))
        };
        match self.bridge.was_delivered_without(&incoming).await {
            Ok(false) => {}
            Ok(true) => return (WebhookAnswer::Duplicate(told.event.clone()), told),
            Err(error) => {
                tracing::error!(error = %error, "the event cannot be stored");
                return (WebhookAnswer::Unavailable, told);
            }
        }
        let signs_in = calls_zendesk(&incoming);
        let handled = Box::pin(self.bridge.handle(incoming, &work));
        let handled = if signs_in {
            Box::pin(self.bridge.vendors.while_signing_in(handled)).await
        } else {
            handled.await
        };
        let report = match handled {
            Ok(report) => report,
            Err(StoreError::Full) => {
                let id = told.event.delivery.as_ref().map(tracing::field::display);
                tracing::warn!(delivery.id = id, "the mailbox is full");
                return (WebhookAnswer::Unavailable, told);
            }
            Err(error) => {
                tracing::error!(error = %error, "the event cannot be stored");
                return (WebhookAnswer::Unavailable, told);
            }
        };
        reported(report, told)
    }

    /// Follows what Zendesk's event stream reports. No person waits for it: an event that was lost is made up for by the
    /// next one on its ticket.
    async fn take_happened(
        &self,
        body: &[u8],
        request: &Request,
        now: i64,
    ) -> (WebhookAnswer, Told) {
        let known = Known::new(message::delivery_of_body(body), None);
        let told = Told {
            kind: Some("happened"),
            ..Told::of(known.clone())
        };
        let happened = match message::zendesk_event(body) {
            Happened::Malformed(malformed) => {
                return self.keep(Door::ZendeskEvents, body, malformed).await;
            }
            Happened::NotForUs(reason) => {
                return (WebhookAnswer::Ignored(Cow::Borrowed(reason), known), told);
            }
            happened => happened,
        };
        let context = request.lambda_context();
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let work = Work::request(&context.request_id, deadline, now);
        match Box::pin(self.bridge.follow(happened, &work)).await {
            Ok(report) => reported(report, told),
            Err(error) => {
                tracing::error!(error = %error, "an event from Zendesk's event webhook cannot be stored");
                (WebhookAnswer::Unavailable, told)
            }
        }
    }

    /// Takes in what Braze's event export brings. Nothing of it is malformed: it would be sent again for days, and
    /// then not at all any more.
    async fn take_exported(
        &self,
        body: &[u8],
        request: &Request,
        now: i64,
    ) -> (WebhookAnswer, Told) {
        let known = Known::new(message::delivery_of_body(body), None);
        let told = Told {
            kind: Some("export"),
            ..Told::of(known.clone())
        };
        let context = request.lambda_context();
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let work = Work::request(&context.request_id, deadline, now);
        let events = message::braze_events(body, now);
        let answer = match Box::pin(self.bridge.take_exported(events, &work)).await {
            Ok(0) => WebhookAnswer::Ignored(Cow::Borrowed("no event of ours"), known),
            Ok(_) => WebhookAnswer::Delivered(known),
            Err(error) => {
                tracing::error!(error = %error, "exported events cannot be stored");
                WebhookAnswer::Unavailable
            }
        };
        (answer, told)
    }

    /// Keeps what is authentic and cannot be understood, so that a person can see to it.
    async fn keep(&self, door: Door, body: &[u8], malformed: Malformed) -> (WebhookAnswer, Told) {
        let id = message::delivery_of_body(body);
        let cause = malformed.to_string();
        let answer = match self.bridge.bury_body(&id, door.name(), &cause, body).await {
            Ok(()) => {
                tracing::error!(door = door.name(), delivery.id = %id, cause, "malformed: dead letter");
                WebhookAnswer::Malformed(malformed)
            }
            Err(error) => {
                tracing::error!(error = %error, "dead letter not kept");
                WebhookAnswer::Unavailable
            }
        };
        (answer, Told::of(Known::new(id, None)))
    }
}

fn reported(report: Report, mut told: Told) -> (WebhookAnswer, Told) {
    told.attempts = report.attempts;
    told.event.ticket = report.ticket;
    let known = told.event.clone();
    let answer = match report.ending {
        Ending::Delivered => WebhookAnswer::Delivered(known),
        Ending::Duplicate => WebhookAnswer::Duplicate(known),
        Ending::Ignored(reason) => WebhookAnswer::Ignored(Cow::Borrowed(reason), known),
        // Stored; what the agent has to know is on the ticket.
        Ending::Queued | Ending::Unknown | Ending::Dead(_) => WebhookAnswer::Queued(known),
    };
    (answer, told)
}

/// Whether the sender proved who it is; without that, a request is let in by `SIGNATURE_MODE=observe` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proven {
    Yes,
    No,
}

/// What the log tells of an event beside its answer.
#[derive(Debug, Default)]
struct Told {
    event: Known,
    kind: Option<&'static str>,
    customer: Option<String>,
    attempts: Option<u32>,
}

impl Told {
    fn of(event: Known) -> Self {
        Self {
            event,
            ..Self::default()
        }
    }
}

impl From<WebhookAnswer> for (WebhookAnswer, Told) {
    fn from(answer: WebhookAnswer) -> Self {
        (answer, Told::default())
    }
}

//! Calls to Braze's REST API.
//!
//! In: [`TriggerSend`], [`UserAttributes`]. Out: [`Dispatched`] or [`BrazeError`]. Imports only `net`,
//! `secrets` and the identifiers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, StatusCode};

use super::error::BrazeError;
use super::types::{
    CampaignRecord, CustomEvent, Dispatched, ExportAnswer, ExportBody, SendBody, SentAnswer,
    StatusAnswer, SubscriptionState, TrackBody, TriggerSend, UnsubscribeBody, UserAttributes,
};
use crate::message::Customer;
use crate::net::{Answer, BaseUrl, Deadline, Http, Repeat, Request};
use crate::secrets::{SecretStore, Secrets};

/// The header that tells how many such calls the account may make, of sends in an hour.
const LIMIT: &str = "x-ratelimit-limit";

/// Calls Braze's API. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BrazeClient {
    http: Http,
    base: BaseUrl,
    secrets: Arc<SecretStore>,
    rate: Arc<Rate>,
}

/// How much Braze is asked to send, and how much it allows.
#[derive(Debug, Default)]
struct Rate {
    sends: AtomicU64,
    /// Sends an hour; zero: not known.
    limit: AtomicU32,
}

/// The secret holds no usable key for Braze.
#[derive(Debug, thiserror::Error)]
#[error("the secret holds no usable braze_api_key")]
struct NoKey;

impl BrazeClient {
    /// A client with the key that the secret holds.
    pub fn new(http: Http, base: BaseUrl, secrets: Arc<SecretStore>) -> Self {
        Self {
            http,
            base,
            secrets,
            rate: Arc::default(),
        }
    }

    /// Sends asked for so far, and how many an hour Braze allows, where its answers name it (the vendor's page on
    /// rate limits: every answer does).
    pub fn sends(&self) -> (u64, Option<u32>) {
        let limit = self.rate.limit.load(Ordering::Relaxed);
        let sends = self.rate.sends.load(Ordering::Relaxed);
        (sends, (limit > 0).then_some(limit))
    }

    /// Whether Braze exports events to the bridge: the secret holds a token for them. No call to Braze.
    pub async fn exports_events(&self) -> bool {
        let secrets = self.secrets.get().await;
        secrets.is_ok_and(|secrets| !secrets.braze_events.is_empty())
    }

    /// Sends one message to one customer. Never repeated here once it may have arrived.
    ///
    /// # Errors
    /// [`BrazeError`]; every variant but `OutcomeUnknown` means that no message was sent.
    pub async fn send(
        &self,
        send: &TriggerSend<'_>,
        deadline: Deadline,
    ) -> Result<Dispatched, BrazeError> {
        let url = self.base.at("/campaigns/trigger/send");
        let request = Request::new(Method::POST, url, Repeat::Never).json(&SendBody::of(send));
        self.rate.sends.fetch_add(1, Ordering::Relaxed);
        let answer = self.call(request, deadline).await?;
        if let Some(told) = answer.header(LIMIT) {
            // What makes no sense counts as absent.
            let limit = told.parse().unwrap_or(0);
            self.rate.limit.store(limit, Ordering::Relaxed);
        }
        // Accepted is accepted, whatever can be read of the details.
        let sent = Dispatched::from(answer.json::<SentAnswer>().unwrap_or_default());
        if sent.warnings > 0 {
            tracing::warn!(braze.warnings = sent.warnings, "braze.accepted_with_errors");
        }
        Ok(sent)
    }

    /// Sets a customer's attributes without a message. May be repeated.
    ///
    /// # Errors
    /// [`BrazeError`]; after an unknown outcome the call may be repeated without the events.
    pub async fn track(
        &self,
        customer: &Customer,
        attributes: UserAttributes,
        events: &[CustomEvent],
        deadline: Deadline,
    ) -> Result<(), BrazeError> {
        let url = self.base.at("/users/track");
        let body = TrackBody::of(customer, attributes, events);
        let repeat = match events {
            [] => Repeat::Safe,
            _ => Repeat::Never,
        };
        let request = Request::new(Method::POST, url, repeat).json(&body);
        self.call(request, deadline).await.map(drop)
    }

    /// A customer's state in an SMS subscription group: `GET /subscription/status/get`.
    ///
    /// # Errors
    /// [`BrazeError`]; nothing was changed.
    pub async fn subscription(
        &self,
        customer: &Customer,
        group: &str,
        deadline: Deadline,
    ) -> Result<SubscriptionState, BrazeError> {
        let mut url = self.base.at("/subscription/status/get");
        url.query_pairs_mut()
            .append_pair("subscription_group_id", group);
        match customer {
            Customer::Id(id) => url
                .query_pairs_mut()
                .append_pair("external_id", id.as_str()),
            Customer::Phone(phone) => url.query_pairs_mut().append_pair("phone", phone.as_e164()),
        };
        let request = Request::new(Method::GET, url, Repeat::Safe);
        let answer = self.call(request, deadline).await?;
        // An answer that cannot be read says nothing of the subscription; the SMS goes as without the look-up.
        Ok(answer.json::<StatusAnswer>().unwrap_or_default().only())
    }

    /// Takes a customer out of an SMS subscription group: `POST /subscription/status/set`. May be repeated.
    ///
    /// # Errors
    /// [`BrazeError`]; after an unknown outcome the call may be repeated.
    pub async fn unsubscribe(
        &self,
        customer: &Customer,
        group: &str,
        deadline: Deadline,
    ) -> Result<(), BrazeError> {
        let url = self.base.at("/subscription/status/set");
        let body = UnsubscribeBody::of(customer, group);
        let request = Request::new(Method::POST, url, Repeat::Safe).json(&body);
        self.call(request, deadline).await.map(drop)
    }

    /// What a customer received last of each campaign: `POST /users/export/ids`; `None`: Braze does not know them.
    ///
    /// # Errors
    /// [`BrazeError`]; nothing was changed.
    pub async fn profile(
        &self,
        customer: &Customer,
        deadline: Deadline,
    ) -> Result<Option<CampaignRecord>, BrazeError> {
        let url = self.base.at("/users/export/ids");
        let request = Request::new(Method::POST, url, Repeat::Safe).json(&ExportBody::of(customer));
        let answer = self.call(request, deadline).await?;
        let told: ExportAnswer = answer.json().map_err(BrazeError::unavailable)?;
        Ok(told.users.into_iter().next())
    }

    /// Sends a request; a refused key is reread once, because nothing was done then.
    async fn call(&self, request: Request, deadline: Deadline) -> Result<Answer, BrazeError> {
        let mut secrets = self.read_secrets(deadline).await?;
        if secrets.braze_api_key.is_none() {
            // On the first day it may have been filled in since it was read.
            let reread = self.secrets.refresh_after_rejection(&secrets);
            if deadline.run(reread).await == Some(true) {
                secrets = self.read_secrets(deadline).await?;
            }
        }
        let mut answer = self.attempt(&request, &secrets, deadline).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            let reread = deadline
                .run(self.secrets.refresh_after_rejection(&secrets))
                .await;
            let now = self.read_secrets(deadline).await?;
            if reread == Some(true) && now.braze_api_key != secrets.braze_api_key {
                answer = self.attempt(&request, &now, deadline).await?;
            }
        }
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(BrazeError::of_answer(&answer))
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        secrets: &Secrets,
        deadline: Deadline,
    ) -> Result<Answer, BrazeError> {
        let key = secrets.braze_api_key.as_ref();
        let key = key.ok_or_else(|| BrazeError::unavailable(NoKey))?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
            .map_err(|_| BrazeError::unavailable(NoKey))?;
        bearer.set_sensitive(true);
        let signed = request.clone().header(AUTHORIZATION.as_str(), bearer);
        Ok(self.http.send(signed, deadline).await?)
    }

    async fn read_secrets(&self, deadline: Deadline) -> Result<Arc<Secrets>, BrazeError> {
        match deadline.run(self.secrets.get()).await {
            Some(read) => read.map_err(BrazeError::unavailable),
            None => Err(BrazeError::unavailable("the secret was not read in time")),
        }
    }
}

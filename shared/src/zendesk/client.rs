//! One authenticated call to Zendesk, and what its answer means.
//!
//! In: a request. Out: the documented JSON, or [`ZendeskError`]. Imports only `net` and `secrets`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderName};
use reqwest::Url;
use serde::de::DeserializeOwned;

use super::auth::Tokens;
use super::error::{UPDATES, ZendeskError, part_of};
use super::oauth;
use crate::net::{Answer, BaseUrl, Deadline, Http, NoAnswer, Request};
use crate::secrets::SecretStore;

/// The header in which Zendesk names what it ignored of a request.
const WARNING: HeaderName = HeaderName::from_static("x-zendesk-api-warn");
/// The header that tells how many requests a minute the account may make.
const LIMIT: HeaderName = HeaderName::from_static("x-rate-limit");
/// Longest such warning logged, in characters.
const MAX_WARNING_CHARS: usize = 200;

/// Calls Zendesk's API. Cheap to clone: clones share the access token.
#[derive(Clone, Debug)]
pub struct ZendeskClient {
    http: Http,
    base: BaseUrl,
    tokens: Arc<Tokens>,
    /// Of the token that may read everything.
    readers: Arc<Tokens>,
    /// Of the token for uploads, where those are refused to the first one.
    uploaders: Arc<Uploaders>,
    rate: Arc<Rate>,
}

/// How files are uploaded.
#[derive(Debug)]
pub(super) struct Uploaders {
    pub(super) tokens: Tokens,
    /// Uploads have been refused to the token of everything else.
    pub(super) are_needed: AtomicBool,
}

/// How much Zendesk is asked, and how much it allows.
#[derive(Debug, Default)]
struct Rate {
    calls: AtomicU64,
    /// Requests a minute; zero: not known yet.
    limit: AtomicU32,
    /// Updates of tickets a minute; zero: not known.
    updates: AtomicU32,
}

impl ZendeskClient {
    /// A client that signs in with what the secret says.
    pub fn new(http: Http, base: BaseUrl, secrets: Arc<SecretStore>) -> Self {
        let tokens = |scope, secrets| Tokens::new(http.clone(), base.clone(), secrets, scope);
        let readers = tokens(oauth::SCOPE_TO_READ, Arc::clone(&secrets));
        let uploaders = Arc::new(Uploaders {
            tokens: tokens(oauth::SCOPE_TO_UPLOAD, Arc::clone(&secrets)),
            are_needed: AtomicBool::new(false),
        });
        let tokens = Arc::new(tokens(oauth::SCOPE, secrets));
        Self {
            http,
            base,
            tokens,
            readers: Arc::new(readers),
            uploaders,
            rate: Arc::default(),
        }
    }

    /// Calls made so far, and how many a minute the account may make, where Zendesk's answers name it (the
    /// vendor's page on rate limits: every answer does).
    pub fn rate(&self) -> (u64, Option<u32>) {
        let limit = self.rate.limit.load(Ordering::Relaxed);
        let calls = self.rate.calls.load(Ordering::Relaxed);
        (calls, (limit > 0).then_some(limit))
    }

    /// How many updates of tickets a minute the account may make, where Zendesk's answers named it lately.
    pub fn updates_a_minute(&self) -> Option<u32> {
        let told = self.rate.updates.load(Ordering::Relaxed);
        (told > 0).then_some(told)
    }

    /// Fetches an access token and opens a connection ahead of the first call.
    ///
    /// # Errors
    /// As any call; the next one tries again by itself.
    pub async fn warm_up(&self, deadline: Deadline) -> Result<(), ZendeskError> {
        self.tokens.pass(deadline).await.map(drop)
    }

    pub(super) fn uploaders(&self) -> &Uploaders {
        &self.uploaders
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(super) async fn send_streaming(
        &self,
        request: &Request,
        content: reqwest::Body,
        deadline: Deadline,
    ) -> Result<Answer, NoAnswer> {
        self.http.send_streaming(request, content, deadline).await
    }

    pub(super) fn url(&self, path: &str) -> Url {
        self.base.at(&format!("/api/v2{path}"))
    }

    pub(super) fn is_own(&self, url: &Url) -> bool {
        self.base.has_origin_of(url) && url.path().starts_with("/api/v2/")
    }

    /// The same client with a token that may read everything and write nothing.
    ///
    /// # Errors
    /// [`ZendeskError::Forbidden`] where the credentials do not give one.
    pub(super) async fn reader(&self, deadline: Deadline) -> Result<Self, ZendeskError> {
        match self.readers.pass(deadline).await {
            Ok(_) => Ok(Self {
                tokens: Arc::clone(&self.readers),
                ..self.clone()
            }),
            Err(ZendeskError::Unauthorized) => Err(ZendeskError::Forbidden),
            Err(error) => Err(error),
        }
    }

    /// Sends a request and reads the JSON of a success.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        request: Request,
        deadline: Deadline,
    ) -> Result<T, ZendeskError> {
        let write = request.is_write();
        let answer = self.success(request, deadline).await?;
        answer
            .json()
            .map_err(|error| ZendeskError::of_body(write, error))
    }

    /// Sends a request and insists on a success.
    pub(super) async fn success(
        &self,
        request: Request,
        deadline: Deadline,
    ) -> Result<Answer, ZendeskError> {
        let write = request.is_write();
        let answer = self.answer(request, deadline).await?;
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(ZendeskError::of_answer(write, &answer))
        }
    }

    /// Sends a request; a refused token is renewed once, refused credentials are reread once.
    pub(super) async fn answer(
        &self,
        request: Request,
        deadline: Deadline,
    ) -> Result<Answer, ZendeskError> {
        let mut pass = self.tokens.pass(deadline).await?;
        loop {
            let signed = request
                .clone()
                .header(AUTHORIZATION.as_str(), pass.header());
            self.rate.calls.fetch_add(1, Ordering::Relaxed);
            let sent = self.http.send(signed, deadline).await;
            let answer =
                sent.map_err(|failure| ZendeskError::of_failure(request.is_write(), failure))?;
            log_warning(&answer);
            self.note_limit(&answer);
            if answer.status != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
            match self.tokens.after_rejection(pass, deadline).await? {
                Some(next) => pass = next,
                None => return Ok(answer),
            }
        }
    }

    fn note_limit(&self, answer: &Answer) {
        // What makes no sense counts as absent.
        if let Some(told) = answer.header(LIMIT.as_str()) {
            let limit = told.parse().unwrap_or(0);
            self.rate.limit.store(limit, Ordering::Relaxed);
        }
        if let Some(told) = answer.header(UPDATES) {
            let total = part_of(told, "total").and_then(|total| u32::try_from(total).ok());
            self.rate
                .updates
                .store(total.unwrap_or(0), Ordering::Relaxed);
        }
    }
}

/// Zendesk drops what it does not know and tells only in this header, which names keys.
fn log_warning(answer: &Answer) {
    if let Some(warning) = answer.header(WARNING.as_str()) {
        let warning: String = warning.chars().take(MAX_WARNING_CHARS).collect();
        tracing::warn!(zendesk.warning = %warning, "zendesk.keys_ignored");
    }
}

//! Signing in to Zendesk: OAuth client credentials, or an e-mail address with an API token.
//!
//! In: the secret's credentials. Out: [`Pass`], the value of an `Authorization` header. One token
//! is shared by all calls and renewed by one of them while the others wait. Imports only `net` and
//! `secrets`.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::error::ZendeskError;
use super::oauth;
use super::pass::{Pass, Stage, header, legacy};
use crate::net::{BaseUrl, Deadline, Http};
use crate::secrets::{SecretStore, Secrets, ZendeskCredentials};

/// A token is renewed this long before it expires, or at half its life where that is shorter.
const RENEW_BEFORE: Duration = Duration::from_secs(90);
/// How long refused credentials are not tried again.
const REFUSAL_LIFE: Duration = Duration::from_secs(1);

/// The access token all calls share.
pub(super) struct Tokens {
    http: Http,
    base: BaseUrl,
    secrets: Arc<SecretStore>,
    scope: &'static str,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    generation: u64,
    token: Option<Token>,
    refusal: Option<Refusal>,
}

/// The credentials were refused: those who waited for the same answer get it too.
struct Refusal {
    at: Instant,
    secrets: Arc<Secrets>,
}

struct Token {
    header: HeaderValue,
    secrets: Arc<Secrets>,
    renew_at: Instant,
}

/// The secret holds no credentials for Zendesk.
#[derive(Debug, thiserror::Error)]
#[error("the secret holds no zendesk credentials")]
struct NoCredentials;

impl Tokens {
    pub(super) fn new(
        http: Http,
        base: BaseUrl,
        secrets: Arc<SecretStore>,
        scope: &'static str,
    ) -> Self {
        Self {
            http,
            base,
            secrets,
            scope,
            state: Mutex::default(),
        }
    }

    /// A pass for a call, from the cached token where it is still good.
    pub(super) async fn pass(&self, deadline: Deadline) -> Result<Pass, ZendeskError> {
        let secrets = self.read_secrets(deadline).await?;
        match self.pass_from(&secrets, 0, deadline).await {
            Err(ZendeskError::Unauthorized) => {
                let pass = self.reread(&secrets, deadline).await?;
                pass.ok_or(ZendeskError::Unauthorized)
            }
            // On the first day it may have been filled in since it was read.
            Err(error) if secrets.zendesk.is_none() => {
                self.reread(&secrets, deadline).await?.ok_or(error)
            }
            other => other,
        }
    }

    /// The next pass after one was refused; `None` where there is nothing left to try.
    pub(super) async fn after_rejection(
        &self,
        refused: Pass,
        deadline: Deadline,
    ) -> Result<Option<Pass>, ZendeskError> {
        let legacy = matches!(
            refused.secrets.zendesk,
            Some(ZendeskCredentials::Legacy { .. })
        );
        if refused.stage == Stage::First && !legacy {
            let renewed = self
                .pass_from(&refused.secrets, refused.generation, deadline)
                .await;
            match renewed {
                Err(ZendeskError::Unauthorized) => {}
                Ok(pass) => {
                    return Ok(Some(Pass {
                        stage: Stage::Renewed,
                        ..pass
                    }));
                }
                Err(error) => return Err(error),
            }
        }
        if refused.stage == Stage::Reread {
            return Ok(None);
        }
        self.reread(&refused.secrets, deadline).await
    }

    /// A pass from the secret as it is now, where it differs from the refused one.
    async fn reread(
        &self,
        refused: &Arc<Secrets>,
        deadline: Deadline,
    ) -> Result<Option<Pass>, ZendeskError> {
        let changed = deadline
            .run(self.secrets.refresh_after_rejection(refused))
            .await;
        let secrets = self.read_secrets(deadline).await?;
        if changed != Some(true) || secrets.zendesk == refused.zendesk {
            return Ok(None);
        }
        let pass = self.pass_from(&secrets, 0, deadline).await?;
        Ok(Some(Pass {
            stage: Stage::Reread,
            ..pass
        }))
    }

    async fn read_secrets(&self, deadline: Deadline) -> Result<Arc<Secrets>, ZendeskError> {
        match deadline.run(self.secrets.get()).await {
            Some(read) => read.map_err(ZendeskError::unavailable),
            None => Err(ZendeskError::unavailable("the secret was not read in time")),
        }
    }

    /// A pass from these credentials; the token of generation `refused` is not used any more.
    async fn pass_from(
        &self,
        secrets: &Arc<Secrets>,
        refused: u64,
        deadline: Deadline,
    ) -> Result<Pass, ZendeskError> {
        let (client_id, client_secret) = match &secrets.zendesk {
            Some(ZendeskCredentials::OAuth {
                client_id,
                client_secret,
            }) => (client_id, client_secret),
            Some(ZendeskCredentials::Legacy { email, token }) => {
                return legacy(email, token, secrets);
            }
            None => return Err(ZendeskError::unavailable(NoCredentials)),
        };
        let Some(mut state) = deadline.run(self.state.lock()).await else {
            return Err(ZendeskError::unavailable("no access token in time"));
        };
        let generation = state.generation;
        if let Some(token) = &state.token
            && generation != refused
            && token.secrets.zendesk == secrets.zendesk
            && Instant::now() < token.renew_at
        {
            return Ok(token.pass(generation));
        }
        if let Some(refusal) = &state.refusal
            && refusal.at.elapsed() < REFUSAL_LIFE
            && refusal.secrets.zendesk == secrets.zendesk
        {
            return Err(ZendeskError::Unauthorized);
        }
        let (http, base) = (&self.http, &self.base);
        let fetched =
            oauth::fetch(http, base, client_id, client_secret, self.scope, deadline).await;
        if matches!(fetched, Err(ZendeskError::Unauthorized)) {
            let refusal = Refusal {
                at: Instant::now(),
                secrets: Arc::clone(secrets),
            };
            *state = State {
                generation,
                token: None,
                refusal: Some(refusal),
            };
        }
        let (token, life) = fetched?;
        let header = header(&format!("Bearer {}", token.expose()))?;
        let renew_at = Instant::now() + life - RENEW_BEFORE.min(life / 2);
        let token = Token {
            header,
            secrets: Arc::clone(secrets),
            renew_at,
        };
        let pass = token.pass(generation + 1);
        *state = State {
            generation: generation + 1,
            token: Some(token),
            refusal: None,
        };
        Ok(pass)
    }
}

impl Token {
    fn pass(&self, generation: u64) -> Pass {
        Pass {
            header: self.header.clone(),
            secrets: Arc::clone(&self.secrets),
            generation,
            stage: Stage::First,
        }
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens")
    }
}

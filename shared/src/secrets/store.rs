//! The cached secret: read again after its lifetime, and at once after a vendor's rejection.
//!
//! In: [`AwsParts`] and the secret's id. Out: [`Secrets`] behind an `Arc`. Concurrent callers share
//! one read; an old value outlives a read that fails.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::config::Region;
use aws_sdk_secretsmanager::{Client, Config};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::Secrets;
use crate::aws::AwsParts;
use crate::net::Cause;

/// How long a value is used without another look.
const LIFETIME: Duration = Duration::from_secs(5 * 60);
/// Least time between two reads that a rejection, or a failed read of a known value, causes.
const REREAD_INTERVAL: Duration = Duration::from_secs(30);
/// Reads that wrong proofs at the door may cause at once; further ones by [`REREAD_INTERVAL`]. More
/// than one, so that a single forgery does not hide a rotation.
const MISMATCH_BURST: u32 = 3;

/// Why there are no secrets.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// Secrets Manager does not give the secret now; may pass, or be a missing permission.
    #[error("the secret cannot be read now")]
    Unavailable(#[source] Cause),
    /// The secret is not as the contract says; stays so until a person changes it.
    #[error("the secret's field {field} is malformed")]
    Malformed {
        /// The key, or `secret` for the whole.
        field: &'static str,
    },
}

/// The secret of this environment.
pub struct SecretStore {
    client: Client,
    secret_id: String,
    pace: Pace,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
struct Pace {
    lifetime: Duration,
    reread: Duration,
}

#[derive(Default)]
struct State {
    known: Option<Arc<Secrets>>,
    /// When the known value was confirmed last.
    read_at: Option<Instant>,
    /// When a read began last, whatever became of it.
    tried_at: Option<Instant>,
    /// Reads that vendors' refusals caused.
    refused: Looks,
    /// Reads that proofs at the door did that fit no secret: a flood at the endpoint must not use
    /// up what a refused vendor call needs.
    mismatched: Looks,
}

/// Further reads of one cause: some at once, then one in an interval; the longer none was needed, the
/// more at once.
#[derive(Default)]
struct Looks {
    /// When all of them will be there again; earlier by an interval for each that is there now.
    whole_at: Option<Instant>,
}

impl Looks {
    /// Takes one where there is one left of `burst`.
    fn take(&mut self, burst: u32, interval: Duration) -> bool {
        let now = Instant::now();
        let whole_at = self.whole_at.map_or(now, |at| at.max(now)) + interval;
        let left = whole_at.duration_since(now) <= interval * burst;
        if left {
            self.whole_at = Some(whole_at);
        }
        left
    }
}

impl SecretStore {
    /// A store that has read nothing yet.
    pub fn new(parts: &AwsParts, secret_id: impl Into<String>) -> Self {
        let pace = Pace {
            lifetime: LIFETIME,
            reread: REREAD_INTERVAL,
        };
        Self {
            client: client(parts),
            secret_id: secret_id.into(),
            pace,
            state: Mutex::default(),
        }
    }

    /// Starts the first read now, so that it runs beside whatever does not need it.
    pub fn prefetch(self: &Arc<Self>) {
        let store = Arc::clone(self);
        tokio::spawn(async move {
            // A caller that needs the secrets meets the same error and reports it.
            let _ = store.get().await;
        });
    }

    /// The secrets, from the cache while it is fresh.
    ///
    /// # Errors
    /// Where there is no value yet and none can be read.
    pub async fn get(&self) -> Result<Arc<Secrets>, SecretsError> {
        let mut state = self.state.lock().await;
        match &state.known {
            Some(known) if !self.is_due(&state) => Ok(Arc::clone(known)),
            _ => self.read(&mut state).await,
        }
    }

    /// Reads again at once, at most every 30 s; says whether the secrets are now others than
    /// `rejected`, the ones that a vendor refused.
    pub async fn refresh_after_rejection(&self, rejected: &Arc<Secrets>) -> bool {
        self.refresh(rejected, |state| &mut state.refused, 1).await
    }

    /// As [`Self::refresh_after_rejection`], for secrets that a request's proof does not fit; paced
    /// by itself, and up to three times before it is every 30 s.
    pub async fn refresh_after_mismatch(&self, mismatched: &Arc<Secrets>) -> bool {
        self.refresh(mismatched, |state| &mut state.mismatched, MISMATCH_BURST)
            .await
    }

    async fn refresh(
        &self,
        rejected: &Arc<Secrets>,
        paced_by: fn(&mut State) -> &mut Looks,
        burst: u32,
    ) -> bool {
        let mut state = self.state.lock().await;
        let other = |known: &Option<Arc<Secrets>>| known.as_ref().is_some_and(|k| k != rejected);
        if other(&state.known) {
            return true;
        }
        if !paced_by(&mut state).take(burst, self.pace.reread) {
            return false;
        }
        if let Err(error) = self.read(&mut state).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "secret.refresh_failed"
            );
        }
        other(&state.known)
    }

    fn is_due(&self, state: &State) -> bool {
        let older = |at: Option<Instant>, age| at.is_none_or(|at| at.elapsed() >= age);
        older(state.read_at, self.pace.lifetime) && older(state.tried_at, self.pace.reread)
    }

    async fn read(&self, state: &mut State) -> Result<Arc<Secrets>, SecretsError> {
        state.tried_at = Some(Instant::now());
        match self.fetch().await {
            Ok(secrets) => {
                state.read_at = Some(Instant::now());
                let kept = state.known.take().filter(|known| **known == secrets);
                let known = kept.unwrap_or_else(|| Arc::new(secrets));
                state.known = Some(Arc::clone(&known));
                Ok(known)
            }
            Err(error) => match &state.known {
                Some(known) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "secret.stale");
                    Ok(Arc::clone(known))
                }
                None => Err(error),
            },
        }
    }

    async fn fetch(&self) -> Result<Secrets, SecretsError> {
        let request = self.client.get_secret_value().secret_id(&self.secret_id);
        let answer = request
            .send()
            .await
            .map_err(|error| SecretsError::Unavailable(error.into()))?;
        let malformed = SecretsError::Malformed { field: "secret" };
        match (answer.secret_string(), answer.secret_binary()) {
            (Some(text), _) => Secrets::parse(text),
            (None, Some(blob)) => {
                Secrets::parse(std::str::from_utf8(blob.as_ref()).map_err(|_| malformed)?)
            }
            (None, None) => Err(malformed),
        }
    }
}

impl std::fmt::Debug for SecretStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretStore")
    }
}

fn client(parts: &AwsParts) -> Client {
    let mut config = Config::builder()
        .behavior_version(parts.behavior)
        .http_client(parts.http_client.clone())
        .region(Region::new(parts.region.clone()))
        .credentials_provider(parts.credentials.clone())
        .retry_config(parts.retry.clone())
        .timeout_config(parts.timeouts.clone());
    config.set_endpoint_url(parts.secretsmanager_endpoint.clone());
    Client::from_conf(config.build())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::sync::Notify;

    use super::*;
    use crate::secrets::Secret;
    use crate::test_support::{Reply, Server, Vault, aws_parts};

    fn paced(url: &str, lifetime: Duration, reread: Duration) -> SecretStore {
        let mut store = SecretStore::new(&aws_parts(url), "bridge/secret");
        store.pace = Pace { lifetime, reread };
        store
    }

    fn key(secrets: &Secrets) -> &str {
        secrets.braze_api_key.as_ref().map_or("", Secret::expose)
    }

    #[tokio::test]
    async fn the_secret_is_read_once_signed_and_by_its_id() {
        let vault = Vault::holding(json!({"braze_api_key": "k1"}));
        let store = vault.store();
        assert_eq!(key(&store.get().await.expect("readable")), "k1");
        assert_eq!(key(&store.get().await.expect("readable")), "k1");
        let seen = vault.server.requests();
        assert_eq!(seen.len(), 1);
        assert_eq!(
            seen[0].header("x-amz-target"),
            Some("secretsmanager.GetSecretValue")
        );
        assert_eq!(seen[0].json(), json!({"SecretId": "bridge"}));
        let signature = seen[0].header("authorization").expect("a signature");
        assert!(
            signature.starts_with("AWS4-HMAC-SHA256 Credential=AKIATEST/"),
            "{signature}"
        );
        assert!(
            signature.contains("/eu-west-1/secretsmanager/aws4_request"),
            "{signature}"
        );
        assert_eq!(seen[0].header("x-amz-security-token"), Some("session"));
    }

    #[tokio::test]
    async fn concurrent_callers_and_an_early_start_share_one_read() {
        let ready = Arc::new(Notify::new());
        let body = json!({"SecretString": "{}"}).to_string();
        let server = Server::script([Reply::When(ready.clone(), 200, body)]);
        let store = Arc::new(SecretStore::new(&aws_parts(&server.url()), "bridge"));
        store.prefetch();
        let (first, second, ()) = tokio::join!(store.get(), store.get(), async {
            ready.notify_one();
        });
        assert!(Arc::ptr_eq(
            &first.expect("readable"),
            &second.expect("readable")
        ));
        assert_eq!(server.requests().len(), 1);
    }

    #[tokio::test]
    async fn an_old_value_is_read_again_and_outlives_a_failed_read() {
        let secret = json!({"SecretString": r#"{"braze_api_key":"k1"}"#});
        let denied = json!({"__type": "AccessDeniedException", "Message": "no"});
        let server = Server::script([Reply::json(200, secret), Reply::json(400, denied)]);
        let store = paced(&server.url(), Duration::ZERO, Duration::ZERO);
        assert_eq!(key(&store.get().await.expect("readable")), "k1");
        assert_eq!(key(&store.get().await.expect("the old value")), "k1");
        assert_eq!(server.requests().len(), 2);
    }

    #[tokio::test]
    async fn a_rejection_reads_again_at_once_but_not_twice_in_a_row() {
        let vault = Vault::holding(json!({"braze_api_key": "k1"}));
        let store = vault.store();
        let old = store.get().await.expect("readable");
        vault.change(json!({"braze_api_key": "k2"}));
        assert!(store.refresh_after_rejection(&old).await);
        let new = store.get().await.expect("readable");
        assert_eq!(key(&new), "k2");
        // A late caller with the old value is answered without another read.
        assert!(store.refresh_after_rejection(&old).await);
        assert!(!store.refresh_after_rejection(&new).await);
        assert_eq!(vault.server.requests().len(), 2);
    }

    #[tokio::test]
    async fn mismatches_at_the_door_do_not_use_up_the_look_after_a_refusal() {
        let vault = Vault::holding(json!({"braze_api_key": "k1"}));
        let store = vault.store();
        let old = store.get().await.expect("readable");
        for _ in 0..5 {
            assert!(!store.refresh_after_mismatch(&old).await);
        }
        vault.change(json!({"braze_api_key": "k2"}));
        assert!(!store.refresh_after_mismatch(&old).await);
        assert!(store.refresh_after_rejection(&old).await);
        assert_eq!(vault.server.requests().len(), 1 + 3 + 1);
    }

    #[tokio::test]
    async fn one_forgery_does_not_hide_a_rotation() {
        let vault = Vault::holding(json!({"braze_inbound_token": "t1"}));
        let store = vault.store();
        let old = store.get().await.expect("readable");
        assert!(!store.refresh_after_mismatch(&old).await);
        vault.change(json!({"braze_inbound_token": "t2"}));
        assert!(store.refresh_after_mismatch(&old).await);
    }

    #[tokio::test(start_paused = true)]
    async fn further_looks_come_back_one_by_one() {
        const INTERVAL: Duration = Duration::from_secs(30);
        let mut looks = Looks::default();
        let taken = |looks: &mut Looks| (0..9).filter(|_| looks.take(3, INTERVAL)).count();
        assert_eq!(taken(&mut looks), 3);
        for (seconds, more) in [(29, 0), (1, 1), (59, 1), (1, 1), (1_000, 3)] {
            tokio::time::advance(Duration::from_secs(seconds)).await;
            assert_eq!(taken(&mut looks), more, "{seconds}");
        }
    }

    #[tokio::test]
    async fn a_first_read_that_fails_says_why() {
        let denied = json!({"__type": "AccessDeniedException", "Message": "no"});
        let not_json = json!({"SecretString": "hush"});
        let server = Server::script([Reply::json(400, denied), Reply::json(200, not_json)]);
        let store = SecretStore::new(&aws_parts(&server.url()), "bridge");
        assert!(matches!(
            store.get().await,
            Err(SecretsError::Unavailable(_))
        ));
        assert!(matches!(
            store.get().await,
            Err(SecretsError::Malformed { field: "secret" })
        ));
    }

    #[tokio::test]
    async fn a_throttled_read_is_tried_again() {
        let throttled = json!({"__type": "ThrottlingException", "Message": "slow down"});
        let secret = json!({"SecretString": "{}"});
        let replies = [
            Reply::json(400, throttled),
            Reply::Drop,
            Reply::json(200, secret),
        ];
        let server = Server::script(replies);
        let store = SecretStore::new(&aws_parts(&server.url()), "bridge");
        store.get().await.expect("readable in the end");
        assert_eq!(server.requests().len(), 3);
    }
}

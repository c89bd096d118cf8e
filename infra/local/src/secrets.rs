//! Secrets Manager on a loopback port: one secret, readable by name or ARN.
//!
//! In: `secretsmanager.GetSecretValue` and `PutSecretValue`, and calls of tests. Out: the secret's
//! string, how often it was asked for and written, and injected faults (by operation).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::caller;
use crate::faults::{Effect, Faults, refusal};
use simulators::serve::{Reply, Request, Server};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
const ARN_PREFIX: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";

/// A running Secrets Manager; dropping it closes its port.
pub struct Secrets {
    server: Server,
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    value: Mutex<Secret>,
    faults: Faults,
}

struct Secret {
    text: String,
    version: u64,
    reads: u64,
    writes: u64,
}

impl Secrets {
    /// Serves one secret.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn start(listener: TcpListener, name: &str, text: String) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            value: Mutex::new(Secret {
                text,
                version: 1,
                reads: 0,
                writes: 0,
            }),
            faults: Faults::default(),
        });
        let served = Arc::clone(&shared);
        let server = Server::start(listener, 64 * 1024, move |request| {
            let shared = Arc::clone(&served);
            async move {
                let operation = operation(&request);
                let act = || async { shared.answer(&request) };
                shared.faults.around(&operation, act).await.0
            }
        })?;
        Ok(Self { server, shared })
    }

    /// What `AWS_ENDPOINT_URL_SECRETS_MANAGER` is set to.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The secret's ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        self.shared.arn()
    }

    /// Replaces the secret's string.
    pub fn set(&self, text: String) {
        let mut secret = self.shared.secret();
        secret.text = text;
        secret.version += 1;
    }

    /// Changes one key of a secret that is a JSON object.
    pub fn set_key(&self, key: &str, value: &str) {
        let mut object: Value = serde_json::from_str(&self.text()).unwrap_or_else(|_| json!({}));
        object[key] = json!(value);
        self.set(object.to_string());
    }

    /// The secret's string as it is now.
    #[must_use]
    pub fn text(&self) -> String {
        self.shared.secret().text.clone()
    }

    /// How often the secret was read.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.shared.secret().reads
    }

    /// How often the secret was written over the wire.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.shared.secret().writes
    }

    /// The faults of this stand-in.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }
}

/// The role may not read the secret.
#[must_use]
pub fn access_denied() -> Effect {
    refusal(400, "AccessDeniedException")
}

/// Too many requests.
#[must_use]
pub fn throttled() -> Effect {
    refusal(400, "ThrottlingException")
}

/// There is no such secret.
#[must_use]
pub fn not_found() -> Effect {
    refusal(400, "ResourceNotFoundException")
}

/// The service is down.
#[must_use]
pub fn down() -> Effect {
    refusal(503, "ServiceUnavailableException")
}

fn operation(request: &Request) -> String {
    let target = request.header("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

impl Shared {
    fn answer(&self, request: &Request) -> Reply {
        if !caller::is_known(request) {
            return caller::unknown(CONTENT_TYPE);
        }
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let arn = self.arn();
        let id = body["SecretId"].as_str().unwrap_or_default();
        if id != self.name && id != arn {
            return error("ResourceNotFoundException");
        }
        let mut secret = self.secret();
        let mut answer = json!({
            "ARN": arn,
            "Name": self.name,
            "VersionStages": ["AWSCURRENT"],
        });
        match operation(request).as_str() {
            "GetSecretValue" => {
                secret.reads += 1;
                answer["SecretString"] = json!(secret.text);
            }
            "PutSecretValue" => {
                // The SDKs always send a token; its absence is a caller that does not retry safely.
                let token = body["ClientRequestToken"].as_str();
                let (Some(_), Some(text)) = (token, body["SecretString"].as_str()) else {
                    return error("InvalidRequestException");
                };
                text.clone_into(&mut secret.text);
                secret.version += 1;
                secret.writes += 1;
            }
            _ => return error("UnknownOperationException"),
        }
        answer["VersionId"] = json!(format!("00000000-0000-4000-8000-{:012}", secret.version));
        Reply::json(StatusCode::OK, CONTENT_TYPE, &answer)
    }

    fn arn(&self) -> String {
        format!("{ARN_PREFIX}{}-AbCdEf", self.name)
    }

    fn secret(&self) -> MutexGuard<'_, Secret> {
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn error(kind: &str) -> Reply {
    let body = json!({"__type": kind, "message": kind});
    Reply::json(StatusCode::BAD_REQUEST, CONTENT_TYPE, &body)
}

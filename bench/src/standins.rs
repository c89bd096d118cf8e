//! Stand-ins for DynamoDB, Secrets Manager, Zendesk and Braze: TLS, and answers that are ready.
//!
//! In: certificates. Out: four addresses, how often each was asked, and how long they were busy, so
//! that their time can be taken off a function's. They hold what one event needs to be a real one
//! (`table.rs`), and nothing else: their time must not be what is measured.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::http::{Answer, Connection, Request};
use crate::table::Table;
use crate::tls::Authority;

/// Token of Braze's inbound webhook.
pub const INBOUND_TOKEN: &str = "bench-inbound-token";
/// Signing secret of both Zendesk webhooks.
pub const SIGNING_SECRET: &str = "bench-signing-secret";
/// The ticket every conversation is on.
pub const TICKET: u64 = 123_456;

/// The Zendesk user whose ticket it is.
pub const REQUESTER: u64 = 36_000_000_000_001;

/// The four, running until the program ends.
#[derive(Debug)]
pub struct StandIns {
    /// `https://localhost:…` of DynamoDB.
    pub dynamodb: String,
    /// Of Secrets Manager.
    pub secrets: String,
    /// Of Zendesk.
    pub zendesk: String,
    /// Of Braze.
    pub braze: String,
    shared: Arc<Shared>,
}

/// How often each was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// DynamoDB's operations.
    pub dynamodb: u64,
    /// Secrets Manager's.
    pub secrets: u64,
    /// Zendesk's, but for access tokens.
    pub zendesk: u64,
    /// Access tokens.
    pub tokens: u64,
    /// Braze's.
    pub braze: u64,
    /// Connections, TLS handshakes that is.
    pub connections: u64,
}

#[derive(Debug, Default)]
struct Shared {
    table: Mutex<Table>,
    counts: Mutex<Counts>,
    busy: AtomicU64,
}

type Handler = fn(&Shared, &Request) -> Answer;

impl StandIns {
    /// Opens four ports and serves them.
    ///
    /// # Errors
    /// Where a port cannot be opened.
    pub fn start(authority: &Authority) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let one = |handler| serve(&authority.server, &shared, handler);
        Ok(Self {
            dynamodb: one(dynamodb)?,
            secrets: one(secrets)?,
            zendesk: one(zendesk)?,
            braze: one(braze)?,
            shared: Arc::clone(&shared),
        })
    }

    /// How often each was asked so far.
    pub fn counts(&self) -> Counts {
        *lock(&self.shared.counts)
    }

    /// How long they were busy so far, from a request's first byte to its answer's last, together.
    pub fn busy(&self) -> Duration {
        Duration::from_nanos(self.shared.busy.load(Ordering::Relaxed))
    }

    /// Empties the table; with `waiting`, one conversation is due for redelivery.
    pub fn reset(&self, waiting: bool) {
        *lock(&self.shared.table) = if waiting {
            Table::with_one_waiting()
        } else {
            Table::default()
        };
    }
}

impl Counts {
    /// What was asked since an earlier count.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self {
            dynamodb: self.dynamodb - earlier.dynamodb,
            secrets: self.secrets - earlier.secrets,
            zendesk: self.zendesk - earlier.zendesk,
            tokens: self.tokens - earlier.tokens,
            braze: self.braze - earlier.braze,
            connections: self.connections - earlier.connections,
        }
    }
}

fn serve(
    tls: &Arc<ServerConfig>,
    shared: &Arc<Shared>,
    handler: Handler,
) -> std::io::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    // `localhost` may mean this one first.
    let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).ok();
    for listener in [Some(listener), second].into_iter().flatten() {
        let (tls, shared) = (Arc::clone(tls), Arc::clone(shared));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, shared) = (Arc::clone(&tls), Arc::clone(&shared));
                std::thread::spawn(move || connection(stream, tls, &shared, handler));
            }
        });
    }
    Ok(format!("https://localhost:{port}"))
}

/// Serves a connection to its end; a client that goes away is nothing to report.
fn connection(stream: TcpStream, tls: Arc<ServerConfig>, shared: &Shared, handler: Handler) {
    lock(&shared.counts).connections += 1;
    let Ok(tls) = ServerConnection::new(tls) else {
        return;
    };
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let mut connection = Connection::new(StreamOwned::new(tls, stream));
    while let Ok(Some(request)) = connection.request() {
        let answer = handler(shared, &request);
        if connection.answer(&answer).is_err() {
            return;
        }
        let busy = u64::try_from(request.began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        shared.busy.fetch_add(busy, Ordering::Relaxed);
    }
}

fn dynamodb(shared: &Shared, request: &Request) -> Answer {
    lock(&shared.counts).dynamodb += 1;
    let target = request.header("x-amz-target").unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match lock(&shared.table).answer(operation, &body) {
        Some(answer) => Answer::json(200, answer.to_string()),
        None => Answer::json(400, r#"{"__type":"ValidationException","message":"bench"}"#),
    }
}

fn secrets(shared: &Shared, _: &Request) -> Answer {
    lock(&shared.counts).secrets += 1;
    let secret = json!({
        "zendesk_oauth_client_id": "bench", "zendesk_oauth_client_secret": "bench-client-secret",
        "zendesk_reply_signing_secret": SIGNING_SECRET,
        "zendesk_solved_signing_secret": SIGNING_SECRET,
        "braze_api_key": "bench-key", "braze_inbound_token": INBOUND_TOKEN,
    });
    let answer = json!({"ARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bench",
        "Name": "bench", "VersionId": "00000000-0000-4000-8000-000000000000",
        "VersionStages": ["AWSCURRENT"], "SecretString": secret.to_string(),
        "CreatedDate": 1_790_000_000});
    Answer::json(200, answer.to_string())
}

fn zendesk(shared: &Shared, request: &Request) -> Answer {
    let path = request.path.split('?').next().unwrap_or_default();
    if path == "/oauth/tokens" {
        lock(&shared.counts).tokens += 1;
        let body = r#"{"access_token":"bench-token","token_type":"bearer","expires_in":1800}"#;
        return Answer::json(200, body);
    }
    lock(&shared.counts).zendesk += 1;
    if path.ends_with("/comments") {
        return Answer::json(
            200,
            r#"{"comments":[],"users":[],"meta":{"has_more":false}}"#,
        );
    }
    // Only what was solved is looked up.
    let status = if request.method == "GET" {
        "solved"
    } else {
        "open"
    };
    let answer = format!(
        r#"{{"ticket":{{"id":{TICKET},"status":"{status}","subject":"SMS","tags":["braze_sms"],"requester_id":{REQUESTER},"updated_at":"2026-11-22T10:00:00Z"}},"audit":{{"id":1,"events":[{{"type":"Comment","id":36000000000009}}]}},"users":[{{"id":{REQUESTER},"name":"Ana Silva","role":"end-user"}}]}}"#
    );
    Answer::json(200, answer)
}

fn braze(shared: &Shared, _: &Request) -> Answer {
    lock(&shared.counts).braze += 1;
    let body = r#"{"dispatch_id":"bench-dispatch","message":"success"}"#;
    Answer::json(201, body)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

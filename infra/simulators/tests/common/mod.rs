//! What the tests share: an HTTP client, a token, an endpoint that records webhooks.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test file uses a part of this"
)]
#![allow(missing_docs, reason = "a test helper")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use simulators::zendesk::Zendesk;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// An HTTP client for loopback addresses.
pub fn client() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .build()
        .unwrap()
}

pub const SCOPE: &str = "read write";

/// A client with a token of a simulated account.
pub struct Api {
    pub client: reqwest::Client,
    base: String,
    token: String,
}

impl Api {
    pub async fn new(zendesk: &Zendesk) -> Self {
        Self::with_scope(zendesk, json!(SCOPE)).await
    }

    pub async fn with_scope(zendesk: &Zendesk, scope: Value) -> Self {
        let client = client();
        let base = zendesk.base_url();
        let body = json!({"grant_type": "client_credentials", "client_id": "braze-bridge",
            "client_secret": "zendesk-oauth-secret", "scope": scope});
        let answer = client
            .post(format!("{base}/oauth/tokens"))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        let token = json_of(answer).await["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        Self {
            client,
            base,
            token,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/api/v2{path}", self.base))
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        both(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        both(self.send(Method::POST, path, body).await).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        both(self.send(Method::PUT, path, body).await).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> Response {
        let request = self
            .request(method, path)
            .header("content-type", "application/json");
        request.body(body.to_string()).send().await.unwrap()
    }

    /// A customer of this external id.
    pub async fn user(&self, external_id: &str) -> u64 {
        let user = json!({"user": {"external_id": external_id, "name": "Cleo Customer",
            "user_fields": {"braze_external_id": external_id}}});
        let (status, body) = self.post("/users/create_or_update", user).await;
        assert!(status == 200 || status == 201, "{body}");
        body["user"]["id"].as_u64().unwrap()
    }

    /// A ticket of a new customer with the comment `hello`.
    pub async fn ticket(&self, external_id: &str) -> u64 {
        let user = self.user(external_id).await;
        let ticket = json!({"ticket": {"requester_id": user, "subject": "SMS",
            "comment": {"html_body": "hello", "author_id": user}}});
        let (status, body) = self.post("/tickets", ticket).await;
        assert_eq!(status, 201, "{body}");
        body["ticket"]["id"].as_u64().unwrap()
    }
}

pub async fn both(response: Response) -> (u16, Value) {
    (response.status().as_u16(), json_of(response).await)
}

pub async fn json_of(response: Response) -> Value {
    serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default()
}

/// A request an endpoint received.
#[derive(Clone)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap().to_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What an endpoint answers next: status and `Retry-After`; status 0 is no answer at all.
pub type Script = Vec<(u16, Option<u32>)>;

/// An endpoint that records what it gets, answers by a script, and 200 after its end.
#[derive(Clone)]
pub struct Endpoint {
    pub url: String,
    inner: Arc<Inner>,
}

struct Inner {
    received: watch::Sender<Vec<Received>>,
    script: Mutex<Script>,
}

impl Endpoint {
    pub async fn start(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            received: watch::Sender::new(Vec::new()),
            script: Mutex::new(script),
        });
        let app = Router::new()
            .fallback(record)
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, inner }
    }

    pub fn received(&self) -> Vec<Received> {
        self.inner.received.borrow().clone()
    }

    /// The requests, once there are this many.
    pub async fn wait(&self, count: usize) -> Vec<Received> {
        let mut received = self.inner.received.subscribe();
        let enough = received.wait_for(|all| all.len() >= count);
        let enough = tokio::time::timeout(Duration::from_secs(30), enough).await;
        enough.unwrap().unwrap().clone()
    }
}

async fn record(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    let body = String::from_utf8(body.to_vec()).unwrap();
    inner
        .received
        .send_modify(|all| all.push(Received { headers, body }));
    let next = {
        let mut script = inner.script.lock().unwrap();
        if script.is_empty() {
            (200, None)
        } else {
            script.remove(0)
        }
    };
    if next.0 == 0 {
        std::future::pending::<()>().await;
    }
    let mut answer_headers = HeaderMap::new();
    if let Some(seconds) = next.1 {
        answer_headers.insert(header::RETRY_AFTER, seconds.into());
    }
    (
        StatusCode::from_u16(next.0).unwrap(),
        answer_headers,
        "{\"outcome\":\"x\"}",
    )
}

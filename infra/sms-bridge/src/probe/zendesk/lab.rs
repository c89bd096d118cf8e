//! The Zendesk account as `sms-bridge probe` works in it: what it makes, it marks, so that it finds it again.
//!
//! In: a signed-in administrator. Out: users, tickets, webhooks and triggers of the probe's own, and answers as
//! they come.

use std::time::Duration;

use http::{HeaderMap, Method};
use serde_json::{Value, json};
use shared::net::{Answer, BaseUrl, Http};
use tokio::time::{Instant, sleep};

use crate::setup::found::id;
use crate::zendesk::{Admin, Credentials, Trouble, sign_in};

/// In the name of everything the probe makes.
pub(crate) const MARK: &str = "sms-bridge probe";
/// The external ids of its users begin so, and all its tickets have it.
pub(crate) const OWN: &str = "sms-bridge-probe";
/// On all its tickets; its trigger runs for no others.
pub(crate) const TAG: &str = "sms_bridge_probe";
/// The users there may be, by the end of their external ids.
pub(crate) const PEOPLE: [&str; 7] = [
    "requester",
    "merged",
    "left",
    "Case",
    "phone",
    "second-phone",
    "suspended",
];

/// The first pause between two looks at something that is awaited.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The account.
pub(crate) struct Lab {
    pub(crate) http: Http,
    pub(crate) base: BaseUrl,
    pub(crate) credentials: Credentials,
    pub(crate) admin: Admin,
    /// Where its webhooks post to.
    pub(crate) endpoint: String,
    /// How long something is awaited that may never come.
    pub(crate) patience: Duration,
    /// How long the export is awaited, which is a minute late at least.
    pub(crate) export_patience: Duration,
    /// How long a new ticket is looked for by search, which is minutes late.
    pub(crate) search_patience: Duration,
}

/// An answer, read.
pub(crate) struct Seen {
    /// Its status.
    pub(crate) status: u16,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its body; null where it is no JSON.
    pub(crate) body: Value,
    /// The same as text.
    pub(crate) text: String,
}

impl Seen {
    /// Reads an answer.
    pub(crate) fn of(answer: Answer) -> Self {
        let (status, headers) = (answer.status.as_u16(), answer.headers.clone());
        let bytes = answer.body.unwrap_or_default();
        Self {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Whether the call went well.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Lab {
    /// Makes a call as an administrator.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Seen, Trouble> {
        let answer = self.admin.ask(method, path, &[], body).await?;
        Ok(Seen::of(answer))
    }

    /// Makes a call that has to go well.
    async fn made(&self, path: &str, body: &Value, name: &str) -> Result<Value, Trouble> {
        let told = self.admin.change(Method::POST, path, Some(body)).await?;
        Ok(told[name].clone())
    }

    /// A program with narrower scopes.
    pub(crate) async fn with_scope(&self, scope: &str) -> Result<Admin, Trouble> {
        sign_in(&self.http, &self.base, &self.credentials, &[scope]).await
    }

    /// A user of the probe's, one of [`PEOPLE`]; the same one each time.
    pub(crate) async fn user(&self, who: &str) -> Result<String, Trouble> {
        let user = json!({"name": format!("{MARK} {who}"), "external_id": external_id(who),
            "skip_verify_email": true});
        let body = json!({ "user": user });
        let made = self.made("/users/create_or_update", &body, "user").await?;
        id(&made).ok_or_else(|| Trouble::NotZendesk("POST /users/create_or_update".to_owned()))
    }

    /// A new ticket of this user's.
    pub(crate) async fn ticket(&self, user: &str) -> Result<String, Trouble> {
        let comment = json!({"body": "Made by sms-bridge probe, and deleted at its end.",
            "public": true, "author_id": number(user)});
        let ticket = json!({"subject": MARK, "requester_id": number(user), "comment": comment,
            "external_id": OWN, "tags": [TAG]});
        let body = json!({ "ticket": ticket });
        let made = self.made("/tickets", &body, "ticket").await?;
        id(&made).ok_or_else(|| Trouble::NotZendesk("POST /tickets".to_owned()))
    }

    /// Changes a ticket, whatever is answered.
    pub(crate) async fn update(&self, ticket: &str, change: Value) -> Result<Seen, Trouble> {
        let body = json!({ "ticket": change });
        let path = format!("/tickets/{ticket}");
        self.call(Method::PUT, &path, Some(&body)).await
    }

    /// A webhook, and its id.
    pub(crate) async fn webhook(&self, name: &str, follows: &[&str]) -> Result<String, Trouble> {
        let webhook = json!({"name": format!("{MARK}: {name}"), "endpoint": self.endpoint,
            "http_method": "POST", "request_format": "json", "status": "active",
            "subscriptions": follows});
        let body = json!({ "webhook": webhook });
        let made = self.made("/webhooks", &body, "webhook").await?;
        id(&made).ok_or_else(|| Trouble::NotZendesk("POST /webhooks".to_owned()))
    }

    /// The bodies that a webhook has sent, oldest first, once there are any for which `enough` holds, or the
    /// patience is over. Zendesk keeps what it sent, whatever was answered (reference, "Webhooks": List Webhook
    /// Invocation Attempts).
    pub(crate) async fn bodies(
        &self,
        webhook: &str,
        enough: impl Fn(&[String]) -> bool,
    ) -> Result<Vec<String>, Trouble> {
        let mut waits = Waits::of(self.patience);
        loop {
            let bodies = self.sent(webhook).await?;
            if enough(&bodies) || !waits.again().await {
                return Ok(bodies);
            }
        }
    }

    async fn sent(&self, webhook: &str) -> Result<Vec<String>, Trouble> {
        let path = format!("/webhooks/{webhook}/invocations");
        let mut bodies = Vec::new();
        for invocation in self.admin.list(&path, "invocations").await? {
            let Some(invocation) = id(&invocation) else {
                continue;
            };
            let attempts = format!("{path}/{invocation}/attempts");
            let attempts = self.admin.list(&attempts, "attempts").await?;
            for attempt in attempts.into_iter().take(1) {
                bodies.extend(match &attempt["request"]["payload"] {
                    Value::String(body) => Some(body.clone()),
                    Value::Null => None,
                    other => Some(other.to_string()),
                });
            }
        }
        Ok(bodies)
    }
}

/// Looks with pauses between them, until the time is over.
pub(crate) struct Waits {
    until: Instant,
    pause: Duration,
}

impl Waits {
    /// For so long at most.
    pub(crate) fn of(time: Duration) -> Self {
        Self {
            until: Instant::now() + time,
            pause: FIRST_PAUSE,
        }
    }

    /// Pauses; false: the time is over.
    pub(crate) async fn again(&mut self) -> bool {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        sleep(self.pause.min(left)).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        true
    }
}

/// The external id of one of [`PEOPLE`].
pub(crate) fn external_id(who: &str) -> String {
    format!("{OWN}-{who}")
}

/// An id as the API wants it.
pub(crate) fn number(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| json!(id), Value::from)
}

//! A Braze workspace as the probe asks it: whatever it answers.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use http::{HeaderValue, Method};
use serde_json::Value;
use shared::net::{Answer, BaseUrl, Deadline, Http, Repeat, Request};

/// Longest one call takes.
const LIMIT: Duration = Duration::from_secs(20);

/// A workspace, by its key.
pub(crate) struct Workspace {
    pub(crate) http: Http,
    pub(crate) base: BaseUrl,
    pub(crate) key: String,
    /// How long something is awaited that may never come.
    pub(crate) patience: Duration,
    /// This run made a content block.
    pub(crate) has_block: AtomicBool,
}

/// An answer, read.
pub(crate) struct Told {
    /// Its status.
    pub(crate) status: u16,
    /// Its body; null where it is no JSON.
    pub(crate) body: Value,
}

impl Told {
    /// Whether the key is unknown, or lacks the permission.
    pub(crate) fn is_forbidden(&self) -> bool {
        matches!(self.status, 401 | 403)
    }

    /// Whether the call went well.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Workspace {
    /// Posts JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Told, String> {
        let url = self.base.at(path);
        self.send(Request::new(Method::POST, url, Repeat::Never).json(body))
            .await
    }

    /// Reads.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Told, String> {
        let mut url = self.base.at(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(Request::get(url)).await
    }

    async fn send(&self, request: Request) -> Result<Told, String> {
        let key = HeaderValue::from_str(&format!("Bearer {}", self.key));
        let mut key = key.map_err(|_| "the key holds characters that no header carries")?;
        key.set_sensitive(true);
        let request = request.header("authorization", key);
        let answer: Answer = self
            .http
            .send(request, Deadline::after(LIMIT))
            .await
            .map_err(|_| "Braze cannot be reached".to_owned())?;
        let status = answer.status.as_u16();
        let body = answer.json().unwrap_or_default();
        Ok(Told { status, body })
    }

    /// The API-triggered campaigns, each with its id and what `GET /campaigns/details` tells of it; the first
    /// hundred.
    pub(crate) async fn campaigns(&self) -> Result<Vec<(String, Value)>, String> {
        let query = [("include_archived", "true"), ("sort_direction", "desc")];
        let list = self.get("/campaigns/list", &query).await?;
        if !list.is_success() {
            return Err(format!(
                "the list of campaigns was answered {}",
                list.status
            ));
        }
        let mut campaigns = Vec::new();
        let all = list.body["campaigns"].as_array().cloned();
        for one in all.unwrap_or_default() {
            let Some(id) = one["id"]
                .as_str()
                .filter(|_| one["is_api_campaign"] == true)
            else {
                continue;
            };
            let query = [("campaign_id", id)];
            let details = self.get("/campaigns/details", &query).await?;
            if details.is_success() {
                campaigns.push((id.to_owned(), details.body));
            }
        }
        Ok(campaigns)
    }
}

//! A customer's text: its category, the webhook campaign's body, Braze's retries.
//!
//! In: who texted what. Out: a request to the configured endpoint, and what came back. Imports
//! the workspace and the Liquid renderer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, json};

use crate::ids;
use crate::post::NoAnswer;

use super::config::{BodyFormat, Inbound, MediaStyle};
use super::liquid::{Scope, render};
use super::model::{Category, InboundDelivery, State};
use super::workspace::Workspace;

/// Requests in all.
const TRIES: usize = 5;
/// The first wait; doubled each time, so that five tries take about half an hour.
const FIRST_WAIT: Duration = Duration::from_secs(120);

/// What `sms-bridge setup braze` gives to paste, in the campaign of the support keyword.
const CONTRACT_BODY: &str = include_str!("../../../braze/inbound.liquid");

/// The part of it that differs between campaigns.
const CONTRACT_KIND: &str = r#""kind":"message","support":true"#;

const GUIDE_BODY: &str = r#"{"ticket":{"subject":"Action Needed","comment":{"body":"{{sms.${inbound_message_body}}}"},"requester":{"name":"{{${first_name}}} {{${last_name}}}","user_fields":{"braze_external_id":"{{${user_id}}}"}},"priority":"normal","type":"problem"}}"#;

/// Takes a text in, and posts it where a campaign is set up for its category.
pub(super) async fn text(
    workspace: &Arc<Workspace>,
    external_id: &str,
    text: &str,
    media: &[String],
) -> InboundDelivery {
    let now = workspace.core.clock.now_ms();
    let media = media_text(workspace.config.media_style, media);
    let delivery = workspace.core.change(|state| {
        let category = classify(state, external_id, text);
        if let Some(user) = state.users.get_mut(external_id) {
            user.opted_out = match category {
                Category::OptOut => true,
                Category::OptIn => false,
                _ => user.opted_out,
            };
        }
        let dispatch_id = ids::hex();
        let payload = payload(state, external_id, category, (text, &media), &dispatch_id);
        InboundDelivery {
            external_user_id: external_id.to_owned(),
            category,
            payload: payload.unwrap_or_default(),
            dispatch_id,
            status: None,
            body: String::new(),
            attempts: Vec::new(),
            at_ms: now,
            text: text.to_owned(),
        }
    });
    post(workspace, delivery).await
}

/// Posts a delivery with all retries, and logs it.
pub(super) async fn post(
    workspace: &Arc<Workspace>,
    mut delivery: InboundDelivery,
) -> InboundDelivery {
    delivery.status = None;
    delivery.attempts.clear();
    delivery.body.clear();
    let inbound = workspace.core.read(|state| state.inbound.clone());
    // It is shown as under way until it is in the log.
    let way = UnderWay::enter(workspace, &delivery);
    if let Some(inbound) = inbound.filter(|_| !delivery.payload.is_empty()) {
        while let Some(wait) = attempt(workspace, &inbound, &mut delivery).await {
            way.tell(&delivery);
            tokio::time::sleep(wait.mul_f64(workspace.config.retry_wait_scale)).await;
        }
    }
    workspace
        .core
        .change(|state| state.inbound_log.push(delivery.clone()));
    drop(way);
    delivery
}

/// A text that is shown as under way until this is dropped.
struct UnderWay {
    workspace: Arc<Workspace>,
    dispatch_id: String,
}

impl UnderWay {
    fn enter(workspace: &Arc<Workspace>, delivery: &InboundDelivery) -> Self {
        workspace
            .core
            .change(|state| state.texting.push(delivery.clone()));
        Self {
            workspace: Arc::clone(workspace),
            dispatch_id: delivery.dispatch_id.clone(),
        }
    }

    fn tell(&self, delivery: &InboundDelivery) {
        self.workspace.core.change(|state| {
            let mut texting = state.texting.iter_mut();
            if let Some(shown) = texting.find(|text| text.dispatch_id == self.dispatch_id) {
                *shown = delivery.clone();
            }
        });
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.workspace.core.change(|state| {
            let mut texting = state.texting.iter();
            if let Some(at) = texting.position(|text| text.dispatch_id == self.dispatch_id) {
                state.texting.remove(at);
            }
        });
    }
}

/// Makes one request; returns how long to wait before the next, if there is to be one.
async fn attempt(
    workspace: &Workspace,
    inbound: &Inbound,
    delivery: &mut InboundDelivery,
) -> Option<Duration> {
    let headers = [
        ("content-type".to_owned(), "application/json".to_owned()),
        (
            "authorization".to_owned(),
            format!("Bearer {}", inbound.token),
        ),
    ];
    let timeout = workspace.config.webhook_timeout;
    let answer = workspace
        .poster
        .post(&inbound.url, &headers, &delivery.payload, timeout)
        .await;
    let made = delivery.attempts.len();
    let backoff = FIRST_WAIT * 2_u32.pow(u32::try_from(made).unwrap_or(0).min(8));
    let (status, body, wait) = match answer {
        Ok(answered) => {
            let again = matches!(answered.status, 408 | 429 | 500..=599);
            let wait = answered.retry_after.map_or(backoff, Duration::from_secs);
            (Some(answered.status), answered.body, again.then_some(wait))
        }
        Err(NoAnswer::TimedOut | NoAnswer::Unreachable(_)) => (None, String::new(), Some(backoff)),
    };
    delivery.status = status;
    delivery.body = body;
    delivery.attempts.push(status);
    wait.filter(|_| made + 1 < TRIES)
}

/// Keywords are whole messages of one word, whatever their case, taken before anything else.
fn classify(state: &State, external_id: &str, text: &str) -> Category {
    if state
        .users
        .get(external_id)
        .is_none_or(|user| user.phone.is_empty())
    {
        return Category::UnknownUser;
    }
    let word = text.trim().to_uppercase();
    let support = state
        .inbound
        .iter()
        .flat_map(|inbound| &inbound.support_keywords);
    match word.as_str() {
        "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" => Category::OptOut,
        "START" | "YES" | "UNSTOP" => Category::OptIn,
        "HELP" | "INFO" => Category::Help,
        _ if support
            .into_iter()
            .any(|keyword| keyword.to_uppercase() == word) =>
        {
            Category::Support
        }
        _ => Category::Other,
    }
}

/// The body of the campaign for this category, if there is one.
fn payload(
    state: &State,
    external_id: &str,
    category: Category,
    (text, media): (&str, &str),
    dispatch_id: &str,
) -> Option<String> {
    let user = state.users.get(external_id)?;
    let kind = match category {
        Category::OptOut => "opted_out",
        Category::OptIn => "opted_in",
        Category::Help => "help",
        Category::Support | Category::Other => "message",
        Category::UnknownUser => return None,
    };
    let support = category == Category::Support;
    let template = match state.inbound.as_ref()?.format {
        BodyFormat::Contract => CONTRACT_BODY.trim_end().replace(
            CONTRACT_KIND,
            &format!(r#""kind":"{kind}","support":{support}"#),
        ),
        BodyFormat::Guide if support => GUIDE_BODY.to_owned(),
        BodyFormat::Guide => return None,
    };
    let sms = [
        ("inbound_message_body", text),
        ("inbound_media_urls", media),
    ];
    Some(render(
        &template,
        &Scope {
            user,
            properties: &Map::new(),
            sms: &sms,
            dispatch_id,
        },
    ))
}

fn media_text(style: MediaStyle, media: &[String]) -> String {
    match style {
        _ if media.is_empty() => String::new(),
        MediaStyle::Commas => media.join(","),
        MediaStyle::Spaces => media.join(" "),
        MediaStyle::Lines => media.join("\n"),
        MediaStyle::JsonArray => json!(media).to_string(),
    }
}

//! Who is calling: OAuth tokens, the legacy API token, scopes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids;
use crate::wire::{Answer, Ask};

use super::model::AccountState;
use super::work::Work;

mod scopes;

pub(super) use scopes::permit;

/// An access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Token {
    /// `None`: malformed when asked for, so good for nothing.
    scopes: Option<Vec<String>>,
    expires_at_ms: i64,
    /// The client it was given to.
    #[serde(default)]
    client: String,
}

/// Whose rights a call has.
pub(super) struct Caller {
    pub(super) user_id: u64,
    /// `None`: everything, as with an API token.
    scopes: Option<Vec<String>>,
}

/// Seconds a token may be asked to live.
const LIVES: std::ops::RangeInclusive<i64> = 300..=172_800;

const RESOURCES: &[&str] = &[
    "tickets",
    "users",
    "auditlogs",
    "organizations",
    "hc",
    "apps",
    "triggers",
    "automations",
    "targets",
    "webhooks",
    "macros",
    "requirements",
    "satisfaction_ratings",
    "dynamic_content",
    "any_channel",
    "web_widget",
    "zis",
];

/// `POST /oauth/tokens`.
pub(super) fn token(work: &mut Work<'_>, ask: &Ask) -> Answer {
    let body = ask.json().unwrap_or_default();
    if body["grant_type"] != "client_credentials" {
        return refused(
            400,
            "unsupported_grant_type",
            "The grant type is not supported",
        );
    }
    let client = body["client_id"].as_str().unwrap_or_default();
    let is = |id: &str, secret: &str| client == id && body["client_secret"] == secret;
    let known = match &work.state.oauth_clients {
        None => is(
            &work.config.oauth_client_id,
            &work.config.oauth_client_secret,
        ),
        Some(clients) => clients.iter().any(|(id, secret)| is(id, secret)),
    };
    if !known {
        return refused(401, "invalid_client", "Client authentication failed");
    }
    if let (Some(allowed), Some(asked)) = (&work.state.allowed_scopes, body["scope"].as_str()) {
        let mut asked = asked.split(' ').filter(|word| !word.is_empty());
        if !asked.all(|scope| allowed.iter().any(|have| have == scope)) {
            return refused(400, "invalid_scope", "The requested scope is invalid");
        }
    }
    let variants = &work.config.variants;
    let usual = i64::try_from(variants.token_life.as_secs()).unwrap_or(i64::MAX / 1000);
    let life = match &body["expires_in"] {
        Value::Null => usual,
        asked => asked.as_i64().unwrap_or_default(),
    };
    if life != usual && !LIVES.contains(&life) {
        let text = "expires_in must be between 300 and 172800 seconds";
        return refused(400, "invalid_request", text);
    }
    let token = ids::hex() + &ids::hex();
    work.state.tokens.insert(
        token.clone(),
        Token {
            scopes: scopes(&body["scope"]),
            expires_at_ms: work.now + life * 1000,
            client: client.to_owned(),
        },
    );
    let mut answer = json!({"access_token": token, "token_type": "bearer", "scope": body["scope"]});
    if variants.token_says_expires_in {
        answer["expires_in"] = json!(life);
    }
    Answer::json(200, &answer)
}

/// These are the OAuth clients from now on; the tokens of all others end.
pub(super) fn set_clients(state: &mut AccountState, clients: &[(&str, &str)]) {
    let owned = |(id, secret): &(&str, &str)| ((*id).to_owned(), (*secret).to_owned());
    state.oauth_clients = Some(clients.iter().map(owned).collect());
    state
        .tokens
        .retain(|_, token| clients.iter().any(|(id, _)| *id == token.client));
}

fn refused(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(
        status,
        &json!({"error": error, "error_description": description}),
    )
}

fn scopes(value: &Value) -> Option<Vec<String>> {
    let words: Vec<String> = value
        .as_str()?
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let well_formed = !words.is_empty()
        && words.iter().all(|word| match word.split_once(':') {
            None => matches!(word.as_str(), "read" | "write" | "impersonate"),
            Some((resource, right)) => {
                RESOURCES.contains(&resource) && matches!(right, "read" | "write")
            }
        });
    well_formed.then_some(words)
}

/// The caller, if the credentials are good.
pub(super) fn caller(work: &Work<'_>, ask: &Ask) -> Result<Caller, Answer> {
    let (scheme, value) = ask
        .header("authorization")
        .and_then(|header| header.split_once(' '))
        .unwrap_or_default();
    let wrong = || Answer::json(401, &json!({"error": "Couldn't authenticate you"}));
    if scheme.eq_ignore_ascii_case("bearer") {
        let token = work
            .state
            .tokens
            .get(value)
            .filter(|token| work.now < token.expires_at_ms);
        let user_id = api_user(work.state);
        let scopes = |token: &Token| Some(token.scopes.clone().unwrap_or_default());
        return token
            .map(|token| Caller {
                user_id,
                scopes: scopes(token),
            })
            .ok_or_else(|| {
                refused(
                    401,
                    "invalid_token",
                    "The access token provided is expired, revoked, \
                     malformed or invalid for other reasons.",
                )
            });
    }
    let legacy = format!(
        "{}/token:{}",
        work.config.legacy_email, work.config.legacy_token
    );
    let sent = STANDARD.decode(value).unwrap_or_default();
    if scheme.eq_ignore_ascii_case("basic")
        && !work.config.legacy_token.is_empty()
        && sent == legacy.as_bytes()
    {
        return Ok(Caller {
            user_id: api_user(work.state),
            scopes: None,
        });
    }
    Err(wrong())
}

/// The user who made the OAuth client and the API token: the first of the account.
pub(super) fn api_user(state: &AccountState) -> u64 {
    state.users.values().next().map_or(0, |user| user.id)
}

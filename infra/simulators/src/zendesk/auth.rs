//! Who is calling: OAuth tokens, the legacy API token, scopes.
//!
//! In: the `authorization` header. Out: a caller, or Zendesk's refusal. Imports work and wire.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids;
use crate::wire::{Answer, Ask};

use super::model::{Role, State};
use super::work::Work;

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
    let life = i64::try_from(variants.token_life.as_secs()).unwrap_or(i64::MAX / 1000);
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
pub(super) fn set_clients(state: &mut State, clients: &[(&str, &str)]) {
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
pub(super) fn api_user(state: &State) -> u64 {
    state.users.values().next().map_or(0, |user| user.id)
}

/// Families of calls that only administrators may make; agents may read triggers and user fields.
fn is_for_admins(operation: &str) -> bool {
    let (family, verb) = operation.split_once('.').unwrap_or((operation, ""));
    match family {
        "webhooks" | "incremental" => true,
        "triggers" | "trigger_categories" | "user_fields" => verb != "list" && verb != "show",
        _ => false,
    }
}

/// Refuses a caller whose scopes do not cover the operation.
pub(super) fn permit(work: &Work<'_>, caller: &Caller, operation: &str) -> Result<(), Answer> {
    let role = work.user(caller.user_id).map(|user| user.role);
    if role != Some(Role::Admin) && is_for_admins(operation) {
        let error = json!({"title": "Forbidden", "message": "You do not have access to this page. \
            Please contact the account owner of this help desk for further help."});
        return Err(Answer::json(403, &json!({"error": error})));
    }
    let Some(scopes) = &caller.scopes else {
        return Ok(());
    };
    let (resource, right) = needed(operation);
    let has = |scope: &str| scopes.iter().any(|have| have == scope);
    if has(right) || (!is_global(work, operation) && has(&format!("{resource}:{right}"))) {
        return Ok(());
    }
    let description = match work.config.variants.forbidden_names_scopes {
        true => format!("You are missing the following required scopes: {right}"),
        false => "You do not have access to this resource".to_owned(),
    };
    let body = json!({"error": "Forbidden", "description": description});
    Err(Answer::json(403, &body))
}

/// Calls that a resource's own scope does not open.
fn is_global(work: &Work<'_>, operation: &str) -> bool {
    let variants = &work.config.variants;
    match operation {
        "audits.list" => variants.audits_need_global_read,
        "metrics.show" => !variants.metrics_take_ticket_scopes,
        "uploads.create" => !variants.uploads_take_ticket_scopes,
        _ => false,
    }
}

fn needed(operation: &str) -> (&str, &str) {
    let (family, verb) = operation.split_once('.').unwrap_or((operation, ""));
    let resource = match family {
        "comments" | "audits" | "metrics" | "uploads" => "tickets",
        "user_fields" => "users",
        "incremental" | "groups" | "brands" | "ticket_forms" | "ticket_fields"
        | "custom_statuses" => "tickets",
        "trigger_categories" => "triggers",
        other => other,
    };
    let reads = matches!(
        verb,
        "list"
            | "show"
            | "me"
            | "search"
            | "apply"
            | "tickets"
            | "ticket_events"
            | "signing_secret"
            | "invocations"
            | "attempts"
    );
    (resource, if reads { "read" } else { "write" })
}

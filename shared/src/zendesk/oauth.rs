//! One exchange of client credentials for an access token.
//!
//! In: a client's id and secret. Out: a token with its life. Imports only `net` and `secrets`.

use std::time::Duration;

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::error::ZendeskError;
use crate::net::{BaseUrl, Deadline, Http, Repeat, Request};
use crate::secrets::Secret;

/// What the bridge asks for; one string, or every call is forbidden.
pub const SCOPE: &str = "tickets:read tickets:write users:read users:write";
/// What looking for lost webhooks asks for besides, in a token of its own that can write nothing: neither searches nor
/// audits belong to a resource that could be named (reference, "OAuth scopes"; audits: "Ticket Audits").
pub const SCOPE_TO_READ: &str = "read";
/// What uploads ask for, in a token of its own, where the account refuses them to `tickets:write`: which of the two an
/// account wants is not documented.
pub const SCOPE_TO_UPLOAD: &str = "write";
/// Life of a token whose answer does not tell.
const DEFAULT_LIFE: Duration = Duration::from_secs(30 * 60);
/// Longest life believed.
const MAX_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Serialize)]
struct TokenBody<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    scope: &'static str,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
}

/// Fetches an access token, and tells how long it lives.
///
/// # Errors
/// [`ZendeskError::Unauthorized`] where the credentials are refused; otherwise nothing is lost by
/// trying again.
pub(super) async fn fetch(
    http: &Http,
    base: &BaseUrl,
    client_id: &Secret,
    client_secret: &Secret,
    scope: &'static str,
    deadline: Deadline,
) -> Result<(Secret, Duration), ZendeskError> {
    let body = TokenBody {
        grant_type: "client_credentials",
        client_id: client_id.expose(),
        client_secret: client_secret.expose(),
        scope,
    };
    // A second token does no harm, so nothing here leaves the outcome of a call unknown.
    let request = Request::new(Method::POST, base.at("/oauth/tokens"), Repeat::Safe).json(&body);
    let sent = http.send(request, deadline).await;
    let answer = sent.map_err(|failure| ZendeskError::of_failure(false, failure))?;
    match answer.status {
        status if status.is_success() => {}
        // A 404 or 422 here is not about a ticket or user either: a person has to mend the settings.
        status
            if status.is_client_error()
                && status != StatusCode::TOO_MANY_REQUESTS
                && status != StatusCode::REQUEST_TIMEOUT =>
        {
            tracing::warn!(
                vendor.status = answer.status.as_u16(),
                "zendesk.sign_in_refused"
            );
            return Err(ZendeskError::Unauthorized);
        }
        _ => return Err(ZendeskError::of_answer(false, &answer)),
    }
    let token: TokenAnswer = answer
        .json()
        .map_err(|error| ZendeskError::of_body(false, error))?;
    let life = token.expires_in.map_or(DEFAULT_LIFE, Duration::from_secs);
    let life = life.min(MAX_LIFE);
    Ok((Secret::new(token.access_token), life))
}

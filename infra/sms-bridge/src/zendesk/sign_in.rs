//! Signing in with what the secret holds.
//!
//! In: the secret's JSON object. Out: a program that signs its calls. Set-up needs more than the functions: user fields, triggers and webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};
use shared::net::{BaseUrl, Deadline, Http, Repeat, Request};

use super::{Admin, LIMIT, Trouble, busy, unreachable};

/// What set-up asks for, the first that the OAuth client may have. User fields and trigger
/// categories are in none of the vendor's lists of narrower scopes, so everything comes first.
pub(crate) const SETUP_SCOPES: [&str; 3] = [
    "read write",
    "users:read users:write triggers:read triggers:write webhooks:read webhooks:write macros:read macros:write",
    "users:read users:write triggers:read triggers:write webhooks:read webhooks:write",
];

/// How the secret signs in.
#[derive(Clone)]
pub(crate) enum Credentials {
    /// An OAuth client's id and secret.
    OAuth(String, String),
    /// An e-mail address and an API token.
    Legacy(String, String),
}

/// Which kind of credentials it is, for sentences about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An OAuth client.
    OAuth,
    /// An API token.
    Legacy,
}

impl Credentials {
    /// Which kind.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::OAuth(..) => Kind::OAuth,
            Self::Legacy(..) => Kind::Legacy,
        }
    }
}

/// The secret's credentials for Zendesk, as the functions choose them.
pub(crate) fn credentials(secret: &Map<String, Value>) -> Option<Credentials> {
    let get = |key: &str| {
        let value = secret.get(key)?.as_str()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let both = |one: &str, other: &str| Some((get(one)?, get(other)?));
    both("zendesk_oauth_client_id", "zendesk_oauth_client_secret")
        .map(|(id, secret)| Credentials::OAuth(id, secret))
        .or_else(|| {
            let (email, token) = both("zendesk_email", "zendesk_api_token")?;
            Some(Credentials::Legacy(email, token))
        })
}

/// A program signed in with these credentials. An API token has no scopes and is not asked for any.
pub(crate) async fn sign_in(
    http: &Http,
    base: &BaseUrl,
    credentials: &Credentials,
    scopes: &[&str],
) -> Result<Admin, Trouble> {
    Ok(Admin {
        http: http.clone(),
        base: base.clone(),
        header: token(http, base, credentials, scopes).await?,
        kind: credentials.kind(),
    })
}

async fn token(
    http: &Http,
    base: &BaseUrl,
    credentials: &Credentials,
    scopes: &[&str],
) -> Result<HeaderValue, Trouble> {
    let refusal = || Trouble::Credentials(credentials.kind());
    let (id, secret) = match credentials {
        Credentials::Legacy(email, token) => {
            let pair = STANDARD.encode(format!("{email}/token:{token}"));
            return header(&format!("Basic {pair}")).ok_or_else(refusal);
        }
        Credentials::OAuth(id, secret) => (id, secret),
    };
    let mut refused = String::new();
    for scope in scopes {
        let body = json!({"grant_type": "client_credentials", "client_id": id,
            "client_secret": secret, "scope": scope});
        let url = base.at("/oauth/tokens");
        let request = Request::new(Method::POST, url, Repeat::Safe).json(&body);
        let answer = http.send(request, Deadline::after(LIMIT)).await;
        let answer = answer.map_err(|failure| unreachable(base, failure))?;
        let status = answer.status;
        match status {
            StatusCode::TOO_MANY_REQUESTS => return Err(busy(&answer)),
            status if status.is_server_error() => return Err(Trouble::Down(status.as_u16())),
            _ => {}
        }
        let body: Option<Value> = answer.json().ok();
        let body = body.ok_or_else(|| Trouble::NotZendesk("POST /oauth/tokens".to_owned()))?;
        let says_so = [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED].contains(&status);
        if !status.is_success() && !says_so {
            return Err(Trouble::SignIn(status.as_u16()));
        }
        if body["error"] == "invalid_scope" {
            refused = (*scope).to_owned();
            continue;
        }
        let token = body["access_token"]
            .as_str()
            .filter(|_| status.is_success());
        let token = token.and_then(|token| header(&format!("Bearer {token}")));
        return token.ok_or_else(refusal);
    }
    Err(Trouble::Scopes(refused))
}

fn header(value: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(value).ok()?;
    header.set_sensitive(true);
    Some(header)
}

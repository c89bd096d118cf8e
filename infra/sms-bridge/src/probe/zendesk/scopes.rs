//! What a token with few scopes may do, and what it says of itself.

use http::Method;
use serde_json::json;
use shared::net::{Deadline, Repeat, Request};
use std::time::Duration;

use super::lab::{Lab, OWN, Seen};
use crate::probe::facts::{Findings, Group};
use crate::zendesk::{Credentials, Trouble};

/// Longest the token is waited for.
const LIMIT: Duration = Duration::from_secs(20);
/// A file of the probe's own.
const FILE: &[u8] = b"Made by sms-bridge probe.";

pub(super) async fn look(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let Credentials::OAuth(client, secret) = &lab.credentials else {
        findings.rest(Group::Scopes, "an API token has no scopes");
        return Ok(());
    };
    life(lab, client, secret, findings).await?;
    let requester = lab.user("requester").await?;
    let ticket = lab.ticket(&requester).await?;
    let mut refusals = Vec::new();

    let reader = lab.with_scope("tickets:read").await?;
    for (fact, part, yes, no) in [
        ("zendesk.metrics_take_ticket_scopes", "metrics", 200, 403),
        ("zendesk.audits_need_global_read", "audits", 403, 200),
    ] {
        let path = format!("/tickets/{ticket}/{part}");
        let seen = Seen::of(reader.ask(Method::GET, &path, &[], None).await?);
        findings.by_status(fact, seen.status, &[yes], &[no]);
        refusals.push(seen);
    }
    // No token for tickets may look for users.
    let query = [("external_id", OWN)];
    let users = reader
        .ask(Method::GET, "/users/search", &query, None)
        .await?;
    refusals.push(Seen::of(users));

    let writer = lab.with_scope("tickets:write").await?;
    let upload = Seen::of(writer.upload("probe.txt", FILE).await?);
    let fact = "zendesk.uploads_take_ticket_scopes";
    findings.by_status(fact, upload.status, &[200, 201], &[403]);
    refusals.push(upload);

    let fact = "zendesk.forbidden_names_scopes";
    let mut refusals = refusals.iter().filter(|seen| seen.status == 403);
    match refusals.next() {
        Some(seen) => {
            let names = seen.text.to_lowercase().contains("scope");
            findings.told(fact, names, "the body of a 403");
        }
        None => findings.open(fact, "nothing was refused with 403"),
    }
    Ok(())
}

/// What the answer with a token says of its life.
async fn life(
    lab: &Lab,
    client: &str,
    secret: &str,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    let body = json!({"grant_type": "client_credentials", "client_id": client,
        "client_secret": secret, "scope": "tickets:read"});
    let url = lab.base.at("/oauth/tokens");
    let request = Request::new(Method::POST, url, Repeat::Safe).json(&body);
    let answer = lab.http.send(request, Deadline::after(LIMIT)).await;
    let answer = answer.map_err(|cause| Trouble::Unreachable {
        base: lab.base.to_string(),
        cause,
    })?;
    let seen = Seen::of(answer);
    let says = seen.body["expires_in"].as_u64();
    let (told, length) = ("zendesk.token_says_expires_in", "zendesk.token_life");
    if !seen.body["access_token"].is_string() {
        findings.open(told, &format!("answered {}", seen.status));
        return Ok(());
    }
    findings.told(told, says.is_some(), "the answer of POST /oauth/tokens");
    match says {
        Some(seconds) => findings.told(length, seconds, "expires_in, not asked for"),
        None => findings.open(length, "the answer does not say"),
    }
    Ok(())
}

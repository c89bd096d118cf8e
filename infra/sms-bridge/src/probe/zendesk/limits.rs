//! How the limit of updates of one ticket is told, and what counts towards it.
//!
//! Thirty updates in ten minutes by one user are allowed on one ticket (reference, "Rate limits"): half of them as
//! comments, the rest by making those private.

use http::Method;
use serde_json::{Value, json};

use super::lab::{Lab, Seen};
use crate::probe::facts::{Findings, Group};
use crate::setup::found::id;
use crate::zendesk::Trouble;

/// Updates of one ticket in ten minutes.
const ALLOWED: usize = 30;
/// Comments that are made first.
const COMMENTS: usize = 18;
/// Before the name of a header of an endpoint's own limit.
const ENDPOINT: &str = "zendesk-ratelimit-";

pub(super) async fn look(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.make_private_is_an_update";
    let requester = lab.user("requester").await?;
    let ticket = lab.ticket(&requester).await?;
    let mut comments = Vec::new();
    for _ in 0..COMMENTS {
        let seen = comment(lab, &ticket, true).await?;
        if !seen.is_success() {
            let why = format!("one of {COMMENTS} updates was answered {}", seen.status);
            findings.rest(Group::Limits, &why);
            return Ok(());
        }
        let events = seen.body["audit"]["events"].as_array().cloned();
        let events = events.unwrap_or_default();
        comments.extend(events.iter().find(|e| e["type"] == "Comment").and_then(id));
        if let Some(name) = endpoint(&seen) {
            let told = format!("an update's answer carries {name}");
            findings.told("zendesk.limit_headers", "endpoint", &told);
        }
    }
    let mut refused = None;
    for comment in &comments {
        let path = format!("/tickets/{ticket}/comments/{comment}/make_private");
        let seen = lab.call(Method::PUT, &path, None).await?;
        match seen.status {
            429 => {
                refused = Some(seen);
                break;
            }
            status if !seen.is_success() => {
                findings.open(fact, &format!("making private was answered {status}"));
                break;
            }
            _ => {}
        }
    }
    if refused.is_some() {
        let seen = "it was refused with 429 before the ticket's other updates were";
        findings.told(fact, true, seen);
    } else {
        refused = more(lab, &ticket, findings).await?;
    }
    match refused {
        Some(seen) => headers(&seen, findings),
        None => findings.rest(Group::Limits, "no update was refused with 429"),
    }
    Ok(())
}

/// Goes on to where the limit is if making private did not count.
async fn more(lab: &Lab, ticket: &str, findings: &mut Findings) -> Result<Option<Seen>, Trouble> {
    for made in COMMENTS..ALLOWED + COMMENTS {
        let seen = comment(lab, ticket, false).await?;
        if seen.status == 429 {
            // Had it counted, the limit would have been met before.
            if made >= ALLOWED {
                let told = "the limit was met at thirty updates without it";
                findings.told("zendesk.make_private_is_an_update", false, told);
            }
            return Ok(Some(seen));
        }
    }
    Ok(None)
}

async fn comment(lab: &Lab, ticket: &str, public: bool) -> Result<Seen, Trouble> {
    let comment = json!({"body": "One of thirty.", "public": public});
    lab.update(ticket, json!({ "comment": comment })).await
}

fn endpoint(seen: &Seen) -> Option<String> {
    let mut names = seen.headers.keys().map(http::HeaderName::as_str);
    names
        .find(|name| name.starts_with(ENDPOINT))
        .map(str::to_owned)
}

fn headers(seen: &Seen, findings: &mut Findings) {
    let fact = "zendesk.limit_headers";
    let left: Option<u64> = seen
        .header("x-rate-limit-remaining")
        .and_then(|left| left.trim().parse().ok());
    let error = match &seen.body["error"] {
        Value::String(error) => error.clone(),
        _ => "no word".to_owned(),
    };
    match left {
        Some(0) => findings.told(fact, "exhausted", &format!("none left, and {error}")),
        Some(_) => findings.told(fact, "account", &format!("some left, and {error}")),
        None => findings.open(fact, "the 429 has no x-rate-limit-remaining"),
    }
}

//! Two users become one: what is answered for the one who is gone, which events there are, what the export tells.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::time::sleep;

use super::lab::{Lab, Seen, Waits, number};
use crate::probe::facts::{Findings, Group};
use crate::setup::found::id;
use crate::zendesk::Trouble;

/// The event types that a merge may fire.
const FOLLOWS: [&str; 2] = [
    "zen:event-type:user.merged",
    "zen:event-type:ticket.requester_changed",
];
/// Times have seconds: what is to differ has to be that far apart.
const APART: Duration = Duration::from_millis(1_200);
/// From how long ago the export is read.
const RECENT: Duration = Duration::from_mins(3);

/// A merge whose export is still to be looked at.
pub(crate) struct Moved {
    /// The ticket that the merge moved.
    ticket: String,
    /// One that was changed before it, and one that was changed after it.
    before: String,
    after: String,
    /// When the probe began, in seconds since the epoch.
    since: i64,
}

pub(super) async fn look(lab: &Lab, findings: &mut Findings) -> Result<Moved, Trouble> {
    let since = OffsetDateTime::now_utc() - RECENT;
    let (loser, winner) = (lab.user("merged").await?, lab.user("left").await?);
    let ticket = lab.ticket(&loser).await?;
    let webhook = lab.webhook("events", &FOLLOWS).await;
    sleep(APART).await;
    let before = lab.ticket(&winner).await?;
    sleep(APART).await;
    let body = json!({"user": {"id": number(&winner)}});
    let path = format!("/users/{loser}/merge");
    let merged = lab.call(Method::PUT, &path, Some(&body)).await?;
    if !merged.is_success() {
        let why = format!("the merge was answered {}", merged.status);
        findings.rest(Group::Merge, &why);
    }
    gone(lab, &loser, findings).await?;
    sleep(APART).await;
    let after = lab.ticket(&winner).await?;
    match webhook {
        Ok(webhook) => events(lab, &webhook, &winner, findings).await?,
        Err(trouble) => {
            let why = format!("no webhook for event types: {}", trouble.what());
            findings.open("zendesk.user_merge_fires_requester_changed", &why);
            findings.open("zendesk.user_merged_is_about_the_winner", &why);
        }
    }
    let since = since.unix_timestamp();
    Ok(Moved {
        ticket,
        before,
        after,
        since,
    })
}

async fn gone(lab: &Lab, loser: &str, findings: &mut Findings) -> Result<(), Trouble> {
    let fact = "zendesk.merged_user";
    let path = format!("/users/{loser}");
    let seen = lab.call(Method::GET, &path, None).await?;
    let active = &seen.body["user"]["active"];
    let told = format!("answered {}, active {active}", seen.status);
    match seen.status {
        404 => findings.told(fact, "not_found", "answered 404"),
        200 if *active == false => findings.told(fact, "inactive", &told),
        _ => findings.open(fact, &told),
    }
    Ok(())
}

async fn events(
    lab: &Lab,
    webhook: &str,
    winner: &str,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    let of = |body: &String, kind: &str| body.contains(kind);
    let both = |bodies: &[String]| {
        let has = |kind: &str| bodies.iter().any(|body| of(body, kind));
        FOLLOWS.into_iter().all(has)
    };
    let bodies = lab.bodies(webhook, both).await?;
    let fact = "zendesk.user_merged_is_about_the_winner";
    let merged = bodies.iter().find(|body| of(body, FOLLOWS[0]));
    let merged: Option<Value> = merged.and_then(|body| serde_json::from_str(body).ok());
    let Some(merged) = merged else {
        let why = "user.merged was not sent within the patience";
        findings.open(fact, why);
        findings.open("zendesk.user_merge_fires_requester_changed", why);
        return Ok(());
    };
    let about = id(&merged["detail"]).unwrap_or_default();
    findings.told(fact, about == winner, "the id in its detail");
    let fires = bodies.iter().any(|body| of(body, FOLLOWS[1]));
    let fact = "zendesk.user_merge_fires_requester_changed";
    let seen = match fires {
        true => "it was sent beside user.merged",
        false => "user.merged came without it within the patience",
    };
    findings.told(fact, fires, seen);
    Ok(())
}

/// Once the export tells of a ticket that was changed after the merge, it tells of the merge or never will.
pub(super) async fn exported(
    lab: &Lab,
    moved: &Moved,
    findings: &mut Findings,
) -> Result<(), Trouble> {
    let fact = "zendesk.user_merge_is_exported";
    let since = moved.since.to_string();
    let query = [("start_time", since.as_str())];
    let path = "/incremental/tickets/cursor";
    let mut waits = Waits::of(lab.export_patience);
    loop {
        let answer = lab.admin.ask(Method::GET, path, &query, None).await?;
        let seen = Seen::of(answer);
        if seen.status != 200 && seen.status != 429 {
            findings.open(fact, &format!("the export answered {}", seen.status));
            return Ok(());
        }
        let at = |ticket: &str| {
            let rows = seen.body["tickets"].as_array()?;
            let row = rows.iter().find(|row| id(row).as_deref() == Some(ticket))?;
            row["generated_timestamp"].as_i64()
        };
        if let (Some(_), Some(before), Some(ticket)) =
            (at(&moved.after), at(&moved.before), at(&moved.ticket))
        {
            let seen = "its row compared with those changed before and after";
            findings.told(fact, ticket > before, seen);
            return Ok(());
        }
        if !waits.again().await {
            findings.open(fact, "the export did not come so far within the patience");
            return Ok(());
        }
    }
}

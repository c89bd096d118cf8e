//! What became of the webhooks that Zendesk sent.
//!
//! In: a signed-in program, a webhook. Out: a finding about its invocations of the last day.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::Finding;
use super::zendesk::AREA;
use crate::setup::found::id;
use crate::setup::plan::text;
use crate::zendesk::{Admin, Trouble};

/// How long ago deliveries are looked at.
const RECENT: Duration = Duration::hours(24);

/// What became of a webhook's invocations of the last day.
pub(super) async fn delivered(
    admin: &Admin,
    webhook: &Value,
    output: &str,
    key: &str,
) -> Result<Finding, Trouble> {
    let name = text(webhook, "name");
    let from = OffsetDateTime::now_utc() - RECENT;
    let from = from.replace_nanosecond(0).unwrap_or(from);
    let from = from.format(&Rfc3339).unwrap_or_default();
    let path = format!("/webhooks/{}/invocations", id(webhook).unwrap_or_default());
    let query = [
        ("filter[from_ts]", from.as_str()),
        ("sort", "-latest_completed_at"),
        ("page[size]", "100"),
    ];
    let told = admin.get(&path, &query).await?;
    let rows = told.body["invocations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let recent = |row: &&Value| {
        text(row, "latest_completed_at") >= from || row["latest_completed_at"].is_null()
    };
    let failed: Vec<String> = rows.iter().filter(recent).filter_map(failure).collect();
    if failed.is_empty() {
        let what = match rows.len() {
            0 => format!("{name}: nothing was delivered in the last day"),
            n => format!("{name}: none of the last {n} invocations failed"),
        };
        return Ok(Finding::good(AREA, what));
    }
    let mut kinds = failed.clone();
    kinds.sort();
    kinds.dedup();
    let counted: Vec<String> = kinds
        .iter()
        .map(|kind| {
            format!(
                "{} × {kind}",
                failed.iter().filter(|one| *one == kind).count()
            )
        })
        .collect();
    let refused = failed.iter().any(|kind| kind.ends_with("401"));
    let (setting, remedy) = if refused {
        (key, "sms-bridge setup zendesk")
    } else {
        (
            output,
            "look at the function's log; missed answers are found and sent later",
        )
    };
    let what = format!(
        "{name}: {} of the last {} invocations failed within a day ({})",
        failed.len(),
        rows.len(),
        counted.join(", ")
    );
    Ok(Finding::bad(AREA, setting, what, remedy))
}

/// Status and code of an invocation that failed. The words were seen in live traffic; a list of them
/// is not published.
fn failure(row: &Value) -> Option<String> {
    let status = text(row, "status").to_lowercase();
    let code = row["status_code"].as_u64();
    let words = ["fail", "terminat", "broken", "error", "timed"];
    let bad =
        words.iter().any(|word| status.contains(word)) || code.is_some_and(|code| code >= 400);
    bad.then(|| match code {
        Some(code) => format!("{status} {code}"),
        None => status,
    })
}

//! What was delivered by webhooks: invocations and their attempts.

use serde_json::{Value, json};

use crate::clock::rfc3339;
use crate::wire::Ask;

use super::super::webhooks::{Attempt, Delivery, Outcome as Became};
use super::super::work::{Outcome, Work, not_found};
use super::list;

/// `GET /webhooks/{id}/invocations`.
pub(super) fn invocations(work: &Work<'_>, ask: &Ask, id: &str) -> Outcome {
    if !work.state.webhooks.contains_key(id) {
        return Err(not_found());
    }
    let from = ask.param("filter[from_ts]").unwrap_or_default();
    let status = ask.param("filter[status]");
    let made = work.state.deliveries.iter();
    let mut rows: Vec<Value> = made
        .filter(|delivery| delivery.webhook_id == id)
        .map(invocation)
        .filter(|row| {
            row["latest_completed_at"]
                .as_str()
                .is_none_or(|at| at >= from)
        })
        .filter(|row| status.is_none_or(|status| row["status"] == status))
        .collect();
    if ask.param("sort") == Some("-latest_completed_at") {
        rows.reverse();
    }
    let rows = rows.into_iter().enumerate();
    Ok(list(
        work,
        ask,
        "invocations",
        rows.map(|(at, row)| (at as u64, row)),
    ))
}

fn invocation(delivery: &Delivery) -> Value {
    json!({"id": delivery.invocation_id, "status": became(delivery),
        "status_code": delivery.status,
        "latest_completed_at": delivery.attempts.last().map(|last| rfc3339(last.at_ms))})
}

fn became(delivery: &Delivery) -> &'static str {
    match delivery.outcome {
        Became::Success => "completed",
        Became::Failed | Became::Discarded => "failed",
        Became::Terminated => "terminated",
        Became::CircuitBroken => "circuit broken",
    }
}

/// `GET /webhooks/{id}/invocations/{invocation_id}/attempts`.
pub(super) fn attempts(work: &Work<'_>, ask: &Ask, ids: &[String]) -> Outcome {
    let wanted = ids.get(1).ok_or_else(not_found)?;
    let mut made = work.state.deliveries.iter();
    let delivery = made
        .find(|made| &made.invocation_id == wanted)
        .ok_or_else(not_found)?;
    let shown = |(at, attempt): (usize, &Attempt)| {
        let row = json!({"id": format!("{wanted}-{at}"), "invocation_id": wanted,
            "status": if matches!(attempt.status, Some(200..=299)) { "completed" } else { "failed" },
            "status_code": attempt.status, "completed_at": rfc3339(attempt.at_ms),
            "request": {"headers": attempt.headers, "payload": delivery.payload},
            "response": {"payload": attempt.body}});
        (at as u64, row)
    };
    Ok(list(
        work,
        ask,
        "attempts",
        delivery.attempts.iter().enumerate().map(shown),
    ))
}

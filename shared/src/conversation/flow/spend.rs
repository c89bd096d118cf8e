//! The spend guard: what would go beyond the settings' SMS parts is not sent, and a note says so.

use crate::telemetry::metrics::{self, Metric};
use crate::text::sms::segments;

use super::super::notes;
use super::super::state::Spent;
use super::{Exit, Flow};

/// How long a customer's parts count, from the first of them on, in milliseconds.
const A_DAY: i64 = 24 * 60 * 60 * 1000;

/// Why an answer, closing message or automatic text is not sent.
pub(super) const BEYOND_LIMIT: &str = "beyond the limit of SMS parts";

/// What the agent reads where these messages would go beyond a limit. Where they do not they are counted,
/// once: what is begun is finished, and Braze's refusal gives nothing back.
pub(super) async fn beyond_limit(
    flow: &mut Flow<'_>,
    messages: &[String],
) -> Result<Option<String>, Exit> {
    let limits = flow.about.policy.spend;
    if flow.progress.counted || flow.progress.sent > 0 || !limits.any() {
        return Ok(None);
    }
    let parts: usize = messages.iter().map(|message| segments(message)).sum();
    let parts = u32::try_from(parts).unwrap_or(u32::MAX);
    let (now, language) = (flow.now(), flow.language());
    let current = |spent: &Spent| now.saturating_sub(spent.since) < A_DAY;
    let spent = flow.state.spent.filter(current);
    let spent = spent.unwrap_or(Spent {
        since: now,
        parts: 0,
    });
    let of_customer = spent.parts.saturating_add(parts);
    if limits.customer_day > 0 && of_customer > limits.customer_day {
        let again = (parts <= limits.customer_day).then(|| spent.since.saturating_add(A_DAY));
        let note =
            notes::over_customers_limit(language, parts, spent.parts, limits.customer_day, again);
        return Ok(Some(refused(flow, note)));
    }
    if limits.hour > 0 && !flow.count_parts(parts, limits.hour).await?? {
        let note = notes::over_hours_limit(language, parts, limits.hour);
        return Ok(Some(refused(flow, note)));
    }
    if limits.customer_day > 0 {
        flow.state.spent = Some(Spent {
            parts: of_customer,
            ..spent
        });
    }
    flow.progress.counted = true;
    Ok(None)
}

fn refused(flow: &Flow<'_>, note: String) -> String {
    metrics::emit(&[(Metric::OverLimit, 1)], &[]);
    tracing::warn!(delivery.id = %flow.about.delivery, "not sent: {BEYOND_LIMIT}");
    note
}

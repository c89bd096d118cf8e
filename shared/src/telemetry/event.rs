//! One wide line for each event: who sent it, what became of it, how long each hop took.
//!
//! In: [`EventLine`]. Out: a line of JSON that is a line of metrics as well, so that both cost one.
//! Whatever the log level. Holds no text, name, number or address; imports no other room.

use super::hops::Hops;
use super::metrics::{self, Field, Metric};

/// What the event line says of an event. Unknown values are absent.
#[derive(Debug, Default)]
pub struct EventLine<'a> {
    /// Lambda's id of the invocation.
    pub request: &'a str,
    /// The route it came by, on the line of its request.
    pub door: &'static str,
    /// `zendesk` or `braze`; empty for the bridge's own events.
    pub sender: &'static str,
    /// What it is: `text`, `reply`, ….
    pub kind: Option<&'static str>,
    /// What became of it.
    pub outcome: &'static str,
    /// Names it in answers, tickets and dead letters.
    pub delivery: Option<&'a str>,
    /// The ticket it belongs to.
    pub ticket: Option<u64>,
    /// The customer's [pseudonym](super::pseudonym).
    pub customer: Option<String>,
    /// The attempt that ended it, counted from one.
    pub attempts: Option<u32>,
    /// From the first acceptance until it ended, in milliseconds.
    pub waited_ms: Option<u64>,
    /// The whole request, in milliseconds.
    pub total_ms: Option<u64>,
    /// Its calls.
    pub hops: Hops,
}

impl EventLine<'_> {
    /// Writes the line.
    pub fn write(&self) {
        metrics::write("event", &self.numbers(), &self.fields());
    }

    fn numbers(&self) -> Vec<(Metric, Field<'_>)> {
        let counted = match self.outcome {
            "delivered" => Some(Metric::Delivered),
            "queued" => Some(Metric::Queued),
            "duplicate" => Some(Metric::Duplicate),
            "too_large" => Some(Metric::TooLarge),
            _ => None,
        };
        let authentic = !self.door.is_empty()
            && matches!(
                self.outcome,
                "delivered" | "queued" | "duplicate" | "ignored" | "malformed"
            );
        let hops = &self.hops;
        let count = |metric, count| (metric, (count > 0).then_some(Field::Number(count)));
        let times = |metric, list| (metric, Field::list(list));
        let numbers = [
            count(Metric::Authentic, u64::from(authentic)),
            times(Metric::ZendeskLatency, &hops.zendesk_ms),
            times(Metric::BrazeLatency, &hops.braze_ms),
            count(Metric::ZendeskFailures, hops.zendesk_failures),
            count(Metric::BrazeFailures, hops.braze_failures),
        ];
        let counted = counted.map(|metric| (metric, Field::Number(1)));
        let numbers = numbers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        counted.into_iter().chain(numbers).collect()
    }

    fn fields(&self) -> Vec<(&'static str, Field<'_>)> {
        let fields = [
            ("function_request_id", Field::text(self.request)),
            ("door", Field::text(self.door)),
            ("sender", Field::text(self.sender)),
            ("kind", self.kind.map(Field::Text)),
            ("outcome", Field::text(self.outcome)),
            ("delivery.id", self.delivery.map(Field::Text)),
            ("ticket.id", self.ticket.map(Field::Number)),
            ("customer", self.customer.as_deref().map(Field::Text)),
            ("attempts", self.attempts.map(|n| Field::Number(n.into()))),
            ("waited.ms", self.waited_ms.map(Field::Number)),
            ("total.ms", self.total_ms.map(Field::Number)),
            ("table.ms", Field::list(&self.hops.table_ms)),
        ];
        let known = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        known.collect()
    }
}

//! One wide line for each event: who sent it, what became of it, how long each hop took.
//!
//! In: [`EventLine`]. Out: a line of JSON that is a line of metrics as well, so that both cost one.
//! Whatever the log level. Holds no text, name, number or address; imports no other room.

use serde_json::{Map, Value};

use super::hops::Hops;
use super::metrics::{self, Metric};

/// What is told of an event. Absent is what is not known.
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
    pub fn write(self) {
        let numbers = self.numbers();
        metrics::write("event", &numbers, self.fields());
    }

    fn numbers(&self) -> Vec<(Metric, Value)> {
        let mut numbers = Vec::with_capacity(4);
        let counted = match self.outcome {
            "delivered" => Some(Metric::Delivered),
            "queued" => Some(Metric::Queued),
            "duplicate" => Some(Metric::Duplicate),
            _ => None,
        };
        numbers.extend(counted.map(|metric| (metric, Value::from(1))));
        for (metric, list) in [
            (Metric::ZendeskLatency, &self.hops.zendesk_ms),
            (Metric::BrazeLatency, &self.hops.braze_ms),
        ] {
            if !list.is_empty() {
                numbers.push((metric, Value::from(list.as_slice())));
            }
        }
        for (metric, count) in [
            (Metric::ZendeskFailures, self.hops.zendesk_failures),
            (Metric::BrazeFailures, self.hops.braze_failures),
        ] {
            if count > 0 {
                numbers.push((metric, Value::from(count)));
            }
        }
        numbers
    }

    fn fields(self) -> Map<String, Value> {
        let present = |text: &str| (!text.is_empty()).then(|| Value::from(text));
        let table = &self.hops.table_ms;
        let fields = [
            ("request.id", present(self.request)),
            ("door", present(self.door)),
            ("sender", present(self.sender)),
            ("kind", self.kind.map(Value::from)),
            ("outcome", present(self.outcome)),
            ("delivery.id", self.delivery.map(Value::from)),
            ("ticket.id", self.ticket.map(Value::from)),
            ("customer", self.customer.map(Value::from)),
            ("attempts", self.attempts.map(Value::from)),
            ("waited.ms", self.waited_ms.map(Value::from)),
            ("total.ms", self.total_ms.map(Value::from)),
            (
                "table.ms",
                (!table.is_empty()).then(|| Value::from(table.as_slice())),
            ),
        ];
        let known = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        known.collect()
    }
}

//! Numbers for CloudWatch: lines in its embedded metric format on standard output.
//!
//! In: counts. Out: one JSON line for each call, which CloudWatch Logs turns into metrics by itself;
//! no call to AWS, nothing built before the first one. Fields beside the numbers are names of our
//! own (a reason, a door), never what a sender wrote.

use std::io::Write;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value, json};

/// The namespace of every metric.
pub const NAMESPACE: &str = "BrazeZendeskBridge";
/// The one dimension; its value is the name of the Lambda function, as in `AWS/Lambda`.
pub const DIMENSION: &str = "FunctionName";

static FUNCTION: OnceLock<String> = OnceLock::new();

/// What is counted or measured. `docs/operations.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Requests refused because they are not authentic.
    NotAuthentic,
    /// Requests that would have been refused, but for `SIGNATURE_MODE=observe`.
    NotAuthenticObserved,
    /// Events and bodies kept as dead letters.
    DeadLetters,
    /// Panics: faults of the bridge itself.
    Panics,
    /// SMS parts that Braze accepted.
    SmsParts,
    /// Events done: within the request, or later by redelivery.
    Delivered,
    /// Events stored that a later run has to deliver.
    Queued,
    /// Events seen before.
    Duplicate,
    /// SMS of which nobody knows whether they were sent; the agent is told.
    Unknown,
    /// How long a step at Zendesk took.
    ZendeskLatency,
    /// How long a step at Braze took.
    BrazeLatency,
    /// Steps at Zendesk that were refused, not answered, or answered with an error.
    ZendeskFailures,
    /// The same at Braze.
    BrazeFailures,
    /// Age of the oldest event in the conversations that a run of redelivery took up; zero where
    /// nothing was due.
    WaitingAge,
    /// Conversations that a run of redelivery took up.
    Waiting,
}

impl Metric {
    /// Every metric there is.
    pub const ALL: [Self; 15] = [
        Self::NotAuthentic,
        Self::NotAuthenticObserved,
        Self::DeadLetters,
        Self::Panics,
        Self::SmsParts,
        Self::Delivered,
        Self::Queued,
        Self::Duplicate,
        Self::Unknown,
        Self::ZendeskLatency,
        Self::BrazeLatency,
        Self::ZendeskFailures,
        Self::BrazeFailures,
        Self::WaitingAge,
        Self::Waiting,
    ];

    /// Its name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAuthentic => "NotAuthentic",
            Self::NotAuthenticObserved => "NotAuthenticObserved",
            Self::DeadLetters => "DeadLetters",
            Self::Panics => "Panics",
            Self::SmsParts => "SmsParts",
            Self::Delivered => "Delivered",
            Self::Queued => "Queued",
            Self::Duplicate => "Duplicate",
            Self::Unknown => "Unknown",
            Self::ZendeskLatency => "ZendeskLatency",
            Self::BrazeLatency => "BrazeLatency",
            Self::ZendeskFailures => "ZendeskFailures",
            Self::BrazeFailures => "BrazeFailures",
            Self::WaitingAge => "WaitingAge",
            Self::Waiting => "Waiting",
        }
    }

    /// Its unit, as CloudWatch spells it.
    pub fn unit(self) -> &'static str {
        match self {
            Self::ZendeskLatency | Self::BrazeLatency => "Milliseconds",
            Self::WaitingAge => "Seconds",
            _ => "Count",
        }
    }
}

/// Names the function whose numbers these are; a second call changes nothing. Without it, as in
/// models and tests, nothing is written.
pub fn of_function(name: &str) {
    let _ = FUNCTION.set(name.to_owned());
}

/// Writes numbers that belong together as one line, whatever the log level.
///
/// `fields` are kept with the line, for searching; they are no dimensions and cost nothing.
pub fn emit(numbers: &[(Metric, u64)], fields: &[(&'static str, &str)]) {
    let numbers: Vec<(Metric, Value)> = numbers
        .iter()
        .map(|(metric, value)| (*metric, Value::from(*value)))
        .collect();
    let fields = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect();
    write("metrics", &numbers, fields);
}

/// The same with numbers or lists of them, and fields of any type; without numbers it is a plain
/// line of the log.
pub(super) fn write(
    message: &'static str,
    numbers: &[(Metric, Value)],
    fields: Map<String, Value>,
) {
    let Some(function) = FUNCTION.get() else {
        return;
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let at_ms = since.map_or(0, |since| since.as_millis());
    let line = line(function, at_ms, message, numbers, fields);
    // A closed output must not stop an event.
    let _ = std::io::stdout().lock().write_all(line.as_bytes());
}

fn line(
    function: &str,
    at_ms: u128,
    message: &'static str,
    numbers: &[(Metric, Value)],
    fields: Map<String, Value>,
) -> String {
    let mut line = fields;
    line.insert("level".to_owned(), Value::from("INFO"));
    line.insert("message".to_owned(), Value::from(message));
    line.insert(DIMENSION.to_owned(), Value::from(function));
    if !numbers.is_empty() {
        let definitions: Vec<Value> = numbers
            .iter()
            .map(|(metric, _)| json!({"Name": metric.name(), "Unit": metric.unit()}))
            .collect();
        let at_ms = u64::try_from(at_ms).unwrap_or(u64::MAX);
        let directive = json!({"Timestamp": at_ms, "CloudWatchMetrics": [{
            "Namespace": NAMESPACE, "Dimensions": [[DIMENSION]], "Metrics": definitions}]});
        line.insert("_aws".to_owned(), directive);
    }
    for (metric, value) in numbers {
        line.insert(metric.name().to_owned(), value.clone());
    }
    format!("{}\n", Value::Object(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What CloudWatch's specification of the format asks for: every metric and dimension of a
    /// directive is a member at the top, a number or a text.
    #[test]
    fn a_line_is_in_the_embedded_metric_format() {
        let numbers = [
            (Metric::NotAuthentic, json!(1)),
            (Metric::ZendeskLatency, json!([120, 80])),
        ];
        let fields = Map::from_iter([("auth.error".to_owned(), json!("stale"))]);
        let written = line("bridge-reply", 1_795_359_600_000, "event", &numbers, fields);
        assert_eq!(written.matches('\n').count(), 1);
        let line: Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(line["_aws"]["Timestamp"], 1_795_359_600_000_u64);
        let [directive] = &line["_aws"]["CloudWatchMetrics"]
            .as_array()
            .expect("a list")[..]
        else {
            panic!("one directive");
        };
        assert_eq!(directive["Namespace"], NAMESPACE);
        assert_eq!(directive["Dimensions"], json!([["FunctionName"]]));
        assert_eq!(line["FunctionName"], "bridge-reply");
        assert_eq!(line["auth.error"], "stale");
        for (metric, value) in numbers {
            assert_eq!(line[metric.name()], value);
            let definition = json!({"Name": metric.name(), "Unit": metric.unit()});
            assert!(
                directive["Metrics"]
                    .as_array()
                    .expect("a list")
                    .contains(&definition)
            );
        }
    }

    #[test]
    fn no_two_metrics_share_a_name() {
        let mut names = Metric::ALL.map(Metric::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Metric::ALL.len());
    }
}

//! Numbers for CloudWatch: lines in its embedded metric format on standard output.
//!
//! In: counts. Out: one JSON line for each call, which CloudWatch Logs turns into metrics by itself;
//! no call to AWS, nothing built before the first one. Fields beside the numbers are names of our
//! own (a reason, a door), never what a sender wrote.

use std::io::Write;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

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
    let numbers: Vec<_> = numbers
        .iter()
        .map(|(metric, value)| (*metric, Field::Number(*value)))
        .collect();
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, Field::Text(value)))
        .collect();
    write("metrics", &numbers, &fields);
}

/// A value in a line.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub(super) enum Field<'a> {
    Text(&'a str),
    Number(u64),
    /// One for each call.
    List(&'a [u64]),
}

impl<'a> Field<'a> {
    /// `None` where it is empty.
    pub(super) fn text(text: &'a str) -> Option<Self> {
        (!text.is_empty()).then_some(Self::Text(text))
    }

    /// `None` where it is empty.
    pub(super) fn list(list: &'a [u64]) -> Option<Self> {
        (!list.is_empty()).then_some(Self::List(list))
    }
}

/// The same with numbers or lists of them, and fields of any type; without numbers it is a plain
/// line of the log.
pub(super) fn write(
    message: &'static str,
    numbers: &[(Metric, Field<'_>)],
    fields: &[(&'static str, Field<'_>)],
) {
    let Some(function) = FUNCTION.get() else {
        return;
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let line = Line {
        function,
        at_ms: since.map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        }),
        message,
        numbers,
        fields,
    };
    // A closed output must not stop an event.
    let _ = std::io::stdout().lock().write_all(&line.bytes());
}

/// Written entry by entry: a tree of values would cost six times the instructions.
struct Line<'a> {
    function: &'a str,
    at_ms: u64,
    message: &'static str,
    numbers: &'a [(Metric, Field<'a>)],
    fields: &'a [(&'static str, Field<'a>)],
}

impl Line<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(None)?;
        line.serialize_entry("level", "INFO")?;
        line.serialize_entry("message", self.message)?;
        line.serialize_entry(DIMENSION, self.function)?;
        for (name, value) in self.fields {
            line.serialize_entry(name, value)?;
        }
        for (metric, value) in self.numbers {
            line.serialize_entry(metric.name(), value)?;
        }
        if !self.numbers.is_empty() {
            line.serialize_entry("_aws", &Directives::of(self))?;
        }
        line.end()
    }
}

/// What tells CloudWatch which members are metrics.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directives {
    timestamp: u64,
    cloud_watch_metrics: [Directive; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    metrics: Vec<Definition>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
}

impl Directives {
    fn of(line: &Line<'_>) -> Self {
        let definition = |(metric, _): &(Metric, Field<'_>)| Definition {
            name: metric.name(),
            unit: metric.unit(),
        };
        Self {
            timestamp: line.at_ms,
            cloud_watch_metrics: [Directive {
                namespace: NAMESPACE,
                dimensions: [[DIMENSION]],
                metrics: line.numbers.iter().map(definition).collect(),
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What CloudWatch's specification of the format asks for: every metric and dimension of a
    /// directive is a member at the top, a number or a text.
    #[test]
    fn a_line_is_in_the_embedded_metric_format() {
        let numbers = [
            (Metric::NotAuthentic, Field::Number(1)),
            (Metric::ZendeskLatency, Field::List(&[120, 80])),
        ];
        let line = Line {
            function: "bridge-reply",
            at_ms: 1_795_359_600_000,
            message: "event",
            numbers: &numbers,
            fields: &[("auth.error", Field::Text("stale"))],
        };
        let written = String::from_utf8(line.bytes()).expect("text");
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
            assert_eq!(line[metric.name()], json!(value));
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

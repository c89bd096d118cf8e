//! Numbers for CloudWatch: lines in its embedded metric format on standard output.
//!
//! In: counts. Out: one JSON line for each call, which CloudWatch Logs turns into metrics by itself;
//! no call to AWS, nothing built before the first one. Fields beside the numbers are names of our
//! own (a reason, a door), never what a sender wrote.

use std::io::Write;
use std::sync::OnceLock;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::invocation;

/// The namespace of every metric.
pub const NAMESPACE: &str = "BrazeZendeskBridge";
/// The dimension of all; its value is the name of the Lambda function, as in `AWS/Lambda`.
pub const DIMENSION: &str = "FunctionName";
/// A second one of panics alone: an update is rolled back for those of its own version.
const VERSION: &str = "FunctionVersion";

static FUNCTION: OnceLock<Function> = OnceLock::new();

struct Function {
    name: String,
    version: String,
}

/// What is counted or measured. `docs/operations.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Requests refused because they are not authentic.
    NotAuthentic,
    /// Requests that were authentic, whatever became of them.
    Authentic,
    /// Requests refused for their size, before anything else is looked at.
    TooLarge,
    /// Requests that would have been refused, but for `SIGNATURE_MODE=observe`.
    NotAuthenticObserved,
    /// Events and bodies kept as dead letters.
    DeadLetters,
    /// Panics: faults of the bridge itself.
    Panics,
    /// SMS parts that Braze accepted.
    SmsParts,
    /// Messages that Braze accepted.
    SmsSent,
    /// Messages that are on the phone, where Braze exports events.
    SmsDelivered,
    /// Messages that failed, were refused or given up, likewise.
    SmsFailed,
    /// Messages of which Braze's export said nothing for ten minutes.
    SmsWithheld,
    /// Customers whom a message did not reach, each at most once a day: nobody's phone alone counts for many.
    Unreached,
    /// Messages held back because a person stopped all, each time one was due.
    SmsStopped,
    /// Exported events that concern the bridge.
    ExportedEvents,
    /// Events done: within the request, or later by redelivery.
    Delivered,
    /// Events stored that a later run has to deliver.
    Queued,
    /// Events seen before.
    Duplicate,
    /// Texts dropped because agents suspended the customer in Zendesk.
    Suspended,
    /// Answers, closing messages and automatic texts not sent: beyond a limit of SMS parts.
    OverLimit,
    /// SMS of which it is not known whether they were sent; a note tells the agent.
    Unknown,
    /// Answers, solves and requests that no webhook had reported, found on their tickets.
    LostWebhooks,
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
    /// How long it takes until all that waits had its turn within the bridge's share of ticket updates; zero
    /// where nothing had to be put off.
    DrainTime,
}

impl Metric {
    /// Every metric there is.
    pub const ALL: [Self; 28] = [
        Self::NotAuthentic,
        Self::Authentic,
        Self::TooLarge,
        Self::NotAuthenticObserved,
        Self::DeadLetters,
        Self::Panics,
        Self::SmsParts,
        Self::SmsSent,
        Self::SmsDelivered,
        Self::SmsFailed,
        Self::SmsWithheld,
        Self::Unreached,
        Self::SmsStopped,
        Self::ExportedEvents,
        Self::Delivered,
        Self::Queued,
        Self::Duplicate,
        Self::Suspended,
        Self::OverLimit,
        Self::Unknown,
        Self::LostWebhooks,
        Self::ZendeskLatency,
        Self::BrazeLatency,
        Self::ZendeskFailures,
        Self::BrazeFailures,
        Self::WaitingAge,
        Self::Waiting,
        Self::DrainTime,
    ];

    /// Its name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotAuthentic => "NotAuthentic",
            Self::Authentic => "Authentic",
            Self::TooLarge => "TooLarge",
            Self::NotAuthenticObserved => "NotAuthenticObserved",
            Self::DeadLetters => "DeadLetters",
            Self::Panics => "Panics",
            Self::SmsParts => "SmsParts",
            Self::SmsSent => "SmsSent",
            Self::SmsDelivered => "SmsDelivered",
            Self::SmsFailed => "SmsFailed",
            Self::SmsWithheld => "SmsWithheld",
            Self::Unreached => "Unreached",
            Self::SmsStopped => "SmsStopped",
            Self::ExportedEvents => "ExportedEvents",
            Self::Delivered => "Delivered",
            Self::Queued => "Queued",
            Self::Duplicate => "Duplicate",
            Self::Suspended => "Suspended",
            Self::OverLimit => "OverLimit",
            Self::Unknown => "Unknown",
            Self::LostWebhooks => "LostWebhooks",
            Self::ZendeskLatency => "ZendeskLatency",
            Self::BrazeLatency => "BrazeLatency",
            Self::ZendeskFailures => "ZendeskFailures",
            Self::BrazeFailures => "BrazeFailures",
            Self::WaitingAge => "WaitingAge",
            Self::Waiting => "Waiting",
            Self::DrainTime => "DrainTime",
        }
    }

    /// Its unit, as CloudWatch spells it.
    pub fn unit(self) -> &'static str {
        match self {
            Self::ZendeskLatency | Self::BrazeLatency => "Milliseconds",
            Self::WaitingAge | Self::DrainTime => "Seconds",
            _ => "Count",
        }
    }
}

/// Names the function whose numbers these are, and its version; a second call changes nothing. Without
/// it, as in models and tests, nothing is written.
pub fn of_function(name: &str, version: &str) {
    let _ = FUNCTION.set(Function {
        name: name.to_owned(),
        version: version.to_owned(),
    });
}

/// Counts a request that is not authentic, in one line with its Lambda id, where and why. `observed`: it was
/// let in all the same, and has a line as any other; a refused one has none but this.
pub fn not_authentic(request: &str, door: &str, reason: &str, observed: bool) {
    let metric = match observed {
        true => Metric::NotAuthenticObserved,
        false => Metric::NotAuthentic,
    };
    let fields = [
        ("function_request_id", Field::Text(request)),
        ("door", Field::Text(door)),
        ("auth.error", Field::Text(reason)),
        ("observed", Field::Flag(observed)),
    ];
    write("not authentic", &[(metric, Field::Number(1))], &fields);
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
    Flag(bool),
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
    let trace = invocation::trace();
    let line = Line {
        function,
        at: OffsetDateTime::now_utc(),
        trace: trace.as_deref(),
        cold: invocation::is_cold(),
        message,
        numbers,
        fields,
    };
    // A closed output must not stop an event.
    let _ = std::io::stdout().lock().write_all(&line.bytes());
}

/// Written entry by entry: a tree of values would cost six times the instructions.
struct Line<'a> {
    function: &'a Function,
    at: OffsetDateTime,
    trace: Option<&'a str>,
    cold: bool,
    message: &'static str,
    numbers: &'a [(Metric, Field<'a>)],
    fields: &'a [(&'static str, Field<'a>)],
}

impl Line<'_> {
    fn counts_panics(&self) -> bool {
        self.numbers
            .iter()
            .any(|(metric, _)| *metric == Metric::Panics)
    }

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
        line.serialize_entry("timestamp", &self.at.format(&Rfc3339).unwrap_or_default())?;
        line.serialize_entry("message", self.message)?;
        line.serialize_entry(DIMENSION, &self.function.name)?;
        if self.counts_panics() {
            line.serialize_entry(VERSION, &self.function.version)?;
        }
        line.serialize_entry("cold_start", &self.cold)?;
        if let Some(trace) = self.trace {
            line.serialize_entry("xray_trace_id", trace)?;
        }
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
    dimensions: &'static [&'static [&'static str]],
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
        let milliseconds = line.at.unix_timestamp_nanos() / 1_000_000;
        Self {
            timestamp: u64::try_from(milliseconds).unwrap_or_default(),
            cloud_watch_metrics: [Directive {
                namespace: NAMESPACE,
                dimensions: match line.counts_panics() {
                    true => &[&[DIMENSION], &[DIMENSION, VERSION]],
                    false => &[&[DIMENSION]],
                },
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
        let line = written(&numbers);
        assert_eq!(line["_aws"]["Timestamp"], 1_795_359_600_250_u64);
        assert_eq!(line["timestamp"], "2026-11-22T15:00:00.25Z");
        assert_eq!(line["xray_trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
        assert_eq!(line["cold_start"], true);
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

    /// The alarm that takes an update back looks at the panics of one version.
    #[test]
    fn a_panic_is_counted_for_its_version_as_well() {
        let line = written(&[(Metric::Panics, Field::Number(1))]);
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!(
            directive["Dimensions"],
            json!([["FunctionName"], ["FunctionName", "FunctionVersion"]])
        );
        assert_eq!(line["FunctionVersion"], "7");
    }

    fn written(numbers: &[(Metric, Field<'_>)]) -> Value {
        let at = 1_795_359_600_250_i128 * 1_000_000;
        let function = Function {
            name: "bridge-reply".to_owned(),
            version: "7".to_owned(),
        };
        let line = Line {
            function: &function,
            at: OffsetDateTime::from_unix_timestamp_nanos(at).expect("a time"),
            trace: Some("1-5759e988-bd862e3fe1be46a994272793"),
            cold: true,
            message: "event",
            numbers,
            fields: &[("auth.error", Field::Text("stale"))],
        };
        let written = String::from_utf8(line.bytes()).expect("text");
        assert_eq!(written.matches('\n').count(), 1);
        serde_json::from_str(&written).expect("JSON")
    }

    #[test]
    fn no_two_metrics_share_a_name() {
        let mut names = Metric::ALL.map(Metric::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Metric::ALL.len());
    }
}

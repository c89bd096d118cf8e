//! The settings of a function, read once at start.
//!
//! In: a lookup from name to value, so that nothing but [`environment`] touches the process. Out:
//! [`Settings`], or every problem at once by name. A leaf: imports only `net` and `secrets` types.

mod lookup;

use std::path::PathBuf;

use tracing::level_filters::LevelFilter;

pub use lookup::{ConfigErrors, Problem};

use crate::net::BaseUrl;
use crate::secrets::Secret;
use lookup::Reader;

/// Everything the environment says.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The AWS SDKs' own variables.
    pub aws: AwsEnv,
    /// `TABLE_NAME`: the DynamoDB table.
    pub table_name: String,
    /// `SECRET_ID`: name or ARN of the secret.
    pub secret_id: String,
    /// How Zendesk is reached.
    pub zendesk: ZendeskSettings,
    /// How Braze is reached.
    pub braze: BrazeSettings,
    /// What the bridge decides by.
    pub policy: Policy,
    /// `SIGNATURE_MODE`.
    pub signature_mode: SignatureMode,
    /// `EXTRA_CA_FILE`: PEM certificates trusted beside the public ones.
    pub extra_ca_file: Option<PathBuf>,
    /// `LOG_LEVEL`.
    pub log_level: LevelFilter,
}

/// The AWS SDKs' own variables.
#[derive(Debug, Clone)]
pub struct AwsEnv {
    /// `AWS_REGION`, else `AWS_DEFAULT_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: Secret,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: Option<Secret>,
    /// `AWS_ENDPOINT_URL_DYNAMODB`, else `AWS_ENDPOINT_URL`.
    pub dynamodb_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_SECRETS_MANAGER`, else `AWS_ENDPOINT_URL`.
    pub secretsmanager_endpoint: Option<String>,
}

/// How Zendesk is reached.
#[derive(Debug, Clone)]
pub struct ZendeskSettings {
    /// `ZENDESK_BASE_URL`.
    pub base: BaseUrl,
}

/// How Braze is reached.
#[derive(Debug, Clone)]
pub struct BrazeSettings {
    /// `BRAZE_BASE_URL`.
    pub base: BaseUrl,
    /// `BRAZE_REPLY_CAMPAIGN_ID`; `None`: every event must bring its own.
    pub reply_campaign: Option<String>,
    /// `BRAZE_SOLVED_CAMPAIGN_ID`; `None`: no closing SMS, attribute only.
    pub solved_campaign: Option<String>,
}

/// What the bridge decides by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `OPEN_ON`.
    pub open_on: OpenOn,
    /// `REOPEN_WINDOW_DAYS`: a text this long after solved reopens the ticket.
    pub reopen_window_days: u32,
    /// `SOLVED_MESSAGE`: the closing text where the event brings none.
    pub solved_message: String,
    /// What new tickets carry.
    pub ticket: TicketSettings,
}

/// What new tickets carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSettings {
    /// `TICKET_TAGS`.
    pub tags: Vec<String>,
    /// `TICKET_SUBJECT`; `{name}` stands for the customer's name.
    pub subject: String,
    /// `TICKET_PRIORITY`: `urgent`, `high`, `normal` or `low`.
    pub priority: Option<String>,
    /// `TICKET_TYPE`: `problem`, `incident`, `question` or `task`.
    pub kind: Option<String>,
}

/// Which text of a customer without a conversation opens a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenOn {
    /// Every one.
    Any,
    /// Only one flagged as a support request.
    Keyword,
}

/// What happens to a request whose signature is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureMode {
    /// It is refused.
    Enforce,
    /// It is logged and accepted: for the first hours of a roll-out.
    Observe,
}

impl Settings {
    /// Reads the settings from the process environment.
    ///
    /// # Errors
    /// All missing and wrong settings together, by name.
    pub fn from_environment() -> Result<Self, ConfigErrors> {
        Self::from_lookup(environment)
    }

    /// Reads the settings through a lookup; an empty value counts as absent.
    ///
    /// # Errors
    /// All missing and wrong settings together, by name.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::new(&lookup);
        let settings = read(&mut reader);
        reader.finish(settings)
    }
}

/// A variable of the process environment: the only place that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn read(r: &mut Reader<'_>) -> Option<Settings> {
    // Everything is read before anything is required, so that all problems are reported.
    let (aws, ticket) = (aws(r), ticket(r));
    let (table_name, secret_id) = (r.required("TABLE_NAME"), r.required("SECRET_ID"));
    let zendesk = r.base_url("ZENDESK_BASE_URL");
    let braze = r.base_url("BRAZE_BASE_URL");
    let reply_campaign = r.campaign("BRAZE_REPLY_CAMPAIGN_ID");
    let solved_campaign = r.campaign("BRAZE_SOLVED_CAMPAIGN_ID");
    let open_on = r.choice(
        "OPEN_ON",
        OpenOn::Any,
        &[("any", OpenOn::Any), ("keyword", OpenOn::Keyword)],
    );
    let reopen_window_days = r.number("REOPEN_WINDOW_DAYS", 28, 0..=3_650);
    let signature_mode = r.choice(
        "SIGNATURE_MODE",
        SignatureMode::Enforce,
        &[
            ("enforce", SignatureMode::Enforce),
            ("observe", SignatureMode::Observe),
        ],
    );
    let log_level = r.choice("LOG_LEVEL", LevelFilter::INFO, &LOG_LEVELS);
    let solved_message = r
        .optional("SOLVED_MESSAGE")
        .unwrap_or_else(|| "Your ticket has been closed".to_owned());
    Some(Settings {
        aws: aws?,
        table_name: table_name?,
        secret_id: secret_id?,
        zendesk: ZendeskSettings { base: zendesk? },
        braze: BrazeSettings {
            base: braze?,
            reply_campaign,
            solved_campaign,
        },
        policy: Policy {
            open_on,
            reopen_window_days,
            solved_message,
            ticket,
        },
        signature_mode,
        extra_ca_file: r.optional("EXTRA_CA_FILE").map(PathBuf::from),
        log_level,
    })
}

const LOG_LEVELS: [(&str, LevelFilter); 5] = [
    ("error", LevelFilter::ERROR),
    ("warn", LevelFilter::WARN),
    ("info", LevelFilter::INFO),
    ("debug", LevelFilter::DEBUG),
    ("trace", LevelFilter::TRACE),
];

fn aws(r: &mut Reader<'_>) -> Option<AwsEnv> {
    let everywhere = r.endpoint("AWS_ENDPOINT_URL");
    let region = match r
        .optional("AWS_REGION")
        .or_else(|| r.optional("AWS_DEFAULT_REGION"))
    {
        Some(region) => Some(region),
        None => r.required("AWS_REGION"),
    };
    let access_key_id = r.required("AWS_ACCESS_KEY_ID");
    let secret_access_key = r.required("AWS_SECRET_ACCESS_KEY").map(Secret::new);
    let session_token = r.optional("AWS_SESSION_TOKEN").map(Secret::new);
    let dynamodb_endpoint = r
        .endpoint("AWS_ENDPOINT_URL_DYNAMODB")
        .or_else(|| everywhere.clone());
    let secretsmanager_endpoint = r
        .endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER")
        .or(everywhere);
    Some(AwsEnv {
        region: region?,
        access_key_id: access_key_id?,
        secret_access_key: secret_access_key?,
        session_token,
        dynamodb_endpoint,
        secretsmanager_endpoint,
    })
}

fn ticket(r: &mut Reader<'_>) -> TicketSettings {
    let one_of = |names: &[&'static str]| -> Vec<(&'static str, Option<String>)> {
        names
            .iter()
            .map(|name| (*name, Some((*name).to_owned())))
            .collect()
    };
    TicketSettings {
        tags: r.tags("TICKET_TAGS", "braze_sms"),
        subject: r
            .optional("TICKET_SUBJECT")
            .unwrap_or_else(|| "SMS from {name}".to_owned()),
        priority: r.choice(
            "TICKET_PRIORITY",
            None,
            &one_of(&["urgent", "high", "normal", "low"]),
        ),
        kind: r.choice(
            "TICKET_TYPE",
            None,
            &one_of(&["problem", "incident", "question", "task"]),
        ),
    }
}

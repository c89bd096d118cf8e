//! The settings' types, one struct per concern.
//!
//! In: nothing. Out: [`Settings`] and its parts. Imports only `hours`, `net` and `secrets` types.

use std::path::PathBuf;
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use crate::hours::Hours;
use crate::net::BaseUrl;
use crate::secrets::Secret;

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
    pub policy: PolicySettings,
    /// `DRAINED_AT_ONCE`: conversations that a run of redelivery works on at the same time for each vendor.
    pub drained_at_once: u32,
    /// `SIGNATURE_MODE`.
    pub signature_mode: SignatureMode,
    /// `EXTRA_CA_FILE`: PEM certificates trusted beside the public ones.
    pub extra_ca_file: Option<PathBuf>,
    /// `MEDIA_ALLOW_LOOPBACK`: links to pictures may lead to this machine; for tests only.
    pub media_allow_loopback: bool,
    /// `LOG_LEVEL`.
    pub log_level: LevelFilter,
    /// `AWS_LAMBDA_FUNCTION_NAME`, set by Lambda: whose metrics these are.
    pub function_name: String,
    /// `AWS_LAMBDA_FUNCTION_VERSION`, set by Lambda: which of its versions this is.
    pub function_version: String,
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
    /// `TRUST_ZENDESK_EXTERNAL_ID`: a requester's own external id counts as a Braze id where the user field
    /// is empty.
    pub trust_external_id: bool,
    /// `ZENDESK_UPDATES_PER_MINUTE`: updates of tickets a minute where Zendesk tells no limit; zero: any number.
    pub updates_per_minute: u32,
    /// `ZENDESK_UPDATES_SHARE`: per cent of the limit that the bridge may use.
    pub updates_share: u32,
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
    /// `BRAZE_SUBSCRIPTION_GROUP_ID`, with `CHECK_SUBSCRIPTION`: the SMS subscription group in which a
    /// customer is looked up before a message; `None`: no look-ups.
    pub subscription_group: Option<String>,
    /// `OPT_OUT_WORDS=unsubscribe`: the group that a customer is taken out of who asks for no more texts in
    /// words that Braze does not act on; `None`: `note`, Braze is not informed.
    pub unsubscribe_from: Option<String>,
    /// `CHECK_WITHHELD`: where Braze exports no events, it is asked once a day for each customer whether it sent them
    /// an answer.
    pub check_withheld: bool,
    /// `ALLOWED_CAMPAIGN_IDS`: which campaigns an event may name beside the two above; `None`: any,
    /// because the body is signed.
    pub allowed_campaigns: Option<Vec<String>>,
}

/// What the bridge decides by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicySettings {
    /// `OPEN_ON`.
    pub open_on: OpenOn,
    /// `TEXT_TICKETS`.
    pub text_tickets: TextTickets,
    /// `REOPEN_WINDOW_DAYS`: a text this long after solved reopens the ticket.
    pub reopen_window_days: u32,
    /// `GIVE_UP_AFTER_HOURS`: how long an event is tried before it becomes a dead letter.
    pub give_up_after: Duration,
    /// `DUPLICATE_TEXT_WINDOW_SECONDS`: the same text of the same customer within it is one text;
    /// `None`: Braze's dispatch id alone tells.
    pub duplicate_window: Option<Duration>,
    /// `SOLVED_MESSAGE`: the closing text where the event brings none of its own; `None`: the language's own.
    pub solved_message: Option<String>,
    /// `SOLVED_MESSAGE_FR` and the like: the same for customers of that language, by its two letters.
    pub solved_messages: Vec<(&'static str, String)>,
    /// `LANGUAGE`: of notes and other texts of the bridge's own.
    pub language: Language,
    /// `THANKS_WINDOW_HOURS`: a bare thank-you this long after solved does not reopen the ticket.
    pub thanks_window_hours: u32,
    /// `CSAT`: the closing SMS asks for a rating.
    pub csat: bool,
    /// `CSAT_FIELD_ID`: the ticket field that takes it.
    pub csat_field: Option<u64>,
    /// `PARTS_FIELD_ID`: the ticket field that takes the SMS parts of a ticket.
    pub parts_field: Option<u64>,
    /// `BRAZE_EVENTS`: Braze gets custom events of tickets.
    pub braze_events: bool,
    /// `NO_CLOSING_TAGS`: tags of tickets that get no closing message.
    pub no_closing_tags: Vec<String>,
    /// `LOOP_FUSE`: the same text this often within an hour stops automatic SMS; zero: never.
    pub loop_fuse: u8,
    /// `PARTS_PER_CUSTOMER_DAY`: most SMS parts to one customer within a day; zero: any number.
    pub parts_per_customer_day: u32,
    /// `PARTS_PER_HOUR`: most SMS parts of the whole stack within an hour; zero: any number.
    pub parts_per_hour: u32,
    /// `QUIET_HOURS`: no automatic SMS goes out then; `None`: at any time.
    pub quiet_hours: Option<Hours>,
    /// How answers become SMS.
    pub sms: SmsSettings,
    /// What new tickets carry.
    pub ticket: TicketSettings,
}

/// Which tickets are texted about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTickets {
    /// Those that carry the first of `TICKET_TAGS`.
    Tagged,
    /// Every ticket of a customer with a Braze id, as in Braze's guide.
    Any,
}

/// How answers become SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsSettings {
    /// `SIGNATURE_SEPARATOR`: the line that begins a signature; `None`: nothing is cut.
    pub signature_separator: Option<String>,
    /// `SPLIT_LIGATURES`: `œ` may become `oe`.
    pub split_ligatures: bool,
    /// `MAX_MESSAGES`: most messages of one answer, each of up to ten parts.
    pub max_messages: u32,
    /// `FILES_OUT`.
    pub files: FilesOut,
    /// `COST_NOTE`.
    pub cost_note: CostNote,
}

/// What becomes of the files on an agent's comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilesOut {
    /// A note says that they were not sent.
    #[default]
    Note,
    /// Their links go below the text.
    Links,
    /// A picture goes to the campaign as `media_url`; a note names the rest.
    Media,
}

/// Whether a note says what an answer cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CostNote {
    /// Never.
    #[default]
    Never,
    /// Where a character made it UCS-2.
    Ucs2,
    /// Of every answer.
    Always,
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

/// The language of what the bridge itself says to agents and customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// `en`
    #[default]
    English,
    /// `fr`
    French,
}

/// Which text of a customer without a conversation opens a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenOn {
    /// Every one.
    #[default]
    Any,
    /// Only one that came through the support keyword's campaign.
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

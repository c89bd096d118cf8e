//! What a [`crate::Stack`] is started with.
//!
//! In: nothing. Out: [`Options`], whose default is a quiet, in-memory stack on free ports.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value, json};
use simulators::{Clock, braze, zendesk};

use crate::binaries::Binaries;
use crate::logs::Logs;
use crate::pool::Limits;

/// Name of the table.
pub const TABLE_NAME: &str = "braze-zendesk";
/// Name of the secret.
pub const SECRET_ID: &str = "braze-zendesk/credentials";
/// Campaign of the agents' replies.
pub const REPLY_CAMPAIGN: &str = "reply-campaign";
/// Campaign of the closing message.
pub const SOLVED_CAMPAIGN: &str = "solved-campaign";
/// Signing secret of the webhook for replies.
pub const REPLY_SIGNING_SECRET: &str = "reply-signing-secret";
/// Signing secret of the webhook for solved tickets.
pub const SOLVED_SIGNING_SECRET: &str = "solved-signing-secret";
/// Signing secret of the webhook for event types.
pub const EVENTS_SIGNING_SECRET: &str = "events-signing-secret";
/// Bearer token of Braze's event export.
pub const EXPORT_TOKEN: &str = "export-token";
/// Bearer token of Braze's inbound webhook.
pub const INBOUND_TOKEN: &str = "inbound-token";

/// Choices for a stack; all have defaults.
#[derive(Clone)]
pub struct Options {
    /// The front's port; 0: any free one.
    pub port: u16,
    /// The Zendesk simulator's settings.
    pub zendesk: zendesk::AccountConfig,
    /// The Braze simulator's settings.
    pub braze: braze::WorkspaceConfig,
    /// Environment variables of all functions, over the usual ones; `None` removes one.
    pub variables: BTreeMap<String, Option<String>>,
    /// Keys of the secret, over the usual ones.
    pub secret: Map<String, Value>,
    /// Environments per function and whether they are frozen between events.
    pub limits: Limits,
    /// How long the HTTP functions may take for one event.
    pub timeout: Duration,
    /// How long `redelivery` may take.
    pub redelivery_timeout: Duration,
    /// Directory to keep the state in.
    pub data: Option<PathBuf>,
    /// Invoke `redelivery` this often; `None`: only on demand.
    pub schedule: Option<Duration>,
    /// Where the functions' output goes.
    pub logs: Logs,
    /// Show cargo's progress on stderr.
    pub show_build: bool,
    /// Run an https host for customers' pictures that the functions trust.
    pub pictures: bool,
    /// Executables to use instead of building them.
    pub binaries: Option<Binaries>,
    /// Begin as on the first day after a deployment: Zendesk without field, webhooks and triggers, a
    /// secret that holds the inbound token only. Braze's campaigns are there: nothing makes them
    /// but a person in its dashboard.
    pub first_day: bool,
    /// Zendesk posts its event types to the bridge as well.
    pub zendesk_events: bool,
    /// Braze exports its events to the bridge (Currents).
    pub exports: bool,
    /// Template that defines the table; `None`: the workspace's.
    pub template: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let clock = Clock::new();
        let zendesk = zendesk::AccountConfig {
            clock: clock.clone(),
            ..zendesk::AccountConfig::default()
        };
        let braze = braze::WorkspaceConfig {
            clock,
            ..braze::WorkspaceConfig::default()
        };
        Self {
            port: 0,
            zendesk,
            braze,
            variables: BTreeMap::new(),
            secret: Map::new(),
            limits: Limits::default(),
            timeout: Duration::from_secs(10),
            redelivery_timeout: Duration::from_secs(55),
            data: None,
            schedule: None,
            logs: Logs::default(),
            show_build: false,
            pictures: false,
            binaries: None,
            first_day: false,
            zendesk_events: false,
            exports: false,
            template: None,
        }
    }
}

impl Options {
    /// The secret's string: the contract's keys with the simulators' credentials.
    #[must_use]
    pub fn secret_text(&self) -> String {
        let mut secret = json!({
            "zendesk_oauth_client_id": self.zendesk.oauth_client_id,
            "zendesk_oauth_client_secret": self.zendesk.oauth_client_secret,
            "zendesk_email": "",
            "zendesk_api_token": "",
            "zendesk_reply_signing_secret": REPLY_SIGNING_SECRET,
            "zendesk_reply_signing_secret_previous": "",
            "zendesk_solved_signing_secret": SOLVED_SIGNING_SECRET,
            "zendesk_solved_signing_secret_previous": "",
            "braze_api_key": self.braze.api_key,
            "braze_inbound_token": INBOUND_TOKEN,
            "braze_inbound_token_previous": "",
        });
        if let Some(secret) = secret.as_object_mut() {
            if self.zendesk_events {
                let key = "zendesk_events_signing_secret".to_owned();
                secret.insert(key, json!(EVENTS_SIGNING_SECRET));
            }
            if self.exports {
                secret.insert("braze_events_token".to_owned(), json!(EXPORT_TOKEN));
            }
            if self.first_day {
                let kept = |key: &String| key == "braze_inbound_token";
                secret
                    .iter_mut()
                    .filter(|(key, _)| !kept(key))
                    .for_each(|(_, v)| *v = json!(""));
            }
            secret.extend(self.secret.clone());
        }
        secret.to_string()
    }

    /// A function's environment, without the Runtime API's address.
    #[must_use]
    pub fn environment(&self, function: &str, places: &Places) -> Vec<(String, String)> {
        let updates = self.zendesk.limits.updates_per_minute.to_string();
        let usual = [
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDLOCAL"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_ENDPOINT_URL_DYNAMODB", &places.dynamo),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &places.secrets),
            ("AWS_LAMBDA_FUNCTION_NAME", function),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/local"),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
            ("_HANDLER", "bootstrap"),
            ("TZ", ":UTC"),
            ("TABLE_NAME", TABLE_NAME),
            ("SECRET_ID", SECRET_ID),
            ("ZENDESK_BASE_URL", &places.zendesk),
            ("BRAZE_BASE_URL", &places.braze),
            ("BRAZE_REPLY_CAMPAIGN_ID", REPLY_CAMPAIGN),
            ("BRAZE_SOLVED_CAMPAIGN_ID", SOLVED_CAMPAIGN),
            ("ZENDESK_UPDATES_PER_MINUTE", &updates),
        ];
        let mut variables: BTreeMap<String, String> = usual
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        for (name, value) in &self.variables {
            match value {
                Some(value) => variables.insert(name.clone(), value.clone()),
                None => variables.remove(name),
            };
        }
        variables.into_iter().collect()
    }
}

/// Base URLs the functions are told.
#[derive(Clone, Debug)]
pub struct Places {
    /// DynamoDB.
    pub dynamo: String,
    /// Secrets Manager.
    pub secrets: String,
    /// Zendesk.
    pub zendesk: String,
    /// Braze.
    pub braze: String,
}

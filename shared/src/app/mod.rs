//! A function as a whole: what is built once per environment, and what every request goes through.
//!
//! In: the process environment, requests, the schedule's tick. Out: answers. The top of the
//! library: imports every room, is imported only by the functions.

mod campaigns;
mod door;
mod policy;
mod receive;
mod tagged;

use std::sync::Arc;

use serde_json::Value;

use crate::aws::AwsParts;
use crate::config::{self, ConfigErrors, Settings, SignatureMode};
use crate::conversation::store::{Store, StoreError};
use crate::delivery::{
    Bridge, Clients, Clock, Gate, Limits, Pace, Side, Summary, Switch, TicketDefaults, Updates,
    Work,
};
use crate::media::Fetcher;
use crate::net::{Http, NetError};
use crate::secrets::{Need, SecretStore, Secrets};
use crate::telemetry::invocation;
use crate::telemetry::metrics::{self, Metric};
use crate::{braze, telemetry, zendesk};

use campaigns::Campaigns;
pub use door::Door;

/// Everything a function needs, built once before the first event.
#[derive(Debug)]
pub struct App {
    bridge: Arc<Bridge>,
    secrets: Arc<SecretStore>,
    signature_mode: SignatureMode,
    duplicate_window: Option<std::time::Duration>,
    campaigns: Campaigns,
}

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings are missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Net(#[from] NetError),
}

impl App {
    /// Reads the settings and builds the function; starts reading the secrets.
    ///
    /// # Errors
    ///
    /// [`StartError`], all wrong settings at once.
    pub fn start(needs: &[Need]) -> Result<Self, StartError> {
        let settings = Settings::from_lookup(config::environment)?;
        telemetry::init(settings.log_level);
        metrics::of_function(&settings.function_name, &settings.function_version);
        if settings.signature_mode == SignatureMode::Observe {
            tracing::warn!(
                "SIGNATURE_MODE is observe: requests that are not authentic are accepted"
            );
        }
        let http = Http::new(settings.extra_ca_file.as_deref())?;
        let parts = AwsParts::new(&settings.aws, &http);
        let secrets = Arc::new(SecretStore::new(&parts, settings.secret_id.clone()));
        prefetch(&secrets, needs);
        let clock = Clock::system();
        let media = Fetcher::new(http.clone(), settings.media_allow_loopback);
        let store = Store::new(&parts, settings.table_name.clone());
        let vendors = Clients {
            media,
            zendesk: zendesk::ZendeskClient::new(
                http.clone(),
                settings.zendesk.base.clone(),
                Arc::clone(&secrets),
            ),
            braze: braze::BrazeClient::new(http, settings.braze.base.clone(), Arc::clone(&secrets)),
            tickets: TicketDefaults {
                tags: settings.policy.ticket.tags.clone(),
                priority: settings.policy.ticket.priority.clone(),
                kind: settings.policy.ticket.kind.clone(),
            },
            clock: clock.clone(),
            store: store.clone(),
            switch: Switch::default(),
            trust_external_id: settings.zendesk.trust_external_id,
            zendesk_gate: Gate::default(),
            braze_gate: Gate::default(),
            limits: Limits::default(),
            pace: Pace::default(),
            sends: Pace::default(),
        };
        let bridge = Bridge {
            store,
            vendors,
            policy: policy::of(&settings),
            clock,
            updates: Updates::default(),
        };
        Ok(Self {
            bridge: Arc::new(bridge),
            secrets,
            signature_mode: settings.signature_mode,
            duplicate_window: settings.policy.duplicate_window,
            campaigns: Campaigns::of(&settings.braze),
        })
    }

    /// Drains what is due. The schedule's event says which of the runs side by side this is and how many there are
    /// (`{"run": 0, "of": 2}`); such a run comes back to what falls due while it lasts. Any other event is of a run
    /// that goes alone and ends when nothing is due.
    ///
    /// # Errors
    ///
    /// Where the table cannot be read: the schedule comes again.
    pub async fn redeliver(
        &self,
        event: &Value,
        context: &lambda_http::Context,
    ) -> Result<Value, lambda_http::Error> {
        invocation::begins(context.xray_trace_id.as_deref());
        let request_id = &context.request_id;
        let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
        let work = Work::scheduled(request_id, deadline);
        let side = Side::read(event["run"].as_u64(), event["of"].as_u64());
        let work = match side {
            Some(side) => work.beside(side).that_comes_back(),
            None => work,
        };
        let run = telemetry::caught(async {
            let mut summary = self.bridge.redeliver(&work).await?;
            // One of them compares.
            if side.is_none_or(|side| side.nth == 0) {
                Box::pin(self.bridge.reconcile(&work, &mut summary)).await?;
            }
            Ok::<Summary, StoreError>(summary)
        });
        let summary = run.await.ok_or("the run panicked")??;
        let numbers = [
            (Metric::WaitingAge, summary.oldest_s),
            (Metric::Waiting, summary.conversations.into()),
            (Metric::DrainTime, summary.drain_s),
        ];
        metrics::emit(&numbers, &[]);
        tracing::info!(
            redelivery.conversations = summary.conversations,
            redelivery.delivered = summary.delivered,
            redelivery.settled = summary.settled,
            redelivery.unknown = summary.unknown,
            redelivery.dead = summary.dead,
            redelivery.compared = summary.compared,
            redelivery.found = summary.found,
            "redelivery"
        );
        Ok(serde_json::to_value(summary)?)
    }
}

/// Starts reading the secrets beside whatever does not need them, and names what is missing.
fn prefetch(secrets: &Arc<SecretStore>, needs: &[Need]) {
    let (secrets, needs) = (Arc::clone(secrets), needs.to_vec());
    tokio::spawn(async move {
        // A request that needs the secrets meets the same error and reports it.
        let Ok(secrets) = secrets.get().await else {
            return;
        };
        name_customers(&secrets);
        let missing = secrets.missing(&needs).join(", ");
        if !missing.is_empty() {
            tracing::error!(secret.missing = missing, "the secret lacks keys");
        }
    });
}

/// Customers are named in the logs by a hash under a key of its own, else under one made of the token.
fn name_customers(secrets: &Secrets) {
    telemetry::pseudonym::keyed_by(|| pseudonym_key(secrets));
}

/// The key of the customers' names in the logs; nothing where the secret has none and no token.
pub fn pseudonym_key(secrets: &Secrets) -> Option<telemetry::pseudonym::PseudonymKey> {
    use telemetry::pseudonym::PseudonymKey;
    match &secrets.pseudonym_key {
        Some(own) => PseudonymKey::own(own.expose()),
        None => PseudonymKey::of_token(secrets.braze_inbound.live().next()?.expose()),
    }
}

/// Reports why the function cannot start, and says with what to exit.
pub fn cannot_start(error: &StartError) -> std::process::ExitCode {
    telemetry::init(tracing::level_filters::LevelFilter::ERROR);
    tracing::error!(error = %error, "the function cannot start");
    std::process::ExitCode::FAILURE
}

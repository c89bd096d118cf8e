//! What the drill plays on: the simulators, the table as `template.yaml` defines it, the secret.
//!
//! In: nothing. Out: execution environments of the bridge, and what is to be seen from outside.

use std::sync::Arc;

use local::dynamo::Dynamo;
use local::options::{REPLY_CAMPAIGN, SECRET_ID, TABLE_NAME};
use local::secrets::Secrets;
use local::template::Table;
use local::{Options, binaries};
use shared::aws::AwsParts;
use shared::config::AwsEnv;
use shared::conversation::policy::Policy;
use shared::conversation::store::Store;
use shared::delivery::{
    Bridge, Clients, Clock, Gate, Limits, Pace, Switch, TicketDefaults, Updates,
};
use shared::media::Fetcher;
use shared::net::Http;
use shared::secrets::{Secret, SecretStore};
use shared::{braze, zendesk};
use simulators::braze::Braze;
use simulators::serve;
use simulators::zendesk::Zendesk;

/// The world around the bridge.
pub struct World {
    pub zendesk: Zendesk,
    pub braze: Braze,
    pub dynamo: Dynamo,
    pub clock: simulators::Clock,
    secrets: Secrets,
}

impl World {
    pub async fn start() -> Self {
        let clock = simulators::Clock::of_runtime();
        let mut options = Options::default();
        options.zendesk.clock = clock.clone();
        options.braze.clock = clock.clone();
        let template = std::fs::read_to_string(binaries::workspace_root().join("template.yaml"));
        let table = Table::from_template(&template.expect("the template")).expect("a table");
        let port = || async { serve::bind(0).await.expect("a port") };
        let dynamo = Dynamo::start(port().await, &table, TABLE_NAME, None).await;
        let secrets = Secrets::start(port().await, SECRET_ID, options.secret_text());
        Self {
            zendesk: Zendesk::start(options.zendesk).await.expect("a port"),
            braze: Braze::start(options.braze).await.expect("a port"),
            dynamo: dynamo.expect("a table"),
            clock,
            secrets: secrets.expect("a port"),
        }
    }

    /// A cold start: an environment with clients, breakers and connections of its own.
    pub fn environment(&self) -> Arc<Bridge> {
        let simulated = self.clock.clone();
        self.environment_with(Clock::from_fn(move || simulated.now_ms()))
    }

    /// The same with a clock of its own.
    pub fn environment_with(&self, clock: Clock) -> Arc<Bridge> {
        let http = Http::new(None).expect("a client");
        let env = AwsEnv {
            region: "us-east-1".to_owned(),
            access_key_id: "AKIDLOCAL".to_owned(),
            secret_access_key: Secret::new("drill"),
            session_token: None,
            dynamodb_endpoint: Some(self.dynamo.url()),
            secretsmanager_endpoint: Some(self.secrets.url()),
        };
        let parts = AwsParts::new(&env, &http);
        let secrets = Arc::new(SecretStore::new(&parts, SECRET_ID));
        let base = |url: String| url.parse().expect("a loopback address");
        let store = Store::new(&parts, TABLE_NAME);
        let vendors = Clients {
            zendesk: zendesk::ZendeskClient::new(
                http.clone(),
                base(self.zendesk.base_url()),
                Arc::clone(&secrets),
            ),
            braze: braze::BrazeClient::new(http.clone(), base(self.braze.base_url()), secrets),
            media: Fetcher::new(http, true),
            tickets: TicketDefaults::default(),
            trust_external_id: false,
            clock: clock.clone(),
            store: store.clone(),
            switch: Switch::default(),
            zendesk_gate: Gate::default(),
            braze_gate: Gate::default(),
            limits: Limits::default(),
            pace: Pace::default(),
            sends: Pace::default(),
        };
        Arc::new(Bridge {
            store,
            vendors,
            policy: Policy {
                reply_campaign: Some(REPLY_CAMPAIGN.to_owned()),
                // The limit of requests is what is played.
                updates: shared::conversation::policy::UpdateLimit {
                    a_minute: 0,
                    share: 60,
                },
                ..Policy::default()
            },
            clock,
            updates: Updates::default(),
        })
    }

    /// Texts that are on a ticket.
    pub fn delivered(&self) -> usize {
        let tickets = self.zendesk.tickets();
        tickets.iter().map(|ticket| ticket.comments.len()).sum()
    }

    /// Conversations with something left to do.
    pub fn waiting(&self) -> usize {
        let items = self.dynamo.items().expect("the table");
        let waits = |item: &&serde_json::Value| item.get("due_at").is_some();
        items.iter().filter(waits).count()
    }
}

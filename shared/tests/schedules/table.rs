//! The real store on an embedded DynamoDB, without a socket between: the SDK's requests go straight
//! into the database.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use shared::aws::AwsParts;
use shared::config::AwsEnv;
use shared::conversation::state::{Entry, State};
use shared::conversation::step::{Anyway, HandedOver, Owner};
use shared::conversation::store::{
    Accepted, Claims, DeadLetter, Handover, Held, Key, Lease, Leave, Settled, Shown, ShownWatch,
    Storage, Store, StoreError, Vendor, Waits, Watched, Watermark,
};
use shared::conversation::watch::Watch;
use shared::message::{Alias, BrazeId, Customer, DeliveryId, TicketId};
use shared::net::Http;
use shared::secrets::Secret;

use super::run::Table;

/// The real store and the database behind it.
#[derive(Clone)]
pub struct Real {
    store: Store,
    database: Arc<Database>,
}

impl Real {
    pub fn new() -> Self {
        let database = Arc::new(Database::memory().expect("a database"));
        let request = serde_json::from_value(json!({
            "TableName": "bridge",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "due_shard", "AttributeType": "N"},
                {"AttributeName": "due_at", "AttributeType": "N"},
            ],
            "GlobalSecondaryIndexes": [{
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "due_shard", "KeyType": "HASH"},
                    {"AttributeName": "due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }],
        }));
        database
            .create_table(request.expect("a request"))
            .expect("a table");
        let env = AwsEnv {
            region: "eu-west-1".to_owned(),
            access_key_id: "AKIDLOCAL".to_owned(),
            secret_access_key: Secret::new("test"),
            session_token: None,
            dynamodb_endpoint: Some("http://127.0.0.1:1".to_owned()),
            secretsmanager_endpoint: None,
        };
        let parts = AwsParts {
            http_client: SharedHttpClient::new(Direct(Arc::clone(&database))),
            ..AwsParts::new(&env, &Http::new(None).expect("a client"))
        };
        let store = Store::new(&parts, "bridge");
        Self { store, database }
    }

    fn items(&self) -> Vec<Value> {
        let request = serde_json::from_value(json!({ "TableName": "bridge" }));
        let answer = self
            .database
            .scan(request.expect("a request"))
            .expect("items");
        let answer = serde_json::to_value(answer).expect("JSON");
        answer["Items"].as_array().cloned().unwrap_or_default()
    }
}

impl Table for Real {
    fn shown(&self) -> Vec<Shown> {
        let number = |value: &Value| {
            value["N"]
                .as_str()
                .map(|n| n.parse::<i64>().expect("whole"))
        };
        let mut shown: Vec<Shown> = self
            .items()
            .iter()
            .filter_map(|item| {
                let key = Key::parse(item["pk"]["S"].as_str()?)?;
                let state = item["memory"]["S"].as_str();
                Some(Shown {
                    key,
                    state: state
                        .map_or_else(State::default, |s| serde_json::from_str(s).expect("JSON")),
                    waiting: item["mailbox"]["L"].as_array().map(Vec::len),
                    lease: item["lease"]["S"].as_str().map(str::to_owned),
                    due_at: number(&item["due_at"]),
                    due_shard: number(&item["due_shard"]).map(|n| u8::try_from(n).expect("small")),
                })
            })
            .collect();
        shown.sort_by_key(|item| item.key.pk());
        shown
    }

    fn dead(&self) -> Vec<String> {
        let items = self.items();
        let pks = items.iter().filter_map(|item| item["pk"]["S"].as_str());
        pks.filter_map(|pk| pk.strip_prefix("dead#").map(str::to_owned))
            .collect()
    }

    fn watches(&self) -> Vec<ShownWatch> {
        let items = self.items();
        let watches = items.iter().filter_map(|item| {
            let customer = Watch::parse(item["pk"]["S"].as_str()?)?;
            let watch = item["memory"]["S"].as_str()?;
            Some(ShownWatch {
                customer,
                watch: serde_json::from_str(watch).expect("JSON"),
                due_at: item["due_at"]["N"]
                    .as_str()
                    .map(|n| n.parse().expect("whole")),
            })
        });
        let mut watches: Vec<ShownWatch> = watches.collect();
        watches.sort_by_key(|item| Watch::pk(&item.customer));
        watches
    }
}

impl Claims for Real {
    async fn claim(
        &self,
        ticket: TicketId,
        owner: &Owner,
        anyway: Anyway,
        now: i64,
    ) -> Result<Option<Owner>, StoreError> {
        self.store.claim(ticket, owner, anyway, now).await
    }
}

impl Handover for Real {
    async fn profile(
        &self,
        profile: &BrazeId,
        customer: &Customer,
        anyway: Anyway,
        now: i64,
    ) -> Result<Option<Customer>, StoreError> {
        self.store.profile(profile, customer, anyway, now).await
    }

    async fn look(
        &self,
        key: &Key,
        now: i64,
    ) -> Result<Option<(Held, Option<HandedOver>)>, StoreError> {
        self.store.look(key, now).await
    }

    async fn hand_over(
        &self,
        seen: &Held,
        aside: &HandedOver,
        left: (&State, &[Entry]),
        now: i64,
    ) -> Result<bool, StoreError> {
        self.store.hand_over(seen, aside, left, now).await
    }

    async fn end_handover(&self, key: &Key) -> Result<(), StoreError> {
        self.store.end_handover(key).await
    }
}

impl Storage for Real {
    async fn accept(
        &self,
        key: &Key,
        entry: &Entry,
        aliases: &[Alias],
        lease: &Lease,
        now: i64,
    ) -> Result<Accepted, StoreError> {
        self.store.accept(key, entry, aliases, lease, now).await
    }

    async fn take(
        &self,
        seen: Held,
        claim: &DeliveryId,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        self.store.take(seen, claim, lease).await
    }

    async fn take_due(
        &self,
        key: &Key,
        lease: &Lease,
        now: i64,
    ) -> Result<Option<(Held, Held)>, StoreError> {
        self.store.take_due(key, lease, now).await
    }

    async fn settle(
        &self,
        held: &mut Held,
        leave: Leave,
        markers: &[DeliveryId],
        now: i64,
    ) -> Result<Settled, StoreError> {
        self.store.settle(held, leave, markers, now).await
    }

    async fn due(
        &self,
        shard: u8,
        vendors: &[Vendor],
        until: i64,
        limit: i32,
    ) -> Result<Vec<Waits>, StoreError> {
        self.store.due(shard, vendors, until, limit).await
    }

    async fn watched(&self, customer: &Customer) -> Result<Option<Watched>, StoreError> {
        self.store.watched(customer).await
    }

    async fn watch(
        &self,
        customer: &Customer,
        watched: &Watched,
        now: i64,
    ) -> Result<bool, StoreError> {
        self.store.watch(customer, watched, now).await
    }

    async fn whose(&self, profile: &BrazeId) -> Result<Option<Customer>, StoreError> {
        self.store.whose(profile).await
    }

    async fn knows(&self, key: &Key) -> Result<bool, StoreError> {
        self.store.knows(key).await
    }

    async fn bury(&self, letter: &DeadLetter<'_>, now: i64) -> Result<(), StoreError> {
        self.store.bury(letter, now).await
    }
}

impl Watermark for Real {
    async fn watermark(&self) -> Result<Option<i64>, StoreError> {
        self.store.watermark().await
    }

    async fn set_watermark(&self, at: i64) -> Result<(), StoreError> {
        self.store.set_watermark(at).await
    }
}

/// The SDK's HTTP client: the database itself.
#[derive(Clone)]
struct Direct(Arc<Database>);

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Direct")
    }
}

impl HttpClient for Direct {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Direct {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request
            .headers()
            .get("x-amz-target")
            .unwrap_or_default()
            .to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let (status, body) = match answer(&self.0, &target, body) {
            Ok(body) => (200, body),
            Err(error) => (error.status_code(), error.to_json()),
        };
        let response = http::Response::builder()
            .status(status)
            .header("content-type", "application/x-amz-json-1.0")
            .body(SdkBody::from(body));
        let response = HttpResponse::try_from(response.expect("a response"));
        HttpConnectorFuture::ready(Ok(response.expect("a response")))
    }
}

fn answer(database: &Database, target: &str, body: &[u8]) -> Result<String, DynoxideError> {
    macro_rules! call {
        ($operation:ident) => {
            serde_json::to_string(
                &database.$operation(serde_json::from_slice(body).expect("a request"))?,
            )
        };
    }
    let answer = match target.rsplit('.').next() {
        Some("UpdateItem") => call!(update_item),
        Some("PutItem") => call!(put_item),
        Some("Query") => call!(query),
        Some("Scan") => call!(scan),
        other => panic!("the store does not call {other:?}"),
    };
    Ok(answer.expect("JSON"))
}

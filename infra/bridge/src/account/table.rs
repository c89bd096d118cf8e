//! The deployed table, as a person with AWS access reaches it.
//!
//! In: the AWS environment variables, a table's name. Out: items, read and removed. The functions
//! may neither scan nor delete; this is the only place that does.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Region;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use shared::aws::AwsParts;
use shared::config::{AwsEnv, environment};
use shared::net::Http;
use shared::secrets::Secret;

use crate::Failure;

/// An item, by attribute.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A table in the account of the environment.
pub(crate) struct Table {
    client: Client,
    name: String,
}

impl Table {
    /// Signs in with the usual variables; nothing is asked of AWS yet.
    pub(crate) fn of_environment(name: &str) -> Result<Self, Failure> {
        let env = aws_environment()?;
        let http = Http::new(environment("EXTRA_CA_FILE").as_deref().map(AsRef::as_ref))
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let parts = AwsParts::new(&env, &http);
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(parts.behavior)
            .region(Region::new(parts.region.clone()))
            .credentials_provider(parts.credentials.clone())
            .http_client(parts.http_client.clone())
            .retry_config(parts.retry.clone())
            .timeout_config(parts.timeouts.clone());
        config.set_endpoint_url(parts.dynamodb_endpoint);
        Ok(Self {
            client: Client::from_conf(config.build()),
            name: name.to_owned(),
        })
    }

    /// One item, if it is there.
    pub(crate) async fn item(&self, pk: &str) -> Result<Option<Item>, Failure> {
        let request = self.client.get_item().table_name(&self.name);
        let request = request.key("pk", AttributeValue::S(pk.to_owned()));
        let answer = request.consistent_read(true).send().await;
        Ok(answer.map_err(|error| self.broken(&error))?.item)
    }

    /// Calls `look` with every item; long tables take many reads, told on stderr.
    pub(crate) async fn each(&self, mut look: impl FnMut(&Item)) -> Result<usize, Failure> {
        let mut seen = 0;
        let mut start = None;
        loop {
            let request = self.client.scan().table_name(&self.name);
            let page = request.consistent_read(true).set_exclusive_start_key(start);
            let page = page.send().await.map_err(|error| self.broken(&error))?;
            page.items().iter().for_each(&mut look);
            seen += page.items().len();
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(seen);
            }
            eprintln!("{seen} items looked at, more to come");
        }
    }

    /// Removes an item; one that is gone already is no error.
    pub(crate) async fn remove(&self, pk: &str) -> Result<(), Failure> {
        let request = self.client.delete_item().table_name(&self.name);
        let request = request.key("pk", AttributeValue::S(pk.to_owned()));
        request.send().await.map_err(|error| self.broken(&error))?;
        Ok(())
    }

    fn broken<E: ProvideErrorMetadata>(&self, error: &SdkError<E>) -> Failure {
        let table = &self.name;
        Failure::Broken(match error.code() {
            Some("ResourceNotFoundException") => {
                format!("there is no table {table} in this account and region")
            }
            Some(code) => format!("table {table}: AWS refused with {code}"),
            None => format!("table {table}: AWS gave no answer"),
        })
    }
}

fn aws_environment() -> Result<AwsEnv, Failure> {
    let given = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
    let required = |name: &str| {
        given(name).ok_or_else(|| {
            Failure::Usage(format!(
                "{name} is not set; `aws configure export-credentials --format env` gives the \
                 credentials, AWS_REGION names the region"
            ))
        })
    };
    let region = given("AWS_REGION").or_else(|| given("AWS_DEFAULT_REGION"));
    let everywhere = given("AWS_ENDPOINT_URL");
    Ok(AwsEnv {
        access_key_id: required("AWS_ACCESS_KEY_ID")?,
        secret_access_key: Secret::new(required("AWS_SECRET_ACCESS_KEY")?),
        session_token: given("AWS_SESSION_TOKEN").map(Secret::new),
        region: region.map_or_else(|| required("AWS_REGION"), Ok)?,
        dynamodb_endpoint: given("AWS_ENDPOINT_URL_DYNAMODB").or(everywhere),
        secretsmanager_endpoint: None,
    })
}

//! What the two AWS SDK clients are built from: the shared HTTP client, region, credentials,
//! endpoints, retries and time-outs.
//!
//! In: [`AwsEnv`] and [`Http`]. Out: [`AwsParts`]. Must not name an SDK crate: only `secrets` and
//! the conversation store do.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use bytes::Bytes;

use crate::config::AwsEnv;
use crate::net::{BodyError, Deadline, Http, NoAnswer, Repeat, Request};

/// Longest one attempt at an AWS call takes.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest an AWS call takes, its attempts together.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(4);
/// Attempts at an AWS call.
const ATTEMPTS: u32 = 3;

/// The parts of an SDK configuration.
#[derive(Debug, Clone)]
pub struct AwsParts {
    /// The shared HTTP client, as the SDKs want it.
    pub http_client: SharedHttpClient,
    /// The region's name.
    pub region: String,
    /// The credentials of the environment.
    pub credentials: SharedCredentialsProvider,
    /// Another address of DynamoDB.
    pub dynamodb_endpoint: Option<String>,
    /// Another address of Secrets Manager.
    pub secretsmanager_endpoint: Option<String>,
    /// Three quick attempts.
    pub retry: RetryConfig,
    /// Attempt 2 s, operation 4 s; connecting is bounded by the HTTP client itself.
    pub timeouts: TimeoutConfig,
    /// The SDKs' defaults, as of the version in the lock file.
    pub behavior: BehaviorVersion,
}

impl AwsParts {
    /// Puts the parts together.
    pub fn new(env: &AwsEnv, http: &Http) -> Self {
        Self {
            http_client: http_client(http, ATTEMPT_TIMEOUT),
            region: env.region.clone(),
            credentials: SharedCredentialsProvider::new(Credentials::new(
                env.access_key_id.clone(),
                env.secret_access_key.expose(),
                env.session_token
                    .as_ref()
                    .map(|token| token.expose().to_owned()),
                None,
                "Environment",
            )),
            dynamodb_endpoint: env.dynamodb_endpoint.clone(),
            secretsmanager_endpoint: env.secretsmanager_endpoint.clone(),
            retry: RetryConfig::standard()
                .with_max_attempts(ATTEMPTS)
                .with_initial_backoff(Duration::from_millis(50))
                .with_max_backoff(Duration::from_millis(500)),
            timeouts: TimeoutConfig::builder()
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .operation_timeout(OPERATION_TIMEOUT)
                .build(),
            behavior: BehaviorVersion::latest(),
        }
    }
}

/// The shared client, as the SDKs want it; no attempt takes longer than `attempt`.
pub fn http_client(http: &Http, attempt: Duration) -> SharedHttpClient {
    SharedHttpClient::new(Client {
        http: http.clone(),
        attempt,
    })
}

/// The shared client as the SDKs' HTTP client and as their only connector.
#[derive(Debug, Clone)]
struct Client {
    http: Http,
    attempt: Duration,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Client {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { http, attempt } = self.clone();
        HttpConnectorFuture::new(async move { call(&http, request, attempt).await })
    }
}

async fn call(
    http: &Http,
    request: HttpRequest,
    attempt: Duration,
) -> Result<HttpResponse, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    let url = reqwest::Url::parse(&parts.uri.to_string())
        .map_err(|error| ConnectorError::user(error.into()))?;
    let body = body
        .bytes()
        .map(Bytes::copy_from_slice)
        .ok_or_else(|| ConnectorError::user("a streaming body is not supported".into()))?;
    let request = Request::new(parts.method, url, Repeat::Safe)
        .lasting()
        .headers(parts.headers)
        .bytes(body);
    let answer = http
        .send(request, Deadline::after(attempt))
        .await
        .map_err(failed)?;
    let (status, headers) = (answer.status, answer.headers);
    let body = answer.body.map_err(unreadable)?;
    let mut response = http::Response::new(SdkBody::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
}

fn failed(failure: NoAnswer) -> ConnectorError {
    ConnectorError::io(BoxError::from(failure))
}

fn unreadable(error: BodyError) -> ConnectorError {
    ConnectorError::io(BoxError::from(error))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::Region;
    use aws_sdk_dynamodb::types::{
        AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
        ScalarAttributeType,
    };

    use crate::test_support::aws_parts;

    fn dynamodb(url: &str) -> aws_sdk_dynamodb::Client {
        let parts = aws_parts(url);
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(parts.behavior)
            .http_client(parts.http_client)
            .region(Region::new(parts.region))
            .credentials_provider(parts.credentials)
            .retry_config(parts.retry)
            .timeout_config(parts.timeouts);
        config.set_endpoint_url(parts.dynamodb_endpoint);
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    async fn create_table(client: &aws_sdk_dynamodb::Client) {
        let key = KeySchemaElement::builder()
            .attribute_name("pk")
            .key_type(KeyType::Hash);
        let pk = AttributeDefinition::builder()
            .attribute_name("pk")
            .attribute_type(ScalarAttributeType::S);
        let request = client
            .create_table()
            .table_name("bridge")
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key.build().expect("complete"))
            .attribute_definitions(pk.build().expect("complete"));
        request.send().await.expect("created");
    }

    #[tokio::test]
    async fn dynamodb_works_over_the_shared_client() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let database = dynoxide::Database::memory().expect("a database");
        let server = tokio::spawn(dynoxide::server::serve_on(listener, database));
        let client = dynamodb(&url);
        create_table(&client).await;
        let put = client
            .put_item()
            .table_name("bridge")
            .item("pk", AttributeValue::S("ana \u{1f600}".to_owned()))
            .condition_expression("attribute_not_exists(pk)");
        put.clone().send().await.expect("written");
        let again = put.send().await.expect_err("there already");
        assert!(
            again
                .into_service_error()
                .is_conditional_check_failed_exception()
        );
        let key = AttributeValue::S("ana \u{1f600}".to_owned());
        let got = client
            .get_item()
            .table_name("bridge")
            .key("pk", key)
            .send()
            .await;
        assert!(got.expect("read").item.is_some());
        server.abort();
    }
}

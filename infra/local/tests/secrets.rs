//! Secrets Manager's protocol.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use bytes::Bytes;
use http::Response;
use local::faults::Fault;
use local::secrets::{self, Secrets};
use serde_json::{Value, json};
use simulators::serve;
use support::client;

async fn started() -> Secrets {
    let listener = serve::bind(0).await.unwrap();
    Secrets::start(listener, "bridge/secret", json!({"a": "1"}).to_string()).unwrap()
}

async fn read(secrets: &Secrets, id: &str) -> Response<Bytes> {
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", "secretsmanager.GetSecretValue"),
    ];
    let body = json!({"SecretId": id}).to_string();
    client().post(&secrets.url(), &headers, body).await.unwrap()
}

fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn the_secret_is_read_by_name_or_arn_and_reads_are_counted() {
    let secrets = started().await;
    let by_name = body(&read(&secrets, "bridge/secret").await);
    assert_eq!(by_name["SecretString"], r#"{"a":"1"}"#);
    let by_arn = body(&read(&secrets, by_name["ARN"].as_str().unwrap()).await);
    assert_eq!(by_name, by_arn);
    assert_eq!(secrets.reads(), 2);
}

#[tokio::test]
async fn a_changed_secret_is_a_new_version() {
    let secrets = started().await;
    let before = body(&read(&secrets, "bridge/secret").await);
    secrets.set_key("b", "2");
    let after = body(&read(&secrets, "bridge/secret").await);
    assert_eq!(after["SecretString"], r#"{"a":"1","b":"2"}"#);
    assert_ne!(before["VersionId"], after["VersionId"]);
}

#[tokio::test]
async fn another_secret_or_operation_is_refused() {
    let secrets = started().await;
    let missing = read(&secrets, "other").await;
    assert_eq!(missing.status(), 400);
    assert_eq!(body(&missing)["__type"], "ResourceNotFoundException");
    let headers = [("x-amz-target", "secretsmanager.DeleteSecret")];
    let refused = client().post(&secrets.url(), &headers, "{}").await.unwrap();
    assert_eq!(refused.status(), 400);
    assert_eq!(secrets.reads(), 0);
}

#[tokio::test]
async fn faults_answer_in_its_place() {
    let secrets = started().await;
    for (effect, status, kind) in [
        (secrets::throttled(), 400, "ThrottlingException"),
        (secrets::access_denied(), 400, "AccessDeniedException"),
        (secrets::not_found(), 400, "ResourceNotFoundException"),
        (secrets::down(), 503, "ServiceUnavailableException"),
    ] {
        secrets.faults().add(Fault::once("GetSecretValue", effect));
        let refused = read(&secrets, "bridge/secret").await;
        assert_eq!(refused.status(), status);
        assert_eq!(body(&refused)["__type"], kind);
    }
    assert_eq!(secrets.reads(), 0);
    assert_eq!(read(&secrets, "bridge/secret").await.status(), 200);
}

#[tokio::test]
async fn the_secret_is_written_over_the_wire_and_an_unknown_one_is_not() {
    let secrets = started().await;
    let put = async |id: &str, credential: &str| {
        let authorization = format!("AWS4-HMAC-SHA256 Credential={credential}/20260101/x");
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "secretsmanager.PutSecretValue"),
            ("authorization", authorization.as_str()),
        ];
        let asked = json!({"SecretId": id, "SecretString": "{}", "ClientRequestToken": "t"});
        let (client, url) = (client(), secrets.url());
        let answer = client.post(&url, &headers, asked.to_string()).await;
        body(&answer.unwrap())
    };
    let of_other = put("other", "AKIDLOCAL").await;
    assert_eq!(of_other["__type"], "ResourceNotFoundException");
    let of_stranger = put("bridge/secret", "AKIDSTRANGER").await;
    assert_eq!(of_stranger["__type"], "UnrecognizedClientException");
    assert_eq!(
        (secrets.text().as_str(), secrets.writes()),
        (r#"{"a":"1"}"#, 0)
    );
    let written = put("bridge/secret", "AKIDLOCAL").await;
    assert_eq!(written["Name"], "bridge/secret");
    assert_eq!((secrets.text().as_str(), secrets.writes()), ("{}", 1));
}

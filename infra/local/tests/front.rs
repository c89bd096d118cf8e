//! The front makes API Gateway's events of requests and HTTP of answers.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use local::front::{Front, PAYLOAD_LIMIT};
use local::pool::{Limits, Pool};
use serde_json::{Value, json};
use simulators::serve;
use support::{LIMIT, client, pool};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn front(limits: Limits) -> (Front, Pool) {
    let pool = pool(limits);
    let routes = BTreeMap::from([("POST /zendesk/reply".to_owned(), pool.clone())]);
    let front = Front::start(serve::bind(0).await.unwrap(), routes).unwrap();
    (front, pool)
}

async fn post(front: &Front, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Response<Bytes> {
    let url = format!("{}/zendesk/reply?a=1&a=2&b=x%20y", front.url());
    client().post(&url, headers, body).await.unwrap()
}

async fn answered(front: &Front, answer: Value) -> Response<Bytes> {
    let order = json!({"do": "answer", "answer": answer}).to_string();
    post(front, &[JSON], order).await
}

fn json_of(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn a_request_becomes_a_payload_2_event() {
    let (front, _pool) = front(Limits::default()).await;
    let headers = [
        JSON,
        ("X-Two", "1"),
        ("x-two", "2"),
        ("user-agent", "Zendesk Webhook"),
    ];
    let event = json_of(&post(&front, &headers, r#"{"text":"é"}"#).await);

    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "POST /zendesk/reply");
    assert_eq!(event["rawPath"], "/zendesk/reply");
    assert_eq!(event["rawQueryString"], "a=1&a=2&b=x%20y");
    assert_eq!(
        event["queryStringParameters"],
        json!({"a": "1,2", "b": "x y"})
    );
    assert_eq!(event["headers"]["x-two"], "1,2");
    assert_eq!(event["headers"]["content-type"], "application/json");
    assert_eq!(event["body"], r#"{"text":"é"}"#);
    assert_eq!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    assert_eq!(context["stage"], "$default");
    assert_eq!(context["http"]["method"], "POST");
    assert_eq!(context["http"]["path"], "/zendesk/reply");
    assert_eq!(context["http"]["protocol"], "HTTP/1.1");
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["http"]["userAgent"], "Zendesk Webhook");
    assert!(context["timeEpoch"].as_u64().unwrap() > 1_700_000_000_000);
    let time = context["time"].as_str().unwrap();
    assert_eq!((time.len(), &time[20..]), (26, " +0000"));
    for name in ["accountId", "apiId", "domainName", "requestId"] {
        assert!(context[name].is_string(), "{name} is missing");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_come_in_base64() {
    let (front, _pool) = front(Limits::default()).await;
    let event = json_of(&post(&front, &[JSON], &b"\xff\xfe"[..]).await);
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("//4="), &json!(true))
    );

    let form = ("content-type", "application/x-www-form-urlencoded");
    let event = json_of(&post(&front, &[form], "a=b").await);
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("YT1i"), &json!(true))
    );

    front.force_base64(true);
    let event = json_of(&post(&front, &[JSON], "{}").await);
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("e30="), &json!(true))
    );
}

#[tokio::test]
async fn an_empty_body_is_left_out() {
    let (front, _pool) = front(Limits::default()).await;
    let event = json_of(&post(&front, &[JSON], "").await);
    assert_eq!(event.get("body"), None);
}

#[tokio::test]
async fn an_answer_becomes_http() {
    let (front, _pool) = front(Limits::default()).await;
    let answer = json!({"statusCode": 503, "headers": {"Retry-After": "5"},
        "multiValueHeaders": {"retry-after": ["9"], "x-many": ["1", "2"]},
        "cookies": ["a=b"], "body": "aGk=", "isBase64Encoded": true});
    let response = answered(&front, answer).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "5");
    let many: Vec<_> = response.headers().get_all("x-many").iter().collect();
    assert_eq!(many, ["1", "2"]);
    assert_eq!(response.headers()["set-cookie"], "a=b");
    assert_eq!(response.body(), "hi");
}

#[tokio::test]
async fn an_answer_without_a_status_is_the_body_of_a_200() {
    let (front, _pool) = front(Limits::default()).await;
    let response = answered(&front, json!({"free": "form"})).await;
    assert_eq!(response.status(), 200);
    assert_eq!(json_of(&response), json!({"free": "form"}));
}

#[tokio::test]
async fn a_failed_function_is_api_gateways_500() {
    let (front, _pool) = front(Limits::default()).await;
    for order in [r#"{"do":"exit"}"#, r#"{"do":"error"}"#] {
        let response = post(&front, &[JSON], order).await;
        assert_eq!(response.status(), 500);
        assert_eq!(
            json_of(&response),
            json!({"message": "Internal Server Error"})
        );
    }
    let response = answered(&front, json!({"statusCode": "no number"})).await;
    assert_eq!(response.status(), 500);
}

#[tokio::test]
async fn a_throttled_function_is_503() {
    let (front, pool) = front(Limits {
        environments: 1,
        ..Limits::default()
    })
    .await;
    let hanging = tokio::spawn({
        let pool = pool.clone();
        async move { pool.invoke(r#"{"do":"hang"}"#).await }
    });
    assert!(pool.wait_running(1, LIMIT).await);
    let response = post(&front, &[JSON], "{}").await;
    assert_eq!(response.status(), 503);
    assert_eq!(
        json_of(&response),
        json!({"message": "Service Unavailable"})
    );
    hanging.abort();
}

#[tokio::test]
async fn other_routes_and_methods_are_not_found() {
    let (front, pool) = front(Limits::default()).await;
    for (method, path) in [(Method::GET, "/zendesk/reply"), (Method::POST, "/zendesk")] {
        let url = format!("{}{path}", front.url());
        let response = client()
            .send(method, &url, HeaderMap::new(), Bytes::new())
            .await
            .unwrap();
        assert_eq!(response.status(), 404);
        assert_eq!(json_of(&response), json!({"message": "Not Found"}));
    }
    assert_eq!(pool.invocations(), 0);
}

#[tokio::test]
async fn a_body_above_ten_megabytes_is_413() {
    let (front, pool) = front(Limits::default()).await;
    let response = post(&front, &[JSON], vec![b'a'; PAYLOAD_LIMIT + 1]).await;
    assert_eq!(response.status(), 413);
    assert_eq!(pool.invocations(), 0);
}

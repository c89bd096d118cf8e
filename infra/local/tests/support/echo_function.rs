//! A function for this crate's tests: it does what its event tells it.
//!
//! In: events `{"do": …}`, plain or as the body of an API Gateway event. Out: the event itself,
//! its environment, an error, a given answer, or a process that hangs or ends.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use local::client::Client;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let variables: serde_json::Map<_, _> = std::env::vars()
        .map(|(name, value)| (name, json!(value)))
        .collect();
    println!("started");
    if variables.contains_key("FAIL_INIT") {
        eprintln!("cannot start");
        std::process::exit(3);
    }
    let Some(host) = variables
        .get("AWS_LAMBDA_RUNTIME_API")
        .and_then(Value::as_str)
    else {
        std::process::exit(4);
    };
    let base = format!("http://{host}/2018-06-01/runtime/invocation");
    let client = Client::new(Duration::from_secs(3600));
    loop {
        let next = format!("{base}/next");
        let asked = client.send(Method::GET, &next, HeaderMap::new(), Bytes::new());
        let Ok(invocation) = asked.await else { return };
        let header = |name: &str| {
            let value = invocation.headers().get(name);
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let event: Value = serde_json::from_slice(invocation.body()).unwrap_or_default();
        let inner = event["body"]
            .as_str()
            .and_then(|body| serde_json::from_str(body).ok());
        let order = inner.unwrap_or_else(|| event.clone());
        let (kind, answer) = match order["do"].as_str().unwrap_or("echo") {
            "exit" => std::process::exit(7),
            "hang" => std::future::pending().await,
            "error" => (
                "error",
                json!({"errorType": "Test", "errorMessage": "on purpose"}),
            ),
            "variables" => ("response", json!(variables)),
            "process" => ("response", json!(std::process::id())),
            "headers" => (
                "response",
                json!({
                    "deadline": header("lambda-runtime-deadline-ms"),
                    "arn": header("lambda-runtime-invoked-function-arn"),
                    "trace": header("lambda-runtime-trace-id"),
                }),
            ),
            "answer" => ("response", order["answer"].clone()),
            _ => ("response", event),
        };
        println!("answered");
        let id = header("lambda-runtime-aws-request-id");
        let url = format!("{base}/{id}/{kind}");
        if client.post(&url, &[], answer.to_string()).await.is_err() {
            return;
        }
    }
}

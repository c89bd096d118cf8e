//! An HTTP request as a payload 2.0 event.
//!
//! In: a request read whole, and the route it matched. Out: the event as AWS writes it. No I/O.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};
use serde_json::{Map, Value, json};
use time::macros::format_description;

use crate::ids;
use simulators::serve::Request;

const API_ID: &str = "local0api0";
const DOMAIN: &str = "local0api0.execute-api.us-east-1.amazonaws.com";

/// The event of a request that matched `route_key`.
#[must_use]
pub fn event(request: &Request, route_key: &str, force_base64: bool, now: SystemTime) -> Value {
    let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let query = request.uri.query().unwrap_or_default();
    let path = request.uri.path();
    let mut headers = joined(&request.headers);
    let source = request.peer.ip().to_string();
    let trace = format!(
        "Root=1-{:08x}-{}00000000",
        since_epoch.as_secs(),
        ids::short_id()
    );
    for (name, value) in [
        ("content-length", request.body.len().to_string()),
        ("x-amzn-trace-id", trace),
        ("x-forwarded-for", source.clone()),
        ("x-forwarded-port", "443".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ] {
        headers.entry(name).or_insert(Value::String(value));
    }
    headers.remove("cookie");
    let user_agent = request.header("user-agent").unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": route_key,
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": API_ID,
            "domainName": DOMAIN,
            "domainPrefix": API_ID,
            "http": {
                "method": request.method.as_str(),
                "path": path,
                "protocol": request.protocol,
                "sourceIp": source,
                "userAgent": user_agent,
            },
            "requestId": ids::short_id(),
            "routeKey": route_key,
            "stage": "$default",
            "time": common_log_time(now),
            "timeEpoch": u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX),
        },
        "isBase64Encoded": false,
    });
    let cookies: Vec<_> = values(&request.headers, &http::header::COOKIE)
        .flat_map(|value| value.split("; ").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !query.is_empty() {
        event["queryStringParameters"] = query_parameters(query);
    }
    add_body(&mut event, request, force_base64);
    event
}

fn add_body(event: &mut Value, request: &Request, force_base64: bool) {
    if request.body.is_empty() {
        return;
    }
    let text = std::str::from_utf8(&request.body).ok();
    match text.filter(|_| !force_base64 && is_text(request.header("content-type"))) {
        Some(text) => event["body"] = json!(text),
        None => {
            event["body"] = json!(STANDARD.encode(&request.body));
            event["isBase64Encoded"] = json!(true);
        }
    }
}

/// AWS passes these content types as text and everything else in base64.
fn is_text(content_type: Option<&str>) -> bool {
    let kind = content_type.unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let kind = kind.to_ascii_lowercase();
    kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || matches!(
            kind.as_str(),
            "application/json" | "application/javascript" | "application/xml"
        )
}

fn values<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = String> + 'a {
    let values = headers.get_all(name).iter();
    values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn joined(headers: &HeaderMap) -> Map<String, Value> {
    let one = |name: &HeaderName| {
        let values: Vec<_> = values(headers, name).collect();
        (name.as_str().to_owned(), Value::String(values.join(",")))
    };
    headers.keys().map(one).collect()
}

fn query_parameters(query: &str) -> Value {
    let mut parameters = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (percent_decoded(name), percent_decoded(value));
        match parameters.get_mut(&name) {
            Some(Value::String(known)) => {
                known.push(',');
                known.push_str(&value);
            }
            _ => {
                parameters.insert(name, Value::String(value));
            }
        }
    }
    Value::Object(parameters)
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3);
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], byte) {
            (b'%', Some(byte)) => {
                decoded.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) => decoded.push(b' '),
            (other, _) => decoded.push(other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn common_log_time(now: SystemTime) -> String {
    let format =
        format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");
    let time = time::OffsetDateTime::from(now);
    time.format(format).unwrap_or_default()
}

//! Requests as an attacker would write them, and what must not have happened after them.
//!
//! In: a stack. Out: signed and forged requests, by HTTP and as raw API Gateway events.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use local::client::Client;
use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use local::{Options, Stack};
use serde_json::{Map, Value, json};
use simulators::clock::rfc3339;
use simulators::signature::sign;

/// Header of the signature.
pub const SIGNATURE: &str = "x-zendesk-webhook-signature";
/// Header of the time it was made.
pub const TIMESTAMP: &str = "x-zendesk-webhook-signature-timestamp";
/// Header of the invocation, not signed.
pub const INVOCATION: &str = "x-zendesk-webhook-invocation-id";

/// The three routes.
pub const REPLY: &str = "/zendesk/reply";
pub const SOLVED: &str = "/zendesk/solved";
pub const INBOUND: &str = "/braze/inbound";

pub const AGENT_SAYS: &str = r#"{"ticket_id":"35","status":"open","external_user_id":"ana",
    "comment_id":"901","author_name":"Jo","author_role":"Agent","text":"Hello Ana"}"#;
pub const AGENT_SAYS_AS_IN_THE_GUIDE: &str = r#"{"campaign_id":"reply-campaign","recipients":[
    {"external_user_id":"ana","trigger_properties":{"msg_body":"Hello Ana"},
     "attributes":{"zendesk_ticket":"35","zendesk_ticket_open":"true"}}]}"#;
pub const AGENT_SOLVES: &str = r#"{"ticket_id":"35","status":"solved","external_user_id":"ana",
    "message":"Your ticket has been closed"}"#;
pub const CUSTOMER_TEXTS: &str = r#"{"kind":"message","support":true,"external_user_id":"ana",
    "message":"Help me","dispatch_id":"d-1","first_name":"Ana","phone":"+15550001"}"#;

/// A usual stack; vendors' retries come at once.
pub async fn stack() -> Stack {
    with(Options::default()).await
}

pub async fn with(options: Options) -> Stack {
    let stack = e2e::stack_with(|usual| {
        usual.variables = options.variables;
        usual.secret = options.secret;
        usual.limits = options.limits;
    })
    .await;
    // What is sent here names tickets that no text opened.
    stack.zendesk.every_ticket_is_of("ana", &["braze_sms"]);
    stack
}

pub async fn with_secret(key: &str, value: &str) -> Stack {
    let mut options = Options::default();
    options.secret.insert(key.to_owned(), json!(value));
    with(options).await
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub retry_after: Option<String>,
    pub body: Value,
}

impl Answer {
    pub fn outcome(&self) -> &str {
        self.body["outcome"].as_str().unwrap_or_default()
    }
}

/// A request before it is sent; names and values of headers as written.
#[derive(Debug, Clone)]
pub struct Post {
    pub route: &'static str,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Post {
    pub fn new(route: &'static str, body: impl AsRef<[u8]>) -> Self {
        Self {
            route,
            query: String::new(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.as_ref().to_vec(),
        }
    }

    /// Signed as Zendesk does, now.
    pub fn signed(route: &'static str, secret: &str, body: impl AsRef<[u8]>) -> Self {
        Self::signed_at(route, secret, body, &at(0))
    }

    /// Signed over this timestamp, whatever it is.
    pub fn signed_at(
        route: &'static str,
        secret: &str,
        body: impl AsRef<[u8]>,
        timestamp: &str,
    ) -> Self {
        let signature = sign(secret, timestamp, body.as_ref());
        Self::new(route, body)
            .header(SIGNATURE, &signature)
            .header(TIMESTAMP, timestamp)
            .header(INVOCATION, "01INVOCATION")
    }

    /// A reply as Zendesk sends it.
    pub fn reply(body: impl AsRef<[u8]>) -> Self {
        Self::signed(REPLY, REPLY_SIGNING_SECRET, body)
    }

    /// A solved ticket as Zendesk sends it.
    pub fn solved(body: impl AsRef<[u8]>) -> Self {
        Self::signed(SOLVED, SOLVED_SIGNING_SECRET, body)
    }

    /// A text as Braze sends it.
    pub fn text(body: impl AsRef<[u8]>) -> Self {
        Self::bearer(&format!("Bearer {INBOUND_TOKEN}"), body)
    }

    /// A text with this `Authorization` header.
    pub fn bearer(authorization: &str, body: impl AsRef<[u8]>) -> Self {
        Self::new(INBOUND, body).header("authorization", authorization)
    }

    /// With one more header, even where there is one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| own != name);
        self
    }

    /// With another value of a header.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).header(name, value)
    }

    pub fn value(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or("", |(_, value)| value)
    }

    /// Sends it through the HTTP front.
    pub async fn send(&self, stack: &Stack) -> Answer {
        let client = Client::new(Duration::from_secs(30));
        self.send_to(&client, &stack.front_url()).await
    }

    /// Sends it over kept-alive connections to the front at this address.
    pub async fn send_to(&self, client: &Client, front: &str) -> Answer {
        let url = format!("{front}{}{}", self.route, self.query);
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let answer = client.post(&url, &headers, self.body.clone()).await;
        let answer = answer.expect("an answer");
        let header = |name: &str| {
            let value = answer.headers().get(name)?;
            Some(value.to_str().expect("text").to_owned())
        };
        Answer {
            status: answer.status().as_u16(),
            content_type: header("content-type").unwrap_or_default(),
            retry_after: header("retry-after"),
            body: serde_json::from_slice(answer.body()).unwrap_or_default(),
        }
    }

    /// Hands it to the function as API Gateway would, headers and all exactly as written.
    pub async fn invoke(&self, stack: &Stack) -> Answer {
        let text = String::from_utf8(self.body.clone()).expect("text");
        self.invoke_with_body(stack, &text, false).await
    }

    /// The name of the function behind its route.
    pub fn function(&self) -> String {
        self.route[1..].replace('/', "-")
    }

    /// API Gateway's event, with the body field as given.
    pub fn event(&self, body: &str, base64: bool) -> Value {
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        let route_key = format!("POST {}", self.route);
        json!({
            "version": "2.0",
            "routeKey": route_key,
            "rawPath": self.route,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012", "apiId": "api", "stage": "$default",
                "domainName": "api.example.com", "domainPrefix": "api",
                "http": {"method": "POST", "path": self.route, "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1", "userAgent": "curl"},
                "requestId": "id", "routeKey": route_key,
                "time": "22/Nov/2026:15:00:00 +0000", "timeEpoch": 1_795_359_600_000_u64,
            },
            "body": body,
            "isBase64Encoded": base64,
        })
    }

    /// As [`Post::invoke`], with the event's body field as given.
    pub async fn invoke_with_body(&self, stack: &Stack, body: &str, base64: bool) -> Answer {
        let event = self.event(body, base64).to_string();
        let function = stack.function(&self.function());
        let answer = function.invoke(event).await.expect("an answer");
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        let header = |name: &str| answer["headers"][name].as_str().map(str::to_owned);
        let body = answer["body"].as_str().unwrap_or_default();
        Answer {
            status: u16::try_from(answer["statusCode"].as_u64().expect("a status"))
                .expect("a status"),
            content_type: header("content-type").unwrap_or_default(),
            retry_after: header("retry-after"),
            body: serde_json::from_str(body).unwrap_or_default(),
        }
    }
}

/// The time so many seconds from now, as Zendesk writes it.
pub fn at(seconds_from_now: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now =
        i64::try_from(now.expect("after 1970").as_millis()).expect("before the year 292000000");
    rfc3339(now + seconds_from_now * 1000)
}

/// Refused with 401 and a body that says nothing more.
pub fn assert_not_authentic(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 401, "{what}: {answer:?}");
    assert_eq!(answer.content_type, "application/problem+json", "{what}");
    let said = json!({"type": "about:blank", "title": "Not authentic", "status": 401});
    assert_eq!(answer.body, said, "{what}: a detail helps whoever guesses");
}

/// Nothing was stored, read from the table or asked of a vendor.
pub fn assert_untouched(stack: &Stack) {
    assert_eq!(stack.dynamo.items().expect("items"), Vec::<Value>::new());
    assert_eq!(stack.dynamo.calls().len(), 0, "DynamoDB was called");
    assert_no_vendor_call(stack);
}

pub fn assert_no_vendor_call(stack: &Stack) {
    assert_eq!(stack.zendesk.calls(), vec![], "Zendesk was called");
    assert_eq!(stack.braze.calls(), vec![], "Braze was called");
}

/// Each request is refused as not authentic and leaves no trace.
pub async fn assert_all_refused(stack: &Stack, attempts: Vec<(&str, Post)>) {
    for (what, attempt) in attempts {
        assert_not_authentic(&attempt.send(stack).await, what);
    }
    assert_untouched(stack);
}

/// Understood by nobody, kept as the one dead letter, no vendor asked; gives the answer's detail.
pub async fn assert_dead_letter(stack: &Stack, post: &Post, what: &str) -> String {
    let before = letters(stack).len();
    let answer = post.send(stack).await;
    assert_eq!(answer.status, 400, "{what}: {answer:?}");
    assert_eq!(answer.content_type, "application/problem+json", "{what}");
    assert_eq!(letters(stack).len(), before + 1, "{what}: no dead letter");
    assert_no_vendor_call(stack);
    answer.body["detail"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The sum of one of a function's metrics, from its lines in the embedded metric format.
pub fn counted(stack: &Stack, function: &str, metric: &str) -> u64 {
    let lines = stack.logs.of(function);
    let lines = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let numbers =
        lines.filter(|line| line["_aws"]["CloudWatchMetrics"][0]["Namespace"].is_string());
    numbers
        .filter(|line| line["FunctionName"] == function)
        .filter_map(|line| line[metric].as_u64())
        .sum()
}

/// The dead letters in the table.
pub fn letters(stack: &Stack) -> Vec<Value> {
    let items = stack.dynamo.items().expect("items");
    let dead = |item: &Value| {
        item["pk"]["S"]
            .as_str()
            .is_some_and(|pk| pk.starts_with("dead#"))
    };
    items.into_iter().filter(dead).collect()
}

/// What reached Ana's phone.
pub fn inbox(stack: &Stack) -> Vec<String> {
    let inbox = stack.braze.inbox("ana");
    inbox.into_iter().map(|sms| sms.body).collect()
}

/// Standard base64, as API Gateway encodes bodies.
pub fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let sextet = usize::try_from(bits >> (18 - 6 * place) & 63).expect("small");
            let letter = if place <= chunk.len() {
                char::from(ALPHABET[sextet])
            } else {
                '='
            };
            encoded.push(letter);
        }
    }
    encoded
}

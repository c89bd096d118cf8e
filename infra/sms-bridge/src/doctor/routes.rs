//! A signed test event through each URL, and the clocks.
//!
//! The events touch no customer: the functions answer "ignored" to a comment by an end user, to a
//! solve of a customer without a conversation, and to Braze's preview of a campaign.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value, json};
use shared::net::{Answer, Deadline, Repeat, Request};
use simulators::signature::sign;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::{Finding, Report};
use crate::account::{Account, Deployed};
use crate::setup::merge::get;

const AREA: &str = "routes";
const LIMIT: Duration = Duration::from_secs(20);
/// Most that two clocks should be apart, in seconds; signatures are refused beyond 300.
const APART: i64 = 60;
/// An external id of no customer.
const NOBODY: &str = "bridge-doctor";

/// A URL, and what proves who sends.
struct Route {
    output: &'static str,
    key: &'static str,
    body: Value,
    signed: bool,
}

fn routes() -> [Route; 5] {
    [
        Route {
            output: "ZendeskReplyUrl",
            key: "zendesk_reply_signing_secret",
            body: json!({"ticket_id": "1", "external_user_id": NOBODY, "comment_id": "1",
                "author_role": "end-user", "text": "sms-bridge doctor"}),
            signed: true,
        },
        Route {
            output: "ZendeskSolvedUrl",
            key: "zendesk_solved_signing_secret",
            body: json!({"external_user_id": NOBODY, "status": "solved"}),
            signed: true,
        },
        // Optional: without its key in the secret it is closed, and nothing is sent.
        Route {
            output: "ZendeskEventsUrl",
            key: "zendesk_events_signing_secret",
            body: json!({"type": "zen:event-type:ticket.created", "detail": {}, "event": {}}),
            signed: true,
        },
        Route {
            output: "BrazeInboundUrl",
            key: "braze_inbound_token",
            body: json!({"kind": "message", "external_user_id": NOBODY, "message": "sms-bridge doctor",
                "dispatch_id": "dispatch_id_for_unsent_campaign"}),
            signed: false,
        },
        // Likewise.
        Route {
            output: "BrazeEventsUrl",
            key: "braze_events_token",
            body: json!({"events": []}),
            signed: false,
        },
    ]
}

/// Sends the test events; `zendesk` is Zendesk's clock less this machine's, in seconds.
pub(super) async fn check(
    account: &Account,
    stack: &Deployed,
    object: &Map<String, Value>,
    zendesk: Option<i64>,
    report: &mut Report,
) {
    let mut api = None;
    for route in routes() {
        // What is missing was reported when the stack and the secret were looked at.
        let (Ok(url), Some(secret)) = (stack.output(route.output), get(object, route.key)) else {
            continue;
        };
        let answer = send(account, &route, url, secret, zendesk.unwrap_or(0)).await;
        if let Ok(answer) = &answer {
            api = api.or_else(|| skew(&answer.headers));
        }
        report.add([match answer {
            Ok(answer) => judged(&route, answer),
            Err(what) => Finding::bad(
                AREA,
                route.output,
                what,
                "check that the URL is this stack's, and the network",
            ),
        }]);
    }
    report.add(clocks(api, zendesk));
}

async fn send(
    account: &Account,
    route: &Route,
    url: &str,
    secret: &str,
    skew: i64,
) -> Result<Answer, String> {
    let mut body = route.body.clone();
    // Two test events in one second are not one event twice.
    body["test"] = json!(OffsetDateTime::now_utc().unix_timestamp_nanos().to_string());
    let parsed = url.parse().map_err(|_| format!("{url} is no URL"))?;
    let body = body.to_string();
    let now = OffsetDateTime::now_utc() + time::Duration::seconds(skew);
    let nanos = now.unix_timestamp_nanos();
    let at = now.replace_nanosecond(0).unwrap_or(now);
    let at = at.format(&Rfc3339).unwrap_or_default();
    let headers = if route.signed {
        vec![
            (
                "x-zendesk-webhook-signature",
                sign(secret, &at, body.as_bytes()),
            ),
            ("x-zendesk-webhook-signature-timestamp", at),
            (
                "x-zendesk-webhook-invocation-id",
                format!("{NOBODY}-{nanos}"),
            ),
        ]
    } else {
        vec![("authorization", format!("Bearer {secret}"))]
    };
    let mut request = Request::new(Method::POST, parsed, Repeat::Safe).bytes(body);
    request = request.header("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        let value = HeaderValue::from_str(&value)
            .map_err(|_| format!("{} holds characters that no header carries", route.key))?;
        request = request.header(name, value);
    }
    let sent = account.http().send(request, Deadline::after(LIMIT)).await;
    sent.map_err(|_| format!("{url} gives no answer"))
}

fn judged(route: &Route, answer: Answer) -> Finding {
    let status = answer.status.as_u16();
    let body: Value = answer.json().unwrap_or_default();
    let outcome = body["outcome"].as_str().unwrap_or_default();
    let (output, key) = (route.output, route.key);
    match status {
        200..=299 if !outcome.is_empty() => Finding::good(
            AREA,
            format!("{output}: the test event was answered \"{outcome}\""),
        ),
        401 => Finding::bad(
            AREA,
            key,
            format!("{output} refuses requests signed with this stack's secret (401)"),
            "the functions read the secret again within five minutes: run doctor once more; if it \
             remains, the functions use another secret (parameter SecretArn) or another clock",
        ),
        429 => Finding::bad(
            AREA,
            "ApiRateLimit",
            format!(
                "{output} answers 429: there are more requests than the API or the function accepts"
            ),
            "run doctor once more; if it remains, deploy with a higher ApiRateLimit and ApiBurstLimit, \
             and look at the functions' reserved concurrency",
        ),
        503 => Finding::bad(
            AREA,
            "SECRET_ID, TABLE_NAME",
            format!("{output} answers 503: the function cannot read its secret or its table"),
            "look at the function's log; its role may lack a permission",
        ),
        500..=599 => Finding::bad(
            AREA,
            output,
            format!("it answers {status}: the function does not start or ends too early"),
            "look at the function's log, which names settings that are missing or wrong",
        ),
        _ => Finding::bad(
            AREA,
            output,
            format!("it answers {status}, so something else is at this URL"),
            "check --stack, and that its last deployment ended well",
        ),
    }
}

fn clocks(api: Option<i64>, zendesk: Option<i64>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let apart = |what: &str, seconds: i64, setting: &str, remedy: &str| {
        Finding::bad(
            "clock",
            setting,
            format!("{what} {} s apart", seconds.abs()),
            remedy,
        )
    };
    if let (Some(api), Some(zendesk)) = (api, zendesk)
        && (api - zendesk).abs() > APART
    {
        findings.push(apart(
            "Zendesk's clock and the functions' are",
            api - zendesk,
            "X-Zendesk-Webhook-Signature-Timestamp",
            "there is no setting for this: tell Zendesk or AWS; beyond 300 s every webhook is refused",
        ));
    }
    if let Some(seconds) = api.or(zendesk).filter(|seconds| seconds.abs() > APART) {
        findings.push(apart(
            "this machine's clock and the stack's are",
            seconds,
            "this machine's clock",
            "set it with NTP; AWS refuses requests signed with a wrong time",
        ));
    }
    if findings.is_empty() && (api.is_some() || zendesk.is_some()) {
        findings.push(Finding::good(
            "clock",
            "the clocks agree within a minute".to_owned(),
        ));
    }
    findings
}

/// How far the clock behind an answer is ahead of this machine's, in seconds.
pub(super) fn skew(headers: &HeaderMap) -> Option<i64> {
    let date = headers.get("date")?.to_str().ok()?;
    let there = OffsetDateTime::parse(date, &Rfc2822).ok()?;
    Some((there - OffsetDateTime::now_utc()).whole_seconds())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_header_tells_how_far_its_clock_is_ahead() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "date",
            HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"),
        );
        let ahead = skew(&headers).unwrap();
        let there = OffsetDateTime::now_utc().unix_timestamp() + ahead;
        assert!((there - 784_111_777).abs() <= 1, "{there}");
    }

    #[test]
    fn a_throttled_test_event_is_no_wrong_address() {
        let answer = |status| Answer {
            status: http::StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Ok(br#"{"message":"Too Many Requests"}"#.to_vec()),
        };
        let [route, ..] = routes();
        let told = judged(&route, answer(429)).json();
        assert_eq!(told["setting"], "ApiRateLimit", "{told}");
        let told = judged(&route, answer(404)).json();
        assert_eq!(told["setting"], "ZendeskReplyUrl", "{told}");
    }

    #[test]
    fn clocks_that_are_apart_are_told_with_whose_they_are() {
        let bad = |api, zendesk| clocks(api, zendesk).iter().filter(|f| f.is_bad()).count();
        assert_eq!(bad(Some(0), Some(5)), 0);
        assert_eq!(bad(Some(0), Some(90)), 1);
        assert_eq!(bad(Some(600), Some(600)), 1);
        assert_eq!(bad(Some(600), Some(0)), 2);
        assert_eq!(clocks(None, None).len(), 0);
    }
}

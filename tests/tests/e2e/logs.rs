//! No text, name, number, address or token is ever logged, at any level, whatever goes wrong.

use std::time::Duration;

use e2e::send::{self, inbound, inbound_body, post};
use e2e::table::redelivered;
use e2e::{agent, settled, stack_with, with_ticket};
use local::pool::InvokeError;
use serde_json::json;
use simulators::braze::User;
use simulators::zendesk::{Comment, Status};
use simulators::{Effect, Fault};

/// Every personal or secret value of this test has this in it, or is in [`NUMBERS`].
const MARK: &str = "QQMARK";
const NUMBERS: [&str; 2] = ["5550199", "qqmark@"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_and_no_secret_is_in_any_line() {
    let stack = stack_with(|options| {
        e2e::set(options, "LOG_LEVEL", "trace");
        options.timeout = Duration::from_secs(3);
        options.zendesk.oauth_client_id = "QQMARKclient".to_owned();
        options.zendesk.oauth_client_secret = "QQMARKoauth".to_owned();
        options.braze.api_key = "QQMARKbraze".to_owned();
        for key in [
            "zendesk_reply_signing_secret_previous",
            "braze_inbound_token_previous",
        ] {
            let value = json!(format!("{MARK}{key}"));
            options.secret.insert(key.to_owned(), value);
        }
    })
    .await;
    let customer = "qqmark@example.com";
    stack.braze.add_user(User::new(
        customer,
        "QQMARKAna",
        "QQMARKSilva",
        "+15550199001",
    ));
    with_ticket(&stack).await;
    let texted = send::text(&stack, customer, "QQMARK my \"box\" is dead").await;
    assert_eq!(texted.outcome(), "delivered", "{texted:?}");
    let id = texted.ticket();
    agent(&stack, id, Comment::public("QQMARK restart").by("QQMARKJo")).await;
    agent(
        &stack,
        id,
        Comment::public("QQMARK bye").status(Status::Solved),
    )
    .await;

    failing(&stack, customer, id).await;
    malformed_and_forged(&stack, customer).await;
    the_guides_bodies_consent_media_and_campaigns(&stack, customer, id).await;
    without_a_customer_and_refused_for_good(&stack, customer, id).await;
    panicking(&stack).await;
    a_table_and_a_secret_store_that_quote(&stack, customer).await;
    settled(&stack).await;

    no_line_tells(&stack);
}

fn no_line_tells(stack: &local::Stack) {
    let lines = stack.logs.all();
    assert!(lines.len() > 50, "only {} lines", lines.len());
    // Every function was looked at, in its lines of all kinds.
    for function in [
        "zendesk-reply",
        "zendesk-solved",
        "braze-inbound",
        "redelivery",
    ] {
        let of = |mark: &str| {
            let mut own = lines.iter().filter(|line| line.function == function);
            own.any(|line| line.text.contains(mark))
        };
        for mark in [
            "CloudWatchMetrics",
            "\"message\":\"event\"",
            "\"customer\":\"",
        ] {
            assert!(of(mark), "{function} never wrote {mark}");
        }
    }
    for mark in [
        "panic.file",
        "dead letter",
        "not authentic",
        "\"level\":\"DEBUG\"",
    ] {
        let told = lines.iter().any(|line| line.text.contains(mark));
        assert!(told, "nothing wrote {mark}");
    }
    for line in lines {
        let told = NUMBERS.iter().any(|number| line.text.contains(number));
        assert!(
            !told && !line.text.contains(MARK),
            "{}: {}",
            line.function,
            line.text
        );
        for secret in ["inbound-token", "reply-signing-secret", "Bearer ey"] {
            assert!(!line.text.contains(secret), "{}", line.text);
        }
    }
}

/// No answer says anything of what was sent.
fn told_nothing(answer: &send::Answer) {
    let body = answer.body.to_string();
    let told = NUMBERS.iter().any(|number| body.contains(number));
    assert!(!told && !body.contains(MARK), "{answer:?}");
}

async fn the_guides_bodies_consent_media_and_campaigns(
    stack: &local::Stack,
    customer: &str,
    id: u64,
) {
    let guide = json!({"campaign_id": "reply-campaign", "recipients": [{
        "external_user_id": customer, "trigger_properties": {"msg_body": "QQMARK <b>hi</b>"},
        "attributes": {"zendesk_ticket": id.to_string(), "zendesk_ticket_open": "true"}}]});
    told_nothing(&send::reply(stack, "QQMARKguide", guide.to_string()).await);
    let opening = json!({"ticket": {"subject": "QQMARK", "comment": {"body": "QQMARK"},
        "requester": {"name": "QQMARK", "user_fields": {"braze_external_id": customer}}}});
    told_nothing(&inbound(stack, opening.to_string()).await);
    for kind in ["opted_out", "help", "opted_in"] {
        let mut body = inbound_body(customer, "QQMARK STOP", &format!("QQMARK{kind}"));
        body["kind"] = json!(kind);
        body["first_name"] = json!("QQMARK");
        body["phone"] = json!("+15550199001");
        told_nothing(&inbound(stack, body.to_string()).await);
    }
    let mut media = inbound_body(customer, "QQMARK look", "QQMARKmedia");
    media["media_urls"] = json!([
        "https://QQMARK.invalid/QQMARK.jpg",
        "https://10.0.0.1/QQMARK"
    ]);
    told_nothing(&inbound(stack, media.to_string()).await);
    let mut named = send::reply_body(id, customer, 990_001, "QQMARK campaign");
    named["campaign_id"] = json!("QQMARK-campaign");
    told_nothing(&send::reply(stack, "QQMARKcampaign", named.to_string()).await);
    let mut resend = json!({"ticket_id": id.to_string(), "resend": "true"});
    resend["external_user_id"] = json!(customer);
    told_nothing(&send::reply(stack, "QQMARKresend", resend.to_string()).await);
    let mut solved = send::solved_body(id, customer);
    solved["message"] = json!("QQMARK closed");
    told_nothing(&send::solved(stack, "QQMARKsolved", solved.to_string()).await);
    settled(stack).await;
}

/// An event that names only its ticket, an answer that Braze refuses for good after it waited, and
/// a comparison with the ticket.
async fn without_a_customer_and_refused_for_good(stack: &local::Stack, customer: &str, id: u64) {
    let reply = send::reply_body(id, "", 990_101, "QQMARK whose?");
    told_nothing(&send::reply(stack, "QQMARKwhose", reply.to_string()).await);
    let say = |status| Effect::Respond {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: json!({"message": "QQMARK qqmark@example.com +15550199001"}).to_string(),
    };
    stack.braze.fault(Fault::always("*", say(503)));
    let reply = send::reply_body(id, customer, 990_102, "QQMARK later");
    let waits = send::reply(stack, "QQMARKlater", reply.to_string()).await;
    assert_eq!(waits.outcome(), "queued", "{waits:?}");
    told_nothing(&waits);
    stack.braze.clear_faults();
    stack.braze.fault(Fault::always("*", say(400)));
    redelivered(stack).await;
    stack.braze.clear_faults();
    let unreadable = send::solved(stack, "QQMARKbroken", "QQMARK is no JSON".to_owned()).await;
    assert_eq!(unreadable.status, 400);
    told_nothing(&unreadable);
    let ran = stack
        .redeliver()
        .await
        .map_err(|error| format!("{error:?}"));
    assert!(!format!("{ran:?}").contains(MARK), "{ran:?}");
    settled(stack).await;
}

/// A body that claims to be base64 and is not makes `lambda_http` panic; see `attacks/panics.rs`.
async fn panicking(stack: &local::Stack) {
    let http = json!({"method": "POST", "path": "/braze/inbound", "protocol": "HTTP/1.1",
        "sourceIp": "192.0.2.1", "userAgent": "QQMARK"});
    let context = json!({"accountId": "1", "apiId": "api", "stage": "$default", "http": http,
        "domainName": "api.example", "domainPrefix": "api", "requestId": "id",
        "routeKey": "POST /braze/inbound", "timeEpoch": 1_795_359_600_000_u64,
        "time": "22/Nov/2026:15:00:00 +0000"});
    let event = json!({"version": "2.0", "routeKey": "POST /braze/inbound",
        "rawPath": "/braze/inbound", "rawQueryString": "QQMARK=QQMARK",
        "headers": {"authorization": "Bearer QQMARK"}, "requestContext": context,
        "body": "QQMARK QQMARK!", "isBase64Encoded": true});
    let told = stack
        .function("braze-inbound")
        .invoke(event.to_string())
        .await;
    let Err(InvokeError::Function(told)) = told else {
        panic!("{told:?}");
    };
    let told = String::from_utf8_lossy(&told);
    assert!(!told.contains(MARK), "{told}");
}

/// AWS's own errors quote what was sent: DynamoDB's validation, a secret that is no JSON.
async fn a_table_and_a_secret_store_that_quote(stack: &local::Stack, customer: &str) {
    let quoting = Effect::Respond {
        status: 400,
        headers: vec![(
            "content-type".to_owned(),
            "application/x-amz-json-1.0".to_owned(),
        )],
        body: json!({"__type": "ValidationException", "message": "QQMARK +15550199001"})
            .to_string(),
    };
    stack
        .dynamo
        .faults()
        .add(Fault::always("*", quoting.clone()));
    let body = inbound_body(customer, "QQMARK", "QQMARKrefused").to_string();
    let answer = inbound(stack, body.clone()).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    told_nothing(&answer);
    // A schedule that fails is what a table like this makes of it.
    let failed = stack.redeliver().await;
    assert!(!format!("{failed:?}").contains(MARK), "{failed:?}");
    stack.dynamo.faults().clear();
    let genuine = stack.secrets.text();
    stack.function("braze-inbound").end_idle().await;
    stack.secrets.faults().add(Fault::once("*", quoting));
    let told = inbound(stack, body.clone()).await;
    told_nothing(&told);
    for secret in ["QQMARK", r#"{"braze_api_key":["QQMARK"]}"#] {
        stack.secrets.set(secret.to_owned());
        stack.function("braze-inbound").end_idle().await;
        let answer = inbound(stack, body.clone()).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        told_nothing(&answer);
    }
    stack.secrets.set(genuine);
}

async fn malformed_and_forged(stack: &local::Stack, customer: &str) {
    for body in [
        "QQMARK is no JSON".to_owned(),
        json!({"external_user_id": {"QQMARK": 1}, "message": "QQMARK"}).to_string(),
        json!({"external_user_id": customer, "kind": "QQMARK", "message": "QQMARK"}).to_string(),
    ] {
        let answer = inbound(stack, body).await;
        assert_eq!(answer.status, 400);
        told_nothing(&answer);
    }
    let mut reply = send::reply_body(1, customer, 901, "QQMARK");
    reply["ticket_id"] = json!("QQMARK");
    let answer = send::reply(stack, "QQMARKinvocation", reply.to_string()).await;
    assert_eq!(answer.status, 400);
    told_nothing(&answer);
    told_nothing(&answer);
    let body = inbound_body(customer, "QQMARK", "QQMARKdispatch").to_string();
    let headers = [("authorization", "Bearer QQMARKforged")];
    let answer = post(stack, "/braze/inbound", &headers, body.clone()).await;
    assert_eq!(answer.status, 401);
    told_nothing(&answer);
    let answer = inbound(stack, body).await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
}

/// Vendors fail, and say the customer's own words in their errors.
async fn failing(stack: &local::Stack, customer: &str, id: u64) {
    for (operation, effect) in [
        ("tickets.update", Effect::DropAfter),
        ("tickets.update", Effect::html_502()),
        ("tickets.update", Effect::status(422)),
        ("oauth.token", Effect::status(401)),
    ] {
        stack.zendesk.revoke_tokens();
        let echo = match effect {
            Effect::Respond {
                status, headers, ..
            } => Effect::Respond {
                status,
                headers,
                body: json!({"error": "RecordInvalid", "description": "QQMARK echo",
                    "details": {"base": [{"description": "QQMARK +15550199001"}]}})
                .to_string(),
            },
            other => other,
        };
        stack.zendesk.fault(Fault::once(operation, echo));
        send::text(stack, customer, "QQMARK again").await;
        settled(stack).await;
        stack.zendesk.clear_faults();
        redelivered(stack).await;
    }
    for status in [400, 500] {
        let refusal = Effect::Respond {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: json!({"message": "QQMARK +15550199001 is not valid"}).to_string(),
        };
        stack.braze.fault(Fault::once("*", refusal));
        agent(stack, id, Comment::public("QQMARK and now?")).await;
        redelivered(stack).await;
    }
}

//! The simulated Zendesk fires its triggers, signs and retries as the real one does.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::time::Duration;

use common::{Api, Endpoint};
use serde_json::{Value, json};
use simulators::signature::{TEST_BUTTON_SECRET, sign};
use simulators::zendesk::{
    AccountConfig, AccountVariants, Breaker, Comment, DateStyle, Mode, Outcome, Status, Trigger,
    TriggerCondition, Zendesk,
};

const VECTORS: &str = include_str!("fixtures/zendesk-signature-vectors.json");
const SOON: Duration = Duration::from_secs(20);

struct Scene {
    zendesk: Zendesk,
    api: Api,
    reply: Endpoint,
    solved: Endpoint,
    ticket: u64,
}

async fn scene(config: AccountConfig, reply: common::Script) -> Scene {
    let zendesk = Zendesk::start(AccountConfig {
        retry_wait_scale: 0.0,
        ..config
    })
    .await
    .unwrap();
    let (reply, solved) = (
        Endpoint::start(reply).await,
        Endpoint::start(Vec::new()).await,
    );
    zendesk.install_default_triggers(&reply.url, "reply-secret", &solved.url, "solved-secret");
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("user-1").await;
    Scene {
        zendesk,
        api,
        reply,
        solved,
        ticket,
    }
}

async fn delivered(zendesk: &Zendesk, count: usize) {
    assert!(
        zendesk
            .wait_until(SOON, |state| state.deliveries.len() >= count)
            .await
    );
}

#[test]
fn the_signature_matches_the_vendors_vector() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = vectors.as_array().unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let part = |name: &str| vector[name].as_str().unwrap();
        let signed = sign(part("secret"), part("timestamp"), part("body").as_bytes());
        assert_eq!(signed, part("signature"));
        assert_eq!(part("secret"), TEST_BUTTON_SECRET);
    }
}

#[tokio::test]
async fn a_public_reply_arrives_signed_and_whole() {
    let s = scene(AccountConfig::default(), Vec::new()).await;
    let text = "First \"quoted\" line\n\nSecond, with é and 🎉\n\nThird";
    let id = s
        .zendesk
        .agent_comments(s.ticket, Comment::public(text).by("Zoé"))
        .unwrap();
    delivered(&s.zendesk, 1).await;
    let got = &s.reply.received()[0];
    let signed = sign(
        "reply-secret",
        got.header("x-zendesk-webhook-signature-timestamp"),
        got.body.as_bytes(),
    );
    assert_eq!(got.header("x-zendesk-webhook-signature"), signed);
    assert_eq!(got.header("x-zendesk-webhook-invocation-id").len(), 26);
    assert_eq!(got.header("user-agent"), "Zendesk Webhook");
    let body = got.json();
    assert_eq!(body["text"], text);
    assert_eq!(body["external_user_id"], "user-1");
    assert_eq!(body["comment_id"], id.to_string());
    assert_eq!(body["author_name"], "Zoé");
    assert_eq!(body["author_role"], "Agent");
    assert_eq!(body["ticket_id"], s.ticket.to_string());
    assert!(s.solved.received().is_empty());
}

#[tokio::test]
async fn notes_api_changes_and_customers_mails_fire_nothing() {
    let s = scene(AccountConfig::default(), Vec::new()).await;
    s.zendesk.webhook_delivery(Mode::Held);
    s.zendesk
        .agent_comments(s.ticket, Comment::note("internal"))
        .unwrap();
    s.zendesk.end_user_comments(s.ticket, "by mail").unwrap();
    let path = format!("/tickets/{}", s.ticket);
    s.api
        .put(
            &path,
            json!({"ticket": {"comment": {"body": "api", "public": true}}}),
        )
        .await;
    assert_eq!(s.zendesk.held_webhooks(), []);
    s.zendesk
        .agent_comments(s.ticket, Comment::public("reply"))
        .unwrap();
    assert_eq!(s.zendesk.held_webhooks().len(), 1);
}

/// The guide's trigger: any public comment, the dashed header in the body.
fn add_guide_trigger(s: &Scene) {
    let webhook = s.zendesk.add_webhook("guide", &s.reply.url, "x");
    let public = TriggerCondition {
        field: "comment_is_public".to_owned(),
        operator: "is".to_owned(),
        value: json!("requester_can_see_comment"),
    };
    let body = "{\"msg\":\"{{ticket.latest_public_comment_html}}\"}";
    s.zendesk.add_trigger(Trigger {
        id: 0,
        title: "guide".to_owned(),
        description: String::new(),
        active: true,
        category_id: None,
        all: vec![public],
        any: Vec::new(),
        actions: vec![json!({"field": "notification_webhook", "value": [webhook, body]})],
    });
}

#[tokio::test]
async fn a_trigger_without_the_conditions_fires_on_the_api_too() {
    let s = scene(AccountConfig::default(), Vec::new()).await;
    s.zendesk.webhook_delivery(Mode::Held);
    add_guide_trigger(&s);
    let comment = json!({"html_body": "from<br>the api", "public": true});
    s.api
        .put(
            &format!("/tickets/{}", s.ticket),
            json!({"ticket": {"comment": comment}}),
        )
        .await;
    let held = s.zendesk.held_webhooks();
    assert_eq!(held.len(), 1);
    let sent: Value = serde_json::from_str(&held[0].payload).unwrap();
    let lines: Vec<&str> = sent["msg"].as_str().unwrap().lines().collect();
    assert!(lines[0].starts_with("-----") && lines[0].bytes().all(|b| b == b'-'));
    assert!(lines[1].is_empty() && lines[2].starts_with("Bridge Admin, ") && lines[3].is_empty());
    assert_eq!(lines[4..], ["from", "the api"]);
}

#[tokio::test]
async fn reply_and_solve_in_one_submit_fires_both_and_either_may_arrive_first() {
    let s = scene(AccountConfig::default(), Vec::new()).await;
    s.zendesk.webhook_delivery(Mode::Held);
    let comment = Comment::public("Done!").status(Status::Solved);
    s.zendesk.agent_comments(s.ticket, comment).unwrap();
    let held = s.zendesk.held_webhooks();
    assert_eq!(held.len(), 2);
    let copy = s.zendesk.duplicate(held[1].id).unwrap();
    let solved = s.zendesk.release(held[1].id).await.unwrap();
    assert_eq!(
        (solved.status, solved.outcome),
        (Some(200), Outcome::Success)
    );
    assert!(s.reply.received().is_empty());
    s.zendesk.release(copy).await.unwrap();
    let ids: Vec<String> = s
        .solved
        .received()
        .iter()
        .map(|got| got.header("x-zendesk-webhook-invocation-id").to_owned())
        .collect();
    assert_eq!(
        ids,
        [held[1].invocation_id.clone(), held[1].invocation_id.clone()]
    );
    s.zendesk.discard(held[0].id).unwrap();
    assert!(s.zendesk.release(held[0].id).await.is_err());
    assert!(s.reply.received().is_empty());

    s.zendesk
        .agent_comments(s.ticket, Comment::public("still solved"))
        .unwrap();
    let again: Vec<String> = s
        .zendesk
        .held_webhooks()
        .into_iter()
        .map(|held| held.trigger)
        .collect();
    assert_eq!(again, ["Bridge: public reply"]);
}

#[tokio::test]
async fn conflicts_and_short_waits_are_retried_under_one_invocation_id() {
    for refusal in [(409, None), (503, Some(5)), (429, Some(59))] {
        let s = scene(AccountConfig::default(), vec![refusal, refusal]).await;
        s.zendesk
            .agent_comments(s.ticket, Comment::public("x"))
            .unwrap();
        delivered(&s.zendesk, 1).await;
        let log = s.zendesk.webhook_log();
        assert_eq!(
            (log[0].outcome, log[0].attempts.len()),
            (Outcome::Success, 3),
            "{refusal:?}"
        );
        let got = s.reply.received();
        let id = |at: usize| got[at].header("x-zendesk-webhook-invocation-id");
        assert_eq!((id(0), id(1)), (id(1), id(2)));
    }
}

#[tokio::test]
async fn server_errors_and_long_waits_lose_the_webhook() {
    for refusal in [
        (500, None),
        (502, None),
        (504, Some(1)),
        (503, None),
        (503, Some(60)),
        (408, None),
        (301, None),
    ] {
        let s = scene(AccountConfig::default(), vec![refusal]).await;
        s.zendesk
            .agent_comments(s.ticket, Comment::public("x"))
            .unwrap();
        delivered(&s.zendesk, 1).await;
        let log = s.zendesk.webhook_log();
        assert_eq!(
            (log[0].outcome, log[0].attempts.len()),
            (Outcome::Failed, 1),
            "{refusal:?}"
        );
    }
}

#[tokio::test]
async fn conflicts_are_given_up_after_three_retries_and_time_outs_after_five_tries() {
    let s = scene(AccountConfig::default(), vec![(409, None); 9]).await;
    s.zendesk
        .agent_comments(s.ticket, Comment::public("x"))
        .unwrap();
    delivered(&s.zendesk, 1).await;
    assert_eq!(s.reply.received().len(), 4);

    let config = AccountConfig {
        webhook_timeout: Duration::from_millis(50),
        ..AccountConfig::default()
    };
    let s = scene(config, vec![(0, None); 9]).await;
    s.zendesk
        .agent_comments(s.ticket, Comment::public("x"))
        .unwrap();
    delivered(&s.zendesk, 1).await;
    let log = s.zendesk.webhook_log();
    assert_eq!((log[0].status, log[0].attempts.len()), (None, 5));
}

/// The outcomes of as many answers, in this order.
async fn outcomes_with(breaker: Breaker, statuses: &[u16]) -> Vec<Outcome> {
    let config = AccountConfig {
        breaker: Some(breaker),
        ..AccountConfig::default()
    };
    let script = statuses.iter().map(|status| (*status, None)).collect();
    let s = scene(config, script).await;
    for count in 1..=statuses.len() {
        s.zendesk
            .agent_comments(s.ticket, Comment::public("x"))
            .unwrap();
        delivered(&s.zendesk, count).await;
    }
    let log = s.zendesk.webhook_log();
    log.iter().map(|delivery| delivery.outcome).collect()
}

#[tokio::test]
async fn the_breaker_opens_at_a_share_of_failures_or_at_many() {
    use Outcome::{CircuitBroken, Failed, Success};
    let ten = Breaker::default();
    // Seven of ten open it, six of ten do not.
    let seven = [200, 200, 200, 500, 500, 500, 500, 500, 500, 500, 200];
    let outcomes = outcomes_with(ten.clone(), &seven).await;
    assert_eq!(outcomes[9..], [Failed, CircuitBroken]);
    let six = [200, 200, 200, 200, 500, 500, 500, 500, 500, 500, 200];
    assert_eq!(outcomes_with(ten, &six).await[9..], [Failed, Success]);
    let many = Breaker {
        percent: 101,
        most: 2,
        ..Breaker::default()
    };
    let outcomes = outcomes_with(many, &[500, 200, 500, 500, 200]).await;
    assert_eq!(outcomes, [Failed, Success, Failed, Failed, CircuitBroken]);
}

#[tokio::test]
async fn an_open_breaker_drops_webhooks_without_a_request() {
    let config = AccountConfig {
        breaker: Some(Breaker {
            least: 1,
            ..Breaker::default()
        }),
        ..AccountConfig::default()
    };
    let s = scene(config, vec![(500, None)]).await;
    for (count, text) in ["lost", "dropped"].into_iter().enumerate() {
        s.zendesk
            .agent_comments(s.ticket, Comment::public(text))
            .unwrap();
        delivered(&s.zendesk, count + 1).await;
    }
    assert_eq!(s.zendesk.webhook_log()[1].outcome, Outcome::CircuitBroken);
    assert_eq!(s.reply.received().len(), 1);
    s.zendesk.clock().advance(Duration::from_secs(5 * 60));
    s.zendesk
        .agent_comments(s.ticket, Comment::public("back"))
        .unwrap();
    delivered(&s.zendesk, 3).await;
    assert_eq!(s.reply.received().len(), 2);
    let (_, webhooks) = s.api.get("/webhooks?filter[name_contains]=reply").await;
    let id = webhooks["webhooks"][0]["id"].as_str().unwrap();
    let (_, made) = s.api.get(&format!("/webhooks/{id}/invocations")).await;
    let statuses: Vec<&str> = made["invocations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["failed", "circuit broken", "completed"]);
    let first = made["invocations"][0]["id"].as_str().unwrap();
    let (_, tries) = s
        .api
        .get(&format!("/webhooks/{id}/invocations/{first}/attempts"))
        .await;
    assert_eq!(tries["attempts"][0]["status_code"], 500);
}

#[tokio::test]
async fn accounts_differ_in_escaping_and_dates() {
    let variants = AccountVariants {
        json_escaping: false,
        date_style: DateStyle::French,
        status_capitalised: false,
        ..AccountVariants::default()
    };
    let s = scene(
        AccountConfig {
            variants,
            ..AccountConfig::default()
        },
        Vec::new(),
    )
    .await;
    s.zendesk.webhook_delivery(Mode::Held);
    s.zendesk
        .agent_comments(s.ticket, Comment::public("say \"hi\""))
        .unwrap();
    add_guide_trigger(&s);
    let at: i64 = 1_770_000_000_000;
    s.zendesk
        .clock()
        .set_offset_ms(at - (s.zendesk.clock().now_ms() - s.zendesk.clock().offset_ms()));
    s.zendesk
        .agent_comments(s.ticket, Comment::public("dated"))
        .unwrap();
    let held = s.zendesk.held_webhooks();
    assert!(
        held[2]
            .payload
            .contains("\n\nAda Agent, 2 févr. 2026 à 02:40\n\ndated\n")
    );
    let payload = held[0].payload.clone();
    assert!(serde_json::from_str::<Value>(&payload).is_err());
    assert!(payload.contains("say \"hi\"") && payload.contains("\"status\":\"open\""));
}

#[tokio::test]
async fn an_agent_can_open_a_ticket_and_a_customer_can_answer_a_closed_one() {
    let s = scene(AccountConfig::default(), Vec::new()).await;
    s.zendesk.webhook_delivery(Mode::Held);
    let id = s
        .zendesk
        .agent_opens_ticket("user-1", "Hello", "We saw a problem");
    assert_eq!(s.zendesk.held_webhooks().len(), 1);
    let ticket = s.zendesk.ticket(id).unwrap();
    assert_eq!(
        ticket.requester.id,
        s.zendesk.ticket(s.ticket).unwrap().requester.id
    );
    s.zendesk.set_status(id, Status::Solved).unwrap();
    s.zendesk.end_user_comments(id, "again").unwrap();
    assert_eq!(s.zendesk.ticket(id).unwrap().status, Status::Open);
    s.zendesk.close(id).unwrap();
    s.zendesk.end_user_comments(id, "and again").unwrap();
    assert!(
        s.zendesk
            .tickets()
            .iter()
            .any(|t| t.via_followup_source_id == Some(id))
    );
    assert!(s.zendesk.agent_comments(id, Comment::public("no")).is_err());
}

#[tokio::test]
async fn the_test_button_signs_with_the_public_secret() {
    let s = scene(AccountConfig::default(), vec![(401, None)]).await;
    let delivery = s.zendesk.press_test_button(&s.reply.url, "{\"x\":1}").await;
    assert_eq!(
        (delivery.status, delivery.outcome),
        (Some(401), Outcome::Failed)
    );
    let got = &s.reply.received()[0];
    let timestamp = got.header("x-zendesk-webhook-signature-timestamp");
    let signed = sign(TEST_BUTTON_SECRET, timestamp, b"{\"x\":1}");
    assert_eq!(got.header("x-zendesk-webhook-signature"), signed);
}

#[tokio::test]
async fn an_account_made_older_keeps_everything_but_its_times() {
    let scene = scene(AccountConfig::default(), Vec::new()).await;
    let before = scene.zendesk.ticket(scene.ticket).unwrap();
    let calls = scene.zendesk.calls().len();
    scene.zendesk.age(Duration::from_secs(3_600)).unwrap();
    let after = scene.zendesk.ticket(scene.ticket).unwrap();
    assert_eq!(before.created_at_ms - after.created_at_ms, 3_600_000);
    assert_eq!(
        before.comments[0].created_at_ms - after.comments[0].created_at_ms,
        3_600_000
    );
    assert_eq!(before.comments[0].id, after.comments[0].id);
    assert_eq!(scene.zendesk.calls().len(), calls);
    // The token's half hour is over.
    let (status, _) = scene.api.get("/users/me").await;
    let shown = scene.api.get("/tickets").await.0;
    assert!(status == 200 && shown == 401, "{status} {shown}");
}

#[tokio::test]
async fn another_sites_page_is_refused() {
    let zendesk = Zendesk::start(AccountConfig::default()).await.unwrap();
    let url = format!("{}/_sim/tickets", zendesk.base_url());
    for (origin, status) in [
        ("http://evil.example", 421),
        ("null", 421),
        ("http://localhost:8700", 200),
        ("http://127.0.0.1:8700", 200),
    ] {
        let asked = common::client().get(&url).header("origin", origin);
        assert_eq!(
            asked.send().await.unwrap().status().as_u16(),
            status,
            "{origin}"
        );
    }
}

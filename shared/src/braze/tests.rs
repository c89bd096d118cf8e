//! The Braze client on the wire.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::*;
use crate::message::{CommentId, Customer, Personal, TicketId};
use crate::test_support::{Reply, Server, Vault, http, later, soon};

struct Setting {
    vault: Vault,
    braze: Server,
    client: BrazeClient,
}

fn setting(replies: impl IntoIterator<Item = Reply>) -> Setting {
    let vault = Vault::holding(json!({"braze_api_key": "key-1"}));
    let braze = Server::script(replies);
    let client = BrazeClient::new(http(), braze.base(), vault.store());
    Setting {
        vault,
        braze,
        client,
    }
}

async fn send(setting: &Setting, deadline: crate::net::Deadline) -> Result<Dispatched, BrazeError> {
    let user: Customer = "ana".parse().expect("valid");
    let (text, agent) = (Personal::from("Hi \"Ana\"\n😀"), Personal::from("Joe"));
    let send = TriggerSend {
        campaign_id: "c-1",
        customer: &user,
        trigger_properties: TriggerProperties {
            media_url: None,
            msg_body: &text,
            ticket_id: TicketId::new(35),
            comment_id: CommentId::new(4711),
            agent_name: &agent,
            part: 1,
            parts: 2,
        },
        attributes: UserAttributes {
            zendesk_ticket: TicketId::new(35),
            zendesk_ticket_open: true,
            zendesk_ticket_opened_at: None,
        },
    };
    setting.client.send(&send, deadline).await
}

fn success() -> Reply {
    Reply::json(201, json!({"dispatch_id": "d-1", "message": "success"}))
}

#[tokio::test]
async fn a_message_is_one_request_with_exactly_the_documented_body() {
    let setting = setting([success()]);
    let sent = send(&setting, later()).await.expect("sent");
    assert_eq!(
        sent,
        Dispatched {
            dispatch_id: Some("d-1".to_owned()),
            warnings: 0
        }
    );
    let seen = setting.braze.requests();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line, "POST /campaigns/trigger/send");
    assert_eq!(seen[0].header("authorization"), Some("Bearer key-1"));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(
        seen[0].json(),
        json!({
            "campaign_id": "c-1",
            "recipients": [{
                "external_user_id": "ana",
                "trigger_properties": {
                    "msg_body": "Hi \"Ana\"\n😀",
                    "ticket_id": "35",
                    "comment_id": "4711",
                    "agent_name": "Joe",
                    "part": 1,
                    "parts": 2,
                },
                "attributes": {"zendesk_ticket": "35", "zendesk_ticket_open": true},
                "send_to_existing_only": true,
            }],
        })
    );
}

#[tokio::test]
async fn a_profile_without_external_id_is_named_by_its_alias() {
    let answer = || {
        Reply::json(
            200,
            json!({"message": "success", "status": {"+1555": "Subscribed"}}),
        )
    };
    let setting = setting([success(), answer(), answer()]);
    let phone = crate::message::Phone::read("+1 555 010 0042").expect("a number");
    let (customer, text) = (Customer::Phone(phone), Personal::from("Hi"));
    let alias = json!({"alias_name": "+15550100042", "alias_label": "phone"});
    let attributes = UserAttributes {
        zendesk_ticket: None,
        zendesk_ticket_open: true,
        zendesk_ticket_opened_at: None,
    };
    let send = TriggerSend {
        campaign_id: "c-1",
        customer: &customer,
        trigger_properties: TriggerProperties {
            media_url: None,
            msg_body: &text,
            ticket_id: None,
            comment_id: None,
            agent_name: &Personal::default(),
            part: 1,
            parts: 1,
        },
        attributes: attributes.clone(),
    };
    let client = &setting.client;
    client.send(&send, later()).await.expect("sent");
    let track = client.track(&customer, attributes, &[], later());
    track.await.expect("done");
    let state = client.subscription(&customer, "g-1", later()).await;
    assert_eq!(state.expect("told"), SubscriptionState::Subscribed);
    let seen = setting.braze.requests();
    let recipient = &seen[0].json()["recipients"][0];
    assert_eq!(recipient["user_alias"], alias);
    assert!(recipient.get("external_user_id").is_none());
    // Braze takes an alias with this value only.
    assert_eq!(recipient["send_to_existing_only"], false);
    let tracked = &seen[1].json()["attributes"][0];
    assert_eq!(tracked["user_alias"], alias);
    assert_eq!(tracked["_update_existing_only"], true);
    assert!(tracked.get("external_id").is_none());
    assert!(
        seen[2].line.contains("phone=%2B15550100042"),
        "{}",
        seen[2].line
    );
}

#[tokio::test]
async fn attributes_are_set_without_a_message() {
    let setting = setting([Reply::json(201, json!({"message": "success"}))]);
    let user = "ana".parse().expect("valid");
    let attributes = UserAttributes {
        zendesk_ticket: None,
        zendesk_ticket_open: false,
        zendesk_ticket_opened_at: None,
    };
    setting
        .client
        .track(&user, attributes, &[], later())
        .await
        .expect("done");
    let seen = setting.braze.requests();
    assert_eq!(seen[0].line, "POST /users/track");
    assert_eq!(
        seen[0].json(),
        json!({"attributes": [{
            "external_id": "ana",
            "_update_existing_only": true,
            "zendesk_ticket_open": false,
        }]})
    );
}

#[tokio::test]
async fn every_success_counts_as_sent_whatever_its_body() {
    let warned = json!({"dispatch_id": "d-2", "errors": ["minor"], "message": "success"});
    let replies = [
        Reply::json(201, warned),
        Reply::json(202, json!({"message": "queued"})),
        Reply::html(200),
        Reply::Half(201),
    ];
    let setting = setting(replies);
    let sent = send(&setting, later()).await.expect("sent");
    assert_eq!(
        (sent.dispatch_id.as_deref(), sent.warnings),
        (Some("d-2"), 1)
    );
    for _ in 0..3 {
        assert_eq!(
            send(&setting, later()).await.expect("sent"),
            Dispatched::default()
        );
    }
    assert_eq!(setting.braze.requests().len(), 4);
}

#[tokio::test]
async fn a_refusal_is_permanent_and_keeps_brazes_words_out_of_the_log() {
    for status in [400, 403, 404, 413, 415] {
        let setting = setting([Reply::json(status, json!({"message": "Invalid for ana"}))]);
        let error = send(&setting, later()).await.expect_err("refused");
        let BrazeError::Rejected {
            status: told,
            detail,
        } = &error
        else {
            panic!("{error:?}")
        };
        assert_eq!(*told, status);
        assert!(detail.text.as_str().contains("Invalid for ana"));
        assert!(!format!("{error} {error:?}").contains("ana"));
        assert_eq!(setting.braze.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_for_until_its_reset_within_bounds() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let limited = |reset: u64| Reply::json(429, json!({})).with("x-ratelimit-reset", reset);
    let replies = [
        limited(now + 120),
        limited(now - 9),
        limited(now + 90_000),
        Reply::empty(429),
    ];
    let setting = setting(replies);
    for bounds in [110..=120, 1..=1, 3_600..=3_600, 60..=60] {
        let error = send(&setting, later()).await.expect_err("limited");
        let BrazeError::RateLimited { retry_after } = error else {
            panic!("{error:?}")
        };
        assert!(
            bounds.contains(&retry_after.as_secs()),
            "{retry_after:?} {bounds:?}"
        );
    }
}

#[tokio::test]
async fn a_server_error_with_a_body_sent_nothing_and_one_without_is_unknown() {
    let setting = setting([
        Reply::html(502),
        Reply::json(500, json!({})),
        Reply::empty(500),
    ]);
    for _ in 0..2 {
        let error = send(&setting, later()).await.expect_err("failed");
        assert!(matches!(error, BrazeError::Unavailable { .. }), "{error:?}");
    }
    let error = send(&setting, later()).await.expect_err("failed");
    assert!(
        matches!(error, BrazeError::OutcomeUnknown { .. }),
        "{error:?}"
    );
    assert_eq!(setting.braze.requests().len(), 3);
}

#[tokio::test]
async fn a_message_without_an_answer_is_unknown_and_never_sent_again() {
    for lost in [Reply::Drop, Reply::Hang] {
        let setting = setting([lost, success()]);
        let error = send(&setting, soon()).await.expect_err("no answer");
        assert!(
            matches!(error, BrazeError::OutcomeUnknown { .. }),
            "{error:?}"
        );
        assert_eq!(setting.braze.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_message_that_could_not_leave_is_surely_not_sent() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr());
    let base = format!("http://{}", port.expect("a port"))
        .parse()
        .expect("valid");
    let mut setting = setting([]);
    setting.client = BrazeClient::new(http(), base, setting.vault.store());
    let error = send(&setting, later()).await.expect_err("refused");
    assert!(matches!(error, BrazeError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_refused_key_is_read_again_and_the_message_sent_once_with_the_new_one() {
    let setting = setting([success(), Reply::json(401, json!({})), success()]);
    send(&setting, later()).await.expect("sent");
    setting.vault.change(json!({"braze_api_key": "key-2"}));
    send(&setting, later())
        .await
        .expect("sent with the new key");
    let keys: Vec<_> = setting
        .braze
        .requests()
        .iter()
        .map(|seen| seen.header("authorization").expect("a key").to_owned())
        .collect();
    assert_eq!(keys, ["Bearer key-1", "Bearer key-1", "Bearer key-2"]);
}

#[tokio::test]
async fn a_key_that_stays_refused_is_not_tried_twice() {
    let setting = setting([Reply::json(401, json!({"message": "Invalid API key"}))]);
    let error = send(&setting, later()).await.expect_err("refused");
    assert!(matches!(error, BrazeError::Unauthorized), "{error:?}");
    assert_eq!(setting.braze.requests().len(), 1);
}

#[tokio::test]
async fn a_key_filled_in_after_the_first_look_is_used_at_once() {
    let braze = Server::script([success()]);
    let vault = Vault::holding(json!({}));
    let store = vault.store();
    store.get().await.expect("the empty secret is cached");
    vault.change(json!({"braze_api_key": "key-1"}));
    let client = BrazeClient::new(http(), braze.base(), store);
    let setting = Setting {
        vault,
        braze,
        client,
    };
    send(&setting, later()).await.expect("sent");
}

#[tokio::test]
async fn a_secret_without_a_key_sends_nothing() {
    let setting = setting([success()]);
    setting.vault.change(json!({}));
    let error = send(&setting, later()).await.expect_err("no key");
    assert!(matches!(error, BrazeError::Unavailable { .. }), "{error:?}");
    assert!(setting.braze.requests().is_empty());
}

/// What Braze tells of its limit is used; what makes no sense counts as not told.
#[tokio::test]
async fn the_limit_of_sends_that_braze_tells_is_known() {
    let told = [
        ("250000", Some(250_000)),
        ("10", Some(10)),
        ("0", None),
        ("-5", None),
        ("many", None),
        ("", None),
    ];
    let replies = told.map(|(header, _)| success().with("x-ratelimit-limit", header));
    let setting = setting(replies.into_iter().chain([success(), success()]));
    assert_eq!(setting.client.sends(), (0, None));
    for (sends, (header, limit)) in (1..).zip(told) {
        send(&setting, later()).await.expect("sent");
        assert_eq!(setting.client.sends(), (sends, limit), "{header:?}");
    }
    send(&setting, later()).await.expect("sent");
    assert_eq!(setting.client.sends(), (7, None), "absent");
}

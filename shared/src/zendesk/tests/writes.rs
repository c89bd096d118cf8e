//! Requests that change something: what exactly goes out, and what is made of a success.

use super::*;
use crate::test_support::{later, soon};

#[tokio::test]
async fn a_user_is_created_with_external_id_and_field() {
    let setting = setting([Reply::json(
        201,
        json!({"user": {"id": 7, "name": "Ana Lima"}}),
    )]);
    assert_eq!(upsert(&setting).await.expect("created"), user_id());
    let seen = &setting.calls()[0];
    assert_eq!(seen.line, "POST /api/v2/users");
    assert_eq!(seen.header("authorization"), Some("Bearer token-1"));
    assert_eq!(
        seen.json(),
        json!({"user": {
            "external_id": "Ana-1",
            "name": "Ana Lima",
            "phone": "+15551234567",
            "user_fields": {"braze_external_id": "Ana-1"},
            "skip_verify_email": true,
        }})
    );
}

#[tokio::test]
async fn a_refused_phone_does_not_cost_the_user() {
    for details in [
        json!({"phone": [{"description": "is invalid", "error": "InvalidValue"}]}),
        json!({"base": [{"description": "Phone: +15551234567 is already being used"}]}),
        json!({"base": [{"description": "Tel\u{e9}fono: no es v\u{e1}lido"}]}),
        json!({"identities": [{"description": "is invalid"}]}),
        json!({"value": [{"description": "Value: +15551234567 is already being used"}]}),
    ] {
        let refusal = json!({"error": "RecordInvalid", "description": "x", "details": details});
        let created = json!({"user": {"id": 7}});
        let setting = setting([Reply::json(422, refusal), Reply::json(200, created)]);
        assert_eq!(upsert(&setting).await.expect("created"), user_id());
        let calls = setting.calls();
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[1].json()["user"].get("phone"), None);
        assert_eq!(calls[1].json()["user"]["external_id"], "Ana-1");
    }
}

#[tokio::test]
async fn a_user_that_is_refused_without_the_phone_too_stays_refused() {
    let refusal = || {
        let details = json!({"name": [{"error": "Blank"}]});
        Reply::json(422, json!({"error": "RecordInvalid", "details": details}))
    };
    let setting = setting([refusal(), refusal()]);
    let error = upsert(&setting).await.expect_err("refused");
    assert!(
        matches!(error, ZendeskError::Rejected { status: 422, .. }),
        "{error:?}"
    );
    assert_eq!(setting.calls().len(), 2);
}

#[tokio::test]
async fn a_ticket_is_created_under_its_key_with_a_body_that_never_varies() {
    let setting = setting([written("new"), written("new")]);
    let created = create(&setting, later()).await.expect("created");
    assert_eq!(
        created,
        Ticketed {
            ticket: ticket_id(),
            status: TicketStatus::New,
            comment: comment_id(),
        }
    );
    create(&setting, later()).await.expect("created");
    let calls = setting.calls();
    assert_eq!(calls[0].line, "POST /api/v2/tickets");
    assert_eq!(calls[0].header("idempotency-key"), Some("key-1"));
    assert_eq!(calls[0].body, calls[1].body);
    assert_eq!(
        calls[0].json(),
        json!({"ticket": {
            "requester_id": 7,
            "subject": "SMS from Ana",
            "comment": {"html_body": "Help &lt;me&gt;", "public": true, "author_id": 7},
            "priority": "normal",
            "tags": ["braze_sms"],
            "external_id": "braze:1",
            "via_followup_source_id": 30,
            "metadata": {"delivery_id": delivery().as_str()},
        }})
    );
}

#[tokio::test]
async fn a_comment_is_appended_with_its_author_status_and_marker() {
    let setting = setting([written("open")]);
    let appended = append(&setting, later()).await.expect("appended");
    assert_eq!(
        appended,
        Appended {
            status: TicketStatus::Open,
            comment: comment_id(),
            requester: None,
            tags: None,
        }
    );
    let seen = &setting.calls()[0];
    assert_eq!(seen.line, "PUT /api/v2/tickets/35");
    assert_eq!(
        seen.json(),
        json!({"ticket": {
            "comment": {"html_body": "5 &lt; 6<br>ok?", "public": true, "author_id": 7},
            "status": "open",
            "metadata": {"delivery_id": delivery().as_str()},
        }})
    );
}

#[tokio::test]
async fn an_internal_note_says_that_it_is_not_public_and_leaves_the_status() {
    let setting = setting([written("pending")]);
    let (body, delivery) = (Personal::from("not delivered"), delivery());
    let note = NewComment {
        author: None,
        body: &body,
        uploads: &[],
        fields: &[],
        public: false,
        status: None,
        delivery: &delivery,
    };
    setting
        .client
        .append(ticket_id(), &note, later())
        .await
        .expect("appended");
    assert_eq!(
        setting.calls()[0].json(),
        json!({"ticket": {
            "comment": {"html_body": "not delivered", "public": false},
            "metadata": {"delivery_id": delivery.as_str()},
        }})
    );
}

#[tokio::test]
async fn status_and_tags_are_set_without_touching_anything_else() {
    let setting = setting([
        written("open"),
        Reply::json(200, json!({"tags": ["a", "b"]})),
    ]);
    setting
        .client
        .set_status(ticket_id(), TicketStatus::Open, later())
        .await
        .expect("set");
    setting
        .client
        .add_tags(ticket_id(), &["a", "b"], later())
        .await
        .expect("added");
    let calls = setting.calls();
    assert_eq!(calls[0].line, "PUT /api/v2/tickets/35");
    assert_eq!(calls[0].json(), json!({"ticket": {"status": "open"}}));
    assert_eq!(calls[1].line, "PUT /api/v2/tickets/35/tags");
    assert_eq!(calls[1].json(), json!({"tags": ["a", "b"]}));
}

#[tokio::test]
async fn an_append_without_an_answer_is_unknown_and_never_repeated() {
    for lost in [Reply::Drop, Reply::Hang] {
        let setting = setting([lost, written("open")]);
        // Signing in beforehand leaves the whole time to the append.
        setting.client.warm_up(later()).await.expect("signed in");
        let error = append(&setting, soon()).await.expect_err("no answer");
        assert!(
            matches!(error, ZendeskError::OutcomeUnknown { .. }),
            "{error:?}"
        );
        assert_eq!(setting.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_keyed_creation_survives_a_connection_that_dies() {
    let setting = setting([Reply::Drop, written("new")]);
    create(&setting, later())
        .await
        .expect("created at the second try");
    let calls = setting.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].body, calls[1].body);
    assert_eq!(
        calls[0].header("idempotency-key"),
        calls[1].header("idempotency-key")
    );
}

#[tokio::test]
async fn a_success_that_cannot_be_read_leaves_a_write_unknown() {
    let no_ticket = Reply::json(200, json!({"audit": {}}));
    for reply in [
        Reply::html(200),
        no_ticket,
        Reply::Half(200),
        Reply::empty(200),
    ] {
        let setting = setting([reply]);
        let error = append(&setting, later()).await.expect_err("unreadable");
        assert!(
            matches!(error, ZendeskError::OutcomeUnknown { .. }),
            "{error:?}"
        );
        assert_eq!(setting.calls().len(), 1);
    }
}

/// What Zendesk tells of its limits is used; what makes no sense counts as not told.
#[tokio::test]
async fn the_limits_that_zendesk_tells_are_known() {
    const UPDATES: &str = "zendesk-ratelimit-tickets-update";
    let told = [
        (
            "700",
            "total=300; remaining=7; resets=3",
            (Some(700), Some(300)),
        ),
        ("0", "total=0; remaining=0; resets=3", (None, None)),
        ("200", "total=100", (Some(200), Some(100))),
        ("-5", "total=-5; remaining=-6; resets=3", (None, None)),
        ("many", "", (None, None)),
        ("2500", "total=1", (Some(2_500), Some(1))),
    ];
    let replies = told.map(|(requests, updates, _)| {
        let answer = written("open").with("x-rate-limit", requests);
        answer.with(UPDATES, updates)
    });
    let setting = setting(replies.into_iter().chain([written("open")]));
    let set = || (setting.client).set_status(ticket_id(), TicketStatus::Open, later());
    let known = || (setting.client.rate().1, setting.client.updates_a_minute());
    assert_eq!(known(), (None, None));
    for (requests, updates, expected) in told {
        set().await.expect("set");
        assert_eq!(known(), expected, "{requests:?} {updates:?}");
    }
    set().await.expect("set");
    assert_eq!(
        known(),
        (Some(2_500), Some(1)),
        "absent: the last one counts"
    );
}

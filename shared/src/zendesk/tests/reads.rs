//! Requests that only look.

use super::*;
use crate::test_support::later;

fn ticket_row() -> Value {
    json!({
        "id": 35, "status": "solved", "tags": ["braze_sms", "vip"], "external_id": "braze:1",
        "requester_id": 7, "followup_ids": [40], "updated_at": "2026-11-22T15:00:00Z",
    })
}

fn user_row() -> Value {
    json!({
        "id": 7, "name": "Ana Lima", "role": "end-user", "external_id": "ana-1",
        "user_fields": {"braze_external_id": "Ana-1", "other": 5},
    })
}

fn view() -> TicketView {
    TicketView {
        id: ticket_id(),
        status: TicketStatus::Solved,
        tags: vec!["braze_sms".to_owned(), "vip".to_owned()],
        external_id: Some("braze:1".to_owned()),
        followups: vec![TicketId::new(40).expect("not zero")],
        requester: Some(user_id()),
        requester_external_id: Some("ana-1".into()),
        braze_external_id: Some("Ana-1".into()),
        inherits_tags: false,
        updated_at: Some(1_795_359_600_000),
    }
}

#[tokio::test]
async fn a_ticket_comes_with_its_requester_in_one_request_where_possible() {
    let setting = setting([Reply::json(
        200,
        json!({"ticket": ticket_row(), "users": [user_row()]}),
    )]);
    let ticket = setting
        .client
        .ticket(ticket_id(), later())
        .await
        .expect("read");
    assert_eq!(ticket, Some(view()));
    assert_eq!(
        ticket
            .and_then(|t| t.customer(true))
            .expect("a customer")
            .as_str(),
        "Ana-1"
    );
    assert_eq!(setting.lines(), ["GET /api/v2/tickets/35?include=users"]);
}

#[tokio::test]
async fn a_requester_that_was_not_included_is_asked_for() {
    let replies = [
        Reply::json(200, json!({"ticket": ticket_row()})),
        Reply::json(200, json!({"user": user_row()})),
    ];
    let setting = setting(replies);
    let ticket = setting
        .client
        .ticket(ticket_id(), later())
        .await
        .expect("read");
    assert_eq!(ticket, Some(view()));
    assert_eq!(setting.lines()[1], "GET /api/v2/users/7");
}

#[tokio::test]
async fn without_the_user_field_the_external_id_names_the_customer() {
    let mut user = user_row();
    user["user_fields"]["braze_external_id"] = Value::Null;
    let setting = setting([Reply::json(
        200,
        json!({"ticket": ticket_row(), "users": [user]}),
    )]);
    let ticket = setting
        .client
        .ticket(ticket_id(), later())
        .await
        .expect("read")
        .expect("there");
    assert_eq!(ticket.customer(true).expect("a customer").as_str(), "ana-1");
}

#[tokio::test]
async fn a_deleted_ticket_is_nothing() {
    let setting = setting([Reply::json(404, json!({"error": "RecordNotFound"}))]);
    assert_eq!(
        setting
            .client
            .ticket(ticket_id(), later())
            .await
            .expect("read"),
        None
    );
}

#[tokio::test]
async fn tickets_are_listed_by_an_external_id_of_any_characters() {
    let setting = setting([Reply::json(
        200,
        json!({"tickets": [ticket_row()], "count": 1}),
    )]);
    let tickets = setting
        .client
        .tickets_by_external_id("a&b=c/é", later())
        .await
        .expect("read");
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].id, ticket_id());
    assert_eq!(
        setting.lines(),
        ["GET /api/v2/tickets?external_id=a%26b%3Dc%2F%C3%A9"]
    );
}

#[tokio::test]
async fn comments_come_newest_first_with_author_channel_and_marker() {
    let body = json!({
        "comments": [
            {"id": 9, "author_id": 8, "public": true, "body": "*Hi*", "plain_body": "Hi",
             "via": {"channel": "web"}, "created_at": "2026-11-22T15:00:00Z",
             "metadata": {"system": {}, "custom": {}},
             "attachments": [{"file_name": "a.png", "content_url": "https://cdn.example/a",
                              "content_type": "image/png", "size": 12}]},
            {"id": 8, "author_id": -1, "public": false, "body": "note",
             "metadata": {"custom": {"delivery_id": "d-1"}}},
        ],
        "users": [{"id": 8, "name": "Joe", "role": "admin"}],
    });
    let setting = setting([Reply::json(200, body)]);
    let comments = setting
        .client
        .comments(ticket_id(), 500, later())
        .await
        .expect("read");
    assert_eq!(
        setting.lines(),
        ["GET /api/v2/tickets/35/comments?sort=-created_at&include=users&page%5Bsize%5D=100"]
    );
    let [first, second] = comments.as_slice() else {
        panic!("{comments:?}")
    };
    assert_eq!(Some(first.id), comment_id());
    assert_eq!(
        (first.author, first.role),
        (UserId::new(8), Some(Role::Admin))
    );
    assert_eq!(
        (first.author_name.as_str(), first.plain_body.as_str()),
        ("Joe", "Hi")
    );
    assert_eq!((first.public, first.channel.as_str()), (true, "web"));
    assert_eq!(first.created_at, Some(1_795_359_600_000));
    assert_eq!(first.delivery, None);
    assert_eq!(first.attachments[0].content_url, "https://cdn.example/a");
    assert_eq!(
        (second.author, second.role, second.public),
        (None, None, false)
    );
    assert_eq!(second.plain_body.as_str(), "note");
    assert_eq!(second.delivery.as_deref(), Some("d-1"));
}

fn audits(markers: &[&str], more: Value) -> Reply {
    let audits: Vec<_> = markers
        .iter()
        .map(|marker| {
            json!({"id": 1, "metadata": {"custom": {"delivery_id": marker}, "system": {}},
                   "events": [{"type": "Comment", "id": 9}]})
        })
        .collect();
    let mut body = json!({"audits": audits});
    body.as_object_mut()
        .expect("an object")
        .extend(more.as_object().expect("one").clone());
    Reply::json(200, body)
}

#[tokio::test]
async fn a_delivery_is_found_on_a_later_page_of_the_audits() {
    // The link's host is the server's own, which is known only once it runs.
    let zendesk = Server::start(|seen| match seen.line.as_str() {
        "POST /oauth/tokens" => token(1),
        line if line.contains("page%5Bafter%5D=two") => {
            audits(&["c"], json!({"meta": {"has_more": false}}))
        }
        line if line.contains("cursor=one") => {
            let elsewhere = "https://evil.example/api/v2/tickets/35/audits";
            audits(
                &["b"],
                json!({"meta": {"has_more": true, "after_cursor": "two"},
                                  "links": {"next": elsewhere}}),
            )
        }
        _ => {
            let host = seen.header("host").expect("a host");
            let next = format!("http://{host}/api/v2/tickets/35/audits?cursor=one");
            audits(
                &["a"],
                json!({"meta": {"has_more": true}, "links": {"next": next}}),
            )
        }
    });
    let setting = with_server(oauth("s-1"), zendesk);
    let found = setting
        .client
        .find_delivery(ticket_id(), "c", later())
        .await
        .expect("read");
    assert_eq!(
        found,
        Some(FoundDelivery {
            comment: comment_id()
        })
    );
    assert_eq!(
        setting.lines(),
        [
            "GET /api/v2/tickets/35/audits?page%5Bsize%5D=100",
            "GET /api/v2/tickets/35/audits?cursor=one",
            "GET /api/v2/tickets/35/audits?page%5Bsize%5D=100&page%5Bafter%5D=two",
        ]
    );
}

#[tokio::test]
async fn a_delivery_is_absent_only_when_the_last_page_was_seen() {
    let end = setting([audits(&["a"], json!({"meta": {"has_more": false}}))]);
    let found = end
        .client
        .find_delivery(ticket_id(), "c", later())
        .await
        .expect("read");
    assert_eq!(found, None);

    let broken = setting([audits(&["a"], json!({"meta": {"has_more": true}}))]);
    let error = broken.client.find_delivery(ticket_id(), "c", later()).await;
    assert!(matches!(error, Err(ZendeskError::Unavailable { .. })));
}

#[tokio::test]
async fn where_audits_are_forbidden_the_comments_tell() {
    let comments = |delivery: &str| {
        let metadata = json!({"system": {}, "custom": {"delivery_id": delivery}});
        let comment = json!({"id": 900, "public": true, "body": "x", "metadata": metadata});
        Reply::json(200, json!({"comments": [comment]}))
    };
    let forbidden = || Reply::json(403, json!({"error": "Forbidden"}));
    let there = setting([forbidden(), comments("c")]);
    let found = there
        .client
        .find_delivery(ticket_id(), "c", later())
        .await
        .expect("read");
    assert_eq!(
        found,
        Some(FoundDelivery {
            comment: CommentId::new(900)
        })
    );

    let absent = setting([forbidden(), comments("other")]);
    let found = absent
        .client
        .find_delivery(ticket_id(), "c", later())
        .await
        .expect("read");
    assert_eq!(found, None);

    let nothing = || Reply::json(200, json!({"comments": []}));
    let wider = setting([
        forbidden(),
        nothing(),
        audits(&["a"], json!({"meta": {"has_more": false}})),
    ]);
    let told = wider.client.find_delivery(ticket_id(), "c", later()).await;
    assert_eq!(told.expect("read"), None);

    let blind = setting([forbidden(), nothing(), forbidden()]);
    let told = blind.client.find_delivery(ticket_id(), "c", later()).await;
    assert!(
        matches!(told, Err(ZendeskError::Forbidden)),
        "absence is not assumed"
    );
}

#[tokio::test]
async fn metrics_that_want_the_wider_scope_are_read_with_it() {
    let forbidden = || Reply::json(403, json!({"error": "Forbidden"}));
    let told = json!({"ticket_metric": {"solved_at": "2026-11-30T12:00:00Z"}});
    let wide = setting([forbidden(), Reply::json(200, told)]);
    let at = wide.client.solved_at(ticket_id(), later()).await;
    assert!(at.expect("read").is_some());
    let calls = wide.calls();
    assert_eq!(calls[1].header("authorization"), Some("Bearer token-2"));

    let none = setting([forbidden(), forbidden()]);
    let told = none.client.solved_at(ticket_id(), later()).await;
    assert!(matches!(told, Err(ZendeskError::Forbidden)), "{told:?}");
}

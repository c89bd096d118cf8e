//! Tickets: channels, custom statuses, follow-ups, fields and what is refused of them.

use serde_json::{Value, json};
use simulators::zendesk::{Channel, Comment, DeskError, NewTicket, Person, Status};

use crate::common::Api;
use crate::zendesk;

#[tokio::test]
async fn a_ticket_keeps_the_channel_it_came_by() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let ana = zendesk.add_user(Person::customer("Ana").email("ana@x.example"));
    let by_mail = zendesk.email_ticket(ana, "Broken", "It is broken").unwrap();
    let by = |channel| NewTicket::by(channel, ana, "S", "text");
    let by_form = zendesk.open_ticket(by(Channel::Web)).unwrap();
    let by_chat = zendesk.open_ticket(by(Channel::Chat)).unwrap();
    let by_api = api.ticket("ben").await;
    for (ticket, channel) in [
        (by_mail, "email"),
        (by_form, "web"),
        (by_chat, "chat"),
        (by_api, "api"),
    ] {
        let (_, shown) = api.get(&format!("/tickets/{ticket}")).await;
        assert_eq!(shown["ticket"]["via"]["channel"], channel);
        let (_, list) = api.get(&format!("/tickets/{ticket}/comments")).await;
        assert_eq!(list["comments"][0]["via"]["channel"], channel);
    }
    let ticket = zendesk.ticket(by_mail).unwrap();
    assert_eq!((ticket.status, ticket.requester.id), (Status::New, ana));
    assert_eq!(ticket.comments[0].author.id, ana);
    let nobody = zendesk.email_ticket(7, "S", "t");
    assert_eq!(nobody, Err(DeskError::NoUser(7)));
}

#[tokio::test]
async fn a_status_sent_by_the_api_resets_the_custom_status() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let waiting = zendesk.add_custom_status(Status::Open, "Waiting for the workshop");
    let ticket = api.ticket("ana").await;
    let path = format!("/tickets/{ticket}");
    let custom = async || api.get(&path).await.1["ticket"]["custom_status_id"].clone();
    let status = json!({"ticket": {"status": "open"}});
    api.put(&path, status.clone()).await;
    let default = custom().await;

    zendesk.set_custom_status(ticket, waiting).unwrap();
    assert_eq!(custom().await, waiting);
    let (_, body) = api
        .put(&path, json!({"ticket": {"comment": {"body": "x"}}}))
        .await;
    assert_eq!(body["ticket"]["custom_status_id"], waiting);
    // The ticket is open already, and still loses it.
    let (_, body) = api.put(&path, status).await;
    assert_eq!(body["ticket"]["status"], "open");
    assert_eq!(custom().await, default);
    assert_eq!(body["audit"]["events"][0]["field_name"], "custom_status_id");

    let chosen = json!({"ticket": {"custom_status_id": waiting}});
    assert_eq!(api.put(&path, chosen).await.0, 200);
    assert_eq!(custom().await, waiting);
    let comment = Comment::public("Done").status(Status::Solved);
    zendesk.agent_comments(ticket, comment).unwrap();
    assert_eq!(zendesk.ticket(ticket).unwrap().status, Status::Solved);
    assert_ne!(custom().await, waiting);
    let comment = Comment::public("Not yet").custom_status(waiting);
    zendesk.agent_comments(ticket, comment).unwrap();
    assert_eq!(zendesk.ticket(ticket).unwrap().status, Status::Open);

    let (_, list) = api.get("/custom_statuses").await;
    let labels = list["custom_statuses"].as_array().unwrap().iter();
    let open: Vec<&str> = labels
        .filter(|status| status["status_category"] == "open")
        .map(|status| status["agent_label"].as_str().unwrap())
        .collect();
    assert_eq!(open, ["Open", "Waiting for the workshop"]);
    let unknown = json!({"ticket": {"custom_status_id": 5}});
    assert_eq!(api.put(&path, unknown).await.0, 422);
    assert_eq!(
        zendesk.set_custom_status(ticket, 5),
        Err(DeskError::NoCustomStatus(5))
    );
}

#[tokio::test]
async fn a_follow_up_takes_over_fields_and_its_tags_unless_the_request_brings_some() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let (group, field) = (
        zendesk.add_group("SMS"),
        zendesk.add_ticket_field("Parts", "integer"),
    );
    let user = api.user("ana").await;
    let (_, made) = api
        .post(
            "/tickets",
            json!({"ticket": {"requester_id": user, "subject": "First", "tags": ["old", "sms"],
            "priority": "high", "group_id": group, "custom_fields": [{"id": field, "value": 3}],
            "comment": {"body": "x"}}}),
        )
        .await;
    let source = made["ticket"]["id"].as_u64().unwrap();
    let follow = |tags: Option<Value>| {
        let mut body = json!({"ticket": {"comment": {"body": "more"},
            "via_followup_source_id": source}});
        if let Some(tags) = tags {
            body["ticket"]["tags"] = tags;
        }
        api.post("/tickets", body)
    };
    // Of a ticket that is not closed it is no follow-up, and nothing is taken over.
    let (status, early) = follow(None).await;
    assert_eq!(status, 201);
    assert_eq!(early["ticket"]["via"]["source"]["rel"], Value::Null);
    assert_eq!(early["ticket"]["tags"], json!([]));

    zendesk.close(source).unwrap();
    let (_, made) = follow(None).await;
    let ticket = &made["ticket"];
    assert_eq!(ticket["via"]["source"]["rel"], "follow_up");
    assert_eq!(ticket["tags"], json!(["old", "sms"]));
    assert_eq!(ticket["requester_id"], user);
    assert_eq!(
        (&ticket["priority"], &ticket["group_id"]),
        (&json!("high"), &json!(group))
    );
    assert_eq!(ticket["custom_fields"], json!([{"id": field, "value": 3}]));
    let (_, made) = follow(Some(json!(["new"]))).await;
    assert_eq!(made["ticket"]["tags"], json!(["new"]));
}

#[tokio::test]
async fn ids_and_words_no_ticket_can_have_are_refused_by_the_fields_name() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("ana").await;
    let parts = zendesk.add_ticket_field("Parts", "integer");
    for (key, value) in [
        ("group_id", json!(5)),
        ("brand_id", json!(5)),
        ("ticket_form_id", json!(5)),
        (
            "assignee_id",
            json!(zendesk.ticket(ticket).unwrap().requester.id),
        ),
        ("priority", json!("huge")),
        ("type", json!("wish")),
        ("status", json!("done")),
        ("custom_fields", json!([{"id": parts, "value": "many"}])),
    ] {
        let mut update = json!({"ticket": {}});
        update["ticket"][key] = value.clone();
        let (status, body) = api.put(&format!("/tickets/{ticket}"), update).await;
        assert_eq!(
            (status, &body["error"]),
            (422, &json!("RecordInvalid")),
            "{key}"
        );
        assert!(body["details"][key].is_array(), "{key}: {body}");
        let mut create = json!({"ticket": {"comment": {"body": "x"}}});
        create["ticket"][key] = value;
        assert_eq!(api.post("/tickets", create).await.0, 422, "{key}");
    }
    assert_eq!(zendesk.tickets().len(), 1);
}

#[tokio::test]
async fn fields_that_exist_are_set_shown_and_written_in_the_audit() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let (group, brand) = (zendesk.add_group("SMS"), zendesk.add_brand("Shop"));
    let (form, parts) = (
        zendesk.add_ticket_form("SMS"),
        zendesk.add_ticket_field("Parts", "integer"),
    );
    let agent = zendesk.add_user(Person::agent("Jane"));
    let ticket = api.ticket("ana").await;
    let update = json!({"ticket": {"group_id": group, "brand_id": brand, "ticket_form_id": form,
        "assignee_id": agent, "priority": "low", "type": "question",
        "custom_fields": [{"id": parts, "value": 2}, {"id": 99, "value": "passed over"}]}});
    let (status, body) = api.put(&format!("/tickets/{ticket}"), update).await;
    assert_eq!(status, 200);
    let shown = &body["ticket"];
    assert_eq!(
        (&shown["group_id"], &shown["brand_id"]),
        (&json!(group), &json!(brand))
    );
    assert_eq!(
        (&shown["ticket_form_id"], &shown["assignee_id"]),
        (&json!(form), &json!(agent))
    );
    assert_eq!(shown["custom_fields"], json!([{"id": parts, "value": 2}]));
    let changed: Vec<&str> = body["audit"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["field_name"].as_str().unwrap())
        .collect();
    let parts_name = parts.to_string();
    let expected = [
        "priority",
        "type",
        "assignee_id",
        "group_id",
        "brand_id",
        "ticket_form_id",
        &parts_name,
    ];
    assert_eq!(changed, expected);
    for (path, name) in [
        ("/groups", "groups"),
        ("/brands", "brands"),
        ("/ticket_forms", "ticket_forms"),
        ("/ticket_fields", "ticket_fields"),
    ] {
        let (status, list) = api.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(!list[name].as_array().unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn an_agent_takes_tags_away() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("ana").await;
    zendesk.add_tags(ticket, &["braze_sms", "vip"]).unwrap();
    zendesk.remove_tags(ticket, &["braze_sms"]).unwrap();
    let (_, shown) = api.get(&format!("/tickets/{ticket}")).await;
    assert_eq!(shown["ticket"]["tags"], json!(["vip"]));
}

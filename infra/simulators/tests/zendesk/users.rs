//! Users: requesters who change, merges, staff, suspended users, look-ups by external id.

use reqwest::Method;
use serde_json::{Value, json};
use simulators::zendesk::{
    Comment, DeskError, MergedUser, Mode, NewTicket, Person, Role, Status, Zendesk,
};

use crate::common::Api;
use crate::{with, zendesk};

/// The standard triggers, whose webhooks are held.
fn triggers(zendesk: &Zendesk) {
    zendesk.install_default_triggers("http://127.0.0.1:9/r", "r", "http://127.0.0.1:9/s", "s");
    zendesk.webhook_delivery(Mode::Held);
}

fn id(body: &Value, name: &str) -> u64 {
    body[name]["id"].as_u64().unwrap()
}

#[tokio::test]
async fn a_changed_requester_is_in_the_ticket_the_audit_and_the_next_webhook() {
    let zendesk = zendesk().await;
    triggers(&zendesk);
    let api = Api::new(&zendesk).await;
    let (ticket, max) = (api.ticket("ana").await, api.user("max").await);
    let ana = zendesk.ticket(ticket).unwrap().requester.id;
    zendesk.change_requester(ticket, max).unwrap();

    let (_, shown) = api.get(&format!("/tickets/{ticket}?include=users")).await;
    assert_eq!(shown["ticket"]["requester_id"], max);
    let people = shown["users"].as_array().unwrap();
    assert!(people.iter().any(|user| user["external_id"] == "max"));
    let (_, audits) = api.get(&format!("/tickets/{ticket}/audits")).await;
    let change = &audits["audits"][1]["events"][0];
    assert_eq!(change["field_name"], "requester_id");
    assert_eq!(
        (&change["previous_value"], &change["value"]),
        (&json!(ana), &json!(max))
    );
    assert_eq!(zendesk.held_webhooks().len(), 0);

    zendesk
        .agent_comments(ticket, Comment::public("Hello Max"))
        .unwrap();
    let held = &zendesk.held_webhooks()[0];
    assert!(
        held.payload.contains("\"external_user_id\":\"max\""),
        "{}",
        held.payload
    );
    assert_eq!(
        zendesk.change_requester(ticket, 1),
        Err(DeskError::NoUser(1))
    );
}

#[tokio::test]
async fn the_api_changes_a_requester_too_and_refuses_one_who_is_not_there() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let (ticket, max) = (api.ticket("ana").await, api.user("max").await);
    let path = format!("/tickets/{ticket}");
    let (status, body) = api
        .put(&path, json!({"ticket": {"requester_id": max}}))
        .await;
    assert_eq!(
        (status, &body["ticket"]["requester_id"]),
        (200, &json!(max))
    );
    assert_eq!(body["audit"]["events"][0]["field_name"], "requester_id");
    let (status, body) = api.put(&path, json!({"ticket": {"requester_id": 1}})).await;
    assert_eq!((status, &body["error"]), (422, &json!("RecordInvalid")));
    assert!(body["details"]["requester"].is_array());
}

#[tokio::test]
async fn of_two_merged_users_one_is_gone_with_its_ids_and_the_other_has_the_tickets() {
    let zendesk = zendesk().await;
    triggers(&zendesk);
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("ana").await;
    let loser = zendesk.ticket(ticket).unwrap().requester.id;
    zendesk
        .set_user_email(loser, Some("ana@sms.example"))
        .unwrap();
    let winner = zendesk.add_user(Person::customer("Ana (mail)").email("ana@x.example"));
    let before = zendesk.ticket(ticket).unwrap();
    zendesk.merge_users(loser, winner).unwrap();

    let moved = zendesk.ticket(ticket).unwrap();
    assert_eq!(moved.requester.id, winner);
    assert_eq!(moved.comments[0].author.name, "Ana (mail)");
    assert_eq!(moved.audits, before.audits, "no audit");
    assert_eq!(moved.updated_at_ms, before.updated_at_ms);
    assert_eq!(zendesk.held_webhooks().len(), 0, "no trigger");
    assert_eq!(api.get(&format!("/users/{loser}")).await.0, 404);
    let (_, found) = api.get("/users/search?external_id=ana").await;
    assert_eq!(found["users"], json!([]));
    let (_, left) = api.get(&format!("/users/{winner}")).await;
    assert_eq!(left["user"]["external_id"], Value::Null);
    assert_eq!(
        left["user"]["user_fields"]["braze_external_id"],
        Value::Null
    );
    // The addresses of both lead to the one who is left.
    let by_mail = json!({"user": {"email": "ANA@sms.example", "name": "Ana"}});
    let (status, body) = api.post("/users/create_or_update", by_mail).await;
    assert_eq!((status, id(&body, "user")), (200, winner));
    // The external id is free again.
    assert_ne!(api.user("ana").await, winner);
    let ticket = json!({"ticket": {"requester_id": loser, "comment": {"body": "x"}}});
    assert_eq!(api.post("/tickets", ticket).await.0, 422);
}

#[tokio::test]
async fn a_merged_user_may_be_shown_as_inactive() {
    let zendesk = with(|variants| variants.merged_user = MergedUser::Inactive).await;
    let api = Api::new(&zendesk).await;
    let (loser, winner) = (api.user("a").await, api.user("b").await);
    let path = format!("/users/{loser}/merge");
    let (status, body) = api.put(&path, json!({"user": {"id": winner}})).await;
    assert_eq!((status, id(&body, "user")), (200, winner));
    let (status, body) = api.get(&format!("/users/{loser}")).await;
    assert_eq!((status, &body["user"]["active"]), (200, &json!(false)));
    assert_eq!(body["user"]["external_id"], Value::Null);
    assert_eq!(
        zendesk
            .users()
            .iter()
            .filter(|user| user.id == loser)
            .count(),
        0
    );
    assert_eq!(api.put(&path, json!({"user": {"id": winner}})).await.0, 404);
}

#[tokio::test]
async fn only_two_different_end_users_can_be_merged() {
    let zendesk = zendesk().await;
    let ana = zendesk.add_user(Person::customer("Ana"));
    let agent = zendesk.add_user(Person::agent("Jane"));
    assert_eq!(
        zendesk.merge_users(ana, ana),
        Err(DeskError::NotMergeable(ana))
    );
    assert_eq!(
        zendesk.merge_users(ana, agent),
        Err(DeskError::NotMergeable(agent))
    );
    assert_eq!(zendesk.merge_users(ana, 7), Err(DeskError::NoUser(7)));
}

#[tokio::test]
async fn create_or_update_finds_staff_by_external_id_in_any_case_and_rewrites_them() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let jane = Person::admin("Jane")
        .external_id("jane@acme.com")
        .phone("+15550100001");
    let jane = zendesk.add_user(jane);
    let user = json!({"user": {"external_id": "Jane@Acme.com", "name": "Mallory",
        "phone": "+15550100009"}});
    let (status, body) = api.post("/users/create_or_update", user.clone()).await;
    assert_eq!((status, id(&body, "user")), (200, jane));
    assert_eq!(body["user"]["role"], "admin");
    let rewritten = zendesk.user_named("Mallory").unwrap();
    assert_eq!(rewritten.external_id.as_deref(), Some("Jane@Acme.com"));
    assert_eq!(rewritten.phone.as_deref(), Some("+15550100009"));
    assert_eq!(rewritten.role, Role::Admin);

    zendesk.configure(|config| config.variants.upsert_changes_staff = false);
    assert_eq!(api.post("/users/create_or_update", user).await.0, 403);
}

#[tokio::test]
async fn a_user_is_found_by_external_id_in_any_case_or_only_in_the_same() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let ana = api.user("Ana").await;
    let found = async |wanted: &str| {
        let (status, body) = api
            .get(&format!("/users/search?external_id={wanted}"))
            .await;
        assert_eq!(status, 200);
        let users = body["users"].as_array().unwrap();
        users
            .iter()
            .map(|user| user["id"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("ANA").await, [ana]);
    assert_eq!(found("an").await, [0; 0]);
    zendesk.configure(|config| config.variants.user_search_ignores_case = false);
    assert_eq!(found("ANA").await, [0; 0]);
    assert_eq!(found("Ana").await, [ana]);
    assert_eq!(api.get("/users/search").await.0, 400);
}

#[tokio::test]
async fn a_user_is_made_and_changed_without_matching_and_ids_are_not_given_twice() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let user = |id: &str| json!({"user": {"name": "N", "external_id": id}});
    let (status, made) = api.post("/users", user("a")).await;
    assert_eq!(status, 201);
    let (status, refused) = api.post("/users", user("A")).await;
    assert_eq!((status, &refused["error"]), (422, &json!("RecordInvalid")));
    assert_eq!(
        refused["details"]["external_id"][0]["error"],
        "DuplicateValue"
    );
    let path = format!("/users/{}", made["user"]["id"]);
    let change = json!({"user": {"locale": "fr", "user_fields": {"braze_external_id": "a"}}});
    let (status, body) = api.put(&path, change).await;
    assert_eq!((status, &body["user"]["locale"]), (200, &json!("fr")));
    assert_eq!(
        (&body["user"]["name"], &body["user"]["external_id"]),
        (&json!("N"), &json!("a"))
    );
    assert_eq!(api.put("/users/1", user("b")).await.0, 404);
}

#[tokio::test]
async fn nothing_is_written_for_a_suspended_user() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("spam").await;
    let spam = zendesk.ticket(ticket).unwrap().requester.id;
    zendesk.suspend(spam).unwrap();
    let (_, shown) = api.get(&format!("/users/{spam}")).await;
    assert_eq!(shown["user"]["suspended"], true);

    let create = json!({"ticket": {"requester_id": spam, "comment": {"body": "buy"}}});
    let (status, body) = api.post("/tickets", create.clone()).await;
    assert_eq!((status, &body["error"]), (422, &json!("RecordInvalid")));
    assert_eq!(body["details"]["requester"][0]["error"], "UserSuspended");
    let append = json!({"ticket": {"comment": {"body": "buy", "author_id": spam}}});
    let path = format!("/tickets/{ticket}");
    let (status, body) = api.put(&path, append.clone()).await;
    assert_eq!(status, 422);
    assert_eq!(body["details"]["author_id"][0]["error"], "UserSuspended");
    assert_eq!(zendesk.tickets().len(), 1);
    assert_eq!(zendesk.ticket(ticket).unwrap().comments.len(), 1);

    zendesk.configure(|config| config.variants.suspended_author_refused = false);
    assert_eq!(api.put(&path, append).await.0, 200);
    assert_eq!(api.post("/tickets", create.clone()).await.0, 422);
    let by_mail = zendesk.email_ticket(spam, "S", "buy");
    assert_eq!(by_mail, Err(DeskError::Suspended(spam)));
    let answer = zendesk.end_user_comments(ticket, "buy");
    assert_eq!(answer, Err(DeskError::Suspended(spam)));
    zendesk.unsuspend(spam).unwrap();
    assert_eq!(api.post("/tickets", create).await.0, 201);
}

#[tokio::test]
async fn an_agents_correction_of_a_name_shows_everywhere() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("ana").await;
    let ana = zendesk.ticket(ticket).unwrap().requester.id;
    zendesk.rename_user(ana, "Ana Pérez").unwrap();
    zendesk
        .set_user_field(ana, "braze_external_id", None)
        .unwrap();
    zendesk.set_user_external_id(ana, Some("crm-1")).unwrap();
    let ticket = zendesk.ticket(ticket).unwrap();
    assert_eq!(ticket.comments[0].author.name, "Ana Pérez");
    assert_eq!(ticket.requester.external_id.as_deref(), Some("crm-1"));
    let (_, shown) = api.get(&format!("/users/{ana}")).await;
    assert_eq!(
        shown["user"]["user_fields"]["braze_external_id"],
        Value::Null
    );
}

#[tokio::test]
async fn what_people_do_with_users_can_be_done_over_http() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let act = async |path: &str, body: Value| {
        let url = format!("{}/_sim{path}", zendesk.base_url());
        let request = api.client.request(Method::POST, url).body(body.to_string());
        crate::common::both(request.send().await.unwrap()).await
    };
    let ana = json!({"name": "Ana", "user_fields": {"braze_external_id": "ana"}});
    let (status, ana) = act("/users", ana).await;
    assert_eq!(status, 201);
    let mail = json!({"name": "Ana (mail)", "email": "ana@x.example", "locale": "es"});
    let (ana, mail) = (ana["id"].clone(), act("/users", mail).await.1["id"].clone());
    let email = json!({"requester": ana, "channel": "email", "subject": "S", "text": "t"});
    let (_, opened) = act("/tickets", email).await;
    let ticket = format!("/tickets/{}", opened["id"]);
    assert_eq!(
        act(&format!("{ticket}/requester"), json!({"user": mail}))
            .await
            .0,
        201
    );
    assert_eq!(
        act(&format!("{ticket}/requester"), json!({"user": ana}))
            .await
            .0,
        201
    );
    assert_eq!(
        act(&format!("/users/{ana}/merge"), json!({"into": mail}))
            .await
            .0,
        201
    );
    assert_eq!(
        act(&format!("/users/{ana}/merge"), json!({"into": mail}))
            .await
            .0,
        404
    );
    assert_eq!(
        act(&format!("/users/{mail}/suspend"), json!({})).await.0,
        201
    );
    assert_eq!(zendesk.tickets()[0].requester.name, "Ana (mail)");
    assert!(zendesk.user_named("Ana (mail)").unwrap().suspended);
    assert_eq!(act("/users", json!({"role": "agent"})).await.0, 400);
    let nobody = json!({"name": "X", "role": "owner"});
    assert_eq!(
        act("/users", nobody).await.1["error"],
        "role must be end-user, agent or admin"
    );
}

#[tokio::test]
async fn an_agents_own_ticket_is_on_the_web_channel_and_open() {
    let zendesk = zendesk().await;
    triggers(&zendesk);
    let ana = Person::customer("Ana").field("braze_external_id", "ana");
    let ana = zendesk.add_user(ana);
    let ticket = NewTicket::proactive(ana, "Your order", "It is here").tags(&["braze_sms"]);
    let ticket = zendesk.open_ticket(ticket).unwrap();
    let ticket = zendesk.ticket(ticket).unwrap();
    assert_eq!((ticket.via.as_str(), ticket.status), ("web", Status::Open));
    assert_eq!(
        (ticket.requester.id, ticket.tags),
        (ana, vec!["braze_sms".to_owned()])
    );
    assert_eq!(ticket.comments[0].author.role, Role::Agent);
    assert_eq!(zendesk.held_webhooks().len(), 1);
}

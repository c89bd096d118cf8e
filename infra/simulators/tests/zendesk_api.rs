//! The simulated Zendesk API refuses and accepts what the real one does.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::time::Duration;

use common::{Api, both, client, json_of};
use reqwest::Method;
use serde_json::{Value, json};
use simulators::zendesk::{
    AccountConfig, AccountLimits, AccountVariants, Comment, Role, Status, Zendesk,
};

async fn zendesk() -> Zendesk {
    Zendesk::start(AccountConfig::default()).await.unwrap()
}

#[tokio::test]
async fn a_token_stops_working_when_it_expires_and_when_it_is_revoked() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    assert_eq!(api.get("/tickets").await.0, 200);
    zendesk.clock().advance(Duration::from_secs(30 * 60));
    let (status, body) = api.get("/tickets").await;
    assert_eq!((status, &body["error"]), (401, &json!("invalid_token")));

    let renewed = Api::new(&zendesk).await;
    assert_eq!(renewed.get("/tickets").await.0, 200);
    zendesk.revoke_tokens();
    assert_eq!(renewed.get("/tickets").await.0, 401);
}

#[tokio::test]
async fn a_token_lives_as_long_as_was_asked_for_within_bounds() {
    let zendesk = zendesk().await;
    let ask = async |life: Value| {
        let body = json!({"grant_type": "client_credentials", "client_id": "braze-bridge",
            "client_secret": "zendesk-oauth-secret", "scope": "read", "expires_in": life});
        let request = client()
            .post(format!("{}/oauth/tokens", zendesk.base_url()))
            .header("content-type", "application/json");
        both(request.body(body.to_string()).send().await.unwrap()).await
    };
    for (life, expected) in [
        (Value::Null, (200, json!(1_800))),
        (json!(172_800), (200, json!(172_800))),
        (json!(299), (400, Value::Null)),
        (json!(172_801), (400, Value::Null)),
        (json!("long"), (400, Value::Null)),
    ] {
        let (status, body) = ask(life.clone()).await;
        assert_eq!((status, body["expires_in"].clone()), expected, "{life}");
    }
}

#[tokio::test]
async fn a_malformed_scope_yields_a_token_that_every_call_refuses() {
    let zendesk = zendesk().await;
    for scope in [
        json!(["tickets:read"]),
        json!("tickets:read,tickets:write"),
        Value::Null,
    ] {
        let api = Api::with_scope(&zendesk, scope).await;
        assert_eq!(api.get("/tickets").await.0, 403);
        assert_eq!(api.get("/users/me").await.0, 403);
    }
}

#[tokio::test]
async fn resource_scopes_open_their_resource_but_not_the_audits() {
    let zendesk = zendesk().await;
    let scope = json!("tickets:read tickets:write users:read users:write");
    let api = Api::with_scope(&zendesk, scope).await;
    let ticket = api.ticket("u1").await;
    assert_eq!(api.get(&format!("/tickets/{ticket}/comments")).await.0, 200);
    assert_eq!(api.get(&format!("/tickets/{ticket}/audits")).await.0, 403);
    assert_eq!(api.get("/webhooks").await.0, 403);

    let global = Api::with_scope(&zendesk, json!("read")).await;
    assert_eq!(
        global.get(&format!("/tickets/{ticket}/audits")).await.0,
        200
    );
    assert_eq!(
        global
            .post("/users/create_or_update", json!({"user": {"name": "x"}}))
            .await
            .0,
        403
    );
}

#[tokio::test]
async fn wrong_credentials_are_401_except_for_me_which_is_anonymous() {
    let zendesk = zendesk().await;
    let base = zendesk.base_url();
    let get = |path: &str, token: &str| {
        client()
            .get(format!("{base}/api/v2{path}"))
            .basic_auth("bridge@example.com/token", Some(token.to_owned()))
    };
    assert_eq!(
        get("/tickets", "zendesk-legacy-token")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    assert_eq!(get("/tickets", "wrong").send().await.unwrap().status(), 401);
    let (status, me) = both(get("/users/me", "wrong").send().await.unwrap()).await;
    assert_eq!(
        (status, &me["user"]["name"]),
        (200, &json!("Anonymous user"))
    );
    let (_, me) = both(
        get("/users/me.json", "zendesk-legacy-token")
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(me["user"]["role"], "admin");

    let body = json!({"grant_type": "client_credentials", "client_id": "braze-bridge",
        "client_secret": "wrong", "scope": "read"});
    let refused = client()
        .post(format!("{base}/oauth/tokens"))
        .body(body.to_string())
        .send();
    assert_eq!(refused.await.unwrap().status(), 401);
}

#[tokio::test]
async fn users_are_matched_by_external_id_ignoring_case_and_the_case_is_rewritten() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let first = api.user("AbC").await;
    assert_eq!(api.user("abc").await, first);
    let (_, shown) = api.get(&format!("/users/{first}")).await;
    assert_eq!(shown["user"]["external_id"], "abc");
    assert_eq!(shown["user"]["user_fields"]["braze_external_id"], "abc");

    let nameless = json!({"user": {"name": "Same Name"}});
    let (one, a) = api.post("/users/create_or_update", nameless.clone()).await;
    let (two, b) = api.post("/users/create_or_update", nameless).await;
    assert_eq!((one, two), (201, 201));
    assert_ne!(a["user"]["id"], b["user"]["id"]);
}

#[tokio::test]
async fn a_bad_or_taken_phone_is_422_where_the_account_checks() {
    let variants = AccountVariants {
        phone_must_be_unique: true,
        ..AccountVariants::default()
    };
    let zendesk = Zendesk::start(AccountConfig {
        variants,
        ..AccountConfig::default()
    })
    .await
    .unwrap();
    let api = Api::new(&zendesk).await;
    let user =
        |id: &str, phone: &str| json!({"user": {"external_id": id, "name": "N", "phone": phone}});
    let send = |body| api.post("/users/create_or_update", body);
    assert_eq!(send(user("a", "0612345678")).await.0, 422);
    assert_eq!(send(user("a", "+33612345678")).await.0, 201);
    assert_eq!(send(user("a", "+33612345678")).await.0, 200);
    let (status, body) = send(user("b", "+33612345678")).await;
    assert_eq!((status, &body["error"]), (422, &json!("RecordInvalid")));
    assert!(
        zendesk
            .users()
            .iter()
            .all(|user| user.external_id.as_deref() != Some("b"))
    );
}

#[tokio::test]
async fn one_idempotency_key_makes_one_ticket_for_two_hours() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let post = |api: &Api, text: &str| {
        let body = json!({"ticket": {"subject": "S", "comment": {"body": text}}});
        api.request(Method::POST, "/tickets")
            .header("content-type", "application/json")
            .header("idempotency-key", "k1")
            .body(body.to_string())
            .send()
    };
    let lookup = |r: &reqwest::Response| {
        r.headers()["x-idempotency-lookup"]
            .to_str()
            .unwrap()
            .to_owned()
    };
    let first = post(&api, "a").await.unwrap();
    assert_eq!(lookup(&first), "miss");
    let again = post(&api, "a").await.unwrap();
    assert_eq!(
        (again.status().as_u16(), lookup(&again).as_str()),
        (201, "hit")
    );
    assert_eq!(json_of(first).await, json_of(again).await);
    let (status, other) = both(post(&api, "b").await.unwrap()).await;
    assert_eq!(
        (status, &other["error"]),
        (400, &json!("IdempotentRequestError"))
    );
    assert_eq!(zendesk.tickets().len(), 1);
    zendesk.clock().advance(Duration::from_secs(2 * 60 * 60));
    let api = Api::new(&zendesk).await;
    assert_eq!(lookup(&post(&api, "a").await.unwrap()), "miss");
    assert_eq!(zendesk.tickets().len(), 2);
}

#[tokio::test]
async fn unknown_keys_are_dropped_and_told_only_in_a_header() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let body = json!({"ticket": {"subject": "S", "colour": "red",
        "comment": {"body": "x", "shout": true},
        "requester": {"name": "First Last", "user_fields": {"braze_external_id": "u1"}}}});
    let answer = api.send(Method::POST, "/tickets", body).await;
    assert_eq!(answer.status(), 201);
    let warning = answer.headers()["x-zendesk-api-warn"]
        .to_str()
        .unwrap()
        .to_owned();
    for key in ["colour", "shout", "user_fields"] {
        assert!(warning.contains(key), "{warning}");
    }
    let requester = &zendesk.tickets()[0].requester;
    let user = zendesk
        .users()
        .into_iter()
        .find(|user| user.id == requester.id)
        .unwrap();
    assert_eq!(user.role, Role::EndUser);
    assert!(user.user_fields["braze_external_id"].is_null());

    let clean = json!({"ticket": {"comment": {"body": "x"}}});
    let answer = api.send(Method::POST, "/tickets", clean).await;
    assert!(!answer.headers().contains_key("x-zendesk-api-warn"));
}

#[tokio::test]
async fn malformed_bodies_are_refused() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let raw = |body: &'static str| {
        api.request(Method::POST, "/tickets")
            .header("content-type", "application/json")
            .body(body)
    };
    assert_eq!(raw("{\"ticket\":").send().await.unwrap().status(), 422);
    assert_eq!(
        raw("{\"ticket\":\"x\"}").send().await.unwrap().status(),
        400
    );
    assert_eq!(raw("{}").send().await.unwrap().status(), 400);
    let (status, body) = api
        .post("/tickets", json!({"ticket": {"subject": "no comment"}}))
        .await;
    assert_eq!((status, &body["error"]), (422, &json!("RecordInvalid")));
    assert!(zendesk.tickets().is_empty());
}

#[tokio::test]
async fn a_comment_appended_as_the_customer_does_not_reopen_by_itself() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    let customer = zendesk.ticket(id).unwrap().requester.id;
    zendesk.set_status(id, Status::Solved).unwrap();
    let path = format!("/tickets/{id}");
    let comment = json!({"html_body": "again", "author_id": customer});
    let (status, body) = api
        .put(
            &path,
            json!({"ticket": {"comment": comment, "metadata": {"delivery_id": "d1"}}}),
        )
        .await;
    assert_eq!((status, &body["ticket"]["status"]), (200, &json!("solved")));
    assert_eq!(body["audit"]["events"][0]["type"], "Comment");
    assert_eq!(body["audit"]["metadata"]["custom"]["delivery_id"], "d1");
    api.put(&path, json!({"ticket": {"status": "open"}})).await;

    let ticket = zendesk.ticket(id).unwrap();
    assert_eq!(ticket.status, Status::Open);
    assert_eq!(ticket.comments[1].author.role, Role::EndUser);
    assert_eq!(ticket.comments[1].metadata["delivery_id"], "d1");
    let (_, audits) = api.get(&format!("{path}/audits?page[size]=100")).await;
    let found = audits["audits"].as_array().unwrap();
    assert_eq!(
        found
            .iter()
            .filter(|a| a["metadata"]["custom"]["delivery_id"] == "d1")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_body_is_read_as_markdown_and_an_html_body_is_exact() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    let path = format!("/tickets/{id}");
    api.put(
        &path,
        json!({"ticket": {"comment": {"body": "# hi\n\n*x* 2*3"}}}),
    )
    .await;
    let html = "# hi<br>*x* &lt;b&gt; &amp; &quot;q&quot;";
    api.put(&path, json!({"ticket": {"comment": {"html_body": html}}}))
        .await;
    let comments = zendesk.ticket(id).unwrap().comments;
    assert_eq!(comments[1].plain_body, "hi\n\nx 2*3");
    assert!(comments[1].html_body.contains("<h1"));
    assert_eq!(comments[2].plain_body, "# hi\n*x* <b> & \"q\"");
}

#[tokio::test]
async fn public_persists_from_the_last_comment() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    zendesk
        .agent_comments(id, Comment::note("internal"))
        .unwrap();
    let path = format!("/tickets/{id}");
    api.put(&path, json!({"ticket": {"comment": {"body": "hidden"}}}))
        .await;
    api.put(
        &path,
        json!({"ticket": {"comment": {"body": "shown", "public": true}}}),
    )
    .await;
    let public: Vec<bool> = zendesk
        .ticket(id)
        .unwrap()
        .comments
        .iter()
        .map(|c| c.public)
        .collect();
    assert_eq!(public, [true, false, false, true]);
}

#[tokio::test]
async fn a_closed_ticket_refuses_updates_and_a_follow_up_continues_it() {
    let variants = AccountVariants {
        closed_key: "base".to_owned(),
        ..AccountVariants::default()
    };
    let zendesk = Zendesk::start(AccountConfig {
        variants,
        ..AccountConfig::default()
    })
    .await
    .unwrap();
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    let follow = json!({"ticket": {"comment": {"body": "more"}, "via_followup_source_id": id}});
    let (status, early) = api.post("/tickets", follow.clone()).await;
    assert_eq!(
        (status, &early["ticket"]["via"]["source"]["rel"]),
        (201, &Value::Null)
    );
    zendesk.close(id).unwrap();
    let update = json!({"ticket": {"comment": {"body": "x"}}});
    let (status, body) = api.put(&format!("/tickets/{id}"), update).await;
    assert_eq!((status, &body["error"]), (422, &json!("RecordInvalid")));
    let text = body["details"]["base"][0]["description"].as_str().unwrap();
    assert!(text.contains("closed prevents ticket update"));
    assert_eq!(
        api.put(&format!("/tickets/{id}/tags"), json!({"tags": ["a"]}))
            .await
            .0,
        422
    );
    let (status, body) = api.post("/tickets", follow).await;
    assert_eq!(status, 201);
    assert_eq!(body["ticket"]["via"]["source"]["rel"], "follow_up");
    let (_, source) = api.get(&format!("/tickets/{id}")).await;
    assert_eq!(
        source["ticket"]["followup_ids"],
        json!([body["ticket"]["id"]])
    );
}

#[tokio::test]
async fn a_deleted_ticket_is_not_found_and_a_merged_one_is_closed_with_a_tag() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let (a, b, c) = (
        api.ticket("a").await,
        api.ticket("b").await,
        api.ticket("c").await,
    );
    zendesk.delete(a).unwrap();
    let (status, body) = api
        .put(&format!("/tickets/{a}"), json!({"ticket": {}}))
        .await;
    assert_eq!((status, &body["error"]), (404, &json!("RecordNotFound")));
    assert_eq!(api.get(&format!("/tickets/{a}/comments")).await.0, 404);
    zendesk.merge(b, c).unwrap();
    let merged = zendesk.ticket(b).unwrap();
    assert_eq!(
        (merged.status, merged.tags),
        (Status::Closed, vec!["closed_by_merge".to_owned()])
    );
}

#[tokio::test]
async fn tags_overwrite_on_update_and_add_on_the_tags_path() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    api.put(
        &format!("/tickets/{id}"),
        json!({"ticket": {"tags": ["one"]}}),
    )
    .await;
    let (status, body) = api
        .put(&format!("/tickets/{id}/tags"), json!({"tags": ["two"]}))
        .await;
    assert_eq!((status, body), (200, json!({"tags": ["one", "two"]})));
    api.put(
        &format!("/tickets/{id}"),
        json!({"ticket": {"tags": ["three"]}}),
    )
    .await;
    assert_eq!(zendesk.ticket(id).unwrap().tags, ["three"]);
}

#[tokio::test]
async fn a_safe_update_with_an_old_stamp_is_409() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    let (_, shown) = api.get(&format!("/tickets/{id}")).await;
    let stamp = shown["ticket"]["updated_at"].clone();
    let update = json!({"ticket": {"status": "open", "safe_update": true, "updated_stamp": stamp}});
    assert_eq!(
        api.put(&format!("/tickets/{id}"), update.clone()).await.0,
        200
    );
    zendesk.clock().advance(Duration::from_secs(2));
    zendesk
        .agent_comments(id, Comment::note("meanwhile"))
        .unwrap();
    assert_eq!(api.put(&format!("/tickets/{id}"), update).await.0, 409);
}

#[tokio::test]
async fn tickets_are_found_by_external_id_and_comments_come_in_pages() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let body = json!({"ticket": {"external_id": "conv-1", "comment": {"body": "0"}}});
    let (_, made) = api.post("/tickets", body).await;
    let id = made["ticket"]["id"].as_u64().unwrap();
    api.ticket("other").await;
    let (_, found) = api.get("/tickets?external_id=conv-1").await;
    assert_eq!(found["count"], 1);
    assert_eq!(found["tickets"][0]["id"], id);
    for text in ["1", "2"] {
        zendesk.agent_comments(id, Comment::public(text)).unwrap();
    }
    let first = format!("/tickets/{id}/comments?sort=-created_at&page[size]=2&include=users");
    let (_, page) = api.get(&first).await;
    let texts = |page: &Value| -> Vec<String> {
        let list = page["comments"].as_array().unwrap().iter();
        list.map(|c| c["plain_body"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(texts(&page), ["2", "1"]);
    assert_eq!(page["meta"]["has_more"], true);
    assert!(
        page["users"]
            .as_array()
            .unwrap()
            .iter()
            .any(|user| user["role"] == "agent")
    );
    let next = page["links"]["next"].as_str().unwrap();
    let (_, rest) = api.get(next.split_once("/api/v2").unwrap().1).await;
    assert_eq!(texts(&rest), ["0"]);
    assert_eq!(rest["meta"]["has_more"], false);
}

#[tokio::test]
async fn an_upload_becomes_an_attachment_within_an_hour_and_once() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    let upload = || async {
        let request = api.request(Method::POST, "/uploads?filename=a.png");
        let (status, body) = both(
            request
                .header("content-type", "image/png")
                .body(vec![1, 2, 255])
                .send()
                .await
                .unwrap(),
        )
        .await;
        assert_eq!(status, 201);
        body["upload"]["token"].as_str().unwrap().to_owned()
    };
    let attach = |token: String| {
        let comment = json!({"body": "see", "uploads": [token]});
        api.put("/tickets/1", json!({"ticket": {"comment": comment}}))
    };
    let (fresh, old) = (upload().await, upload().await);
    attach(fresh.clone()).await;
    attach(fresh).await;
    zendesk.clock().advance(Duration::from_secs(60 * 60));
    let api = Api::new(&zendesk).await;
    let comment = json!({"body": "late", "uploads": [old]});
    api.put(
        &format!("/tickets/{id}"),
        json!({"ticket": {"comment": comment}}),
    )
    .await;
    let comments = zendesk.ticket(id).unwrap().comments;
    let files: Vec<usize> = comments.iter().map(|c| c.attachments.len()).collect();
    assert_eq!(files, [0, 1, 0, 0]);
    let file = &comments[1].attachments[0];
    assert_eq!((file.content_type.as_str(), file.size), ("image/png", 3));
    let got = client().get(&file.content_url).send().await.unwrap();
    assert_eq!(got.bytes().await.unwrap().as_ref(), [1, 2, 255]);
}

#[tokio::test]
async fn rate_limits_answer_429_with_retry_after() {
    let limits = AccountLimits {
        requests_per_minute: 8,
        updates_per_ticket: 2,
        ..AccountLimits::default()
    };
    let zendesk = Zendesk::start(AccountConfig {
        limits,
        ..AccountConfig::default()
    })
    .await
    .unwrap();
    let api = Api::new(&zendesk).await;
    let id = api.ticket("u1").await;
    let update = || {
        api.send(
            Method::PUT,
            "/tickets/1",
            json!({"ticket": {"status": "open"}}),
        )
    };
    assert_eq!(id, 1);
    assert_eq!(
        (update().await.status(), update().await.status()),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
    let refused = update().await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=600).contains(&wait));
    let mut last = 0;
    for _ in 0..4 {
        last = api.get("/tickets").await.0;
    }
    assert_eq!(last, 429);
    zendesk.clock().advance(Duration::from_secs(600));
    assert_eq!(update().await.status(), 200);
}

#[tokio::test]
async fn every_answer_tells_the_limit_and_what_is_left_of_it() {
    let zendesk = zendesk().await;
    let api = Api::new(&zendesk).await;
    zendesk.limit_requests(Some(3));
    let mut told = Vec::new();
    for _ in 0..4 {
        let answer = api.send(Method::GET, "/tickets", Value::Null).await;
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        told.push((
            answer.status().as_u16(),
            header("x-rate-limit"),
            header("x-rate-limit-remaining"),
        ));
    }
    let row = |status, left: &str| (status, "3".to_owned(), left.to_owned());
    assert_eq!(
        told,
        [row(200, "2"), row(200, "1"), row(200, "0"), row(429, "0")]
    );
    zendesk.limit_requests(None);
    assert_eq!(api.get("/tickets").await.0, 200);
}

#[tokio::test]
async fn a_full_ticket_takes_no_more_comments() {
    let limits = AccountLimits {
        comments_per_ticket: 2,
        ..AccountLimits::default()
    };
    let zendesk = Zendesk::start(AccountConfig {
        limits,
        ..AccountConfig::default()
    })
    .await
    .unwrap();
    let api = Api::new(&zendesk).await;
    api.ticket("u1").await;
    let comment = || api.put("/tickets/1", json!({"ticket": {"comment": {"body": "x"}}}));
    assert_eq!(comment().await.0, 200);
    assert_eq!(comment().await.0, 422);
    assert_eq!(zendesk.ticket(1).unwrap().comments.len(), 2);
}

#[tokio::test]
async fn webhooks_triggers_and_user_fields_can_be_set_up() {
    let config = AccountConfig {
        custom_field: None,
        ..AccountConfig::default()
    };
    let zendesk = Zendesk::start(config).await.unwrap();
    let api = Api::new(&zendesk).await;
    let field =
        json!({"user_field": {"type": "text", "title": "Braze", "key": "braze_external_id"}});
    assert_eq!(api.post("/user_fields", field.clone()).await.0, 201);
    assert_eq!(api.post("/user_fields", field).await.0, 422);
    assert_eq!(
        api.get("/user_fields").await.1["user_fields"][0]["key"],
        "braze_external_id"
    );

    let webhook = |endpoint: &str| {
        json!({"webhook": {"name": "Bridge reply", "endpoint": endpoint,
        "http_method": "POST", "request_format": "json", "status": "active",
        "subscriptions": ["conditional_ticket_events"]}})
    };
    assert_eq!(
        api.post("/webhooks", webhook("http://example.com/x"))
            .await
            .0,
        422
    );
    let (status, made) = api
        .post("/webhooks", webhook("https://example.com/x"))
        .await;
    assert_eq!(status, 201);
    let id = made["webhook"]["id"].as_str().unwrap();
    assert_eq!(id.len(), 26);
    let (_, secret) = api.get(&format!("/webhooks/{id}/signing_secret")).await;
    assert_eq!(secret["signing_secret"]["algorithm"], "SHA256");
    let (_, found) = api.get("/webhooks?filter[name_contains]=reply").await;
    assert_eq!(found["webhooks"][0]["id"], id);
    let (_, none) = api.get("/webhooks?filter[name_contains]=nothing").await;
    assert_eq!(none["webhooks"], json!([]));

    let (_, category) = api
        .post(
            "/trigger_categories",
            json!({"trigger_category": {"name": "Bridge"}}),
        )
        .await;
    let trigger = |field: &str, webhook: &str| {
        json!({"trigger": {"title": "T",
        "category_id": category["trigger_category"]["id"],
        "conditions": {"all": [{"field": field, "operator": "value", "value": "solved"}], "any": []},
        "actions": [{"field": "notification_webhook", "value": [webhook, "{}"]}]}})
    };
    assert_eq!(api.post("/triggers", trigger("statuss", id)).await.0, 422);
    assert_eq!(
        api.post("/triggers", trigger("status", "nope")).await.0,
        422
    );
    let (status, made) = api.post("/triggers", trigger("status", id)).await;
    assert_eq!(status, 201);
    let path = format!("/triggers/{}", made["trigger"]["id"]);
    api.put(&path, json!({"trigger": {"active": false}})).await;
    assert_eq!(api.get(&path).await.1["trigger"]["active"], false);
}

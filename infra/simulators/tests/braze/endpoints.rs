//! Campaigns, invalid numbers, exports, identifying, events.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::braze::{Alias, Campaign, Category, Condition, InvalidReason, SMS_GROUP, User};

use crate::kit::{NUMBER, braze, get, one, post, send, texted};

#[tokio::test]
async fn details_tell_what_a_campaign_is_and_where_it_goes() {
    let (braze, endpoint) = texted().await;
    braze.add_campaign(Campaign {
        enabled: false,
        has_post_launch_draft: true,
        tags: vec!["support".to_owned()],
        ..Campaign::new("reply", "Agent's reply")
    });
    let details = async |id: &str| {
        let (status, body) = get(&braze, &format!("/campaigns/details?campaign_id={id}")).await;
        assert_eq!(status, 200, "{body}");
        let messages = body["messages"].as_object().unwrap().clone();
        (body, messages.into_values().next().unwrap())
    };
    let (body, message) = details("reply").await;
    assert_eq!(
        json!([
            body["enabled"],
            body["draft"],
            body["has_post_launch_draft"],
            body["tags"]
        ]),
        json!([false, false, true, ["support"]])
    );
    assert_eq!(body["schedule_type"], "api_triggered");
    assert_eq!(body["first_sent"], Value::Null);
    assert_eq!(message["subscription_group_id"], SMS_GROUP);
    let (body, message) = details("inbound-other").await;
    assert_eq!(body["schedule_type"], "action_based");
    assert_eq!(body["channels"], json!(["webhook"]));
    assert_eq!(message["url"], endpoint.url.as_str());
    assert_eq!(message["method"], "POST");
    assert_eq!(message["headers"]["Authorization"], "Bearer inbound-token");
    let template = message["body"].as_str().unwrap();
    assert!(template.contains("{{sms.${inbound_message_body} | json_escape}}"));
    assert_eq!(
        get(&braze, "/campaigns/details?campaign_id=no").await.0,
        400
    );
    braze.add_campaign(Campaign::new("reply", "Agent's reply"));
    send(&braze, one("u1", "x")).await;
    let (body, _) = details("reply").await;
    assert!(body["last_sent"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn the_list_has_pages_and_leaves_archived_campaigns_out() {
    let braze = braze().await;
    for number in 0..120 {
        braze.clock().advance(Duration::from_millis(1));
        braze.add_campaign(Campaign::new(&format!("c{number}"), "n"));
    }
    braze.clock().advance(Duration::from_millis(1));
    braze.add_campaign(Campaign {
        archived: true,
        ..Campaign::webhook("old", "Old", Category::Other, "http://x", "{}")
    });
    let ids = async |query: &str| {
        let (_, body) = get(&braze, &format!("/campaigns/list?{query}")).await;
        let list = body["campaigns"].as_array().unwrap().iter();
        list.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = ids("").await;
    assert_eq!((first.len(), first[0].as_str()), (100, "reply"));
    assert_eq!(ids("page=1").await.len(), 21);
    let latest = ids("sort_direction=desc&include_archived=true").await;
    assert_eq!(latest[..2], ["old".to_owned(), "c119".to_owned()]);
    assert_eq!(get(&braze, "/campaigns/list?page=x").await.0, 400);
}

#[tokio::test]
async fn a_number_found_invalid_is_listed_with_its_reason() {
    let braze = braze().await;
    let ask = "/sms/invalid_phone_numbers?phone_numbers[]=%2B33612345678";
    assert_eq!(get(&braze, ask).await.1["sms"], json!([]));
    for (condition, reason) in [
        (Condition::Landline, "provider_error"),
        (Condition::Deactivated, "deactivated"),
    ] {
        braze.set_condition("u1", condition);
        send(&braze, one("u1", "x")).await;
        let (status, body) = get(&braze, ask).await;
        assert_eq!((status, &body["message"]), (200, &json!("success")));
        assert_eq!(body["sms"][0]["phone"], "33612345678");
        assert_eq!(body["sms"][0]["reason"], reason);
        let at = body["sms"][0]["invalid_detected_at"].as_str().unwrap();
        assert!(at.ends_with(" +0000"), "{at}");
    }
    braze.set_condition("u1", Condition::Blocked);
    send(&braze, one("u1", "x")).await;
    assert_eq!(
        get(&braze, ask).await.1["sms"],
        json!([]),
        "blocked is not invalid"
    );
}

#[tokio::test]
async fn invalid_numbers_are_asked_for_by_days_and_reasons() {
    let braze = braze().await;
    for (number, reason) in [
        ("+15550100001", InvalidReason::ProviderError),
        ("+15550100002", InvalidReason::Deactivated),
    ] {
        braze.mark_invalid(number, reason);
        braze.clock().advance(Duration::from_secs(60));
    }
    let days = "start_date=2000-01-01&end_date=2999-01-01";
    let phones = async |query: &str| {
        let (_, body) = get(&braze, &format!("/sms/invalid_phone_numbers?{query}")).await;
        let list = body["sms"].as_array().unwrap().iter();
        list.map(|one| one["phone"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(phones(days).await, ["15550100002", "15550100001"]);
    assert_eq!(
        phones(&format!("{days}&reason=deactivated")).await,
        ["15550100002"]
    );
    assert_eq!(
        phones(&format!("{days}&limit=1&offset=1")).await,
        ["15550100001"]
    );
    let past = "start_date=2000-01-01&end_date=2001-01-01";
    assert_eq!(phones(past).await, [""; 0]);
    for refused in [
        "",
        "start_date=2000-01-01",
        "start_date=1&end_date=2",
        &format!("{days}&limit=x"),
    ] {
        let path = format!("/sms/invalid_phone_numbers?{refused}");
        assert_eq!(get(&braze, &path).await.0, 400, "{refused}");
    }
}

#[tokio::test]
async fn an_export_tells_unknown_ids_and_who_is_in_the_control_group() {
    let braze = braze().await;
    send(&braze, one("u1", "x")).await;
    let ask = json!({"external_ids": ["u1", "none"],
        "fields_to_export": ["external_id", "campaigns_received"]});
    let (status, body) = post(&braze, "/users/export/ids", ask.clone()).await;
    assert_eq!((status, &body["message"]), (201, &json!("success")));
    assert_eq!(body["invalid_user_ids"], json!(["none"]));
    let user = &body["users"][0];
    assert_eq!(user["external_id"], "u1");
    assert_eq!(user.get("phone"), None, "only what was asked for");
    let received = &user["campaigns_received"][0];
    assert_eq!(received["api_campaign_id"], "reply");
    assert_eq!(received["in_control"], false);
    assert!(received["last_received"].as_str().unwrap().ends_with('Z'));
    braze.set_condition("u1", Condition::ControlGroup);
    send(&braze, one("u1", "y")).await;
    let (_, body) = post(&braze, "/users/export/ids", ask).await;
    let received = &body["users"][0]["campaigns_received"][0];
    assert_eq!(received["in_control"], true);
}

#[tokio::test]
async fn an_export_finds_by_alias_and_phone_and_may_insist_on_fields() {
    let (braze, _endpoint) = texted().await;
    braze.customer_texts("+15550100077", "START", &[]).await;
    let alias = json!({"alias_name": "+15550100077", "alias_label": "phone"});
    for ask in [
        json!({"user_aliases": [alias], "fields_to_export": ["phone", "braze_id"]}),
        json!({"phone": "+15550100077", "fields_to_export": ["phone", "braze_id"]}),
    ] {
        let (_, body) = post(&braze, "/users/export/ids", ask).await;
        assert_eq!(body["users"][0]["phone"], "+15550100077");
        assert_eq!(body["users"][0]["braze_id"].as_str().unwrap().len(), 24);
    }
    let bare = json!({"external_ids": ["u1"]});
    assert_eq!(post(&braze, "/users/export/ids", bare.clone()).await.0, 400);
    braze.vary(|variants| variants.export_needs_fields = false);
    let (_, body) = post(&braze, "/users/export/ids", bare).await;
    assert_eq!(body["users"][0]["phone"], NUMBER);
    for refused in [
        json!({"fields_to_export": ["phone"]}),
        json!({"external_ids": vec!["x"; 51], "fields_to_export": ["phone"]}),
        json!({"external_ids": "x", "user_aliases": 1, "fields_to_export": ["phone"]}),
    ] {
        assert_eq!(post(&braze, "/users/export/ids", refused).await.0, 400);
    }
}

#[tokio::test]
async fn identifying_over_the_api_keeps_the_braze_id() {
    let (braze, _endpoint) = texted().await;
    braze.customer_texts("+15550100077", "START", &[]).await;
    let before = braze.user("+15550100077").unwrap();
    let alias = |name: &str| json!({"alias_name": name, "alias_label": "phone"});
    let body = json!({"aliases_to_identify": [
        {"external_id": "eve", "user_alias": alias("+15550100077")},
        {"external_id": "nobody", "user_alias": alias("+1999")}]});
    let (status, told) = post(&braze, "/users/identify", body).await;
    assert_eq!((status, &told["aliases_processed"]), (201, &json!(1)));
    let eve = braze.user("eve").unwrap();
    assert_eq!(
        (eve.braze_id, eve.aliases),
        (before.braze_id, before.aliases)
    );
    assert_eq!(post(&braze, "/users/identify", json!({})).await.0, 400);
}

#[tokio::test]
async fn track_takes_events_and_tells_what_is_wrong_with_each() {
    let braze = braze().await;
    braze.add_user(User {
        aliases: vec![Alias {
            alias_name: "+1".to_owned(),
            alias_label: "phone".to_owned(),
        }],
        ..User::new("u2", "", "", "+15550100002")
    });
    let time = "2026-11-22T19:57:33Z";
    let body = json!({"events": [
        {"external_id": "u1", "name": "Support Ticket Opened", "time": time,
            "properties": {"ticket_id": "7"}},
        {"user_alias": {"alias_name": "+1", "alias_label": "phone"}, "name": "Rated", "time": time},
        {"external_id": "u1", "time": time},
        {"external_id": "u1", "name": "x", "time": "yesterday"},
        {"external_id": "u1", "name": "x", "time": time, "properties": []},
        {"name": "x", "time": time},
        {"external_id": "none", "name": "x", "time": time, "_update_existing_only": true}],
        "attributes": [{"external_id": "u1", "plan": "gold"}]});
    let (status, told) = post(&braze, "/users/track", body).await;
    assert_eq!(status, 201);
    assert_eq!(
        (&told["events_processed"], &told["attributes_processed"]),
        (&json!(3), &json!(1))
    );
    let wrong = told["errors"].as_array().unwrap().iter();
    let wrong: Vec<&Value> = wrong.map(|error| &error["index"]).collect();
    assert_eq!(json!(wrong), json!([2, 3, 4, 5]));
    let event = &braze.user("u1").unwrap().events[0];
    assert_eq!(
        (event.name.as_str(), &event.properties["ticket_id"]),
        ("Support Ticket Opened", &json!("7"))
    );
    assert_eq!(braze.user("u2").unwrap().events.len(), 1);
    assert!(braze.user("none").is_none());
    let cost = |state: &simulators::braze::WorkspaceState| state.data_points == 3;
    assert!(
        braze.wait_until(Duration::ZERO, cost).await,
        "two events and an attribute"
    );
    let many = json!({"events": vec![json!({"external_id": "u1"}); 76]});
    assert_eq!(post(&braze, "/users/track", many).await.0, 400);
    assert_eq!(post(&braze, "/users/track", json!({})).await.0, 400);
}

//! `sms-bridge forget` as people call it, on a table over the wire.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::process::{Command, Output, Stdio};

use local::binaries::workspace_root;
use local::dynamo::Dynamo;
use local::template::Table;
use serde_json::{Value, json};

async fn table() -> Dynamo {
    let template = std::fs::read_to_string(workspace_root().join("template.yaml")).unwrap();
    let table = Table::from_template(&template).unwrap();
    let listener = simulators::serve::bind(0).await.unwrap();
    Dynamo::start(listener, &table, "live", None).await.unwrap()
}

/// Ana's things and others'.
fn fill(dynamo: &Dynamo) {
    let dead = |id: &str, more: Value| {
        let mut item = json!({"pk": {"S": format!("dead#{id}")}, "cause": {"S": "test"}});
        item.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        item
    };
    let memory = r#"{"ticket":35,"user":7}"#;
    for item in [
        json!({"pk": {"S": "customer#ana"}, "memory": {"S": memory},
            "mailbox": {"L": [{"S": "{}"}, {"S": "{}"}]}, "s20000": {"BS": ["AAAAAAAAAAE="]}}),
        json!({"pk": {"S": "customer#ana-2"}, "memory": {"S": "{\"ticket\":36}"}}),
        json!({"pk": {"S": "ticket#35"}}),
        json!({"pk": {"S": "ticket#36"}, "customer": {"S": "ana-2"}}),
        // An earlier ticket, which nothing but its own item names.
        json!({"pk": {"S": "ticket#12"}, "customer": {"S": "ana"}, "zendesk_user": {"N": "7"}}),
        json!({"pk": {"S": "ticket#20"}}),
        dead(
            "of-conversation",
            json!({"conversation": {"S": "customer#ana"}}),
        ),
        dead("of-ticket", json!({"conversation": {"S": "ticket#35"}})),
        dead(
            "of-body",
            json!({"content": {"S": r#"{"external_user_id":"ana","text":"#}}),
        ),
        dead(
            "of-bytes",
            json!({"content": {"B": "eyJleHRlcm5hbF91c2VyX2lkIjoiYW5hIv8="}}),
        ),
        dead(
            "others",
            json!({"conversation": {"S": "customer#ana-2"},
            "content": {"S": r#"{"text":"ana"}"#}}),
        ),
        dead(
            "others-body",
            json!({"content": {"S": r#"{"external_user_id":"ana-2"}"#}}),
        ),
    ] {
        dynamo.put(&item).unwrap();
    }
}

const OTHERS: [&str; 4] = [
    "customer#ana-2",
    "dead#others",
    "dead#others-body",
    "ticket#36",
];

fn keys(dynamo: &Dynamo) -> Vec<String> {
    let items = dynamo.items().unwrap();
    let mut keys: Vec<_> = items
        .iter()
        .map(|item| item["pk"]["S"].as_str().unwrap().to_owned())
        .collect();
    keys.sort();
    keys
}

async fn forget(dynamo: &Dynamo, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sms-bridge"));
    command
        .arg("forget")
        .args(arguments)
        .env_clear()
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "AKIDLOCAL")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_ENDPOINT_URL_DYNAMODB", dynamo.url())
        .stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn said(output: &Output) -> String {
    let both = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8(both).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_one_customer_goes_and_nothing_of_others() {
    let dynamo = table().await;
    fill(&dynamo);
    let output = forget(
        &dynamo,
        &["ana", "--table", "live", "--ticket", "20", "--yes"],
    )
    .await;
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(keys(&dynamo), OTHERS);
    let again = forget(&dynamo, &["ana", "--table", "live", "--yes"]).await;
    assert!(again.status.success(), "{}", said(&again));
    assert!(
        said(&again).contains("0 of this customer"),
        "{}",
        said(&again)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_number_goes_however_it_is_written() {
    let dynamo = table().await;
    fill(&dynamo);
    let before = keys(&dynamo);
    for item in [
        json!({"pk": {"S": "phone#15550100042"}, "memory": {"S": "{\"ticket\":41}"}}),
        json!({"pk": {"S": "ticket#41"}, "phone": {"S": "15550100042"}}),
        json!({"pk": {"S": "ticket#40"}, "phone": {"S": "15550100042"}}),
        json!({"pk": {"S": "dead#of-number"}, "conversation": {"S": "phone#15550100042"}}),
    ] {
        dynamo.put(&item).unwrap();
    }
    let number = "+1 (555) 010-0042";
    let output = forget(&dynamo, &[number, "--table", "live", "--yes"]).await;
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(keys(&dynamo), before);
}

/// Nina texted from a number before Braze knew her id; Ben's number was Nora's.
fn fill_moved(dynamo: &Dynamo) {
    let moved = |to: &str, more: &str| {
        let memory = format!(r#"{{{more}"moved":{{"to":{{"id":"{to}"}},"profile":"aa"}}}}"#);
        json!({"S": memory})
    };
    for item in [
        json!({"pk": {"S": "phone#15550100042"}, "memory": moved("nina", "")}),
        json!({"pk": {"S": "customer#nina"}, "memory": {"S": "{\"ticket\":41}"}}),
        json!({"pk": {"S": "ticket#41"}, "customer": {"S": "nina"}}),
        json!({"pk": {"S": "ticket#40"}, "phone": {"S": "15550100042"}}),
        json!({"pk": {"S": "profile#aa"}, "conversation": {"S": "customer#nina"}}),
        json!({"pk": {"S": "dead#of-nina"}, "content":
            {"S": r#"{"external_user_id":"","phone":"+1 555 010 0042","kind":"?"}"#}}),
        json!({"pk": {"S": "phone#15550100043"}, "memory": moved("nora", r#""ticket":51,"#)}),
        json!({"pk": {"S": "customer#nora"}, "memory": {"S": "{\"ticket\":50}"}}),
    ] {
        dynamo.put(&item).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_who_became_known_is_found_by_id_and_by_number() {
    for who in ["nina", "+1 (555) 010-0042"] {
        let dynamo = table().await;
        fill_moved(&dynamo);
        let output = forget(&dynamo, &[who, "--table", "live", "--yes"]).await;
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(
            keys(&dynamo),
            ["customer#nora", "phone#15550100043"],
            "{who}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_another_persons_now_is_not_forgotten_with_the_one_before() {
    let dynamo = table().await;
    fill_moved(&dynamo);
    let output = forget(&dynamo, &["nora", "--table", "live", "--yes"]).await;
    assert!(output.status.success(), "{}", said(&output));
    let left = keys(&dynamo);
    assert!(left.contains(&"phone#15550100043".to_owned()), "{left:?}");
    assert!(!left.contains(&"customer#nora".to_owned()), "{left:?}");
    let output = forget(&dynamo, &["+15550100043", "--table", "live", "--yes"]).await;
    assert!(output.status.success(), "{}", said(&output));
    assert!(!keys(&dynamo).contains(&"phone#15550100043".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_what_would_go_and_removes_nothing() {
    let dynamo = table().await;
    fill(&dynamo);
    let before = keys(&dynamo);
    let output = forget(&dynamo, &["ana", "--table", "live", "--dry-run", "--yes"]).await;
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(keys(&dynamo), before);
    let shown = said(&output);
    for key in [
        "customer#ana\n",
        "ticket#35\n",
        "dead#of-body\n",
        "2 events",
    ] {
        assert!(shown.contains(key), "{key} is missing in {shown}");
    }
    assert!(!shown.contains("ana-2"), "{shown}");
    assert!(
        dynamo
            .calls()
            .iter()
            .all(|call| call.operation != "DeleteItem")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_yes_and_without_a_person_nothing_is_removed() {
    let dynamo = table().await;
    fill(&dynamo);
    let before = keys(&dynamo);
    let output = forget(&dynamo, &["ana", "--table", "live"]).await;
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("--yes"), "{}", said(&output));
    assert_eq!(keys(&dynamo), before);
}

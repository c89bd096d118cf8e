//! Zendesk's facts: each switch of the simulator either way, what the probe leaves behind, and what its transcript
//! tells of people.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use simulators::zendesk::{AccountConfig, AccountLimits, Zendesk};
use simulators::{Effect, Fault};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::kit::transcript;

struct Lab {
    zendesk: Zendesk,
    home: tempfile::TempDir,
}

impl Lab {
    /// An account with these switches.
    async fn start(variants: &Value) -> Self {
        let config = AccountConfig {
            limits: AccountLimits::real(),
            retry_wait_scale: 0.0,
            ..AccountConfig::default()
        };
        let lab = Self {
            zendesk: Zendesk::start(config).await.unwrap(),
            home: tempfile::tempdir().unwrap(),
        };
        lab.switch(variants).await;
        lab
    }

    async fn switch(&self, variants: &Value) {
        let client = local::client::Client::new(Duration::from_secs(10));
        let url = format!("{}/_sim/switches", self.zendesk.base_url());
        let body = json!({ "variants": variants }).to_string();
        let patch = http::Method::PATCH;
        let answer = client.send(patch, &url, http::HeaderMap::new(), body.into());
        assert_eq!(answer.await.unwrap().status(), 200, "{variants}");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sms-bridge"));
        let url = self.zendesk.base_url();
        command
            .args(["probe", "--from", "-", "--patience", "2", "--zendesk", &url])
            .args(arguments)
            .env_clear()
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let command = self.command(arguments);
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command_with_credentials(command);
            drop(child.stdin.take());
            child.wait_with_output().unwrap()
        });
        let output = output.await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        println!("{}{}", text(&output.stdout), text(&output.stderr));
        output
    }

    /// Once the export was asked for, what happened before is long enough ago to stand in it.
    async fn lets_the_export_catch_up(&self) {
        let export = |state: &simulators::zendesk::AccountState| {
            let mut calls = state.calls.iter();
            calls.any(|call| call.operation == "incremental.tickets")
        };
        let limit = Duration::from_secs(120);
        assert!(self.zendesk.wait_until(limit, export).await);
        self.zendesk.age(Duration::from_secs(70)).unwrap();
    }

    fn transcript(&self) -> Vec<Value> {
        transcript(self.home.path())
    }

    /// The answer to one fact, asked for alone.
    async fn answer(&self, fact: &str) -> Option<Value> {
        let output = self.run(&["--yes", "--only", fact]).await;
        assert!(output.status.success());
        let lines = self.transcript();
        let line = lines.iter().find(|line| line["fact"] == fact);
        line.unwrap().get("answer").cloned()
    }

    /// What of the probe's own is in the account: webhooks, triggers, tickets and users.
    fn left(&self) -> [usize; 4] {
        let account = self.zendesk.snapshot();
        let marked = |one: &Value, name: &str| {
            let text = one[name].as_str();
            text.is_some_and(|text| text.starts_with("sms-bridge probe"))
        };
        let webhooks = account["webhooks"].as_object().unwrap().values();
        let triggers = account["triggers"].as_array().unwrap().iter();
        [
            webhooks.filter(|one| marked(one, "name")).count(),
            triggers.filter(|one| marked(one, "title")).count(),
            self.zendesk.tickets().len(),
            self.zendesk.users().len() - 1,
        ]
    }
}

fn command_with_credentials(mut command: Command) -> std::process::Child {
    let config = AccountConfig::default();
    let mut child = command.spawn().unwrap();
    let lines = format!(
        "zendesk_oauth_client_id={}\nzendesk_oauth_client_secret={}\n",
        config.oauth_client_id, config.oauth_client_secret
    );
    // A program that reads nothing has ended already.
    let _ = child.stdin.as_mut().unwrap().write_all(lines.as_bytes());
    child
}

/// Each switch of the simulator and its values.
fn switches() -> Vec<(&'static str, Vec<Value>)> {
    let both = || vec![json!(true), json!(false)];
    vec![
        ("json_escaping", both()),
        ("status_capitalised", both()),
        (
            "date_style",
            vec![json!("english"), json!("french"), json!("iso")],
        ),
        (
            "role_language",
            [
                "english",
                "french",
                "german",
                "spanish",
                "portuguese",
                "italian",
                "japanese",
            ]
            .map(Value::from)
            .into(),
        ),
        ("trigger_stamp_is_the_tickets", both()),
        // To the minute is another test's: it takes a minute.
        ("trigger_stamp_has_seconds", vec![json!(true)]),
        ("triggers_move_the_stamp", both()),
        ("merged_user", vec![json!("not_found"), json!("inactive")]),
        ("user_merge_fires_requester_changed", both()),
        ("user_merged_is_about_the_winner", both()),
        ("token_says_expires_in", both()),
        ("token_life", vec![json!(1_800), json!(7_200)]),
        ("metrics_take_ticket_scopes", both()),
        ("audits_need_global_read", both()),
        ("uploads_take_ticket_scopes", both()),
        ("forbidden_names_scopes", both()),
        ("user_search_ignores_case", both()),
        ("phone_must_be_e164", both()),
        ("phone_must_be_unique", both()),
        ("upsert_changes_staff", both()),
        ("suspended_author_refused", both()),
        ("comment_metadata", both()),
        ("bad_upload_refused", both()),
        ("closed_key", vec![json!("status"), json!("base")]),
        ("make_private_is_an_update", both()),
        (
            "limit_headers",
            vec![json!("account"), json!("endpoint"), json!("exhausted")],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_switch_is_told_right_either_way() {
    let places = Arc::new(Semaphore::new(6));
    let mut asked = JoinSet::new();
    for (name, values) in switches() {
        for value in values {
            let places = Arc::clone(&places);
            asked.spawn(async move {
                let _place = places.acquire_owned().await.unwrap();
                let lab = Lab::start(&json!({ name: value })).await;
                let answer = lab.answer(&format!("zendesk.{name}")).await;
                assert_eq!(lab.left(), [0; 4], "{name}");
                let right = answer.as_ref() == Some(&value);
                (!right).then(|| format!("{name} is {value}, told is {answer:?}"))
            });
        }
    }
    let wrong: Vec<String> = asked.join_all().await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_export_tells_of_the_merge_once_it_tells_of_what_came_later() {
    for exported in [true, false] {
        let lab = Lab::start(&json!({ "user_merge_is_exported": exported })).await;
        let asked = lab.answer("zendesk.user_merge_is_exported");
        let (answer, ()) = tokio::join!(asked, lab.lets_the_export_catch_up());
        assert_eq!(answer, Some(json!(exported)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_searchs_lag_is_told_by_the_vendors_own_clock_or_not_at_all() {
    let fact = "zendesk.search_lag";
    let searched = |state: &simulators::zendesk::AccountState| {
        let mut calls = state.calls.iter();
        calls.any(|call| call.operation == "search.tickets")
    };
    for lag in [0, 180] {
        let lab = Lab::start(&json!({ "search_lag": lag })).await;
        let asked = lab.answer(fact);
        let later = async {
            assert!(
                lab.zendesk
                    .wait_until(Duration::from_secs(60), searched)
                    .await
            );
            lab.zendesk.age(Duration::from_secs(lag)).unwrap();
        };
        let (answer, ()) = tokio::join!(asked, later);
        let seconds = answer.and_then(|answer| answer.as_u64());
        let seconds = seconds.unwrap_or_else(|| panic!("{lag} is not found out"));
        assert!((lag..lag + 30).contains(&seconds), "{lag}: {seconds}");
        assert_eq!(lab.left(), [0; 4]);
    }
    let lab = Lab::start(&json!({"search_lag": 3_600})).await;
    assert_eq!(lab.answer(fact).await, None);
    assert_eq!(lab.left(), [0; 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stamp_to_the_minute_is_told_once_a_minute_lies_between_two_changes() {
    for same in [true, false] {
        let switches = json!({"trigger_stamp_has_seconds": false,
            "trigger_stamp_is_the_tickets": same});
        let lab = Lab::start(&switches).await;
        let facts = [
            "zendesk.trigger_stamp_is_the_tickets",
            "zendesk.trigger_stamp_has_seconds",
        ];
        let arguments = ["--yes", "--only", facts[0], "--only", facts[1]];
        let asked = lab.run(&arguments);
        let later = async {
            let sent = |state: &simulators::zendesk::AccountState| !state.deliveries.is_empty();
            assert!(lab.zendesk.wait_until(Duration::from_secs(60), sent).await);
            lab.zendesk.age(Duration::from_secs(70)).unwrap();
        };
        let (output, ()) = tokio::join!(asked, later);
        assert!(output.status.success());
        let told = &lab.transcript().pop().unwrap()["switches"]["zendesk"];
        assert_eq!(told, &switches);
        assert_eq!(lab.left(), [0; 4]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_is_cleaned_up_by_the_next_and_an_interrupted_one_by_itself() {
    let lab = Lab::start(&json!({})).await;
    for signal in ["-KILL", "-INT"] {
        lab.zendesk
            .fault(Fault::once("tickets.update", Effect::Hold("here".into())));
        let command = lab.command(&["--yes", "--only", "zendesk.json_escaping"]);
        let mut child = command_with_credentials(command);
        drop(child.stdin.take());
        let reached = |state: &simulators::zendesk::AccountState| !state.triggers.is_empty();
        assert!(
            lab.zendesk
                .wait_until(Duration::from_secs(60), reached)
                .await
        );
        let before = lab.left();
        assert!(before.iter().all(|count| *count > 0), "{before:?}");
        let pid = child.id().to_string();
        Command::new("kill").args([signal, &pid]).status().unwrap();
        let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
        let output = output.await.unwrap();
        lab.zendesk.clear_faults();
        if signal == "-KILL" {
            assert_eq!(lab.left()[0], 1);
            let output = lab.run(&["--yes", "--clean"]).await;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains("that an earlier run left"), "{said}");
        } else {
            assert_eq!(output.status.code(), Some(1));
            let last = lab.transcript();
            assert_eq!(last[1]["seen"], "interrupted");
        }
        assert_eq!(lab.left(), [0; 4], "{signal}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_transcript_sets_a_simulator_and_tells_of_nobody() {
    let odd = json!({"merged_user": "inactive", "json_escaping": false, "phone_must_be_unique": true,
        "closed_key": "base", "role_language": "german", "limit_headers": "exhausted", "search_lag": 1});
    let lab = Lab::start(&odd).await;
    let asked = lab.run(&["--yes"]);
    let (output, ()) = tokio::join!(asked, lab.lets_the_export_catch_up());
    assert!(output.status.success());
    assert_eq!(lab.left(), [0; 4]);
    let lines = lab.transcript();
    assert_eq!(
        (&lines[0]["facts"], &lines[0]["told"]),
        (&json!(28), &json!(28))
    );
    let told = &lines.last().unwrap()["switches"]["zendesk"];
    let other = Lab::start(told).await;
    let fact = other.answer("zendesk.merged_user").await;
    assert_eq!(fact, Some(json!("inactive")));

    let everything = lines.iter().map(Value::to_string).collect::<String>();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let config = AccountConfig::default();
    for private in [
        config.oauth_client_secret,
        config.oauth_client_id,
        config.legacy_email,
        "Bridge Admin".to_owned(),
        "127.0.0.1".to_owned(),
        "2025550143".to_owned(),
        "quoted".to_owned(),
    ] {
        assert!(!everything.contains(&private), "{private}");
        assert!(!said.contains(&private), "{private}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_without_a_yes_or_by_who_may_not() {
    let lab = Lab::start(&json!({})).await;
    let output = lab.run(&[]).await;
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
    for word in [
        "trial account",
        "users",
        "webhooks",
        "30 days",
        "give --yes",
    ] {
        assert!(said.contains(word), "{word} in {said}");
    }
    lab.zendesk.set_api_role(simulators::zendesk::Role::Agent);
    let output = lab.run(&["--yes"]).await;
    assert_eq!(output.status.code(), Some(2));
    let writes = lab.zendesk.calls();
    let writes = writes.iter().filter(|call| call.operation != "oauth.token");
    assert_eq!(writes.filter(|call| call.method != "GET").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_webhooks_has_its_other_facts_told() {
    let lab = Lab::start(&json!({})).await;
    let refusal = Effect::status(403);
    lab.zendesk.fault(Fault::always("webhooks.create", refusal));
    let output = lab
        .run(&[
            "--yes",
            "--only",
            "zendesk.json_escaping",
            "--only",
            "zendesk.merged_user",
        ])
        .await;
    assert!(output.status.success());
    let lines = lab.transcript();
    assert_eq!(lines[1]["answer"], "not_found");
    assert_eq!(lines[2].get("answer"), None);
    assert!(lines[2]["seen"].as_str().unwrap().contains("forbids"));
    assert_eq!(lab.left(), [0; 4]);
}

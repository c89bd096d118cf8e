//! Braze's facts: each switch of the simulator either way, with a person at the desk who does as told.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use simulators::braze::{
    Braze, Campaign, Category, MediaStyle, User, WorkspaceConfig, WorkspaceVariants,
};

use crate::kit::terminal::Terminal;
use crate::kit::{World, transcript};

const ANA: &str = "ana-the-tester";
const NUMBER: &str = "+15550100001";

struct Desk {
    braze: Braze,
    home: tempfile::TempDir,
}

impl Desk {
    async fn start(switches: &Value) -> Self {
        let mut variants = json!(WorkspaceVariants::default());
        for (path, value) in switches.as_object().unwrap() {
            let at = format!("/{}", path.replace('.', "/"));
            *variants.pointer_mut(&at).unwrap() = value.clone();
        }
        let config = WorkspaceConfig {
            variants: serde_json::from_value(variants).unwrap(),
            retry_wait_scale: 0.01,
            ..WorkspaceConfig::default()
        };
        let braze = Braze::start(config).await.unwrap();
        braze.add_user(User::new(ANA, "Ana", "Silva", NUMBER));
        let reply = Campaign {
            template: "{{api_trigger_properties.${msg_body}}}".to_owned(),
            ..Campaign::new("reply", "Reply")
        };
        braze.add_campaign(reply);
        let home = tempfile::tempdir().unwrap();
        let key = format!("braze_api_key={}\n", WorkspaceConfig::default().api_key);
        std::fs::write(home.path().join("trial.env"), key).unwrap();
        Self { braze, home }
    }

    fn spawn(&self, arguments: &[&str]) -> Child {
        let url = self.braze.base_url();
        Command::new(env!("CARGO_BIN_EXE_sms-bridge"))
            .args([
                "probe",
                "--yes",
                "--from",
                "trial.env",
                "--patience",
                "2",
                "--braze",
                &url,
            ])
            .args(arguments)
            .env_clear()
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    async fn answer(&self, fact: &str) -> Option<Value> {
        let child = self.spawn(&["--only", fact]);
        let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
        let output = output.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        told(&transcript(self.home.path()), fact)
    }
}

fn told(lines: &[Value], fact: &str) -> Option<Value> {
    let line = lines.iter().find(|line| line["fact"] == fact);
    line.unwrap().get("answer").cloned()
}

/// The last line that is there to be copied and begins so.
fn copied(text: &str, beginning: &str) -> String {
    let beginning = format!("  {beginning}");
    let line = text.lines().rfind(|line| line.starts_with(&beginning));
    line.unwrap().trim().to_owned()
}

/// Does as the program says, from the campaign to the end.
async fn person(braze: &Braze, who: &str, screen: &mut Terminal) {
    let text = async |text: &str| braze.customer_texts(who, text, &[]).await;
    let asked = screen.asks("Launch it, then press Enter.").await;
    let (url, body) = (copied(&asked, "http"), copied(&asked, "{"));
    let mut campaign = Campaign::webhook("probe", "Probe", Category::Other, &url, &body);
    let mut lines = asked.lines().map(str::trim);
    if let Some(token) = lines.find_map(|line| line.strip_prefix("Authorization: ")) {
        let headers = &mut campaign.webhook.as_mut().unwrap().headers;
        headers.insert("Authorization".to_owned(), token.to_owned());
    }
    braze.add_campaign(campaign);
    screen.types("");
    screen.asks("Text these two").await;
    text("probe one").await;
    text("probe two").await;
    screen.types("");
    let asked = screen.asks("Text this, all of it").await;
    text(&copied(&asked, "probe long")).await;
    screen.types("");
    screen.asks("Text two pictures").await;
    let pictures = ["https://m.example/1.jpg", "https://m.example/2.jpg"].map(str::to_owned);
    braze.customer_texts(who, "", &pictures).await;
    screen.types("");
    screen.asks("Did an automatic answer come?").await;
    let before = braze.phone(NUMBER).len();
    text("probe cancelled").await;
    let answered = braze.phone(NUMBER).len() > before;
    screen.types(if answered { "y" } else { "n" });
    screen.asks("May an SMS of eleven parts").await;
    screen.types("y");
    screen.asks("What came?").await;
    let came = braze.inbox(who);
    screen.types(match came.last() {
        Some(sms) if sms.body.ends_with('.') => "w",
        _ => "n",
    });
}

/// Goes on to the end, with Currents.
async fn person_with_currents(braze: &Braze, screen: &mut Terminal) {
    let asked = screen.asks("If the workspace has Currents").await;
    braze.set_currents(&copied(&asked, "http"), "token");
    screen.types("y");
    screen.asks("Please stop and archive").await;
    screen.types("");
}

/// The facts that a person's texts tell, and the switches' values.
fn switches() -> Vec<(&'static str, Vec<Value>)> {
    let both = || vec![json!(true), json!(false)];
    vec![
        ("dispatch_id_per_attempt", both()),
        (
            "dispatch_id_per_user_and_campaign",
            vec![json!(false), json!(true)],
        ),
        ("sms_in_content_blocks", both()),
        ("inbound_cut", vec![json!(256), json!(null), json!(160)]),
        (
            "media_style",
            ["commas", "spaces", "lines", "json_array"]
                .map(Value::from)
                .into(),
        ),
        (
            "fuzzy_opt_out",
            ["off", "answers", "swallows"].map(Value::from).into(),
        ),
        ("status_names_phone", both()),
        ("over_ten_parts", vec![json!("sent"), json!("aborted")]),
        ("currents.own_dispatch_ids", both()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_switch_that_a_persons_texts_show_is_told_right_either_way() {
    for round in 0..4 {
        let chosen = switches().into_iter().map(|(name, values)| {
            let value = values[round % values.len()].clone();
            (name.to_owned(), value)
        });
        let chosen: serde_json::Map<String, Value> = chosen.collect();
        let desk = Desk::start(&Value::Object(chosen.clone())).await;
        let mut screen = Terminal::of_pipes(desk.spawn(&TUNNEL));
        person(&desk.braze, ANA, &mut screen).await;
        person_with_currents(&desk.braze, &mut screen).await;
        assert_eq!(screen.ends().await.code, Some(0));
        let lines = transcript(desk.home.path());
        for (name, value) in chosen {
            let answer = told(&lines, &format!("braze.{name}"));
            assert_eq!(answer, Some(value), "{name} in {lines:#?}");
        }
        let all = lines.iter().map(Value::to_string).collect::<String>();
        for private in [
            ANA,
            "15550100001",
            "probe one",
            "127.0.0.1",
            "braze-rest-key",
            "m.example",
        ] {
            assert!(!all.contains(private), "{private} in {all}");
        }
        assert_eq!(block(&desk), "", "emptied");
    }
}

/// The content block of the probe, as Braze has it.
fn block(desk: &Desk) -> Value {
    desk.braze.snapshot()["content_blocks"]["sms_bridge_probe"].clone()
}

const TUNNEL: [&str; 4] = [
    "--listen",
    "127.0.0.1:0",
    "--public-url",
    "http://127.0.0.1:{port}",
];

#[tokio::test(flavor = "multi_thread")]
async fn what_an_interruption_leaves_in_braze_is_emptied_and_named() {
    for (may_empty, state) in [(true, "is empty now"), (false, "could not be emptied")] {
        let desk = Desk::start(&json!({})).await;
        let mut screen = Terminal::of_pipes(desk.spawn(&TUNNEL));
        screen.asks("Launch it, then press Enter.").await;
        assert_ne!(block(&desk), "", "made, and with content");
        if !may_empty {
            let rest = ["campaigns.trigger.send", "content_blocks.create"];
            desk.braze.set_permissions(Some(&rest));
        }
        let pid = screen.pid().to_string();
        let done = Command::new("kill").args(["-INT", &pid]).status();
        assert!(done.unwrap().success());
        let ended = screen.ends().await;
        assert_eq!(ended.code, Some(1));
        let said = crate::kit::flat(&ended.said);
        for words in [
            &*format!("the content block sms_bridge_probe, which {state}"),
            "Archive the block under Templates > Content Blocks",
            "interrupted; what was made is removed, but for what is named above",
        ] {
            assert!(said.contains(words), "{words} is not in {said}");
        }
        assert_eq!(block(&desk) == "", may_empty);
        let lines = transcript(desk.home.path());
        assert!(
            lines.iter().any(|line| line["seen"] == "interrupted"),
            "{lines:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_run_left_in_braze_is_emptied_and_named_by_the_next() {
    let desk = Desk::start(&json!({})).await;
    let mut screen = Terminal::of_pipes(desk.spawn(&TUNNEL));
    screen.asks("Launch it, then press Enter.").await;
    let pid = screen.pid().to_string();
    Command::new("kill").args(["-KILL", &pid]).status().unwrap();
    assert_eq!(screen.ends().await.code, None);
    assert_ne!(block(&desk), "");
    let child = desk.spawn(&["--clean"]);
    let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
    let output = output.await.unwrap();
    assert!(output.status.success());
    let said = crate::kit::flat(&String::from_utf8_lossy(&output.stderr));
    assert!(
        said.contains("sms_bridge_probe, which is empty now"),
        "{said}"
    );
    assert_eq!(block(&desk), "");
    // Where there is none, none is named.
    let desk = Desk::start(&json!({})).await;
    let child = desk.spawn(&["--clean"]);
    let output = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap());
    assert!(output.await.unwrap().stderr.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tunnel_the_deployed_stack_takes_the_webhooks_and_keeps_none() {
    let world = World::bare().await;
    let braze = &world.stack.braze;
    for name in ["support", "other", "opt-out", "opt-in", "help"] {
        braze.remove_campaign(&format!("inbound-{name}"));
    }
    braze.vary(|switches| {
        switches.media_style = MediaStyle::Lines;
        switches.inbound_cut = Some(256);
        switches.dispatch_id_per_user_and_campaign = true;
    });
    let url = braze.base_url();
    let child = Command::new(env!("CARGO_BIN_EXE_sms-bridge"))
        .args([
            "probe",
            "--yes",
            "--through-stack",
            "--patience",
            "2",
            "--braze",
            &url,
        ])
        .env_clear()
        .envs(world.variables())
        .current_dir(world.home())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut screen = Terminal::of_pipes(child);
    person(braze, "ana", &mut screen).await;
    screen.asks("Please stop and archive").await;
    screen.types("");
    assert_eq!(screen.ends().await.code, Some(0));
    let lines = transcript(world.home());
    for (fact, answer) in [
        ("braze.media_style", Some(json!("lines"))),
        ("braze.inbound_cut", Some(json!(256))),
        ("braze.dispatch_id_per_user_and_campaign", Some(json!(true))),
        ("braze.fuzzy_opt_out", Some(json!("off"))),
        ("braze.dispatch_id_per_attempt", None),
        ("braze.currents.own_dispatch_ids", None),
    ] {
        assert_eq!(told(&lines, fact), answer, "{fact}");
    }
    assert!(
        world.stack.zendesk.tickets().is_empty(),
        "no text became a ticket"
    );
    let items = world.stack.dynamo.items().unwrap();
    assert_eq!(items, Vec::<Value>::new(), "nothing is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_switch_that_brazes_api_shows_is_told_right_either_way() {
    for value in [true, false] {
        let desk = Desk::start(&json!({ "export_needs_fields": value })).await;
        let answer = desk.answer("braze.export_needs_fields").await;
        assert_eq!(answer, Some(json!(value)));
        let desk = Desk::start(&json!({ "stopped_campaigns_refuse": value })).await;
        let none = desk.answer("braze.stopped_campaigns_refuse").await;
        assert_eq!(none, None, "there is no stopped campaign");
        let stopped = Campaign {
            enabled: false,
            ..Campaign::new("stopped", "Stopped")
        };
        desk.braze.add_campaign(stopped);
        let answer = desk.answer("braze.stopped_campaigns_refuse").await;
        assert_eq!(answer, Some(json!(value)));
        assert_eq!(desk.braze.inbox(ANA).len(), 0);
    }
    for status in [401, 403] {
        let desk = Desk::start(&json!({ "missing_permission": status })).await;
        let all = desk.answer("braze.missing_permission").await;
        assert_eq!(all, None, "the key may do everything");
        desk.braze
            .set_permissions(Some(&["campaigns.trigger.send"]));
        let answer = desk.answer("braze.missing_permission").await;
        assert_eq!(answer, Some(json!(status)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_and_a_missing_tunnel_are_told_as_not_found_out() {
    let desk = Desk::start(&json!({})).await;
    desk.braze.set_keys(&["another-key"]);
    let answer = desk.answer("braze.export_needs_fields").await;
    assert_eq!(answer, None);
    let answer = desk.answer("braze.media_style").await;
    assert_eq!(answer, None);
    let lines = transcript(desk.home.path());
    assert!(lines[1]["seen"].as_str().unwrap().contains("--listen"));
}

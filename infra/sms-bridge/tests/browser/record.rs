//! A conversation by hand, saved, and played again by `--script`.

use std::process::{Command, Output};

use serde_json::json;

use super::driver::Browser;
use super::kit::{Sandbox, page};

fn play(script: &str) -> Output {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("conversation.toml");
    std::fs::write(&file, script).unwrap();
    let bridge = Command::new(env!("CARGO_BIN_EXE_sms-bridge"))
        .args(["sandbox", "--script"])
        .arg(&file)
        .output();
    bridge.unwrap()
}

async fn recording(browser: &Browser) -> String {
    let script =
        "const done = arguments[0]; fetch('/recording.toml').then((a) => a.text()).then(done)";
    let script = browser.later(script, json!([])).await;
    script.as_str().unwrap().to_owned()
}

fn goes_as_expected(script: &str) {
    let again = play(script);
    let said = String::from_utf8_lossy(&again.stdout).into_owned()
        + &String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success(), "{said}\n{script}");
    assert!(said.contains("went as expected"), "{said}");
}

/// Waits until the pause of the conversation that waits has run out.
async fn the_pause_runs_out(browser: &Browser) {
    let due = "document.querySelector('#stored .due')";
    browser.until(&format!("{due}.textContent !== 'now'")).await;
    browser.until(&format!("{due}.textContent === 'now'")).await;
}

#[tokio::test]
async fn a_pause_that_ran_out_while_people_waited_has_run_out_in_the_file() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("SUPPORT").await;
    browser.reads("#comments .text", &["SUPPORT"]).await;
    browser.at_rest().await;
    for (place, text) in [("zendesk", "a"), ("braze", "b")] {
        let faults = format!("#fault-{place}");
        browser.choose(&faults, "down").await;
        browser
            .until(&format!(
                "document.querySelector('{faults}').value === 'down'"
            ))
            .await;
        if place == "zendesk" {
            browser.text(text).await;
        } else {
            browser.reply(text, "open").await;
        }
        browser
            .until("document.querySelector('#waiting-count').textContent === '1'")
            .await;
        browser.at_rest().await;
        browser.choose(&faults, "works").await;
        the_pause_runs_out(&browser).await;
        if place == "zendesk" {
            browser.text("and one more").await;
        } else {
            browser.reply("and one more", "open").await;
        }
        browser
            .until("document.querySelector('#waiting-count').hidden")
            .await;
        browser.at_rest().await;
    }
    browser
        .reads(
            "#comments .text",
            &["SUPPORT", "a", "and one more", "b", "and one more"],
        )
        .await;
    let script = recording(&browser).await;
    browser.close().await;
    assert!(script.contains("redeliver = { due = true }"), "{script}");
    assert!(script.contains("limit_seconds = 60"), "{script}");
    goes_as_expected(&script);
}

#[tokio::test]
async fn what_was_refused_is_not_in_the_file() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("Hello").await;
    browser.reads("#comments .text", &["Hello"]).await;
    browser.at_rest().await;
    for step in [
        json!({"replay": {"letter": 1}}),
        json!({"webhooks": {"send": [1]}}),
        json!({"agent": {"ticket": 99, "text": "to nobody"}}),
        json!({"status": {"to": "solved"}}),
    ] {
        let told = browser.act(step.clone()).await;
        assert!(told["error"].is_string(), "{step}: {told}");
    }
    assert_eq!(browser.console().await.len(), 4, "one line for each");
    browser.choose("#fault-braze", "refuses").await;
    browser.reply("Refused for good", "open").await;
    browser
        .until("document.querySelector('#dead-count').textContent === '1'")
        .await;
    browser.choose("#fault-braze", "works").await;
    browser
        .until("document.querySelector('#fault-braze').value === 'works'")
        .await;
    browser.at_rest().await;
    browser.click("#view-dead").await;
    let twice = "const button = document.querySelector('.dead-letter .button'); button.click(); button.click();";
    browser.js(twice, json!([])).await;
    browser
        .reads("#messages .bubble:not(.mine) .sms", &["Refused for good"])
        .await;
    browser
        .until("document.querySelector('#dead-count').hidden")
        .await;
    browser.at_rest().await;
    assert!(browser.texts("#toasts .toast").await.is_empty());
    let script = recording(&browser).await;
    browser.close().await;
    assert_eq!(script.matches("replay = ").count(), 1, "{script}");
    goes_as_expected(&script);
}

#[tokio::test]
async fn what_was_played_by_hand_is_played_again_with_its_expectations() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("SUPPORT").await;
    browser.reads("#comments .text", &["SUPPORT"]).await;
    browser.at_rest().await;
    browser.choose("#fault-zendesk", "down").await;
    browser
        .until("document.querySelector('#fault-zendesk').value === 'down'")
        .await;
    browser.text("a \"quoted\" \\ line 🎉").await;
    browser
        .until("document.querySelector('#waiting-count').textContent === '1'")
        .await;
    browser.choose("#fault-zendesk", "works").await;
    browser.act(json!({"redeliver": {"due": true}})).await;
    browser
        .reads("#comments .text", &["SUPPORT", "a \"quoted\" \\ line 🎉"])
        .await;
    browser.at_rest().await;
    browser.reply("Here you are", "solved").await;
    browser
        .reads(
            "#messages .bubble:not(.mine) .sms",
            &["Here you are", "Your ticket has been closed"],
        )
        .await;
    let script = recording(&browser).await;
    browser.close().await;

    goes_as_expected(&script);
    for part in [
        "[[customer]]",
        "faults = { zendesk = \"down\" }",
        "Your ticket has been closed",
        "status = \"solved\"",
    ] {
        assert!(script.contains(part), "{part} is missing in {script}");
    }

    let other = play(&script.replace("\"Your ticket has been closed\"", "\"Something else\""));
    assert_eq!(other.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&other.stderr).contains("Something else"));
}

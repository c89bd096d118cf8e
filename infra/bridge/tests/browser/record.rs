//! A conversation by hand, saved, and played again by `--script`.

use std::process::{Command, Output};

use serde_json::json;

use super::kit::{Sandbox, page};

fn play(script: &str) -> Output {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("conversation.toml");
    std::fs::write(&file, script).unwrap();
    let bridge = Command::new(env!("CARGO_BIN_EXE_bridge"))
        .args(["sandbox", "--script"])
        .arg(&file)
        .output();
    bridge.unwrap()
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
    let script =
        "const done = arguments[0]; fetch('/recording.toml').then((a) => a.text()).then(done)";
    let script = browser.later(script, json!([])).await;
    let script = script.as_str().unwrap();
    browser.close().await;

    let again = play(script);
    let said = String::from_utf8_lossy(&again.stdout).into_owned()
        + &String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success(), "{said}\n{script}");
    assert!(said.contains("went as expected"), "{said}");
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

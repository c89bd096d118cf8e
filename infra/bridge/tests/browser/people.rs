//! Keyboard and screen reader.

use super::kit::{Sandbox, page};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";

#[tokio::test]
async fn everything_is_done_with_the_keyboard() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    // The skip link comes first and leads to the phone.
    browser.press(&[TAB]).await;
    browser
        .until("document.activeElement.className === 'skip'")
        .await;
    browser.press(&[ENTER]).await;
    browser.until("document.activeElement.id === 'say'").await;
    browser.keys("#say", &format!("By keyboard{ENTER}")).await;
    browser.reads("#comments .text", &["By keyboard"]).await;

    // From the phone on, Tab reaches the switches, the tabs, and the ticket's reply.
    let mut reached = Vec::new();
    for _ in 0..60 {
        browser.press(&[TAB]).await;
        let id = browser
            .js("return document.activeElement.id", serde_json::json!([]))
            .await;
        reached.push(id.as_str().unwrap_or_default().to_owned());
        if reached.last().is_some_and(|id| id == "submit") {
            break;
        }
    }
    for wanted in [
        "send",
        "fault-zendesk",
        "view-timeline",
        "new-ticket",
        "answer",
        "as",
        "submit",
    ] {
        assert!(
            reached.iter().any(|id| id == wanted),
            "{wanted} is not reached: {reached:?}"
        );
    }
    browser
        .js(
            "document.getElementById('view-timeline').focus()",
            serde_json::json!([]),
        )
        .await;
    browser.press(&[RIGHT]).await;
    browser.until("document.activeElement.id === 'view-stored' && !document.querySelector('#stored').hidden").await;
    browser
        .js(
            "document.querySelector('#presets summary').focus()",
            serde_json::json!([]),
        )
        .await;
    browser.press(&[ENTER]).await;
    browser
        .until("document.querySelector('#presets').open")
        .await;
    browser.press(&[ESCAPE]).await;
    browser
        .until("!document.querySelector('#presets').open")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn a_screen_reader_is_told_what_everything_is() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("SUPPORT").await;
    browser.reads("#comments .text", &["SUPPORT"]).await;
    browser.click(".more-faults summary").await;
    let controls = "button, select, input:not([type=file]), textarea, a[href], [role=tab], [role=log], [role=tabpanel]:not([hidden]), section";
    let told = browser.told(controls).await;
    assert!(told.len() > 40, "{told:?}");
    let nameless: Vec<_> = told
        .iter()
        .filter(|(role, name)| {
            name.trim().is_empty() && role != "none" && role != "generic" && !role.is_empty()
        })
        .collect();
    assert!(nameless.is_empty(), "without a name: {nameless:?}");
    let logs = told.iter().filter(|(role, _)| role == "log");
    let logs: Vec<&str> = logs.map(|(_, name)| name.as_str()).collect();
    assert_eq!(logs, ["Messages", "Comments"]);
    let headings = browser.texts("h1, h2").await;
    assert!(
        headings.iter().any(|heading| heading == "Phone"),
        "{headings:?}"
    );
    browser.close().await;
}

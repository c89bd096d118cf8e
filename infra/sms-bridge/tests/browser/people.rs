//! Keyboard and screen reader.

use serde_json::json;

use super::driver::Browser;
use super::kit::{Sandbox, page};

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const RIGHT: &str = "\u{e014}";

/// Presses Tab until the focus is on an element of a selector that shows a text.
async fn tab_to(browser: &Browser, css: &str, text: &str) {
    let there = "const [css, text] = arguments; const here = document.activeElement;
        return here.matches(css) && here.textContent.includes(text) || here.id || here.textContent";
    let mut passed = Vec::new();
    for _ in 0..80 {
        browser.press(&[TAB]).await;
        let here = browser.js(there, json!([css, text])).await;
        if here == json!(true) {
            return;
        }
        passed.push(here);
    }
    panic!("Tab does not reach {css} {text}: {passed:?}");
}

async fn types(browser: &Browser, text: &str) {
    for letter in text.chars() {
        browser.press(&[&letter.to_string()]).await;
    }
}

async fn focus_is_on(browser: &Browser, css: &str) {
    let css = json!(css);
    browser
        .until(&format!("document.activeElement.matches({css})"))
        .await;
}

#[tokio::test]
async fn everything_is_done_with_the_keyboard() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.press(&[TAB]).await;
    focus_is_on(&browser, ".skip").await;
    tab_to(&browser, "#presets summary", "").await;
    browser.press(&[ENTER]).await;
    browser
        .until("document.querySelector('#presets').open")
        .await;
    browser.press(&[ESCAPE]).await;
    browser
        .until("!document.querySelector('#presets').open")
        .await;
    browser.press(&[ENTER]).await;
    tab_to(&browser, "[data-preset=outage]", "").await;
    browser.press(&[ENTER]).await;
    browser
        .until("!document.querySelector('#story').hidden")
        .await;
    tab_to(&browser, "#stop", "").await;
    browser
        .until("document.querySelector('#story .about').textContent.startsWith('3 of')")
        .await;
    focus_is_on(&browser, "#stop").await;
    browser.press(&[ENTER]).await;
    browser
        .until("document.querySelector('#story').hidden")
        .await;
    focus_is_on(&browser, "#presets summary").await;
    browser.close().await;
}

#[tokio::test]
async fn a_conversation_is_had_with_the_keyboard() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    // The skip link comes first and leads to the phone.
    browser.press(&[TAB]).await;
    focus_is_on(&browser, ".skip").await;
    browser.press(&[ENTER]).await;
    focus_is_on(&browser, "#say").await;
    types(&browser, "By keyboard").await;
    browser.press(&[ENTER]).await;
    browser.reads("#comments .text", &["By keyboard"]).await;
    browser.at_rest().await;

    tab_to(&browser, "#fault-zendesk", "").await;
    tab_to(&browser, "#view-timeline", "").await;
    browser.press(&[RIGHT]).await;
    browser.until("document.activeElement.id === 'view-stored' && !document.querySelector('#stored').hidden").await;

    tab_to(&browser, "#more summary", "").await;
    browser.press(&[ENTER]).await;
    browser.until("document.querySelector('#more').open").await;
    let texted = json!({"customer": {"id": "ada", "texts": ["The ticket changes"]}});
    browser.act(texted).await;
    let thread = ["By keyboard", "The ticket changes"];
    browser.reads("#comments .text", &thread).await;
    browser.until("document.querySelector('#more').open").await;
    focus_is_on(&browser, "#more summary").await;
    tab_to(&browser, "#more .sheet button", "Set to pending").await;
    browser.press(&[ENTER]).await;
    browser.reads("#ticket-head .badge", &["pending"]).await;
    focus_is_on(&browser, "#more summary").await;
    browser.press(&[ENTER]).await;
    tab_to(&browser, "#more .sheet button", "Change tags").await;
    browser.press(&[ENTER]).await;
    browser.until("document.querySelector('#ask').open").await;
    browser.press(&[ESCAPE]).await;
    browser.until("!document.querySelector('#ask').open").await;
    focus_is_on(&browser, "#more summary").await;

    tab_to(&browser, "#answer", "").await;
    types(&browser, "Answered").await;
    tab_to(&browser, "#submit", "").await;
    browser.press(&[ENTER]).await;
    let phone = "#messages .bubble:not(.mine) .sms";
    browser.reads(phone, &["Answered"]).await;
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

#[tokio::test]
async fn where_one_part_is_shown_at_a_time_its_tab_is_told_with_it() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    let role = "return document.getElementById('phone').getAttribute('role')";
    assert_eq!(browser.js(role, json!([])).await, json!(null));
    browser.size(390, 844).await;
    browser
        .until("document.getElementById('phone').getAttribute('role') === 'tabpanel'")
        .await;
    let panel = browser.told("main > section#phone").await;
    assert_eq!(panel, [("tabpanel".to_owned(), "Phone".to_owned())]);
    browser.close().await;
}

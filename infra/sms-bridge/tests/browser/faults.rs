//! Faults by their switches, presets, webhooks by hand, kills, the clock.

use serde_json::json;

use super::driver::Browser;
use super::kit::{Sandbox, page};

const PHONE: &str = "#messages .bubble:not(.mine) .sms";
const THREAD: &str = "#comments .text";

async fn preset(browser: &Browser, name: &str) {
    browser.click("#presets summary").await;
    browser.click(&format!("[data-preset={name}]")).await;
    browser
        .until("!document.querySelector('#story').hidden")
        .await;
    browser
        .until("document.querySelector('#story').hidden")
        .await;
}

#[tokio::test]
async fn a_preset_takes_zendesk_down_and_everything_arrives_when_it_is_back() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.click("#presets summary").await;
    browser.click("[data-preset=outage]").await;
    browser
        .until("document.querySelector('#fault-zendesk').value === 'down'")
        .await;
    browser
        .until("document.querySelector('#waiting-count').textContent === '2'")
        .await;
    browser.reads(THREAD, &["SUPPORT"]).await;
    browser
        .until("document.querySelector('#ahead').textContent === '1 h ahead'")
        .await;
    browser
        .until("document.querySelector('#fault-zendesk').value === 'works'")
        .await;
    browser
        .reads(
            THREAD,
            &["SUPPORT", "Is anyone there?", "My order is number 7."],
        )
        .await;
    browser
        .until("document.querySelector('#waiting-count').hidden")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn a_story_shows_its_ticket_and_leaves_no_fault_behind() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("Mine").await;
    browser.reads(THREAD, &["Mine"]).await;
    browser.click("[data-ticket='1'] button").await;
    browser.choose("#fault-braze", "slow").await;
    browser.click(".more-faults summary").await;
    browser.click("#hold").await;
    browser
        .until("document.querySelector('#hold').checked")
        .await;

    browser.click("#presets summary").await;
    browser.click("[data-preset=outage]").await;
    browser
        .until("document.querySelector('#fault-braze').value === 'works'")
        .await;
    browser
        .until("!document.querySelector('#hold').checked")
        .await;
    browser.reads(THREAD, &["SUPPORT"]).await;
    browser
        .until("document.querySelector('#fault-zendesk').value === 'down'")
        .await;
    browser.click("#story .button").await;
    browser
        .until("document.querySelector('#story').hidden")
        .await;
    browser
        .until("document.querySelector('#fault-zendesk').value === 'works'")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn reversed_webhooks_still_give_the_answer_first() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    preset(&browser, "reversed").await;
    browser
        .reads(
            PHONE,
            &["Then feed it another tape.", "Your ticket has been closed"],
        )
        .await;
    browser.close().await;
}

#[tokio::test]
async fn switches_webhooks_and_the_clock_work_by_hand() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("Hello").await;
    browser.reads(THREAD, &["Hello"]).await;

    browser.choose("#fault-braze", "down").await;
    browser.reply("This waits", "open").await;
    browser
        .until("document.querySelector('#waiting-count').textContent === '1'")
        .await;
    browser.click("#view-stored").await;
    browser
        .reads("#stored .mailbox strong", &["Agent’s reply"])
        .await;
    browser.choose("#fault-braze", "works").await;
    browser.click(".more-faults summary").await;
    browser
        .click("#weather [aria-label='Jump the clock'] button:nth-of-type(3)")
        .await;
    browser.reads(PHONE, &["This waits"]).await;

    browser.click("#hold").await;
    browser
        .until("document.querySelector('#hold').checked")
        .await;
    browser.reply("Once only", "open").await;
    browser
        .until("document.querySelectorAll('#held li').length === 1")
        .await;
    browser.click("#held li button:nth-of-type(2)").await;
    browser.reads(PHONE, &["This waits", "Once only"]).await;
    browser
        .until("document.querySelectorAll('#held li').length === 0")
        .await;
    browser.click("#fine").await;
    browser
        .until("!document.querySelector('#hold').checked")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn a_killed_function_leaves_nothing_undone() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.click(".more-faults summary").await;
    browser.click("#kill").await;
    browser
        .until("document.querySelector('#kill').textContent.startsWith('Armed')")
        .await;
    browser.text("Is my ticket made twice?").await;
    browser.until("[...document.querySelectorAll('#timeline .outcome')].some((e) => e.textContent === 'killed')").await;
    browser
        .until("!document.querySelector('#kill').textContent.startsWith('Armed')")
        .await;
    browser.click("#redeliver-due").await;
    browser
        .until("document.querySelector('#waiting-count').hidden")
        .await;
    browser.reads(THREAD, &["Is my ticket made twice?"]).await;
    browser.reads("#tickets .badge", &["new"]).await;
    browser.close().await;
}

#[tokio::test]
async fn a_call_to_the_table_shows_before_it_is_answered_and_if_it_never_is() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.choose("#fault-database", "slow").await;
    browser
        .until("document.querySelector('#fault-database').value === 'slow'")
        .await;
    browser.text("Slowly").await;
    browser
        .until("[...document.querySelectorAll('#timeline .table th')].some((e) => e.textContent.includes('under way'))")
        .await;
    browser.choose("#fault-database", "works").await;
    browser.at_rest().await;
    browser.click(".more-faults summary").await;
    browser.choose("#kill-at", "database").await;
    browser.click("#kill").await;
    browser
        .until("document.querySelector('#kill').textContent.startsWith('Armed')")
        .await;
    browser.text("Killed").await;
    browser.until("[...document.querySelectorAll('#timeline > li')].some((e) => e.querySelector('.outcome').textContent === 'killed' && [...e.querySelectorAll('.table.bad th')].some((th) => th.textContent.includes('no answer')))").await;
    browser.close().await;
}

#[tokio::test]
async fn a_dead_letter_is_replayed_with_a_button() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("Hello").await;
    browser.reads(THREAD, &["Hello"]).await;
    browser.choose("#fault-braze", "refuses").await;
    browser.reply("Refused for good", "open").await;
    browser
        .until("document.querySelector('#dead-count').textContent === '1'")
        .await;
    browser
        .until("document.querySelector('#comments .bridge-note')")
        .await;
    browser.choose("#fault-braze", "works").await;
    browser.click("#view-dead").await;
    let since = "return document.querySelector('.dead-letter dl').lastElementChild.textContent";
    let before = browser.js(since, json!([])).await;
    browser.act(json!({"jump": {"days": 2}})).await;
    browser
        .until("document.querySelector('#ahead').textContent === '2 d ahead'")
        .await;
    browser.at_rest().await;
    // The letter got older by what the clock went ahead: it is from the same moment.
    assert_eq!(browser.js(since, json!([])).await, before);
    browser.click(".dead-letter .button").await;
    browser.reads(PHONE, &["Refused for good"]).await;
    browser
        .until("document.querySelector('#dead-count').hidden")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn a_step_that_cannot_be_is_refused_and_the_sandbox_goes_on() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    for (step, why) in [
        (json!({"wait": {"seconds": -1}}), "from 0 to 3600"),
        (json!({"wait": {"seconds": 1e300}}), "from 0 to 3600"),
        (json!({"jump": {"days": 401}}), "from 0 to 400 days"),
        (json!({"merge": {"from": 1, "into": 1}}), "another ticket"),
        (json!({"solve": {}, "close": {}}), "exactly one action"),
    ] {
        let told = browser.act(step.clone()).await;
        let told = told["error"].as_str().unwrap_or_default();
        assert!(told.contains(why), "{step}: {told}");
    }
    let console = browser.console().await;
    assert!(
        console.iter().all(|line| line.contains("409")),
        "{console:?}"
    );
    browser.text("Still here").await;
    browser.reads(THREAD, &["Still here"]).await;
    browser.close().await;
}

#[tokio::test]
async fn another_sites_page_cannot_drive_it() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("Mine").await;
    browser.reads(THREAD, &["Mine"]).await;
    let elsewhere = Browser::open(800, 600, false).await;
    elsewhere.go("data:text/html,<title>evil</title>").await;
    let attack = "const [url] = arguments; const done = arguments[1]; Promise.allSettled([
        fetch(url + 'act', {method: 'POST', mode: 'no-cors', body: JSON.stringify({customer: {id: 'ada', texts: ['evil']}})}),
        fetch(url + 'over', {method: 'POST', mode: 'no-cors'}), fetch(url + 'recording.toml'), fetch(url + 'events'),
    ]).then((all) => done(all.map((one) => one.value ? one.value.type : 'refused')))";
    let seen = elsewhere.later(attack, json!([sandbox.url])).await;
    assert_eq!(seen, json!(["refused", "refused", "refused", "refused"]));
    browser.text("Still mine").await;
    browser.reads(THREAD, &["Mine", "Still mine"]).await;
    browser.close().await;
}

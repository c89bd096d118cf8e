//! What the agent writes, and where it goes.

use serde_json::json;

use super::driver::Browser;
use super::kit::{Sandbox, page};

const THREAD: &str = "#comments .text";

async fn writes(browser: &Browser, text: &str) {
    browser
        .until(&format!(
            "document.querySelector('#answer').value === {}",
            json!(text)
        ))
        .await;
}

#[tokio::test]
async fn a_reply_being_written_stays_with_its_ticket() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("I am Ada").await;
    browser.reads(THREAD, &["I am Ada"]).await;
    browser.keys("#answer", "For Ada only").await;
    let texted = json!({"customer": {"id": "grace", "texts": ["I am Grace"]}});
    browser.act(texted).await;
    browser
        .until("document.querySelectorAll('#tickets li').length === 2")
        .await;
    browser.reads(THREAD, &["I am Ada"]).await;

    browser.click("#reply label:has([value=no])").await;
    browser.click("[data-ticket='2'] button").await;
    browser.reads(THREAD, &["I am Grace"]).await;
    writes(&browser, "").await;
    browser
        .until("document.querySelector('#reply').elements.public.value === 'yes' && !document.querySelector('#reply.note')")
        .await;
    browser
        .until("document.querySelector('[data-ticket=\"1\"] .about').textContent.endsWith('draft')")
        .await;
    browser.keys("#answer", "For Grace").await;
    browser.click("[data-ticket='1'] button").await;
    writes(&browser, "For Ada only").await;
    browser
        .until("document.querySelector('#reply.note').elements.public.value === 'no'")
        .await;
    browser.click("#reply label:has([value=yes])").await;
    browser.click("#submit").await;
    let phone = "#messages .bubble:not(.mine) .sms";
    browser.reads(phone, &["For Ada only"]).await;
    writes(&browser, "").await;
    browser.click("[data-ticket='2'] button").await;
    writes(&browser, "For Grace").await;
    browser.click("#submit").await;
    browser.reads(THREAD, &["I am Grace", "For Grace"]).await;
    browser.close().await;
}

//! Whose a ticket is: requesters change, profiles merge, e-mails come in.

use super::driver::Browser;
use super::kit::{Sandbox, page};
use super::looks::keep;

const ABOUT: &str = "#ticket-head .about";

/// Opens the ticket's menu and chooses an entry of it.
async fn chooses(browser: &Browser, entry: &str) {
    browser.click("#more summary").await;
    keep(browser, "menu").await;
    let entries = browser.texts("#more .sheet button").await;
    let at = entries.iter().position(|known| known.starts_with(entry));
    let at = at.unwrap_or_else(|| panic!("{entry} is not in {entries:?}")) + 1;
    browser
        .click(&format!("#more .sheet button:nth-of-type({at})"))
        .await;
}

#[tokio::test]
async fn an_agent_changes_the_requester_and_the_answer_goes_to_the_new_one() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("I am Ada").await;
    browser.reads("#comments .text", &["I am Ada"]).await;
    browser.at_rest().await;
    chooses(&browser, "Change requester").await;
    browser.choose("#ask [name=id]", "grace").await;
    keep(&browser, "requester").await;
    browser.click("#ask-yes").await;
    browser.reads(ABOUT, &["#1 · Grace Hopper"]).await;
    browser.reply("Hello Grace", "open").await;
    browser.choose("#who", "grace").await;
    let phone = "#messages .bubble:not(.mine) .sms";
    browser.reads(phone, &["Hello Grace"]).await;
    browser.close().await;
}

#[tokio::test]
async fn an_e_mail_comes_in_and_its_writer_is_merged_with_a_customer() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("I am Ada").await;
    browser.reads("#comments .text", &["I am Ada"]).await;
    browser.click("#email-in").await;
    keep(&browser, "email").await;
    browser.click("#ask-yes").await;
    browser.reads("#comments .text", &["Where is it?"]).await;
    browser
        .reads(ABOUT, &["#2 · Ann Example · by e-mail"])
        .await;
    browser.click("[data-ticket='1'] button").await;
    chooses(&browser, "Merge profiles").await;
    browser.choose("#ask [name=into]", "ann@example.com").await;
    keep(&browser, "merge").await;
    browser.click("#ask-yes").await;
    browser.reads(ABOUT, &["#1 · Ann Example"]).await;
    chooses(&browser, "Suspend requester").await;
    browser
        .reads(ABOUT, &["#1 · Ann Example · suspended"])
        .await;
    browser.close().await;
}

#[tokio::test]
async fn an_agent_adds_tags_and_takes_some_away() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("I am Ada").await;
    browser.reads(".taglist li", &["braze_sms"]).await;
    browser.at_rest().await;
    chooses(&browser, "Change tags").await;
    browser.keys("#ask [name=tags]", "vip").await;
    keep(&browser, "tags").await;
    browser.click("#ask-yes").await;
    browser.reads(".taglist li", &["braze_sms", "vip"]).await;
    chooses(&browser, "Change tags").await;
    browser.clear("#ask [name=tags]").await;
    browser.click("#ask-yes").await;
    browser.reads(".taglist li", &[]).await;
    browser.close().await;
}

//! Three widths, light and dark. With `SCREENSHOTS=DIR` the pictures are kept there.

use serde_json::json;

use super::driver::Browser;
use super::kit::{Sandbox, page};

/// Light text on dark, dark on light: contrast of every text that is seen, WCAG's formula.
const CONTRAST: &str = "
    const parse = (css) => { const [r, g, b, a = 1] = css.match(/[\\d.]+/g).map(Number); return {r, g, b, a}; };
    const light = ({r, g, b}) => { const f = (c) => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
        return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
    const behind = (element) => { for (let e = element; e; e = e.parentElement) {
        const colour = parse(getComputedStyle(e).backgroundColor); if (colour.a > .99) return colour; } return {r: 255, g: 255, b: 255}; };
    const poor = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility({opacityProperty: true, visibilityProperty: true}) || element.closest('.hidden, :disabled, option, .skip')) continue;
        const style = getComputedStyle(element);
        const [a, b] = [light(parse(style.color)), light(behind(element))].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < 4.5) poor.push(`${element.className || element.tagName} “${element.textContent.trim().slice(0, 30)}” ${ratio.toFixed(2)}`);
    }
    return poor;";

/// Keeps a picture of the page as it is once nothing moves, where pictures are wanted.
pub(crate) async fn keep(browser: &Browser, name: &str) {
    let still = "const done = arguments[0]; Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => done(true))";
    browser.later(still, json!([])).await;
    if let Some(place) = std::env::var_os("SCREENSHOTS") {
        let file = std::path::Path::new(&place).join(format!("{name}.png"));
        std::fs::write(file, browser.picture().await).unwrap();
    }
}

/// Nothing is cut off or reaches out of the window sideways.
async fn fits(browser: &Browser, name: &str) {
    let wide = "const wide = document.documentElement.clientWidth; const out = [...document.querySelectorAll('body *')]\
        .filter((e) => e.checkVisibility() && !e.closest('.hidden, .skip, pre, .sheet'))\
        .filter((e) => { const box = e.getBoundingClientRect(); return box.width > 0 && (box.right > wide + 1 || box.left < -1); })\
        .map((e) => `${e.tagName}.${e.className}#${e.id}`); return [document.documentElement.scrollWidth - wide, out]";
    assert_eq!(browser.js(wide, json!([])).await, json!([0, []]), "{name}");
}

/// A conversation with something of everything in it.
async fn scene(browser: &Browser) {
    browser.text("SUPPORT").await;
    browser.reads("#comments .text", &["SUPPORT"]).await;
    browser
        .text("My router says \"No network\" and the light is red.")
        .await;
    browser
        .until("document.querySelectorAll('#comments li').length === 2")
        .await;
    let long = "Hello Ada, thank you for writing! Please hold the button on the back for ten seconds, until the light turns white. Then tell me what you see; I am here all afternoon 🎉";
    browser.reply(long, "pending").await;
    browser
        .until("document.querySelectorAll('#messages .sms').length >= 2")
        .await;
    browser.text("It is white, thank you!").await;
    browser
        .until("document.querySelectorAll('#comments li').length === 4")
        .await;
    browser.act(json!({"faults": {"braze": "mute"}})).await;
    browser.reply("Glad to hear that.", "open").await;
    browser
        .until("document.querySelectorAll('#comments .bridge-note').length === 1")
        .await;
    browser.act(json!({"faults": {"braze": "works"}})).await;
    browser.choose("#who", "grace").await;
    browser.text("Where is my order?").await;
    browser
        .until("document.querySelectorAll('#tickets li').length === 2")
        .await;
    browser.click("[data-ticket='1'] button").await;
    browser.choose("#who", "ada").await;
    browser.at_rest().await;
}

#[tokio::test]
async fn it_fits_three_widths_and_reads_well_in_light_and_dark() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    scene(&browser).await;
    for dark in [false, true] {
        let theme = if dark { "dark" } else { "light" };
        browser
            .js(
                "document.documentElement.dataset.theme = arguments[0]",
                json!([theme]),
            )
            .await;
        for (width, height) in [(1440, 900), (900, 1180), (390, 844)] {
            browser.size(width, height).await;
            for part in if width == 390 {
                &["phone", "bridge", "desk"][..]
            } else {
                &["all"]
            } {
                if width == 390 {
                    browser.click(&format!("#tab-{part}")).await;
                }
                let name = format!("{width}-{part}-{theme}");
                keep(&browser, &name).await;
                fits(&browser, &name).await;
                let poor = browser.js(CONTRAST, json!([])).await;
                assert_eq!(poor, json!([]), "{name}: too little contrast");
            }
        }
        browser.size(1440, 900).await;
        browser.click(".more-faults summary").await;
        keep(&browser, &format!("faults-{theme}")).await;
        browser.click(".more-faults summary").await;
        browser.click("#view-stored").await;
        keep(&browser, &format!("stored-{theme}")).await;
        browser.click("#view-timeline").await;
        browser.click("#presets summary").await;
        keep(&browser, &format!("stories-{theme}")).await;
        browser.click("#presets summary").await;
    }
    browser.close().await;
}

#[tokio::test]
async fn neither_a_long_name_nor_a_small_phone_puts_anything_out_of_reach() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("SUPPORT").await;
    browser.reads("#comments .text", &["SUPPORT"]).await;
    browser.click("#add-customer").await;
    let name = "Wilhelmina".repeat(10);
    browser.keys("#ask [name=first_name]", &name).await;
    browser.click("#ask-yes").await;
    browser
        .until("document.querySelector('#who').selectedOptions[0].textContent.startsWith('Wilhelmina')")
        .await;
    let inside = "const edge = document.querySelector('.device').getBoundingClientRect().right;
        return ['who', 'add-customer'].every((id) => { const box = document.getElementById(id).getBoundingClientRect();
            return box.width > 20 && box.right <= edge; })";
    for (width, height) in [(1440, 900), (900, 1180), (390, 844), (320, 568)] {
        browser.size(width, height).await;
        let whole = browser.js(inside, json!([])).await;
        keep(&browser, &format!("{width}-long-name")).await;
        assert_eq!(whole, json!(true), "the list of customers at {width}");
        fits(&browser, &format!("{width}")).await;
    }
    for part in ["bridge", "desk", "phone"] {
        browser.click(&format!("#tab-{part}")).await;
        keep(&browser, &format!("320-{part}")).await;
        fits(&browser, part).await;
        match part {
            // Clicked as people do: what cannot be scrolled to fails.
            "bridge" => browser.click("#view-dead").await,
            "desk" => browser.reply("From a small phone", "open").await,
            _ => browser.click("#theme").await,
        }
    }
    browser.click("#tab-desk").await;
    let thread = ["SUPPORT", "From a small phone"];
    browser.reads("#comments .text", &thread).await;
    browser.close().await;
}

#[tokio::test]
async fn the_first_page_says_where_to_begin() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    let hint = "return getComputedStyle(document.querySelector(arguments[0]), '::before').content";
    for (css, word) in [
        ("#timeline", "Send SUPPORT"),
        ("#stored", "The table is empty"),
        ("#dead", "No dead letters"),
        ("#tickets", "No tickets yet"),
    ] {
        let said = browser.js(hint, json!([css])).await;
        assert!(said.as_str().unwrap().contains(word), "{css}: {said}");
    }
    keep(&browser, "1440-first-light").await;
    browser.text("SUPPORT").await;
    browser.reads("#comments .text", &["SUPPORT"]).await;
    for css in ["#timeline", "#tickets"] {
        assert_eq!(browser.js(hint, json!([css])).await, json!("none"), "{css}");
    }
    browser.close().await;
}

#[tokio::test]
async fn it_follows_the_systems_choice_of_light_or_dark() {
    let sandbox = Sandbox::start();
    let paper = "return getComputedStyle(document.body).backgroundColor";
    let mut papers = Vec::new();
    for dark in [false, true] {
        let browser = Browser::open(1000, 800, dark).await;
        browser.go(&sandbox.url).await;
        papers.push(browser.js(paper, json!([])).await);
        browser.close().await;
    }
    assert_eq!(
        papers,
        [json!("rgb(244, 243, 239)"), json!("rgb(18, 20, 23)")]
    );
}

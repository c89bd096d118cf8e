//! A conversation by clicking, and many messages.

use serde_json::{Value, json};

use super::driver::Browser;
use super::kit::{Sandbox, page};

/// One red pixel.
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const PHONE: &str = "#messages .bubble:not(.mine) .sms";
const THREAD: &str = "#comments .text";

#[tokio::test]
async fn support_to_solved_by_clicking() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;

    browser.click("[data-word=SUPPORT]").await;
    browser.reads(THREAD, &["SUPPORT"]).await;
    browser.reads("#ticket-head .badge", &["new"]).await;
    browser.text("It says \"No network\" 🎉").await;
    browser
        .reads(THREAD, &["SUPPORT", "It says \"No network\" 🎉"])
        .await;
    browser
        .until("document.querySelector('#who-about').textContent.includes('open')")
        .await;

    browser
        .reply("Hold the button for ten seconds.", "pending")
        .await;
    browser
        .reads(PHONE, &["Hold the button for ten seconds."])
        .await;
    browser.reads("#ticket-head .badge", &["pending"]).await;

    browser.click("#reply label:has([value=no])").await;
    browser
        .reply("He is a friend of the house.", "pending")
        .await;
    browser
        .until("document.querySelectorAll('#comments .note').length === 1")
        .await;

    browser.click("#reply label:has([value=yes])").await;
    browser.reply("Glad it works.", "solved").await;
    browser
        .reads(
            PHONE,
            &[
                "Hold the button for ten seconds.",
                "Glad it works.",
                "Your ticket has been closed",
            ],
        )
        .await;
    browser.reads("#ticket-head .badge", &["solved"]).await;

    browser.text("It is red again").await;
    browser.reads("#ticket-head .badge", &["open"]).await;
    let phone = browser.texts(PHONE).await;
    assert!(
        !phone.iter().any(|text| text.contains("friend")),
        "a note was sent: {phone:?}"
    );

    hops_and_item_are_told(&browser).await;
    browser.close().await;
}

/// The timeline and the item after it.
async fn hops_and_item_are_told(browser: &Browser) {
    // The timeline tells each hop of what was clicked.
    browser
        .until("document.querySelectorAll('#timeline > li').length >= 6")
        .await;
    let hops = browser
        .texts("#timeline > li:last-child tbody th")
        .await
        .join("\n");
    for hop in [
        "Webhook from Braze",
        "Token verified",
        "Stored",
        "Create the ticket",
        "Settled",
        "Answered 200 delivered",
    ] {
        assert!(hops.contains(hop), "{hop} is missing in {hops}");
    }
    let took = browser.texts("#timeline > li:last-child .took").await;
    assert!(took.iter().any(|took| took.ends_with(" ms")), "{took:?}");
    browser.click("#view-stored").await;
    browser.click("#stored details summary").await;
    let stored = browser.texts("#stored pre").await;
    assert!(
        stored[0].contains("\"pk\": \"customer#ada\"") && stored[0].contains("\"memory\""),
        "{stored:?}"
    );
}

#[tokio::test]
async fn a_picture_reaches_the_ticket_and_keywords_behave_as_brazes() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("red.png");
    std::fs::write(
        &file,
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, PNG).unwrap(),
    )
    .unwrap();
    browser.keys("#picture", file.to_str().unwrap()).await;
    browser
        .until("document.querySelector('#pictures img')")
        .await;
    browser.text("Look at this").await;
    browser
        .until("document.querySelector('#comments .file img')?.naturalWidth === 1")
        .await;
    browser
        .until("document.querySelector('#messages .mine img')?.naturalWidth === 1")
        .await;

    browser.click("[data-word=STOP]").await;
    browser
        .until("document.querySelector('#comments .bridge-note')")
        .await;
    browser
        .until("document.querySelector('#who-about').textContent.includes('opted out')")
        .await;
    browser.reply("You will not get this", "open").await;
    browser
        .until("document.querySelectorAll('#comments .bridge-note').length === 2")
        .await;
    browser.click("[data-word=START]").await;
    browser
        .until("!document.querySelector('#who-about').textContent.includes('opted out')")
        .await;
    browser.click("[data-word=HELP]").await;
    browser
        .until("document.querySelectorAll('#messages .mine').length === 4")
        .await;
    browser.reply("But this", "open").await;
    browser.reads(PHONE, &["But this"]).await;
    browser.close().await;
}

#[tokio::test]
async fn customers_have_phones_of_their_own() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("I am Ada").await;
    browser.reads(THREAD, &["I am Ada"]).await;
    browser.choose("#who", "grace").await;
    browser.reads("#messages .bubble", &[]).await;
    browser.text("I am Grace").await;
    browser.reads(THREAD, &["I am Grace"]).await;
    browser.click("[data-ticket='1'] button").await;
    browser.reads(THREAD, &["I am Ada"]).await;
    browser.reply("Hello Ada", "open").await;
    browser
        .until("document.querySelector('#who').textContent.includes('(1 new)')")
        .await;
    browser.reads(PHONE, &[]).await;
    browser.choose("#who", "ada").await;
    browser.reads(PHONE, &["Hello Ada"]).await;

    browser.click("#add-customer").await;
    browser.keys("#ask [name=first_name]", "Zoë").await;
    browser.click("#ask-yes").await;
    browser
        .until("document.querySelector('#who').selectedOptions[0].textContent === 'Zoë'")
        .await;
    browser.text("Third").await;
    browser
        .until("document.querySelector('[data-ticket=\"3\"]')")
        .await;
    browser.click("[data-ticket='3'] button").await;
    browser.reads(THREAD, &["Third"]).await;
    browser.close().await;
}

#[tokio::test]
async fn an_agent_merges_closes_and_tags() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    browser.text("First").await;
    browser.reads(THREAD, &["First"]).await;
    browser.click("#new-ticket").await;
    browser
        .keys("#ask [name=text]", "We saw an error of yours")
        .await;
    browser.click("#ask-yes").await;
    browser.reads(PHONE, &["We saw an error of yours"]).await;
    browser.click("#more summary").await;
    browser.click("#more .sheet button:nth-of-type(4)").await;
    browser.keys("#ask [name=tags]", "vip urgent").await;
    browser.click("#ask-yes").await;
    browser
        .until("document.querySelector('.taglist')?.textContent.includes('vip')")
        .await;
    browser.click("#more summary").await;
    browser.click("#more .sheet button:nth-of-type(5)").await;
    browser.click("#ask-yes").await;
    browser.reads("#ticket-head .badge", &["closed"]).await;
    browser
        .until("document.querySelector('#answer').disabled")
        .await;
    browser.text("Where do I write now?").await;
    browser.click("[data-ticket='1'] button").await;
    browser
        .until("document.querySelector('#comments').textContent.includes('Where do I write now?')")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn what_a_customer_types_never_becomes_markup() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    let nasty = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script><b>bold</b> &amp; {{7*7}} javascript:alert(1)";
    browser.text(nasty).await;
    browser.reads(THREAD, &[nasty]).await;
    browser.reply(nasty, "open").await;
    browser
        .until("document.querySelector('#messages .bubble:not(.mine)')")
        .await;
    browser.click("#add-customer").await;
    browser.keys("#ask [name=first_name]", "<i>Eve</i>").await;
    browser.click("#ask-yes").await;
    browser
        .until("document.querySelector('#who').selectedOptions[0].textContent.includes('Eve')")
        .await;
    browser.text("<h1>me</h1>").await;
    browser.reads(THREAD, &["<h1>me</h1>"]).await;
    for view in ["#view-stored", "#view-dead", "#view-timeline"] {
        browser.click(view).await;
    }
    let made = "return [document.title, document.querySelectorAll('main script, main b, main i:not(.dots i), \
        main h1, main img[onerror], #comments img, #messages img').length]";
    assert_eq!(
        browser.js(made, json!([])).await,
        json!(["Bridge sandbox", 0])
    );
    browser.close().await;
}

#[tokio::test]
async fn two_hundred_messages_do_not_slow_the_page() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    let send = "const [from, to] = arguments; const done = arguments[2]; (async () => {
        const added = { phone: 0, thread: 0 };
        const count = (id) => new MutationObserver((all) => { for (const one of all) added[id] += one.addedNodes.length; });
        const eyes = [['messages', 'phone'], ['comments', 'thread']].map(([id, name]) => {
            const eye = count(name); eye.observe(document.getElementById(id), {childList: true, subtree: true}); return eye; });
        const before = {...window.sandboxWork};
        for (let at = from; at < to; at += 1) {
            await fetch('/act', {method: 'POST', headers: {'content-type': 'application/json'},
                body: JSON.stringify({customer: {id: 'ada', texts: [`message ${at}`]}})});
        }
        const last = `message ${to - 1}`;
        for (;;) {
            const lines = document.querySelectorAll('#comments .text');
            const bubbles = document.querySelectorAll('#messages .bubble');
            if (lines.length === to && lines[to - 1].textContent === last && bubbles.length === to) break;
            await new Promise((next) => requestAnimationFrame(next));
        }
        const typed = performance.now();
        const box = document.getElementById('say');
        box.value = 'x'; box.dispatchEvent(new Event('input', {bubbles: true}));
        await new Promise((next) => requestAnimationFrame(() => setTimeout(next, 0)));
        const work = window.sandboxWork;
        eyes.forEach((eye) => eye.disconnect());
        done({...added, key: performance.now() - typed, render: work.renderMs - before.renderMs,
            renders: work.renders - before.renders});
    })()";
    let first = browser.later(send, json!([0, 40])).await;
    for from in [40, 80, 120] {
        browser.later(send, json!([from, from + 40])).await;
    }
    let last = browser.later(send, json!([160, 200])).await;
    println!("first 40 messages: {first}\nlast 40 of 200:   {last}");
    let number = |of: &Value, name: &str| of[name].as_f64().unwrap_or(f64::MAX);
    for part in ["phone", "thread"] {
        let (first, last) = (number(&first, part), number(&last, part));
        assert!(
            last <= first * 1.5 + 40.0,
            "{part}: {first} elements were made at first, {last} at last"
        );
    }
    // Loose on purpose: this machine does other things, too.
    assert!(number(&last, "key") < 500.0, "a key takes {last}");
    let each = |of: &Value| number(of, "render") / number(of, "renders").max(1.0);
    assert!(
        each(&last) < each(&first) * 4.0 + 30.0,
        "an update took {} ms, now {} ms",
        each(&first),
        each(&last)
    );
    let order = browser.texts(THREAD).await;
    let wanted: Vec<String> = (0..200).map(|at| format!("message {at}")).collect();
    assert_eq!(order, wanted);
    browser.close().await;
}

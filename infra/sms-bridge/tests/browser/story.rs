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
async fn what_cannot_be_sent_comes_back_and_the_last_text_alone_can_be_repeated() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    for (count, text) in ["one", "two"].into_iter().enumerate() {
        browser.text(text).await;
        browser
            .until(&format!(
                "document.querySelectorAll('#messages .mine').length === {}",
                count + 1
            ))
            .await;
        browser
            .until("document.querySelector('#messages .mine:last-child .link')")
            .await;
        assert_eq!(browser.texts("#messages .link").await.len(), 1);
    }
    browser.click("#messages .link").await;
    browser
        .until("document.querySelector('#messages .mine:last-child .fate').textContent.includes('webhook came 2 times')")
        .await;

    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("large.png");
    std::fs::write(&file, vec![7; 26 << 20]).unwrap();
    browser.keys("#picture", file.to_str().unwrap()).await;
    browser
        .until("document.querySelector('#pictures img')")
        .await;
    browser.text("Look").await;
    browser
        .until("document.querySelector('#toasts').textContent === 'Pictures and files may be 24 MB together'")
        .await;
    browser.until("document.querySelector('#say').value === 'Look' && document.querySelector('#pictures img')").await;
    browser.choose("#who", "grace").await;
    browser.until("document.querySelector('#say').value === '' && !document.querySelector('#pictures img')").await;
    browser.choose("#who", "ada").await;
    browser
        .until("document.querySelector('#say').value === 'Look'")
        .await;
    browser.click("#pictures button").await;
    browser.click("#send").await;
    browser.reads(THREAD, &["one", "two", "Look"]).await;
    browser.close().await;
}

#[tokio::test]
async fn what_is_kept_is_whole_after_a_restart_on_another_port() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let options = ["--data", data.to_str().unwrap()];
    let sandbox = Sandbox::with(&options);
    let browser = page(&sandbox).await;
    let picture = format!("data:image/png;base64,{PNG}");
    let texted = json!({"customer": {"id": "ada", "texts": ["Look"], "pictures": [picture]}});
    browser.act(texted).await;
    let whole = "document.querySelector('#messages .mine img')?.naturalWidth === 1 \
        && document.querySelector('#comments .file img')?.naturalWidth === 1";
    browser.until(whole).await;
    browser.at_rest().await;
    browser.close().await;
    drop(sandbox);

    let sandbox = Sandbox::with(&options);
    let browser = page(&sandbox).await;
    browser.until(whole).await;
    browser.reply("Seen", "open").await;
    browser.reads(PHONE, &["Seen"]).await;
    browser
        .until("document.querySelector('#unrecordable').textContent.includes('ticket #1 is from before the recording')")
        .await;
    browser
        .until("document.querySelector('#save').disabled && document.querySelector('#unrecordable').checkVisibility()")
        .await;
    browser.close().await;
}

#[tokio::test]
async fn the_page_counts_septets_as_the_bridge_does() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    let vectors = include_str!("../../../../shared/fixtures/sms/vectors.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let wrong = "const [vectors, done] = arguments; import('/sms.js').then(({ measure }) => {
        const size = (code) => { const { gsm, total } = measure(String.fromCodePoint(code)); return gsm ? total : 0; };
        const miscounted = vectors.counts.filter(([runs, encoding, count]) => {
            const { gsm, parts } = measure(runs.map(([unit, times]) => unit.repeat(times)).join(''));
            return gsm !== (encoding === 'GSM-7') || parts.length !== count; });
        done([...vectors.one_septet.filter((code) => size(code) !== 1), ...vectors.two_septets.filter((code) => size(code) !== 2), ...miscounted]);
    })";
    assert_eq!(browser.later(wrong, json!([vectors])).await, json!([]));
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
    browser
        .until(
            "document.querySelector('#ticket-head > .about').textContent === '#2 · Ada Lovelace · opened by an agent'",
        )
        .await;
    browser.click("#more summary").await;
    browser.click("#more .sheet button:nth-of-type(5)").await;
    browser.keys("#ask [name=tags]", "vip urgent").await;
    browser.click("#ask-yes").await;
    browser
        .until("document.querySelector('.taglist')?.textContent.includes('vip')")
        .await;
    browser.click("#more summary").await;
    browser.click("#more .sheet button:nth-of-type(6)").await;
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

/// Sends messages and waits for them; what the page did for it.
const SEND: &str = "const [from, to] = arguments; const done = arguments[2]; (async () => {
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

#[tokio::test]
async fn two_hundred_messages_do_not_slow_the_page() {
    let sandbox = Sandbox::start();
    let browser = page(&sandbox).await;
    let mut work = vec![sandbox.work()];
    let first = browser.later(SEND, json!([0, 40])).await;
    work.push(sandbox.work());
    for from in [40, 80, 120] {
        browser.later(SEND, json!([from, from + 40])).await;
    }
    work.push(sandbox.work());
    let last = browser.later(SEND, json!([160, 200])).await;
    work.push(sandbox.work());
    println!("first 40 messages: {first}\nlast 40 of 200:   {last}");
    // Not the clock: the processor's own time, which others on the machine hardly change.
    if let Some(work) = work.into_iter().collect::<Option<Vec<f64>>>() {
        let (first, last) = (work[1] - work[0], work[3] - work[2]);
        println!("the program worked {first} ticks for the first 40, {last} for the last 40");
        assert!(
            last <= first * 2.5 + 60.0,
            "the program worked {first} ticks for the first 40, {last} for the last 40 of 200"
        );
    }
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

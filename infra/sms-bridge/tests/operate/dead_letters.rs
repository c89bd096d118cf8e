//! Dead letters: listed, replayed in order, dropped by name.

use std::time::Duration;

use e2e::send::{inbound_body, reply_body};
use e2e::table::{dead_letters, items, older, pk, redelivered};
use e2e::view::{only_ticket, phone, public};
use e2e::{ANA, settled, with_ticket};
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Status};
use simulators::{Effect, Fault};

use crate::kit::{Live, fits};

#[tokio::test(flavor = "multi_thread")]
async fn ten_dead_letters_of_one_customer_arrive_in_order_and_once() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    let texts: Vec<String> = (0..10).map(|n| format!("text {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    live.refused_texts(&texts).await;
    let listed = live.well("dead-letters list").await;
    assert!(
        listed.ends_with("10 dead letters; times are UTC.\n"),
        "{listed}"
    );
    fits(&listed);
    let told = live.well("dead-letters replay --customer ana --yes").await;
    assert!(told.ends_with("10 dead letters replayed.\n"), "{told}");
    assert_eq!(told.matches("waits in its conversation again").count(), 10);
    fits(&told);
    assert!(dead_letters(&live.stack).is_empty());
    redelivered(&live.stack).await;
    let wanted = [vec!["SUPPORT"], texts].concat();
    assert_eq!(public(&only_ticket(&live.stack)), wanted);
    assert!(dead_letters(&live.stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_given_up_in_doubt_is_looked_for_before_a_replay_adds_it() {
    for (effect, text) in [(Effect::DropAfter, "there"), (Effect::Drop, "not there")] {
        let live = Live::start().await;
        let stack = &live.stack;
        with_ticket(stack).await;
        stack.zendesk.fault(Fault::once("tickets.update", effect));
        for look in ["audits.list", "comments.list"] {
            stack
                .zendesk
                .fault(Fault::always(look, Effect::status(422)));
        }
        stack.braze.customer_texts(ANA, text, &[]).await;
        // What got no answer is looked for a minute later; a refused look is repeated for ten.
        older(stack, "customer#ana", Duration::from_secs(11 * 60));
        redelivered(stack).await;
        assert_eq!(dead_letters(stack).len(), 1);
        stack.zendesk.clear_faults();
        let notes = only_ticket(stack).comments;
        let told = notes.iter().find(|comment| !comment.public);
        let told = &told.expect("a note").plain_body;
        assert!(told.contains("may be missing"), "{told}");
        live.well("dead-letters replay --customer ana --yes").await;
        redelivered(stack).await;
        assert_eq!(public(&only_ticket(stack)), ["SUPPORT", text]);
        assert!(dead_letters(stack).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_named_in_any_order_are_replayed_in_the_order_received() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["one", "two", "three"]).await;
    let mut ids = live.ids().await;
    ids.reverse();
    ids.push(ids[0].clone());
    let results = live
        .json(&format!("dead-letters replay {}", ids.join(" ")))
        .await;
    assert_eq!(results.as_array().unwrap().len(), 3);
    for result in results.as_array().unwrap() {
        assert_eq!(result["replayed"], true);
        assert_eq!(result["conversation"], "customer#ana");
    }
    redelivered(&live.stack).await;
    let shown = public(&only_ticket(&live.stack));
    assert_eq!(shown, ["SUPPORT", "one", "two", "three"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_stay_keeps_later_ones_of_its_conversation_from_overtaking() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["one", "two"]).await;
    let first = format!("dead#{}", live.ids().await[0]);
    live.stack
        .dynamo
        .edit(&first, &json!({"content": {"S": "{\"at\":1,"}}))
        .unwrap();
    let letters = dead_letters(&live.stack);
    // It cannot be read any more, so that it counts by when it was buried: still the first.
    assert_eq!(letters.len(), 2);
    let said = live.run("dead-letters replay --all --yes").await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.out.contains("stays: its event cannot be read"),
        "{said:?}"
    );
    assert_eq!(said.err, "sms-bridge: 2 of 2 dead letters stayed\n");
    assert!(
        said.tells("stays: an earlier letter of this conversation could not be replayed"),
        "{said:?}"
    );
    assert_eq!(dead_letters(&live.stack), letters);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_posted_to_the_stack_signed_with_the_secrets_values() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    live.stack
        .secrets
        .set_key("zendesk_reply_signing_secret", "rotated");
    let comment = live
        .stack
        .zendesk
        .agent_comments(ticket, Comment::note("x"))
        .unwrap();
    let reply = reply_body(
        ticket,
        ANA,
        comment + 1000,
        "An answer that was not understood",
    );
    bury(&live, "1", "zendesk-reply", &reply.to_string());
    let text = inbound_body(ANA, "A text that was not understood", "dispatch-1");
    bury(&live, "2", "braze-inbound", &text.to_string());
    bury(&live, "3", "braze-inbound", "still no JSON");
    let said = live.run("dead-letters replay --all --yes --json").await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(said.err, "sms-bridge: 1 of 3 dead letters stayed\n");
    let results: Value = serde_json::from_str(&said.out).unwrap();
    let outcome = |at: usize| results[at]["outcome"].as_str().unwrap().to_owned();
    assert_eq!(outcome(0), "delivered");
    assert_eq!(outcome(1), "delivered");
    assert_eq!(outcome(2), "the bridge still cannot understand it");
    assert_eq!(
        phone(&live.stack, ANA),
        ["An answer that was not understood"]
    );
    let shown = public(&only_ticket(&live.stack));
    assert_eq!(shown, ["SUPPORT", "A text that was not understood"]);
    let left: Vec<_> = dead_letters(&live.stack);
    assert!(left.iter().any(|letter| pk(letter) == "dead#3"));
    assert!(
        left.iter()
            .all(|letter| !["dead#1", "dead#2"].contains(&pk(letter)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_still_cannot_be_understood_keeps_its_time_and_is_counted_once() {
    let live = Live::start().await;
    for (minute, body) in ["first", "second"].into_iter().enumerate() {
        let answer = e2e::send::inbound(&live.stack, body).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        let letters = dead_letters(&live.stack);
        let new = letters.iter().find(|letter| letter["content"]["S"] == body);
        let at = 1_780_000_000_000 + 60_000 * minute;
        let changes = json!({"buried_at": {"N": at.to_string()}});
        live.stack.dynamo.edit(pk(new.unwrap()), &changes).unwrap();
    }
    let listed = live.well("dead-letters list").await;
    let first = live.ids().await[0].clone();
    assert_eq!(counted(&live), 2);
    for _ in 0..2 {
        let said = live.run(&format!("dead-letters replay {first}")).await;
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(
            said.tells("stays: the bridge still cannot understand it"),
            "{said:?}"
        );
        assert_eq!(live.well("dead-letters list").await, listed);
    }
    assert_eq!(counted(&live), 2);
    let begun = |letter: &Value| letter.get("replayed_at").is_some();
    assert!(!dead_letters(&live.stack).iter().any(begun));
}

/// Dead letters as the metric counts them.
fn counted(live: &Live) -> u64 {
    let lines = live.stack.logs.all();
    let told = lines
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(&line.text).ok());
    told.filter_map(|line| line["DeadLetters"].as_u64()).sum()
}

fn bury(live: &Live, id: &str, source: &str, content: &str) {
    let letter = json!({"pk": {"S": format!("dead#{id}")}, "source": {"S": source},
        "cause": {"S": "text is missing"}, "content": {"S": content},
        "buried_at": {"N": format!("178000000000{id}")}});
    live.stack.dynamo.put(&letter).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_removes_what_was_named_and_nothing_else() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["one", "two", "three"]).await;
    let ids = live.ids().await;
    let before = items(&live.stack).len();
    let said = live.run(&format!("dead-letters drop {}", ids[1])).await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(
        said.err
            .ends_with("sms-bridge: there is no terminal to ask on: give --yes\n"),
        "{said:?}"
    );
    assert_eq!(items(&live.stack).len(), before);
    let said = live
        .run(&format!("dead-letters drop {} nothing --yes", ids[1]))
        .await;
    said.refuses("there is no dead letter nothing: `sms-bridge dead-letters list` shows them");
    assert_eq!(items(&live.stack).len(), before);
    live.well(&format!("dead-letters drop {} --yes", ids[1]))
        .await;
    assert_eq!(items(&live.stack).len(), before - 1);
    assert_eq!(live.ids().await, [ids[0].clone(), ids[2].clone()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_chosen_by_customer_and_by_cause() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["one"]).await;
    bury(
        &live,
        "9",
        "braze-inbound",
        r#"{"external_user_id":"bob","message":7}"#,
    );
    let count = async |arguments: &str| {
        let listed = live.json(&format!("dead-letters list {arguments}")).await;
        listed.as_array().unwrap().len()
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count("--customer ana").await, 1);
    assert_eq!(count("--customer bob").await, 1);
    assert_eq!(count("--customer b").await, 0);
    assert_eq!(count("--cause 422").await, 1);
    assert_eq!(count("--cause missing --customer ana").await, 0);
    let said = live.run("dead-letters replay").await;
    assert_eq!(said.code, Some(2));
    for choice in ["<IDS", "--all", "--customer <USER>", "--cause <TEXT>"] {
        assert!(said.err.contains(choice), "{said:?}");
    }
    let said = live.run("dead-letters replay 9 --all").await;
    assert_eq!(said.code, Some(2));
    let said = live.run("dead-letters replay --all").await;
    said.refuses("there is no terminal to ask on: give --yes");
}

/// A ticket solved while Braze refuses the closing message.
async fn with_refused_closing_message(live: &Live) -> u64 {
    let ticket = with_ticket(&live.stack).await;
    let refused = Fault::always("campaigns.trigger.send", Effect::status(400));
    live.stack.braze.fault(refused);
    let solved = live.stack.zendesk.set_status(ticket, Status::Solved);
    solved.unwrap();
    settled(&live.stack).await;
    live.stack.braze.clear_faults();
    assert_eq!(live.ids().await.len(), 1);
    ticket
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_closing_message_reaches_the_customer() {
    let live = Live::start().await;
    with_refused_closing_message(&live).await;
    live.well("dead-letters replay --all --yes").await;
    redelivered(&live.stack).await;
    assert_eq!(phone(&live.stack, ANA), ["Your ticket has been closed"]);
    assert!(dead_letters(&live.stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_closing_message_is_not_sent_where_the_ticket_is_open_again() {
    let live = Live::start().await;
    let ticket = with_refused_closing_message(&live).await;
    let reopened = live.stack.zendesk.set_status(ticket, Status::Open);
    reopened.unwrap();
    settled(&live.stack).await;
    live.well("dead-letters replay --all --yes").await;
    redelivered(&live.stack).await;
    assert_eq!(phone(&live.stack, ANA), [""; 0]);
    assert!(dead_letters(&live.stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_cause_is_listed_on_lines_of_80_columns() {
    let live = Live::start().await;
    let mut body = inbound_body(ANA, "text", "dispatch-1");
    body["kind"] = json!("nonsense");
    let answer = e2e::send::inbound(&live.stack, body.to_string()).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let listed = live.well("dead-letters list").await;
    let words: Vec<&str> = listed.split_whitespace().collect();
    let cause = "kind is not one of message, opted_out, opted_in and help";
    assert!(words.join(" ").contains(cause), "{listed}");
    fits(&listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_is_shown_in_words_and_as_stored_for_scripts() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["one\ntwo"]).await;
    let id = live.ids().await.remove(0);
    let shown = live.well(&format!("dead-letters show {id} --text")).await;
    assert!(shown.contains("\ntext:\n  one\n  two\n"), "{shown}");
    assert!(shown.contains("\nname: Ana Silva\n"), "{shown}");
    assert!(!shown.contains("  at: "), "{shown}");
    assert!(!shown.contains("  p: "), "{shown}");
    let stored = live.json(&format!("dead-letters show {id} --text")).await;
    assert_eq!(stored["content"]["text"], "one\ntwo");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_filled_secret_and_a_refused_signature_are_told_by_the_settings_name() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    let text = inbound_body(ANA, "text", "dispatch-1").to_string();
    bury(&live, "1", "braze-inbound", &text);
    live.stack.secrets.set_key("braze_inbound_token", "");
    let said = live.run("dead-letters replay 1").await;
    said.refuses(
        "the secret braze-zendesk/credentials lacks braze_inbound_token: `sms-bridge setup secret` \
         asks for it",
    );
    assert_eq!(dead_letters(&live.stack).len(), 1);
    live.stack.secrets.set("this is no JSON".to_owned());
    let said = live.run("dead-letters replay 1").await;
    said.refuses(
        "the secret braze-zendesk/credentials is no JSON object: `sms-bridge setup secret` writes one",
    );
    assert_eq!(public(&only_ticket(&live.stack)), ["SUPPORT"]);
}

#[cfg(target_os = "linux")]
/// The same command on a terminal of 80 columns, with what a person types.
async fn on_a_terminal(live: &Live, arguments: &str, typed: &str) -> crate::kit::Said {
    let bridge = live.command(arguments);
    let words = std::iter::once(bridge.get_program()).chain(bridge.get_args());
    let words: Vec<_> = words.map(|word| word.to_str().unwrap()).collect();
    let line = format!("stty cols 80; {}", words.join(" "));
    let mut command = std::process::Command::new("script");
    command
        .args(["-qec", &line, "/dev/null"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm")
        .envs(
            bridge
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .current_dir(std::env::temp_dir())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), typed.as_bytes()).unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    crate::kit::said(&output.await.unwrap())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_asked_and_only_yes_removes() {
    let live = Live::start().await;
    with_ticket(&live.stack).await;
    live.refused_texts(&["one", "two"]).await;
    let ids = live.ids().await;
    let drop = format!("dead-letters drop {}", ids[0]);
    let said = on_a_terminal(&live, &drop, "no\n").await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.out
            .contains("Remove 1 dead letter for good? Type yes: "),
        "{said:?}"
    );
    let told = "sms-bridge: the answer was not yes, so nothing was changed";
    assert!(said.out.contains(told), "{said:?}");
    assert_eq!(live.ids().await, ids);
    let said = on_a_terminal(&live, &drop, "yes\n").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(live.ids().await, ids[1..]);
    println!("{}", said.out);
    // Progress shows on a terminal, and nowhere else.
    let said = on_a_terminal(&live, "dead-letters replay --all", "y\n").await;
    println!("{}", said.out.replace('\x1b', "ESC"));
    assert!(
        said.out.contains("replayed") && said.out.contains("0/1"),
        "{said:?}"
    );
}

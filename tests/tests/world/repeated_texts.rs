//! No text is lost because its dispatch id, or its words, were seen before.

use e2e::case;
use e2e::send::{inbound, inbound_body};
use e2e::view::{only_ticket, public};
use e2e::{ANA, settled, stack};
use serde_json::{Value, json};
use shared::message::{Parsed, braze_inbound};

/// The texts on Ana's only ticket after these bodies.
async fn on_the_ticket(bodies: &[Value]) -> Vec<String> {
    let stack = stack().await;
    for body in bodies {
        inbound(&stack, body.to_string()).await;
    }
    settled(&stack).await;
    public(&only_ticket(&stack))
}

#[test]
fn two_texts_under_one_dispatch_id_both_arrive() {
    case!(async {
        let bodies = [
            inbound_body(ANA, "The box is broken", "same"),
            inbound_body(ANA, "It is box 7", "same"),
        ];
        assert_eq!(
            on_the_ticket(&bodies).await,
            ["The box is broken", "It is box 7"]
        );
    });
}

#[test]
fn two_pictures_under_one_dispatch_id_both_arrive() {
    case!(async {
        let mut bodies = [inbound_body(ANA, "", "same"), inbound_body(ANA, "", "same")];
        bodies[0]["media_urls"] = json!("http://x.example/1.jpg");
        bodies[1]["media_urls"] = json!("http://x.example/2.jpg");
        assert_eq!(on_the_ticket(&bodies).await.len(), 2);
    });
}

#[test]
fn many_texts_under_one_dispatch_id_all_arrive() {
    case!(async {
        let texts = ["one", "two", "three", "two more"];
        let bodies = texts.map(|text| inbound_body(ANA, text, "user-campaign"));
        assert_eq!(on_the_ticket(&bodies).await, texts);
    });
}

#[test]
fn a_text_that_braze_repeats_arrives_once() {
    case!(async {
        let body = inbound_body(ANA, "The box is broken", "same");
        assert_eq!(
            on_the_ticket(&[body.clone(), body]).await,
            ["The box is broken"]
        );
    });
}

/// Whether a body that comes this much later, in milliseconds, is taken for the one that came first.
fn is_a_repetition(body: &Value, later: i64) -> bool {
    // The beginning of a stretch of two minutes.
    let begin = 120_000 * 15_000_000;
    let read = |at| match braze_inbound(body.to_string().as_bytes(), None, at) {
        Parsed::Event(event) => event,
        other => panic!("{other:?}"),
    };
    let (first, second) = (read(begin), read(begin + later));
    let known = |alias: &shared::message::Alias| match alias {
        shared::message::Alias::Refused(id) => *id == first.event.delivery,
        _ => false,
    };
    second.event.delivery == first.event.delivery || second.aliases.iter().any(known)
}

/// The guide's first inbound body.
fn guide(text: &str) -> Value {
    json!({"ticket": {"subject": "Action Needed", "comment": {"body": text},
        "requester": {"name": "First Last", "user_fields": {"braze_external_id": ANA}},
        "priority": "normal", "type": "problem"}})
}

#[test]
fn a_word_that_is_said_again_minutes_later_is_another_text_though_nothing_identifies_it() {
    case!(async {
        for body in [
            inbound_body(ANA, "ok", ""),
            inbound_body(ANA, "Hello?", "{{campaign.${dispatch_id}}}"),
            guide("yes"),
        ] {
            assert!(!is_a_repetition(&body, 150_000), "{body}");
            assert!(!is_a_repetition(&body, 239_000), "{body}");
        }
    });
}

#[test]
fn a_body_without_identification_that_comes_again_at_once_is_a_repetition() {
    case!(async {
        for body in [inbound_body(ANA, "ok", ""), guide("yes")] {
            assert!(is_a_repetition(&body, 5_000), "{body}");
        }
    });
}

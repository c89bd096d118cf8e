//! A file that is not there yet is asked for again, while its text stands on the ticket already.

use std::time::Duration;

use bytes::Bytes;
use e2e::case;
use e2e::table::redelivered;
use e2e::view::{only_ticket, public};
use e2e::{ANA, settled, stack_with};
use local::Stack;
use simulators::{Effect, Fault};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest of it";

/// A text whose picture's host does this first; what stands on the ticket at once is checked.
async fn texted(faults: impl IntoIterator<Item = Effect>) -> Stack {
    let stack = stack_with(|options| options.pictures = true).await;
    let host = stack.pictures.as_ref().expect("a host");
    let link = host
        .add("image/png", Bytes::from_static(PNG))
        .expect("kept");
    for effect in faults {
        host.faults().add(Fault::once("GET", effect));
    }
    stack.braze.customer_texts(ANA, "Look", &[link]).await;
    settled(&stack).await;
    let words = public(&only_ticket(&stack));
    assert!(words[0].starts_with("Look"), "{words:?}");
    stack
}

/// In the end the picture is on the only ticket, once.
async fn is_attached_in_the_end(effects: impl IntoIterator<Item = Effect>) {
    let stack = texted(effects).await;
    redelivered(&stack).await;
    settled(&stack).await;
    let ticket = only_ticket(&stack);
    let files: usize = ticket
        .comments
        .iter()
        .map(|comment| comment.attachments.len())
        .sum();
    assert_eq!(files, 1, "{:?}", public(&ticket));
}

#[test]
fn a_picture_that_is_there_a_moment_later_is_attached() {
    case!(async { is_attached_in_the_end([Effect::status(404)]).await });
}

#[test]
fn a_picture_that_is_forbidden_twice_is_attached() {
    case!(async { is_attached_in_the_end([Effect::status(403), Effect::status(403)]).await });
}

#[test]
fn a_picture_whose_host_is_busy_is_attached() {
    case!(async {
        for status in [503, 429, 425, 500] {
            is_attached_in_the_end([Effect::status(status)]).await;
        }
    });
}

#[test]
fn a_picture_whose_host_hangs_up_is_attached() {
    case!(async { is_attached_in_the_end([Effect::Drop]).await });
}

#[test]
fn a_picture_that_takes_too_long_at_first_is_attached() {
    case!(async { is_attached_in_the_end([Effect::Hang]).await });
}

#[test]
fn a_picture_that_never_comes_is_named_with_its_link_and_asked_for_no_more() {
    case!(async {
        let stack = texted((0..200).map(|_| Effect::status(404))).await;
        for _ in 0..3 {
            stack
                .pass(Duration::from_secs(20 * 60))
                .await
                .expect("time passes");
            redelivered(&stack).await;
        }
        settled(&stack).await;
        let asked = stack.pictures.as_ref().expect("a host").asked();
        stack
            .pass(Duration::from_secs(60 * 60))
            .await
            .expect("time passes");
        redelivered(&stack).await;
        assert_eq!(stack.pictures.as_ref().expect("a host").asked(), asked);
        let words = public(&only_ticket(&stack)).join("\n");
        assert!(words.contains("https://127.0.0.1"), "{words}");
    });
}

#[test]
fn of_two_pictures_each_is_attached_when_it_comes() {
    case!(async {
        let stack = stack_with(|options| options.pictures = true).await;
        let host = stack.pictures.as_ref().expect("a host");
        let links: Vec<String> = ["a", "b"]
            .iter()
            .map(|name| {
                let content = [PNG, name.as_bytes()].concat();
                host.add("image/png", Bytes::from(content)).expect("kept")
            })
            .collect();
        // Both are missing at first, then one.
        host.faults()
            .add(Fault::always("GET", Effect::status(404)).times(3));
        stack.braze.customer_texts(ANA, "Look", &links).await;
        settled(&stack).await;
        redelivered(&stack).await;
        settled(&stack).await;
        let ticket = only_ticket(&stack);
        let files = ticket
            .comments
            .iter()
            .map(|comment| comment.attachments.len());
        assert_eq!(files.sum::<usize>(), 2, "{:?}", public(&ticket));
    });
}

#[test]
fn an_answer_and_a_further_text_do_not_wait_for_a_picture() {
    case!(async {
        let stack = texted((0..200).map(|_| Effect::status(404))).await;
        let id = only_ticket(&stack).id;
        e2e::answered(&stack, id, "Which one?").await;
        assert_eq!(e2e::view::phone(&stack, ANA), ["Which one?"]);
        let text = e2e::send::text(&stack, ANA, "The blue one").await;
        assert_eq!(text.outcome(), "delivered", "{text:?}");
    });
}

#[test]
fn what_no_time_mends_is_not_asked_for_again() {
    case!(async {
        let stack = texted([Effect::status(410)]).await;
        let asked = stack.pictures.as_ref().expect("a host").asked();
        assert_eq!(redelivered(&stack).await, 0);
        assert_eq!(stack.pictures.as_ref().expect("a host").asked(), asked);
    });
}

#[test]
fn a_picture_that_comes_late_reopens_nothing_and_is_the_customers_own() {
    case!(async {
        let stack = texted([Effect::status(404)]).await;
        let id = only_ticket(&stack).id;
        stack
            .zendesk
            .set_status(id, simulators::zendesk::Status::Solved)
            .expect("solved");
        settled(&stack).await;
        redelivered(&stack).await;
        let ticket = only_ticket(&stack);
        assert_eq!(ticket.status, simulators::zendesk::Status::Solved);
        let (first, last) = (ticket.comments.first(), ticket.comments.last());
        let late = ticket
            .comments
            .iter()
            .find(|comment| !comment.attachments.is_empty());
        let author = late.expect("attached").author.clone();
        assert_eq!(
            Some(author),
            first.map(|comment| comment.author.clone()),
            "{last:?}"
        );
    });
}

#[test]
fn an_item_made_due_by_hand_goes_with_the_next_run() {
    case!(async {
        let stack = texted([Effect::status(404)]).await;
        let waits = e2e::table::waiting(&stack);
        let pk = e2e::table::pk(&waits[0]).to_owned();
        let due = serde_json::json!({"due_at": {"N": "1"}});
        stack.dynamo.edit(&pk, &due).expect("edited");
        stack.redeliver().await.expect("runs");
        settled(&stack).await;
        assert_eq!(e2e::table::waiting(&stack).len(), 0);
    });
}

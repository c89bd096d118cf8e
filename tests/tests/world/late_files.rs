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

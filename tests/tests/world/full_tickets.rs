//! A ticket at Zendesk's limit of comments: the conversation goes on on a new one that names it.

use e2e::case;
use e2e::send;
use e2e::table::{dead_letters, redelivered, waiting};
use e2e::view::{notes, phone, public};
use e2e::{ANA, answered, settled, stack_with};
use local::Stack;

use crate::crowd::tickets_of;

/// Ana's ticket has as many comments as it takes.
async fn full() -> (Stack, u64) {
    let stack = stack_with(|options| options.zendesk.limits.comments_per_ticket = 3).await;
    let id = e2e::with_ticket(&stack).await;
    for text in ["two", "three"] {
        send::text(&stack, ANA, text).await;
    }
    settled(&stack).await;
    (stack, id)
}

#[test]
fn a_text_for_a_full_ticket_opens_a_new_one_that_names_it() {
    case!(async {
        let (stack, full) = full().await;
        let answer = send::text(&stack, ANA, "four").await;
        settled(&stack).await;
        redelivered(&stack).await;
        assert_eq!(answer.outcome(), "delivered", "{answer:?}");
        let tickets = tickets_of(&stack, ANA);
        assert_eq!(tickets.len(), 2);
        let new = tickets.iter().find(|ticket| ticket.id != full);
        let new = new.expect("a second ticket");
        assert_eq!(public(new), ["four"]);
        let told = notes(new);
        assert!(
            told.iter().any(|note| note.contains(&format!("#{full}"))),
            "{told:?}"
        );
        assert_eq!(dead_letters(&stack).len() + waiting(&stack).len(), 0);
    });
}

#[test]
fn the_conversation_goes_on_on_the_new_ticket() {
    case!(async {
        let (stack, full) = full().await;
        let new = send::text(&stack, ANA, "four").await.ticket();
        settled(&stack).await;
        assert_ne!(new, full);
        answered(&stack, new, "Please restart it.").await;
        assert_eq!(phone(&stack, ANA), ["Please restart it."]);
        assert_eq!(tickets_of(&stack, ANA).len(), 2);
    });
}

//! What becomes of a text, depending on the state its ticket is in.

use e2e::send;
use e2e::table::{dead_letters, waiting};
use e2e::view::{Mark, notes, only_ticket, phone, public, ticket};
use e2e::{ANA, answered, set, settled, stack, stack_with, with_ticket};
use local::Stack;
use serde_json::json;
use simulators::braze::User;
use simulators::zendesk::Status;

const CLOSING: &str = "Your ticket has been closed";

async fn solve(stack: &Stack, ticket: u64) {
    let solved = stack.zendesk.set_status(ticket, Status::Solved);
    assert!(solved.is_ok(), "{solved:?}");
    settled(stack).await;
}

/// A text that must be delivered; the ticket it is on.
async fn texted(stack: &Stack, text: &str) -> u64 {
    let answer = send::text(stack, ANA, text).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    settled(stack).await;
    answer.ticket()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_ticket_gets_a_follow_up_however_zendesk_refuses_the_text() {
    for key in ["status", "base", "ticket", "fields"] {
        let stack = stack_with(|options| {
            options.zendesk.variants.closed_key = key.to_owned();
        })
        .await;
        let first = with_ticket(&stack).await;
        stack.zendesk.close(first).expect("closed");
        let second = texted(&stack, "It is back").await;
        let follow_up = ticket(&stack, second);
        assert_eq!(follow_up.via_followup_source_id, Some(first), "{key}");
        assert_eq!(public(&follow_up), ["It is back"]);
        assert_eq!(follow_up.tags, ["braze_sms"]);
        let user = stack.braze.user(ANA).expect("known");
        assert_eq!(user.attributes["zendesk_ticket"], json!(second.to_string()));
        assert_eq!(texted(&stack, "more").await, second);
        assert_eq!(public(&ticket(&stack, second)), ["It is back", "more"]);
        assert_eq!(stack.zendesk.tickets().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_closed_some_days_after_its_solve_gets_a_follow_up_too() {
    let stack = stack().await;
    let first = with_ticket(&stack).await;
    solve(&stack, first).await;
    stack.zendesk.close(first).expect("closed");
    let second = texted(&stack, "It is back").await;
    let follow_up = ticket(&stack, second);
    assert_eq!(follow_up.via_followup_source_id, Some(first));
    answered(&stack, second, "Again?").await;
    assert_eq!(phone(&stack, ANA), [CLOSING, "Again?"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_ticket_gets_a_successor() {
    let stack = stack().await;
    let first = with_ticket(&stack).await;
    stack.zendesk.delete(first).expect("deleted");
    let second = texted(&stack, "Hello again").await;
    assert_ne!(second, first);
    assert_eq!(public(&only_ticket(&stack)), ["Hello again"]);
    assert_eq!(only_ticket(&stack).via_followup_source_id, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_tickets_texts_go_on_where_it_was_merged_into() {
    let stack = stack().await;
    let source = with_ticket(&stack).await;
    stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Held);
    let target = stack.zendesk.agent_opens_ticket(ANA, "Same", "By mail");
    stack.zendesk.merge(source, target).expect("merged");
    for held in stack.zendesk.held_webhooks() {
        stack.zendesk.discard(held.id).expect("held");
    }
    stack
        .zendesk
        .webhook_delivery(simulators::zendesk::Mode::Immediate);
    assert_eq!(texted(&stack, "Where are we?").await, target);
    assert_eq!(texted(&stack, "Hello?").await, target);
    assert_eq!(
        public(&ticket(&stack, target))[1..],
        ["Where are we?", "Hello?"]
    );
    assert_eq!(stack.zendesk.tickets().len(), 2);
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket"], json!(target.to_string()));
    answered(&stack, target, "Here.").await;
    assert_eq!(phone(&stack, ANA), ["Here."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_and_held_tickets_open_and_a_new_one_stays_new() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    texted(&stack, "still new").await;
    assert_eq!(ticket(&stack, id).status, Status::New);
    for status in [Status::Pending, Status::Hold, Status::Open] {
        stack.zendesk.set_status(id, status).expect("set");
        texted(&stack, "here I am").await;
        assert_eq!(ticket(&stack, id).status, Status::Open, "{status:?}");
    }
    assert_eq!(public(&only_ticket(&stack)).len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_past_the_window_opens_another_ticket() {
    let stack = stack_with(|options| set(options, "REOPEN_WINDOW_DAYS", "0")).await;
    let first = with_ticket(&stack).await;
    solve(&stack, first).await;
    let second = texted(&stack, "Something else").await;
    assert_ne!(second, first);
    assert_eq!(ticket(&stack, first).status, Status::Solved);
    assert_eq!(public(&ticket(&stack, second)), ["Something else"]);
    assert_eq!(texted(&stack, "and more").await, second);
}

#[tokio::test(flavor = "multi_thread")]
async fn thanks_soon_after_the_solve_are_kept_and_reopen_nothing() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    solve(&stack, id).await;
    for thanks in ["Thanks!", "merci", "👍"] {
        assert_eq!(texted(&stack, thanks).await, id);
        assert_eq!(ticket(&stack, id).status, Status::Solved, "{thanks}");
    }
    assert_eq!(
        public(&only_ticket(&stack))[1..],
        ["Thanks!", "merci", "👍"]
    );
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(false));
    texted(&stack, "Thanks, but it is dead again").await;
    assert_eq!(ticket(&stack, id).status, Status::Open);
    assert_eq!(phone(&stack, ANA), [CLOSING]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_keyword_only_a_support_request_opens_a_ticket() {
    let stack = stack_with(|options| set(options, "OPEN_ON", "keyword")).await;
    let mark = Mark::now(&stack);
    let stranger = send::text(&stack, ANA, "great shoes").await;
    assert_eq!((stranger.status, stranger.outcome()), (200, "ignored"));
    assert!(stranger.body["reason"].is_string());
    assert_eq!(mark.since(&stack), (vec![], vec![]));
    assert!(stack.zendesk.tickets().is_empty());
    assert!(waiting(&stack).is_empty());

    let id = texted(&stack, "SUPPORT").await;
    assert_eq!(texted(&stack, "great shoes, but torn").await, id);
    solve(&stack, id).await;
    assert_eq!(texted(&stack, "they are torn again").await, id);
    assert_eq!(only_ticket(&stack).status, Status::Open);
    stack.zendesk.close(id).expect("closed");
    let follow_up = texted(&stack, "still torn").await;
    assert_eq!(ticket(&stack, follow_up).via_followup_source_id, Some(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_opt_out_nothing_is_sent_and_the_agent_is_told() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let stop = send::text(&stack, ANA, "STOP").await;
    assert_eq!(stop.status, 200, "{stop:?}");
    settled(&stack).await;
    let told = ticket(&stack, id);
    assert_eq!(notes(&told).len(), 1, "{:?}", notes(&told));
    assert!(told.tags.len() > 1, "{:?}", told.tags);

    let mark = Mark::now(&stack);
    answered(&stack, id, "Hello?").await;
    assert!(
        !mark
            .since(&stack)
            .1
            .contains(&"campaigns.trigger.send".to_owned())
    );
    assert_eq!(notes(&ticket(&stack, id)).len(), 2);
    solve(&stack, id).await;
    assert!(phone(&stack, ANA).is_empty());
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(false));

    send::text(&stack, ANA, "START").await;
    settled(&stack).await;
    let back = simulators::zendesk::Comment::public("Welcome back").status(Status::Open);
    e2e::agent(&stack, id, back).await;
    assert_eq!(phone(&stack, ANA), ["Welcome back"]);
    assert!(dead_letters(&stack).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_keywords_alone_open_no_ticket() {
    let stack = stack().await;
    for word in ["STOP", "START", "HELP"] {
        let answer = send::text(&stack, ANA, word).await;
        assert_eq!(answer.status, 200, "{word}: {answer:?}");
    }
    settled(&stack).await;
    assert!(stack.zendesk.tickets().is_empty());
    assert!(phone(&stack, ANA).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_number_zendesk_refuses_costs_the_number_and_not_the_text() {
    let stack = stack_with(|options| {
        options.zendesk.variants.phone_must_be_unique = true;
        options.zendesk.variants.phone_must_be_e164 = true;
    })
    .await;
    with_ticket(&stack).await;
    let customers = [("twin", e2e::ANA_PHONE), ("short", "12345")];
    for (id, phone) in customers {
        stack.braze.add_user(User::new(id, "Other", id, phone));
        let answer = send::text(&stack, id, "Hello").await;
        assert_eq!(answer.outcome(), "delivered", "{id}: {answer:?}");
        let users = stack.zendesk.users();
        let mut hers = users
            .iter()
            .filter(|u| u.external_id.as_deref() == Some(id));
        assert_eq!(hers.next().expect("a user").phone, None);
        assert_eq!(public(&ticket(&stack, answer.ticket())), ["Hello"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_full_of_comments_gets_a_successor() {
    let stack = stack_with(|options| options.zendesk.limits.comments_per_ticket = 3).await;
    let first = with_ticket(&stack).await;
    for text in ["two", "three"] {
        assert_eq!(texted(&stack, text).await, first);
    }
    let answer = send::text(&stack, ANA, "four").await;
    settled(&stack).await;
    let kept = public(&ticket(&stack, first)).contains(&"four".to_owned())
        || stack.zendesk.tickets().len() == 2
        || !dead_letters(&stack).is_empty();
    assert!(kept && (200..300).contains(&answer.status), "{answer:?}");
}

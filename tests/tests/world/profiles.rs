//! Two Zendesk profiles of one person are merged: the old one is gone, its tickets are the new one's,
//! and no trigger fires. The conversation goes on.

use std::time::Duration;

use e2e::case;
use e2e::send;
use e2e::view::{phone, public, ticket};
use e2e::{ANA, agent, answered, settled, stack, stack_with, with_ticket};
use local::{Options, Stack};
use simulators::zendesk::{Comment, MergedUser, Person, Status};
use simulators::{Effect, Fault};

use crate::crowd::CLOSING;

/// Ana's ticket by SMS, after her profile was merged into this one.
async fn merged_into(winner: Person, change: impl FnOnce(&mut Options)) -> (Stack, u64) {
    let stack = stack_with(change).await;
    let id = with_ticket(&stack).await;
    let loser = stack.zendesk.user_named("Ana Silva").expect("known").id;
    let winner = stack.zendesk.add_user(winner);
    stack.zendesk.merge_users(loser, winner).expect("merged");
    settled(&stack).await;
    (stack, id)
}

/// Merged into her profile by e-mail, which has no Braze id.
async fn merged() -> (Stack, u64) {
    merged_into(by_mail(), |_| {}).await
}

fn by_mail() -> Person {
    Person::customer("Ana (mail)").email("ana@x.example")
}

#[test]
fn an_answer_goes_out_at_once_after_two_profiles_were_merged() {
    case!(async {
        let (stack, id) = merged().await;
        answered(&stack, id, "Now that you are one person, hello.").await;
        assert_eq!(phone(&stack, ANA), ["Now that you are one person, hello."]);
    });
}

#[test]
fn an_answer_goes_out_whatever_zendesk_says_of_the_user_who_is_gone() {
    case!(async {
        for says in [MergedUser::NotFound, MergedUser::Inactive] {
            let change = |options: &mut Options| options.zendesk.variants.merged_user = says;
            let (stack, id) = merged_into(by_mail(), change).await;
            answered(&stack, id, "Hello").await;
            assert_eq!(phone(&stack, ANA), ["Hello"], "{says:?}");
        }
    });
}

#[test]
fn a_solve_is_reported_to_the_customer_after_two_profiles_were_merged() {
    case!(async {
        let (stack, id) = merged().await;
        agent(&stack, id, Comment::public("Done.").status(Status::Solved)).await;
        assert_eq!(phone(&stack, ANA), ["Done.", CLOSING]);
    });
}

#[test]
fn a_request_to_send_again_is_served_after_two_profiles_were_merged() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        stack
            .braze
            .fault(Fault::once("campaigns.trigger.send", Effect::Drop));
        answered(&stack, id, "Please restart it.").await;
        let loser = stack.zendesk.user_named("Ana Silva").expect("known").id;
        let winner = stack.zendesk.add_user(by_mail());
        stack.zendesk.merge_users(loser, winner).expect("merged");
        stack.zendesk.add_tags(id, &["sms_resend"]).expect("tagged");
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Please restart it."]);
    });
}

#[test]
fn a_text_goes_on_the_same_ticket_after_two_profiles_were_merged() {
    case!(async {
        let (stack, id) = merged().await;
        let answer = send::text(&stack, ANA, "Is anyone there?").await;
        settled(&stack).await;
        assert_eq!(answer.ticket(), id, "{answer:?}");
        let now = ticket(&stack, id);
        assert_eq!(public(&now), ["SUPPORT", "Is anyone there?"]);
        let last = now.comments.last().expect("a comment");
        assert_eq!(
            last.author.id, now.requester.id,
            "written as somebody who is gone"
        );
        assert_eq!(stack.zendesk.tickets().len(), 1);
    });
}

#[test]
fn a_profile_with_the_same_braze_id_takes_the_conversation_over() {
    case!(async {
        let winner = by_mail().field("braze_external_id", ANA);
        let (stack, id) = merged_into(winner, |_| {}).await;
        answered(&stack, id, "Hello").await;
        let text = send::text(&stack, ANA, "Hello, too. When?").await;
        assert_eq!(text.ticket(), id);
        assert_eq!(phone(&stack, ANA), ["Hello"]);
    });
}

#[test]
fn a_profile_of_another_braze_customer_ends_the_conversation() {
    case!(async {
        let winner = Person::customer("Bob").field("braze_external_id", "bob");
        let (stack, id) = merged_into(winner, |_| {}).await;
        answered(&stack, id, "Bob, your PIN is 1234").await;
        for _ in 0..3 {
            stack
                .pass(Duration::from_secs(31 * 60))
                .await
                .expect("time passes");
            stack.redeliver().await.expect("redelivery runs");
        }
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

#[test]
fn an_external_id_of_another_system_on_the_new_profile_is_no_braze_id() {
    case!(async {
        let winner = by_mail().external_id("shop-991");
        let (stack, id) = merged_into(winner, |_| {}).await;
        answered(&stack, id, "Hello Ana").await;
        assert_eq!(phone(&stack, ANA), ["Hello Ana"]);
        assert_eq!(phone(&stack, "shop-991"), [""; 0]);
    });
}

#[test]
fn an_agent_who_empties_the_field_does_not_cut_the_customer_off() {
    case!(async {
        let stack = stack().await;
        let id = with_ticket(&stack).await;
        let ana = stack.zendesk.user_named("Ana Silva").expect("known").id;
        stack
            .zendesk
            .set_user_field(ana, "braze_external_id", None)
            .expect("emptied");
        stack
            .zendesk
            .set_user_external_id(ana, None)
            .expect("emptied");
        answered(&stack, id, "Hello Ana").await;
        agent(&stack, id, Comment::public("Done.").status(Status::Solved)).await;
        assert_eq!(phone(&stack, ANA), ["Hello Ana", "Done.", CLOSING]);
    });
}

#[test]
fn two_customers_whose_profiles_were_merged_are_not_texted_each_others_answers() {
    case!(async {
        let stack = stack().await;
        stack.braze.add_user(simulators::braze::User::new(
            "max",
            "Max",
            "Muster",
            "+15550100002",
        ));
        let anas = with_ticket(&stack).await;
        let maxs = send::text(&stack, "max", "SUPPORT").await.ticket();
        settled(&stack).await;
        let ana = stack.zendesk.user_named("Ana Silva").expect("known").id;
        let max = stack.zendesk.user_named("Max Muster").expect("known").id;
        stack.zendesk.merge_users(ana, max).expect("merged");
        answered(&stack, maxs, "Max, your PIN is 1234").await;
        answered(&stack, anas, "Max, and this too").await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
        assert_eq!(
            phone(&stack, "max"),
            ["Max, your PIN is 1234", "Max, and this too"]
        );
    });
}

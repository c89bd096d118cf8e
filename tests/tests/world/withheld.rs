//! Where Braze exports no events, it is asked once a day for each customer whether it sent an answer: the agent reads
//! once what was withheld.

use std::time::Duration;

use e2e::send;
use e2e::table::{items, pk, waiting};
use e2e::view::{braze_calls, notes, ticket};
use e2e::{ANA, answered, case, set, settled, stack_with, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::braze::Condition;
use simulators::{Effect, Fault};

const NUMBER: &str = "+15550100042";

async fn asking() -> Stack {
    stack_with(|options| set(options, "CHECK_WITHHELD", "on")).await
}

/// Lets time pass, and what is due happen.
async fn later(stack: &Stack, minutes: u64) {
    let by = Duration::from_secs(minutes * 60);
    stack.pass(by).await.expect("time passes");
    stack.redeliver().await.expect("a run");
    settled(stack).await;
}

fn noted(stack: &Stack, id: u64) -> Vec<String> {
    notes(&ticket(stack, id))
}

fn is_failed(stack: &Stack, id: u64) -> bool {
    ticket(stack, id).tags.iter().any(|tag| tag == "sms_failed")
}

fn asked(stack: &Stack) -> usize {
    let calls = braze_calls(stack);
    calls.iter().filter(|call| call.contains("export")).count()
}

#[test]
fn what_braze_withholds_is_noted_once_with_the_reasons() {
    case!(async {
        for (condition, why) in [
            (Condition::ControlGroup, "is in a control group"),
            (Condition::Capped, "Possible reasons"),
            (Condition::SuppressionList, "Possible reasons"),
            (Condition::Unsubscribed, "Possible reasons"),
        ] {
            let stack = asking().await;
            let id = with_ticket(&stack).await;
            stack.braze.set_condition(ANA, condition);
            answered(&stack, id, &"Please restart the box. ".repeat(160)).await;
            later(&stack, 9).await;
            assert_eq!(
                (noted(&stack, id).len(), asked(&stack)),
                (0, 0),
                "{condition:?}"
            );
            later(&stack, 2).await;
            for _ in 0..3 {
                later(&stack, 20).await;
            }
            let noted = noted(&stack, id);
            assert_eq!(
                (noted.len(), asked(&stack)),
                (1, 1),
                "{condition:?}: {noted:?}"
            );
            assert!(noted[0].contains("Braze withheld this SMS"), "{noted:?}");
            assert!(noted[0].contains(why) && is_failed(&stack, id), "{noted:?}");
            assert_eq!(waiting(&stack), [] as [Value; 0]);
        }
    });
}

#[test]
fn a_customer_whom_braze_does_not_know_is_the_reason() {
    case!(async {
        let stack = asking().await;
        let id = with_ticket(&stack).await;
        let unknown = Effect::Respond {
            status: 201,
            headers: vec![("content-type".into(), "application/json".into())],
            body: json!({"message": "success", "users": [], "invalid_user_ids": [ANA]}).to_string(),
        };
        stack.braze.fault(Fault::once("users.export.ids", unknown));
        answered(&stack, id, "Please restart it.").await;
        later(&stack, 11).await;
        let noted = noted(&stack, id);
        assert_eq!(noted.len(), 1, "{noted:?}");
        assert!(
            noted[0].contains("does not know this customer"),
            "{noted:?}"
        );
        assert!(is_failed(&stack, id));
    });
}

#[test]
fn an_answer_that_was_sent_is_asked_about_once_a_day_and_noted_never() {
    case!(async {
        let stack = asking().await;
        let id = with_ticket(&stack).await;
        for hour in 0..3 {
            answered(&stack, id, &format!("Answer {hour}")).await;
            later(&stack, 60).await;
        }
        assert_eq!((noted(&stack, id).len(), asked(&stack)), (0, 1));
        // Withheld within the day: nobody knows, and no one is told.
        stack.braze.set_condition(ANA, Condition::Capped);
        answered(&stack, id, "The fourth").await;
        later(&stack, 60).await;
        assert_eq!((noted(&stack, id).len(), asked(&stack)), (0, 1));
        later(&stack, 24 * 60).await;
        answered(&stack, id, "The next day").await;
        later(&stack, 11).await;
        assert_eq!((noted(&stack, id).len(), asked(&stack)), (1, 2));
    });
}

#[test]
fn closing_and_automatic_messages_are_not_asked_about() {
    case!(async {
        let stack = asking().await;
        let id = with_ticket(&stack).await;
        stack.braze.set_condition(ANA, Condition::Capped);
        let solved = simulators::zendesk::Status::Solved;
        stack.zendesk.set_status(id, solved).expect("solved");
        settled(&stack).await;
        later(&stack, 30).await;
        assert_eq!((noted(&stack, id).len(), asked(&stack)), (0, 0));
        assert_eq!(waiting(&stack), [] as [Value; 0]);
    });
}

#[test]
fn an_anonymous_customer_is_asked_about_by_their_alias() {
    case!(async {
        let stack = asking().await;
        send::text(&stack, NUMBER, "START").await;
        let id = send::text(&stack, NUMBER, "Is it on its way?")
            .await
            .ticket();
        settled(&stack).await;
        let before = noted(&stack, id).len();
        answered(&stack, id, "It is.").await;
        later(&stack, 11).await;
        assert_eq!((noted(&stack, id).len(), asked(&stack)), (before, 1));
        later(&stack, 25 * 60).await;
        stack.braze.set_condition(NUMBER, Condition::ControlGroup);
        answered(&stack, id, "Today.").await;
        later(&stack, 11).await;
        assert_eq!((noted(&stack, id).len(), asked(&stack)), (before + 1, 2));
    });
}

#[test]
fn a_key_that_may_not_ask_is_refused_once_a_day_and_keeps_nothing_back() {
    case!(async {
        let stack = asking().await;
        stack
            .braze
            .set_permissions(Some(&["campaigns.trigger.send", "users.track"]));
        let id = with_ticket(&stack).await;
        stack.braze.set_condition(ANA, Condition::Capped);
        for number in 0..3 {
            answered(&stack, id, &format!("Answer {number}")).await;
            later(&stack, 11).await;
        }
        assert_eq!((noted(&stack, id).len(), asked(&stack)), (0, 1));
        assert_eq!(waiting(&stack), [] as [Value; 0]);
    });
}

#[test]
fn braze_that_does_not_answer_is_asked_again_and_odd_answers_say_nothing() {
    case!(async {
        let odd = |body: Value| Effect::Respond {
            status: 201,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.to_string(),
        };
        for (effect, notes) in [
            (Effect::status(503), 1),
            (Effect::html_502(), 1),
            (odd(json!({"message": "success"})), 1),
            // What has no time that can be read may be this answer.
            (
                odd(json!({"users": [{"campaigns_received": [
                    {"api_campaign_id": "reply-campaign", "last_received": "yesterday"}]}]})),
                0,
            ),
        ] {
            let stack = asking().await;
            let id = with_ticket(&stack).await;
            stack.braze.set_condition(ANA, Condition::Capped);
            stack
                .braze
                .fault(Fault::once("users.export.ids", effect.clone()));
            answered(&stack, id, "Please restart it.").await;
            later(&stack, 11).await;
            assert_eq!(noted(&stack, id), [""; 0], "{effect:?}");
            later(&stack, 3).await;
            assert_eq!(noted(&stack, id).len(), notes, "{effect:?}");
        }
    });
}

#[test]
fn with_exported_events_braze_is_not_asked() {
    case!(async {
        let stack = stack_with(|options| {
            set(options, "CHECK_WITHHELD", "on");
            let token = (
                "braze_events_token".to_owned(),
                json!("events-token-of-the-tests"),
            );
            options.secret.extend([token]);
        })
        .await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Please restart it.").await;
        later(&stack, 11).await;
        assert_eq!(asked(&stack), 0);
        assert_eq!(noted(&stack, id).len(), 1, "no event came");
    });
}

#[test]
fn what_is_kept_expires_and_names_no_number_and_no_text() {
    case!(async {
        let stack = asking().await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "A secret answer").await;
        let mut all = items(&stack);
        all.retain(|item| pk(item).starts_with("sent#"));
        assert_eq!(all.len(), 1);
        let kept = all[0].to_string();
        assert!(
            !kept.contains("secret answer") && !kept.contains("+1555"),
            "{kept}"
        );
        assert!(all[0]["expires_at"]["N"].is_string());
    });
}

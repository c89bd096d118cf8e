//! Braze's event export (Currents) tells what became of each SMS: the agent reads what did not arrive, once, and
//! nothing else changes.

use std::time::Duration;

use e2e::send::{self, Answer, post};
use e2e::table::{items, pk, waiting};
use e2e::view::{notes, phone, public, ticket};
use e2e::{ANA, ANA_PHONE, PATIENCE, answered, case, set, settled, stack_with, with_ticket};
use local::{Options, Stack};
use serde_json::{Value, json};
use simulators::braze::{
    Campaign, Condition, CurrentsVariants, SMS_GROUP, Subscription, WorkspaceState,
};
use simulators::zendesk::Status;

const TOKEN: &str = "events-token-of-the-tests";
const ROUTE: &str = "/braze/events";
const FAILED: &str = "sms_failed";

/// A stack to which Braze exports its events.
async fn exporting() -> Stack {
    exporting_with(|_| {}).await
}

async fn exporting_with(change: impl FnOnce(&mut Options)) -> Stack {
    let stack = stack_with(|options| {
        let token = ("braze_events_token".to_owned(), json!(TOKEN));
        options.secret.extend([token]);
        change(options);
    })
    .await;
    let url = format!("{}{ROUTE}", stack.front_url());
    stack.braze.set_currents(&url, TOKEN);
    stack
}

/// Waits until every event was told and all that follows is done.
async fn told(stack: &Stack) {
    let all = |state: &WorkspaceState| state.currents.waiting() == 0;
    assert!(stack.braze.wait_until(PATIENCE, all).await);
    settled(stack).await;
}

/// Lets time pass, and what is due happen.
async fn later(stack: &Stack, minutes: u64) {
    let by = Duration::from_secs(minutes * 60);
    stack.pass(by).await.expect("time passes");
    stack.redeliver().await.expect("a run");
    told(stack).await;
}

/// Braze, or somebody in its place, posts events.
async fn export(stack: &Stack, events: Value) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    let body = json!({ "events": events }).to_string();
    let answer = post(stack, ROUTE, &[("authorization", &bearer)], body).await;
    settled(stack).await;
    answer
}

fn event(id: &str, kind: &str, properties: Value) -> Value {
    json!({"event_type": format!("users.messages.sms.{kind}"), "id": id,
        "time": send::now_ms() / 1_000, "user": {"external_user_id": ANA, "user_id": "b-1"},
        "properties": properties})
}

/// A failure of a message in the campaign of replies.
fn failure(id: &str, dispatch: &str, code: &str) -> Value {
    let properties = json!({"campaign_id": "reply-campaign", "dispatch_id": dispatch,
        "error": "Some words", "provider_error_code": code});
    event(id, "DeliveryFailure", properties)
}

fn noted(stack: &Stack, id: u64) -> Vec<String> {
    notes(&ticket(stack, id))
}

fn is_tagged(stack: &Stack, id: u64, tag: &str) -> bool {
    ticket(stack, id).tags.iter().any(|known| known == tag)
}

/// What is watched of customers.
fn watched(stack: &Stack) -> usize {
    let all = items(stack);
    all.iter()
        .filter(|item| pk(item).starts_with("sent#"))
        .count()
}

/// The texts of customers on a ticket, without the one that opened it.
fn texts(stack: &Stack, id: u64) -> Vec<String> {
    public(&ticket(stack, id)).split_off(1)
}

#[test]
fn the_route_is_off_until_the_secret_has_a_token_for_it() {
    case!(async {
        let stack = stack_with(|_| {}).await;
        for token in [TOKEN, "inbound-token", ""] {
            let bearer = format!("Bearer {token}");
            let answer = post(&stack, ROUTE, &[("authorization", &bearer)], "{}").await;
            assert_eq!(answer.status, 401);
        }
        assert_eq!(post(&stack, ROUTE, &[], "{}").await.status, 401);
        assert_eq!(items(&stack), [] as [Value; 0]);
    });
}

#[test]
fn nothing_is_remembered_of_a_message_while_braze_exports_nothing() {
    case!(async {
        let stack = stack_with(|_| {}).await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Hello").await;
        assert_eq!((watched(&stack), waiting(&stack).len()), (0, 0));
    });
}

#[test]
fn a_wrong_token_is_refused_and_the_one_before_is_not() {
    case!(async {
        let stack = exporting_with(|options| {
            let before = (
                "braze_events_token_previous".to_owned(),
                json!("the-one-before"),
            );
            options.secret.extend([before]);
            set(options, "SIGNATURE_MODE", "observe");
        })
        .await;
        for (token, status) in [("wrong", 401), ("the-one-before", 200), (TOKEN, 200)] {
            let bearer = format!("Bearer {token}");
            let answer = post(&stack, ROUTE, &[("authorization", &bearer)], "{}").await;
            assert_eq!(answer.status, status, "{token}");
        }
        let bearer = ("authorization", "Bearer inbound-token");
        assert_eq!(post(&stack, ROUTE, &[bearer], "{}").await.status, 401);
    });
}

#[test]
fn nothing_in_a_body_is_answered_with_a_refusal_and_nothing_is_kept() {
    case!(async {
        let stack = exporting().await;
        let bearer = format!("Bearer {TOKEN}");
        let unknown = json!({"events": [event("1", "Teleported", json!({})), {"id": 3}, null,
            {"event_type": "users.messages.sms.Delivery"}]});
        let bodies = [
            "",
            "no json",
            "[1]",
            "null",
            "{}",
            r#"{"events":"x"}"#,
            "\u{1}{",
        ];
        for body in bodies
            .map(str::to_owned)
            .into_iter()
            .chain([unknown.to_string()])
        {
            let answer = post(&stack, ROUTE, &[("authorization", &bearer)], body).await;
            assert_eq!((answer.status, answer.outcome()), (200, "ignored"));
        }
        let foreign = json!([
            event(
                "2",
                "Send",
                json!({"campaign_id": "spring", "dispatch_id": "d"})
            ),
            event(
                "3",
                "DeliveryFailure",
                json!({"campaign_id": "spring", "dispatch_id": "d"})
            )
        ]);
        assert_eq!(export(&stack, foreign).await.status, 200);
        assert_eq!(items(&stack), [] as [Value; 0]);
    });
}

#[test]
fn a_body_of_up_to_four_megabytes_is_taken() {
    case!(async {
        let stack = exporting().await;
        let bearer = format!("Bearer {TOKEN}");
        for (size, status) in [(300_000, 200), (4_000_000, 200), (4_300_000, 413)] {
            let body = json!({"events": [], "x": "x".repeat(size)}).to_string();
            let answer = post(&stack, ROUTE, &[("authorization", &bearer)], body).await;
            assert_eq!(answer.status, status, "{size}");
        }
    });
}

#[test]
fn a_message_that_fails_makes_one_note_with_the_code_and_a_tag() {
    case!(async {
        for (condition, code) in [
            (Condition::Unreachable, "30003"),
            (Condition::Blocked, "30004"),
            (Condition::UnknownNumber, "30005"),
            (Condition::Landline, "30006"),
            (Condition::Filtered, "30007"),
            (Condition::Failing, "30008"),
        ] {
            let stack = exporting().await;
            let id = with_ticket(&stack).await;
            stack.braze.set_condition(ANA, condition);
            answered(&stack, id, "Please restart it.").await;
            told(&stack).await;
            later(&stack, 30).await;
            let noted = noted(&stack, id);
            assert_eq!(noted.len(), 1, "{noted:?}");
            assert!(noted[0].contains(code), "{noted:?}");
            assert!(is_tagged(&stack, id, FAILED));
            assert_eq!(stack.braze.sends().len(), 1, "nothing is sent again");
        }
    });
}

#[test]
fn events_that_come_twice_reversed_or_with_ids_of_their_own_make_one_note() {
    case!(async {
        let variants = [
            CurrentsVariants {
                twice: true,
                ..CurrentsVariants::default()
            },
            CurrentsVariants {
                reversed: true,
                twice: true,
                ..CurrentsVariants::default()
            },
            CurrentsVariants {
                own_dispatch_ids: true,
                reversed: true,
                ..CurrentsVariants::default()
            },
            CurrentsVariants {
                rcs: true,
                ..CurrentsVariants::default()
            },
        ];
        for currents in variants {
            let stack = exporting().await;
            let id = with_ticket(&stack).await;
            stack.braze.set_condition(ANA, Condition::Unreachable);
            stack
                .braze
                .vary(|variants| variants.currents = currents.clone());
            answered(&stack, id, "Please restart it.").await;
            told(&stack).await;
            later(&stack, 30).await;
            assert_eq!(
                noted(&stack, id).len(),
                1,
                "{currents:?}: {:?}",
                noted(&stack, id)
            );
        }
    });
}

#[test]
fn a_failure_that_is_told_days_later_and_again_makes_one_note() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Please restart it.").await;
        told(&stack).await;
        stack.braze.vary(|variants| variants.currents.lost = vec![]);
        answered(&stack, id, "And now?").await;
        let dispatch = stack.braze.sends()[1].dispatch_id.clone();
        let lost = json!([failure("late", &dispatch, "30003")]);
        later(&stack, 3 * 24 * 60).await;
        for _ in 0..2 {
            // It was delivered: what comes later is not believed.
            assert_eq!(export(&stack, lost.clone()).await.status, 200);
        }
        assert_eq!(noted(&stack, id), [""; 0]);
    });
}

#[test]
fn a_failure_that_nothing_preceded_makes_one_note_however_late() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        stack.braze.remove_currents();
        answered(&stack, id, "Please restart it.").await;
        let dispatch = stack.braze.sends()[0].dispatch_id.clone();
        for (number, minutes) in [5, 3 * 24 * 60, 60].into_iter().enumerate() {
            stack
                .pass(Duration::from_secs(minutes * 60))
                .await
                .expect("time passes");
            let event = failure(&number.to_string(), &dispatch, "31337");
            export(&stack, json!([event, event])).await;
        }
        let noted = noted(&stack, id);
        assert_eq!(noted.len(), 1, "{noted:?}");
        assert!(
            noted[0].contains("31337") && noted[0].contains("Some words"),
            "{noted:?}"
        );
    });
}

#[test]
fn an_aborted_message_makes_one_note_that_says_why() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        stack.braze.add_campaign(Campaign {
            template: "{% abort_message('not now') %}".to_owned(),
            ..Campaign::new("reply-campaign", "Agent's reply")
        });
        answered(&stack, id, "Please restart it.").await;
        told(&stack).await;
        later(&stack, 30).await;
        let noted = noted(&stack, id);
        assert_eq!(noted.len(), 1, "{noted:?}");
        assert!(
            noted[0].contains("not now") && noted[0].contains("liquid_abort_message"),
            "{noted:?}"
        );
        assert!(is_tagged(&stack, id, FAILED));
    });
}

#[test]
fn a_closing_message_that_fails_is_noted_as_well() {
    case!(async {
        for own_ids in [false, true] {
            let stack = exporting().await;
            let id = with_ticket(&stack).await;
            stack.braze.set_condition(ANA, Condition::Unreachable);
            stack
                .braze
                .vary(|variants| variants.currents.own_dispatch_ids = own_ids);
            stack
                .zendesk
                .set_status(id, Status::Solved)
                .expect("solved");
            told(&stack).await;
            later(&stack, 11).await;
            assert_eq!(noted(&stack, id).len(), 1, "{:?}", noted(&stack, id));
            assert_eq!(
                ticket(&stack, id).status,
                Status::Solved,
                "a note reopens nothing"
            );
        }
    });
}

#[test]
fn parts_of_a_long_answer_are_told_apart() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        stack.braze.remove_currents();
        answered(&stack, id, &"Please restart the box. ".repeat(160)).await;
        let dispatches: Vec<String> = stack
            .braze
            .sends()
            .iter()
            .map(|send| send.dispatch_id.clone())
            .collect();
        assert!(dispatches.len() > 2, "{}", dispatches.len());
        export(&stack, json!([failure("2", &dispatches[1], "30003")])).await;
        let parts = dispatches.len();
        let first = noted(&stack, id);
        assert_eq!(first.len(), 1, "{first:?}");
        assert!(first[0].contains(&format!("2 of {parts}")), "{first:?}");
        let of =
            json!({"bridge": ticket(&stack, id).comments[1].id.to_string(), "bridge_part": "3"});
        let mut named = failure("3", "another-id", "30003");
        named["properties"]["message_extras"] = json!(of.to_string());
        export(&stack, json!([named])).await;
        let both = noted(&stack, id);
        assert_eq!(both.len(), 2, "{both:?}");
        assert!(both[1].contains(&format!("3 of {parts}")), "{both:?}");
    });
}

#[test]
fn a_delivery_closes_the_matter_and_leaves_the_conversation_alone() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "Please restart it.").await;
        told(&stack).await;
        let conversation = || {
            let mut all = items(&stack);
            all.retain(|item| pk(item).starts_with("customer#"));
            all
        };
        let before = conversation();
        let dispatch = stack.braze.sends()[0].dispatch_id.clone();
        let of = json!({"campaign_id": "reply-campaign", "dispatch_id": dispatch});
        export(
            &stack,
            json!([event("a", "Delivery", of.clone()), event("b", "Send", of)]),
        )
        .await;
        assert_eq!(conversation(), before);
        assert_eq!(waiting(&stack), [] as [Value; 0]);
        later(&stack, 30).await;
        assert_eq!(noted(&stack, id), [""; 0]);
        assert!(!is_tagged(&stack, id, FAILED));
        assert_eq!(phone(&stack, ANA), ["Please restart it."]);
    });
}

#[test]
fn a_subscription_that_ends_in_braze_reaches_the_conversation_and_so_does_a_new_one() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        stack
            .braze
            .set_subscription(ANA, SMS_GROUP, Subscription::Unsubscribed);
        told(&stack).await;
        assert_eq!(noted(&stack, id).len(), 1, "{:?}", noted(&stack, id));
        assert!(is_tagged(&stack, id, "sms_opted_out"));
        answered(&stack, id, "Are you there?").await;
        assert_eq!(stack.braze.sends().len(), 0);
        stack
            .pass(Duration::from_secs(60))
            .await
            .expect("time passes");
        stack
            .braze
            .set_subscription(ANA, SMS_GROUP, Subscription::Subscribed);
        told(&stack).await;
        assert!(!is_tagged(&stack, id, "sms_opted_out"));
        answered(&stack, id, "Welcome back").await;
        assert_eq!(phone(&stack, ANA), ["Welcome back"]);
    });
}

#[test]
fn a_keyword_that_both_ways_tell_of_is_noted_once() {
    case!(async {
        for reversed in [false, true] {
            let stack = exporting().await;
            stack
                .braze
                .vary(|variants| variants.currents.reversed = reversed);
            let id = with_ticket(&stack).await;
            told(&stack).await;
            send::text(&stack, ANA, "STOP").await;
            told(&stack).await;
            assert_eq!(noted(&stack, id).len(), 1, "{:?}", noted(&stack, id));
            assert!(is_tagged(&stack, id, "sms_opted_out"));
            stack
                .pass(Duration::from_secs(60))
                .await
                .expect("time passes");
            send::text(&stack, ANA, "START").await;
            told(&stack).await;
            later(&stack, 5).await;
            assert_eq!(noted(&stack, id).len(), 2, "{:?}", noted(&stack, id));
            assert!(!is_tagged(&stack, id, "sms_opted_out"));
        }
    });
}

#[test]
fn an_older_subscription_change_that_comes_late_undoes_nothing() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        let change = |id: &str, to: &str, ago: i64| {
            json!({"event_type": "users.behaviors.subscriptiongroup.StateChange", "id": id,
                "time": send::now_ms() / 1_000 - ago, "user": {"external_user_id": ANA},
                "properties": {"subscription_status": to, "channel": "sms",
                    "subscription_group_id": SMS_GROUP, "state_change_source": "Dashboard"}})
        };
        let (older, newer) = (
            change("1", "Unsubscribed", 90),
            change("2", "Subscribed", 30),
        );
        export(&stack, json!([newer, older, older, newer])).await;
        assert_eq!(noted(&stack, id), [""; 0]);
        answered(&stack, id, "Hello").await;
        assert_eq!(phone(&stack, ANA), ["Hello"]);
        let mut nobody = change("3", "Unsubscribed", 0);
        nobody["user"]["external_user_id"] = json!("who-never-texted");
        let before = items(&stack).len();
        export(&stack, json!([nobody])).await;
        assert_eq!(items(&stack).len(), before);
        let mut elsewhere = change("4", "Unsubscribed", 0);
        elsewhere["properties"]["channel"] = json!("email");
        export(&stack, json!([elsewhere])).await;
        assert_eq!(noted(&stack, id), [""; 0]);
    });
}

#[test]
fn a_text_whose_webhook_never_comes_is_on_the_ticket_after_two_minutes() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        told(&stack).await;
        stack.braze.remove_campaign("inbound-other");
        stack
            .braze
            .customer_texts(ANA, "It does not blink", &[])
            .await;
        told(&stack).await;
        stack.redeliver().await.expect("a run");
        assert_eq!(
            texts(&stack, id),
            [""; 0],
            "the webhook has its two minutes"
        );
        later(&stack, 3).await;
        assert_eq!(texts(&stack, id), ["It does not blink"]);
        later(&stack, 3).await;
        let body = send::inbound_body(ANA, "It does not blink", "late").to_string();
        let webhook = send::inbound(&stack, body.clone()).await;
        assert_eq!((webhook.status, webhook.outcome()), (200, "duplicate"));
        assert_eq!(send::inbound(&stack, body).await.outcome(), "duplicate");
        let again = send::inbound_body(ANA, "It does not blink", "new").to_string();
        assert_eq!(send::inbound(&stack, again).await.outcome(), "delivered");
        assert_eq!(
            texts(&stack, id).len(),
            2,
            "the same words again are another text"
        );
        assert_eq!(
            ticket(&stack, id).comments[1].author,
            ticket(&stack, id).requester
        );
    });
}

#[test]
fn a_first_text_whose_webhook_never_comes_opens_a_ticket() {
    case!(async {
        let stack = exporting().await;
        stack.braze.remove_campaign("inbound-other");
        stack.braze.customer_texts(ANA, "Hello?", &[]).await;
        told(&stack).await;
        later(&stack, 3).await;
        let tickets = stack.zendesk.tickets();
        assert_eq!(tickets.len(), 1);
        assert_eq!(public(&tickets[0]), ["Hello?"]);
    });
}

#[test]
fn texts_that_webhooks_bring_are_there_once() {
    case!(async {
        let variants = [
            CurrentsVariants::default(),
            CurrentsVariants {
                twice: true,
                reversed: true,
                ..CurrentsVariants::default()
            },
            CurrentsVariants {
                delay_seconds: 3 * 24 * 60 * 60,
                ..CurrentsVariants::default()
            },
        ];
        for currents in variants {
            let stack = exporting().await;
            stack.braze.vary(|variants| variants.currents = currents);
            let id = with_ticket(&stack).await;
            for words in ["Yes", "Yes", " two  lines\nof it ", "HELP"] {
                send::text(&stack, ANA, words).await;
            }
            let before = texts(&stack, id);
            for minutes in [3, 3 * 24 * 60, 3] {
                let by = Duration::from_secs(minutes * 60);
                stack.pass(by).await.expect("time passes");
                settled(&stack).await;
                stack.redeliver().await.expect("a run");
                settled(&stack).await;
            }
            told(&stack).await;
            assert_eq!(texts(&stack, id), before);
            assert_eq!(before.len(), 4, "{before:?}");
        }
    });
}

#[test]
fn what_braze_withholds_is_noted_once_after_ten_minutes() {
    case!(async {
        for condition in [
            Condition::Capped,
            Condition::ControlGroup,
            Condition::SuppressionList,
            Condition::Deactivated,
        ] {
            let stack = exporting().await;
            let id = with_ticket(&stack).await;
            stack.braze.set_condition(ANA, condition);
            answered(&stack, id, &"Please restart the box. ".repeat(160)).await;
            told(&stack).await;
            later(&stack, 9).await;
            assert_eq!(noted(&stack, id), [""; 0]);
            later(&stack, 2).await;
            for _ in 0..3 {
                later(&stack, 20).await;
            }
            let noted = noted(&stack, id);
            assert_eq!(noted.len(), 1, "{noted:?}");
            assert!(noted[0].contains("Braze withheld this SMS"), "{noted:?}");
            assert_eq!(waiting(&stack), [] as [Value; 0]);
        }
    });
}

#[test]
fn a_message_that_waits_for_the_morning_is_put_right_when_it_is_sent() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        stack
            .braze
            .vary(|variants| variants.currents.delay_seconds = 60 * 60);
        answered(&stack, id, "Please restart it.").await;
        settled(&stack).await;
        let by = Duration::from_secs(11 * 60);
        stack.pass(by).await.expect("time passes");
        stack.redeliver().await.expect("a run");
        settled(&stack).await;
        assert_eq!(noted(&stack, id).len(), 1);
        later(&stack, 60).await;
        let noted = noted(&stack, id);
        assert_eq!(noted.len(), 2, "{noted:?}");
        assert!(noted[1].contains("after all"), "{noted:?}");
    });
}

#[test]
fn the_items_name_no_number_and_no_text_of_a_message() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        answered(&stack, id, "A secret answer").await;
        told(&stack).await;
        let mut all = items(&stack);
        all.retain(|item| pk(item).starts_with("sent#"));
        assert_eq!(all.len(), 1);
        let kept = all[0].to_string();
        assert!(
            !kept.contains("secret answer") && !kept.contains(ANA_PHONE),
            "{kept}"
        );
        assert!(all[0]["expires_at"]["N"].is_string());
    });
}

/// An anonymous profile with a ticket; Braze exports its events without an external id.
async fn anonymous_with_ticket(stack: &Stack) -> u64 {
    send::text(stack, NUMBER, "START").await;
    let answer = send::text(stack, NUMBER, "Is my order on its way?").await;
    told(stack).await;
    answer.ticket()
}

const NUMBER: &str = "+15550100042";

/// Braze's own id of a profile.
fn braze_id(stack: &Stack, who: &str) -> String {
    stack.braze.user(who).expect("a profile").braze_id
}

#[test]
fn what_became_of_an_anonymous_customers_messages_is_told() {
    case!(async {
        for (condition, word) in [
            (Condition::Unreachable, "30003"),
            (Condition::Blocked, "30004"),
            (Condition::ControlGroup, "withheld"),
        ] {
            let stack = exporting().await;
            let id = anonymous_with_ticket(&stack).await;
            let before = noted(&stack, id).len();
            answered(&stack, id, "It is.").await;
            told(&stack).await;
            later(&stack, 30).await;
            assert_eq!(noted(&stack, id).len(), before, "{:?}", noted(&stack, id));
            stack.braze.set_condition(NUMBER, condition);
            answered(&stack, id, "Today.").await;
            told(&stack).await;
            later(&stack, 30).await;
            let noted = noted(&stack, id);
            assert_eq!(noted.len(), before + 1, "{noted:?}");
            assert!(noted[before].contains(word), "{noted:?}");
            assert!(is_tagged(&stack, id, FAILED));
        }
    });
}

#[test]
fn an_anonymous_customers_lost_webhook_and_subscription_are_known_by_the_export() {
    case!(async {
        let stack = exporting().await;
        let id = anonymous_with_ticket(&stack).await;
        let user = braze_id(&stack, NUMBER);
        let text = json!({"message_body": "Hello?", "media_urls": [], "action": "None",
            "user_phone_number": NUMBER});
        let mut lost = event("lost", "InboundReceive", text);
        lost["user"] = json!({"user_id": user});
        for _ in 0..2 {
            assert_eq!(export(&stack, json!([lost])).await.status, 200);
        }
        later(&stack, 3).await;
        assert_eq!(texts(&stack, id), ["Hello?"]);
        let all = stack.zendesk.tickets();
        assert_eq!(all.len(), 1);
        stack
            .braze
            .set_subscription(NUMBER, SMS_GROUP, Subscription::Unsubscribed);
        told(&stack).await;
        assert!(is_tagged(&stack, id, "sms_opted_out"));
        let sends = stack.braze.sends().len();
        answered(&stack, id, "It is.").await;
        assert_eq!(stack.braze.sends().len(), sends);
        // Somebody else's profile of the same number changes nothing.
        let mut other = json!({"event_type": "users.behaviors.subscriptiongroup.StateChange",
            "id": "other", "time": send::now_ms() / 1_000, "user": {"user_id": "another-profile"},
            "properties": {"subscription_group_id": SMS_GROUP, "channel": "sms",
                "subscription_status": "Subscribed", "phone_number": NUMBER}});
        export(&stack, json!([other.clone()])).await;
        assert!(is_tagged(&stack, id, "sms_opted_out"));
        other["user"] = json!({"user_id": user});
        other["id"] = json!("own");
        export(&stack, json!([other])).await;
        assert!(!is_tagged(&stack, id, "sms_opted_out"));
    });
}

#[test]
fn what_is_watched_goes_over_with_the_conversation() {
    case!(async {
        let stack = exporting().await;
        let id = anonymous_with_ticket(&stack).await;
        stack.braze.remove_currents();
        answered(&stack, id, "It is.").await;
        let dispatch = stack.braze.sends()[0].dispatch_id.clone();
        let user = braze_id(&stack, NUMBER);
        // Braze now knows the profile by an external id, and its next text says so.
        let mut text = send::inbound_body("carla", "And when?", "d-2");
        text["phone"] = json!(NUMBER);
        text["braze_id"] = json!(user);
        text["zendesk_ticket_open"] = json!("true");
        send::inbound(&stack, text.to_string()).await;
        settled(&stack).await;
        assert_eq!(texts(&stack, id), ["It is.", "And when?"]);
        let watched: Vec<String> = items(&stack)
            .iter()
            .map(|item| pk(item).to_owned())
            .filter(|pk| pk.starts_with("sent"))
            .collect();
        assert!(watched.contains(&"sent#carla".to_owned()), "{watched:?}");
        let mut late = failure("late", &dispatch, "30003");
        late["user"] = json!({"user_id": user, "external_user_id": "carla"});
        export(&stack, json!([late])).await;
        // The same, rendered before: the profile's item says where its conversation is.
        let mut before = failure("before", &dispatch, "30003");
        before["user"] = json!({"user_id": user});
        export(&stack, json!([before])).await;
        let noted = noted(&stack, id);
        let told = noted.iter().filter(|note| note.contains("30003"));
        assert_eq!(told.count(), 1, "{noted:?}");
        later(&stack, 30).await;
        assert!(
            !notes(&ticket(&stack, id))
                .iter()
                .any(|note| note.contains("withheld"))
        );
    });
}

/// The sum of a metric over all lines of all functions.
fn metric(stack: &Stack, name: &str) -> u64 {
    let lines = stack.logs.all().into_iter();
    let json = lines.filter_map(|line| serde_json::from_str::<Value>(&line.text).ok());
    json.filter(|line| line["_aws"].is_object())
        .filter_map(|line| line[name].as_u64())
        .sum()
}

#[test]
fn what_became_of_messages_is_counted_once_and_a_customer_once_a_day() {
    case!(async {
        let stack = exporting().await;
        let id = with_ticket(&stack).await;
        stack.braze.vary(|variants| variants.currents.twice = true);
        answered(&stack, id, "One").await;
        told(&stack).await;
        for (condition, text) in [
            (Condition::Unreachable, "Two"),
            (Condition::Blocked, "Three"),
            (Condition::ControlGroup, "Four"),
        ] {
            stack.braze.set_condition(ANA, condition);
            answered(&stack, id, text).await;
            told(&stack).await;
        }
        later(&stack, 11).await;
        for (name, count) in [
            ("SmsSent", 4),
            ("SmsDelivered", 1),
            ("SmsFailed", 2),
            ("SmsWithheld", 1),
            ("Unreached", 1),
        ] {
            assert_eq!(metric(&stack, name), count, "{name}");
        }
        assert!(metric(&stack, "ExportedEvents") > 0);
        stack.braze.set_condition(ANA, Condition::Unreachable);
        later(&stack, 25 * 60).await;
        answered(&stack, id, "Five").await;
        told(&stack).await;
        assert_eq!(metric(&stack, "Unreached"), 2);
    });
}

#[test]
fn other_campaigns_events_are_no_sign_of_the_export() {
    case!(async {
        let stack = exporting().await;
        let of = json!({"campaign_id": "spring", "dispatch_id": "d"});
        export(&stack, json!([event("1", "Send", of)])).await;
        assert_eq!(metric(&stack, "ExportedEvents"), 0);
    });
}

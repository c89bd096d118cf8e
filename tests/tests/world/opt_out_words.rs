//! A wish to get no more SMS, in other words than the carrier's keyword.

use std::time::Duration;

use e2e::case;
use e2e::table::{dead_letters, redelivered};
use e2e::view::{braze_calls, notes, phone, public};
use e2e::{ANA, answered, send, set, settled, stack, stack_with, with_ticket};
use local::Stack;
use simulators::braze::{SMS_GROUP, Subscription};
use simulators::zendesk::Status;
use simulators::{Effect, Fault};

use crate::crowd::{After, CLOSING, Crowd, on_a_ticket, others};

const ASKED: &str = "sms_opt_out_asked";

const SET: &str = "subscription.status.set";

/// Each text is sent on an open ticket, which is solved afterwards. A customer whose wish was
/// understood has no automatic text, and the agent reads of it.
async fn solved_after(texts: &[&str]) -> Vec<(After, Vec<String>)> {
    let crowd = Crowd::with_tickets(texts.len()).await;
    let sent = crowd.send(texts).await;
    crowd.set_status(Status::Solved).await;
    let phones = crowd
        .customers
        .iter()
        .map(|customer| phone(&crowd.stack, customer));
    sent.into_iter().zip(phones).collect()
}

fn is_understood(after: &After, phone: &[String]) -> bool {
    let ticket = &after.tickets[0];
    phone.is_empty() && ticket.tags.iter().any(|tag| tag == ASKED) && !notes(ticket).is_empty()
}

fn is_an_ordinary_text(after: &After, phone: &[String]) -> bool {
    let ticket = &after.tickets[0];
    phone == [CLOSING] && ticket.tags == ["braze_sms"] && notes(ticket).is_empty()
}

async fn not_understood(texts: &[&str]) -> Vec<String> {
    let all = solved_after(texts).await;
    let missed = all
        .into_iter()
        .filter(|(after, phone)| !is_understood(after, phone));
    missed.map(|(after, _)| after.text).collect()
}

#[test]
fn stop_with_a_thank_you_is_a_wish_to_opt_out() {
    case!(async { assert_eq!(not_understood(&["Stop. Thank you"]).await, [""; 0]) });
}

#[test]
fn arret_with_an_accent_is_a_wish_to_opt_out() {
    case!(async { assert_eq!(not_understood(&["ARRÊT"]).await, [""; 0]) });
}

#[test]
fn stop_with_punctuation_or_politeness_is_a_wish_to_opt_out() {
    case!(async {
        let texts = [
            "STOP.",
            "stop!!",
            "Stop please",
            "please stop",
            "\"STOP\"",
            "S T O P",
            "Stop it",
            "STOP STOP STOP",
        ];
        assert_eq!(not_understood(&texts).await, [""; 0]);
    });
}

#[test]
fn a_sentence_that_asks_for_no_more_texts_is_a_wish_to_opt_out() {
    case!(async {
        let texts = [
            "Stop texting me",
            "Please don't text me anymore",
            "Stop sending me messages",
            "no more texts please",
            "Do not contact this number again",
        ];
        assert_eq!(not_understood(&texts).await, [""; 0]);
    });
}

#[test]
fn the_words_that_regulators_name_are_wishes_to_opt_out() {
    case!(async {
        let texts = [
            "opt out",
            "Opt-out",
            "Revoke",
            "Unsubscribe me",
            "Please unsubscribe",
            "remove me from your list",
            "Cancel messages",
        ];
        assert_eq!(not_understood(&texts).await, [""; 0]);
    });
}

#[test]
fn french_wishes_to_opt_out_are_understood() {
    case!(async {
        let texts = [
            "ARRET",
            "arrêtez les sms svp",
            "Désabonner",
            "Je ne veux plus recevoir de SMS",
            "STOP SMS",
        ];
        assert_eq!(not_understood(&texts).await, [""; 0]);
    });
}

#[test]
fn spanish_and_portuguese_wishes_to_opt_out_are_understood() {
    case!(async {
        let texts = [
            "ALTO",
            "Baja",
            "No quiero recibir más mensajes",
            "PARAR",
            "Sair",
            "Não quero mais receber SMS",
            "Cancelar mensajes",
        ];
        assert_eq!(not_understood(&texts).await, [""; 0]);
    });
}

#[test]
fn german_and_italian_wishes_to_opt_out_are_understood() {
    case!(async {
        let texts = [
            "ABMELDEN",
            "STOPP",
            "Bitte keine SMS mehr",
            "Abbestellen",
            "Basta SMS",
            "Non voglio più ricevere messaggi",
            "Cancellami dalla lista",
        ];
        assert_eq!(not_understood(&texts).await, [""; 0]);
    });
}

#[test]
fn a_sentence_in_which_something_stops_is_an_ordinary_text() {
    case!(async {
        let texts = [
            "The machine does not stop",
            "Can I stop by at 5?",
            "It is the bus stop at the station",
            "I want to cancel order 55",
            "Please end the call for me",
            "La machine ne s'arrête pas",
            "Wann hört das auf? Die Maschine stoppt nicht",
            "La máquina no para",
            "I quit smoking, so no ashtray please",
        ];
        let all = solved_after(&texts).await;
        let taken = all
            .into_iter()
            .filter(|(after, phone)| !is_an_ordinary_text(after, phone));
        let taken: Vec<String> = taken.map(|(after, _)| after.text).collect();
        assert_eq!(taken, [""; 0]);
    });
}

#[test]
fn after_a_wish_to_opt_out_an_agents_own_answer_is_sent() {
    case!(async {
        let stack = stack().await;
        let ticket = with_ticket(&stack).await;
        send::text(&stack, ANA, "Stop texting me").await;
        settled(&stack).await;
        answered(&stack, ticket, "Of course. This was the last one.").await;
        assert_eq!(phone(&stack, ANA), ["Of course. This was the last one."]);
    });
}

#[test]
fn a_wish_to_opt_out_is_read_on_the_ticket_as_the_customers_words() {
    case!(async {
        let sent = on_a_ticket(Status::Open, &["Stop texting me, Ada"]).await;
        assert_eq!(others(&sent, After::is_shown), [""; 0]);
    });
}

/// A stack that has Braze told of wishes to opt out, with Ana's ticket.
async fn telling() -> (Stack, u64) {
    let stack = stack_with(|options| {
        set(options, "BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP);
        set(options, "OPT_OUT_WORDS", "unsubscribe");
    })
    .await;
    let id = with_ticket(&stack).await;
    (stack, id)
}

fn told(stack: &Stack) -> usize {
    let calls = braze_calls(stack);
    calls.iter().filter(|call| *call == SET).count()
}

fn is_subscribed(stack: &Stack) -> bool {
    let ana = stack.braze.user(ANA).expect("known");
    ana.subscription(SMS_GROUP) == Subscription::Subscribed
}

#[test]
fn a_wish_is_told_braze_once_and_answers_are_held_as_after_any_opt_out() {
    case!(async {
        for wish in ["Stop texting me", "ARRÊT svp", "remove me from your list"] {
            let (stack, id) = telling().await;
            send::text(&stack, ANA, wish).await;
            settled(&stack).await;
            assert!(!is_subscribed(&stack), "{wish}");
            assert_eq!(told(&stack), 1);
            let ticket = e2e::view::ticket(&stack, id);
            let tags = ["braze_sms", ASKED, "sms_opted_out"];
            assert!(
                tags.iter().all(|tag| ticket.tags.contains(&(*tag).into())),
                "{:?}",
                ticket.tags
            );
            assert_eq!(notes(&ticket).len(), 1);
            assert_eq!(public(&ticket).last().map(String::as_str), Some(wish));
            answered(&stack, id, "Of course.").await;
            assert_eq!(notes(&e2e::view::ticket(&stack, id)).len(), 2);
            assert_eq!(phone(&stack, ANA), [""; 0]);
            send::text(&stack, ANA, "I mean it. No more texts").await;
            settled(&stack).await;
            assert_eq!(told(&stack), 1);
        }
    });
}

#[test]
fn start_takes_a_wish_back_that_braze_was_told_of() {
    case!(async {
        let (stack, id) = telling().await;
        for text in ["Stop texting me", "START"] {
            send::text(&stack, ANA, text).await;
            settled(&stack).await;
        }
        answered(&stack, id, "Welcome back").await;
        assert_eq!(
            phone(&stack, ANA).last().map(String::as_str),
            Some("Welcome back")
        );
        let tags = e2e::view::ticket(&stack, id).tags;
        assert_eq!(tags, ["braze_sms"], "both are taken off");
    });
}

#[test]
fn a_wish_without_an_answer_of_brazes_is_told_again_and_noted_once() {
    case!(async {
        for effect in [Effect::Drop, Effect::DropAfter, Effect::status(503)] {
            let (stack, id) = telling().await;
            stack.braze.fault(Fault::once(SET, effect));
            send::text(&stack, ANA, "Stop texting me").await;
            redelivered(&stack).await;
            assert!(!is_subscribed(&stack));
            let ticket = e2e::view::ticket(&stack, id);
            assert_eq!((notes(&ticket).len(), public(&ticket).len()), (1, 2));
            assert_eq!(dead_letters(&stack).len(), 0);
        }
    });
}

#[test]
fn a_wish_that_was_taken_back_before_braze_knew_is_not_told() {
    case!(async {
        let (stack, id) = telling().await;
        stack
            .braze
            .fault(Fault::always(SET, Effect::status(503)).times(6));
        for text in ["Stop texting me", "START"] {
            send::text(&stack, ANA, text).await;
        }
        redelivered(&stack).await;
        assert!(is_subscribed(&stack));
        answered(&stack, id, "Welcome back").await;
        assert_eq!(
            phone(&stack, ANA).last().map(String::as_str),
            Some("Welcome back")
        );
    });
}

#[test]
fn where_braze_refuses_the_agent_reads_that_it_does_not_know_and_no_text_is_lost() {
    case!(async {
        let (stack, id) = telling().await;
        let usual = [
            "campaigns.trigger.send",
            "users.track",
            "subscription.status.get",
        ];
        stack.braze.set_permissions(Some(&usual));
        send::text(&stack, ANA, "Stop texting me").await;
        settled(&stack).await;
        let ticket = e2e::view::ticket(&stack, id);
        assert_eq!(
            public(&ticket).last().map(String::as_str),
            Some("Stop texting me")
        );
        let read = notes(&ticket);
        assert_eq!(read.len(), 2, "{read:?}");
        assert!(
            read.iter()
                .any(|note| note.starts_with("Braze could not be told")),
            "{read:?}"
        );
        assert_eq!(dead_letters(&stack).len(), 1);
        // Braze still says that she is subscribed: that is old.
        stack
            .pass(Duration::from_secs(2 * 60 * 60))
            .await
            .expect("time passes");
        answered(&stack, id, "Of course.").await;
        assert_eq!(phone(&stack, ANA), [""; 0]);
    });
}

#[test]
fn a_sentence_in_which_something_stops_is_not_told_braze() {
    case!(async {
        let (stack, id) = telling().await;
        send::text(&stack, ANA, "The machine does not stop").await;
        settled(&stack).await;
        answered(&stack, id, "Please unplug it.").await;
        assert_eq!((told(&stack), is_subscribed(&stack)), (0, true));
        assert_eq!(phone(&stack, ANA), ["Please unplug it."]);
    });
}

#[test]
fn the_wish_of_a_customer_without_external_id_is_told_by_number() {
    case!(async {
        let (stack, _) = telling().await;
        let number = "+15550100042";
        for text in ["START", "Please remove my number"] {
            send::text(&stack, number, text).await;
            settled(&stack).await;
        }
        let calls = stack.braze.calls().into_iter();
        let told: Vec<_> = calls.filter(|call| call.operation == SET).collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].body["phone"], serde_json::json!([number]));
    });
}

async fn solve(stack: &Stack, id: u64) {
    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("a ticket");
    settled(stack).await;
}

/// A stack where only the support keyword opens a ticket, and Ana has none.
async fn by_keyword(words: &'static str) -> Stack {
    stack_with(|options| {
        set(options, "BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP);
        set(options, "OPT_OUT_WORDS", words);
        set(options, "OPEN_ON", "keyword");
    })
    .await
}

#[test]
fn who_may_open_no_ticket_is_heard_and_gets_nothing_automatic_later() {
    case!(async {
        for wish in [
            "Stop texting me",
            "Keine SMS mehr bitte",
            "Non scrivetemi più",
        ] {
            let stack = by_keyword("note").await;
            let sent = send::text(&stack, ANA, wish).await;
            assert_eq!((sent.status, sent.outcome()), (200, "ignored"));
            assert_eq!(stack.zendesk.tickets().len(), 0);
            assert_eq!(told(&stack), 0);
            let id = with_ticket(&stack).await;
            let ticket = e2e::view::ticket(&stack, id);
            assert_eq!(ticket.tags, ["braze_sms", ASKED], "{wish}");
            assert_eq!(notes(&ticket).len(), 1);
            answered(&stack, id, "It is solved.").await;
            solve(&stack, id).await;
            assert_eq!(phone(&stack, ANA), ["It is solved."]);
            assert_eq!(notes(&e2e::view::ticket(&stack, id)).len(), 1);
        }
    });
}

#[test]
fn who_may_open_no_ticket_is_unsubscribed_where_the_settings_say_so() {
    case!(async {
        for wish in [
            "Stop texting me!!",
            "ARRÊT svp",
            "Quiero darme de baja de la lista",
        ] {
            let stack = by_keyword("unsubscribe").await;
            send::text(&stack, ANA, wish).await;
            settled(&stack).await;
            assert!(!is_subscribed(&stack), "{wish}");
            assert_eq!((told(&stack), stack.zendesk.tickets().len()), (1, 0));
            send::text(&stack, ANA, "I said: no more texts").await;
            settled(&stack).await;
            assert_eq!((told(&stack), stack.zendesk.tickets().len()), (1, 0));
            let id = with_ticket(&stack).await;
            let ticket = e2e::view::ticket(&stack, id);
            assert_eq!(ticket.tags, ["braze_sms", ASKED, "sms_opted_out"]);
            assert_eq!(notes(&ticket).len(), 1);
            answered(&stack, id, "Of course.").await;
            assert_eq!(phone(&stack, ANA), [""; 0]);
        }
    });
}

#[test]
fn start_takes_back_a_wish_that_no_ticket_told_of() {
    case!(async {
        for words in ["note", "unsubscribe"] {
            let stack = by_keyword(words).await;
            for text in ["Stop texting me", "START"] {
                send::text(&stack, ANA, text).await;
                settled(&stack).await;
            }
            let id = with_ticket(&stack).await;
            assert_eq!(e2e::view::ticket(&stack, id).tags, ["braze_sms"], "{words}");
            solve(&stack, id).await;
            assert_eq!(phone(&stack, ANA), [CLOSING]);
        }
    });
}

#[test]
fn an_ordinary_text_of_who_may_open_no_ticket_is_no_wish() {
    case!(async {
        for text in [
            "The machine does not stop",
            "Stop the delivery please",
            "no thanks",
        ] {
            let stack = by_keyword("unsubscribe").await;
            send::text(&stack, ANA, text).await;
            settled(&stack).await;
            assert!(is_subscribed(&stack), "{text}");
            let id = with_ticket(&stack).await;
            assert_eq!(e2e::view::ticket(&stack, id).tags, ["braze_sms"]);
        }
    });
}

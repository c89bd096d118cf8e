//! A wish to get no more SMS, in other words than the carrier's keyword.

use e2e::case;
use e2e::view::{notes, phone};
use e2e::{ANA, answered, send, settled, stack, with_ticket};
use simulators::zendesk::Status;

use crate::crowd::{After, CLOSING, Crowd, on_a_ticket, others};

const ASKED: &str = "sms_opt_out_asked";

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

//! What a phone answers by itself is no new request, and starts no exchange of two machines.

use e2e::case;
use simulators::zendesk::Status;

use crate::crowd::{After, after_a_solve, others, out_of_the_blue};

async fn that_disturb_a_solved_ticket(texts: &[&str]) -> Vec<String> {
    let all = after_a_solve(texts).await;
    others(&all, |after| {
        after.is_shown_and_changes_nothing(Status::Solved)
    })
}

#[test]
fn the_answer_of_a_phone_in_a_car_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "I’m driving with Do Not Disturb While Driving turned on. I’ll see your message when I get where I’m going.",
            "I'm driving right now. I'll get back to you later.",
            "Sorry, I'm driving and can't answer. (Auto reply)",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn the_answer_of_a_phone_in_focus_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "I’m not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your original message.",
            "(I’m not receiving notifications. If this is urgent, reply “urgent” to send a notification through with your original message.)",
            "I have Focus turned on and will see this later.",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn an_out_of_office_answer_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "I am out of the office until Monday and will reply when I return.",
            "Automatic reply: I am on vacation until 3 May.",
            "Réponse automatique : je suis absent du bureau jusqu'à lundi.",
            "Automatische Antwort: Ich bin bis Montag nicht im Büro.",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn the_answer_of_a_phone_in_a_car_in_other_languages_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "Je conduis. Je verrai votre message en arrivant à destination.",
            "Ich fahre gerade und melde mich später.",
            "Estoy conduciendo, te contesto luego.",
            "Sto guidando, ti rispondo più tardi.",
            "Estou dirigindo, respondo mais tarde.",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn a_phones_own_answer_to_a_campaign_opens_no_ticket() {
    case!(async {
        let texts = [
            "I’m driving with Do Not Disturb While Driving turned on. I’ll see your message when I get where I’m going.",
            "Automatic reply: I am on vacation until 3 May.",
        ];
        let all = out_of_the_blue(&texts).await;
        assert_eq!(others(&all, |after| after.tickets.is_empty()), [""; 0]);
    });
}

#[test]
fn a_person_who_writes_of_driving_or_of_absence_reopens_the_ticket() {
    case!(async {
        let texts = [
            "I'm driving 40 km to your shop and it is closed",
            "The driver was out of office when I called",
            "My focus lamp does not turn on",
            "Je conduis depuis une heure, où est votre magasin",
        ];
        let all = after_a_solve(&texts).await;
        let reopens = |after: &After| after.tickets[0].status == Status::Open;
        assert_eq!(others(&all, reopens), [""; 0]);
    });
}

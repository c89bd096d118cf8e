//! A thank-you is no new request, however many words it has.

use e2e::case;
use simulators::zendesk::Status;

use crate::crowd::{After, after_a_solve, others};

async fn that_disturb_a_solved_ticket(texts: &[&str]) -> Vec<String> {
    let all = after_a_solve(texts).await;
    others(&all, |after| {
        after.is_shown_and_changes_nothing(Status::Solved)
    })
}

#[test]
fn thanks_with_a_name_and_a_wish_leave_the_ticket_solved() {
    case!(async {
        let texts = [
            "Thank you Ada, have a great day!",
            "Thanks Ada",
            "Thank you so much for your help, have a lovely weekend :)",
            "Thanks again, you too!",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn an_acknowledgement_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "ok",
            "Perfect!",
            "Got it, thanks",
            "Great 👍",
            "Awesome, thx",
            "Okay thank you",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn thanks_in_french_with_a_wish_leave_the_ticket_solved() {
    case!(async {
        let texts = [
            "Merci beaucoup, bonne journée !",
            "Merci Ada, bon week-end",
            "Parfait, merci à vous",
            "Super merci, à bientôt",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn thanks_in_spanish_german_portuguese_and_italian_leave_the_ticket_solved() {
    case!(async {
        let texts = [
            "Muchas gracias Ada, que tenga un buen día",
            "Perfecto, gracias",
            "Vielen Dank, schönen Tag noch!",
            "Danke Ada, schönes Wochenende",
            "Muito obrigado, tenha um bom dia",
            "Obrigada pela ajuda!",
            "Grazie mille Ada, buona giornata",
            "Perfetto, grazie",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn a_question_a_number_or_a_but_among_thanks_reopens_the_ticket() {
    case!(async {
        let texts = [
            "Thanks, but it is dead again",
            "Thank you Ada, when does it come?",
            "Thanks! Order 4711",
            "ok, and the other one",
            "Great, it broke again",
            "Merci mais ça ne marche pas",
            "Danke, aber der Code fehlt",
            "Gracias, falta el segundo paquete",
            "Thanks for nothing",
        ];
        let all = after_a_solve(&texts).await;
        let reopens = |after: &After| after.tickets[0].status == Status::Open;
        assert_eq!(others(&all, reopens), [""; 0]);
    });
}

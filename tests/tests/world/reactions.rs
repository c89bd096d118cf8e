//! A reaction of the phone to a message of ours arrives as a text. It is no new request.

use e2e::case;
use simulators::zendesk::Status;

use crate::crowd::{after_a_solve, on_a_ticket, others, out_of_the_blue};

/// Those that reopened a solved ticket, opened another one, or are not to be read on it.
async fn that_disturb_a_solved_ticket(texts: &[&str]) -> Vec<String> {
    let all = after_a_solve(texts).await;
    others(&all, |after| {
        after.is_shown_and_changes_nothing(Status::Solved)
    })
}

#[test]
fn a_like_of_the_closing_message_does_not_reopen_the_ticket() {
    case!(async {
        let texts = ["Liked “Your ticket has been closed”"];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn every_reaction_of_an_iphone_in_english_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "Loved “Your ticket has been closed”",
            "Laughed at “Your ticket has been closed”",
            "Emphasized “Your ticket has been closed”",
            "Emphasised “Your ticket has been closed”",
            "Questioned “Your ticket has been closed”",
            "Disliked “Your ticket has been closed”",
            "Reacted 👍 to “Your ticket has been closed”",
            "Reacted 🎉 to “Your ticket has been closed” ",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn a_reaction_that_is_taken_back_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "Removed a like from “Your ticket has been closed”",
            "Removed a heart from “Your ticket has been closed”",
            "Removed an exclamation from “Your ticket has been closed”",
            "Removed a laugh from “Your ticket has been closed”",
            "Removed 👍 from “Your ticket has been closed”",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn a_reaction_to_a_picture_leaves_the_ticket_solved() {
    case!(async {
        let texts = [
            "Liked an image",
            "Loved an attachment",
            "Laughed at an image",
            "Loved a movie",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn reactions_of_android_phones_leave_the_ticket_solved() {
    case!(async {
        let texts = [
            "👍 to “Your ticket has been closed”",
            "❤️ to \"Your ticket has been closed\"",
            "\u{200a}\u{200b}👍\u{200b} to “\u{200a}Your ticket has been closed\u{200a}” ",
            "😂 to “Your ticket has been…”",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn reactions_in_french_leave_the_ticket_solved() {
    case!(async {
        let texts = [
            "A aimé « Your ticket has been closed »",
            "A adoré « Your ticket has been closed »",
            "A réagi avec 👍 à « Your ticket has been closed »",
            "A réagi par 👍 à «\u{a0}Your ticket has been closed\u{a0}»",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn reactions_in_spanish_german_portuguese_and_italian_leave_the_ticket_solved() {
    case!(async {
        let texts = [
            "Le gustó “Your ticket has been closed”",
            "Le encantó “Your ticket has been closed”",
            "Gefällt „Your ticket has been closed“",
            "Hat mit 👍 auf „Your ticket has been closed“ reagiert",
            "Curtiu “Your ticket has been closed”",
            "Reagiu com 👍 a “Your ticket has been closed”",
            "Ha messo “Mi piace” a “Your ticket has been closed”",
            "Ha reagito con 👍 a “Your ticket has been closed”",
        ];
        assert_eq!(that_disturb_a_solved_ticket(&texts).await, [""; 0]);
    });
}

#[test]
fn a_reaction_of_someone_without_a_ticket_opens_none() {
    case!(async {
        let texts = [
            "Liked “Sale: 20 % off all shoes this week”",
            "Reacted ❤️ to “Sale: 20 % off all shoes this week”",
            "👍 to “Sale: 20 % off all shoes this week”",
            "A aimé « Soldes : -20 % sur toutes les chaussures »",
        ];
        let all = out_of_the_blue(&texts).await;
        assert_eq!(others(&all, |after| after.tickets.is_empty()), [""; 0]);
    });
}

#[test]
fn a_reaction_on_an_open_ticket_is_shown_there() {
    case!(async {
        let all = on_a_ticket(Status::Open, &["Liked “Your ticket has been closed”", "👍"]).await;
        assert_eq!(
            others(&all, |after| after
                .is_shown_and_changes_nothing(Status::Open)),
            [""; 0]
        );
    });
}

#[test]
fn a_sentence_that_begins_like_a_reaction_reopens_the_ticket() {
    case!(async {
        let texts = [
            "Liked the shoes, but they are torn",
            "Loved “Dune”, where is the second volume?",
            "Questioned “Your ticket has been closed” because nothing was done",
            "“Your ticket has been closed” is wrong, I still wait",
            "Removed a screw from the lid and now it leaks",
            "Reacted badly to the cream, please help",
        ];
        let all = after_a_solve(&texts).await;
        let reopens = |after: &crate::crowd::After| after.tickets[0].status == Status::Open;
        assert_eq!(others(&all, reopens), [""; 0]);
    });
}

//! Which ticket the conversation is on: the one answered last, whatever comes late.

use super::*;

fn on_ticket(id: u64, reply: Reply) -> Body {
    Body::Reply(Reply {
        ticket: Some(ticket(id)),
        ..reply
    })
}

/// Everything works, and looking at a ticket shows this status.
fn showing(status: Option<Status>) -> impl FnMut(&Step) -> Outcome {
    move |step| match step {
        Step::LookUpTicket(id) => Outcome::Ticket(status.map(|status| facts(*id, status, &[]))),
        step => works(step),
    }
}

#[test]
fn an_answer_on_another_open_ticket_takes_the_conversation_there() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, _) = ana.play(
        on_ticket(36, reply(500, "words")),
        showing(Some(Status::Open)),
    );
    assert_eq!(
        names(&steps),
        ["look_up_ticket", "claim_ticket", "send_sms"]
    );
    assert_eq!(ana.state.ticket, Some(ticket(36)));
}

#[test]
fn a_late_answer_of_a_ticket_that_is_over_is_sent_and_moves_nothing() {
    for status in [Status::Closed, Status::Solved] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let (steps, _) = ana.play(on_ticket(34, reply(500, "words")), showing(Some(status)));
        assert_eq!(
            names(&steps),
            ["look_up_ticket", "claim_ticket", "send_sms"]
        );
        let Step::SendSms(sms) = &steps[2] else {
            panic!("{steps:?}")
        };
        assert_eq!(
            (sms.ticket, sms.open),
            (Some(ticket(35)), true),
            "{status:?}"
        );
        assert_eq!(ana.state.ticket, Some(ticket(35)));
    }
}

#[test]
fn of_two_solved_tickets_the_one_answered_last_is_followed() {
    let mut ana = Conversation::on_ticket(Status::Solved);
    ana.play(
        on_ticket(36, reply(500, "words")),
        showing(Some(Status::Solved)),
    );
    assert_eq!(ana.state.ticket, Some(ticket(36)));
}

#[test]
fn an_answer_reported_after_the_solve_it_preceded_does_not_reopen() {
    let mut ana = Conversation::on_ticket(Status::Solved);
    ana.state.solved_upto = Some(comment(505));
    let before = Reply {
        status: Some("pending".to_owned()),
        ..reply(504, "words")
    };
    let (steps, _) = ana.play(Body::Reply(before), works);
    let [Step::SendSms(sms)] = &steps[..] else {
        panic!("{steps:?}")
    };
    assert!(!sms.open && ana.state.is_done());
    ana.play(Body::Reply(reply(506, "words")), works);
    assert!(!ana.state.is_done(), "a newer answer reopens");
}

//! Webhooks that come late, twice, or of another ticket than the conversation's.

use super::*;

fn solved_at(asked_at: Option<i64>) -> Body {
    Body::Solved(Solved {
        ticket: Some(ticket(35)),
        requester: UserId::new(7),
        asked_at,
        ..Solved::default()
    })
}

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
fn a_solve_reported_after_the_customer_wrote_again_closes_nothing() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.state.texted_at = NOW - 10_000;
    let (steps, end) = ana.play(solved_at(Some(NOW - 60_000)), works);
    assert_eq!(names(&steps), ["look_up_ticket"]);
    assert!(matches!(end, End::Done(Ending::Ignored(_), _)));
    for asked_at in [None, Some(NOW - 5_000), Some(1_469_922_850_259)] {
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.state.texted_at = NOW - 10_000;
        let (steps, _) = ana.play(solved_at(asked_at), works);
        assert_eq!(
            names(&steps),
            ["fetch_comments", "look_up_ticket", "send_sms"],
            "{asked_at:?}"
        );
    }
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
fn a_ticket_reopened_without_a_word_and_solved_again_is_told_again() {
    for asked in [Some(NOW - 5_000), None] {
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.play(solved_at(Some(NOW - 60_000)), works);
        let (steps, _) = ana.play(solved_at(asked), |step| match step {
            Step::LookUpSolve(_) => Outcome::SolvedAt(Some(NOW - 6_000)),
            step => works(step),
        });
        assert_eq!(
            names(&steps),
            [
                "look_up_solve",
                "fetch_comments",
                "look_up_ticket",
                "send_sms"
            ]
        );
        assert_eq!(ana.state.notified_at, asked.unwrap_or(NOW));
    }
}

#[test]
fn a_solve_reported_twice_is_told_once() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.play(solved_at(Some(NOW - 60_000)), works);
    let duplicate = End::Done(Ending::Duplicate, vec![]);
    let (steps, end) = ana.play(solved_at(Some(NOW - 59_990)), works);
    assert_eq!(
        (names(&steps), end),
        (vec!["look_up_solve"], duplicate.clone())
    );
    // Even after a text has reopened the ticket meanwhile.
    ana.play(text("not yet"), works);
    let (steps, end) = ana.play(solved_at(Some(NOW - 60_000)), works);
    assert_eq!((names(&steps), end), (vec![], duplicate));
}

#[test]
fn comments_refused_at_the_solve_are_asked_for_again_for_a_while() {
    let refusing = |step: &Step| match step {
        Step::FetchComments(_) => {
            Outcome::Failed(Failure::Refused(Refusal::own("not these comments")))
        }
        step => works(step),
    };
    let mut ana = Conversation::on_ticket(Status::Open);
    let (_, end) = ana.play(solved_at(None), refusing);
    assert_eq!(end, End::Later(None));
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW - HOUR,
        body: solved_at(None),
    });
    let (steps, _) = ana.resume(&mut entry, &mut { refusing });
    assert_eq!(
        names(&steps),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
}

#[test]
fn an_append_in_doubt_is_looked_for_where_it_was_tried() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: text("words"),
    });
    let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::Append(_) => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert_eq!(end, End::Later(Some(NOW + 60_000)));
    ana.state.move_to(ticket(36), Some(Status::Open), NOW);
    let (steps, _) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::FindDelivery { ticket: at, .. } if *at == ticket(35) => {
            Outcome::Present(CommentId::new(800))
        }
        step => works(step),
    });
    assert_eq!(names(&steps), ["find_delivery", "look_up_ticket"]);
    assert_eq!(ana.state.own_comments, [comment(800)]);
}

#[test]
fn what_a_text_given_up_may_have_opened_is_looked_for_before_another_ticket_is() {
    let mut ana = Conversation::empty();
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["0"]),
        received_at: NOW - 25 * HOUR,
        body: text("words"),
    });
    entry.progress.doubtful = true;
    let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::FindTicket(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    });
    assert!(matches!(end, End::Done(Ending::Dead(_), _)), "{end:?}");
    let (steps, _) = ana.play(text("and now?"), |step| match step {
        Step::FindTicket(id) => {
            assert_eq!(*id, DeliveryId::derive("test", &["0"]));
            Outcome::Ticket(Some(facts(ticket(77), Status::New, &[])))
        }
        step => works(step),
    });
    assert_eq!(
        names(&steps),
        ["find_ticket", "upsert_user", "append", "set_attributes"]
    );
    assert_eq!(ana.state.ticket, Some(ticket(77)));
}

#[test]
fn the_agent_is_told_of_a_text_zendesk_refuses() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (_, end) = ana.play(text("words"), |step| match step {
        Step::Append(_) => Outcome::Failed(Failure::Refused(Refusal::own("no"))),
        step => works(step),
    });
    let End::Done(Ending::Dead(_), follow) = end else {
        panic!("{end:?}")
    };
    let [Entry { event, .. }] = &follow[..] else {
        panic!("{follow:?}")
    };
    assert!(matches!(&event.body, Body::Note(note) if note.ticket == ticket(35)));
}

#[test]
fn a_solve_that_waits_while_the_customer_writes_again_closes_nothing() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["solved"]),
        received_at: NOW,
        body: solved_at(Some(NOW - 5_000)),
    });
    let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::SendSms(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    });
    assert_eq!(end, End::Later(None));
    ana.play(text("it broke again"), works);
    let (steps, end) = ana.resume(&mut entry, &mut works);
    assert_eq!(names(&steps), ["look_up_ticket"]);
    assert!(matches!(end, End::Done(Ending::Ignored(_), _)));
}

//! Comparing a conversation with a ticket that was closed or merged behind our back.

use super::*;
use crate::conversation::policy::millis;
use crate::conversation::state::Unconfirmed;

fn answer(id: u64, at: i64) -> FetchedComment {
    FetchedComment {
        comment: comment(id),
        by_agent: true,
        by_end_user: false,
        public: true,
        text: Personal::from("Missed"),
        files: vec![],
        author: Personal::default(),
        created_at: at,
    }
}

fn closed(tags: &[&str]) -> Outcome {
    Outcome::Ticket(Some(facts(ticket(35), Status::Closed, tags)))
}

/// Plays a comparison to its end: the steps, and the events it leads to.
fn compared(
    ana: &mut Conversation,
    mut answers: impl FnMut(&Step) -> Outcome + Send,
) -> (Vec<&'static str>, Vec<Body>) {
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: Body::Check(Check::default()),
    });
    let (mut all, mut led_to) = (Vec::new(), Vec::new());
    loop {
        let (steps, end) = ana.resume(&mut entry, &mut answers);
        all.extend(names(&steps));
        match end {
            End::First(first) => led_to.extend(first.into_iter().map(|e| e.event.body)),
            End::Done(Ending::Delivered, last) => {
                led_to.extend(last.into_iter().map(|e| e.event.body));
                return (all, led_to);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn kinds(bodies: &[Body]) -> Vec<&'static str> {
    bodies.iter().map(Body::kind).collect()
}

#[test]
fn an_answer_missed_on_a_ticket_that_is_closed_meanwhile_is_found() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, found) = compared(&mut ana, |step| match step {
        Step::LookUpTicket(_) => closed(&[]),
        Step::FetchComments(_) => Outcome::Comments(vec![answer(901, NOW - HOUR / 2)]),
        step => works(step),
    });
    assert_eq!(
        steps,
        [
            "look_up_ticket",
            "fetch_comments",
            "look_up_ticket",
            "look_up_history",
            "claim_ticket"
        ]
    );
    assert_eq!(kinds(&found), ["reply", "attributes"]);
    assert_eq!(ana.state.status, Some(Status::Closed));
}

#[test]
fn a_conversation_goes_on_where_its_ticket_was_merged_into_after_what_was_missed_before() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let merged_at = NOW - HOUR / 4;
    let (steps, found) = compared(&mut ana, |step| match step {
        Step::LookUpTicket(id) if *id == ticket(35) => closed(&["closed_by_merge"]),
        Step::FindMergeTarget(_) => Outcome::Ticket(Some(facts(ticket(40), Status::Open, &[]))),
        Step::FetchComments(id) if *id == ticket(35) => Outcome::Comments(vec![
            FetchedComment {
                public: false,
                ..answer(902, merged_at)
            },
            answer(901, NOW - HOUR / 2),
        ]),
        // One from before the merge, which was no SMS, and one after.
        Step::FetchComments(_) => Outcome::Comments(vec![
            answer(905, NOW - HOUR / 8),
            answer(880, NOW - HOUR / 2),
        ]),
        step => works(step),
    });
    assert_eq!(
        steps,
        [
            "look_up_ticket",
            "fetch_comments",
            "look_up_ticket",
            "look_up_history",
            "claim_ticket",
            "find_merge_target",
            "look_up_ticket",
            "fetch_comments",
            "look_up_ticket",
            "look_up_history",
            "claim_ticket"
        ]
    );
    assert_eq!(kinds(&found), ["reply", "reply", "attributes"]);
    let on = |body: &Body| match body {
        Body::Reply(reply) => reply.ticket,
        _ => None,
    };
    assert_eq!(on(&found[0]), Some(ticket(35)), "on the first ticket");
    assert_eq!(on(&found[1]), Some(ticket(40)));
    assert_eq!(ana.state.ticket, Some(ticket(40)));
    assert_eq!(ana.state.status, Some(Status::Open));
}

#[test]
fn a_solve_after_the_one_that_was_told_is_made_up_for() {
    // By whose clock it was told; when it was solved after that; whether that is another solve.
    let cases = [
        (false, 0, false),
        (false, 2_000, true),
        (true, 2_000, false),
        (true, 61_000, true),
    ];
    for (notified_at_is_approximate, later, another) in cases {
        let mut ana = Conversation::on_ticket(Status::Solved);
        ana.state.notified_at = NOW - HOUR;
        ana.state.notified_at_is_approximate = notified_at_is_approximate;
        let solved_at = NOW - HOUR + later;
        let (steps, found) = compared(&mut ana, |step| match step {
            Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Solved, &[]))),
            Step::LookUpSolve(_) => Outcome::SolvedAt(Some(solved_at)),
            step => works(step),
        });
        assert_eq!(steps, ["look_up_ticket", "fetch_comments", "look_up_solve"]);
        let kinds = kinds(&found);
        assert_eq!(
            kinds.contains(&"solved"),
            another,
            "{notified_at_is_approximate} {later}"
        );
        for body in found {
            let (steps, _) = ana.play(body, |step| match step {
                Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Solved, &[]))),
                Step::LookUpSolve(_) => Outcome::SolvedAt(Some(solved_at)),
                step => works(step),
            });
            assert!(names(&steps).contains(&"send_sms"), "{steps:?}");
            assert_eq!(ana.state.notified_at, solved_at);
        }
    }
}

#[test]
fn a_solve_that_was_told_is_not_told_again_after_an_answer_that_was_reported_late() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.state.notified_at = NOW - HOUR;
    let (steps, found) = compared(&mut ana, |step| match step {
        Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Solved, &[]))),
        step => works(step),
    });
    assert_eq!(steps, ["look_up_ticket", "fetch_comments", "look_up_solve"]);
    assert_eq!(kinds(&found), ["attributes"]);
    assert!(ana.state.closing_notified && ana.state.is_done());
}

#[test]
fn a_ticket_reopened_without_a_word_is_shown_as_open() {
    let mut ana = Conversation::on_ticket(Status::Solved);
    let (_, found) = compared(&mut ana, works);
    assert_eq!(kinds(&found), ["attributes"]);
    assert!(!ana.state.closing_notified);
}

#[test]
fn a_request_that_no_webhook_reported_is_found_by_its_tag() {
    for tag in ["sms_resend", "sms_resend_asked"] {
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.state.unconfirmed = vec![Unconfirmed {
            ticket: ticket(35),
            comment: CommentId::new(501),
            message: None,
            campaign: None,
            sent: 0,
        }];
        let (_, mut found) = compared(&mut ana, |step| match step {
            Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Open, &[tag]))),
            step => works(step),
        });
        assert_eq!(kinds(&found), ["resend"]);
        let (_, end) = ana.play(found.remove(0), works);
        let End::Done(Ending::Delivered, again) = end else {
            panic!("{end:?}")
        };
        let kinds: Vec<_> = again.iter().map(|entry| entry.event.body.kind()).collect();
        assert_eq!(kinds, ["reply", "note"]);
    }
}

#[test]
fn a_merge_whose_target_cannot_be_looked_up_now_is_looked_up_later() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (_, _) = ana.play(Body::Check(Check::default()), |step| match step {
        Step::LookUpTicket(_) => closed(&["closed_by_merge"]),
        Step::FindMergeTarget(_) => Outcome::Failed(Failure::Later(None, Trouble::Limited)),
        step => works(step),
    });
    assert_eq!(ana.state.status, Some(Status::Open));
}

/// Compares with a ticket whose requester is this one: what was called, the events, whether it stays.
fn compared_with_requester(
    user: Option<u64>,
    customer: Option<&str>,
) -> (Vec<&'static str>, Vec<&'static str>, bool) {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, found) = compared(&mut ana, |step| match step {
        Step::LookUpTicket(id) => Outcome::Ticket(Some(TicketFacts {
            requester: user.and_then(UserId::new),
            customer: customer.map(|id| id.parse().expect("id")),
            ..facts(*id, Status::Open, &[])
        })),
        Step::FetchComments(_) => Outcome::Comments(vec![answer(901, NOW - HOUR / 2)]),
        step => works(step),
    });
    (steps, kinds(&found), ana.state.ticket.is_some())
}

#[test]
fn a_ticket_that_is_another_customers_now_is_left_before_its_comments_are_read() {
    for (user, customer) in [
        (Some(8), Some("max")),
        (Some(8), None),
        (None, Some("max")),
        (None, None),
    ] {
        // The user she was still exists: the ticket was given away.
        let asked = user.is_some() && customer.is_none();
        let calls = match asked {
            true => vec!["look_up_ticket", "look_up_user"],
            false => vec!["look_up_ticket"],
        };
        assert_eq!(
            compared_with_requester(user, customer),
            (calls, vec!["attributes"], false),
            "{user:?} {customer:?}"
        );
    }
}

#[test]
fn a_ticket_whose_requester_is_still_the_customer_is_kept() {
    let kept = [
        (Some(7), Some("ana")),
        (Some(7), None),
        (Some(8), Some("ana")),
    ];
    for (user, customer) in kept {
        let mut calls = vec![
            "look_up_ticket",
            "fetch_comments",
            "look_up_ticket",
            "look_up_history",
            "claim_ticket",
        ];
        // The ticket's item learns of the user that two profiles became.
        if user == Some(8) {
            calls.insert(1, "claim_ticket");
        }
        assert_eq!(
            compared_with_requester(user, customer),
            (calls, vec!["reply"], true),
            "{user:?} {customer:?}"
        );
    }
}

/// A look at a ticket that changed at a time.
fn look(on: u64, at: Option<i64>) -> Body {
    Body::Check(Check {
        ticket: Some(ticket(on)),
        at,
        ..Check::default()
    })
}

#[test]
fn a_change_that_was_compared_since_costs_no_call() {
    // Two clocks may differ, so what was compared within a minute is compared again.
    for (age, calls) in [
        (HOUR, &[][..]),
        (60_000, &[]),
        (59_999, &["look_up_ticket", "fetch_comments"]),
        (-HOUR, &["look_up_ticket", "fetch_comments"]),
    ] {
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.state.checked_at = NOW;
        let (steps, _) = ana.play(look(35, Some(NOW - age)), works);
        assert_eq!(names(&steps), calls, "{age}");
    }
}

#[test]
fn an_answer_on_another_ticket_is_found_as_its_webhook_would_have_told() {
    for (mut ana, on) in [
        (Conversation::on_ticket(Status::Open), 77),
        (Conversation::empty(), 77),
    ] {
        let (steps, end) = ana.play(look(on, Some(NOW - HOUR / 4)), |step| match step {
            Step::FetchComments(_) => Outcome::Comments(vec![
                answer(905, NOW - HOUR / 4),
                // Long before the conversation could have come here.
                answer(880, NOW - HOUR),
            ]),
            step => works(step),
        });
        let calls = [
            "look_up_ticket",
            "claim_ticket",
            "fetch_comments",
            "look_up_ticket",
            "look_up_history",
            "claim_ticket",
        ];
        assert_eq!(names(&steps), calls);
        let End::First(found) = end else {
            panic!("{end:?}")
        };
        let [Body::Reply(reply)] = &found.iter().map(|e| &e.event.body).collect::<Vec<_>>()[..]
        else {
            panic!("{found:?}")
        };
        assert_eq!(
            (reply.ticket, reply.comment),
            (Some(ticket(on)), Some(comment(905)))
        );
        let body = Body::Reply(reply.clone());
        ana.play(body, works);
        assert_eq!(ana.state.ticket, Some(ticket(on)));
    }
}

#[test]
fn a_change_on_another_ticket_that_is_closed_gone_or_anothers_means_nothing() {
    let others = |facts: TicketFacts| TicketFacts {
        customer: Some("max".parse().expect("id")),
        number: None,
        requester: UserId::new(8),
        ..facts
    };
    for found in [
        Outcome::Ticket(None),
        closed(&[]),
        Outcome::Ticket(Some(others(facts(ticket(77), Status::Open, &[])))),
        Outcome::Failed(Failure::NotFound),
    ] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let (steps, end) = ana.play(look(77, Some(NOW)), |step| match step {
            Step::LookUpTicket(_) => found.clone(),
            step => works(step),
        });
        assert!(!names(&steps).contains(&"fetch_comments"));
        assert!(matches!(end, End::Done(Ending::Ignored(_), follow) if follow.is_empty()));
        assert_eq!(ana.state.ticket, Some(ticket(35)));
    }
}

#[test]
fn what_happened_on_another_ticket_long_ago_may_be_from_before_the_bridge() {
    for at in [None, Some(NOW - HOUR / 2), Some(NOW - 40 * HOUR)] {
        let mut ana = Conversation::empty();
        let (steps, end) = ana.play(look(77, at), works);
        assert!(steps.is_empty(), "{at:?}");
        assert_eq!(end, End::ignored("the conversation is on another ticket"));
    }
}

#[test]
fn what_was_written_after_the_conversation_left_a_ticket_is_not_for_the_customer() {
    let mut ana = Conversation::empty();
    ana.state.left = Some((ticket(77), NOW - HOUR / 4));
    let (_, end) = ana.play(look(77, Some(NOW)), |step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![answer(905, NOW - HOUR / 4 - 1000)]),
        step => works(step),
    });
    assert_eq!(end, End::Done(Ending::Delivered, vec![]));
}

#[test]
fn a_look_at_another_customers_ticket_is_made_for_them() {
    let mut ana = Conversation::empty();
    let max = || Owner {
        customer: "max".parse().expect("id"),
        user: UserId::new(7),
    };
    let (_, end) = ana.play(look(77, Some(NOW)), |step| match step {
        Step::ClaimTicket { .. } => Outcome::Claimed(Some(max())),
        step => works(step),
    });
    assert_eq!(end, End::Forward(max().customer));
}

#[test]
fn a_look_that_zendesk_does_not_answer_is_tried_again_and_leaves_no_dead_letter() {
    let patience = millis(Policy::default().give_up_after) / 2;
    for (age, end) in [
        (0, End::Later(None)),
        (patience - 1, End::Later(None)),
        (patience, End::ignored("Zendesk could not be asked")),
    ] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let mut entry = Entry::fresh(Event {
            delivery: DeliveryId::derive("test", &["1"]),
            received_at: NOW - age,
            body: Body::Check(Check::default()),
        });
        let spared = &mut |_: &Step| Outcome::Failed(Failure::Later(None, Trouble::Spared));
        assert_eq!(ana.resume(&mut entry, spared).1, end, "{age}");
        assert_eq!(ana.state.checked_at, 0);
    }
}

//! An answer goes to the phone, all of it, once.

use super::*;

#[test]
fn a_reply_is_one_call_with_the_attributes_in_it() {
    let mut ana = Conversation::on_ticket(Status::New);
    let (steps, end) = ana.play(Body::Reply(reply(501, "Hello")), works);
    let [Step::SendSms(sms)] = &steps[..] else {
        panic!("{steps:?}")
    };
    assert_eq!(
        (sms.message.as_str(), sms.ticket, sms.open),
        ("Hello", Some(ticket(35)), true)
    );
    assert_eq!(end, End::delivered());
    assert_eq!(ana.state.status, Some(Status::Open));
}

/// The solve's webhook may have come first, when the conversation was on another ticket.
#[test]
fn an_answer_from_another_ticket_brings_the_solve_along() {
    let follows = |status: &str| {
        let mut ana = Conversation::on_ticket(Status::Open);
        let answer = Reply {
            ticket: Some(ticket(36)),
            status: Some(status.to_owned()),
            asked_at: Some(NOW),
            ..reply(501, "Done")
        };
        let (steps, end) = ana.play(Body::Reply(answer), |step| match step {
            Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Solved, &[]))),
            step => works(step),
        });
        assert_eq!(names(&steps).last(), Some(&"send_sms"), "{steps:?}");
        let End::Done(Ending::Delivered, follow) = end else {
            panic!("{end:?}")
        };
        let bodies = follow.into_iter().map(|entry| entry.event.body);
        bodies.collect::<Vec<Body>>()
    };
    let solves = Body::Solved(Solved {
        ticket: Some(ticket(36)),
        requester: UserId::new(7),
        asked_at: Some(NOW),
        ..Solved::default()
    });
    assert_eq!(follows("solved"), [solves]);
    assert_eq!(follows("open"), []);
}

#[test]
fn an_sms_of_unknown_outcome_is_not_repeated_and_the_agent_is_told() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (_, end) = ana.play(Body::Reply(reply(501, "Hello")), |_| {
        Outcome::Failed(Failure::Unknown)
    });
    let End::Done(Ending::Unknown, follow) = end else {
        panic!("{end:?}")
    };
    let [
        Entry {
            event: Event {
                body: Body::Note(note),
                ..
            },
            ..
        },
        attributes,
    ] = &follow[..]
    else {
        panic!()
    };
    assert!(note.ticket == ticket(35) && note.text.as_str().contains("don't know"));
    assert_eq!(attributes.event.body, Body::Attributes);
}

#[test]
fn an_interrupted_send_counts_as_unknown() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let delivery = DeliveryId::derive("test", &["1"]);
    let body = Body::Reply(reply(501, "Hello"));
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: NOW,
        body,
    });
    entry.progress.doubtful = true;
    let (steps, end) = ana.resume(&mut entry, &mut works);
    assert!(steps.is_empty() && matches!(end, End::Done(Ending::Unknown, _)));
}

#[test]
fn a_customer_who_opted_out_gets_nothing_and_the_agent_is_told() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.state.opted_out = true;
    let (steps, end) = ana.play(Body::Reply(reply(501, "Hello")), works);
    let End::Done(Ending::Ignored(_), follow) = end else {
        panic!("{end:?}")
    };
    assert!(steps.is_empty() && follow.len() == 2);
}

#[test]
fn an_endless_answer_is_not_sent_and_the_agent_is_told() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(Body::Reply(reply(501, &"word ".repeat(4_000))), works);
    let End::Done(Ending::Ignored(_), follow) = end else {
        panic!("{end:?}")
    };
    assert!(steps.is_empty() && follow.len() == 2);
}

#[test]
fn a_long_answer_is_sent_in_order_and_each_message_is_written_down() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(Body::Reply(reply(501, &"word ".repeat(600))), works);
    let parts: Vec<_> = steps
        .iter()
        .map(|step| match step {
            Step::SendSms(sms) => (sms.part, sms.parts),
            _ => (0, 0),
        })
        .collect();
    assert_eq!(parts, [(1, 2), (2, 2)]);
    assert_eq!(end, End::delivered());
}

#[test]
fn the_bridges_own_comment_is_not_texted_back() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.play(text("hello"), works);
    let (steps, _) = ana.play(Body::Reply(reply(900, "hello")), works);
    assert!(steps.is_empty());
}

#[test]
fn the_conversation_follows_the_ticket_answered_last() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let other = Reply {
        ticket: Some(ticket(77)),
        ..reply(501, "Hello")
    };
    ana.play(Body::Reply(other), works);
    assert_eq!(ana.state.ticket, Some(ticket(77)));
    let (steps, end) = ana.play(solved(), works);
    assert!(steps.is_empty() && matches!(end, End::Done(Ending::Ignored(_), _)));
}

/// Zendesk names roles in the account's language, and some bodies name none.
#[test]
fn a_comment_by_somebody_of_unknown_role_is_looked_up_once_and_a_customers_is_not_sent() {
    let fetched = |by_end_user: bool| {
        vec![FetchedComment {
            comment: comment(501),
            by_agent: !by_end_user,
            by_end_user,
            public: true,
            text: "Hello".into(),
            files: vec![],
            author: "Ana".into(),
            created_at: NOW,
        }]
    };
    for (comments, sent) in [(fetched(true), 0), (fetched(false), 1), (vec![], 1)] {
        for named in [Some(comment(501)), None] {
            let mut ana = Conversation::on_ticket(Status::Open);
            let unknown = Reply {
                role_unknown: true,
                comment: named,
                ..reply(501, "Hello")
            };
            let (steps, end) = ana.play(Body::Reply(unknown), |step| match step {
                Step::FetchComments(_) => Outcome::Comments(comments.clone()),
                step => works(step),
            });
            let names = names(&steps);
            assert_eq!(names[0], "fetch_comments");
            assert_eq!(names.len(), 1 + sent, "{names:?} {end:?}");
            assert_eq!(end == End::ignored("comment by an end user"), sent == 0);
        }
    }
}

#[test]
fn the_agent_is_told_where_the_comment_to_send_again_cannot_be_found() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let again = Reply {
        ticket: Some(ticket(35)),
        comment: CommentId::new(901),
        ..Reply::default()
    };
    let (_, end) = ana.play(Body::Reply(again), works);
    assert!(note(&end).contains("answer again"), "{end:?}");
}

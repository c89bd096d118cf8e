//! A text whose answer was lost is looked for before it is written again.

use super::*;

#[test]
fn a_lost_append_is_looked_up_before_it_is_repeated() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let delivery = DeliveryId::derive("test", &["1"]);
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: NOW,
        body: text("hello"),
    });
    let (_, end) = ana.resume(&mut entry, &mut |_: &Step| {
        Outcome::Failed(Failure::Unknown)
    });
    // Zendesk may still be at it.
    assert_eq!(end, End::Later(Some(NOW + 60_000)));
    let (steps, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::FindDelivery { .. } => Outcome::Present(None),
        step => works(step),
    });
    assert_eq!(names(&steps), ["find_delivery", "look_up_ticket"]);
    assert_eq!(end, End::delivered());
}

#[test]
fn a_lost_creation_is_looked_up_and_repeated_under_the_same_key() {
    let mut ana = Conversation::empty();
    let delivery = DeliveryId::derive("test", &["1"]);
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: NOW,
        body: text("hello"),
    });
    let mut keys = Vec::new();
    let mut answer = |step: &Step| match step {
        Step::CreateTicket(new) => {
            keys.push(new.key.clone());
            if keys.len() == 1 {
                Outcome::Failed(Failure::Unknown)
            } else {
                works(step)
            }
        }
        step => works(step),
    };
    assert_eq!(ana.resume(&mut entry, &mut answer).1, End::Later(None));
    let (steps, _) = ana.resume(&mut entry, &mut answer);
    assert_eq!(
        names(&steps),
        [
            "find_ticket",
            "create_ticket",
            "claim_ticket",
            "set_attributes"
        ]
    );
    assert_eq!(keys[0], keys[1]);
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
fn what_was_written_before_a_replay_is_looked_for_under_its_old_name() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let before = DeliveryId::derive("test", &["before"]);
    let mut entry = old(text("hello"));
    entry.event.received_at = NOW;
    entry.progress.doubtful = true;
    entry.progress.tried = Some(ticket(35));
    entry.progress.written_as = Some(before.clone());
    let (steps, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::FindDelivery { marker, .. } if *marker == before => Outcome::Present(None),
        step => works(step),
    });
    assert_eq!(end, End::delivered());
    assert_eq!(names(&steps), ["find_delivery", "look_up_ticket"]);
}

#[test]
fn a_ticket_known_from_an_answer_is_the_texts_that_opened_it() {
    // By whom the conversation came to the ticket, and since when it is on it in the end.
    for (user, since) in [(None, NOW - HOUR), (UserId::new(7), NOW - 1)] {
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.state.user = user;
        ana.state.since = NOW - 1;
        let mut entry = old(text("hello"));
        entry.event.received_at = NOW - HOUR;
        entry.progress.doubtful = true;
        let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
            Step::FindDelivery { .. } => Outcome::Present(None),
            step => works(step),
        });
        assert_eq!(end, End::delivered());
        assert_eq!(ana.state.since, since);
    }
}

#[test]
fn a_refused_look_for_a_text_is_repeated_and_then_told_as_what_it_is() {
    let refused = |step: &Step| match step {
        Step::FindDelivery { .. } => Outcome::Failed(Failure::Refused(Refusal {
            status: 422,
            ..Refusal::own("")
        })),
        step => works(step),
    };
    let play = |at| {
        let mut ana = Conversation::on_ticket(Status::Open);
        let mut entry = old(text("hello"));
        entry.event.received_at = at;
        entry.progress.doubtful = true;
        ana.resume(&mut entry, &mut refused.clone()).1
    };
    assert_eq!(play(NOW - 60_000), End::Later(None));
    let end = play(NOW - HOUR);
    assert!(note(&end).contains("may be missing"), "{}", note(&end));
}

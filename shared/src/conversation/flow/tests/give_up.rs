//! What cannot be delivered is given up in time, whatever it waits for, and holds up nothing meanwhile.

use super::*;
use crate::conversation::policy::millis;
use crate::conversation::queue;
use crate::conversation::state::Unconfirmed;
use crate::message::{Consent, ConsentKind};

/// An event that has waited for a day already.
fn old(body: Body) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["old"]),
        received_at: NOW - 25 * HOUR,
        body,
    })
}

fn cause(end: &End) -> &str {
    match end {
        End::Done(Ending::Dead(refusal), _) => &refusal.code,
        other => panic!("not given up: {other:?}"),
    }
}

fn note(end: &End) -> String {
    let End::Done(_, follow) = end else {
        panic!("not over: {end:?}");
    };
    let notes = follow.iter().filter_map(|entry| match &entry.event.body {
        Body::Note(note) => Some(note.text.as_str().to_owned()),
        _ => None,
    });
    notes.collect()
}

#[test]
fn an_append_that_never_gets_an_answer_is_given_up_after_a_day() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = old(text("hello"));
    let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::Append(_) => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert_eq!(cause(&end), TOO_LONG);
    assert!(note(&end).contains("may be missing"), "{}", note(&end));
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

#[test]
fn a_refused_look_at_another_solve_is_repeated_and_then_told() {
    let play = |at| {
        let mut ana = Conversation::on_ticket(Status::Solved);
        let mut entry = old(solved());
        entry.event.received_at = at;
        let end = ana.resume(&mut entry, &mut |step: &Step| match step {
            Step::LookUpSolve(_) => Outcome::Failed(Failure::Refused(Refusal {
                status: 422,
                ..Refusal::own("")
            })),
            step => works(step),
        });
        end.1
    };
    assert_eq!(play(NOW - 60_000), End::Later(None));
    assert!(note(&play(NOW - HOUR)).contains("422"));
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
fn attributes_that_never_get_an_answer_are_given_up_after_a_day() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (_, end) = ana.resume(&mut old(Body::Attributes), &mut |_: &Step| {
        Outcome::Failed(Failure::Unknown)
    });
    assert_eq!(cause(&end), TOO_LONG);
}

#[test]
fn a_text_on_its_ticket_is_not_told_as_lost() {
    let mut ana = Conversation::on_ticket(Status::Pending);
    let mut entry = old(text("hello"));
    entry.progress.posted = true;
    entry.progress.reopen = true;
    let (_, end) = ana.resume(&mut entry, &mut |_: &Step| {
        Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
    });
    assert_eq!(note(&end), "");
    assert!(matches!(end, End::Done(Ending::Delivered, _)));
}

#[test]
fn the_agent_reads_what_of_an_answer_went_out_before_it_was_refused_or_given_up() {
    let long = "All parts are sent in order, each of them once. ".repeat(50);
    for (outcome, received_at) in [
        (Failure::Refused(Refusal::own("no")), NOW),
        (Failure::Later(None, Trouble::Unavailable), NOW - 25 * HOUR),
    ] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let mut entry = old(Body::Reply(reply(901, &long)));
        entry.event.received_at = received_at;
        let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
            Step::SendSms(sms) if sms.part > 1 => Outcome::Failed(outcome.clone()),
            step => works(step),
        });
        let told = note(&end);
        assert!(
            told.contains("sent the first message of this answer"),
            "{told}"
        );
    }
}

#[test]
fn neither_attributes_nor_a_comparison_hold_up_an_answer_and_nothing_holds_up_a_stop() {
    let entry = |id: &str, body| {
        Entry::fresh(Event {
            delivery: DeliveryId::derive("test", &[id]),
            received_at: NOW,
            body,
        })
    };
    let consent = |what| {
        Body::Consent(Consent {
            what,
            text: Personal::default(),
            braze_id: None,
            changed: None,
        })
    };
    let waiting = [
        entry("1", text("hello")),
        entry("2", Body::Attributes),
        entry("3", Body::Check(Check::default())),
        entry("4", Body::Reply(reply(901, "Hi"))),
        entry("5", consent(ConsentKind::OptedOut)),
    ];
    let mut state = State::default();
    for index in 0..3 {
        // Before all others, whatever else may be done.
        assert_eq!(queue::pick(&waiting, &state, NOW), Some(4), "{index}");
        let others = &waiting[..4];
        assert_eq!(queue::pick(others, &state, NOW), Some(index), "{index}");
        let delivery = waiting[index].event.delivery.clone();
        queue::postpone(&mut state, waiting[index].lane(), &delivery, NOW, None);
    }
    let answer = &waiting[3..4];
    assert_eq!(queue::pick(answer, &state, NOW), Some(0));
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

#[test]
fn no_closing_message_is_sent_once_more_on_a_ticket_that_is_open_again() {
    let unconfirmed = |comment| Unconfirmed {
        ticket: ticket(35),
        comment,
        message: None,
        campaign: None,
        sent: 0,
    };
    let resend = || {
        Body::Resend(Resend {
            ticket: Some(ticket(35)),
            requester: UserId::new(7),
            tags: None,
        })
    };
    for (status, expected) in [(Status::Solved, 2), (Status::Open, 1)] {
        let mut ana = Conversation::on_ticket(status);
        ana.state.unconfirmed = vec![unconfirmed(None), unconfirmed(CommentId::new(901))];
        let (_, end) = ana.play(resend(), works);
        let End::Done(_, follow) = end else {
            panic!("not over");
        };
        assert_eq!(follow.len(), expected + 1, "{status:?}: and the tags go");
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

#[test]
fn a_creation_whose_keys_are_all_taken_waits() {
    let mut ana = Conversation::empty();
    let mut created = 0;
    let (_, end) = ana.play(text("hello"), |step| match step {
        Step::CreateTicket(_) => {
            created += 1;
            Outcome::Failed(Failure::KeyConflict)
        }
        step => works(step),
    });
    assert_eq!(end, End::Later(None));
    assert_eq!(created, 3);
}

#[test]
fn an_event_tried_for_a_day_becomes_a_dead_letter_with_a_note() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let delivery = DeliveryId::derive("test", &["1"]);
    let event = Event {
        delivery,
        received_at: NOW - 25 * HOUR,
        body: text("hello"),
    };
    let mut entry = Entry::fresh(event);
    let (_, end) = ana.resume(&mut entry, &mut |_: &Step| {
        Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
    });
    let End::Done(Ending::Dead(_), follow) = end else {
        panic!("{end:?}")
    };
    assert_eq!(follow.len(), 1);
}

#[test]
fn an_event_over_which_workers_vanish_again_and_again_becomes_a_dead_letter_with_a_note() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let event = Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: text("hello"),
    };
    let mut entry = Entry::fresh(event);
    entry.progress.doubtful = true;
    entry.progress.breaks = MOST_BREAKS - 1;
    let (steps, _) = ana.resume(&mut entry.clone(), &mut works);
    assert!(!steps.is_empty(), "it is looked for and tried again");
    entry.progress.breaks = MOST_BREAKS;
    let (steps, end) = ana.resume(&mut entry, &mut works);
    assert!(steps.is_empty());
    let End::Done(Ending::Dead(_), follow) = end else {
        panic!("{end:?}")
    };
    assert_eq!(follow.len(), 1);
}

#[test]
fn an_event_of_a_newer_version_waits_and_is_given_up_in_time() {
    let stored = r#"{"id":"x","at":1,"kind":"from_the_future","what":1}"#;
    let mut entry = Entry::read(stored).expect("reads");
    entry.event.received_at = NOW - HOUR;
    let mut ana = Conversation::on_ticket(Status::Open);
    let (calls, end) = ana.resume(&mut entry, &mut works);
    assert!(calls.is_empty(), "{calls:?}");
    assert!(matches!(end, End::Later(None)), "{end:?}");
    entry.event.received_at = NOW - 25 * HOUR;
    let (_, end) = ana.resume(&mut entry, &mut works);
    assert_eq!(cause(&end), TOO_LONG);
    assert!(entry.stored().contains("from_the_future"));
}

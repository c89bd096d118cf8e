//! What cannot be delivered is given up in time, whatever it waits for, and holds up nothing meanwhile.

use super::*;
use crate::conversation::queue;
use crate::message::{Consent, ConsentKind};

fn cause(end: &End) -> &str {
    match end {
        End::Done(Ending::Dead(refusal), _) => &refusal.code,
        other => panic!("not given up: {other:?}"),
    }
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

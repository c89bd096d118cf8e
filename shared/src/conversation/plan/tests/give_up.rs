//! What cannot be delivered is given up in time, whatever it waits for, and holds up nothing meanwhile.

use super::*;
use crate::conversation::queue;
use crate::conversation::state::Unsure;
use crate::message::{Consent, ConsentKind};

/// An event that has waited for a day already.
fn old(body: Body) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["old"]),
        received_at: NOW - 25 * HOUR,
        body,
    })
}

fn cause(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Done(Ending::Dead(refusal), _) => &refusal.code,
        other => panic!("not given up: {other:?}"),
    }
}

fn note(verdict: &Verdict) -> String {
    let Verdict::Done(_, follow) = verdict else {
        panic!("not over: {verdict:?}");
    };
    let notes = follow.iter().filter_map(|entry| match &entry.event.body {
        Body::Note(note) => Some(note.text.as_str().to_owned()),
        _ => None,
    });
    notes.collect()
}

#[test]
fn an_append_that_never_gets_an_answer_is_given_up_after_a_day() {
    let mut table = Table::on_ticket(Status::Open);
    let mut entry = old(text("hello"));
    let (_, verdict) = table.resume(&mut entry, &mut |step: &Step| match step {
        Step::Append(_) => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert_eq!(cause(&verdict), TOO_LONG);
    assert!(
        note(&verdict).contains("may be missing"),
        "{}",
        note(&verdict)
    );
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
        let mut table = Table::on_ticket(Status::Open);
        let mut entry = old(text("hello"));
        entry.event.received_at = at;
        entry.progress.doubtful = true;
        table.resume(&mut entry, &mut refused.clone()).1
    };
    assert_eq!(play(NOW - 60_000), Verdict::Wait(None));
    let verdict = play(NOW - HOUR);
    assert!(
        note(&verdict).contains("may be missing"),
        "{}",
        note(&verdict)
    );
}

#[test]
fn a_refused_look_at_another_solve_is_repeated_and_then_told() {
    let play = |at| {
        let mut table = Table::on_ticket(Status::Solved);
        let mut entry = old(solved());
        entry.event.received_at = at;
        let verdict = table.resume(&mut entry, &mut |step: &Step| match step {
            Step::LookUpSolve(_) => Outcome::Failed(Failure::Refused(Refusal {
                status: 422,
                ..Refusal::own("")
            })),
            step => works(step),
        });
        verdict.1
    };
    assert_eq!(play(NOW - 60_000), Verdict::Wait(None));
    assert!(note(&play(NOW - HOUR)).contains("422"));
}

#[test]
fn what_was_written_before_a_replay_is_looked_for_under_its_old_name() {
    let mut table = Table::on_ticket(Status::Open);
    let before = DeliveryId::derive("test", &["before"]);
    let mut entry = old(text("hello"));
    entry.event.received_at = NOW;
    entry.progress.doubtful = true;
    entry.progress.tried = Some(ticket(35));
    entry.progress.written_as = Some(before.clone());
    let (steps, verdict) = table.resume(&mut entry, &mut |step: &Step| match step {
        Step::FindDelivery { marker, .. } if *marker == before => Outcome::Present(None),
        step => works(step),
    });
    assert_eq!(verdict, Verdict::delivered());
    assert_eq!(names(&steps), ["find_delivery"]);
}

#[test]
fn a_ticket_known_from_an_answer_is_the_texts_that_opened_it() {
    // By whom the conversation came to the ticket, and since when it is on it in the end.
    for (user, since) in [(None, NOW - HOUR), (UserId::new(7), NOW - 1)] {
        let mut table = Table::on_ticket(Status::Open);
        table.state.user = user;
        table.state.since = NOW - 1;
        let mut entry = old(text("hello"));
        entry.event.received_at = NOW - HOUR;
        entry.progress.doubtful = true;
        let (_, verdict) = table.resume(&mut entry, &mut |step: &Step| match step {
            Step::FindDelivery { .. } => Outcome::Present(None),
            step => works(step),
        });
        assert_eq!(verdict, Verdict::delivered());
        assert_eq!(table.state.since, since);
    }
}

#[test]
fn attributes_that_never_get_an_answer_are_given_up_after_a_day() {
    let mut table = Table::on_ticket(Status::Open);
    let (_, verdict) = table.resume(&mut old(Body::Attributes), &mut |_: &Step| {
        Outcome::Failed(Failure::Unknown)
    });
    assert_eq!(cause(&verdict), TOO_LONG);
}

#[test]
fn a_text_on_its_ticket_is_not_told_as_lost() {
    let mut table = Table::on_ticket(Status::Pending);
    let mut entry = old(text("hello"));
    entry.progress.posted = true;
    entry.progress.reopen = true;
    let (_, verdict) = table.resume(&mut entry, &mut |_: &Step| {
        Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
    });
    assert_eq!(note(&verdict), "");
    assert!(matches!(verdict, Verdict::Done(Ending::Delivered, _)));
}

#[test]
fn the_agent_reads_what_of_an_answer_went_out_before_it_was_refused_or_given_up() {
    let long = "All parts are sent in order, each of them once. ".repeat(50);
    for (outcome, received_at) in [
        (Failure::Refused(Refusal::own("no")), NOW),
        (Failure::Later(None, Trouble::Unavailable), NOW - 25 * HOUR),
    ] {
        let mut table = Table::on_ticket(Status::Open);
        let mut entry = old(Body::Reply(reply(901, &long)));
        entry.event.received_at = received_at;
        let (_, verdict) = table.resume(&mut entry, &mut |step: &Step| match step {
            Step::SendSms(sms) if sms.part > 1 => Outcome::Failed(outcome.clone()),
            step => works(step),
        });
        let told = note(&verdict);
        assert!(told.contains("The first 1 message(s)"), "{told}");
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
        })
    };
    let waiting = [
        entry("1", text("hello")),
        entry("2", Body::Attributes),
        entry("3", Body::Check),
        entry("4", Body::Reply(reply(901, "Hi"))),
        entry("5", consent(ConsentKind::OptedOut)),
    ];
    let mut state = State::default();
    for index in 0..4 {
        // Before all others, whatever else may be done.
        assert_eq!(queue::pick(&waiting, &state, NOW), Some(4), "{index}");
        let others = &waiting[..4];
        assert_eq!(queue::pick(others, &state, NOW), Some(index), "{index}");
        if waiting[index].event.body == Body::Check {
            // Over at once, whatever Zendesk does.
            break;
        }
        let delivery = waiting[index].event.delivery.clone();
        queue::postpone(&mut state, waiting[index].lane(), &delivery, NOW, None);
    }
    let answer = &waiting[3..4];
    assert_eq!(queue::pick(answer, &state, NOW), Some(0));
}

#[test]
fn a_comparison_that_zendesk_does_not_answer_is_over_at_once() {
    let mut table = Table::on_ticket(Status::Open);
    let (_, verdict) = table.play(Body::Check, |_| {
        Outcome::Failed(Failure::Later(None, Trouble::Spared))
    });
    assert_eq!(verdict, Verdict::ignored("Zendesk could not be asked"));
    assert_eq!(table.state.checked_at, 0, "the next one comes soon");
}

#[test]
fn no_closing_message_is_sent_once_more_on_a_ticket_that_is_open_again() {
    let unsure = |comment| Unsure {
        ticket: ticket(35),
        comment,
        message: None,
        campaign: None,
        sent: 0,
    };
    let resend = || {
        Body::Resend(Resend {
            ticket: Some(ticket(35)),
        })
    };
    for (status, expected) in [(Status::Solved, 2), (Status::Open, 1)] {
        let mut table = Table::on_ticket(status);
        table.state.unsure = vec![unsure(None), unsure(CommentId::new(901))];
        let (_, verdict) = table.play(resend(), works);
        let Verdict::Done(_, follow) = verdict else {
            panic!("not over");
        };
        assert_eq!(follow.len(), expected + 1, "{status:?}: and the tags go");
    }
}

#[test]
fn the_agent_is_told_where_the_comment_to_send_again_cannot_be_found() {
    let mut table = Table::on_ticket(Status::Open);
    let again = Reply {
        ticket: Some(ticket(35)),
        comment: CommentId::new(901),
        ..Reply::default()
    };
    let (_, verdict) = table.play(Body::Reply(again), works);
    assert!(note(&verdict).contains("answer again"), "{verdict:?}");
}

#[test]
fn a_creation_whose_keys_are_all_taken_waits() {
    let mut table = Table::empty();
    let mut created = 0;
    let (_, verdict) = table.play(text("hello"), |step| match step {
        Step::CreateTicket(_) => {
            created += 1;
            Outcome::Failed(Failure::KeyConflict)
        }
        step => works(step),
    });
    assert_eq!(verdict, Verdict::Wait(None));
    assert_eq!(created, 3);
}

//! In the quiet hours what no person wrote waits, and everything else goes on.

use super::*;
use crate::message::Say;

fn in_the_night(status: Status) -> Conversation {
    let mut ana = Conversation::on_ticket(status);
    // Now it is 13:33 by UTC.
    ana.policy.quiet_hours = Some("13:00-15:00 UTC".parse().expect("hours"));
    ana
}

/// Three o'clock.
const END: i64 = 1_790_002_800_000;

fn waiting(ana: &mut Conversation, body: Body) -> (Entry, Vec<Step>) {
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body,
    });
    let (steps, end) = ana.resume(&mut entry, &mut on_ticket(Status::Solved));
    assert_eq!(end, End::Later(Some(END)));
    assert!(!names(&steps).contains(&"send_sms"), "{steps:?}");
    (entry, steps)
}

fn on_ticket(status: Status) -> impl FnMut(&Step) -> Outcome {
    move |step| match step {
        Step::LookUpTicket(id) => {
            let mut facts = facts(*id, status, &["braze_sms"]);
            facts.customer = "ana".parse().ok();
            Outcome::Ticket(Some(facts))
        }
        step => works(step),
    }
}

fn say(text: &str) -> Body {
    Body::Say(Say {
        ticket: Some(ticket(35)),
        text: text.into(),
        ..Say::default()
    })
}

#[test]
fn a_closing_message_waits_while_braze_learns_at_once_that_the_ticket_is_closed() {
    let mut ana = in_the_night(Status::Open);
    let (mut entry, steps) = waiting(&mut ana, solved());
    assert!(names(&steps).ends_with(&["set_attributes"]), "{steps:?}");
    assert!(ana.state.is_done() && !ana.state.closing_notified);
    // It waits beside the answers.
    assert_eq!(entry.lane(), Lane::Automatic);
    let (steps, _) = ana.play(Body::Reply(reply(501, "Hello")), works);
    assert_eq!(names(&steps), ["send_sms"]);
    ana.policy.quiet_hours = None;
    let (steps, end) = ana.resume(&mut entry, &mut on_ticket(Status::Solved));
    assert_eq!(
        (names(&steps).last(), end),
        (Some(&"send_sms"), End::delivered())
    );
    // Solved twice in the night: told once.
    let (steps, end) = ana.play(solved(), on_ticket(Status::Solved));
    assert!(!names(&steps).contains(&"send_sms"), "{end:?}");
}

#[test]
fn a_closing_message_is_not_sent_where_the_ticket_was_reopened_in_the_night() {
    let mut ana = in_the_night(Status::Open);
    let (mut entry, _) = waiting(&mut ana, solved());
    ana.play(text("One more thing"), works);
    ana.policy.quiet_hours = None;
    let (_, end) = ana.resume(&mut entry, &mut on_ticket(Status::Open));
    assert_eq!(end, End::ignored("reopened meanwhile"));
}

#[test]
fn an_automatic_text_waits_and_is_looked_at_once_more() {
    let mut ana = in_the_night(Status::Open);
    let (mut entry, _) = waiting(&mut ana, say("Hello"));
    let mut late = entry.clone();
    // The time to give it up begins when the night is over.
    late.event.received_at = NOW - 48 * HOUR;
    let (_, end) = ana.resume(&mut late, &mut on_ticket(Status::Open));
    assert_eq!(end, End::Later(Some(END)));
    ana.policy.quiet_hours = None;
    ana.state.opted_out = true;
    let (steps, end) = ana.resume(&mut entry.clone(), &mut on_ticket(Status::Open));
    assert_eq!(
        (steps, end),
        (vec![], End::ignored("the customer opted out of SMS"))
    );
    ana.state.opted_out = false;
    let (steps, _) = ana.resume(&mut entry, &mut on_ticket(Status::Open));
    assert_eq!(names(&steps), ["look_up_ticket", "send_sms"]);
}

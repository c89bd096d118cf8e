//! A profile that gets an external id, or a number that gets another owner: whose the conversation is then.

use super::*;
use crate::conversation::step::HandedOver;
use crate::message::{BrazeId, Phone, Profile};

fn number() -> Phone {
    Phone::read("+15550100042").expect("a number")
}

fn of_profile(id: &str) -> Body {
    Body::Text(Text {
        text: "Hello".into(),
        profile: Profile {
            braze_id: BrazeId::of(id),
            ..Profile::default()
        },
        ..Text::default()
    })
}

/// Before: on ticket 77 under the number.
fn under_the_number() -> HandedOver {
    let mut anonymous = Conversation::empty();
    anonymous.state.user = UserId::new(9);
    anonymous
        .state
        .move_to(ticket(77), Some(Status::Open), NOW - HOUR);
    HandedOver {
        state: anonymous.state,
        ..HandedOver::default()
    }
}

#[test]
fn a_profile_that_got_an_external_id_goes_on_with_its_conversation() {
    let mut ana = Conversation::empty();
    let mut entry = old(of_profile("p1"));
    entry.event.received_at = NOW;
    let mut zendesk = |step: &Step| match step {
        Step::FindProfile(_, Anyway::No) => Outcome::Profile(Some(Customer::Phone(number()))),
        Step::FindProfile(_, Anyway::Yes) => Outcome::Profile(None),
        Step::TakeOver(..) => Outcome::TakenOver(Some(Box::new(under_the_number()))),
        step => works(step),
    };
    let (steps, end) = ana.resume(&mut entry, &mut zendesk);
    assert_eq!(names(&steps), ["find_profile", "take_over"]);
    assert_eq!(end, End::First(vec![]));
    assert_eq!(ana.state.ticket, Some(ticket(77)));
    // Everything that names the number learns of it, once; then the text is on the ticket.
    let (steps, _) = ana.resume(&mut entry, &mut zendesk);
    assert_eq!(
        names(&steps),
        [
            "name_user",
            "claim_ticket",
            "find_profile",
            "end_take_over",
            "append"
        ]
    );
    let (steps, _) = ana.play(of_profile("p1"), zendesk);
    assert_eq!(names(&steps), ["append"]);
}

#[test]
fn a_number_that_is_another_persons_now_begins_anew() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.key = Key::Customer(Customer::Phone(number()));
    ana.state.profile = BrazeId::of("p1");
    let (steps, _) = ana.play(of_profile("p2"), |step| match step {
        Step::FindProfile(..) => Outcome::Profile(None),
        step => works(step),
    });
    assert_eq!(
        names(&steps),
        [
            "find_profile",
            "upsert_user",
            "create_ticket",
            "claim_ticket",
            "set_attributes"
        ]
    );
    let Step::UpsertUser(person) = &steps[1] else {
        panic!("{steps:?}")
    };
    assert!(person.mark.is_some(), "another user than the one before");
}

#[test]
fn a_text_from_before_the_profile_had_an_external_id_goes_where_its_conversation_is() {
    let mut ana = Conversation::empty();
    ana.key = Key::Customer(Customer::Phone(number()));
    let (_, end) = ana.play(of_profile("p1"), |step| match step {
        Step::FindProfile(..) => Outcome::Profile("crm-1".parse().ok()),
        step => works(step),
    });
    assert_eq!(end, End::Forward("crm-1".parse().expect("id")));
}

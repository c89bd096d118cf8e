//! An event that names only its ticket finds its customer.

use super::*;

/// A look at a ticket that names its requester, where nobody knows whose conversation it is about.
fn look_for(user: Option<u64>, owner: Option<(&str, u64)>) -> (Vec<Step>, End) {
    let mut item = Conversation::empty();
    item.key = Key::Ticket(ticket(77));
    item.owner = owner.map(|(customer, user)| Owner {
        customer: customer.parse().expect("id"),
        user: UserId::new(user),
    });
    let check = Check {
        ticket: Some(ticket(77)),
        user: user.and_then(UserId::new),
        at: Some(NOW),
    };
    item.play(Body::Check(check), |step| match step {
        // 9 is a profile that Braze does not know, 8 is Max.
        Step::LookUpUser(user) => Outcome::Person(PersonFacts {
            gone: false,
            customer: (user.get() == 8).then(|| "max".parse().expect("id")),
            number: None,
        }),
        step => works(step),
    })
}

#[test]
fn a_look_that_names_no_customer_goes_to_whose_conversation_is_on_the_ticket_or_to_the_requesters()
{
    let ana = Some(("ana", 7));
    for (user, owner, calls, customer) in [
        (None, ana, &[][..], "ana"),
        (Some(7), ana, &[], "ana"),
        (Some(8), ana, &["look_up_user"], "max"),
        // Two profiles were merged.
        (Some(9), ana, &["look_up_user"], "ana"),
        (Some(8), None, &["look_up_user"], "max"),
        (None, None, &["look_up_ticket"], "ana"),
    ] {
        let (steps, end) = look_for(user, owner);
        assert_eq!(names(&steps), calls, "{user:?} {owner:?}");
        assert_eq!(end, End::Forward(customer.parse().expect("id")));
    }
    let (_, end) = look_for(Some(9), None);
    assert!(matches!(end, End::Done(Ending::Ignored(_), follow) if follow.is_empty()));
}

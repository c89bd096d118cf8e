//! Braze's attributes say what is true when they are set.

use super::*;

#[test]
fn they_name_the_ticket_and_whether_it_is_open_now() {
    let mut solved = Conversation::on_ticket(Status::Solved);
    let mut left = Conversation::empty();
    for (ana, on, is_open) in [
        (
            &mut Conversation::on_ticket(Status::Pending),
            Some(ticket(35)),
            true,
        ),
        (&mut solved, Some(ticket(35)), false),
        (&mut left, None, false),
    ] {
        let (steps, end) = ana.play(Body::Attributes, works);
        let [Step::SetAttributes(set)] = &steps[..] else {
            panic!("{steps:?}")
        };
        assert_eq!((set.ticket, set.open), (on, is_open));
        assert_eq!(end, End::delivered());
    }
}

//! Answers that no webhook reported are sent where they were meant for the customer.

use super::owner::{of, tagged};
use super::*;

#[test]
fn an_answer_found_later_is_not_sent_where_it_was_written_for_somebody_else() {
    let day = 24 * HOUR;
    for (requester_since, tagged_since, sent) in [
        (None, None, true),
        (Some(NOW - day), Some(NOW - day), true),
        // In the same second: nobody knows which was first.
        (Some(NOW - HOUR / 2), None, false),
        (None, Some(NOW - HOUR / 2), true),
        (None, Some(NOW - HOUR / 4), false),
    ] {
        let mut ana = tagged();
        let (_, end) = ana.play(Body::Check(Check::default()), |step| match step {
            Step::LookUpTicket(_) => of(7, Some("ana"), &["braze_sms"]),
            Step::FetchComments(_) => Outcome::Comments(vec![FetchedComment {
                comment: comment(901),
                by_agent: true,
                by_end_user: false,
                public: true,
                text: "words".into(),
                files: vec![],
                author: Personal::default(),
                created_at: NOW - HOUR / 2,
            }]),
            Step::LookUpHistory(..) => Outcome::History(History {
                requester_since,
                tagged_since,
            }),
            step => works(step),
        });
        let found =
            matches!(&end, End::First(found) if matches!(found[0].event.body, Body::Reply(_)));
        assert_eq!(found, sent, "{requester_since:?} {tagged_since:?}: {end:?}");
    }
}

#[test]
fn an_answer_found_on_a_ticket_that_another_conversation_was_on_is_not_sent() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(Body::Check(Check::default()), |step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![FetchedComment {
            comment: comment(901),
            by_agent: true,
            by_end_user: false,
            public: true,
            text: "words".into(),
            files: vec![],
            author: Personal::default(),
            created_at: NOW - HOUR / 2,
        }]),
        Step::ClaimTicket {
            anyway: Anyway::No, ..
        } => Outcome::Claimed(Some(Owner {
            customer: "max".parse().expect("id"),
            user: UserId::new(8),
        })),
        step => works(step),
    });
    assert!(matches!(
        steps.last(),
        Some(Step::ClaimTicket {
            anyway: Anyway::Yes,
            ..
        })
    ));
    let End::First(found) = end else {
        panic!("{end:?}")
    };
    assert!(matches!(&found[..], [entry] if matches!(entry.event.body, Body::Note(_))));
}

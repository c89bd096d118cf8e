//! What may not have arrived is sent once more when the agent asks.

use super::*;
use crate::conversation::state::Unconfirmed;

#[test]
fn what_may_not_have_arrived_is_sent_once_more_when_the_agent_asks() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let lost = |_: &Step| Outcome::Failed(Failure::Unknown);
    ana.play(Body::Reply(reply(501, "Hello")), lost);
    let ask = || {
        Body::Resend(Resend {
            ticket: Some(ticket(35)),
            requester: UserId::new(7),
            tags: None,
        })
    };
    let (_, end) = ana.play(ask(), works);
    let End::Done(Ending::Delivered, mut again) = end else {
        panic!("{end:?}")
    };
    assert_ne!(
        again[0].event.delivery,
        DeliveryId::derive("test", &["1"]),
        "a new delivery"
    );
    let (steps, end) = ana.resume(&mut again[0], &mut |step: &Step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![FetchedComment {
            files: vec![],
            comment: comment(501),
            by_agent: true,
            by_end_user: false,
            public: true,
            text: "Hello".into(),
            author: Personal::default(),
            created_at: NOW,
        }]),
        step => works(step),
    });
    assert_eq!(names(&steps), ["fetch_comments", "send_sms"]);
    let End::Done(Ending::Delivered, follow) = end else {
        panic!("{end:?}")
    };
    let [right] = &follow[..] else {
        panic!("{follow:?}")
    };
    assert_eq!(
        right.event.delivery,
        put_right::id(&delivery_of(comment(501))),
        "the agent reads that it was sent after all"
    );
    let (steps, end) = ana.play(ask(), works);
    assert!(steps.is_empty());
    let End::Done(Ending::Ignored(_), mut follow) = end else {
        panic!("{end:?}")
    };
    let (steps, end) = ana.resume(&mut follow[0], &mut works);
    assert_eq!(
        (names(&steps), end),
        (vec!["remove_tags"], End::delivered())
    );
}

#[test]
fn a_closing_message_can_be_asked_for_again() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.play(solved(), |step| match step {
        Step::SendSms(_) => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert!(ana.state.closing_notified);
    let (_, end) = ana.play(Body::Resend(Resend::default()), works);
    let End::Done(_, mut again) = end else {
        panic!("{end:?}")
    };
    let (steps, _) = ana.resume(&mut again[0], &mut works);
    assert_eq!(
        names(&steps),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
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

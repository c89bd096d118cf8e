//! A solve sends what was missed, then closes, once.

use super::*;

#[test]
fn solved_sends_missed_answers_first() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.seen
        .insert(0, DeliveryId::derive("reply", &["501"]).marker());
    let fetched = |id, public, by_agent, age| FetchedComment {
        files: vec![],
        comment: comment(id),
        by_agent,
        by_end_user: !by_agent,
        public,
        text: Personal::from("words"),
        author: Personal::default(),
        created_at: NOW - age,
    };
    let (_, end) = ana.play(solved(), |step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![
            fetched(505, true, true, 1),
            fetched(504, true, true, 2),
            fetched(503, true, false, 3),
            fetched(502, false, true, 4),
            fetched(501, true, true, 5),
            fetched(400, true, true, 2 * HOUR),
        ]),
        step => works(step),
    });
    let End::First(first) = end else {
        panic!("{end:?}")
    };
    let ids: Vec<_> = first
        .iter()
        .map(|entry| match &entry.event.body {
            Body::Reply(reply) => reply.comment.map(CommentId::get),
            _ => None,
        })
        .collect();
    assert_eq!(
        ids,
        [Some(504), Some(505)],
        "oldest first; seen, private, customer's, old ones not"
    );
}

#[test]
fn solving_twice_closes_once_and_again_after_a_reopening() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, _) = ana.play(solved(), works);
    assert_eq!(
        names(&steps),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
    let Step::SendSms(sms) = &steps[2] else {
        panic!()
    };
    assert_eq!(
        (sms.message.as_str(), sms.open),
        ("Your ticket has been closed", false)
    );
    let (steps, end) = ana.play(solved(), works);
    assert_eq!(names(&steps), ["look_up_solve"]);
    assert!(matches!(end, End::Done(Ending::Duplicate, _)));
    ana.play(text("again"), works);
    assert_eq!(
        names(&ana.play(solved(), works).0),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
}

#[test]
fn without_a_closing_campaign_only_the_attribute_is_set() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.policy.solved_campaign = None;
    let (steps, end) = ana.play(solved(), works);
    assert_eq!(names(&steps), ["fetch_comments", "set_attributes"]);
    assert_eq!(end, End::delivered());
}

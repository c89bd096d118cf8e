//! Answers go out in the order in which they were written, whichever webhook came.

use super::*;

fn answer(id: u64) -> FetchedComment {
    FetchedComment {
        comment: comment(id),
        by_agent: true,
        by_end_user: false,
        public: true,
        text: Personal(format!("Answer {id}")),
        files: vec![],
        author: Personal::default(),
        created_at: NOW - HOUR / 2,
    }
}

/// Answer 905, whose body names these comments, on a ticket with all of 901 to 906.
fn played(ana: &mut Conversation, recent: Option<&[u64]>) -> (Vec<&'static str>, End) {
    let recent = recent.map(|ids| ids.iter().map(|&id| comment(id)).collect());
    let body = Reply {
        recent,
        ..reply(905, "Answer 905")
    };
    let (steps, end) = ana.play(Body::Reply(body), |step| match step {
        Step::FetchComments(_) => Outcome::Comments((901..=906).rev().map(answer).collect()),
        step => works(step),
    });
    (names(&steps), end)
}

fn comments(end: End) -> Vec<u64> {
    let End::First(first) = end else {
        panic!("{end:?}")
    };
    let comments = first.iter().filter_map(|entry| match &entry.event.body {
        Body::Reply(reply) => reply.comment,
        _ => None,
    });
    comments.map(CommentId::get).collect()
}

fn hear(ana: &mut Conversation, ids: &[u64]) {
    for &id in ids {
        ana.seen.insert(0, delivery_of(comment(id)).marker());
    }
}

#[test]
fn an_answer_before_which_nothing_is_missing_costs_no_call() {
    let mut ana = Conversation::on_ticket(Status::Open);
    hear(&mut ana, &[902, 903]);
    ana.state.wrote(comment(901));
    ana.state.wrote(comment(904));
    for recent in [
        &[905, 904, 903, 902, 901][..],
        &[906, 905, 904],
        &[905],
        &[],
    ] {
        let (steps, end) = played(&mut ana, Some(recent));
        assert_eq!(
            (steps, end),
            (vec!["send_sms"], End::delivered()),
            "{recent:?}"
        );
    }
}

#[test]
fn what_is_missing_before_an_answer_is_fetched_and_goes_first() {
    for (heard, recent, missing) in [
        (
            &[901, 903, 904][..],
            &[905, 904, 903, 902, 901][..],
            &[902][..],
        ),
        (&[901, 902], &[905, 904, 903], &[903, 904]),
        // The list was rendered before the comment.
        (&[901, 902, 903], &[904, 903], &[904]),
        (&[902, 903, 904], &[906, 905, 904, 903, 902, 901], &[901]),
    ] {
        let mut ana = Conversation::on_ticket(Status::Open);
        hear(&mut ana, heard);
        let (steps, end) = played(&mut ana, Some(recent));
        assert_eq!(
            steps,
            [
                "fetch_comments",
                "look_up_ticket",
                "look_up_history",
                "claim_ticket"
            ],
            "{recent:?}"
        );
        assert_eq!(comments(end), missing, "{recent:?}");
        assert_eq!(ana.state.heard_upto, Some(comment(905)));
    }
}

#[test]
fn of_a_body_that_names_no_recent_comments_none_is_fetched() {
    let mut ana = Conversation::on_ticket(Status::Open);
    hear(&mut ana, &[901, 902, 903]);
    let (steps, end) = played(&mut ana, None);
    assert_eq!((steps, end), (vec!["send_sms"], End::delivered()));
}

#[test]
fn a_customers_own_comment_is_looked_at_once() {
    let mut ana = Conversation::on_ticket(Status::Open);
    hear(&mut ana, &[901, 902, 903]);
    for (id, calls) in [
        (905, &["fetch_comments", "send_sms"][..]),
        (906, &["send_sms"]),
    ] {
        let body = Reply {
            recent: Some([id, 904, 903].map(comment).to_vec()),
            ..reply(id, "Hello")
        };
        let (steps, _) = ana.play(Body::Reply(body), |step| match step {
            Step::FetchComments(_) => Outcome::Comments(vec![FetchedComment {
                by_agent: false,
                by_end_user: true,
                ..answer(904)
            }]),
            step => works(step),
        });
        assert_eq!(names(&steps), calls);
    }
}

#[test]
fn an_answer_waits_a_minute_for_what_is_missing_and_no_longer_while_zendesk_is_down() {
    let down = |step: &Step| match step {
        Step::FetchComments(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    };
    for (recent, age, sent) in [
        (Some(vec![905, 904]), 0, false),
        (Some(vec![905, 904]), 60_000, true),
        (None, 0, true),
    ] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let recent = recent.map(|ids: Vec<u64>| ids.into_iter().map(comment).collect());
        let mut entry = Entry::fresh(Event {
            delivery: delivery_of(comment(905)),
            received_at: NOW - age,
            body: Body::Reply(Reply {
                recent,
                ..reply(905, "Hello")
            }),
        });
        let (steps, _) = ana.resume(&mut entry, &mut { down });
        assert_eq!(names(&steps).contains(&"send_sms"), sent, "{age}");
    }
}

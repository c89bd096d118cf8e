//! A solve sends what was missed, then closes, once; and the closing message's own words.

use super::*;

fn solved_at(asked_at: Option<i64>) -> Body {
    Body::Solved(Solved {
        ticket: Some(ticket(35)),
        requester: UserId::new(7),
        asked_at,
        ..Solved::default()
    })
}

fn tagged(tags: &'static [&'static str]) -> impl FnMut(&Step) -> Outcome {
    move |step| match step {
        Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Solved, tags))),
        step => works(step),
    }
}

/// What is sent when a ticket is solved, and how that ends.
fn sent(policy: impl FnOnce(&mut Policy), words: &str) -> (Vec<(String, u8, u8)>, End) {
    let mut ana = Conversation::on_ticket(Status::Open);
    policy(&mut ana.policy);
    let (steps, end) = ana.play(solved_with(words), works);
    assert!(ana.state.closing_notified);
    (messages(&steps), end)
}

fn solved_with(words: &str) -> Body {
    Body::Solved(Solved {
        ticket: Some(ticket(35)),
        requester: UserId::new(7),
        message: Some(words.into()),
        ..Solved::default()
    })
}

fn messages(steps: &[Step]) -> Vec<(String, u8, u8)> {
    let sent = steps.iter().filter_map(|step| match step {
        Step::SendSms(sms) => Some((sms.message.as_str().to_owned(), sms.part, sms.parts)),
        _ => None,
    });
    sent.collect()
}

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

#[test]
fn a_solve_reported_after_the_customer_wrote_again_closes_nothing() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.state.texted_at = NOW - 10_000;
    let (steps, end) = ana.play(solved_at(Some(NOW - 60_000)), works);
    assert_eq!(names(&steps), ["look_up_ticket"]);
    assert!(matches!(end, End::Done(Ending::Ignored(_), _)));
    for asked_at in [None, Some(NOW - 5_000), Some(1_469_922_850_259)] {
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.state.texted_at = NOW - 10_000;
        let (steps, _) = ana.play(solved_at(asked_at), works);
        assert_eq!(
            names(&steps),
            ["fetch_comments", "look_up_ticket", "send_sms"],
            "{asked_at:?}"
        );
    }
}

#[test]
fn a_solve_that_waits_while_the_customer_writes_again_closes_nothing() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["solved"]),
        received_at: NOW,
        body: solved_at(Some(NOW - 5_000)),
    });
    let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::SendSms(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    });
    assert_eq!(end, End::Later(None));
    ana.play(text("it broke again"), works);
    let (steps, end) = ana.resume(&mut entry, &mut works);
    assert_eq!(names(&steps), ["look_up_ticket"]);
    assert!(matches!(end, End::Done(Ending::Ignored(_), _)));
}

#[test]
fn a_ticket_reopened_without_a_word_and_solved_again_is_told_again() {
    for asked in [Some(NOW - 5_000), None] {
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.play(solved_at(Some(NOW - 60_000)), works);
        let (steps, _) = ana.play(solved_at(asked), |step| match step {
            Step::LookUpSolve(_) => Outcome::SolvedAt(Some(NOW - 6_000)),
            step => works(step),
        });
        assert_eq!(
            names(&steps),
            [
                "look_up_solve",
                "fetch_comments",
                "look_up_ticket",
                "send_sms"
            ]
        );
        assert_eq!(ana.state.notified_at, asked.unwrap_or(NOW));
    }
}

#[test]
fn a_solve_reported_twice_is_told_once() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.play(solved_at(Some(NOW - 60_000)), works);
    let duplicate = End::Done(Ending::Duplicate, vec![]);
    let (steps, end) = ana.play(solved_at(Some(NOW - 59_990)), works);
    assert_eq!(
        (names(&steps), end),
        (vec!["look_up_solve"], duplicate.clone())
    );
    // Even after a text has reopened the ticket meanwhile.
    ana.play(text("not yet"), works);
    let (steps, end) = ana.play(solved_at(Some(NOW - 60_000)), works);
    assert_eq!((names(&steps), end), (vec![], duplicate));
}

#[test]
fn comments_refused_at_the_solve_are_asked_for_again_for_a_while() {
    let refusing = |step: &Step| match step {
        Step::FetchComments(_) => {
            Outcome::Failed(Failure::Refused(Refusal::own("not these comments")))
        }
        step => works(step),
    };
    let mut ana = Conversation::on_ticket(Status::Open);
    let (_, end) = ana.play(solved_at(None), refusing);
    assert_eq!(end, End::Later(None));
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW - HOUR,
        body: solved_at(None),
    });
    let (steps, _) = ana.resume(&mut entry, &mut { refusing });
    assert_eq!(
        names(&steps),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
}

#[test]
fn a_refused_look_at_another_solve_is_repeated_and_then_told() {
    let play = |at| {
        let mut ana = Conversation::on_ticket(Status::Solved);
        let mut entry = old(solved());
        entry.event.received_at = at;
        let end = ana.resume(&mut entry, &mut |step: &Step| match step {
            Step::LookUpSolve(_) => Outcome::Failed(Failure::Refused(Refusal {
                status: 422,
                ..Refusal::own("")
            })),
            step => works(step),
        });
        end.1
    };
    assert_eq!(play(NOW - 60_000), End::Later(None));
    assert!(note(&play(NOW - HOUR)).contains("422"));
}

#[test]
fn spam_and_merged_tickets_are_closed_without_a_word() {
    for tags in [&["vip", "spam"][..], &["closed_by_merge"]] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let (steps, end) = ana.play(solved(), tagged(tags));
        assert_eq!(
            names(&steps),
            ["fetch_comments", "look_up_ticket", "set_attributes"]
        );
        assert_eq!(end, End::delivered());
        assert!(ana.state.is_done() && ana.state.closing_notified);
    }
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, _) = ana.play(solved(), tagged(&["vip"]));
    assert!(names(&steps).contains(&"send_sms"));
}

#[test]
fn tags_in_the_body_save_the_look() {
    let body = |tags: &[&str]| {
        Body::Solved(Solved {
            ticket: Some(ticket(35)),
            requester: UserId::new(7),
            tags: Some(tags.iter().map(|&tag| tag.to_owned()).collect()),
            ..Solved::default()
        })
    };
    let (steps, _) = Conversation::on_ticket(Status::Open).play(body(&["vip"]), works);
    assert_eq!(names(&steps), ["fetch_comments", "send_sms"]);
    let (steps, _) = Conversation::on_ticket(Status::Open).play(body(&["spam"]), works);
    assert_eq!(names(&steps), ["fetch_comments", "set_attributes"]);
}

#[test]
fn the_words_that_every_trigger_was_made_with_give_way_to_the_setting() {
    let french = |policy: &mut Policy| policy.solved_message = "Votre ticket est fermé".to_owned();
    let words = |body| sent(french, body).0[0].0.clone();
    assert_eq!(
        words("Your ticket has been closed"),
        "Votre ticket est fermé"
    );
    assert_eq!(
        words(" Your ticket has been closed\n"),
        "Votre ticket est fermé"
    );
    assert_eq!(words(""), "Votre ticket est fermé");
    assert_eq!(words("Bye, and thanks"), "Bye, and thanks");
}

#[test]
fn the_closing_message_is_made_fit_like_any_other() {
    let words = |body| sent(|_| {}, body).0[0].0.clone();
    assert_eq!(words("It’s “done” – bye…"), "It's \"done\" - bye...");
    assert_eq!(
        words("<p>Done.</p><p>Rate <a href=\"https://x.example/r\">us</a></p>"),
        "Done.\n\nRate us: https://x.example/r"
    );
    let (steps, end) = sent(|policy| policy.solved_message = "<p>Bye</p>".to_owned(), "");
    assert_eq!(steps, [("Bye".to_owned(), 1, 1)]);
    assert_eq!(end, End::delivered());
}

#[test]
fn a_long_closing_message_goes_out_in_order_and_is_finished_once_begun() {
    let words = "word ".repeat(400);
    let (steps, end) = sent(|_| {}, &words);
    assert_eq!(end, End::delivered());
    let numbers: Vec<(u8, u8)> = steps
        .iter()
        .map(|(_, part, parts)| (*part, *parts))
        .collect();
    assert_eq!(numbers, [(1, 2), (2, 2)]);
    assert!(steps[0].0.ends_with("word (1/2)") && steps[1].0.ends_with("word (2/2)"));

    // A worker that takes over, after the customer wrote again, sends what is left.
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: solved_with(&words),
    });
    entry.progress.fetched = true;
    entry.progress.sent = 1;
    ana.state.texted_at = NOW + HOUR;
    let (steps, _) = ana.resume(&mut entry, &mut works);
    assert_eq!(names(&steps), ["send_sms"]);
    assert_eq!(messages(&steps)[0].1, 2);
}

#[test]
fn of_a_closing_message_in_doubt_the_rest_is_sent_again_when_asked_for() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let words = "word ".repeat(400);
    let (_, end) = ana.play(solved_with(&words), |step| match step {
        Step::SendSms(sms) if sms.part == 2 => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert!(matches!(end, End::Done(Ending::Unknown, _)));
    assert_eq!(ana.state.unconfirmed[0].sent, 1);
}

#[test]
fn a_closing_message_that_nobody_could_see_is_not_sent() {
    let (steps, end) = sent(|_| {}, "\u{200b}");
    assert!(steps.is_empty());
    assert_eq!(end, End::delivered());
}

#[test]
fn a_closing_message_beyond_the_limit_is_told_to_the_agent_instead() {
    let one = |policy: &mut Policy| policy.style.max_messages = 1;
    let (steps, end) = sent(one, &"word ".repeat(400));
    assert!(steps.is_empty());
    let End::Done(Ending::Ignored(_), follow) = end else {
        panic!("{end:?}")
    };
    let kinds: Vec<&str> = follow.iter().map(|entry| entry.event.body.kind()).collect();
    assert_eq!(kinds, ["note", "attributes"]);
}

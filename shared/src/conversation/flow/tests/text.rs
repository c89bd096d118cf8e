//! A text goes onto its ticket once, or opens one.

use super::*;

#[test]
fn a_first_text_makes_the_customer_the_ticket_and_the_attributes() {
    let mut ana = Conversation::empty();
    let (steps, end) = ana.play(text("SUPPORT"), works);
    assert_eq!(
        names(&steps),
        [
            "upsert_user",
            "create_ticket",
            "claim_ticket",
            "set_attributes"
        ]
    );
    assert_eq!(end, End::delivered());
    assert_eq!(ana.state.ticket, Some(ticket(35)));
    let Step::SetAttributes(Attributes {
        ticket: told, open, ..
    }) = &steps[3]
    else {
        panic!()
    };
    assert_eq!((*told, *open), (Some(ticket(35)), true));
}

#[test]
fn a_text_on_an_open_ticket_is_one_call_and_opens_it() {
    let mut ana = Conversation::on_ticket(Status::Pending);
    let (steps, _) = ana.play(text("hello"), works);
    assert_eq!(names(&steps), ["append"]);
    let Step::Append(new) = &steps[0] else {
        panic!()
    };
    assert_eq!(
        (new.status, new.author, new.public),
        (Some(Status::Open), UserId::new(7), true)
    );
}

#[test]
fn a_new_ticket_stays_new_unless_the_answer_shows_that_it_is_not() {
    let mut ana = Conversation::on_ticket(Status::New);
    let (steps, _) = ana.play(text("one"), works);
    assert!(matches!(&steps[..], [Step::Append(new)] if new.status.is_none()));
    let (steps, _) = ana.play(text("two"), |step| match step {
        Step::Append(new) => Outcome::Posted(Written {
            ticket: new.ticket,
            status: Some(Status::Pending),
            comment: None,
            requester: None,
            tags: None,
        }),
        step => works(step),
    });
    assert_eq!(names(&steps), ["append", "set_status"]);
    assert_eq!(ana.state.status, Some(Status::Open));
}

#[test]
fn a_text_after_solved_reopens_and_tells_braze() {
    let mut ana = Conversation::on_ticket(Status::Solved);
    let (steps, _) = ana.play(text("it broke again"), works);
    assert_eq!(names(&steps), ["append", "set_attributes"]);
    assert!(!ana.state.closing_notified, "the next solve is told again");
}

#[test]
fn a_bare_thank_you_after_solved_does_not_reopen() {
    let mut ana = Conversation::on_ticket(Status::Solved);
    let (steps, _) = ana.play(text("Thanks!"), |step| match step {
        Step::Append(new) => Outcome::Posted(Written {
            ticket: new.ticket,
            status: Some(Status::Solved),
            comment: None,
            requester: None,
            tags: None,
        }),
        step => works(step),
    });
    assert!(
        matches!(&steps[..], [Step::Append(new)] if new.status.is_none()),
        "{steps:?}"
    );
    assert!(ana.state.is_done() && ana.state.closing_notified);
}

#[test]
fn a_text_past_the_window_opens_a_new_ticket() {
    let mut ana = Conversation::on_ticket(Status::Solved);
    ana.state.solved_at = Some(NOW - 29 * 24 * HOUR);
    let (steps, _) = ana.play(text("hello"), works);
    assert_eq!(
        names(&steps),
        ["create_ticket", "claim_ticket", "set_attributes"]
    );
}

#[test]
fn a_closed_ticket_gets_a_follow_up_and_a_deleted_one_a_new_ticket() {
    for (failure, follows) in [
        (Failure::Closed, Some(ticket(35))),
        (Failure::NotFound, None),
    ] {
        let mut ana = Conversation::on_ticket(Status::Solved);
        ana.policy.open_on = OpenOn::Keyword;
        let (steps, end) = ana.play(text("hello"), |step| match step {
            Step::Append(_) => Outcome::Failed(failure.clone()),
            Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Closed, &[]))),
            Step::CreateTicket(_) => Outcome::Posted(Written {
                ticket: ticket(36),
                status: None,
                comment: None,
                requester: None,
                tags: None,
            }),
            step => works(step),
        });
        let created = steps.iter().find_map(|step| match step {
            Step::CreateTicket(new) => Some(new.follows),
            _ => None,
        });
        assert_eq!((created, end), (Some(follows), End::delivered()));
        assert_eq!(ana.state.ticket, Some(ticket(36)));
    }
}

#[test]
fn a_merged_ticket_continues_on_its_target() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, _) = ana.play(text("hello"), |step| match step {
        Step::Append(new) if new.ticket == ticket(35) => Outcome::Failed(Failure::Closed),
        Step::LookUpTicket(id) => {
            Outcome::Ticket(Some(facts(*id, Status::Closed, &["closed_by_merge"])))
        }
        Step::FindMergeTarget(_) => Outcome::Ticket(Some(facts(ticket(40), Status::Open, &[]))),
        step => works(step),
    });
    assert_eq!(
        names(&steps),
        [
            "append",
            "look_up_ticket",
            "find_merge_target",
            "append",
            "set_attributes"
        ]
    );
    assert_eq!(ana.state.ticket, Some(ticket(40)));
}

#[test]
fn under_the_keyword_policy_a_strangers_text_opens_nothing() {
    let mut ana = Conversation::empty();
    ana.policy.open_on = OpenOn::Keyword;
    let (steps, end) = ana.play(text("hello"), works);
    assert!(steps.is_empty() && matches!(end, End::Done(Ending::Ignored(_), _)));
    let support = Body::Text(Text {
        text: "hello".into(),
        support: true,
        ..Text::default()
    });
    assert_eq!(ana.play(support, works).1, End::delivered());
}

#[test]
fn brazes_outage_does_not_keep_a_text_from_the_ticket() {
    let mut ana = Conversation::empty();
    let (_, end) = ana.play(text("SUPPORT"), |step| match step {
        Step::SetAttributes(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    });
    let End::Done(Ending::Delivered, follow) = end else {
        panic!("{end:?}")
    };
    assert!(matches!(
        &follow[..],
        [Entry {
            event: Event {
                body: Body::Attributes,
                ..
            },
            ..
        }]
    ));
}

/// Agents did that on purpose: the text is dropped, and the next one of a customer who is let in again goes
/// where it would have gone.
#[test]
fn a_text_of_a_suspended_customer_is_dropped() {
    let suspended = || Outcome::Failed(Failure::Suspended);
    for refused in ["create_ticket", "append", "upsert_user"] {
        let mut ana = match refused {
            "append" => Conversation::on_ticket(Status::Open),
            _ => Conversation::empty(),
        };
        let before = ana.state.ticket;
        let (steps, end) = ana.play(text("Buy now"), |step| match step.name() == refused {
            true => suspended(),
            false => works(step),
        });
        assert_eq!(
            end,
            End::ignored("the customer is suspended in Zendesk"),
            "{steps:?}"
        );
        assert_eq!(ana.state.ticket, before);
    }
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(text("Buy now"), |step| match step {
        Step::Append(_) => Outcome::Failed(Failure::Closed),
        Step::CreateTicket(_) => suspended(),
        step => works(step),
    });
    assert_eq!(end, End::ignored("the customer is suspended in Zendesk"));
    assert_eq!(names(&steps), ["append", "look_up_ticket", "create_ticket"]);
    assert_eq!(ana.state.ticket, Some(ticket(35)));
}

#[test]
fn a_text_for_a_full_ticket_opens_one_that_names_it() {
    for said in [
        "Ticket: has reached the maximum number of comments",
        r#"{"base":[{"error":"TooManyComments"}]}"#,
        "Comments limit of 5000 exceeded",
    ] {
        let full = || {
            Outcome::Failed(Failure::Refused(Refusal {
                status: 422,
                code: "RecordInvalid".to_owned(),
                detail: said.into(),
            }))
        };
        let mut ana = Conversation::on_ticket(Status::Open);
        ana.policy.open_on = OpenOn::Keyword;
        let (steps, end) = ana.play(text("one more"), |step| match step {
            Step::Append(new) if new.ticket == ticket(35) => full(),
            Step::CreateTicket(_) => Outcome::Posted(Written {
                ticket: ticket(36),
                status: Some(Status::New),
                comment: None,
                requester: None,
                tags: None,
            }),
            step => works(step),
        });
        assert_eq!(
            names(&steps),
            ["append", "create_ticket", "claim_ticket", "set_attributes"]
        );
        assert_eq!(ana.state.ticket, Some(ticket(36)));
        let End::Done(Ending::Delivered, follow) = end else {
            panic!("{end:?}")
        };
        let named = follow.iter().any(|entry| match &entry.event.body {
            Body::Note(note) => note.ticket == ticket(36) && note.text.as_str().contains("#35"),
            _ => false,
        });
        assert!(named, "{follow:?}");
    }
}

#[test]
fn the_agent_is_told_of_a_text_zendesk_refuses() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (_, end) = ana.play(text("words"), |step| match step {
        Step::Append(_) => Outcome::Failed(Failure::Refused(Refusal::own("no"))),
        step => works(step),
    });
    let End::Done(Ending::Dead(_), follow) = end else {
        panic!("{end:?}")
    };
    let [Entry { event, .. }] = &follow[..] else {
        panic!("{follow:?}")
    };
    assert!(matches!(&event.body, Body::Note(note) if note.ticket == ticket(35)));
}

#[test]
fn the_window_for_thanks_is_a_setting() {
    for (hours, reopens) in [(2, false), (0, true)] {
        let mut ana = Conversation::on_ticket(Status::Solved);
        ana.policy.thanks_window = std::time::Duration::from_secs(hours * 60 * 60);
        let (steps, _) = ana.play(text("Merci beaucoup !"), |step| match step {
            Step::Append(new) => Outcome::Posted(Written {
                ticket: new.ticket,
                status: new.status.or(Some(Status::Solved)),
                comment: CommentId::new(900),
                requester: None,
                tags: None,
            }),
            step => works(step),
        });
        let Some(Step::Append(comment)) = steps.first() else {
            panic!("{steps:?}")
        };
        assert_eq!(comment.status == Some(Status::Open), reopens, "{hours}");
    }
}

#[test]
fn a_creation_whose_keys_are_all_taken_waits() {
    let mut ana = Conversation::empty();
    let mut created = 0;
    let (_, end) = ana.play(text("hello"), |step| match step {
        Step::CreateTicket(_) => {
            created += 1;
            Outcome::Failed(Failure::KeyConflict)
        }
        step => works(step),
    });
    assert_eq!(end, End::Later(None));
    assert_eq!(created, 3);
}

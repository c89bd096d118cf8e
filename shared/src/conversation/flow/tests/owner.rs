//! Whose the ticket is: what is asked, who is sent what, and where a text goes that came to another's ticket.

use super::*;
use crate::conversation::policy::UNTAGGED;

pub(super) fn tagged() -> Conversation {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.policy.tag = Some("braze_sms".to_owned());
    ana
}

pub(super) fn of(user: u64, customer: Option<&str>, tags: &[&str]) -> Outcome {
    Outcome::Ticket(Some(TicketFacts {
        requester: UserId::new(user),
        customer: customer.and_then(|id| id.parse().ok()),
        ..facts(ticket(35), Status::Open, tags)
    }))
}

fn note(end: &End) -> String {
    let End::Done(_, follow) = end else {
        panic!("{end:?}")
    };
    let mut notes = follow.iter().filter_map(|entry| match &entry.event.body {
        Body::Note(note) => Some(note.text.as_str().to_owned()),
        _ => None,
    });
    let first = notes.next().unwrap_or_default();
    assert_eq!(notes.next(), None);
    first
}

#[test]
fn a_body_that_names_requester_and_tags_is_enough_to_stay() {
    let tags = Some(vec!["vip".to_owned(), "Braze_SMS".to_owned()]);
    for (requester, tags, asked) in [
        (Some(7), tags.clone(), false),
        (None, tags, true),
        (Some(7), None, true),
    ] {
        let body = Reply {
            requester: requester.and_then(UserId::new),
            tags,
            ..reply(500, "words")
        };
        let (steps, end) = tagged().play(Body::Reply(body), |step| match step {
            Step::LookUpTicket(_) => of(7, Some("ana"), &["braze_sms"]),
            step => works(step),
        });
        let expected: &[&str] = match asked {
            true => &["look_up_ticket", "send_sms"],
            false => &["send_sms"],
        };
        assert_eq!(names(&steps), expected, "{requester:?}");
        assert_eq!(end, End::delivered());
    }
}

/// It was written when the ticket was another person's, and the ticket is given back since; or the body lies.
/// A user who is gone was merged into the customer.
#[test]
fn an_answer_that_was_written_for_another_requester_is_not_sent() {
    for (gone, by_ticket) in [(true, false), (false, false), (false, true)] {
        let mut ana = tagged();
        let mut entry = Entry::fresh(Event {
            delivery: DeliveryId::derive("test", &["1"]),
            received_at: NOW,
            body: Body::Reply(Reply {
                requester: UserId::new(8),
                ..reply(500, "words")
            }),
        });
        entry.progress.by_ticket = by_ticket;
        let (steps, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
            Step::LookUpTicket(_) => of(7, Some("ana"), &["braze_sms"]),
            Step::LookUpUser(user) => {
                assert_eq!(Some(*user), UserId::new(8));
                Outcome::Person(PersonFacts {
                    gone,
                    customer: None,
                    number: None,
                })
            }
            step => works(step),
        });
        let steps = names(&steps);
        assert_eq!(steps.contains(&"send_sms"), gone, "{steps:?}");
        let noted = match &end {
            End::Done(Ending::Ignored(_), follow) => by_ticket && follow.len() == 1,
            End::Done(Ending::Dead(_), follow) => !by_ticket && follow.len() == 1,
            _ => false,
        };
        assert_eq!(noted, !gone, "{end:?}");
        assert_eq!(ana.state.ticket, Some(ticket(35)), "it is hers now");
    }
}

#[test]
fn an_answer_on_a_ticket_without_the_tag_is_not_sent() {
    let body = Body::Reply(reply(500, "words"));
    let (steps, end) = tagged().play(body, |step| match step {
        Step::LookUpTicket(_) => of(7, Some("ana"), &["vip", "braze_sms_2"]),
        step => works(step),
    });
    assert_eq!(names(&steps), ["look_up_ticket"]);
    assert_eq!(end, End::ignored(UNTAGGED));
}

#[test]
fn the_zendesk_user_decides_whose_the_ticket_is() {
    // Requester, their Braze id, whether the user of the conversation is gone; whether it is sent.
    for (user, customer, gone, sent) in [
        (7, Some("ana"), false, true),
        // The field was emptied, or rewritten.
        (7, None, false, true),
        (7, Some("crm-12"), false, true),
        // A merge of two profiles.
        (8, None, true, true),
        (8, Some("ana"), true, true),
        // The ticket was given to somebody else.
        (8, None, false, false),
        (8, Some("max"), false, false),
        (8, Some("max"), true, false),
    ] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let body = Reply {
            requester: None,
            ..reply(500, "words")
        };
        let (steps, end) = ana.play(Body::Reply(body), |step| match step {
            Step::LookUpTicket(_) => of(user, customer, &[]),
            Step::LookUpUser(asked) => {
                assert_eq!(Some(*asked), UserId::new(7));
                Outcome::Person(PersonFacts {
                    gone,
                    customer: None,
                    number: None,
                })
            }
            step => works(step),
        });
        let context = format!("{user} {customer:?} {gone}");
        let texted = names(&steps).contains(&"send_sms");
        assert_eq!(texted, sent, "{context}");
        assert_eq!(ana.state.ticket.is_some(), sent, "{context}");
        if sent {
            assert_eq!(ana.state.user, UserId::new(user), "{context}");
        } else {
            assert!(matches!(end, End::Done(Ending::Dead(_), _)), "{end:?}");
            assert!(note(&end).contains("requester"), "{end:?}");
        }
    }
}

#[test]
fn what_waits_goes_to_who_was_the_requester_when_it_was_written() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: Body::Reply(Reply {
            requester: None,
            ..reply(500, "words")
        }),
    });
    let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::SendSms(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    });
    assert_eq!(end, End::Later(None));
    let (steps, end) = ana.resume(&mut entry, &mut works);
    assert_eq!((names(&steps), end), (vec!["send_sms"], End::delivered()));
}

#[test]
fn a_replayed_answer_is_not_believed_to_be_on_its_ticket_still() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: Body::Reply(reply(500, "words")),
    });
    entry.progress.again = true;
    let (steps, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::LookUpTicket(_) => of(8, Some("max"), &[]),
        step => works(step),
    });
    assert_eq!(names(&steps), ["look_up_ticket"]);
    assert!(
        matches!(end, End::Done(Ending::Ignored(_), _)),
        "it is a dead letter no more: {end:?}"
    );
    assert!(note(&end).contains("requester"));
}

#[test]
fn a_text_that_came_to_anothers_ticket_is_made_private_and_opens_one_of_its_own() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(text("5 Secret Street"), |step| match step {
        Step::Append(new) => Outcome::Posted(Written {
            ticket: new.ticket,
            status: Some(Status::Open),
            comment: CommentId::new(900),
            requester: UserId::new(8),
            tags: None,
        }),
        Step::LookUpTicket(_) => of(8, Some("max"), &[]),
        Step::CreateTicket(new) => Outcome::Posted(Written {
            ticket: ticket(36),
            status: Some(Status::New),
            comment: None,
            requester: Some(new.requester),
            tags: None,
        }),
        step => works(step),
    });
    assert_eq!(
        names(&steps),
        [
            "append",
            "look_up_ticket",
            "make_private",
            "create_ticket",
            "claim_ticket",
            "set_attributes"
        ]
    );
    assert_eq!(steps[2], Step::MakePrivate(ticket(35), comment(900)));
    let Step::CreateTicket(new) = &steps[3] else {
        panic!("{steps:?}")
    };
    assert_eq!(Some(new.requester), UserId::new(7));
    assert_eq!(ana.state.ticket, Some(ticket(36)));
    assert!(note(&end).contains("#36"), "{end:?}");
}

#[test]
fn a_text_that_is_found_on_anothers_ticket_is_made_private_as_well() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: text("5 Secret Street"),
    });
    entry.progress.doubtful = true;
    let (steps, _) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::FindDelivery { ticket: at, .. } if *at == ticket(35) => {
            Outcome::Present(CommentId::new(900))
        }
        Step::LookUpTicket(_) => of(8, None, &[]),
        step => works(step),
    });
    let private = Step::MakePrivate(ticket(35), comment(900));
    assert!(steps.contains(&private), "{steps:?}");
    assert!(names(&steps).contains(&"create_ticket"), "{steps:?}");
}

#[test]
fn a_ticket_that_lost_its_tag_says_so_once() {
    let mut ana = tagged();
    let written = |tags: &'static [&'static str]| {
        move |step: &Step| match step {
            Step::Append(new) => Outcome::Posted(Written {
                ticket: new.ticket,
                status: Some(Status::Open),
                comment: None,
                requester: UserId::new(7),
                tags: Some(tags.iter().map(|&tag| tag.to_owned()).collect()),
            }),
            step => works(step),
        }
    };
    for (tags, told) in [
        (&["vip"][..], true),
        (&["vip"], false),
        (&["braze_sms"], false),
        (&[], true),
    ] {
        let (_, end) = ana.play(text("Hello?"), written(tags));
        assert_eq!(note(&end).contains("braze_sms"), told, "{tags:?} {end:?}");
    }
}

#[test]
fn a_ticket_whose_field_was_rewritten_belongs_to_the_conversation_that_is_on_it() {
    let mut other = Conversation::empty();
    other.key = Key::Customer("crm-12".parse().expect("id"));
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: Body::Reply(reply(500, "words")),
    });
    let mut answer = |step: &Step| {
        Some(match step {
            Step::LookUpTicket(_) => of(7, Some("crm-12"), &[]),
            Step::ClaimTicket { .. } => Outcome::Claimed(Some(Owner {
                customer: "ana".parse().expect("id"),
                user: UserId::new(7),
            })),
            step => works(step),
        })
    };
    let mut script = Script::new(NOW, &mut answer);
    let context = Context {
        key: &other.key,
        policy: &other.policy,
        seen: &other.seen,
        owner: None,
    };
    let done = script.run(context, &mut other.state, &mut entry);
    let Ok(Done::Forward { customer }) = done else {
        panic!("{done:?}")
    };
    assert_eq!(customer.shown(), "ana");
}

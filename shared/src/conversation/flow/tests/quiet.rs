//! When the bridge keeps quiet: spam, merges, loops, thank-yous; and the tags of consent.

use super::*;
use crate::message::{Consent, ConsentKind};

fn tagged(tags: &'static [&'static str]) -> impl FnMut(&Step) -> Outcome {
    move |step| match step {
        Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Solved, tags))),
        step => works(step),
    }
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

/// Sends the same text a number of times; says after which a note followed.
fn repeated(ana: &mut Conversation, words: &str, times: usize) -> Vec<usize> {
    let noted = |turn: &usize| {
        let (_, end) = ana.play(text(words), works);
        let End::Done(Ending::Delivered, follow) = end else {
            panic!("{end:?}")
        };
        assert!(*turn > 0 && follow.len() < 2);
        follow
            .iter()
            .any(|entry| matches!(entry.event.body, Body::Note(_)))
    };
    (1..=times).filter(noted).collect()
}

#[test]
fn the_same_text_many_times_makes_one_note_and_no_closing_message() {
    let mut ana = Conversation::on_ticket(Status::Open);
    assert_eq!(repeated(&mut ana, "I am driving.", 12), [5]);
    let (steps, _) = ana.play(solved(), works);
    assert_eq!(names(&steps), ["fetch_comments", "set_attributes"]);
    let (steps, _) = ana.play(Body::Reply(reply(501, "Hello")), works);
    assert_eq!(
        names(&steps),
        ["send_sms"],
        "an agent's answer is no automatic SMS"
    );

    ana.play(text("I am back"), works);
    let (steps, _) = ana.play(solved(), works);
    assert!(names(&steps).contains(&"send_sms"), "another text ends it");
}

#[test]
fn an_hour_of_silence_ends_a_loop_and_equal_texts_apart_are_none() {
    let mut ana = Conversation::on_ticket(Status::Open);
    repeated(&mut ana, "I am driving.", 5);
    if let Some(text) = &mut ana.state.repeated_text {
        text.2 -= HOUR;
    }
    assert!(names(&ana.play(solved(), works).0).contains(&"send_sms"));
    assert_eq!(repeated(&mut ana, "I am driving.", 4), Vec::<usize>::new());
    ana.policy.loop_fuse = 0;
    assert_eq!(repeated(&mut ana, "I am driving.", 12), Vec::<usize>::new());
}

#[test]
fn a_text_tried_again_is_counted_once() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: text("Hello"),
    });
    for _ in 0..9 {
        ana.resume(&mut entry, &mut |_: &Step| {
            Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
        });
    }
    assert_eq!(ana.state.repeated_text.map(|text| text.1), Some(1));
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
fn consent_is_noted_and_tagged_and_untagged() {
    let consent = |what| {
        Body::Consent(Consent {
            what,
            text: Personal::default(),
            braze_id: None,
            changed: None,
        })
    };
    let mut ana = Conversation::on_ticket(Status::Open);
    let noted = |ana: &mut Conversation, what| {
        let (steps, end) = ana.play(consent(what), works);
        assert!(steps.is_empty());
        let End::Done(Ending::Delivered, mut follow) = end else {
            panic!("{end:?}")
        };
        let (steps, end) = ana.resume(&mut follow.remove(0), &mut works);
        assert_eq!(end, End::delivered());
        let tags = steps.iter().map(|step| match step {
            Step::Append(note) if !note.public => note.body.as_str().to_owned(),
            Step::AddTags(_, tags) => format!("+{}", tags.join(",")),
            Step::RemoveTags(_, tags) => format!("-{}", tags.join(",")),
            other => panic!("{other:?}"),
        });
        tags.collect::<Vec<_>>()
    };
    let out = noted(&mut ana, ConsentKind::OptedOut);
    assert!(out.len() == 2 && out[0].contains("START") && out[1] == "+sms_opted_out");
    assert!(ana.state.opted_out);
    let back = noted(&mut ana, ConsentKind::OptedIn);
    assert!(back.len() == 2 && back[1] == "-sms_opted_out,sms_opt_out_asked");
    assert!(!ana.state.opted_out);
    let help = noted(&mut ana, ConsentKind::Help);
    assert!(help.len() == 2 && help[1] == "+sms_help");
}

/// Who may open no ticket is heard all the same: the wish counts, and the first ticket says so.
#[test]
fn a_wish_without_a_ticket_counts_and_the_first_ticket_says_so() {
    for group in [None, Some("sms".to_owned())] {
        let mut ana = Conversation::empty();
        ana.policy.open_on = OpenOn::Keyword;
        ana.policy.unsubscribe_from = group.clone();
        let (steps, end) = ana.play(text("please stop texting me"), works);
        let End::Done(Ending::Ignored(_), follow) = end else {
            panic!("{end:?}")
        };
        assert!(steps.is_empty() && ana.state.opt_out_asked);
        let told = follow
            .iter()
            .filter(|entry| entry.event.body == Body::Unsubscribe);
        assert_eq!(told.count(), usize::from(group.is_some()));
        assert_eq!(ana.state.opted_out, group.is_some());
        let support = Body::Text(Text {
            text: "SUPPORT".into(),
            support: true,
            ..Text::default()
        });
        let (_, end) = ana.play(support, works);
        let End::Done(Ending::Delivered, follow) = end else {
            panic!("{end:?}")
        };
        let notes: Vec<_> = follow
            .iter()
            .filter_map(|entry| match &entry.event.body {
                Body::Note(note) => Some(note.tags.join(",")),
                _ => None,
            })
            .collect();
        let tags = match group {
            None => "sms_opt_out_asked",
            Some(_) => "sms_opt_out_asked,sms_opted_out",
        };
        assert_eq!(notes, [tags]);
        let (_, end) = ana.play(text("anybody there?"), works);
        assert_eq!(end, End::delivered());
    }
}

#[test]
fn an_opt_out_without_a_ticket_is_kept_for_the_first_answer() {
    let mut ana = Conversation::empty();
    let out = Body::Consent(Consent {
        what: ConsentKind::OptedOut,
        text: Personal::default(),
        braze_id: None,
        changed: None,
    });
    let (steps, end) = ana.play(out, works);
    assert_eq!((steps.len(), end), (0, End::delivered()));
    let (steps, end) = ana.play(Body::Reply(reply(501, "Hello")), works);
    let End::Done(Ending::Ignored(_), follow) = end else {
        panic!("{end:?}")
    };
    let told = follow.iter().any(|entry| match &entry.event.body {
        Body::Note(note) => note.text.as_str().contains("once they text START"),
        _ => false,
    });
    assert_eq!(names(&steps), ["look_up_ticket", "claim_ticket"]);
    assert!(told);
}

#[test]
fn the_ticket_of_a_customer_who_opted_out_before_it_says_so_once() {
    let out = || {
        Body::Consent(Consent {
            what: ConsentKind::OptedOut,
            text: Personal::default(),
            braze_id: None,
            changed: None,
        })
    };
    let notes = |end: End| -> Vec<(String, Vec<String>)> {
        let End::Done(Ending::Delivered, follow) = end else {
            panic!("{end:?}")
        };
        let told = follow
            .into_iter()
            .filter_map(|entry| match entry.event.body {
                Body::Note(note) => Some((note.text.as_str().to_owned(), note.tags)),
                _ => None,
            });
        told.collect()
    };
    let mut ana = Conversation::empty();
    assert!(notes(ana.play(out(), works).1).is_empty());
    let told = notes(ana.play(text("My box is broken"), works).1);
    assert_eq!(told.len(), 1);
    assert!(told[0].0.contains("START"));
    assert_eq!(told[0].1, ["sms_opted_out"]);
    assert!(notes(ana.play(text("Are you there?"), works).1).is_empty());
    assert!(notes(ana.play(out(), works).1).is_empty(), "a second STOP");

    // A further ticket says so, too.
    ana.state.move_to(ticket(36), Some(Status::Open), NOW);
    assert_eq!(notes(ana.play(text("Hello"), works).1).len(), 1);

    let back = Body::Consent(Consent {
        what: ConsentKind::OptedIn,
        text: Personal::default(),
        braze_id: None,
        changed: None,
    });
    assert_eq!(notes(ana.play(back, works).1).len(), 1);
    assert_eq!(notes(ana.play(out(), works).1).len(), 1);
}

//! STOP, START and HELP count at once, and the ticket's agent reads so.

use super::*;
use crate::message::{Consent, ConsentKind};

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

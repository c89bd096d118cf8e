//! Files on an agent's comment: sent, linked or named in a note.

use super::*;
use crate::conversation::policy::FilesOut;
use crate::message::Attachment;

fn file(name: &str) -> Attachment {
    let kind = if name.ends_with("png") {
        "image/png"
    } else {
        "application/pdf"
    };
    let url = format!("https://x.example/{name}");
    Attachment::new(name, &url, kind, 1_000).expect("a file")
}

fn with_files(files: Option<Vec<Attachment>>) -> Body {
    Body::Reply(Reply {
        files,
        ..reply(501, "Hello")
    })
}

fn ana(files: FilesOut) -> Conversation {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.policy.style.files = files;
    ana
}

/// The messages sent, with the picture of each.
pub(super) fn sent(steps: &[Step]) -> Vec<(&str, Option<&str>)> {
    let sms = steps.iter().filter_map(|step| match step {
        Step::SendSms(sms) => Some((
            sms.message.as_str(),
            sms.media.as_ref().map(Personal::as_str),
        )),
        _ => None,
    });
    sms.collect()
}

/// The notes behind an answer that was sent, or before what is found.
pub(super) fn notes_of(end: End) -> Vec<String> {
    let (End::Done(Ending::Delivered, follow) | End::First(follow)) = end else {
        panic!("{end:?}")
    };
    let notes = follow.into_iter().map(|entry| match entry.event.body {
        Body::Note(note) => note.text.as_str().to_owned(),
        other => panic!("{other:?}"),
    });
    notes.collect()
}

fn fetched(id: u64, files: Vec<Attachment>) -> FetchedComment {
    FetchedComment {
        comment: comment(id),
        by_agent: true,
        by_end_user: false,
        public: true,
        text: Personal::from("Hello"),
        files,
        author: Personal::default(),
        created_at: NOW - 1,
    }
}

#[test]
fn by_default_the_text_goes_and_the_agent_is_told_of_the_files() {
    let mut ana = ana(FilesOut::Note);
    let files = Some(vec![file("a.png"), file("b.pdf")]);
    let (steps, end) = ana.play(with_files(files), works);
    assert_eq!(sent(&steps), [("Hello", None)]);
    let [note] = &notes_of(end)[..] else {
        panic!("one note")
    };
    assert!(
        note.contains("2 files not sent by SMS (a.png, b.pdf)"),
        "{note}"
    );

    let (_, end) = ana.play(with_files(Some(vec![file("b.pdf")])), works);
    let note = notes_of(end).remove(0);
    assert!(note.contains("file not sent by SMS (b.pdf)"), "{note}");
}

#[test]
fn links_go_below_the_text() {
    let mut ana = ana(FilesOut::Links);
    let files = Some(vec![file("a.png"), file("b.pdf")]);
    let (steps, end) = ana.play(with_files(files), works);
    let text = "Hello\nhttps://x.example/a.png\nhttps://x.example/b.pdf";
    assert_eq!(sent(&steps), [(text, None)]);
    assert!(notes_of(end).is_empty());
}

#[test]
fn a_picture_goes_with_the_first_message_and_the_rest_is_told() {
    let mut ana = ana(FilesOut::Media);
    let files = Some(vec![file("b.pdf"), file("a.png"), file("c.png")]);
    let (steps, end) = ana.play(with_files(files), works);
    assert_eq!(sent(&steps), [("Hello", Some("https://x.example/a.png"))]);
    let note = notes_of(end).remove(0);
    assert!(note.contains("(b.pdf, c.png)"), "{note}");

    let long = Body::Reply(Reply {
        files: Some(vec![file("a.png")]),
        ..reply(502, &"word ".repeat(600))
    });
    let (steps, _) = ana.play(long, works);
    let pictures: Vec<bool> = sent(&steps)
        .iter()
        .map(|(_, media)| media.is_some())
        .collect();
    assert_eq!(pictures, [true, false]);
}

#[test]
fn a_picture_without_a_text_is_its_link() {
    let mut ana = ana(FilesOut::Media);
    let alone = Body::Reply(Reply {
        files: Some(vec![file("a.png")]),
        ..reply(501, " ")
    });
    let (steps, _) = ana.play(alone, works);
    assert_eq!(sent(&steps), [("https://x.example/a.png", None)]);
}

#[test]
fn a_body_without_files_is_asked_for_only_where_the_setting_sends_them() {
    let asked = |step: &Step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![
            fetched(502, vec![]),
            fetched(501, vec![file("b.pdf")]),
        ]),
        step => works(step),
    };
    let (steps, _) = ana(FilesOut::Note).play(with_files(None), asked);
    assert_eq!(names(&steps), ["send_sms"]);
    let (steps, _) = ana(FilesOut::Links).play(with_files(None), asked);
    assert_eq!(sent(&steps), [("Hello\nhttps://x.example/b.pdf", None)]);
    let (steps, _) = ana(FilesOut::Links).play(with_files(Some(vec![])), asked);
    assert_eq!(names(&steps), ["send_sms"]);
}

#[test]
fn an_answer_does_not_wait_for_its_files() {
    for failure in [
        Failure::Later(None, Trouble::Unavailable),
        Failure::NotFound,
        Failure::Refused(Refusal::own("no")),
    ] {
        let mut ana = ana(FilesOut::Media);
        let (steps, _) = ana.play(with_files(None), |step| match step {
            Step::FetchComments(_) => Outcome::Failed(failure.clone()),
            step => works(step),
        });
        assert_eq!(names(&steps), ["fetch_comments", "send_sms"]);
        assert!(ana.state.files_unseen > 0, "looked for later");
    }
}

#[test]
fn files_that_nobody_named_are_told_once_when_comments_are_read() {
    let mut ana = ana(FilesOut::Note);
    ana.play(with_files(None), works);
    assert_eq!(ana.state.files_unseen, NOW);
    ana.seen.insert(0, delivery_of(comment(501)).marker());
    let look = |ana: &mut Conversation| {
        let (_, end) = ana.play(Body::Check(Check::default()), |step| match step {
            Step::FetchComments(_) => Outcome::Comments(vec![fetched(501, vec![file("b.pdf")])]),
            step => works(step),
        });
        notes_of(end)
    };
    let notes = look(&mut ana);
    assert!(notes.len() == 1 && notes[0].contains("b.pdf"), "{notes:?}");
    assert_eq!(ana.state.files_unseen, 0);
    assert!(look(&mut ana).is_empty());
}

#[test]
fn the_solve_tells_of_files_before_it_closes() {
    let mut ana = ana(FilesOut::Note);
    ana.play(with_files(None), works);
    ana.seen.insert(0, delivery_of(comment(501)).marker());
    let (_, end) = ana.play(solved(), |step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![fetched(501, vec![file("b.pdf")])]),
        step => works(step),
    });
    let End::First(first) = end else {
        panic!("{end:?}")
    };
    assert!(matches!(&first[..], [entry] if matches!(entry.event.body, Body::Note(_))));
}

//! Files that were not there when the text went to its ticket come by a comment of their own.

use super::*;
use crate::message::{LateFiles, MediaProblem};

fn late(asked: u8) -> Entry {
    let mut entry = old(Body::LateFiles(LateFiles {
        ticket: ticket(35),
        links: vec!["https://media.example.com/1.jpg".to_owned()],
        missing: vec![],
        asked,
    }));
    entry.event.received_at = NOW;
    entry
}

fn with(file: Attached) -> impl FnMut(&Step) -> Outcome {
    move |step| match step {
        Step::AttachMedia(_) => Outcome::Attached(vec![file.clone()]),
        step => works(step),
    }
}

#[test]
fn a_file_that_is_not_there_yet_is_asked_for_again_and_added_once_it_came() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = late(0);
    let missing = Attached::Not(MediaProblem::Status(404));
    let (steps, end) = ana.resume(&mut entry, &mut with(missing));
    assert_eq!(names(&steps), ["attach_media"]);
    assert!(matches!(end, End::Later(Some(at)) if at > NOW), "{end:?}");
    let (steps, end) = ana.resume(&mut entry, &mut with(Attached::Token("t1".into())));
    let [Step::AttachMedia(_), Step::Append(comment)] = &steps[..] else {
        panic!("{steps:?}")
    };
    assert_eq!((comment.public, comment.uploads.len()), (true, 1));
    assert_eq!(end, End::delivered());
}

#[test]
fn after_some_minutes_it_is_asked_for_no_more() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let missing = Attached::Not(MediaProblem::Status(404));
    let (_, end) = ana.resume(&mut late(5), &mut with(missing));
    assert_eq!(end, End::ignored("the files did not come"));
}

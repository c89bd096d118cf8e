//! A note is on its ticket once, then its tags are.

use super::*;

fn noted() -> Body {
    Body::Note(Note {
        ticket: ticket(35),
        text: "For the agent".into(),
        tags: vec!["new".to_owned()],
        untag: vec!["old".to_owned()],
    })
}

#[test]
fn a_note_is_private_and_its_tags_follow() {
    let (steps, end) = Conversation::on_ticket(Status::Open).play(noted(), works);
    assert_eq!(names(&steps), ["append", "add_tags", "remove_tags"]);
    assert!(matches!(&steps[0], Step::Append(comment) if !comment.public));
    assert_eq!(end, End::delivered());
}

#[test]
fn a_note_whose_tags_wait_is_not_written_again() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = old(noted());
    entry.event.received_at = NOW;
    let (_, end) = ana.resume(&mut entry, &mut |step: &Step| match step {
        Step::AddTags(..) => Outcome::Failed(Failure::Later(None, Trouble::Limited)),
        step => works(step),
    });
    assert_eq!(end, End::Later(None));
    let (steps, end) = ana.resume(&mut entry, &mut works);
    assert_eq!(names(&steps), ["add_tags", "remove_tags"]);
    assert_eq!(end, End::delivered());
}

#[test]
fn a_ticket_that_is_closed_takes_no_note() {
    let (_, end) = Conversation::on_ticket(Status::Open).play(noted(), |step| match step {
        Step::Append(_) => Outcome::Failed(Failure::Closed),
        step => works(step),
    });
    assert_eq!(end, End::ignored("the ticket takes no more notes"));
}

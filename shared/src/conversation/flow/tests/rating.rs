//! A figure after the closing message rates the ticket, which stays solved.

use super::*;

fn solved_lately() -> Conversation {
    let mut ana = Conversation::on_ticket(Status::Solved);
    ana.policy.csat = true;
    ana
}

/// Zendesk leaves the ticket solved.
fn stays_solved(step: &Step) -> Outcome {
    match step {
        Step::Append(new) => Outcome::Posted(Written {
            ticket: new.ticket,
            status: new.status.or(Some(Status::Solved)),
            comment: CommentId::new(900),
            requester: None,
            tags: None,
        }),
        step => works(step),
    }
}

#[test]
fn a_rating_is_a_tag_in_place_of_the_one_before() {
    let mut ana = solved_lately();
    let (steps, end) = ana.play(text("5"), stays_solved);
    assert_eq!(end, End::delivered());
    let [Step::Append(comment), Step::AddTags(_, tags)] = &steps[..] else {
        panic!("{steps:?}")
    };
    assert_eq!(
        (comment.status, &tags[..]),
        (None, &["sms_csat_5".to_owned()][..])
    );
    let (steps, _) = ana.play(text("4"), stays_solved);
    assert_eq!(names(&steps), ["append", "add_tags", "remove_tags"]);
    assert!(ana.state.is_done());
    assert_eq!(ana.state.rating.map(|rating| rating.value), Some(4));
}

#[test]
fn words_right_after_a_rating_explain_it_and_a_question_reopens() {
    let mut ana = solved_lately();
    ana.play(text("2"), stays_solved);
    let (steps, _) = ana.play(text("It took too long."), stays_solved);
    assert_eq!(names(&steps), ["append"]);
    assert!(ana.state.is_done());
    let (steps, _) = ana.play(text("Why did it take so long?"), stays_solved);
    assert_eq!(names(&steps), ["append", "set_attributes"]);
    assert!(!ana.state.is_done());
}

#[test]
fn where_none_is_asked_for_a_figure_is_a_text_like_any() {
    let mut ana = Conversation::on_ticket(Status::Solved);
    let (steps, _) = ana.play(text("5"), stays_solved);
    assert_eq!(names(&steps), ["append", "set_attributes"]);
}

//! What no agent wrote goes out as an SMS all the same, and not too often.

use super::*;
use crate::message::Say;

fn say(words: &str) -> Body {
    Body::Say(Say {
        ticket: Some(ticket(35)),
        text: words.into(),
        ..Say::default()
    })
}

#[test]
fn an_automatic_text_is_sent_and_its_agent_reads_it() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(say("We are closed today"), works);
    assert_eq!(names(&steps), ["look_up_ticket", "send_sms"]);
    assert!(note(&end).contains("We are closed today"), "{end:?}");
    assert_eq!(ana.state.status, Some(Status::Open), "nothing is reopened");
}

#[test]
fn the_same_words_are_said_once_and_three_texts_at_most_within_an_hour() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut end_of = |words: &str| ana.play(say(words), works).1;
    assert!(matches!(
        end_of("One"),
        End::Done(Ending::Delivered, follow) if follow.len() == 1
    ));
    assert_eq!(end_of("One"), End::ignored("said within the last hour"));
    for words in ["Two", "Three"] {
        assert!(matches!(end_of(words), End::Done(Ending::Delivered, _)));
    }
    assert_eq!(
        end_of("Four"),
        End::ignored("three automatic texts within an hour")
    );
}

#[test]
fn an_automatic_text_of_unknown_outcome_is_not_repeated() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(say("Hello"), |step| match step {
        Step::SendSms(_) => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert_eq!(names(&steps), ["look_up_ticket", "send_sms"]);
    assert!(matches!(end, End::Done(Ending::Unknown, _)), "{end:?}");
    let (steps, end) = ana.play(say("Hello"), works);
    assert_eq!(
        (steps, end),
        (vec![], End::ignored("said within the last hour"))
    );
}

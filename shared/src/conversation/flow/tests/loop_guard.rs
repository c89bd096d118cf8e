//! A number that sends the same text over and over gets nothing automatic.

use super::*;

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

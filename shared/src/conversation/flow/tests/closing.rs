//! The closing message: whose words, made fit for SMS like any other, each message once.

use super::*;

/// What is sent when a ticket is solved, and how that ends.
fn sent(policy: impl FnOnce(&mut Policy), words: &str) -> (Vec<(String, u8, u8)>, End) {
    let mut ana = Conversation::on_ticket(Status::Open);
    policy(&mut ana.policy);
    let (steps, end) = ana.play(solved_with(words), works);
    assert!(ana.state.closing_notified);
    (messages(&steps), end)
}

fn solved_with(words: &str) -> Body {
    Body::Solved(Solved {
        ticket: Some(ticket(35)),
        requester: UserId::new(7),
        message: Some(words.into()),
        ..Solved::default()
    })
}

fn messages(steps: &[Step]) -> Vec<(String, u8, u8)> {
    let sent = steps.iter().filter_map(|step| match step {
        Step::SendSms(sms) => Some((sms.message.as_str().to_owned(), sms.part, sms.parts)),
        _ => None,
    });
    sent.collect()
}

#[test]
fn the_words_that_every_trigger_was_made_with_give_way_to_the_setting() {
    let french = |policy: &mut Policy| policy.solved_message = "Votre ticket est fermé".to_owned();
    let words = |body| sent(french, body).0[0].0.clone();
    assert_eq!(
        words("Your ticket has been closed"),
        "Votre ticket est fermé"
    );
    assert_eq!(
        words(" Your ticket has been closed\n"),
        "Votre ticket est fermé"
    );
    assert_eq!(words(""), "Votre ticket est fermé");
    assert_eq!(words("Bye, and thanks"), "Bye, and thanks");
}

#[test]
fn the_closing_message_is_made_fit_like_any_other() {
    let words = |body| sent(|_| {}, body).0[0].0.clone();
    assert_eq!(words("It’s “done” – bye…"), "It's \"done\" - bye...");
    assert_eq!(
        words("<p>Done.</p><p>Rate <a href=\"https://x.example/r\">us</a></p>"),
        "Done.\n\nRate us: https://x.example/r"
    );
    let (steps, end) = sent(|policy| policy.solved_message = "<p>Bye</p>".to_owned(), "");
    assert_eq!(steps, [("Bye".to_owned(), 1, 1)]);
    assert_eq!(end, End::delivered());
}

#[test]
fn a_long_closing_message_goes_out_in_order_and_is_finished_once_begun() {
    let words = "word ".repeat(400);
    let (steps, end) = sent(|_| {}, &words);
    assert_eq!(end, End::delivered());
    let numbers: Vec<(u8, u8)> = steps
        .iter()
        .map(|(_, part, parts)| (*part, *parts))
        .collect();
    assert_eq!(numbers, [(1, 2), (2, 2)]);
    assert!(steps[0].0.ends_with("word (1/2)") && steps[1].0.ends_with("word (2/2)"));

    // A worker that takes over, after the customer wrote again, sends what is left.
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: solved_with(&words),
    });
    entry.progress.fetched = true;
    entry.progress.sent = 1;
    ana.state.texted_at = NOW + HOUR;
    let (steps, _) = ana.resume(&mut entry, &mut works);
    assert_eq!(names(&steps), ["send_sms"]);
    assert_eq!(messages(&steps)[0].1, 2);
}

#[test]
fn of_a_closing_message_in_doubt_the_rest_is_sent_again_when_asked_for() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let words = "word ".repeat(400);
    let (_, end) = ana.play(solved_with(&words), |step| match step {
        Step::SendSms(sms) if sms.part == 2 => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert!(matches!(end, End::Done(Ending::Unknown, _)));
    assert_eq!(ana.state.unconfirmed[0].sent, 1);
}

#[test]
fn a_closing_message_that_nobody_could_see_is_not_sent() {
    let (steps, end) = sent(|_| {}, "\u{200b}");
    assert!(steps.is_empty());
    assert_eq!(end, End::delivered());
}

#[test]
fn a_closing_message_beyond_the_limit_is_told_to_the_agent_instead() {
    let one = |policy: &mut Policy| policy.style.max_messages = 1;
    let (steps, end) = sent(one, &"word ".repeat(400));
    assert!(steps.is_empty());
    let End::Done(Ending::Ignored(_), follow) = end else {
        panic!("{end:?}")
    };
    let kinds: Vec<&str> = follow.iter().map(|entry| entry.event.body.kind()).collect();
    assert_eq!(kinds, ["note", "attributes"]);
}

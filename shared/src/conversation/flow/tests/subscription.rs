//! Braze is the judge of who may be sent an SMS, and learns of an opt-out that it does not act on itself.

use super::*;
use crate::conversation::subscription::Subscription;

fn told(is: Subscription) -> impl FnMut(&Step) -> Outcome {
    move |step| match step {
        Step::LookUpSubscription { .. } => Outcome::Subscription(is),
        step => works(step),
    }
}

#[test]
fn an_answer_to_who_is_not_subscribed_is_not_sent_and_braze_is_asked_once_an_hour() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.policy.subscription_group = Some("sms".to_owned());
    let answer = |id| Body::Reply(reply(id, "Hello"));
    let (steps, end) = ana.play(answer(501), told(Subscription::Unsubscribed));
    assert_eq!(names(&steps), ["look_up_subscription"]);
    assert!(matches!(end, End::Done(Ending::Ignored(_), _)), "{end:?}");
    let (steps, _) = ana.play(answer(502), told(Subscription::Subscribed));
    assert_eq!(names(&steps), [""; 0]);
    ana.state.subscription = None;
    let (steps, _) = ana.play(answer(503), told(Subscription::Subscribed));
    assert_eq!(names(&steps), ["look_up_subscription", "send_sms"]);
}

#[test]
fn braze_learns_of_an_opt_out_in_words_once() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.policy.unsubscribe_from = Some("sms".to_owned());
    let (_, end) = ana.play(Body::Unsubscribe, works);
    assert!(matches!(end, End::Done(Ending::Ignored(_), _)), "{end:?}");
    ana.state.braze_not_informed = true;
    let (steps, end) = ana.play(Body::Unsubscribe, works);
    assert_eq!(
        (names(&steps), end),
        (vec!["unsubscribe"], End::delivered())
    );
    assert!(!ana.state.braze_not_informed);
}

//! What a carrier makes of a message.

use simulators::braze::{Condition, Line, OverTenParts, Suppressed};

use crate::kit::{NUMBER, braze, one, phone, send, texted};

#[tokio::test]
async fn a_message_that_fails_at_the_carrier_was_accepted_and_never_arrives() {
    for (condition, code, permanent) in [
        (Condition::Unreachable, "30003", false),
        (Condition::Blocked, "30004", false),
        (Condition::UnknownNumber, "30005", true),
        (Condition::Landline, "30006", true),
        (Condition::Filtered, "30007", false),
        (Condition::Failing, "30008", false),
    ] {
        let braze = braze().await;
        braze.set_condition("u1", condition);
        assert_eq!(braze.condition("u1"), Some(condition));
        for text in ["one", "two"] {
            assert_eq!(send(&braze, one("u1", text)).await.0, 201);
        }
        let sends = braze.sends();
        assert_eq!(sends[0].failed.as_deref(), Some(code));
        // Braze does not text a number again that can get no SMS.
        let then = sends[1].suppressed;
        assert_eq!(
            then,
            permanent.then_some(Suppressed::InvalidNumber),
            "{code}"
        );
        assert_eq!(phone(&braze, NUMBER), [""; 0]);
        braze.set_condition("u1", Condition::Subscribed);
        send(&braze, one("u1", "mended")).await;
        assert_eq!(phone(&braze, NUMBER), ["mended"], "{code}");
    }
}

#[tokio::test]
async fn a_phone_that_cannot_be_reached_can_still_text() {
    let (braze, endpoint) = texted().await;
    braze.set_condition("u1", Condition::Blocked);
    assert_eq!(
        braze.customer_texts("u1", "HELP", &[]).await.status,
        Some(200)
    );
    assert_eq!(endpoint.received().len(), 1);
    assert_eq!(
        phone(&braze, NUMBER),
        [""; 0],
        "the automatic answer is lost as well"
    );
    braze.set_line(NUMBER, Line::Flaky);
    send(&braze, one("u1", "tried twice")).await;
    assert_eq!(phone(&braze, NUMBER), ["tried twice"]);
}

#[tokio::test]
async fn a_message_of_more_than_ten_parts_may_be_dropped() {
    let braze = braze().await;
    let (ten, eleven) = ("a".repeat(1_530), "a".repeat(1_531));
    send(&braze, one("u1", &eleven)).await;
    assert_eq!(braze.inbox("u1")[0].segments, 11);
    braze.vary(|variants| variants.over_ten_parts = OverTenParts::Aborted);
    send(&braze, one("u1", &eleven)).await;
    send(&braze, one("u1", &ten)).await;
    let why = braze.sends()[1].suppressed;
    assert_eq!(why, Some(Suppressed::Aborted));
    assert_eq!(braze.inbox("u1").len(), 2);
}

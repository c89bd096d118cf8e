//! Rules of what is watched: steps in any order, texts with and without their webhook.

use super::*;
use crate::message::{
    CommentId, DeliveryId, Ended, NotDelivered, Personal, Reached, ReceivedText, TicketId,
};

const NOW: i64 = 1_780_000_000_000;
const MINUTE: i64 = 60_000;

fn sent(comment: u64, part: u8, parts: u8, dispatch: &str) -> Sent {
    Sent {
        at: NOW,
        ticket: TicketId::new(35),
        comment: CommentId::new(comment),
        part,
        parts,
        campaign: "reply".to_owned(),
        dispatches: vec![dispatch.to_owned()],
        watched: true,
        ..Sent::default()
    }
}

fn step(id: &str, dispatch: Option<&str>, reached: Reached) -> SmsStep {
    SmsStep {
        id: id.to_owned(),
        at: NOW,
        campaign: "reply".to_owned(),
        dispatch: dispatch.map(str::to_owned),
        comment: None,
        marked: false,
        part: None,
        reached,
    }
}

fn failed(code: &str) -> Reached {
    Reached::Failed(NotDelivered {
        ended: Ended::Failure,
        code: code.to_owned(),
        why: Personal::default(),
    })
}

fn owed(watch: &Watch) -> Vec<(u8, Owed)> {
    let owed = watch.sent.iter();
    owed.filter_map(|sent| Some((sent.part, sent.owed?)))
        .collect()
}

fn watching(sent: impl IntoIterator<Item = Sent>) -> Watch {
    let mut watch = Watch::default();
    sent.into_iter().for_each(|sent| watch.remember(sent));
    watch
}

#[test]
fn a_step_counts_in_any_order_and_however_often_it_comes() {
    let steps = [
        step("1", Some("d"), Reached::Handed),
        step("2", Some("d"), Reached::Handed),
        step("3", Some("d"), failed("30003")),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 2, 2]] {
        let mut watch = watching([sent(7, 1, 1, "d")]);
        order
            .iter()
            .for_each(|&index: &usize| watch.step(&steps[index], true));
        assert_eq!(owed(&watch), [(1, Owed::Failed)], "{order:?}");
        watch.sent[0].told(Owed::Failed);
        order
            .iter()
            .for_each(|&index: &usize| watch.step(&steps[index], true));
        assert_eq!(owed(&watch), [], "{order:?}");
    }
}

#[test]
fn a_step_that_comes_before_its_message_is_kept_for_it() {
    let mut watch = Watch::default();
    watch.step(&step("1", Some("d"), failed("30003")), true);
    watch.step(&step("2", Some("foreign"), failed("30003")), false);
    watch.remember(sent(7, 1, 1, "d"));
    assert_eq!(owed(&watch), [(1, Owed::Failed)]);
}

#[test]
fn a_message_is_written_down_once_however_often_the_write_is_repeated() {
    let mut watch = watching([sent(7, 1, 1, "d"), sent(7, 1, 1, "d")]);
    watch.step(&step("1", Some("d"), Reached::Delivered), true);
    assert_eq!((watch.sent.len(), watch.due_at(NOW)), (1, None));
    watch.remember(sent(7, 1, 1, "sent again"));
    assert_eq!(watch.sent.len(), 2);
}

#[test]
fn what_is_on_the_phone_is_not_undone() {
    let mut watch = watching([sent(7, 1, 1, "d")]);
    watch.step(&step("1", Some("d"), Reached::Delivered), true);
    watch.step(&step("2", Some("d"), failed("30008")), true);
    assert_eq!((owed(&watch), watch.due_at(NOW)), (vec![], None));
}

#[test]
fn parts_are_told_apart_by_extras_where_events_have_ids_of_their_own() {
    let mut watch = watching((1..=3).map(|part| sent(7, part, 3, &format!("api-{part}"))));
    let named = SmsStep {
        comment: CommentId::new(7),
        part: Some(2),
        ..step("1", Some("own"), Reached::Handed)
    };
    watch.step(&step("2", Some("own"), failed("30005")), true);
    watch.step(&named, true);
    assert_eq!(owed(&watch), [(2, Owed::Failed)]);
}

#[test]
fn an_abort_is_of_one_message_only_and_once() {
    let mut watch = watching([sent(7, 1, 1, "a"), sent(8, 1, 1, "b")]);
    watch.step(&step("1", Some("b"), Reached::Handed), true);
    let abort = step("2", None, failed("liquid_abort_message"));
    watch.step(&abort, true);
    watch.step(&abort, true);
    watch.judge(NOW + 11 * MINUTE);
    let fates: Vec<bool> = watch.sent.iter().map(|sent| sent.owed.is_some()).collect();
    assert_eq!(fates, [true, false]);
    assert_eq!(owed(&watch), [(1, Owed::Failed)]);
}

#[test]
fn silence_is_told_once_for_all_parts_and_put_right() {
    let mut watch = watching((1..=3).map(|part| sent(7, part, 3, &format!("d{part}"))));
    assert_eq!(watch.due_at(NOW), Some(NOW + 10 * MINUTE));
    watch.judge(NOW + 10 * MINUTE - 1);
    assert_eq!(owed(&watch), []);
    watch.judge(NOW + 10 * MINUTE);
    assert_eq!(owed(&watch), [(1, Owed::Withheld)]);
    watch.sent[0].told(Owed::Withheld);
    watch.judge(NOW + 20 * MINUTE);
    assert_eq!((owed(&watch), watch.due_at(NOW)), (vec![], None));
    for part in ["d1", "d2"] {
        watch.step(&step(part, Some(part), Reached::Handed), true);
    }
    assert_eq!(owed(&watch), [(1, Owed::AfterAll)]);
}

#[test]
fn a_step_of_a_sending_nobody_knows_is_the_silent_messages() {
    let closing = Sent {
        comment: None,
        ..sent(7, 1, 1, "api")
    };
    let mut watch = watching([closing]);
    watch.step(&step("1", Some("own"), Reached::Handed), true);
    watch.judge(NOW + 10 * MINUTE);
    assert_eq!((owed(&watch), watch.due_at(NOW)), (vec![], None));
}

fn text(id: &str, at: i64, words: &str) -> Unreported {
    let text = ReceivedText {
        text: Personal::from(words),
        media_urls: vec![],
        phone: Personal::default(),
    };
    Unreported::new(id, at, &text)
}

fn hear(watch: &mut Watch, delivery: &str, words: &str, at: i64) -> bool {
    watch.hear(&DeliveryId::derive("t", &[delivery]), (words, &[]), at)
}

fn standing(watch: &Watch) -> Vec<&str> {
    watch.owed_texts().map(|text| text.id.as_str()).collect()
}

#[test]
fn a_text_without_its_webhook_is_delivered_after_two_minutes_and_once() {
    let mut watch = Watch::default();
    watch.receive(text("e1", NOW, "Hello"), NOW);
    assert_eq!(watch.due_at(NOW), Some(NOW + 2 * MINUTE));
    watch.judge(NOW + 2 * MINUTE - 1);
    assert_eq!(standing(&watch), [""; 0]);
    watch.judge(NOW + 2 * MINUTE);
    assert_eq!(standing(&watch), ["e1"]);
    watch.delivered("e1");
    watch.receive(text("e1", NOW, "Hello"), NOW + 3 * MINUTE);
    watch.judge(NOW + 9 * MINUTE);
    assert_eq!((standing(&watch), watch.due_at(NOW)), (vec![], None));
    assert!(hear(&mut watch, "w1", "Hello", NOW + 10 * MINUTE));
    assert!(
        hear(&mut watch, "w1", "Hello", NOW + 11 * MINUTE),
        "a retry"
    );
    assert!(!hear(&mut watch, "w2", "Hello", NOW + 12 * MINUTE));
}

#[test]
fn the_webhook_wins_before_and_after_the_event() {
    let mut watch = Watch::default();
    assert!(!hear(&mut watch, "w1", "One", NOW + 1_000));
    watch.receive(text("e1", NOW, "One"), NOW);
    watch.receive(text("e2", NOW, "Two  words"), NOW);
    assert!(!hear(&mut watch, "w2", "Two words", NOW + MINUTE));
    watch.judge(NOW + 9 * MINUTE);
    assert_eq!((standing(&watch), watch.due_at(NOW)), (vec![], None));
}

#[test]
fn the_same_words_twice_are_two_texts() {
    let mut watch = Watch::default();
    watch.receive(text("e1", NOW, "Yes"), NOW);
    assert!(!hear(&mut watch, "w1", "Yes", NOW + 1_000));
    watch.receive(text("e2", NOW + 5 * MINUTE, "Yes"), NOW + 5 * MINUTE);
    watch.judge(NOW + 8 * MINUTE);
    assert_eq!(standing(&watch), ["e2"]);
}

#[test]
fn an_event_that_is_days_late_brings_no_text_twice() {
    let mut watch = Watch::default();
    hear(&mut watch, "w1", "Yes", NOW);
    let late = NOW + 4 * DAY;
    watch.tidy(late);
    watch.receive(text("e1", NOW, "Yes"), late);
    watch.judge(late);
    assert_eq!(standing(&watch), [""; 0]);
}

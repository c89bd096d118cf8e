//! How an answer reads on the phone, and what a note says of its cost.

use super::files::{notes_of, sent};
use super::*;
use crate::conversation::policy::CostNote;
use crate::text::sms::Ligatures;

#[test]
fn a_signature_is_cut_where_that_is_wanted_and_an_answer_of_nothing_else_is_not_sent() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let answer = |words| Body::Reply(reply(501, words));
    let (steps, _) = ana.play(answer("Hello\n--\nJo"), works);
    assert_eq!(sent(&steps), [("Hello\n--\nJo", None)]);
    ana.policy.style.signature = "--".to_owned();
    let (steps, _) = ana.play(answer("Hello\n--\nJo"), works);
    assert_eq!(sent(&steps), [("Hello", None)]);
    let (steps, end) = ana.play(answer("--\nJo"), works);
    assert!(steps.is_empty());
    let End::Done(Ending::Ignored(_), follow) = end else {
        panic!("{end:?}")
    };
    assert_eq!(follow.len(), 2);
}

#[test]
fn the_cost_is_noted_by_a_setting() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut noted = |setting, words: &str| {
        ana.policy.style.cost_note = setting;
        let (_, end) = ana.play(Body::Reply(reply(501, words)), works);
        notes_of(end)
    };
    assert!(noted(CostNote::Never, "ça va").is_empty());
    assert!(noted(CostNote::Ucs2, "Hello").is_empty());
    assert!(noted(CostNote::Ucs2, "ça va")[0].contains("U+00E7"));
    assert!(noted(CostNote::Always, "Hello")[0].contains("GSM-7"));
}

#[test]
fn ligatures_are_split_by_a_setting() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.policy.style.ligatures = Ligatures::Split;
    let (steps, _) = ana.play(Body::Reply(reply(501, "Ma sœur")), works);
    assert_eq!(sent(&steps), [("Ma soeur", None)]);
}

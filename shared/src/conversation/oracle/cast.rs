//! The few ids, texts and times that cases are made of: few, so that they meet.

use super::tape::Tape;
use crate::message::{
    Attachment, CommentId, DeliveryId, ExternalUserId, Personal, TicketId, UserId,
};

/// When cases begin, in milliseconds since the epoch.
pub(super) const NOW: i64 = 1_790_000_000_000;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long ago things happened: the limits of the rules among them.
const AGES: [i64; 18] = [
    0,
    0,
    SECOND,
    2 * SECOND,
    3 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    11 * MINUTE,
    50 * MINUTE,
    HOUR,
    2 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    28 * DAY,
    30 * DAY,
];

const BESIDE: [i64; 8] = [0, 0, 0, 1, -1, 500, SECOND, -SECOND];

/// A time in the past.
pub(super) fn time(tape: &mut Tape) -> i64 {
    NOW - tape.pick(&AGES) + tape.pick(&BESIDE)
}

/// A time within the last minutes, mostly.
pub(super) fn lately(tape: &mut Tape) -> i64 {
    match tape.percent(15) {
        true => time(tape),
        false => NOW - tape.pick(&AGES[..8]) + tape.pick(&BESIDE),
    }
}

pub(super) fn customer() -> ExternalUserId {
    "ana".parse().expect("an id")
}

pub(super) fn ticket(tape: &mut Tape) -> TicketId {
    TicketId::new(tape.pick(&[35, 35, 35, 36, 36, 37])).expect("an id")
}

pub(super) fn user(tape: &mut Tape) -> UserId {
    UserId::new(tape.pick(&[7, 7, 8])).expect("an id")
}

pub(super) fn comment(tape: &mut Tape) -> CommentId {
    CommentId::new(101 + tape.below(7) as u64).expect("an id")
}

/// The delivery of a reply whose comment is known.
pub(super) fn reply_delivery(comment: CommentId) -> DeliveryId {
    DeliveryId::derive("reply", &[&comment.to_string()])
}

pub(super) fn named(kind: &str, tape: &mut Tape) -> DeliveryId {
    DeliveryId::derive(kind, &[&tape.below(4).to_string()])
}

/// What customers and agents write.
pub(super) fn words(tape: &mut Tape) -> Personal {
    let text = match tape.below(14) {
        0..3 => "Hello".to_owned(),
        3 | 4 => "We look into it.".to_owned(),
        5 => "Thanks!".to_owned(),
        6 => String::new(),
        7 => " \n ".to_owned(),
        8 => "See https://files.example/a.png and <b>this</b>".to_owned(),
        9 => "Œuvre, done 😀".to_owned(),
        10 => "Well.\n-- \nAnn, Support".to_owned(),
        11 => "a long answer ".repeat(150),
        12 => "an even longer answer ".repeat(300),
        _ => "Thank you".to_owned(),
    };
    Personal(text)
}

pub(super) fn tags(tape: &mut Tape) -> Vec<String> {
    let known = [
        "vip",
        "closed_by_merge",
        "spam",
        "sms_resend",
        "sms_resend_asked",
        "sms_opted_out",
    ];
    let count = tape.pick(&[0, 0, 1, 1, 2]);
    (0..count).map(|_| tape.pick(&known).to_owned()).collect()
}

pub(super) fn files(tape: &mut Tape) -> Vec<Attachment> {
    let names = ["a.png", "b.pdf"];
    let count = tape.pick(&[0, 0, 0, 1, 2]);
    (0..count)
        .map(|_| {
            let name = tape.pick(&names);
            Attachment {
                name: Personal::from(name),
                url: Personal(format!("https://files.example/{name}")),
                picture: name == "a.png",
            }
        })
        .collect()
}

pub(super) fn list<T>(
    tape: &mut Tape,
    most: usize,
    mut make: impl FnMut(&mut Tape) -> T,
) -> Vec<T> {
    let count = tape.below(most + 1);
    (0..count).map(|_| make(tape)).collect()
}

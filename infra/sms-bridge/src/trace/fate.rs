//! What Braze's event export reported of messages, or Braze when it was asked.
//!
//! In: what is watched of the customer. Out: where an answer or a closing message stands, in words. Nothing where
//! Braze exports no events, or the message is forgotten. Pure.

use shared::conversation::watch::{Fate, Sent, Watch};
use shared::message::{CommentId, Ended, TicketId};

/// Zendesk's clock is not ours; in milliseconds.
const CLOCK_SLACK: i64 = 60 * 1000;

/// Where an answer stands.
pub(super) fn of_answer(watch: &Watch, comment: CommentId) -> Option<String> {
    told(&messages(watch, comment))
}

/// The messages of an answer; of one that was sent again, the last time.
pub(super) fn messages(watch: &Watch, comment: CommentId) -> Vec<&Sent> {
    let own = watch
        .sent
        .iter()
        .filter(|sent| sent.comment == Some(comment));
    newest(own)
}

/// Where the closing message stands that was sent on a ticket from this time on (milliseconds since the epoch).
pub(super) fn of_closing(watch: &Watch, ticket: Option<TicketId>, from: i64) -> Option<String> {
    let is_one = |sent: &&Sent| {
        sent.comment.is_none() && sent.ticket == ticket && sent.at >= from - CLOCK_SLACK
    };
    told(&newest(watch.sent.iter().filter(is_one)))
}

/// Of a message that was sent again, the last time counts.
fn newest<'s>(sent: impl Iterator<Item = &'s Sent>) -> Vec<&'s Sent> {
    let mut newest: Vec<&Sent> = Vec::new();
    for one in sent {
        newest.retain(|known| known.part != one.part);
        newest.push(one);
    }
    newest.sort_by_key(|one| one.part);
    newest
}

fn told(messages: &[&Sent]) -> Option<String> {
    let (first, others) = messages.split_first()?;
    if others.iter().all(|other| other.fate == first.fate) {
        return Some(fate(&first.fate));
    }
    let each = messages
        .iter()
        .map(|one| format!("message {} of {} {}", one.part, one.parts, fate(&one.fate)));
    let each: Vec<String> = each.collect();
    Some(each.join("; "))
}

fn fate(fate: &Fate) -> String {
    let why = match fate {
        Fate::Waiting => return "taken by Braze, which has said nothing of it since".to_owned(),
        Fate::Handed => return "sent by Braze; not known to be on the phone".to_owned(),
        Fate::Delivered => return "delivered to the phone".to_owned(),
        Fate::Withheld => return "WITHHELD by Braze: taken, and not sent".to_owned(),
        Fate::Failed(why) => why,
    };
    let ended = match why.ended {
        Ended::Failure => "FAILED at the carrier",
        Ended::Rejection => "FAILED: refused by the carrier",
        Ended::Abort => "FAILED: given up by Braze",
    };
    match why.code.as_str() {
        "" => ended.to_owned(),
        code => format!("{ended} ({code})"),
    }
}

#[cfg(test)]
mod tests {
    use shared::message::{NotDelivered, Personal};

    use super::*;

    fn sent(part: u8, parts: u8, fate: Fate) -> Sent {
        Sent {
            at: 5,
            comment: CommentId::new(7),
            part,
            parts,
            fate,
            ..Sent::default()
        }
    }

    fn failed(ended: Ended, code: &str) -> Fate {
        Fate::Failed(NotDelivered {
            ended,
            code: code.to_owned(),
            why: Personal::default(),
        })
    }

    fn standing(sent: Vec<Sent>) -> Option<String> {
        let mut watch = Watch::default();
        sent.into_iter().for_each(|one| watch.remember(one));
        of_answer(&watch, CommentId::new(7)?)
    }

    #[test]
    fn messages_that_fared_alike_are_told_together_and_others_apart() {
        let alike = vec![sent(2, 2, Fate::Delivered), sent(1, 2, Fate::Delivered)];
        assert_eq!(standing(alike).as_deref(), Some("delivered to the phone"));
        let apart = vec![
            sent(1, 2, Fate::Delivered),
            sent(2, 2, failed(Ended::Failure, "30003")),
        ];
        assert_eq!(
            standing(apart).as_deref(),
            Some(
                "message 1 of 2 delivered to the phone; message 2 of 2 FAILED at the carrier (30003)"
            )
        );
        assert_eq!(standing(vec![]), None);
    }

    #[test]
    fn of_a_message_that_was_sent_again_the_last_time_counts() {
        let again = vec![
            sent(1, 1, failed(Ended::Abort, "")),
            Sent {
                at: 6,
                ..sent(1, 1, Fate::Withheld)
            },
        ];
        let told = standing(again);
        assert_eq!(
            told.as_deref(),
            Some("WITHHELD by Braze: taken, and not sent")
        );
    }
}

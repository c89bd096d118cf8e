//! What the bridge itself says, in each language: notes for agents, and the few texts that customers get. Holds
//! no personal data but the links a customer sent and the names of an agent's files.
//!
//! In: a language and figures. Out: texts. `english.rs` and `french.rs` hold the words; the other files, one per
//! subject, fill them in. Each note says what happened, whether the customer got the message, and what to do.

mod answer;
mod automatic;
mod closing;
mod consent;
mod customer_text;
mod english;
mod fate;
mod files;
mod french;
mod limits;
mod texts;
mod ticket;

#[cfg(test)]
mod tests;

pub use answer::{
    answer_given_up, answer_sent_after_all, broke_off, cost, no_text, not_found, refused, too_long,
    unknown,
};
pub use automatic::{loop_fuse, said, say_too_long, say_unknown};
pub use closing::{
    closing, closing_sent_after_all, closing_too_long, closing_unknown, rate, solve_unclear,
};
pub use consent::{
    braze_not_informed, customer_asked_for_help, customer_asked_to_opt_out,
    customer_not_subscribed, customer_opted_in, customer_opted_out, customer_opted_out_in_words,
    customer_unsubscribed, opted_out, subscribed_again, unsubscribed,
};
pub use customer_text::{text_added_after_all, text_given_up, text_in_doubt, text_refused};
pub use fate::{Message, not_delivered, not_received, sent_after_all, withheld};
pub use files::{file_not_attached, files_not_sent, files_only, late_files, more_not_attached};
pub use limits::{over_customers_limit, over_hours_limit};
pub use ticket::{
    context, continues, left_out, not_theirs, text_moved, unknown_requester, untagged,
};

use std::time::Duration;

/// Whether a note says, in any language, that a message was not sent.
pub fn says_nothing_was_sent(note: &str) -> bool {
    let mut texts = [&english::TEXTS, &french::TEXTS].into_iter();
    texts.any(|texts| note.trim_start().starts_with(texts.not_sent))
}

use time::OffsetDateTime;

use super::policy::Language;
use texts::Texts;

impl Texts {
    /// The words of a language.
    fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &english::TEXTS,
            Language::French => &french::TEXTS,
        }
    }
}

fn against(text: &str, messages: usize, limit: usize) -> String {
    let (messages, limit) = (messages.to_string(), limit.to_string());
    fill(text, &[("messages", &messages), ("limit", &limit)])
}

fn hours(time: Duration) -> String {
    (time.as_secs() / 3_600).to_string()
}

/// A text with its places filled, each once: what is filled in is not looked at again.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let value = values.iter().find(|(known, _)| *known == name);
        filled.push_str(before);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A time as agents read it, to the minute.
fn clock(now: i64) -> String {
    match OffsetDateTime::from_unix_timestamp(now.div_euclid(1000)) {
        Ok(time) => format!(
            "{} {:02}:{:02} UTC",
            time.date(),
            time.hour(),
            time.minute()
        ),
        Err(_) => "?".to_owned(),
    }
}

//! Calls, answers and events for a person's eyes, texts included: all of them are made up.

use super::drive::Ran;
use super::state::{Entry, State};
use super::step::{Outcome, Step};

/// A call with what it would write.
pub(super) fn step(step: &Step) -> String {
    let text = match step {
        Step::CreateTicket(new) => Some(&new.body),
        Step::Append(comment) => Some(&comment.body),
        Step::SendSms(sms) => Some(&sms.message),
        _ => None,
    };
    let text = text.map(|text| format!(" {:?}", short(text.as_str())));
    format!("{step:?}{}", text.unwrap_or_default())
}

pub(super) fn outcome(outcome: Option<&Outcome>) -> String {
    match outcome {
        None => "no time".to_owned(),
        Some(Outcome::Comments(comments)) => {
            let shown = comments.iter().map(|found| {
                let text = short(found.text.as_str());
                format!("{found:?} {text:?}")
            });
            format!("Comments({})", shown.collect::<Vec<_>>().join(", "))
        }
        Some(outcome) => format!("{outcome:?}"),
    }
}

pub(super) fn entry(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("serialises")
}

pub(super) fn state(state: &State) -> String {
    serde_json::to_string(state).expect("serialises")
}

pub(super) fn ran(ran: &Ran) -> String {
    let entries = |entries: &[Entry]| {
        let shown = entries
            .iter()
            .map(|new| format!("\n      + {}", entry(new)));
        shown.collect::<String>()
    };
    match ran {
        Ran::Over { ending, follow, .. } => format!("{ending:?}{}", entries(follow)),
        Ran::After(first) => format!("After{}", entries(first)),
        ran => format!("{ran:?}"),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

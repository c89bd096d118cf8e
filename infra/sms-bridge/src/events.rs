//! Events as people may see them: kinds, times, progress; texts only where asked for.
//!
//! In: mailbox entries. Out: words and JSON without personal data.

use serde_json::{Map, Value, json};
use shared::conversation::state::{Entry, Lane, Trouble};
use shared::message::{Body, ConsentKind};
use simulators::clock::rfc3339;

/// What an event is, in one word.
pub(crate) fn kind(entry: &Entry) -> &'static str {
    match &entry.event.body {
        Body::Text(_) => "text",
        Body::Consent(consent) => match consent.what {
            ConsentKind::OptedOut => "opt-out",
            ConsentKind::OptedIn => "opt-in",
            ConsentKind::Help => "help",
        },
        Body::Reply(_) => "reply",
        Body::Solved(_) => "solved",
        Body::Resend(_) => "resend",
        Body::Say(_) => "say",
        Body::LateFiles(_) => "files",
        Body::Attributes => "attributes",
        Body::Unsubscribe => "unsubscribe",
        Body::Note(_) => "note",
        Body::Check(_) => "check",
        Body::Other => "other",
    }
}

/// Where it goes.
pub(crate) fn vendor(lane: Lane) -> &'static str {
    match lane {
        Lane::Zendesk => "Zendesk",
        Lane::Braze => "Braze",
        Lane::Automatic => "Braze, automatic",
        Lane::Files => "a file's host",
        Lane::Attributes => "Braze's attributes",
        Lane::Look => "the ticket, to look",
        Lane::Own => "no vendor",
        Lane::Newer => "a newer version",
    }
}

/// Why a vendor's attempt has to be repeated, in words that follow its name.
pub(crate) fn trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Limited => "limits the rate",
        Trouble::Credentials => "refuses the secret's credentials",
        Trouble::Unavailable => "is down or out of reach",
        Trouble::NoAnswer => "gave no answer",
        Trouble::Conflict => "was changing the ticket",
        Trouble::Spared => "failed several times in a row",
        Trouble::Quiet => "is sent no automatic SMS in the quiet hours",
        Trouble::Stopped => "is sent no SMS: all are stopped",
        Trouble::TableUnread => "is sent no SMS: the table did not say whether it may be",
        Trouble::Other => "failed",
    }
}

/// `once`, `4 times`.
pub(crate) fn times(number: u32) -> String {
    match number {
        1 => "once".to_owned(),
        number => format!("{number} times"),
    }
}

/// The event's own text, where it has one.
pub(crate) fn text(entry: &Entry) -> Option<String> {
    let text = match &entry.event.body {
        Body::Text(text) => &text.text,
        Body::Consent(consent) => &consent.text,
        Body::Reply(reply) => reply.text.as_ref()?,
        Body::Solved(solved) => solved.message.as_ref()?,
        Body::Note(note) => &note.text,
        Body::Say(say) => &say.text,
        Body::Resend(_)
        | Body::LateFiles(_)
        | Body::Attributes
        | Body::Unsubscribe
        | Body::Check(_)
        | Body::Other => return None,
    };
    text.present().map(str::to_owned)
}

/// What is known of an event and how far it got, without texts, names, numbers and links.
pub(crate) fn facts(entry: &Entry) -> Value {
    let mut facts = Map::new();
    let mut fact = |name: &str, value: Value| {
        if !value.is_null() && value != json!(false) && value != json!(0) {
            facts.insert(name.to_owned(), value);
        }
    };
    fact("delivery", json!(entry.event.delivery));
    fact("kind", json!(kind(entry)));
    fact("towards", json!(vendor(entry.lane())));
    fact("received_at", json!(time(entry.event.received_at)));
    let characters = text(entry).map_or(0, |text| text.chars().count());
    fact("characters", json!(characters));
    match &entry.event.body {
        Body::Text(text) => fact("files", json!(text.media_urls.len())),
        Body::Reply(reply) => {
            fact("ticket", json!(reply.ticket));
            fact("comment", json!(reply.comment));
        }
        Body::Solved(solved) => fact("ticket", json!(solved.ticket)),
        Body::Resend(resend) => fact("ticket", json!(resend.ticket)),
        Body::Say(say) => fact("ticket", json!(say.ticket)),
        Body::Note(note) => fact("ticket", json!(note.ticket)),
        Body::LateFiles(late) => {
            fact("ticket", json!(late.ticket));
            fact("files", json!(late.links.len() + late.missing.len()));
        }
        Body::Check(check) => fact("ticket", json!(check.ticket)),
        Body::Consent(_) | Body::Attributes | Body::Unsubscribe | Body::Other => {}
    }
    let progress = &entry.progress;
    fact("last_failure", json!(progress.trouble));
    fact("outcome_in_doubt", json!(progress.doubtful));
    fact("workers_vanished", json!(progress.breaks));
    fact("on_the_ticket", json!(progress.posted));
    fact("messages_sent", json!(progress.sent));
    Value::Object(facts)
}

/// The event's texts, names, numbers and links, each under its name; for people who asked for them.
pub(crate) fn personal(entry: &Entry) -> Vec<(&'static str, String)> {
    let mut told = Vec::new();
    let mut tell = |name, value: &str| {
        if !value.trim().is_empty() {
            told.push((name, value.to_owned()));
        }
    };
    tell("text", &text(entry).unwrap_or_default());
    match &entry.event.body {
        Body::Text(text) => {
            tell("name", text.profile.name.as_str());
            tell("phone", text.profile.phone.as_str());
            text.media_urls.iter().for_each(|link| tell("file", link));
        }
        Body::Reply(reply) => {
            tell("agent", reply.author.as_str());
            for file in reply.files.iter().flatten() {
                tell(
                    "file",
                    &format!("{} {}", file.name.as_str(), file.url.as_str()),
                );
            }
        }
        Body::LateFiles(late) => {
            let links = late.links.iter().chain(&late.missing);
            links.for_each(|link| tell("file", link));
        }
        Body::Consent(_)
        | Body::Solved(_)
        | Body::Note(_)
        | Body::Resend(_)
        | Body::Say(_)
        | Body::Attributes
        | Body::Unsubscribe
        | Body::Check(_)
        | Body::Other => {}
    }
    told
}

/// A time as people and scripts read it, in UTC; from milliseconds since the epoch.
pub(crate) fn time(at_ms: i64) -> String {
    rfc3339(at_ms)
}

/// The same for tables: `2026-11-22 22:05:31`.
pub(crate) fn moment(at_ms: i64) -> String {
    rfc3339(at_ms).replace('T', " ").replace('Z', "")
}

/// A length of time in its largest unit or two: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`.
pub(crate) fn span(ms: i64) -> String {
    let seconds = ms.max(0) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match () {
        () if minutes == 0 => format!("{seconds} s"),
        () if hours == 0 => format!("{minutes} min"),
        () if days == 0 && minutes % 60 == 0 => format!("{hours} h"),
        () if days == 0 => format!("{hours} h {} min", minutes % 60),
        () => format!("{days} d {} h", hours % 24),
    }
}

/// `1 event`, `2 events`.
pub(crate) fn count(number: usize, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {one}{s}")
}

/// A conversation's key as people say it.
pub(crate) fn whose(pk: &str) -> String {
    match pk.split_once('#') {
        Some(("ticket", id)) => format!("ticket {id}"),
        Some(("phone", digits)) => format!("+{digits}"),
        Some((_, id)) => id.to_owned(),
        None => pk.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_told_in_their_largest_units() {
        for (ms, told) in [
            (-5, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (3_600_000, "1 h"),
            (3_660_000, "1 h 1 min"),
            (90_000_000, "1 d 1 h"),
        ] {
            assert_eq!(span(ms), told);
        }
    }
}

//! The transcript: phone on the left, ticket on the right, 80 columns.
//!
//! In: the simulators' state. Out: lines for what is new since the last look, in time order.

use std::collections::BTreeMap;

use simulators::braze::{InboundDelivery, Sms};
use simulators::zendesk::{Role, Status, Ticket, TicketComment};

use local::Stack;

use crate::columns::{width, wrapped};
use crate::player::automatic;

const COLUMN: usize = 38;

/// What was printed already.
#[derive(Default)]
pub(crate) struct Transcript {
    texts: usize,
    webhooks: usize,
    inboxes: BTreeMap<String, usize>,
    automatic: BTreeMap<String, usize>,
    tickets: BTreeMap<u64, (usize, Option<Status>)>,
}

struct Entry {
    at_ms: i64,
    right: bool,
    head: String,
    text: String,
}

impl Transcript {
    /// A transcript that begins with what comes after the present state.
    pub(crate) fn from_now(stack: &Stack, customers: &[String]) -> Self {
        let mut transcript = Self::default();
        transcript.news(stack, customers);
        transcript
    }

    /// The two columns' headings.
    pub(crate) fn heading() -> String {
        let line = "-".repeat(COLUMN);
        format!(
            "{:COLUMN$} | {}\n{line}-+-{line}",
            "PHONE (Braze)", "TICKET (Zendesk)"
        )
    }

    /// What is new, as lines.
    pub(crate) fn news(&mut self, stack: &Stack, customers: &[String]) -> String {
        let mut entries = self.phone(stack, customers);
        entries.extend(self.desk(stack));
        entries.sort_by_key(|entry| entry.at_ms);
        entries.iter().map(Entry::lines).collect()
    }

    fn phone(&mut self, stack: &Stack, customers: &[String]) -> Vec<Entry> {
        let mut entries = Vec::new();
        let log = inbound(stack);
        for text in log.get(self.texts..).unwrap_or_default() {
            let who = match text.external_user_id.as_str() {
                "" => &text.from,
                id => id,
            };
            entries.push(Entry::left(text.at_ms, format!("{who} >"), &text.text));
            if text.payload.is_empty() {
                entries.push(Entry::left(
                    text.at_ms,
                    "! not passed on by Braze".to_owned(),
                    "",
                ));
            } else if !matches!(text.status, Some(200..=299)) {
                let answer = text.status.map_or("nothing".to_owned(), |s| s.to_string());
                let head = format!("! the bridge answered Braze {answer}");
                entries.push(Entry::left(text.at_ms, head, ""));
            }
        }
        self.texts = log.len();
        for customer in customers {
            let inbox = stack.braze.inbox(customer);
            let seen = self.inboxes.entry(customer.clone()).or_default();
            for sms in inbox.get(*seen..).unwrap_or_default() {
                let head = format!("> {customer} ({})", size(sms));
                entries.push(Entry::left(sms.at_ms, head, &sms.body));
            }
            *seen = inbox.len();
            let answers = automatic(stack, customer);
            let seen = self.automatic.entry(customer.clone()).or_default();
            for sms in answers.get(*seen..).unwrap_or_default() {
                let head = format!("> {customer} (automatic)");
                entries.push(Entry::left(sms.at_ms, head, &sms.body));
            }
            *seen = answers.len();
        }
        entries
    }

    fn desk(&mut self, stack: &Stack) -> Vec<Entry> {
        let mut entries = Vec::new();
        for ticket in stack.zendesk.tickets() {
            let (seen, status) = self.tickets.entry(ticket.id).or_default();
            for comment in ticket.comments.get(*seen..).unwrap_or_default() {
                let head = format!("#{} {}", ticket.id, who(comment));
                entries.push(Entry::right(
                    comment.created_at_ms,
                    head,
                    &comment.plain_body,
                ));
            }
            if *status != Some(ticket.status) {
                let head = format!("#{} is {}", ticket.id, word(ticket.status));
                entries.push(Entry::right(changed(&ticket), head, ""));
            }
            (*seen, *status) = (ticket.comments.len(), Some(ticket.status));
        }
        let log = stack.zendesk.webhook_log();
        for delivery in log.get(self.webhooks..).unwrap_or_default() {
            if !matches!(delivery.status, Some(200..=299)) {
                let answer = delivery
                    .status
                    .map_or("nothing".to_owned(), |s| s.to_string());
                let at_ms = delivery.attempts.last().map_or(0, |attempt| attempt.at_ms);
                let head = format!("! the bridge answered Zendesk {answer}");
                entries.push(Entry::right(at_ms, head, ""));
            }
        }
        self.webhooks = log.len();
        entries
    }
}

/// A comment as expectations name it; a time in it reads `{time}`, so that it may be played again.
pub(crate) fn line(comment: &TicketComment) -> String {
    let who = match (comment.author.role, comment.public) {
        (_, false) => "note",
        (Role::EndUser, true) => "customer",
        (Role::Agent | Role::Admin, true) => "agent",
    };
    format!("{who}: {}", timeless(&comment.plain_body))
}

/// Puts `{time}` in the place of every time such as `2026-11-22T19:57:33Z` or `2026-11-22 19:57 UTC`.
fn timeless(text: &str) -> String {
    const SHAPES: [&[u8]; 2] = [b"0000-00-00T00:00:00Z", b"0000-00-00 00:00 UTC"];
    let is_time = |bytes: &[u8], shape: &[u8]| {
        let mut pairs = bytes.iter().zip(shape);
        bytes.len() == shape.len()
            && pairs.all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    let (mut shown, mut rest) = (String::new(), text);
    while let Some(letter) = rest.chars().next() {
        let mut shapes = SHAPES.into_iter();
        let time = shapes.find_map(|shape| {
            let bytes = rest.as_bytes().get(..shape.len())?;
            is_time(bytes, shape).then_some(shape.len())
        });
        let length = time.unwrap_or(letter.len_utf8());
        shown.push_str(if time.is_some() {
            "{time}"
        } else {
            &rest[..length]
        });
        rest = &rest[length..];
    }
    shown
}

/// A status as Zendesk writes it.
pub(crate) fn word(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::Open => "open",
        Status::Pending => "pending",
        Status::Hold => "hold",
        Status::Solved => "solved",
        Status::Closed => "closed",
    }
}

fn inbound(stack: &Stack) -> Vec<InboundDelivery> {
    let snapshot = stack.braze.snapshot();
    serde_json::from_value(snapshot["inbound_log"].clone()).unwrap_or_default()
}

fn who(comment: &TicketComment) -> String {
    let kind = if comment.public {
        ""
    } else {
        ", INTERNAL NOTE"
    };
    format!("{}{kind}", comment.author.name)
}

fn changed(ticket: &Ticket) -> i64 {
    let last = ticket.comments.last().map_or(0, |last| last.created_at_ms);
    ticket.updated_at_ms.max(last)
}

fn size(sms: &Sms) -> String {
    let parts = if sms.segments == 1 { "part" } else { "parts" };
    let encoding = if is_gsm7(&sms.body) { "GSM-7" } else { "UCS-2" };
    format!("{} {parts}, {encoding}", sms.segments)
}

/// Whether every character is in the GSM 03.38 alphabet or its extension.
fn is_gsm7(text: &str) -> bool {
    const BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà€";
    let fits = |letter: char| match letter {
        '`' => false,
        '\n' | '\r' | ' '..='~' => true,
        other => BEYOND_ASCII.contains(other),
    };
    text.chars().all(fits)
}

impl Entry {
    fn left(at_ms: i64, head: String, text: &str) -> Self {
        Self {
            at_ms,
            right: false,
            head,
            text: text.to_owned(),
        }
    }

    fn right(at_ms: i64, head: String, text: &str) -> Self {
        Self {
            at_ms,
            right: true,
            head,
            text: text.to_owned(),
        }
    }

    fn lines(&self) -> String {
        let mut lines = wrapped(&self.head, COLUMN);
        for paragraph in self.text.lines() {
            let inner = wrapped(paragraph, COLUMN - 2);
            lines.extend(inner.into_iter().map(|line| format!("  {line}")));
        }
        let row = |line: &String| {
            let (left, right) = if self.right {
                ("", line.as_str())
            } else {
                (line.as_str(), "")
            };
            let gap = " ".repeat(COLUMN.saturating_sub(width(left)));
            format!("{left}{gap} | {right}").trim_end().to_owned() + "\n"
        };
        lines.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_fit_eighty_columns_and_lose_no_word() {
        let text = "Grüße 🎉 and a very-long-word-that-does-not-fit-into-one-column-at-all end.";
        for entry in [
            Entry::left(0, "ada >".to_owned(), text),
            Entry::right(0, "#1 Ada Agent, INTERNAL NOTE".to_owned(), text),
        ] {
            let lines = entry.lines();
            assert!(lines.lines().all(|line| width(line) <= 80), "{lines}");
            let printed: String = lines.replace([' ', '\n', '|'], "");
            assert!(printed.ends_with(&text.replace(' ', "")), "{printed}");
        }
    }

    #[test]
    fn a_time_in_a_note_reads_the_same_whenever_it_is_played() {
        let told = timeless("not at 2026-11-22T19:57:33Z, é 2026-11-22 is kept");
        assert_eq!(told, "not at {time}, é 2026-11-22 is kept");
        assert_eq!(timeless("of 2026-11-22 19:57 UTC,"), "of {time},");
    }

    #[test]
    fn the_encoding_follows_the_alphabet() {
        assert!(is_gsm7("Price: 5 € {é}"));
        for other in ["“quoted”", "🎉", "ç", "`"] {
            assert!(!is_gsm7(other), "{other}");
        }
    }
}

//! Whose ticket it is, and how it was opened.

use super::super::policy::Language;
use super::fill;
use super::texts::Texts;
use crate::message::{Personal, TicketId};

/// The ticket is not the customer's, so what was written on it was not sent.
pub fn not_theirs(language: Language) -> String {
    Texts::of(language).not_theirs.to_owned()
}

/// Braze does not know the ticket's requester, so what was written on it was not sent.
pub fn unknown_requester(language: Language) -> String {
    Texts::of(language).unknown_requester.to_owned()
}

/// The ticket no longer carries the tag, so answers on it are not sent.
pub fn untagged(language: Language, tag: &str) -> String {
    Texts::of(language).untagged.replace("{tag}", tag)
}

/// A text of the former requester came to the ticket, and is on another one now, where that is known.
pub fn text_moved(language: Language, ticket: Option<TicketId>) -> String {
    let texts = Texts::of(language);
    match ticket {
        Some(ticket) => texts.text_moved.replace("{ticket}", &ticket.to_string()),
        None => texts.text_left.to_owned(),
    }
}

/// The conversation goes on here, because the ticket before takes no more comments.
pub fn continues(language: Language, full: TicketId) -> String {
    let text = Texts::of(language).continues;
    fill(text, &[("ticket", &full.to_string())])
}

/// What Braze knows of the customer, at least one name and value.
pub fn context(language: Language, context: &[(Personal, Personal)]) -> String {
    let mut note = Texts::of(language).context.to_owned();
    for (name, value) in context {
        note.push('\n');
        note.push_str(name.as_str());
        note.push_str(": ");
        note.push_str(value.as_str());
    }
    note
}

/// What of a campaign's ticket could not be used, at least one name.
pub fn left_out(language: Language, names: &[&str]) -> String {
    fill(
        Texts::of(language).left_out,
        &[("names", &names.join(", "))],
    )
}

//! Customers' texts that are missing on their ticket.

use std::time::Duration;

use super::super::policy::Language;
use super::texts::Texts;
use super::{fill, hours};

/// A text that could not be added is on the ticket now.
pub fn text_added_after_all(language: Language) -> String {
    Texts::of(language).text_added_after_all.to_owned()
}

/// A text could not be brought onto the ticket in time.
pub fn text_given_up(language: Language, after: Duration) -> String {
    fill(
        Texts::of(language).text_given_up,
        &[("hours", &hours(after))],
    )
}

/// Zendesk does not take a text of the customer.
pub fn text_refused(language: Language, status: u16) -> String {
    let text = Texts::of(language).text_refused;
    fill(text, &[("status", &status.to_string())])
}

/// Zendesk neither confirmed a text of the customer nor says whether it is on the ticket.
pub fn text_in_doubt(language: Language) -> String {
    Texts::of(language).text_in_doubt.to_owned()
}

//! Whether the customer may be texted.

use super::super::policy::Language;
use super::texts::Texts;

/// The customer opted out, so an answer was not sent.
pub fn opted_out(language: Language) -> String {
    Texts::of(language).opted_out.to_owned()
}

/// The customer is unsubscribed in Braze, so an answer was not sent.
pub fn unsubscribed(language: Language) -> String {
    Texts::of(language).unsubscribed.to_owned()
}

/// The customer is unsubscribed in Braze: the agent knows before writing.
pub fn customer_unsubscribed(language: Language) -> String {
    Texts::of(language).customer_unsubscribed.to_owned()
}

/// The customer never subscribed in Braze.
pub fn customer_not_subscribed(language: Language) -> String {
    Texts::of(language).customer_not_subscribed.to_owned()
}

/// The customer opted out, and is subscribed in Braze again.
pub fn subscribed_again(language: Language) -> String {
    Texts::of(language).subscribed_again.to_owned()
}

/// The customer sent STOP.
pub fn customer_opted_out(language: Language) -> String {
    Texts::of(language).customer_opted_out.to_owned()
}

/// The customer sent START.
pub fn customer_opted_in(language: Language) -> String {
    Texts::of(language).customer_opted_in.to_owned()
}

/// The customer sent HELP.
pub fn customer_asked_for_help(language: Language) -> String {
    Texts::of(language).customer_asked_for_help.to_owned()
}

/// The customer asked for no more texts, in other words than the keyword.
pub fn customer_asked_to_opt_out(language: Language) -> String {
    Texts::of(language).customer_asked_to_opt_out.to_owned()
}

/// The customer asked for no more texts in words that Braze does not act on, and it counts as an opt-out.
pub fn customer_opted_out_in_words(language: Language) -> String {
    Texts::of(language).customer_opted_out_in_words.to_owned()
}

/// Braze could not be informed of it.
pub fn braze_not_informed(language: Language) -> String {
    Texts::of(language).braze_not_informed.to_owned()
}

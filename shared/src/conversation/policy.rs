//! The settings the decisions depend on.

use std::time::Duration;

/// Which texts open a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenOn {
    /// Every text.
    #[default]
    Any,
    /// Only those that came through the support keyword's campaign.
    Keyword,
}

/// In which language agents and customers are told what the bridge itself has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

/// The settings the decisions depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Which texts open a ticket.
    pub open_on: OpenOn,
    /// How long after "solved" a text reopens the ticket.
    pub reopen_window: Duration,
    /// How long after "solved" a bare thank-you does not reopen it.
    pub thanks_window: Duration,
    /// How long an event is tried before it becomes a dead letter.
    pub give_up_after: Duration,
    /// Subject of new tickets; `{name}` is replaced.
    pub subject: String,
    /// Campaign of the agent's replies.
    pub reply_campaign: Option<String>,
    /// Campaign of the closing message; `None`: no closing SMS.
    pub solved_campaign: Option<String>,
    /// Text of the closing message.
    pub solved_message: String,
    /// Language of the bridge's own texts.
    pub language: Language,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            open_on: OpenOn::Any,
            reopen_window: days(28),
            thanks_window: days(1),
            give_up_after: days(1),
            subject: "SMS from {name}".to_owned(),
            reply_campaign: None,
            solved_campaign: None,
            solved_message: "Your ticket has been closed".to_owned(),
            language: Language::English,
        }
    }
}

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

/// A duration in milliseconds, as times are kept.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

//! The settings the decisions depend on.

use std::time::Duration;

pub use crate::config::{CostNote, FilesOut, Language, OpenOn};
use crate::hours::Hours;
use crate::text::sms::Ligatures;

/// How an agent's answer becomes SMS.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The line that begins a signature; empty: nothing is cut.
    pub signature: String,
    /// What becomes of letters such as `œ`.
    pub ligatures: Ligatures,
    /// Most messages of one answer, each of up to ten parts.
    pub max_messages: usize,
    /// What becomes of files.
    pub files: FilesOut,
    /// Whether a note says the cost.
    pub cost_note: CostNote,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            signature: String::new(),
            ligatures: Ligatures::Keep,
            max_messages: 10,
            files: FilesOut::Note,
            cost_note: CostNote::Never,
        }
    }
}

/// The settings the decisions depend on.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Which texts open a ticket.
    pub open_on: OpenOn,
    /// The tag of tickets that are texted about; `None`: every ticket of a customer is.
    pub tag: Option<String>,
    /// How long after "solved" a text reopens the ticket.
    pub reopen_window: Duration,
    /// How long after "solved" a bare thank-you does not reopen it.
    pub thanks_window: Duration,
    /// The closing message asks for a rating.
    pub csat: bool,
    /// The ticket field that takes it.
    pub csat_field: Option<u64>,
    /// The ticket field that takes the SMS parts of the ticket.
    pub parts_field: Option<u64>,
    /// Braze gets custom events of tickets.
    pub braze_events: bool,
    /// How long an event is tried before it becomes a dead letter.
    pub give_up_after: Duration,
    /// Subject of new tickets; `{name}` is replaced.
    pub subject: String,
    /// Campaign of the agent's replies.
    pub reply_campaign: Option<String>,
    /// Campaign of the closing message; `None`: no closing SMS.
    pub solved_campaign: Option<String>,
    /// Further campaigns that events may name.
    pub allowed_campaigns: Vec<String>,
    /// The SMS subscription group in which customers are looked up; `None`: they are not.
    pub subscription_group: Option<String>,
    /// The group that a customer is taken out of who asks for no more texts in other words than Braze acts on;
    /// `None`: Braze is not informed, and agents may answer.
    pub unsubscribe_from: Option<String>,
    /// Where Braze exports no events, it is asked once a day for each customer whether it sent them an answer.
    pub check_withheld: bool,
    /// Text of the closing message.
    pub solved_message: String,
    /// The same for customers of a language, by its two letters.
    pub solved_messages: Vec<(&'static str, String)>,
    /// Language of the bridge's own texts.
    pub language: Language,
    /// How answers become SMS.
    pub style: Style,
    /// Tags of tickets that get no closing message.
    pub no_closing_tags: Vec<String>,
    /// The same text this often within an hour stops automatic SMS; zero: never.
    pub loop_fuse: u8,
    /// How many SMS parts may be sent.
    pub spend: Spend,
    /// How many updates of tickets the bridge makes.
    pub updates: UpdateLimit,
    /// Conversations that a run of redelivery works on at the same time for each vendor, and so the most calls that
    /// one gets at once.
    pub drained_at_once: u32,
    /// When no automatic SMS goes out.
    pub quiet_hours: Option<Hours>,
}

/// How many SMS parts may be sent; zero: any number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spend {
    /// To one customer within a day.
    pub customer_day: u32,
    /// By the whole stack within an hour.
    pub hour: u32,
}

/// How many updates of tickets the bridge makes: agents save theirs under the same limit of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateLimit {
    /// The account's limit, where Zendesk tells none; zero: not known, any number.
    pub a_minute: u32,
    /// How much of the limit the bridge uses, in per cent.
    pub share: u32,
}

impl UpdateLimit {
    /// How many updates a minute the bridge may make under a limit that Zendesk's answers name, at least one; `None`:
    /// any number.
    pub fn allowed(self, told: Option<u32>) -> Option<u32> {
        let limit = told.filter(|&limit| limit > 0).unwrap_or(self.a_minute);
        let allowed = u64::from(limit) * u64::from(self.share) / 100;
        (limit > 0).then(|| u32::try_from(allowed).unwrap_or(u32::MAX).max(1))
    }
}

impl Default for UpdateLimit {
    fn default() -> Self {
        Self {
            a_minute: 100,
            share: 60,
        }
    }
}

impl Spend {
    /// There is a limit.
    pub fn any(self) -> bool {
        self.customer_day > 0 || self.hour > 0
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            open_on: OpenOn::Any,
            tag: None,
            reopen_window: days(28),
            thanks_window: days(1),
            csat: false,
            csat_field: None,
            parts_field: None,
            braze_events: false,
            give_up_after: days(1),
            subject: "SMS from {name}".to_owned(),
            reply_campaign: None,
            solved_campaign: None,
            allowed_campaigns: vec![],
            subscription_group: None,
            unsubscribe_from: None,
            check_withheld: false,
            solved_message: "Your ticket has been closed".to_owned(),
            solved_messages: vec![],
            language: Language::English,
            style: Style::default(),
            no_closing_tags: vec!["spam".to_owned(), "closed_by_merge".to_owned()],
            loop_fuse: 5,
            updates: UpdateLimit::default(),
            spend: Spend::default(),
            drained_at_once: 32,
            quiet_hours: None,
        }
    }
}

impl Policy {
    /// Whether the settings name the campaign.
    pub fn names(&self, campaign: &str) -> bool {
        let own = [&self.reply_campaign, &self.solved_campaign];
        let mut named = own.into_iter().flatten().chain(&self.allowed_campaigns);
        named.any(|named| named == campaign)
    }
}

const fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

/// A duration in milliseconds, as times are kept.
pub fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Reason given where a ticket does not carry the tag.
pub const UNTAGGED: &str = "the ticket does not carry the tag of tickets that are texted about";

/// Whether this tag is among a ticket's. Zendesk keeps tags in small letters.
pub fn carries(tags: &[String], tag: &str) -> bool {
    let tag = tag.to_lowercase();
    tags.iter().any(|own| own.to_lowercase() == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_makes_no_sense_is_none_and_one_update_is_always_allowed() {
        let set = UpdateLimit::default();
        assert_eq!(set.allowed(None), Some(60));
        assert_eq!(set.allowed(Some(300)), Some(180));
        assert_eq!(set.allowed(Some(0)), Some(60));
        assert_eq!(set.allowed(Some(1)), Some(1));
        assert_eq!(set.allowed(Some(u32::MAX)), Some(2_576_980_377));
        let none = UpdateLimit {
            a_minute: 0,
            share: 1,
        };
        assert_eq!(none.allowed(None), None);
        assert_eq!(none.allowed(Some(100)), Some(1));
    }
}

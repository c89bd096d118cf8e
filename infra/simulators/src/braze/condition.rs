//! What a customer's phone and profile are like, in one word.

use serde::{Deserialize, Serialize};

use super::model::WorkspaceState;
use super::phone::{Failure, InvalidReason, Line, same_number};
use super::profile::{SMS_GROUP, Subscription, User};
use super::subscriptions::Source;
use super::{outbound, subscriptions};

/// Conditions under which a customer gets messages, or none. Setting one replaces the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Subscribed, and messages arrive.
    Subscribed,
    /// Unsubscribed from the SMS group: Braze sends nothing.
    Unsubscribed,
    /// Never said whether to get SMS: Braze sends nothing.
    Unknown,
    /// In the global control group: no message of any channel, and no text reaches a webhook.
    ControlGroup,
    /// On a suppression list: likewise.
    SuppressionList,
    /// Over the frequency cap: likewise.
    Capped,
    /// The phone cannot be reached (30003).
    Unreachable,
    /// The carrier blocks messages (30004).
    Blocked,
    /// The carrier does not know the number (30005).
    UnknownNumber,
    /// A landline (30006).
    Landline,
    /// The carrier filters messages (30007).
    Filtered,
    /// The carrier does not say why it fails (30008).
    Failing,
    /// The number was given up: Braze sends nothing any more.
    Deactivated,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Subscribed,
        Self::Unsubscribed,
        Self::Unknown,
        Self::ControlGroup,
        Self::SuppressionList,
        Self::Capped,
        Self::Unreachable,
        Self::Blocked,
        Self::UnknownNumber,
        Self::Landline,
        Self::Filtered,
        Self::Failing,
        Self::Deactivated,
    ];

    /// The provider's code of a condition that lets messages fail at the carrier.
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Unreachable => Some("30003"),
            Self::Blocked => Some("30004"),
            Self::UnknownNumber => Some("30005"),
            Self::Landline => Some("30006"),
            Self::Filtered => Some("30007"),
            Self::Failing => Some("30008"),
            _ => None,
        }
    }

    /// The condition a profile is in; the first reason for which nothing would arrive.
    pub(super) fn of(state: &WorkspaceState, user: &User) -> Self {
        let listed = |reason: InvalidReason| {
            let mut known = state.invalid_numbers.iter();
            known.any(|n| n.reason == reason && same_number(&n.phone, &user.phone))
        };
        let line = state.lines.get(&user.phone);
        let fails = |condition: &Self| {
            let code = condition.code();
            matches!(line, Some(Line::Fails(failure)) if code == Some(failure.code.as_str()))
        };
        match user.subscription(SMS_GROUP) {
            _ if listed(InvalidReason::Deactivated) => Self::Deactivated,
            _ if user.control_group => Self::ControlGroup,
            _ if user.suppression_list => Self::SuppressionList,
            Subscription::Unsubscribed => Self::Unsubscribed,
            Subscription::Unknown => Self::Unknown,
            Subscription::Subscribed if user.capped => Self::Capped,
            Subscription::Subscribed => {
                let failing = Self::ALL.into_iter().find(fails);
                failing.unwrap_or(Self::Subscribed)
            }
        }
    }

    /// Puts a profile into this condition.
    pub(super) fn set(self, state: &mut WorkspaceState, braze_id: &str, now: i64) {
        let Some(user) = state.users.find_mut(braze_id) else {
            return;
        };
        user.control_group = self == Self::ControlGroup;
        user.suppression_list = self == Self::SuppressionList;
        user.capped = self == Self::Capped;
        let number = user.phone.clone();
        let subscription = match self {
            Self::Unsubscribed => Subscription::Unsubscribed,
            Self::Unknown => Subscription::Unknown,
            _ => Subscription::Subscribed,
        };
        subscriptions::set(
            state,
            braze_id,
            SMS_GROUP,
            subscription,
            Source::Dashboard,
            now,
        );
        state
            .invalid_numbers
            .retain(|known| !same_number(&known.phone, &number));
        state.lines.remove(&number);
        if self == Self::Deactivated {
            outbound::mark_invalid(state, &number, InvalidReason::Deactivated, now);
        }
        if let Some(code) = self.code() {
            state.lines.insert(number, Line::Fails(Failure::of(code)));
        }
    }
}

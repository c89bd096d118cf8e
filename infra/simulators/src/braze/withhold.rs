//! Why Braze withholds a message without a word.

use super::campaign::Campaign;
use super::model::{Suppressed, WorkspaceState};
use super::phone::same_number;
use super::profile::{Received, Subscription, User};

const MINUTE_MS: i64 = 60 * 1000;

/// The first reason for which a profile does not get a campaign's message, if any.
pub(super) fn reason(
    state: &WorkspaceState,
    campaign: &Campaign,
    user: Option<&User>,
    now: i64,
) -> Option<Suppressed> {
    let Some(user) = user else {
        return Some(Suppressed::UnknownUser);
    };
    if !campaign.is_live() {
        return Some(Suppressed::CampaignNotLive);
    }
    let sms = campaign.webhook.is_none();
    if sms && let Some(reason) = unreachable(state, campaign, user) {
        return Some(reason);
    }
    let tags = &state.rules.exclusion_tags;
    let excluded = campaign.tags.iter().any(|tag| tags.contains(tag));
    if user.suppression_list && !excluded {
        return Some(Suppressed::SuppressionList);
    }
    if user.control_group && !excluded {
        return Some(Suppressed::ControlGroup);
    }
    if !re_eligible(campaign, user, now) {
        return Some(Suppressed::NotReEligible);
    }
    (campaign.frequency_capped && is_capped(state, user, now))
        .then_some(Suppressed::FrequencyCapped)
}

fn unreachable(state: &WorkspaceState, campaign: &Campaign, user: &User) -> Option<Suppressed> {
    let invalid = |number: &str| {
        let mut known = state.invalid_numbers.iter();
        known.any(|invalid| same_number(&invalid.phone, number))
    };
    match user.subscription(&campaign.subscription_group_id) {
        _ if user.phone.is_empty() => Some(Suppressed::NoPhone),
        _ if invalid(&user.phone) => Some(Suppressed::InvalidNumber),
        Subscription::Unsubscribed => Some(Suppressed::Unsubscribed),
        Subscription::Unknown => Some(Suppressed::NeverSubscribed),
        Subscription::Subscribed => None,
    }
}

fn re_eligible(campaign: &Campaign, user: &User, now: i64) -> bool {
    let had = |received: &&Received| received.campaign_id == campaign.id && !received.in_control;
    let last = user.received.iter().filter(had).map(|r| r.at_ms).max();
    match (last, campaign.re_eligible_minutes) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(last), Some(minutes)) => now >= last + i64::from(minutes) * MINUTE_MS,
    }
}

fn is_capped(state: &WorkspaceState, user: &User, now: i64) -> bool {
    let counts = |campaign_id: &str| {
        let campaign = state.campaigns.get(campaign_id);
        campaign.is_none_or(|campaign| campaign.frequency_capped)
    };
    user.capped
        || state.rules.frequency_cap.is_some_and(|cap| {
            let since = now - i64::from(cap.minutes) * MINUTE_MS;
            let recent = user.received.iter().filter(|received| {
                received.at_ms > since && !received.in_control && counts(&received.campaign_id)
            });
            recent.count() >= cap.messages
        })
}

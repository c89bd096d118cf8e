//! The settings in the decisions' own terms.
//!
//! In: [`Settings`]. Out: [`Policy`]. Imports `config`, `conversation` and `text`.

use std::time::Duration;

use crate::config::{Settings, SmsSettings, TextTickets};
use crate::conversation::notes;
use crate::conversation::policy::{Policy, Spend, Style, UpdateLimit};
use crate::text::sms::Ligatures;

const SECONDS_AN_HOUR: u64 = 60 * 60;

/// The policy that the settings ask for.
pub(super) fn of(settings: &Settings) -> Policy {
    let language = settings.policy.language;
    Policy {
        open_on: settings.policy.open_on,
        tag: match settings.policy.text_tickets {
            TextTickets::Tagged => settings.policy.ticket.tags.first().cloned(),
            TextTickets::Any => None,
        },
        reopen_window: Duration::from_secs(
            u64::from(settings.policy.reopen_window_days) * 24 * SECONDS_AN_HOUR,
        ),
        give_up_after: settings.policy.give_up_after,
        subject: settings.policy.ticket.subject.clone(),
        reply_campaign: settings.braze.reply_campaign.clone(),
        solved_campaign: settings.braze.solved_campaign.clone(),
        allowed_campaigns: settings
            .braze
            .allowed_campaigns
            .iter()
            .flatten()
            .cloned()
            .collect(),
        subscription_group: settings.braze.subscription_group.clone(),
        unsubscribe_from: settings.braze.unsubscribe_from.clone(),
        check_withheld: settings.braze.check_withheld,
        solved_message: settings
            .policy
            .solved_message
            .clone()
            .unwrap_or_else(|| notes::closing(language)),
        solved_messages: settings.policy.solved_messages.clone(),
        language,
        thanks_window: Duration::from_secs(
            u64::from(settings.policy.thanks_window_hours) * SECONDS_AN_HOUR,
        ),
        csat: settings.policy.csat,
        csat_field: settings.policy.csat_field,
        parts_field: settings.policy.parts_field,
        braze_events: settings.policy.braze_events,
        no_closing_tags: settings.policy.no_closing_tags.clone(),
        loop_fuse: settings.policy.loop_fuse,
        spend: Spend {
            customer_day: settings.policy.parts_per_customer_day,
            hour: settings.policy.parts_per_hour,
        },
        updates: UpdateLimit {
            a_minute: settings.zendesk.updates_per_minute,
            share: settings.zendesk.updates_share,
        },
        drained_at_once: settings.drained_at_once,
        quiet_hours: settings.policy.quiet_hours.clone(),
        style: style(&settings.policy.sms),
    }
}

fn style(sms: &SmsSettings) -> Style {
    Style {
        signature: sms.signature_separator.clone().unwrap_or_default(),
        ligatures: match sms.split_ligatures {
            true => Ligatures::Split,
            false => Ligatures::Keep,
        },
        max_messages: usize::try_from(sms.max_messages).unwrap_or(usize::MAX),
        files: sms.files,
        cost_note: sms.cost_note,
    }
}

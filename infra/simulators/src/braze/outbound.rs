//! An SMS on its way to a profile: rendered, withheld, held or handed to the carrier.

use serde_json::{Map, Value};

use super::campaign::Campaign;
use super::currents::{self, Sent};
use super::liquid::{self, Blocks, Scope};
use super::model::{Held, Message, Send, Sms, Suppressed, WorkspaceState};
use super::phone::{InvalidNumber, InvalidReason, Line, same_number};
use super::profile::Received;
use super::variants::OverTenParts;
use super::{segments, withhold};

/// Braze's maximum of SMS parts.
const MOST_PARTS: usize = 10;

/// A send that was accepted, for one recipient.
pub(super) struct Accepted<'a> {
    pub(super) campaign: &'a Campaign,
    /// Recipient's external id as sent.
    pub(super) external_user_id: String,
    /// Recipient's profile, where there is one.
    pub(super) braze_id: Option<String>,
    pub(super) properties: Map<String, Value>,
    pub(super) attributes: Value,
    pub(super) dispatch_id: &'a str,
    pub(super) now: i64,
}

/// Sends what a campaign says to its recipient, if Braze lets it.
pub(super) fn send(state: &mut WorkspaceState, accepted: Accepted<'_>) {
    let Accepted { campaign, now, .. } = accepted;
    let braze_id = accepted.braze_id.unwrap_or_default();
    let user = state.users.find(&braze_id);
    let mut suppressed = withhold::reason(state, campaign, user, now);
    let (mut message, mut aborted) = (None, None);
    if let (None, Some(user)) = (suppressed, user) {
        let scope = Scope {
            user,
            properties: &accepted.properties,
            sms: &[],
            dispatch_id: accepted.dispatch_id,
            blocks: Blocks::of(state),
        };
        let rendered = liquid::render(&campaign.template, &scope);
        let long = segments::count(&rendered.text) > MOST_PARTS
            && state.variants.over_ten_parts == OverTenParts::Aborted;
        if long {
            aborted = Some((
                "message_too_long",
                "The message has too many parts".to_owned(),
            ));
        }
        if let Some(reason) = rendered.aborted {
            aborted = Some(("liquid_abort_message", reason));
        }
        suppressed = aborted.as_ref().map(|_| Suppressed::Aborted);
        message = Some(Message {
            text: rendered.text,
            extras: rendered.extras,
        });
    }
    if suppressed == Some(Suppressed::ControlGroup)
        && let Some(user) = state.users.find_mut(&braze_id)
    {
        user.received.push(received(campaign, now, true));
    }
    let send = Send {
        campaign_id: campaign.id.clone(),
        external_user_id: accepted.external_user_id,
        braze_id,
        trigger_properties: Value::Object(accepted.properties),
        attributes: accepted.attributes,
        dispatch_id: accepted.dispatch_id.to_owned(),
        at_ms: now,
        suppressed,
        failed: None,
    };
    if let Some((kind, log)) = aborted {
        let sent = Sent {
            send: &send,
            campaign,
            number: "",
        };
        currents::aborted(state, &sent, (kind, &log), now);
    }
    state.sends.push(send);
    if let (None, Some(message)) = (suppressed, message) {
        hold_or_carry(state, campaign, message, now);
    }
}

/// Hands the message of the last send over, or keeps it until quiet hours end.
fn hold_or_carry(state: &mut WorkspaceState, campaign: &Campaign, message: Message, now: i64) {
    let send = state.sends.len() - 1;
    let quiet = state
        .rules
        .quiet_hours
        .filter(|_| campaign.heeds_quiet_hours);
    match quiet.and_then(|hours| hours.end_of(now)) {
        Some(due_at_ms) => state.held.push(Held {
            due_at_ms,
            send,
            message,
        }),
        None => carry(state, send, message, now),
    }
}

/// Sends what waited for the end of quiet hours, and may go now.
pub(super) fn release(state: &mut WorkspaceState, now: i64) {
    let held = std::mem::take(&mut state.held);
    let (due, waiting) = held.into_iter().partition(|held| held.due_at_ms <= now);
    state.held = waiting;
    for held in Vec::from_iter::<Vec<Held>>(due) {
        carry(state, held.send, held.message, now);
    }
}

/// Hands a message to the carrier.
fn carry(state: &mut WorkspaceState, send: usize, message: Message, now: i64) {
    let (Some(sent), Some(campaign)) = (
        state.sends.get(send).cloned(),
        state
            .sends
            .get(send)
            .and_then(|sent| state.campaigns.get(&sent.campaign_id)),
    ) else {
        return;
    };
    let campaign = campaign.clone();
    let Some(user) = state.users.find_mut(&sent.braze_id) else {
        return;
    };
    user.received.push(received(&campaign, now, false));
    let (number, attributes) = (user.phone.clone(), user.attributes.clone());
    let told = Sent {
        send: &sent,
        campaign: &campaign,
        number: &number,
    };
    match line(state, &number) {
        Line::Fails(failure) => {
            currents::failed(state, &told, (&message, &failure), now);
            if failure.permanent {
                mark_invalid(state, &number, InvalidReason::ProviderError, now);
            }
            state.sends[send].failed = Some(failure.code);
        }
        line => {
            if line == Line::Flaky {
                currents::retried(state, &told, now);
            }
            currents::carried(state, &told, &message, now);
            state.phones.push(Sms {
                campaign_id: campaign.id,
                to: number,
                braze_id: sent.braze_id,
                automatic: false,
                segments: segments::count(&message.text),
                body: message.text,
                trigger_properties: sent.trigger_properties,
                dispatch_id: sent.dispatch_id,
                at_ms: now,
                attributes_at_send: attributes,
            });
        }
    }
}

/// Braze's own answer to a keyword; it goes to a number, whatever the subscription.
pub(super) fn answer(
    state: &mut WorkspaceState,
    (number, braze_id): (&str, &str),
    (category, text): (&str, &str),
    now: i64,
) {
    currents::answered(state, braze_id, number, category, now);
    if matches!(line(state, number), Line::Fails(_)) {
        return;
    }
    state.phones.push(Sms {
        campaign_id: String::new(),
        to: number.to_owned(),
        braze_id: braze_id.to_owned(),
        automatic: true,
        body: text.to_owned(),
        trigger_properties: Value::Null,
        dispatch_id: String::new(),
        at_ms: now,
        attributes_at_send: Map::new(),
        segments: segments::count(text),
    });
}

/// Puts a number on the list of invalid ones.
pub(super) fn mark_invalid(
    state: &mut WorkspaceState,
    number: &str,
    reason: InvalidReason,
    now: i64,
) {
    let listed = &mut state.invalid_numbers;
    listed.retain(|known| !same_number(&known.phone, number));
    listed.push(InvalidNumber {
        phone: number.to_owned(),
        detected_at_ms: now,
        reason,
    });
}

fn line(state: &WorkspaceState, number: &str) -> Line {
    let mut lines = state.lines.iter();
    let known = lines.find(|(known, _)| same_number(known, number));
    known.map(|(_, line)| line.clone()).unwrap_or_default()
}

/// A campaign's message to a user, as the profile remembers it.
pub(super) fn received(campaign: &Campaign, now: i64, in_control: bool) -> Received {
    Received {
        campaign_id: campaign.id.clone(),
        at_ms: now,
        in_control,
        sms: campaign.webhook.is_none(),
    }
}

//! `GET /campaigns/details` and `GET /campaigns/list`.

use serde_json::{Value, json};

use crate::braze::campaign::Campaign;
use crate::braze::model::{Send, WorkspaceState};
use crate::clock::rfc3339;
use crate::wire::{Answer, Ask};

use super::refused;

const PAGE: usize = 100;

/// What is known of a campaign; re-eligibility and audience are not among that.
pub(super) fn details(state: &WorkspaceState, id: &str) -> Result<Answer, Answer> {
    let campaign = state.campaigns.get(id);
    let campaign = campaign.ok_or_else(|| refused(400, "Invalid campaign_id"))?;
    let sent = |send: &&Send| send.campaign_id == id && send.suppressed.is_none();
    let mut sent = state.sends.iter().filter(sent).map(|send| send.at_ms);
    let first = sent.next();
    let last = sent.next_back().or(first);
    let created = rfc3339(campaign.created_at_ms);
    Ok(Answer::json(
        200,
        &json!({
            "message": "success",
            "created_at": created,
            "updated_at": created,
            "archived": campaign.archived,
            "draft": campaign.draft,
            "enabled": campaign.enabled && !campaign.draft,
            "has_post_launch_draft": campaign.has_post_launch_draft,
            "name": campaign.name,
            "description": "",
            "schedule_type": campaign.schedule_type,
            "channels": [campaign.channel],
            "first_sent": first.map(rfc3339),
            "last_sent": last.map(rfc3339),
            "tags": campaign.tags,
            "teams": [],
            "messages": {campaign.variation_id(): message(state, campaign)},
            "conversion_behaviors": [],
        }),
    ))
}

fn message(state: &WorkspaceState, campaign: &Campaign) -> Value {
    let (channel, body) = (&campaign.channel, &campaign.template);
    if let Some(webhook) = &campaign.webhook {
        return json!({"channel": channel, "name": "Variant 1", "url": webhook.url, "body": body,
            "type": "raw", "headers": webhook.headers, "method": webhook.method});
    }
    if channel != "sms" {
        return json!({"channel": channel, "name": "Variant 1", "body": body});
    }
    let group = state.groups.get(&campaign.subscription_group_id);
    json!({"channel": channel, "name": "Variant 1", "body": body,
        "from": group.map(|group| &group.number),
        "subscription_group_id": campaign.subscription_group_id})
}

/// Campaigns by the time they were made, a hundred a page, archived ones only where asked for.
pub(super) fn list(state: &WorkspaceState, ask: &Ask) -> Result<Answer, Answer> {
    let page = ask.param("page").unwrap_or("0").parse::<usize>();
    let page = page.map_err(|_| refused(400, "Invalid page"))?;
    let archived = ask.param("include_archived") == Some("true");
    let campaigns = state.campaigns.values();
    let mut campaigns: Vec<&Campaign> = campaigns.filter(|c| archived || !c.archived).collect();
    campaigns.sort_by_key(|campaign| campaign.created_at_ms);
    if ask.param("sort_direction") == Some("desc") {
        campaigns.reverse();
    }
    let shown = campaigns
        .into_iter()
        .skip(page.saturating_mul(PAGE))
        .take(PAGE);
    let shown = shown.map(|campaign| {
        json!({
            "id": campaign.id,
            "last_edited": rfc3339(campaign.created_at_ms),
            "name": campaign.name,
            "is_api_campaign": campaign.schedule_type == "api_triggered",
            "tags": campaign.tags,
        })
    });
    let shown: Vec<Value> = shown.collect();
    let answer = json!({"message": "success", "campaigns": shown});
    Ok(Answer::json(200, &answer))
}

//! `GET /campaigns/details`.
//!
//! In: a campaign's id. Out: what Braze tells of it; re-eligibility is not among that. Imports the
//! model.

use serde_json::json;

use crate::wire::Answer;

use super::model::State;
use super::workspace::refused;

/// What is known of a campaign.
pub(super) fn details(state: &State, id: &str) -> Result<Answer, Answer> {
    let campaign = state.campaigns.get(id);
    let campaign = campaign.ok_or_else(|| refused(400, "Invalid campaign_id"))?;
    let message = json!({"channel": campaign.channel, "name": "", "body": campaign.template});
    Ok(Answer::json(
        200,
        &json!({"message": "success", "name": campaign.name, "description": "",
            "archived": campaign.archived, "draft": campaign.draft,
            "schedule_type": "api_triggered", "channels": [campaign.channel], "tags": [],
            "messages": {"00000000-0000-4000-8000-000000000001": message}}),
    ))
}

//! `GET /campaigns/details`.

use serde_json::json;

use crate::braze::model::State;
use crate::wire::Answer;

use super::refused;

/// What is known of a campaign; re-eligibility and audience are not among that.
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

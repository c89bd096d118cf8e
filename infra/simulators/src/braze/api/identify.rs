//! `POST /users/identify`.

use serde_json::{Value, json};

use crate::braze::dashboard;
use crate::braze::model::WorkspaceState;
use crate::wire::Answer;

use super::recipient::Named;
use super::refused;

const MOST: usize = 50;

/// Gives profiles known by an alias their external ids.
pub(super) fn identify(state: &mut WorkspaceState, body: &Value) -> Result<Answer, Answer> {
    let list = body["aliases_to_identify"].as_array();
    let list = list.filter(|list| (1..=MOST).contains(&list.len()));
    let text = "'aliases_to_identify' must be an array of 1 to 50 objects";
    let list = list.ok_or_else(|| refused(400, text))?;
    let mut processed = 0;
    for one in list {
        let alias = json!({"user_alias": one["user_alias"]});
        let id = one["external_id"].as_str().filter(|id| !id.is_empty());
        let (Some(Named::Alias(alias)), Some(id)) = (Named::of(&alias, ""), id) else {
            let text = "each entry needs an 'external_id' and a 'user_alias'";
            return Err(refused(400, text));
        };
        if dashboard::identify(state, &alias, id) {
            processed += 1;
        }
    }
    let answer = json!({"aliases_processed": processed, "message": "success"});
    Ok(Answer::json(201, &answer))
}

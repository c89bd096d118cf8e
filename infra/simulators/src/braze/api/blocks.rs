//! Content blocks: made, changed and listed. Their id is their name here; there is no call to delete one.

use serde_json::{Value, json};

use crate::braze::model::WorkspaceState;
use crate::wire::Answer;

use super::refused;

/// `POST /content_blocks/create`.
pub(super) fn create(state: &mut WorkspaceState, body: &Value) -> Result<Answer, Answer> {
    let (Some(name), Some(content)) = (body["name"].as_str(), body["content"].as_str()) else {
        return Err(refused(400, "'name' and 'content' are required"));
    };
    if state.content_blocks.contains_key(name) {
        return Err(refused(400, "Content Block name already exists"));
    }
    state
        .content_blocks
        .insert(name.to_owned(), content.to_owned());
    Ok(done(name))
}

/// `POST /content_blocks/update`.
pub(super) fn update(state: &mut WorkspaceState, body: &Value) -> Result<Answer, Answer> {
    let id = body["content_block_id"].as_str().unwrap_or_default();
    let block = state.content_blocks.get_mut(id);
    let block = block.ok_or_else(|| refused(404, "Content Block does not exist"))?;
    if let Some(content) = body["content"].as_str() {
        content.clone_into(block);
    }
    Ok(done(id))
}

fn done(name: &str) -> Answer {
    let tag = format!("{{{{content_blocks.${{{name}}}}}}}");
    let answer = json!({"content_block_id": name, "liquid_tag": tag, "message": "success"});
    Answer::json(201, &answer)
}

/// `GET /content_blocks/list`.
pub(super) fn list(state: &WorkspaceState) -> Answer {
    let blocks = state.content_blocks.keys();
    let blocks: Vec<Value> = blocks
        .map(|name| json!({"content_block_id": name, "name": name}))
        .collect();
    let answer = json!({"count": blocks.len(), "content_blocks": blocks, "message": "success"});
    Answer::json(200, &answer)
}

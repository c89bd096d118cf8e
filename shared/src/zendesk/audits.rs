//! Audits as Zendesk sends them, page by page: where a lost answer's write is found again.
//!
//! In: answers. Out: rows that tell their delivery and comment. Imports only the identifiers.

use serde::Deserialize;
use serde_json::Value;

use super::times::milliseconds;
use super::types::TicketHistory;
use crate::message::CommentId;

#[derive(Deserialize)]
pub(super) struct AuditsAnswer {
    pub(super) audits: Vec<AuditRow>,
    #[serde(flatten)]
    pub(super) page: Page,
}

/// Where the next page is, in cursor pagination.
#[derive(Deserialize, Default)]
pub(super) struct Page {
    #[serde(default)]
    pub(super) meta: PageMeta,
    #[serde(default)]
    pub(super) links: PageLinks,
}

#[derive(Deserialize, Default)]
pub(super) struct PageMeta {
    #[serde(default)]
    pub(super) has_more: bool,
    pub(super) after_cursor: Option<String>,
}

#[derive(Deserialize, Default)]
pub(super) struct PageLinks {
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct AuditRow {
    #[serde(default)]
    events: Vec<AuditEvent>,
    created_at: Option<String>,
    metadata: Option<MetadataRow>,
}

#[derive(Deserialize)]
struct AuditEvent {
    #[serde(rename = "type", default)]
    kind: String,
    id: Option<CommentId>,
    #[serde(default)]
    field_name: Option<String>,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    previous_value: Value,
}

#[derive(Deserialize)]
pub(super) struct MetadataRow {
    #[serde(default)]
    custom: Option<Value>,
}

impl MetadataRow {
    pub(super) fn delivery(&self) -> Option<&str> {
        self.custom.as_ref()?.get("delivery_id")?.as_str()
    }
}

impl AuditRow {
    pub(super) fn delivery(&self) -> Option<&str> {
        self.metadata.as_ref()?.delivery()
    }

    /// What it changed of whose ticket it is and of the tag.
    pub(super) fn tell(&self, history: &mut TicketHistory, tag: Option<&str>) {
        let at = self.created_at.as_deref().and_then(milliseconds);
        for event in self.events.iter().filter(|event| event.kind == "Change") {
            let has = |value: &Value| tag.is_some_and(|tag| has_tag(value, tag));
            match event.field_name.as_deref() {
                Some("requester_id") => history.requester_since = at,
                Some("tags") if has(&event.value) && !has(&event.previous_value) => {
                    history.tagged_since = at;
                }
                _ => {}
            }
        }
    }

    pub(super) fn comment(&self) -> Option<CommentId> {
        self.events.iter().find(|event| event.kind == "Comment")?.id
    }
}

/// Whether a tag is among those of a change: a list, or words.
fn has_tag(value: &Value, tag: &str) -> bool {
    let is = |own: &str| own.to_lowercase() == tag.to_lowercase();
    match value {
        Value::Array(tags) => tags.iter().filter_map(Value::as_str).any(is),
        Value::String(tags) => tags.split([' ', ',']).any(is),
        _ => false,
    }
}

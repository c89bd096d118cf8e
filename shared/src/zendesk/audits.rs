//! Audits as Zendesk sends them, page by page: where a lost answer's write is found again.
//!
//! In: answers. Out: rows that tell their delivery and comment. Imports only the identifiers.

use serde::Deserialize;

use super::answers::milliseconds;
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
    id: u64,
    #[serde(default)]
    created_at: String,
    #[serde(default)]
    events: Vec<AuditEvent>,
    metadata: Option<MetadataRow>,
}

#[derive(Deserialize)]
struct AuditEvent {
    #[serde(rename = "type", default)]
    kind: String,
    id: Option<CommentId>,
    #[serde(default)]
    field_name: String,
    #[serde(default)]
    value: serde_json::Value,
    #[serde(default)]
    previous_value: serde_json::Value,
}

impl AuditEvent {
    /// Of `tags` the values are arrays (Zendesk's reference of audit events).
    fn adds_tag(&self, tag: &str) -> bool {
        let has = |value: &serde_json::Value| {
            let tags = value.as_array();
            tags.is_some_and(|tags| tags.iter().any(|one| one == tag))
        };
        self.field_name == "tags" && has(&self.value) && !has(&self.previous_value)
    }
}

#[derive(Deserialize)]
pub(super) struct MetadataRow {
    #[serde(default)]
    custom: Option<serde_json::Value>,
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

    /// Where it stands among the others: Zendesk's whole seconds, in milliseconds since the epoch, and
    /// its id.
    pub(super) fn place(&self) -> (i64, u64) {
        (milliseconds(&self.created_at).unwrap_or(0), self.id)
    }

    pub(super) fn adds_tag(&self, tag: &str) -> bool {
        self.events.iter().any(|event| event.adds_tag(tag))
    }

    pub(super) fn comment(&self) -> Option<CommentId> {
        self.events.iter().find(|event| event.kind == "Comment")?.id
    }
}

//! Audits as Zendesk sends them, page by page: where a lost answer's write is found again.
//!
//! In: answers. Out: rows that tell their delivery and comment. Imports only the identifiers.

use serde::Deserialize;

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
    metadata: Option<MetadataRow>,
}

#[derive(Deserialize)]
struct AuditEvent {
    #[serde(rename = "type", default)]
    kind: String,
    id: Option<CommentId>,
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

    pub(super) fn comment(&self) -> Option<CommentId> {
        self.events.iter().find(|event| event.kind == "Comment")?.id
    }
}

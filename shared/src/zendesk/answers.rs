//! The JSON that comes from Zendesk, as far as the bridge reads it.
//!
//! In: answers. Out: rows, and views in the bridge's own terms. Strict on the ids that are acted
//! on, lenient on everything else. Imports only the identifiers.

use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::types::{Attachment, CommentView, Role, Status, TicketView};
use crate::message::{CommentId, Personal, TicketId, UserId};

#[derive(Deserialize)]
pub(super) struct UserAnswer {
    pub(super) user: UserRow,
}

#[derive(Deserialize)]
pub(super) struct UserRow {
    pub(super) id: UserId,
    name: Option<Personal>,
    role: Option<String>,
    external_id: Option<Personal>,
    #[serde(default)]
    user_fields: Option<UserFieldRow>,
}

#[derive(Deserialize)]
struct UserFieldRow {
    #[serde(default)]
    braze_external_id: Option<Personal>,
}

/// The answer to a write on a ticket.
#[derive(Deserialize)]
pub(super) struct WrittenAnswer {
    pub(super) ticket: TicketRow,
    audit: Option<AuditRow>,
}

impl WrittenAnswer {
    pub(super) fn comment(&self) -> Option<CommentId> {
        self.audit.as_ref().and_then(AuditRow::comment)
    }
}

#[derive(Deserialize)]
pub(super) struct TicketAnswer {
    pub(super) ticket: TicketRow,
    #[serde(default)]
    pub(super) users: Vec<UserRow>,
}

#[derive(Deserialize)]
pub(super) struct TicketsAnswer {
    pub(super) tickets: Vec<TicketRow>,
}

#[derive(Deserialize)]
pub(super) struct TicketRow {
    pub(super) id: TicketId,
    pub(super) status: Status,
    #[serde(default)]
    tags: Option<Vec<String>>,
    external_id: Option<String>,
    #[serde(default)]
    followup_ids: Option<Vec<TicketId>>,
    #[serde(default, deserialize_with = "user_id")]
    pub(super) requester_id: Option<UserId>,
    updated_at: Option<String>,
}

impl TicketRow {
    pub(super) fn view(self, requester: Option<UserRow>) -> TicketView {
        let (external_id, fields) =
            requester.map_or((None, None), |r| (r.external_id, r.user_fields));
        let filled = |text: Option<Personal>| text.filter(|text| text.present().is_some());
        TicketView {
            id: self.id,
            status: self.status,
            tags: self.tags.unwrap_or_default(),
            external_id: self.external_id.filter(|id| !id.is_empty()),
            followups: self.followup_ids.unwrap_or_default(),
            requester: self.requester_id,
            requester_external_id: filled(external_id),
            braze_external_id: filled(fields.and_then(|fields| fields.braze_external_id)),
            updated_at: self.updated_at.as_deref().and_then(milliseconds),
        }
    }
}

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
struct MetadataRow {
    #[serde(default)]
    custom: Option<serde_json::Value>,
}

impl MetadataRow {
    fn delivery(&self) -> Option<&str> {
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

#[derive(Deserialize)]
pub(super) struct CommentsAnswer {
    comments: Vec<CommentRow>,
    #[serde(default)]
    users: Vec<UserRow>,
}

#[derive(Deserialize)]
struct CommentRow {
    id: CommentId,
    #[serde(default, deserialize_with = "user_id")]
    author_id: Option<UserId>,
    public: bool,
    plain_body: Option<Personal>,
    body: Option<Personal>,
    via: Option<Via>,
    created_at: Option<String>,
    metadata: Option<MetadataRow>,
    #[serde(default)]
    attachments: Vec<AttachmentRow>,
}

#[derive(Deserialize)]
struct Via {
    /// A word or, rarely, a number.
    channel: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct AttachmentRow {
    #[serde(default)]
    file_name: Personal,
    content_url: String,
    #[serde(default)]
    content_type: String,
    #[serde(default)]
    size: u64,
}

impl CommentsAnswer {
    pub(super) fn views(self) -> Vec<CommentView> {
        let Self { comments, users } = self;
        comments
            .into_iter()
            .map(|comment| comment.view(&users))
            .collect()
    }
}

impl CommentRow {
    fn view(self, users: &[UserRow]) -> CommentView {
        let author = users.iter().find(|user| Some(user.id) == self.author_id);
        let channel = self.via.and_then(|via| via.channel);
        CommentView {
            id: self.id,
            author: self.author_id,
            role: author.and_then(|author| role(author.role.as_deref()?)),
            author_name: author
                .and_then(|author| author.name.clone())
                .unwrap_or_default(),
            public: self.public,
            plain_body: self.plain_body.or(self.body).unwrap_or_default(),
            channel: channel
                .map(|channel| {
                    channel
                        .as_str()
                        .map_or_else(|| channel.to_string(), str::to_owned)
                })
                .unwrap_or_default(),
            created_at: self.created_at.as_deref().and_then(milliseconds),
            delivery: self
                .metadata
                .as_ref()
                .and_then(|m| m.delivery().map(str::to_owned)),
            attachments: self
                .attachments
                .into_iter()
                .map(AttachmentRow::view)
                .collect(),
        }
    }
}

impl AttachmentRow {
    fn view(self) -> Attachment {
        let Self {
            file_name,
            content_url,
            content_type,
            size,
        } = self;
        Attachment {
            file_name,
            content_url,
            content_type,
            size,
        }
    }
}

fn role(name: &str) -> Option<Role> {
    match name {
        "end-user" | "end_user" => Some(Role::EndUser),
        "agent" => Some(Role::Agent),
        "admin" => Some(Role::Admin),
        _ => None,
    }
}

fn milliseconds(time: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

/// A user's id; Zendesk itself is `-1`, which is nobody.
fn user_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UserId>, D::Error> {
    let id = Option::<i64>::deserialize(deserializer)?;
    Ok(id
        .and_then(|id| u64::try_from(id).ok())
        .and_then(UserId::new))
}

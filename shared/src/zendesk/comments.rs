//! Comments as Zendesk sends them.
//!
//! In: answers. Out: views in the bridge's own terms. Imports only the identifiers.

use serde::Deserialize;

use super::answers::{UserRow, user_id};
use super::audits::MetadataRow;
use super::times::milliseconds;
use super::types::{AttachmentView, CommentView, Role};
use crate::message::{CommentId, Personal, UserId};

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
            has_metadata: self.metadata.is_some(),
            attachments: self
                .attachments
                .into_iter()
                .map(AttachmentRow::view)
                .collect(),
        }
    }
}

impl AttachmentRow {
    fn view(self) -> AttachmentView {
        let Self {
            file_name,
            content_url,
            content_type,
            size,
        } = self;
        AttachmentView {
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

//! The JSON that goes to Zendesk.
//!
//! In: the bridge's own types. Out: bodies whose bytes depend on nothing else, as an idempotency
//! key needs them. Imports only the identifiers.

use serde::{Serialize, Serializer};

use super::html::escape;
use super::types::{NewComment, NewUser, TicketStatus, TicketToCreate};
use crate::message::{DeliveryId, ExternalUserId, Personal, TicketField, TicketId, UserId};

#[derive(Serialize)]
pub(super) struct UserBody<'a> {
    user: UserFields<'a>,
}

#[derive(Serialize)]
struct UserFields<'a> {
    external_id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_fields: Option<BrazeId<'a>>,
    skip_verify_email: bool,
}

#[derive(Serialize)]
struct BrazeId<'a> {
    braze_external_id: &'a ExternalUserId,
}

impl<'a> UserBody<'a> {
    pub(super) fn of(user: &NewUser<'a>) -> Self {
        Self {
            user: UserFields {
                external_id: user.external_id,
                name: user.name.as_str(),
                phone: user.phone.and_then(Personal::present),
                locale: user.locale,
                user_fields: user
                    .braze_id
                    .map(|braze_external_id| BrazeId { braze_external_id }),
                skip_verify_email: true,
            },
        }
    }
}

#[derive(Serialize)]
pub(super) struct BrazeIdBody<'a> {
    user: BrazeIdField<'a>,
}

#[derive(Serialize)]
struct BrazeIdField<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a ExternalUserId>,
    user_fields: BrazeId<'a>,
}

impl<'a> BrazeIdBody<'a> {
    pub(super) fn of(braze_external_id: &'a ExternalUserId) -> Self {
        let user_fields = BrazeId { braze_external_id };
        Self {
            user: BrazeIdField {
                external_id: None,
                user_fields,
            },
        }
    }

    pub(super) fn with_external_id(mut self, id: &'a ExternalUserId) -> Self {
        self.user.external_id = Some(id);
        self
    }
}

#[derive(Serialize, Default)]
pub(super) struct TicketBody<'a> {
    ticket: TicketFields<'a>,
}

#[derive(Serialize, Default)]
struct TicketFields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    requester_id: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<CommentFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    via_followup_source_id: Option<TicketId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    custom_fields: &'a [TicketField],
    #[serde(flatten)]
    ids: Ids<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata<'a>>,
}

/// Ids by name, as members of the ticket.
#[derive(Default)]
struct Ids<'a>(&'a [(String, u64)]);

impl Serialize for Ids<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, id)| (name, id)))
    }
}

#[derive(Serialize)]
struct CommentFields<'a> {
    html_body: String,
    public: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    author_id: Option<UserId>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    uploads: &'a [Personal],
}

#[derive(Serialize)]
struct Metadata<'a> {
    delivery_id: &'a DeliveryId,
}

impl<'a> TicketBody<'a> {
    pub(super) fn create(ticket: &TicketToCreate<'a>) -> Self {
        Self {
            ticket: TicketFields {
                requester_id: Some(ticket.requester),
                subject: Some(ticket.subject.as_str()),
                comment: Some(CommentFields {
                    html_body: escape(ticket.comment.as_str()),
                    public: ticket.public,
                    author_id: Some(ticket.requester),
                    uploads: ticket.uploads,
                }),
                status: None,
                priority: ticket.priority,
                kind: ticket.kind,
                tags: Some(ticket.tags),
                external_id: Some(ticket.external_id),
                via_followup_source_id: ticket.followup_of,
                custom_fields: ticket.fields,
                ids: Ids(ticket.ids),
                metadata: Some(Metadata {
                    delivery_id: ticket.delivery,
                }),
            },
        }
    }

    pub(super) fn append(comment: &NewComment<'a>) -> Self {
        Self {
            ticket: TicketFields {
                comment: Some(CommentFields {
                    html_body: escape(comment.body.as_str()),
                    public: comment.public,
                    author_id: comment.author,
                    uploads: comment.uploads,
                }),
                status: comment.status.map(TicketStatus::as_str),
                custom_fields: comment.fields,
                metadata: Some(Metadata {
                    delivery_id: comment.delivery,
                }),
                ..TicketFields::default()
            },
        }
    }

    pub(super) fn fields(fields: &'a [TicketField]) -> Self {
        Self {
            ticket: TicketFields {
                custom_fields: fields,
                ..TicketFields::default()
            },
        }
    }

    pub(super) fn status(status: TicketStatus) -> Self {
        Self {
            ticket: TicketFields {
                status: Some(status.as_str()),
                ..TicketFields::default()
            },
        }
    }
}

#[derive(Serialize)]
pub(super) struct TagsBody<'a> {
    pub(super) tags: &'a [&'a str],
}

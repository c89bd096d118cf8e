//! Users and tickets as Zendesk sends them, as far as the bridge reads them.
//!
//! In: answers. Out: rows, and views in the bridge's own terms. Strict on the ids that are acted
//! on, lenient on everything else. Imports only the identifiers.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::audits::AuditRow;
use super::times::milliseconds;
use super::types::{FoundUser, TicketStatus, TicketView};
use crate::message::{CommentId, Personal, TicketId, UserId};

#[derive(Deserialize)]
pub(super) struct UserAnswer {
    pub(super) user: UserRow,
}

#[derive(Deserialize, Clone)]
pub(super) struct UserRow {
    pub(super) id: UserId,
    pub(super) name: Option<Personal>,
    pub(super) role: Option<String>,
    #[serde(default)]
    pub(super) active: Option<bool>,
    external_id: Option<Personal>,
    #[serde(default)]
    user_fields: Option<UserFieldRow>,
}

#[derive(Deserialize)]
pub(super) struct UsersAnswer {
    pub(super) users: Vec<UserRow>,
}

impl UserRow {
    pub(super) fn found(self) -> FoundUser {
        let staff = |role: &str| matches!(role, "agent" | "admin");
        FoundUser {
            id: self.id,
            is_staff: self.role.as_deref().is_some_and(staff),
            external_id: self.external_id,
            braze_id: self.user_fields.and_then(|fields| fields.braze_external_id),
        }
    }
}

#[derive(Deserialize, Clone)]
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
    pub(super) status: TicketStatus,
    #[serde(default)]
    pub(super) tags: Option<Vec<String>>,
    external_id: Option<String>,
    #[serde(default)]
    followup_ids: Option<Vec<TicketId>>,
    #[serde(default, deserialize_with = "user_id")]
    pub(super) requester_id: Option<UserId>,
    updated_at: Option<String>,
    #[serde(default)]
    via: Option<ViaRow>,
}

/// How a ticket came in (reference, "Via object").
#[derive(Deserialize)]
struct ViaRow {
    #[serde(default)]
    channel: Value,
    #[serde(default)]
    source: Value,
}

impl ViaRow {
    fn is_followup_by_a_person(&self) -> bool {
        self.source["rel"] == "follow_up" && self.channel != "api"
    }
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
            inherits_tags: self.via.is_some_and(|via| via.is_followup_by_a_person()),
            updated_at: self.updated_at.as_deref().and_then(milliseconds),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct MetricsAnswer {
    pub(super) ticket_metric: MetricRow,
}

#[derive(Deserialize)]
pub(super) struct MetricRow {
    pub(super) solved_at: Option<String>,
}

/// A user's id; Zendesk itself is `-1`, which is no user.
pub(super) fn user_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<UserId>, D::Error> {
    let id = Option::<i64>::deserialize(deserializer)?;
    Ok(id
        .and_then(|id| u64::try_from(id).ok())
        .and_then(UserId::new))
}

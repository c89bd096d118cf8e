//! The event types a webhook may follow, from the vendor's reference pages.

/// What a webhook subscribes to whose requests triggers make.
pub(in super::super) const CONDITIONAL: &str = "conditional_ticket_events";

/// Before the name of every event type.
pub(in super::super) const PREFIX: &str = "zen:event-type:";

const TICKET: &[&str] = &[
    "agent_assignment_changed",
    "attachment_linked_to_comment",
    "attachment_redacted_from_comment",
    "brand_changed",
    "comment_added",
    "comment_made_private",
    "comment_redacted",
    "created",
    "csat_received",
    "csat_requested",
    "custom_field_changed",
    "custom_status_changed",
    "description_changed",
    "email_ccs_changed",
    "external_id_changed",
    "followers_changed",
    "form_changed",
    "group_assignment_changed",
    "marked_as_spam",
    "merged",
    "next_sla_breach_changed",
    "ola_policy_changed",
    "organization_changed",
    "permanently_deleted",
    "priority_changed",
    "problem_link_changed",
    "requester_changed",
    "schedule_changed",
    "sla_policy_changed",
    "soft_deleted",
    "status_changed",
    "subject_changed",
    "submitter_changed",
    "tags_changed",
    "task_due_at_changed",
    "type_changed",
    "undeleted",
];

const USER: &[&str] = &[
    "active_changed",
    "alias_changed",
    "created",
    "custom_field_changed",
    "custom_role_changed",
    "default_group_changed",
    "deleted",
    "details_changed",
    "external_id_changed",
    "group_membership_created",
    "group_membership_deleted",
    "identity_changed",
    "identity_created",
    "identity_deleted",
    "last_login_changed",
    "merged",
    "name_changed",
    "notes_changed",
    "only_private_comments_changed",
    "organization_membership_created",
    "organization_membership_deleted",
    "password_changed",
    "photo_changed",
    "role_changed",
    "suspended_changed",
    "tags_changed",
    "time_zone_changed",
];

/// Whether Zendesk has this event type; those of organisations and of Guide are not modelled.
pub(in super::super) fn is_type(name: &str) -> bool {
    let name = name.strip_prefix(PREFIX).unwrap_or_default();
    match name.split_once('.') {
        Some(("ticket", kind)) => TICKET.contains(&kind),
        Some(("user", kind)) => USER.contains(&kind),
        _ => false,
    }
}

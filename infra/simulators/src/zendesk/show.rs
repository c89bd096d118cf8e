//! How the API writes users, tickets, comments and audits.
//!
//! In: the state's types. Out: JSON in Zendesk's shapes. Imports the model only.

use serde_json::{Value, json};

use crate::clock::rfc3339;

use super::model::{AccountState, AccountUser, Attachment, Audit, Ticket, TicketComment};

/// A user.
pub(super) fn user(user: &AccountUser, base: &str) -> Value {
    json!({
        "id": user.id, "url": format!("{base}/api/v2/users/{}.json", user.id), "name": user.name,
        "email": user.email, "phone": user.phone, "external_id": user.external_id,
        "role": user.role.as_str(), "user_fields": user.user_fields, "active": user.active,
        "verified": true, "suspended": user.suspended, "tags": [], "locale": user.locale,
        "time_zone": "UTC", "organization_id": null, "notes": null, "details": null,
        "created_at": rfc3339(user.created_at_ms), "updated_at": rfc3339(user.updated_at_ms),
    })
}

/// A ticket, without its comments.
pub(super) fn ticket(state: &AccountState, ticket: &Ticket, base: &str) -> Value {
    let followups: Vec<u64> = state
        .tickets
        .values()
        .filter(|other| other.via_followup_source_id == Some(ticket.id))
        .map(|other| other.id)
        .collect();
    let fields = state.ticket_fields.iter();
    let custom_fields: Vec<Value> = fields
        .map(|field| json!({"id": field.id, "value": ticket.custom_fields.get(&field.id)}))
        .collect();
    json!({
        "id": ticket.id, "url": format!("{base}/api/v2/tickets/{}.json", ticket.id),
        "external_id": ticket.external_id, "via": via(&ticket.via, ticket.via_followup_source_id),
        "created_at": rfc3339(ticket.created_at_ms), "updated_at": rfc3339(ticket.updated_at_ms),
        "type": ticket.kind, "subject": ticket.subject, "raw_subject": ticket.subject,
        "description": ticket.comments.first().map(|first| first.plain_body.clone()),
        "priority": ticket.priority, "status": ticket.status.as_str(),
        "custom_status_id": ticket.custom_status_id, "recipient": null,
        "requester_id": ticket.requester.id, "submitter_id": ticket.submitter_id,
        "assignee_id": ticket.assignee_id, "organization_id": null, "group_id": ticket.group_id,
        "collaborator_ids": ticket.email_cc_ids, "follower_ids": [],
        "email_cc_ids": ticket.email_cc_ids, "ticket_form_id": ticket.ticket_form_id, "problem_id": null, "has_incidents": false,
        "is_public": ticket.comments.iter().any(|comment| comment.public), "due_at": null,
        "tags": ticket.tags, "custom_fields": custom_fields, "satisfaction_rating": null,
        "followup_ids": followups, "brand_id": ticket.brand_id, "allow_channelback": false,
        "allow_attachments": true, "from_messaging_channel": false,
    })
}

fn via(channel: &str, follows: Option<u64>) -> Value {
    let (rel, from) = match follows {
        Some(id) => (json!("follow_up"), json!({"ticket_id": id})),
        None => (Value::Null, json!({})),
    };
    json!({"channel": channel, "source": {"from": from, "to": {}, "rel": rel}})
}

/// A comment.
pub(super) fn comment(comment: &TicketComment, with_metadata: bool) -> Value {
    let attachments: Vec<Value> = comment.attachments.iter().map(attachment).collect();
    let mut shown = json!({
        "id": comment.id, "type": "Comment", "author_id": comment.author.id,
        "body": comment.body, "html_body": comment.html_body, "plain_body": comment.plain_body,
        "public": comment.public, "attachments": attachments, "audit_id": comment.audit_id,
        "via": via(&comment.via, None), "created_at": rfc3339(comment.created_at_ms),
    });
    if with_metadata {
        shown["metadata"] = metadata(&comment.metadata);
    }
    shown
}

fn metadata(custom: &Value) -> Value {
    json!({"system": {"client": "client", "ip_address": "127.0.0.1"}, "custom": custom})
}

/// An attachment.
pub(super) fn attachment(file: &Attachment) -> Value {
    json!({
        "id": file.id, "file_name": file.file_name, "content_type": file.content_type,
        "content_url": file.content_url, "mapped_content_url": file.content_url,
        "size": file.size, "inline": false, "deleted": false, "malware_access_override": false,
    })
}

/// An audit.
pub(super) fn audit(audit: &Audit, ticket_id: u64) -> Value {
    json!({
        "id": audit.id, "ticket_id": ticket_id, "created_at": rfc3339(audit.created_at_ms),
        "author_id": audit.author_id, "via": via(&audit.via, None),
        "metadata": metadata(&audit.custom), "events": audit.events,
    })
}

/// What Zendesk counts of a ticket: as far as its audits tell.
pub(super) fn metrics(ticket: &Ticket) -> Value {
    let status = |audit: &Audit, field: &str, is: &str| {
        let mut events = audit.events.iter();
        events.any(|event| event["field_name"] == "status" && event[field] == is)
    };
    let mut audits = ticket.audits.iter();
    let solved = audits.rfind(|audit| status(audit, "value", "solved"));
    let reopened = |audit: &&Audit| {
        status(audit, "previous_value", "solved") && !status(audit, "value", "closed")
    };
    json!({
        "ticket_id": ticket.id,
        "reopens": ticket.audits.iter().filter(reopened).count(),
        "solved_at": solved.map(|audit| rfc3339(audit.created_at_ms)),
    })
}

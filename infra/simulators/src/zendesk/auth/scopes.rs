//! What a caller may do: by role, and by the scopes of the token.

use serde_json::json;

use crate::wire::Answer;

use super::super::model::Role;
use super::super::work::Work;
use super::Caller;

/// Families of calls that only administrators may make; agents may read triggers and user fields.
fn is_for_admins(operation: &str) -> bool {
    let (family, verb) = operation.split_once('.').unwrap_or((operation, ""));
    match family {
        "webhooks" | "incremental" => true,
        "triggers" | "trigger_categories" | "user_fields" => verb != "list" && verb != "show",
        _ => false,
    }
}

/// Refuses a caller whose scopes do not cover the operation.
pub(in super::super) fn permit(
    work: &Work<'_>,
    caller: &Caller,
    operation: &str,
) -> Result<(), Answer> {
    let role = work.user(caller.user_id).map(|user| user.role);
    if role != Some(Role::Admin) && is_for_admins(operation) {
        let error = json!({"title": "Forbidden", "message": "You do not have access to this page. \
            Please contact the account owner of this help desk for further help."});
        return Err(Answer::json(403, &json!({"error": error})));
    }
    let Some(scopes) = &caller.scopes else {
        return Ok(());
    };
    let (resource, right) = needed(operation);
    let has = |scope: &str| scopes.iter().any(|have| have == scope);
    if has(right) || (!is_global(work, operation) && has(&format!("{resource}:{right}"))) {
        return Ok(());
    }
    let description = match work.config.variants.forbidden_names_scopes {
        true => format!("You are missing the following required scopes: {right}"),
        false => "You do not have access to this resource".to_owned(),
    };
    let body = json!({"error": "Forbidden", "description": description});
    Err(Answer::json(403, &body))
}

/// Calls that a resource's own scope does not open.
fn is_global(work: &Work<'_>, operation: &str) -> bool {
    let variants = &work.config.variants;
    match operation {
        "audits.list" => variants.audits_need_global_read,
        "metrics.show" => !variants.metrics_take_ticket_scopes,
        "uploads.create" | "uploads.delete" => !variants.uploads_take_ticket_scopes,
        _ => false,
    }
}

fn needed(operation: &str) -> (&str, &str) {
    let (family, verb) = operation.split_once('.').unwrap_or((operation, ""));
    let resource = match family {
        "comments" | "audits" | "metrics" | "uploads" => "tickets",
        "user_fields" => "users",
        "incremental" | "groups" | "brands" | "ticket_forms" | "ticket_fields"
        | "custom_statuses" => "tickets",
        "trigger_categories" => "triggers",
        other => other,
    };
    let reads = matches!(
        verb,
        "list"
            | "show"
            | "me"
            | "search"
            | "apply"
            | "tickets"
            | "ticket_events"
            | "signing_secret"
            | "invocations"
            | "attempts"
    );
    (resource, if reads { "read" } else { "write" })
}

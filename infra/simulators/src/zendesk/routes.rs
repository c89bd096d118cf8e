//! Which path of Zendesk's API asks for what.
//!
//! In: method and path. Out: an operation's name and the path's ids. Imports only the wire.

use crate::wire::{Ask, matches};

/// Method, path, operation.
const ROUTES: &[(&str, &str, &str)] = &[
    ("POST", "oauth/tokens", "oauth.token"),
    ("GET", "api/v2/users/me", "users.me"),
    (
        "POST",
        "api/v2/users/create_or_update",
        "users.create_or_update",
    ),
    ("GET", "api/v2/users/search", "users.search"),
    ("POST", "api/v2/users", "users.create"),
    ("GET", "api/v2/users/{}", "users.show"),
    ("PUT", "api/v2/users/{}", "users.update"),
    ("DELETE", "api/v2/users/{}", "users.delete"),
    ("PUT", "api/v2/users/{}/merge", "users.merge"),
    ("GET", "api/v2/tickets", "tickets.list"),
    ("POST", "api/v2/tickets", "tickets.create"),
    ("GET", "api/v2/tickets/{}", "tickets.show"),
    ("PUT", "api/v2/tickets/{}", "tickets.update"),
    ("DELETE", "api/v2/tickets/{}", "tickets.delete"),
    ("PUT", "api/v2/tickets/{}/tags", "tickets.add_tags"),
    ("DELETE", "api/v2/tickets/{}/tags", "tickets.remove_tags"),
    ("GET", "api/v2/tickets/{}/comments", "comments.list"),
    (
        "PUT",
        "api/v2/tickets/{}/comments/{}/make_private",
        "comments.make_private",
    ),
    ("GET", "api/v2/tickets/{}/audits", "audits.list"),
    ("GET", "api/v2/tickets/{}/metrics", "metrics.show"),
    ("POST", "api/v2/uploads", "uploads.create"),
    ("DELETE", "api/v2/uploads/{}", "uploads.delete"),
    ("GET", "attachments/token/{}", "attachments.show"),
    ("GET", "api/v2/webhooks", "webhooks.list"),
    ("POST", "api/v2/webhooks", "webhooks.create"),
    ("GET", "api/v2/webhooks/{}", "webhooks.show"),
    ("PATCH", "api/v2/webhooks/{}", "webhooks.update"),
    ("DELETE", "api/v2/webhooks/{}", "webhooks.delete"),
    (
        "GET",
        "api/v2/webhooks/{}/signing_secret",
        "webhooks.signing_secret",
    ),
    (
        "POST",
        "api/v2/webhooks/{}/signing_secret",
        "webhooks.reset_signing_secret",
    ),
    (
        "GET",
        "api/v2/webhooks/{}/invocations",
        "webhooks.invocations",
    ),
    (
        "GET",
        "api/v2/webhooks/{}/invocations/{}/attempts",
        "webhooks.attempts",
    ),
    ("GET", "api/v2/triggers", "triggers.list"),
    ("POST", "api/v2/triggers", "triggers.create"),
    ("GET", "api/v2/triggers/{}", "triggers.show"),
    ("PUT", "api/v2/triggers/{}", "triggers.update"),
    ("DELETE", "api/v2/triggers/{}", "triggers.delete"),
    (
        "GET",
        "api/v2/trigger_categories",
        "trigger_categories.list",
    ),
    (
        "POST",
        "api/v2/trigger_categories",
        "trigger_categories.create",
    ),
    (
        "DELETE",
        "api/v2/trigger_categories/{}",
        "trigger_categories.delete",
    ),
    ("GET", "api/v2/user_fields", "user_fields.list"),
    ("POST", "api/v2/user_fields", "user_fields.create"),
    ("PUT", "api/v2/user_fields/{}", "user_fields.update"),
    ("GET", "api/v2/search", "search.tickets"),
    (
        "GET",
        "api/v2/incremental/tickets/cursor",
        "incremental.tickets",
    ),
    (
        "GET",
        "api/v2/incremental/ticket_events",
        "incremental.ticket_events",
    ),
    ("GET", "api/v2/macros", "macros.list"),
    ("POST", "api/v2/macros", "macros.create"),
    ("GET", "api/v2/macros/{}", "macros.show"),
    ("PUT", "api/v2/macros/{}", "macros.update"),
    ("DELETE", "api/v2/macros/{}", "macros.delete"),
    ("GET", "api/v2/tickets/{}/macros/{}/apply", "macros.apply"),
    ("GET", "api/v2/groups", "groups.list"),
    ("GET", "api/v2/custom_roles/{}", "custom_roles.show"),
    ("GET", "api/v2/brands", "brands.list"),
    ("GET", "api/v2/ticket_forms", "ticket_forms.list"),
    ("GET", "api/v2/ticket_fields", "ticket_fields.list"),
    ("GET", "api/v2/custom_statuses", "custom_statuses.list"),
];

/// The operation and the path's ids; `unknown` for a route that does not exist.
pub(super) fn find(ask: &Ask) -> (&'static str, Vec<String>) {
    let segments = ask.segments();
    for (method, pattern, operation) in ROUTES {
        if *method == ask.method
            && let Some(ids) = matches(pattern, &segments)
        {
            return (operation, ids.into_iter().map(str::to_owned).collect());
        }
    }
    ("unknown", Vec::new())
}

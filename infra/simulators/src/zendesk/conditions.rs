//! Conditions of triggers: which exist, and whether they hold for a change.

use serde_json::Value;

use super::channel::Channel;
use super::model::{Audit, Role, Status, Ticket, TriggerCondition};

const IS: &[&str] = &["is", "is_not"];
const CHANGES: &[&str] = &[
    "is",
    "is_not",
    "value",
    "value_previous",
    "changed",
    "not_changed",
];

/// Fields and the operators they take; the rest of Zendesk's many are not modelled.
const CONDITIONS: &[(&str, &[&str])] = &[
    ("comment_is_public", IS),
    ("current_via_id", IS),
    ("via_id", IS),
    ("role", IS),
    ("update_type", IS),
    ("ticket_is_public", IS),
    ("current_tags", &["includes", "not_includes"]),
    ("requester_id", CHANGES),
    ("assignee_id", CHANGES),
    ("group_id", CHANGES),
    ("brand_id", CHANGES),
    ("ticket_form_id", CHANGES),
    ("priority", CHANGES),
    ("type", CHANGES),
    ("custom_status_id", CHANGES),
    (
        "status",
        &[
            "is",
            "is_not",
            "value",
            "value_previous",
            "changed",
            "not_changed",
            "less_than",
            "greater_than",
        ],
    ),
];

/// A change, as conditions look at it: the ticket after it, and its audit.
pub(super) struct Happened<'a> {
    pub(super) ticket: &'a Ticket,
    pub(super) audit: &'a Audit,
    /// Whether the change made the ticket.
    pub(super) creates: bool,
    /// Role of the user who made the change.
    pub(super) role: Role,
}

/// Whether Zendesk takes such a condition.
pub(super) fn known(condition: &TriggerCondition) -> bool {
    let operator = condition.operator.as_str();
    let field = |name: &str| condition.field == name;
    let custom = condition.field.strip_prefix("custom_fields_");
    custom.is_some_and(|id| id.parse::<u64>().is_ok() && CHANGES.contains(&operator))
        || CONDITIONS
            .iter()
            .any(|(name, operators)| field(name) && operators.contains(&operator))
}

impl Happened<'_> {
    /// Whether the condition holds.
    pub(super) fn holds(&self, condition: &TriggerCondition) -> bool {
        let value = match &condition.value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let ticket = self.ticket;
        let positive = match condition.field.as_str() {
            "comment_is_public" => self.comment_is(&value),
            "current_via_id" => is_channel(&self.audit.via, &value),
            "via_id" => is_channel(&ticket.via, &value),
            "ticket_is_public" => {
                ticket.latest_public_comment().is_some() == matches!(value.as_str(), "public")
            }
            "role" => match value.as_str() {
                "end_user" => self.role == Role::EndUser,
                "agent" => self.role != Role::EndUser,
                id => self.audit.author_id.to_string() == id,
            },
            "update_type" => value == if self.creates { "Create" } else { "Change" },
            "current_tags" => value
                .split(' ')
                .any(|tag| ticket.tags.iter().any(|have| have == tag)),
            "status" => return self.status_holds(&condition.operator, &value),
            field => return self.field_holds(field, &condition.operator, &value),
        };
        positive != matches!(condition.operator.as_str(), "is_not" | "not_includes")
    }

    /// Whether the change brought a comment of this kind.
    fn comment_is(&self, value: &str) -> bool {
        let mut events = self.audit.events.iter();
        let comment = events.find(|event| event["type"] == "Comment");
        let public = comment.map(|comment| comment["public"] == true);
        match value {
            "true" | "requester_can_see_comment" => public == Some(true),
            "false" => public == Some(false),
            "not_relevant" => public.is_some(),
            _ => false,
        }
    }

    fn status_holds(&self, operator: &str, value: &str) -> bool {
        let wanted = Status::parse(value);
        let (status, changed) = (self.ticket.status, self.changed("status"));
        match operator {
            "is" => Some(status) == wanted,
            "is_not" => Some(status) != wanted,
            "value" => changed && Some(status) == wanted,
            "value_previous" => {
                let before = self.audit.change_of("status");
                let before = before.and_then(|change| change["previous_value"].as_str());
                !self.creates && wanted.is_some() && before.and_then(Status::parse) == wanted
            }
            "changed" => changed,
            "not_changed" => !changed,
            "less_than" => wanted.is_some_and(|wanted| status < wanted),
            "greater_than" => wanted.is_some_and(|wanted| status > wanted),
            _ => false,
        }
    }

    fn field_holds(&self, field: &str, operator: &str, value: &str) -> bool {
        let field = field.strip_prefix("custom_fields_").unwrap_or(field);
        let changed = self.changed(field);
        let is = plain(&self.value(field)) == value;
        match operator {
            "is" => is,
            "is_not" => !is,
            "value" => changed && is,
            "value_previous" => self
                .audit
                .change_of(field)
                .is_some_and(|change| plain(&change["previous_value"]) == value),
            "changed" => changed,
            "not_changed" => !changed,
            _ => false,
        }
    }

    /// A new ticket counts as changed in everything.
    fn changed(&self, field: &str) -> bool {
        self.creates || self.audit.change_of(field).is_some()
    }

    fn value(&self, field: &str) -> Value {
        let ticket = self.ticket;
        match field {
            "requester_id" => ticket.requester.id.into(),
            "assignee_id" => ticket.assignee_id.into(),
            "group_id" => ticket.group_id.into(),
            "brand_id" => ticket.brand_id.into(),
            "ticket_form_id" => ticket.ticket_form_id.into(),
            "custom_status_id" => ticket.custom_status_id.into(),
            "priority" => ticket.priority.clone().into(),
            "type" => ticket.kind.clone().into(),
            id => {
                let custom = id.parse().ok().and_then(|id| ticket.custom_fields.get(&id));
                custom.cloned().unwrap_or_default()
            }
        }
    }
}

/// A value as conditions write it; no value is an empty one.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_channel(name: &str, id: &str) -> bool {
    Channel::of(name).is_some_and(|channel| channel.id().to_string() == id)
}

//! The little of Liquid that campaigns here use.
//!
//! In: a template with `{{name | filter}}`. Out: text; unknown names render as nothing. Filters:
//! `json_escape` and `default: 'text'`. Imports the model.

use serde_json::{Map, Value};

use super::model::User;

/// What a template may speak of.
pub(super) struct Scope<'a> {
    pub(super) user: &'a User,
    pub(super) properties: &'a Map<String, Value>,
    /// Names under `sms.`.
    pub(super) sms: &'a [(&'a str, &'a str)],
    pub(super) dispatch_id: &'a str,
}

/// The template with its placeholders filled in.
pub(super) fn render(template: &str, scope: &Scope<'_>) -> String {
    let mut rendered = String::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let Some(length) = end(&rest[start..]) else {
            break;
        };
        rendered += &rest[..start];
        rendered += &value(&rest[start + 2..start + length], scope);
        rest = &rest[start + length + 2..];
    }
    rendered + rest
}

/// Where the closing braces begin; the brace of `${…}` is none of them.
fn end(from: &str) -> Option<usize> {
    let at = from.find("}}")?;
    let closes_name = from[at..].starts_with("}}}");
    Some(if closes_name { at + 1 } else { at })
}

fn value(expression: &str, scope: &Scope<'_>) -> String {
    let mut parts = expression.split('|').map(str::trim);
    let name = parts
        .next()
        .unwrap_or_default()
        .replace("${", "")
        .replace('}', "");
    let mut text = lookup(&name, scope).unwrap_or_default();
    for filter in parts {
        if filter == "json_escape" {
            let quoted = Value::String(text).to_string();
            text = quoted[1..quoted.len() - 1].to_owned();
        } else if let Some(default) = filter.strip_prefix("default:")
            && text.is_empty()
        {
            text = default.trim().trim_matches(['\'', '"']).to_owned();
        }
    }
    text
}

fn lookup(name: &str, scope: &Scope<'_>) -> Option<String> {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match name.split_once('.').unwrap_or(("", name)) {
        ("", "user_id") => Some(scope.user.external_id.clone()),
        ("", "first_name") => Some(scope.user.first_name.clone()),
        ("", "last_name") => Some(scope.user.last_name.clone()),
        ("", "phone_number") => Some(scope.user.phone.clone()),
        ("campaign", "dispatch_id") => Some(scope.dispatch_id.to_owned()),
        ("custom_attribute", name) => scope.user.attributes.get(name).map(plain),
        ("api_trigger_properties", name) => scope.properties.get(name).map(plain),
        ("sms", name) => scope
            .sms
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, text)| (*text).to_owned()),
        _ => None,
    }
}

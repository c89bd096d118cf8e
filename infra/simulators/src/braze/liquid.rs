//! The little of Liquid that campaigns here use: `{{name | filter}}` with the filters
//! `json_escape` and `default: 'text'`, and the tags `message_extras` and `abort_message`. Unknown
//! names render as nothing; a content block is included by its name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::profile::User;

/// What a template may speak of.
pub(super) struct Scope<'a> {
    pub(super) user: &'a User,
    pub(super) properties: &'a Map<String, Value>,
    /// Names under `sms.`.
    pub(super) sms: &'a [(&'a str, &'a str)],
    pub(super) dispatch_id: &'a str,
    pub(super) blocks: Blocks<'a>,
}

/// The content blocks that a template may include.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'a> {
    pub(super) by_name: Option<&'a BTreeMap<String, String>>,
    /// Whether names under `sms.` render in them.
    pub(super) sms: bool,
}

impl<'a> Blocks<'a> {
    /// Those of a workspace.
    pub(super) fn of(state: &'a super::model::WorkspaceState) -> Self {
        Self {
            by_name: Some(&state.content_blocks),
            sms: state.variants.sms_in_content_blocks,
        }
    }
}

/// What came of a template.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rendered {
    pub(super) text: String,
    /// Keys and values of the `message_extras` tags.
    pub(super) extras: Map<String, Value>,
    /// The reason an `abort_message` tag gave.
    pub(super) aborted: Option<String>,
}

/// The template with its placeholders filled in and its tags obeyed.
pub(super) fn render(template: &str, scope: &Scope<'_>) -> Rendered {
    let mut rendered = Rendered::default();
    let mut rest = template;
    while let Some((text, tag, after)) = next_tag(rest) {
        rendered.text += &filled(text, scope);
        obey(tag, scope, &mut rendered);
        rest = after;
    }
    rendered.text += &filled(rest, scope);
    rendered
}

/// What comes before the first `{% … %}`, the tag itself, what comes after it.
fn next_tag(from: &str) -> Option<(&str, &str, &str)> {
    let start = from.find("{%")?;
    let length = from[start..].find("%}")?;
    let tag = &from[start + 2..start + length];
    Some((&from[..start], tag.trim(), &from[start + length + 2..]))
}

fn obey(tag: &str, scope: &Scope<'_>, rendered: &mut Rendered) {
    if let Some(pair) = tag.strip_prefix("message_extras") {
        let pair = pair.trim().strip_prefix(":key").unwrap_or_default();
        if let Some((key, value)) = pair.split_once(":value") {
            let value = filled(value.trim(), scope);
            let key = key.trim().to_owned();
            rendered.extras.insert(key, Value::String(value));
        }
    } else if let Some(reason) = tag.strip_prefix("abort_message") {
        let quotes = ['(', ')', '\'', '"'];
        rendered.aborted = Some(reason.trim().trim_matches(quotes).to_owned());
    }
}

/// A text with its placeholders filled in.
fn filled(template: &str, scope: &Scope<'_>) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let Some(length) = end(&rest[start..]) else {
            break;
        };
        text += &rest[..start];
        text += &value(&rest[start + 2..start + length], scope);
        rest = &rest[start + length + 2..];
    }
    text + rest
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
        ("", "braze_id") => Some(scope.user.braze_id.clone()),
        ("", "first_name") => Some(scope.user.first_name.clone()),
        ("", "last_name") => Some(scope.user.last_name.clone()),
        ("", "phone_number") => Some(scope.user.phone.clone()),
        ("", "language") => Some(scope.user.language.clone()),
        ("campaign", "dispatch_id") => Some(scope.dispatch_id.to_owned()),
        ("content_blocks", name) => {
            let inside = Scope {
                user: scope.user,
                properties: scope.properties,
                sms: if scope.blocks.sms { scope.sms } else { &[] },
                dispatch_id: scope.dispatch_id,
                blocks: Blocks {
                    by_name: None,
                    ..scope.blocks
                },
            };
            Some(filled(scope.blocks.by_name?.get(name)?, &inside))
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(template: &str) -> Rendered {
        let user = User::new("ana", "Ana", "Silva", "+1");
        let properties =
            json!({"msg_body": "{% abort_message() %}", "comment_id": 7, "part": "1/2"});
        let scope = Scope {
            user: &user,
            properties: properties.as_object().unwrap(),
            sms: &[],
            dispatch_id: "d",
            blocks: Blocks {
                by_name: None,
                sms: false,
            },
        };
        render(template, &scope)
    }

    #[test]
    fn tags_leave_no_text_and_values_are_never_read_as_tags() {
        let found = rendered(
            "{{api_trigger_properties.${msg_body}}}\
             {% message_extras :key bridge :value {{api_trigger_properties.${comment_id}}} %}\
             {% message_extras :key bridge_part :value {{api_trigger_properties.${part}}} %}",
        );
        assert_eq!(found.text, "{% abort_message() %}");
        assert_eq!(
            json!(found.extras),
            json!({"bridge": "7", "bridge_part": "1/2"})
        );
        assert_eq!(found.aborted, None);
    }

    #[test]
    fn a_message_may_stop_itself() {
        let found = rendered("Hi {{${first_name}}}{% abort_message('no reason') %}");
        assert_eq!(found.aborted.as_deref(), Some("no reason"));
    }
}

//! Zendesk's objects as lists of named texts, so that two can be compared field by field.
//!
//! In: an object as sent or as shown. Out: names and texts. Where Zendesk may write the same in
//! another way (order, letter case, line ends), both become one text. Pure.

use serde_json::Value;

/// Names and texts.
pub(crate) type Fields = Vec<(&'static str, String)>;

/// A field whose text changes; `None`: there is none on that side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The field.
    pub(crate) field: &'static str,
    /// As it is.
    pub(crate) was: Option<String>,
    /// As it should be.
    pub(crate) is: Option<String>,
}

/// What a user field is.
pub(crate) fn user_field(object: &Value) -> Fields {
    texts(object, &["key", "type", "title", "active"])
}

/// What a webhook is.
pub(crate) fn webhook(object: &Value) -> Fields {
    let names = [
        "name",
        "description",
        "endpoint",
        "http_method",
        "request_format",
        "status",
    ];
    let mut fields = texts(object, &names);
    fields.push((
        "subscriptions",
        sorted(object["subscriptions"].as_array(), text),
    ));
    fields
}

/// What a macro is.
pub(crate) fn of_macro(object: &Value) -> Fields {
    let mut fields = texts(object, &["title", "description", "active"]);
    fields.push(("actions", sorted(object["actions"].as_array(), action)));
    fields
}

/// Conditions that have to hold all together, a line each.
pub(crate) fn all_of(object: &Value) -> String {
    sorted(object["conditions"]["all"].as_array(), condition)
}

/// What a trigger is; `names` turns the ids of webhooks and categories into words.
pub(crate) fn trigger(object: &Value, names: impl Fn(&Value) -> String) -> Fields {
    let mut fields = texts(object, &["title", "description", "active"]);
    let conditions = &object["conditions"];
    let posts = posts(object);
    let others: Vec<Value> = object["actions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|action| posts.is_none_or(|posts| !std::ptr::eq(posts, *action)))
        .cloned()
        .collect();
    let target = posts.map_or_else(String::new, |action| names(&action["value"][0]));
    fields.extend([
        ("category", names(&object["category_id"])),
        ("all of", all_of(object)),
        ("any of", sorted(conditions["any"].as_array(), condition)),
        ("posts to", target),
        ("body", posted(object)),
        ("also", sorted(Some(&others), action)),
    ]);
    fields
}

/// What a trigger posts.
pub(crate) fn posted(trigger: &Value) -> String {
    let body = posts(trigger).map_or_else(String::new, |action| text(&action["value"][1]));
    body.replace("\r\n", "\n").trim_end().to_owned()
}

fn posts(trigger: &Value) -> Option<&Value> {
    let mut actions = trigger["actions"].as_array()?.iter();
    actions.find(|action| action["field"] == "notification_webhook")
}

/// The fields that differ; an empty text is the same as no field.
pub(crate) fn differences(was: Option<Fields>, is: Option<Fields>) -> Vec<Difference> {
    let (was, is) = (was.unwrap_or_default(), is.unwrap_or_default());
    let find = |fields: &Fields, name: &str| {
        let found = fields.iter().find(|field| field.0 == name);
        found
            .map(|field| field.1.clone())
            .filter(|text| !text.is_empty())
    };
    let names = if is.is_empty() { &was } else { &is };
    let both = names.iter().map(|(field, _)| Difference {
        field,
        was: find(&was, field),
        is: find(&is, field),
    });
    both.filter(|difference| difference.was != difference.is)
        .collect()
}

fn texts(object: &Value, names: &[&'static str]) -> Fields {
    names
        .iter()
        .map(|name| (*name, text(&object[name])))
        .collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn sorted(list: Option<&Vec<Value>>, shown: impl Fn(&Value) -> String) -> String {
    let mut lines: Vec<String> = list.into_iter().flatten().map(shown).collect();
    lines.sort();
    lines.join("\n")
}

fn condition(condition: &Value) -> String {
    let [field, operator, value] =
        ["field", "operator", "value"].map(|name| text(&condition[name]).to_lowercase());
    format!("{field} {operator} {value}").trim_end().to_owned()
}

fn action(action: &Value) -> String {
    format!("{} {}", text(&action["field"]), text(&action["value"]))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn order_case_and_line_ends_are_no_difference() {
        let one = json!({"title": "T", "conditions": {"all": [
            {"field": "status", "operator": "value", "value": "solved"},
            {"field": "role", "operator": "is_not", "value": "end_user"}], "any": []},
            "actions": [{"field": "notification_webhook", "value": ["W", "{\n}"]}]});
        let other = json!({"title": "T", "conditions": {"all": [
            {"field": "role", "operator": "is_not", "value": "end_user"},
            {"field": "status", "operator": "value", "value": "SOLVED"}]},
            "actions": [{"field": "notification_webhook", "value": ["W", "{\r\n}\r\n"]}]});
        let fields = |object| Some(trigger(object, text));
        assert_eq!(differences(fields(&one), fields(&other)), []);
    }

    #[test]
    fn each_changed_field_is_named_with_both_texts() {
        let was = json!({"name": "n", "endpoint": "https://old", "status": "inactive"});
        let is = json!({"name": "n", "endpoint": "https://new", "status": "active"});
        let found = differences(Some(webhook(&was)), Some(webhook(&is)));
        let names: Vec<_> = found.iter().map(|one| one.field).collect();
        assert_eq!(names, ["endpoint", "status"]);
        assert_eq!(found[0].was.as_deref(), Some("https://old"));
        assert_eq!(found[0].is.as_deref(), Some("https://new"));
    }
}

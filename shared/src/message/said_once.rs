//! Ids are named once: a second one may be the words of a customer whose text was not escaped.
//!
//! In: a body. Out: whether each id has one value wherever it stands, also where no parser looks: a
//! text that closes its object and opens another one moves the template's own id there.

use serde_json::{Map, Value};

/// Whom an event is about, in every shape of body: first the names of customers.
const IDS: [&str; 5] = [
    "external_user_id",
    "braze_external_id",
    "ticket_id",
    "zendesk_ticket",
    "braze_id",
];

/// No id has two values.
pub(super) fn ids_agree(body: &Value) -> bool {
    let mut said: [Option<String>; IDS.len()] = [const { None }; IDS.len()];
    all(body, &mut |key, value| {
        let Some(index) = IDS.iter().position(|id| *id == key) else {
            return true;
        };
        let id = match value {
            Value::Null => String::new(),
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        *said[index].get_or_insert_with(|| id.clone()) == id
    })
}

/// A member has one value, wherever it stands.
pub(super) fn has_one_value(members: &Map<String, Value>, name: &str) -> bool {
    let said = members.get(name);
    members
        .values()
        .all(|value| all(value, &mut |key, value| key != name || said == Some(value)))
}

/// No text holds the name of an id: where texts end was a guess, so one may have eaten the id.
pub(super) fn no_text_names_an_id(body: &Value) -> bool {
    all(body, &mut |_, value| {
        let text = value.as_str().unwrap_or_default();
        !IDS.iter().any(|id| text.contains(id))
    })
}

/// How often a text that is no JSON names a customer, as a member or within what a person wrote.
pub(super) fn customers_named(text: &str) -> usize {
    let named = |id: &str| {
        let name = format!("\"{id}\"");
        let behind = |at: usize| text[at + name.len()..].trim_start().starts_with(':');
        text.match_indices(&name)
            .filter(|(at, _)| behind(*at))
            .count()
    };
    IDS[..2].iter().map(|id| named(id)).sum()
}

/// Whether all members and items are as they should be, at any depth; items have no key.
fn all(value: &Value, check: &mut dyn FnMut(&str, &Value) -> bool) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .all(|(key, value)| check(key, value) && all(value, check)),
        Value::Array(items) => items
            .iter()
            .all(|value| check("", value) && all(value, check)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_id_has_one_value_wherever_it_stands() {
        for (body, agree) in [
            (json!({"ticket_id": "35", "x": [{"ticket_id": 35}]}), true),
            (
                json!({"ticket_id": "35", "x": [{"ticket_id": "99"}]}),
                false,
            ),
            (
                json!({"external_user_id": "", "x": {"external_user_id": "b"}}),
                false,
            ),
            (json!({"external_user_id": "a", "ticket_id": "b"}), true),
        ] {
            assert_eq!(ids_agree(&body), agree, "{body}");
        }
    }

    #[test]
    fn an_id_inside_a_text_is_found_at_any_depth() {
        let eaten = "\",\"ticket_id\":\"35";
        for body in [json!({"x": eaten}), json!([[{"x": [eaten]}]])] {
            assert!(!no_text_names_an_id(&body), "{body}");
        }
        assert!(no_text_names_an_id(&json!({"ticket_id": "35"})));
    }
}

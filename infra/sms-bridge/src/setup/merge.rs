//! Changing the one JSON secret without losing anything of it.
//!
//! In: the object, a key, a value. Out: the object with the value; an old value of a key that can
//! be rotated moves to `_previous`, so that both are accepted for a while. Pure.

use serde_json::{Map, Value};

/// Keys whose old value is accepted beside the new one.
pub(crate) const ROTATING: [&str; 5] = [
    "zendesk_reply_signing_secret",
    "zendesk_solved_signing_secret",
    "zendesk_events_signing_secret",
    "braze_inbound_token",
    "braze_events_token",
];

/// The key of the value before.
pub(crate) fn previous(key: &str) -> String {
    format!("{key}_previous")
}

/// The value of a key; an empty one is none.
pub(crate) fn get<'o>(object: &'o Map<String, Value>, key: &str) -> Option<&'o str> {
    let value = object.get(key)?.as_str()?.trim();
    (!value.is_empty()).then_some(value)
}

/// Sets a value.
pub(crate) fn set(object: &mut Map<String, Value>, key: &str, value: &str) {
    let old = get(object, key).map(str::to_owned);
    if let Some(old) = old.filter(|old| old != value && ROTATING.contains(&key)) {
        object.insert(previous(key), Value::from(old));
    }
    object.insert(key.to_owned(), Value::from(value));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_is_lost_and_an_old_value_becomes_the_previous_one() {
        let mut object = json!({"braze_inbound_token": "old", "braze_api_key": "k", "own": 1});
        let object = object.as_object_mut().unwrap();
        set(object, "braze_inbound_token", "new");
        set(object, "braze_inbound_token", "new");
        set(object, "braze_api_key", "k2");
        set(object, "zendesk_reply_signing_secret", "first");
        let wanted = json!({"braze_inbound_token": "new", "braze_inbound_token_previous": "old",
            "braze_api_key": "k2", "own": 1, "zendesk_reply_signing_secret": "first"});
        assert_eq!(Value::from(object.clone()), wanted);
    }
}

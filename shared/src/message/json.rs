//! Strict JSON, with a watch for keys that appear twice.
//!
//! In: text. Out: a value, and whether a key was given two different values. Depth is limited by
//! `serde_json` (128), so nothing here recurses further.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A parsed text.
pub(super) struct Document {
    /// Its value; of a repeated key the last.
    pub(super) value: Value,
    /// Some key was repeated with another value: the writer of the second one may not be the
    /// template, but the person whose text was not escaped.
    pub(super) contradicts_itself: bool,
}

/// Parses strictly valid JSON, nothing else.
pub(super) fn strict(text: &str) -> Option<Document> {
    let contradicts_itself = Cell::new(false);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Node(&contradicts_itself)
        .deserialize(&mut deserializer)
        .ok()?;
    deserializer.end().ok()?;
    Some(Document {
        value,
        contradicts_itself: contradicts_itself.get(),
    })
}

#[derive(Clone, Copy)]
struct Node<'c>(&'c Cell<bool>);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(self)?;
            match object.get(&key) {
                Some(earlier) if *earlier != value => self.0.set(true),
                _ => {}
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_two_values_is_noticed_at_any_depth() {
        for (text, contradicts) in [
            (r#"{"a":1,"b":1}"#, false),
            (r#"{"a":1,"a":1}"#, false),
            (r#"{"a":1,"a":2}"#, true),
            (r#"{"x":[{"a":1,"a":2}]}"#, true),
            (r#"{"x":{"a":1},"a":2}"#, false),
        ] {
            let document = strict(text).expect("valid");
            assert_eq!(document.contradicts_itself, contradicts, "{text}");
        }
    }

    #[test]
    fn nesting_without_end_is_refused_without_overflowing_the_stack() {
        assert!(strict(&"[".repeat(10_000)).is_none());
        let closed = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(strict(&closed).is_none());
        assert!(strict(r#"{"a":1e999}"#).is_none());
    }
}

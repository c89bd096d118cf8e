//! What a newer version stored and this one does not know: kept, and written back as it was.
//!
//! Old and new executables work on one table during every update. A value that reads is compared with
//! what this version would have written; what is missing there belongs to the newer one.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The form of items this version writes. A higher number in the table was written by a newer version.
pub const FORM: i64 = 1;

/// Members of a stored value that this version does not know.
#[derive(Clone, Default, PartialEq)]
pub struct Unknown(Option<Box<Rest>>);

/// What is there beyond the members that were read.
#[derive(Clone, PartialEq)]
enum Rest {
    /// Nothing.
    None,
    /// A member that this version does not know.
    Value(Value),
    /// Members of an object, and of objects in it.
    Members(Vec<(String, Rest)>),
    /// Elements of a list, each known again by what was read of it.
    Elements(Vec<(Value, Rest)>),
}

/// A value that keeps what this version does not know of it.
pub trait Stored: Serialize + DeserializeOwned {
    /// Where that is kept.
    fn unknown(&mut self) -> &mut Unknown;
}

/// Reads a stored value.
///
/// # Errors
///
/// What serde says of a value that is none of this type.
pub fn read<T: Stored>(json: &str) -> Result<T, serde_json::Error> {
    let mut value: T = serde_json::from_str(json)?;
    if serde_json::to_string(&value)? != json {
        let rest = beyond(&serde_json::from_str(json)?, &serde_json::to_value(&value)?);
        *value.unknown() = match rest {
            Rest::None => Unknown::default(),
            rest => Unknown(Some(Box::new(rest))),
        };
    }
    Ok(value)
}

/// The value as it is stored, with what is not known of it. Types with string keys always serialise.
pub fn write<T: Serialize>(value: &T, unknown: &Unknown) -> String {
    let Some(rest) = &unknown.0 else {
        return serde_json::to_string(value).unwrap_or_default();
    };
    let mut value = serde_json::to_value(value).unwrap_or_default();
    add(&mut value, rest);
    value.to_string()
}

/// What `stored` has beyond `read`.
fn beyond(stored: &Value, read: &Value) -> Rest {
    match (stored, read) {
        (Value::Object(stored), Value::Object(read)) => {
            let members = stored.iter().map(|(name, value)| {
                let rest = match read.get(name) {
                    Some(read) => beyond(value, read),
                    None => Rest::Value(value.clone()),
                };
                (name.clone(), rest)
            });
            let members: Vec<_> = members.filter(|(_, rest)| *rest != Rest::None).collect();
            match members.is_empty() {
                true => Rest::None,
                false => Rest::Members(members),
            }
        }
        (Value::Array(stored), Value::Array(read)) if stored.len() == read.len() => {
            let elements = stored.iter().zip(read);
            let elements = elements.map(|(stored, read)| (read.clone(), beyond(stored, read)));
            let elements: Vec<_> = elements.filter(|(_, rest)| *rest != Rest::None).collect();
            match elements.is_empty() {
                true => Rest::None,
                false => Rest::Elements(elements),
            }
        }
        // A word of a newer version that was read as "something else".
        (Value::String(stored), Value::String(read)) if stored != read => {
            Rest::Value(Value::String(stored.clone()))
        }
        _ => Rest::None,
    }
}

/// Adds what is not known, where the value has nothing of its own.
fn add(value: &mut Value, rest: &Rest) {
    match (value, rest) {
        (Value::Object(object), Rest::Members(members)) => {
            members.iter().for_each(|member| add_member(object, member));
        }
        (Value::Array(elements), Rest::Elements(known)) => {
            for element in elements {
                if let Some((_, rest)) = known.iter().find(|(read, _)| read == element) {
                    add(element, rest);
                }
            }
        }
        _ => {}
    }
}

fn add_member(object: &mut Map<String, Value>, (name, rest): &(String, Rest)) {
    match (object.get_mut(name), rest) {
        (None, Rest::Value(unknown)) => {
            object.insert(name.clone(), unknown.clone());
        }
        (Some(value), Rest::Value(unknown)) if value == OTHER => *value = unknown.clone(),
        (Some(value), rest) => add(value, rest),
        (None, _) => {}
    }
}

/// How a word that this version does not know is written where nothing better is kept.
pub const OTHER: &str = "other";

impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Some(_) => "Unknown(..)",
            None => "Unknown",
        })
    }
}

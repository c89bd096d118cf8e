//! Values as TOML writes them in one line.
//!
//! In: JSON. Out: TOML. Pure.

use serde_json::Value;

/// A value in one line of TOML; JSON's strings are TOML's, but for one character.
pub(super) fn toml(value: &Value) -> String {
    match value {
        Value::Null => "{}".to_owned(),
        Value::String(_) => value.to_string().replace('\u{7f}', "\\u007f"),
        Value::Array(list) => {
            let list: Vec<String> = list.iter().map(toml).collect();
            format!("[{}]", list.join(", "))
        }
        Value::Object(object) if object.is_empty() => "{}".to_owned(),
        Value::Object(object) => {
            let pairs = object
                .iter()
                .map(|(name, value)| format!("{name} = {}", toml(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::conversation::Conversation;

    #[test]
    fn whatever_is_typed_comes_back_from_the_file_as_it_was() {
        for text in [
            "say \"hi\"",
            "a\\b",
            "two\nlines\t",
            "🎉 é \u{7f} \u{1} \r",
            "'''",
            "# no",
        ] {
            let step = json!({"id": "ada", "texts": [text]});
            let file = format!(
                "title = \"t\"\n[[customer]]\nid = \"ada\"\nphone = \"+1\"\n[[step]]\ncustomer = {}\n",
                toml(&step)
            );
            let read = Conversation::parse(&file).unwrap();
            let step = read.step[0].as_ref().customer.clone().unwrap();
            assert_eq!(step.texts, [text]);
        }
    }
}

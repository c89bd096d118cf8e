//! Values for the secret out of a file or standard input.
//!
//! In: JSON or lines `KEY=VALUE`. Out: keys and values, or one sentence that names a line or a key
//! and never shows a value. Pure, but for reading the file.

use std::io::Read;

use serde_json::Value;

use super::keys;
use crate::Failure;

/// Keys and values, in the order given.
pub(crate) type Values = Vec<(&'static str, String)>;

/// Reads a file; `-` is standard input.
pub(crate) fn file(name: &str) -> Result<Values, Failure> {
    let mut text = String::new();
    let read = if name == "-" {
        std::io::stdin().lock().read_to_string(&mut text)
    } else {
        std::fs::read_to_string(name).map(|read| {
            text = read;
            text.len()
        })
    };
    read.map_err(|error| Failure::Usage(format!("{name} cannot be read: {error}")))?;
    values(&text).map_err(|wrong| Failure::Usage(format!("{name}: {wrong}")))
}

/// The keys and values of a text; empty values are left out.
fn values(text: &str) -> Result<Values, String> {
    let pairs = match text.trim_start().starts_with('{') {
        true => json(text)?,
        false => lines(text)?,
    };
    let mut values = Values::new();
    let (mut wrong, mut unknown) = (Vec::new(), false);
    for (name, value) in pairs {
        let Some(key) = keys::find(&name) else {
            wrong.push(keys::unknown(&name));
            unknown = true;
            continue;
        };
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match key.wrong(value) {
            Some(reason) => wrong.push(format!("{name} {reason}")),
            None => values.push((key.name, value.to_owned())),
        }
    }
    if unknown {
        wrong.push(keys::all_there_are());
    }
    if !wrong.is_empty() {
        return Err(wrong.join("; "));
    }
    if values.is_empty() {
        return Err("there is no value in it; --remove KEY removes one".to_owned());
    }
    Ok(values)
}

fn json(text: &str) -> Result<Vec<(String, String)>, String> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(text)
        .map_err(|error| format!("line {} is no JSON object of texts", error.line()))?;
    object
        .into_iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Null => Ok((name, String::new())),
            _ => Err(format!("{name} is no text")),
        })
        .collect()
}

fn lines(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut pairs = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line
            .split_once('=')
            .ok_or_else(|| format!("line {} is not KEY=VALUE", at + 1))?;
        let value = value.trim();
        let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
        let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(value);
        pairs.push((name.trim().to_lowercase(), value.to_owned()));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_lines_give_the_same_values() {
        let wanted = vec![
            ("braze_api_key", "k=1".to_owned()),
            ("zendesk_email", "a@b.example".to_owned()),
        ];
        let json =
            r#"{"braze_api_key":"k=1","zendesk_email":" a@b.example ","zendesk_api_token":""}"#;
        assert_eq!(values(json).unwrap(), wanted);
        let lines = "# ours\nBRAZE_API_KEY=k=1\n\nexport zendesk_email = \"a@b.example\"\n";
        assert_eq!(values(lines).unwrap(), wanted);
    }

    #[test]
    fn a_key_that_is_none_is_answered_with_the_one_it_may_be_and_all_there_are() {
        for (text, means) in [
            (r#"{"braze_apikey": "hush"}"#, "did you mean braze_api_key?"),
            ("braze-api-key=hush", "did you mean braze_api_key?"),
            (
                "zendesk_oauth_client=hush",
                "did you mean zendesk_oauth_client_id?",
            ),
            ("zendesk_signing_secret_reply=hush", ""),
        ] {
            let told = values(text).unwrap_err();
            assert!(told.contains("is no key of the secret"), "{told}");
            assert!(told.contains(means) && !told.contains("hush"), "{told}");
            for key in [
                "zendesk_oauth_client_secret",
                "braze_inbound_token",
                "pseudonym_key",
            ] {
                assert!(told.contains(key), "{told}");
            }
        }
        let two = values("a=hush\nb=hush\nc=hush").unwrap_err();
        assert_eq!(two.matches("pseudonym_key").count(), 1, "{two}");
    }

    #[test]
    fn what_is_wrong_is_told_together_and_without_values() {
        for (text, told) in [
            ("hush", "line 1 is not KEY=VALUE"),
            (
                "{\"braze_api_key\":\n\"hush",
                "line 2 is no JSON object of texts",
            ),
            (
                "{\"braze_api_key\":{\"hush\":1}}",
                "braze_api_key is no text",
            ),
            ("", "there is no value in it; --remove KEY removes one"),
            (
                "zendesk_email=hush\nbraze_inbound_token=hush",
                "zendesk_email is no e-mail address; braze_inbound_token is shorter than 16 \
                 characters, so it can be guessed",
            ),
        ] {
            assert_eq!(values(text).unwrap_err(), told);
        }
    }
}

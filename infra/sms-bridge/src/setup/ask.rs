//! Asking a person for the secret's values, without echo.
//!
//! In: the secret as it is, a terminal. Out: the values typed. Enter keeps what is there.

use std::io::IsTerminal;

use serde_json::{Map, Value};

use super::keys::{EVENTS_TOKEN, KEYS, PSEUDONYM_KEY};
use super::merge::get;
use super::read::Values;
use super::secret::TOKEN;
use crate::Failure;

/// Asks for the credentials; Enter keeps what is there.
pub(super) fn asked(before: &Map<String, Value>) -> Result<Values, Failure> {
    ask(before, |_| true)
}

/// Asks for what is missing alone.
pub(super) fn asked_for_missing(before: &Map<String, Value>) -> Result<Values, Failure> {
    ask(before, |key| get(before, key).is_none())
}

/// What a person would be asked for that is missing.
pub(super) fn lacks(before: &Map<String, Value>) -> bool {
    // The token is made; the legacy credentials are asked for only where the others are left out.
    let nothing = Values::new();
    let legacy = ["zendesk_email", "zendesk_api_token"];
    let is_legacy = get(before, "zendesk_api_token").is_some();
    let mut keys = KEYS.iter().map(|key| key.name);
    keys.any(|key| {
        let needed = match is_legacy {
            true => !key.contains("oauth"),
            false => !legacy.contains(&key),
        };
        needed && get(before, key).is_none() && (key == TOKEN || is_asked(key, before, &nothing))
    })
}

fn ask(before: &Map<String, Value>, wanted: impl Fn(&str) -> bool) -> Result<Values, Failure> {
    if !std::io::stdin().is_terminal() {
        let sentence =
            "there is no terminal to ask on: give --from FILE, or --from - for standard input";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    eprintln!("Nothing is shown while you type. Enter alone keeps what is there.");
    let mut values = Values::new();
    for key in &KEYS {
        if !is_asked(key.name, before, &values) || !wanted(key.name) {
            continue;
        }
        eprintln!("\n{}", key.from);
        let state = match get(before, key.name) {
            Some(_) => "set",
            None if key.name == TOKEN => "Enter makes one",
            None => "empty",
        };
        loop {
            let typed = rpassword::prompt_password(format!("  {} [{state}]: ", key.name));
            let typed = typed
                .map_err(|error| Failure::Usage(format!("the terminal cannot be read: {error}")))?;
            let typed = typed.trim();
            match key.wrong(typed) {
                _ if typed.is_empty() => break,
                Some(reason) => eprintln!("  {} {reason}; once more.", key.name),
                None => {
                    values.push((key.name, typed.to_owned()));
                    break;
                }
            }
        }
    }
    Ok(values)
}

/// Whether a person is asked for this key. Signing secrets and previous values are not to be typed,
/// a token that is there is changed by a rotation, and an OAuth client needs no legacy token.
fn is_asked(key: &str, before: &Map<String, Value>, given: &Values) -> bool {
    let has = |key: &str| get(before, key).is_some() || given.iter().any(|(name, _)| *name == key);
    match key {
        _ if key.ends_with("_previous") || key.contains("signing") => false,
        TOKEN => !has(TOKEN),
        PSEUDONYM_KEY | EVENTS_TOKEN => false,
        "zendesk_email" | "zendesk_api_token" => !has("zendesk_oauth_client_secret"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn questions(before: Value) -> Vec<&'static str> {
        let Value::Object(before) = before else {
            panic!("an object");
        };
        let mut given = Values::new();
        for key in &KEYS {
            if is_asked(key.name, &before, &given) {
                given.push((key.name, "typed".to_owned()));
            }
        }
        given.into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn the_first_day_has_three_questions_as_the_readme_counts() {
        let three = [
            "zendesk_oauth_client_id",
            "zendesk_oauth_client_secret",
            "braze_api_key",
        ];
        assert_eq!(
            questions(json!({"braze_inbound_token": "made by the stack"})),
            three
        );
        let four = [&three[..], &[TOKEN]].concat();
        assert_eq!(questions(json!({})), four);
    }
}

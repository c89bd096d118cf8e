//! `bridge setup secret`: the stack's one secret, filled in without a value ever being shown.
//!
//! In: answers of a person (not echoed), a file, standard input. Out: the secret written as a whole,
//! with everything kept that was there; names of what changed.

use std::io::IsTerminal;

use clap::Args;
use serde_json::{Map, Value, json};

use super::keys::{self, KEYS};
use super::merge::{ROTATING, get, previous, set};
use super::read::{self, Values};
use crate::Failure;
use crate::account::{self, talk};

/// For `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  bridge setup secret                       ask for each value, without echo
  bridge setup secret --from values.env     KEY=VALUE lines, or a JSON object
  pass show bridge | bridge setup secret --from - --yes
  bridge setup secret --rotate-inbound-token
  bridge setup secret --end-rotation        forget the _previous values

Values that are not given stay as they are. The two signing secrets come from
`bridge setup zendesk`. While a rotation lasts, both values are accepted.";

/// The one value that two sides have to hold, and that the tool makes.
const TOKEN: &str = "braze_inbound_token";

/// Braze does not repeat what is refused with 401: a token forgotten too early loses texts.
const STILL_ROTATING: &str = "\
braze_inbound_token_previous is still set, so the last rotation has not ended and Braze may still \
send that token; another one now would have Braze's texts refused and lost. Paste the present token \
into every campaign (`bridge setup braze --show-token`), then `bridge setup secret --end-rotation`, \
then rotate again";

/// What a new token is made of, in bytes.
const TOKEN_BYTES: usize = 32;

/// Fill in the stack's secret.
#[derive(Args)]
pub(crate) struct Secret {
    /// Read the values from this file instead of asking; `-`: standard input.
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    /// Make a new braze_inbound_token; the old one stays accepted as the previous one.
    #[arg(long)]
    rotate_inbound_token: bool,
    /// Remove the previous values, once both sides use the new ones.
    #[arg(long, conflicts_with = "rotate_inbound_token")]
    end_rotation: bool,
    /// Only show what would change.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before writing.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

/// A key, and what becomes of it.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    key: String,
    becomes: &'static str,
}

impl Secret {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let account = self.account.connect().await?;
        let secret = account.secret().await?;
        let before = secret.read().await?;
        let values = match &self.from {
            Some(file) => read::file(file)?,
            None if self.rotate_inbound_token || self.end_rotation => Values::new(),
            None => asked(&before)?,
        };
        let mut object = before.clone();
        for (key, value) in &values {
            set(&mut object, key, value);
        }
        half_given(&values, &object)?;
        // What Braze may still send is not forgotten, whichever way the token changes.
        let sent = get(&before, &previous(TOKEN)).is_none_or(|old| holds(&object, old));
        if !sent || (self.rotate_inbound_token && get(&object, &previous(TOKEN)).is_some()) {
            return Err(Failure::Usage(STILL_ROTATING.to_owned()));
        }
        if self.rotate_inbound_token || get(&object, TOKEN).is_none() {
            set(&mut object, TOKEN, &new_token()?);
        }
        if self.end_rotation {
            for key in ROTATING {
                object.remove(&previous(key));
            }
        }
        let changed = changed(&before, &object);
        let writes = !changed.is_empty() && !self.dry_run;
        let text = shown(secret.name(), &changed, &object);
        if !self.account.json {
            talk::say(&text);
        } else if writes && !self.yes {
            eprintln!("{text}");
        }
        if writes {
            if !self.yes {
                talk::confirm("Write the secret?")?;
            }
            secret.write(&object).await?;
        }
        if self.account.json {
            let lines: Map<String, Value> = changed
                .iter()
                .map(|line| (line.key.clone(), json!(line.becomes)))
                .collect();
            talk::say_json(&json!({"secret": secret.id(), "changes": lines,
                "missing": missing(&object), "written": writes}));
        } else if writes {
            talk::say("Written. The functions read it within five minutes.");
        }
        Ok(())
    }
}

/// Whether a token is one of those accepted.
fn holds(object: &Map<String, Value>, token: &str) -> bool {
    [TOKEN.to_owned(), previous(TOKEN)]
        .iter()
        .any(|key| get(object, key) == Some(token))
}

/// Asks for the credentials; Enter keeps what is there.
fn asked(before: &Map<String, Value>) -> Result<Values, Failure> {
    if !std::io::stdin().is_terminal() {
        let sentence = "nobody to ask: give --from FILE, or --from - for standard input";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    eprintln!("Nothing is shown while you type. Enter alone keeps what is there.");
    let mut values = Values::new();
    for key in KEYS.iter().filter(|key| is_asked(key.name)) {
        let has_oauth = values
            .iter()
            .any(|(name, _)| *name == "zendesk_oauth_client_secret")
            || get(before, "zendesk_oauth_client_secret").is_some();
        if has_oauth && ["zendesk_email", "zendesk_api_token"].contains(&key.name) {
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

/// Signing secrets and previous values are nobody's to type.
fn is_asked(key: &str) -> bool {
    !key.ends_with("_previous") && !key.contains("signing")
}

/// One of two values that work only together is an answer half given.
fn half_given(values: &Values, object: &Map<String, Value>) -> Result<(), Failure> {
    for (one, other) in [
        ("zendesk_oauth_client_id", "zendesk_oauth_client_secret"),
        ("zendesk_email", "zendesk_api_token"),
    ] {
        if !values.iter().any(|(key, _)| *key == one || *key == other) {
            continue;
        }
        let lacks = match (get(object, one), get(object, other)) {
            (Some(_), None) => other,
            (None, Some(_)) => one,
            _ => continue,
        };
        return Err(Failure::Usage(format!(
            "{lacks} is missing; {one} and {other} work only together"
        )));
    }
    Ok(())
}

fn changed(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Line> {
    let keys = KEYS.iter().map(|key| key.name);
    let lines = keys.filter_map(|key| {
        let becomes = match (get(before, key), get(after, key)) {
            (None, Some(_)) => "set",
            (Some(_), None) => "removed",
            (Some(old), Some(new)) if old != new => "changed",
            _ => return None,
        };
        Some(Line {
            key: key.to_owned(),
            becomes,
        })
    });
    lines.collect()
}

/// What the functions still lack.
fn missing(object: &Map<String, Value>) -> Vec<&'static str> {
    let has = |key: &str| get(object, key).is_some();
    let mut missing: Vec<_> = KEYS
        .iter()
        .map(|key| key.name)
        .filter(|key| !key.ends_with("_previous") && !has(key))
        .filter(|key| !["zendesk_email", "zendesk_api_token"].contains(key))
        .collect();
    if has("zendesk_email") {
        missing.retain(|key| !key.contains("oauth"));
    }
    missing
}

fn shown(name: &str, changed: &[Line], after: &Map<String, Value>) -> String {
    let mut lines = vec![format!("Secret {name}"), String::new()];
    for line in changed {
        lines.push(format!("  {:40} {}", line.key, line.becomes));
    }
    if changed.is_empty() {
        lines.push("Nothing to change.".to_owned());
    }
    let missing = missing(after);
    if !missing.is_empty() {
        lines.push(String::new());
        lines.push("Still missing:".to_owned());
        for key in missing {
            let from = keys::find(key).map_or("", |key| key.from);
            lines.push(format!("  {key:30} {from}"));
        }
    }
    lines.join("\n")
}

/// A token nobody can guess, in characters every header carries.
fn new_token() -> Result<String, Failure> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Broken(format!("no randomness can be had: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

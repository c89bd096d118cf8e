//! `sms-bridge setup secret`: the stack's one secret, filled in without a value ever being shown.
//!
//! In: answers of a person (not echoed), a file, standard input. Out: the secret written as a whole,
//! with everything kept that was there; names of what changed.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Map, Value, json};

use super::ask::{asked, asked_for_missing, lacks};
use super::keys::{KEYS, PSEUDONYM_KEY};
use super::lines::{changed, missing, shown};
use super::merge::{ROTATING, get, previous, set};
use super::read::{self, Values};
use crate::Failure;
use crate::account::{self, Account, talk};
use crate::columns::{terminal, wrapped};

/// For `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  sms-bridge setup secret                       ask for each value, without echo
  sms-bridge setup secret --from values.env     KEY=VALUE lines, or a JSON object
  pass show bridge | sms-bridge setup secret --from - --yes
  sms-bridge setup secret --rotate-inbound-token
  sms-bridge setup secret --end-rotation        forget the _previous values
  sms-bridge setup secret --remove zendesk_email --remove zendesk_api_token

Values that are not given stay as they are. The two signing secrets come from
`sms-bridge setup zendesk`. While a rotation lasts, both values are accepted.";

/// The one value that two sides have to hold, and that the tool makes.
pub(super) const TOKEN: &str = "braze_inbound_token";

/// Braze does not repeat what is refused with 401: a token forgotten too early loses texts.
const STILL_ROTATING: &str = "\
braze_inbound_token_previous is still set, so the last rotation has not ended and Braze may still \
send that token; another rotation now would refuse and lose Braze's texts. Paste the present token \
into every campaign (`sms-bridge setup braze --show-token`), then `sms-bridge setup secret --end-rotation`, \
then rotate again";

/// What a new token is made of, in bytes.
const TOKEN_BYTES: usize = 32;

/// Fill in the stack's secret.
#[derive(Args, Default)]
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
    /// Remove the value of this key; repeatable.
    #[arg(long, value_name = "KEY", value_parser = removable())]
    remove: Vec<String>,
    /// Only show what would change.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before writing.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

impl Secret {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let account = self.account.connect().await?;
        let secret = account.secret().await?;
        let before = secret.read_or_broken().await?;
        if before.is_none() {
            eprintln!("{}", broken(secret.name()));
        }
        let before = before.unwrap_or_default();
        let others = self.rotate_inbound_token || self.end_rotation || !self.remove.is_empty();
        let values = match &self.from {
            Some(file) => read::file(file)?,
            None if others => Values::new(),
            None => asked(&before)?,
        };
        let object = self.after(&before, &values)?;
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

    /// The secret as it becomes.
    fn after(
        &self,
        before: &Map<String, Value>,
        values: &Values,
    ) -> Result<Map<String, Value>, Failure> {
        let mut object = before.clone();
        for (key, value) in values {
            set(&mut object, key, value);
        }
        // What Braze may still send is not forgotten, whichever way the token changes.
        let sent = get(before, &previous(TOKEN)).is_none_or(|old| holds(&object, old));
        if !sent || (self.rotate_inbound_token && get(&object, &previous(TOKEN)).is_some()) {
            return Err(Failure::Usage(STILL_ROTATING.to_owned()));
        }
        for key in &self.remove {
            if values.iter().any(|(given, _)| given == key) {
                let sentence = format!("{key} is both given and to be removed: choose one");
                return Err(Failure::Usage(sentence));
            }
            object.remove(key);
        }
        let given = values.iter().map(|(key, _)| *key);
        half_given(given.chain(self.remove.iter().map(String::as_str)), &object)?;
        if self.rotate_inbound_token || get(&object, TOKEN).is_none() {
            set(&mut object, TOKEN, &new_token()?);
        }
        // Where the names change anyway, or none has been looked for yet.
        let is_filled = !values.is_empty() || self.rotate_inbound_token;
        if is_filled && get(&object, PSEUDONYM_KEY).is_none() {
            set(&mut object, PSEUDONYM_KEY, &new_token()?);
        }
        if self.end_rotation {
            for key in ROTATING {
                object.remove(&previous(key));
            }
        }
        Ok(object)
    }
}

/// Asks for what the secret lacks, makes what is nobody's to type, and writes it: who typed a value wants it kept.
pub(super) async fn fill(account: &Account) -> Result<(), Failure> {
    let secret = account.secret().await?;
    let before = secret.read_or_broken().await?;
    if before.is_none() {
        eprintln!("{}", broken(secret.name()));
    }
    let before = before.unwrap_or_default();
    if !lacks(&before) {
        talk::say("All are there; `sms-bridge setup secret` changes them.");
        return Ok(());
    }
    let values = asked_for_missing(&before)?;
    let object = Secret::default().after(&before, &values)?;
    let changed = changed(&before, &object);
    if !changed.is_empty() {
        talk::say(&format!("\n{}", shown(secret.name(), &changed, &object)));
        let written = secret.write(&object).await;
        written.map_err(|failure| {
            Failure::Usage(format!(
                "{}. Nothing was written, so it asks for the values again",
                failure.told()
            ))
        })?;
    }
    if lacks(&object) {
        let sentence = "credentials are still missing; the values you typed are kept. Run `sms-bridge setup` again";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    Ok(())
}

/// The keys whose value may go: without the token, the next run would make one that Braze lacks.
fn removable() -> PossibleValuesParser {
    let keys = KEYS.iter().map(|key| key.name);
    keys.filter(|key| *key != TOKEN).collect::<Vec<_>>().into()
}

/// What becomes of a value that the functions cannot read.
fn broken(name: &str) -> String {
    let told = format!(
        "The value of the secret {name} is no JSON object, so it counts as empty and is replaced; \
         AWS keeps the old value as the version AWSPREVIOUS. Paste the new token into Braze's \
         campaigns."
    );
    wrapped(&told, terminal()).join("\n")
}

/// Whether a token is one of those accepted.
fn holds(object: &Map<String, Value>, token: &str) -> bool {
    [TOKEN.to_owned(), previous(TOKEN)]
        .iter()
        .any(|key| get(object, key) == Some(token))
}

/// One of two values that work only together is an answer half given.
fn half_given<'k>(
    touched: impl Iterator<Item = &'k str> + Clone,
    object: &Map<String, Value>,
) -> Result<(), Failure> {
    for (one, other) in [
        ("zendesk_oauth_client_id", "zendesk_oauth_client_secret"),
        ("zendesk_email", "zendesk_api_token"),
    ] {
        if !touched.clone().any(|key| key == one || key == other) {
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

/// A token that cannot be guessed, in characters every header carries.
fn new_token() -> Result<String, Failure> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::Broken(format!("no random bytes are available: {error}")))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

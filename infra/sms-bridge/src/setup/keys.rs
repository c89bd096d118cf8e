//! The secret's keys: what each is, and what a value may look like.
//!
//! In: a key and a value. Out: what is wrong, by the key's name and never with the value. Pure.

use shared::http::auth::PUBLIC_TEST_SECRET;

/// Shortest shared secret that is worth the name.
const SHORTEST: usize = 16;

/// A key that the functions read.
pub(crate) struct Key {
    /// As the functions spell it.
    pub(crate) name: &'static str,
    /// Where its value comes from.
    pub(crate) from: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Email,
    Shared,
    Signing,
}

const OAUTH: &str = "Zendesk: Admin Center > Apps and integrations > APIs > OAuth clients";

const fn key(name: &'static str, from: &'static str, kind: Kind) -> Key {
    Key { name, from, kind }
}

/// Makes customers' names in the logs; the functions do without.
pub(crate) const PSEUDONYM_KEY: &str = "pseudonym_key";

/// The token of Braze's event export, which few workspaces have: it is not asked for, and not reported as missing.
pub(crate) const EVENTS_TOKEN: &str = "braze_events_token";

/// All of them, in the order they are asked for.
pub(crate) const KEYS: [Key; 16] = [
    key("zendesk_oauth_client_id", OAUTH, Kind::Plain),
    key("zendesk_oauth_client_secret", OAUTH, Kind::Plain),
    key("zendesk_email", "legacy: the API token's user", Kind::Email),
    key(
        "zendesk_api_token",
        "legacy: ends on 2027-04-30",
        Kind::Plain,
    ),
    key(
        "braze_api_key",
        "Braze: Settings > APIs and identifiers",
        Kind::Plain,
    ),
    key(
        "braze_inbound_token",
        "Proves to the bridge that Braze is calling; goes into the campaigns' header",
        Kind::Shared,
    ),
    key(
        "braze_inbound_token_previous",
        "the one before",
        Kind::Shared,
    ),
    key(
        EVENTS_TOKEN,
        "Proves to the bridge that Braze's event export (Currents) is calling; optional",
        Kind::Shared,
    ),
    key(
        "braze_events_token_previous",
        "the one before",
        Kind::Shared,
    ),
    key(
        "zendesk_reply_signing_secret",
        "sms-bridge setup zendesk",
        Kind::Signing,
    ),
    key(
        "zendesk_reply_signing_secret_previous",
        "the one before",
        Kind::Signing,
    ),
    key(
        "zendesk_solved_signing_secret",
        "sms-bridge setup zendesk",
        Kind::Signing,
    ),
    key(
        "zendesk_solved_signing_secret_previous",
        "the one before",
        Kind::Signing,
    ),
    key(
        "zendesk_events_signing_secret",
        "sms-bridge setup zendesk; optional",
        Kind::Signing,
    ),
    key(
        "zendesk_events_signing_secret_previous",
        "the one before",
        Kind::Signing,
    ),
    key(
        PSEUDONYM_KEY,
        "made by `sms-bridge setup secret`: names customers in the logs",
        Kind::Shared,
    ),
];

/// The key of this name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// What is told of a name that is no key's: which it may have been meant for.
pub(crate) fn unknown(name: &str) -> String {
    let nearest = KEYS
        .iter()
        .map(|key| (apart(name, key.name), key.name))
        .min();
    let means = match nearest {
        Some((apart, key)) if apart <= NEAR => format!(": did you mean {key}?"),
        _ => String::new(),
    };
    format!("{name} is no key of the secret{means}")
}

/// The keys that a person may fill in.
pub(crate) fn all_there_are() -> String {
    let keys = KEYS.iter().map(|key| key.name);
    let keys: Vec<_> = keys.filter(|key| !key.ends_with("_previous")).collect();
    format!("the keys there are: {}", keys.join(", "))
}

/// Most letters in which a misspelt name differs from what was meant.
const NEAR: usize = 3;

/// In how many letters two names differ: put in, left out or another one.
fn apart(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (to, known) in other.iter().enumerate() {
            let replaced = before + usize::from(letter != *known);
            before = row[to + 1];
            row[to + 1] = replaced.min(before + 1).min(row[to] + 1);
        }
    }
    row[other.len()]
}

impl Key {
    /// What is wrong with a value, continuing a sentence that begins with the key.
    pub(crate) fn wrong(&self, value: &str) -> Option<&'static str> {
        if value.is_empty() {
            return Some("is empty");
        }
        if !value.chars().all(|c| c.is_ascii_graphic()) {
            return Some("has a space or an odd character");
        }
        match self.kind {
            Kind::Plain => None,
            Kind::Email => {
                let parts = value.split_once('@');
                let good = parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
                (!good).then_some("is no e-mail address")
            }
            Kind::Shared if value.contains(',') => {
                Some("has a comma, which no header with a token may have")
            }
            Kind::Signing if value == PUBLIC_TEST_SECRET => {
                Some("is the public secret of Zendesk's test button, which proves nothing")
            }
            Kind::Shared | Kind::Signing if value.len() < SHORTEST => {
                Some("is shorter than 16 characters, so it can be guessed")
            }
            Kind::Shared | Kind::Signing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_cannot_work_are_refused_by_name_and_reason() {
        for (name, value, good) in [
            ("zendesk_oauth_client_id", "bridge", true),
            ("zendesk_oauth_client_id", "my bridge", false),
            ("zendesk_oauth_client_id", "", false),
            ("zendesk_email", "ops@example.com", true),
            ("zendesk_email", "ops", false),
            ("braze_inbound_token", "0123456789abcdef", true),
            ("braze_inbound_token", "short", false),
            ("braze_inbound_token", "0123456789,abcdef", false),
            ("zendesk_reply_signing_secret", PUBLIC_TEST_SECRET, false),
            ("zendesk_reply_signing_secret", "0123456789abcdef=", true),
            ("braze_api_key", "line\nbreak", false),
        ] {
            let key = find(name).unwrap();
            assert_eq!(key.wrong(value).is_none(), good, "{name} {value:?}");
        }
    }
}

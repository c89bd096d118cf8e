//! What a person can send: a line of JSON for each fact, and the switches by which the simulators become like this
//! account.
//!
//! In: findings. Out: text without anything of anybody's: no address, token, number, name or text. Pure.

use serde_json::{Map, Value, json};

use super::facts::{FACTS, Finding};

/// The form's number.
const FORM: u32 = 1;
/// What stands in the place of something that is nobody else's business.
const HIDDEN: &str = "…";
/// Digits in a row that may be a number of somebody's.
const MANY_DIGITS: usize = 6;
/// A word so long, with digits in it, may be a token.
const LONG_WORD: usize = 16;

/// Knows what must not be told.
pub(crate) struct Redactor {
    known: Vec<String>,
}

impl Redactor {
    /// These texts are hidden wherever they stand, and whatever looks like an address, a number or a token.
    pub(crate) fn of(known: impl IntoIterator<Item = String>) -> Self {
        let mut known: Vec<String> = known
            .into_iter()
            .map(|text| text.trim().to_owned())
            .filter(|text| text.chars().count() > 2)
            .collect();
        known.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Self { known }
    }

    /// The text without them.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for known in &self.known {
            text = text.replace(known.as_str(), HIDDEN);
        }
        let words = text.split(' ').map(|word| match is_private(word) {
            true => HIDDEN,
            false => word,
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.hide(text)),
            other => other.clone(),
        }
    }
}

fn is_private(word: &str) -> bool {
    let digits = word.split(|c: char| !c.is_ascii_digit());
    let longest = digits.map(str::len).max().unwrap_or(0);
    let long = word
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|part| part.len() >= LONG_WORD && part.chars().any(|c| c.is_ascii_digit()));
    word.contains('@') || word.contains("://") || longest >= MANY_DIGITS || long
}

/// The transcript: a head, the facts in their order, the switches.
pub(crate) fn lines(findings: &[Finding], day: &str, redactor: &Redactor) -> Vec<Value> {
    let facts = FACTS
        .iter()
        .filter_map(|fact| findings.iter().find(|finding| finding.fact == fact.key));
    let facts: Vec<Value> = facts
        .map(|finding| {
            let mut line = json!({"fact": finding.fact, "seen": redactor.hide(&finding.seen)});
            if let Some(answer) = &finding.answer {
                line["answer"] = redactor.value(answer);
            }
            line
        })
        .collect();
    let told = facts.iter().filter(|line| line.get("answer").is_some());
    let head = json!({"transcript": FORM, "tool": env!("CARGO_PKG_VERSION"), "day": day,
        "facts": facts.len(), "told": told.count()});
    let switches = json!({ "switches": switches(&facts) });
    [vec![head], facts, vec![switches]].concat()
}

/// The answers as the simulators' switches, by vendor.
fn switches(facts: &[Value]) -> Value {
    let mut switches = Map::new();
    for line in facts {
        let (Some(key), Some(answer)) = (line["fact"].as_str(), line.get("answer")) else {
            continue;
        };
        put(&mut switches, key, answer);
    }
    Value::Object(switches)
}

/// Sets a value in an object of objects, by its path with dots.
fn put(object: &mut Map<String, Value>, path: &str, value: &Value) {
    let Some((first, rest)) = path.split_once('.') else {
        object.insert(path.to_owned(), value.clone());
        return;
    };
    let inner = object.entry(first).or_insert_with(|| json!({}));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_anybodys_is_told() {
        let redactor = Redactor::of(["acme".to_owned(), "hunter-two".to_owned()]);
        for (text, told) in [
            (
                "https://acme.zendesk.com cannot be reached",
                "… cannot be reached",
            ),
            ("the account acme is busy", "the account … is busy"),
            ("refused ada@example.com there", "refused … there"),
            ("number +15550100001 is used", "number … is used"),
            (
                "token 8f14e45fceea167a5a36dedd4bea2543 ends",
                "token … ends",
            ),
            ("key hunter-two, 26 of 30", "key …, 26 of 30"),
            (
                "an administrator is \"Admin\"",
                "an administrator is \"Admin\"",
            ),
        ] {
            assert_eq!(redactor.hide(text), told);
        }
    }

    #[test]
    fn the_last_line_holds_the_simulators_switches() {
        let found = |fact, answer| Finding {
            fact,
            answer,
            seen: "so".to_owned(),
        };
        let findings = [
            found("zendesk.merged_user", Some(json!("inactive"))),
            found("zendesk.closed_key", None),
        ];
        let lines = lines(&findings, "2026-11-30", &Redactor::of([]));
        assert_eq!(lines.len(), 4);
        assert_eq!(
            (&lines[0]["facts"], &lines[0]["told"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(
            lines[3],
            json!({"switches": {"zendesk": {"merged_user": "inactive"}}})
        );
    }
}

//! What Braze's campaign adds to a customer's text: their language, what the agent should know, and what a
//! new ticket should be. Nothing here can lose the text: what cannot be used is named and left out.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::field::not_rendered;
use super::personal::Personal;

/// Most lines of context.
const LINES: usize = 20;
/// Longest name in the context, in characters.
const NAME_CHARS: usize = 60;
/// Longest value, and longest subject (Zendesk's most), in characters.
const VALUE_CHARS: usize = 250;
/// Longest text in a ticket field, in characters.
const FIELD_CHARS: usize = 1_000;
/// Most tags and most ticket fields of one body.
const LIST: usize = 20;
/// Longest tag, in characters.
const TAG_CHARS: usize = 80;

const PRIORITIES: [&str; 4] = ["urgent", "high", "normal", "low"];
const TYPES: [&str; 4] = ["problem", "incident", "question", "task"];

/// Tags by which the bridge, or Zendesk, says what happened to a ticket: no campaign may claim it.
const CONTROL_TAGS: [&str; 7] = [
    "sms_opted_out",
    "sms_failed",
    "sms_opt_out_asked",
    "sms_help",
    "sms_resend",
    "sms_resend_asked",
    "closed_by_merge",
];
const RATING_TAG: &str = "sms_csat_";

/// What the campaign adds to a text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// The customer's language, such as `fr` or `pt-br`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Names and values for the agent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(Personal, Personal)>,
    /// What a new ticket should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing: Option<Box<Routing>>,
    /// What could not be used, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unusable: Vec<Personal>,
}

/// What a new ticket should be, before the settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Routing {
    /// Ids by their name in Zendesk's API: `group_id`, `brand_id`, `ticket_form_id`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<(String, u64)>,
    /// `urgent`, `high`, `normal` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// `problem`, `incident`, `question` or `task`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Personal>,
    /// Tags beside those of the settings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Values of ticket fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<TicketField>,
}

/// A ticket field and its value.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketField {
    /// The field's id.
    pub id: u64,
    /// Text, number, flag, or a list of texts.
    pub value: Value,
}

impl fmt::Debug for TicketField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TicketField({})", self.id)
    }
}

impl Extras {
    /// Nothing was added.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the members `language`, `context` and `ticket` of the contract's body.
    pub(super) fn read(members: &Map<String, Value>) -> Self {
        let mut extras = Self {
            language: members.get("language").and_then(language),
            ..Self::default()
        };
        extras.read_context(members.get("context"));
        extras.read_ticket(members.get("ticket"));
        extras
    }

    fn read_context(&mut self, value: Option<&Value>) {
        let Some(context) = self.object("context", value) else {
            return;
        };
        for (name, value) in &context {
            let shown = shown(name, NAME_CHARS);
            match scalar_list(value).map(|text| self::shown(&text, VALUE_CHARS)) {
                Some(text) if text.is_empty() => {}
                Some(text) if self.context.len() < LINES && !shown.is_empty() => {
                    self.context.push((Personal(shown), Personal(text)));
                }
                _ => self.cannot_use(&format!("context.{shown}")),
            }
        }
    }

    fn read_ticket(&mut self, value: Option<&Value>) {
        let Some(ticket) = self.object("ticket", value) else {
            return;
        };
        let mut routing = Routing::default();
        for (name, value) in &ticket {
            if is_blank(value) {
                continue;
            }
            let used = match name.as_str() {
                "group_id" | "brand_id" | "ticket_form_id" => number(value)
                    .map(|id| routing.ids.push((name.clone(), id)))
                    .is_some(),
                "priority" => one_of(value, &PRIORITIES, &mut routing.priority),
                "type" => one_of(value, &TYPES, &mut routing.kind),
                "subject" => {
                    let text = scalar(value).map(|text| shown(&text, VALUE_CHARS));
                    routing.subject = text.filter(|text| !text.is_empty()).map(Personal);
                    routing.subject.is_some()
                }
                "tags" => {
                    self.read_tags(value, &mut routing);
                    true
                }
                "custom_fields" => {
                    self.read_fields(value, &mut routing);
                    true
                }
                _ => false,
            };
            if !used {
                self.cannot_use(&shown(name, NAME_CHARS));
            }
        }
        self.routing = (routing != Routing::default()).then(|| Box::new(routing));
    }

    fn read_tags(&mut self, value: &Value, routing: &mut Routing) {
        let Some(text) = scalar_list(value) else {
            return self.cannot_use("tags");
        };
        for tag in text.split(|c: char| c == ',' || c.is_whitespace()) {
            let tag = tag.to_lowercase();
            let is_control = CONTROL_TAGS.contains(&tag.as_str()) || tag.starts_with(RATING_TAG);
            let is_odd = tag
                .chars()
                .any(|c| c.is_control() || "{}<>\"'`".contains(c))
                || tag.chars().count() > TAG_CHARS;
            if tag.is_empty() || routing.tags.contains(&tag) {
                continue;
            }
            if is_control || is_odd || routing.tags.len() >= LIST {
                self.cannot_use(&format!("tags: {}", shown(&tag, NAME_CHARS)));
            } else {
                routing.tags.push(tag);
            }
        }
    }

    fn read_fields(&mut self, value: &Value, routing: &mut Routing) {
        let pairs: Vec<(Option<u64>, &Value)> = match value {
            Value::Array(rows) => rows
                .iter()
                .map(|row| (row.get("id").and_then(number), &row["value"]))
                .collect(),
            Value::Object(values) => values
                .iter()
                .map(|(id, value)| (id.trim().parse().ok(), value))
                .collect(),
            _ => return self.cannot_use("custom_fields"),
        };
        for (id, value) in pairs {
            if is_blank(value) {
                continue;
            }
            let value = field_value(value);
            match id.filter(|id| *id > 0).zip(value) {
                Some((id, value)) if routing.fields.len() < LIST => {
                    routing.fields.push(TicketField { id, value });
                }
                _ => {
                    let id = id.map(|id| id.to_string()).unwrap_or_default();
                    self.cannot_use(format!("custom_fields {id}").trim_end());
                }
            }
        }
    }

    /// An object, also one that a template put into quotes.
    fn object(&mut self, name: &str, value: Option<&Value>) -> Option<Map<String, Value>> {
        let value = value.filter(|value| !is_blank(value))?;
        let read = match value {
            Value::Object(object) => Some(object.clone()),
            Value::String(text) => serde_json::from_str(text).ok(),
            _ => None,
        };
        if read.is_none() {
            self.cannot_use(name);
        }
        read
    }

    fn cannot_use(&mut self, name: &str) {
        if self.unusable.len() < LIST {
            self.unusable.push(Personal::from(name));
        }
    }
}

/// A language tag: letters first, then further parts.
fn language(value: &Value) -> Option<String> {
    let tag = value
        .as_str()?
        .trim()
        .replace('_', "-")
        .to_ascii_lowercase();
    let mut parts = tag.split('-');
    let first = parts.next()?;
    let is_name = |part: &str, least: usize, most: usize| {
        (least..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let starts = is_name(first, 2, 3) && first.bytes().all(|b| b.is_ascii_alphabetic());
    (starts && tag.len() <= 20 && parts.all(|part| is_name(part, 1, 8))).then_some(tag)
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn number(value: &Value) -> Option<u64> {
    let id = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    id.filter(|id| (1..=i64::MAX.unsigned_abs()).contains(id))
}

fn one_of(value: &Value, words: &[&str], slot: &mut Option<String>) -> bool {
    let word = value.as_str().unwrap_or_default().trim().to_lowercase();
    *slot = words.contains(&word.as_str()).then_some(word);
    slot.is_some()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn scalar_list(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(scalar).collect();
            Some(items?.join(", "))
        }
        value => scalar(value),
    }
}

fn field_value(value: &Value) -> Option<Value> {
    Some(match value {
        Value::String(text) => Value::String(shown(text, FIELD_CHARS)),
        Value::Number(_) | Value::Bool(_) => value.clone(),
        Value::Array(items) if items.len() <= LIST => {
            let texts = items.iter().map(|item| item.as_str());
            let texts: Option<Vec<&str>> = texts.collect();
            Value::from_iter(texts?.into_iter().map(|text| shown(text, FIELD_CHARS)))
        }
        Value::Array(_) | Value::Object(_) | Value::Null => return None,
    })
}

/// A text on one line, without control characters and template code, cut to a length. What a template did
/// not fill in is no text.
fn shown(text: &str, most: usize) -> String {
    if not_rendered(text) && text.trim().starts_with("{{") && text.trim().ends_with("}}") {
        return String::new();
    }
    let mut plain = text.to_owned();
    // Taking one away may bring together another.
    while let Some(code) = ["{{", "}}", "{%", "%}"]
        .iter()
        .find(|code| plain.contains(**code))
    {
        plain = plain.replace(code, "");
    }
    let plain: String = plain
        .chars()
        .map(|c| {
            if c.is_control() || ('\u{2028}'..='\u{202e}').contains(&c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(most) {
        None => line,
        Some(_) => {
            let kept: String = line.chars().take(most.saturating_sub(1)).collect();
            format!("{kept}…")
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: Value) -> Extras {
        Extras::read(body.as_object().expect("an object"))
    }

    fn unusable(extras: &Extras) -> Vec<&str> {
        extras.unusable.iter().map(Personal::as_str).collect()
    }

    #[test]
    fn context_is_names_and_values_on_one_line_each() {
        let extras = read(
            json!({"context": {"plan": "gold\r\n# x {{ticket.id}}", "orders": 3, "vip": true,
            "seen": ["a", "b"], "empty": "", "nothing": null, "left": "{{custom_attribute.${x}}}",
            "deep": {"a": 1}}}),
        );
        let lines: Vec<(&str, &str)> = extras
            .context
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                ("orders", "3"),
                ("plan", "gold # x ticket.id"),
                ("seen", "a, b"),
                ("vip", "true")
            ]
        );
        assert_eq!(unusable(&extras), ["context.deep"]);
    }

    #[test]
    fn huge_context_is_cut() {
        let many: Map<String, Value> = (0..500)
            .map(|n| (n.to_string(), json!("v".repeat(9_000))))
            .collect();
        let extras = read(json!({"context": many}));
        assert_eq!(extras.context.len(), LINES);
        assert!(extras.context[0].1.as_str().chars().count() <= VALUE_CHARS);
        assert!(extras.unusable.len() <= LIST);
    }

    #[test]
    fn a_ticket_is_read_in_every_notation_and_what_is_wrong_is_named() {
        let extras = read(
            json!({"ticket": {"group_id": "12", "brand_id": 13, "ticket_form_id": "x",
            "priority": "High", "type": "wish", "subject": "A\nB", "tags": "vip, sms_resend Sms_Csat_5",
            "custom_fields": [{"id": 9, "value": "x"}, {"id": "10", "value": 4}, {"value": 1}],
            "status": "solved", "assignee_id": ""}}),
        );
        let routing = extras.routing.as_deref().expect("a ticket");
        assert_eq!(
            routing.ids,
            [("brand_id".to_owned(), 13), ("group_id".to_owned(), 12)]
        );
        assert_eq!(routing.priority.as_deref(), Some("high"));
        assert_eq!(routing.subject.as_ref().map(Personal::as_str), Some("A B"));
        assert_eq!(routing.tags, ["vip"]);
        assert_eq!(
            routing
                .fields
                .iter()
                .map(|field| field.id)
                .collect::<Vec<_>>(),
            [9, 10]
        );
        assert_eq!(
            unusable(&extras),
            [
                "custom_fields",
                "status",
                "tags: sms_resend",
                "tags: sms_csat_5",
                "ticket_form_id",
                "type"
            ]
        );
    }

    #[test]
    fn a_language_is_a_tag_or_nothing() {
        for (given, want) in [
            ("fr", Some("fr")),
            (" pt_BR ", Some("pt-br")),
            ("", None),
            ("français", None),
            ("{{${language}}}", None),
            ("english", None),
        ] {
            assert_eq!(language(&json!(given)).as_deref(), want, "{given}");
        }
        assert_eq!(language(&json!(3)), None);
    }

    #[test]
    fn what_is_no_object_is_named() {
        for odd in [json!([1]), json!(3), json!("text"), json!(true)] {
            let extras = read(json!({"context": odd, "ticket": odd}));
            assert_eq!(unusable(&extras), ["context", "ticket"], "{odd}");
        }
        assert!(read(json!({"context": "", "ticket": null})).is_empty());
    }
}

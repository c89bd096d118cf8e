//! What Braze's event export tells (Currents, Custom HTTP connector): the steps of each SMS, customers' texts,
//! changes of subscriptions.
//!
//! In: the raw body of `POST /braze/events`. Out: the events that may concern the bridge. Whatever cannot be
//! read is left out: the export would send it again for days.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::customer::{BrazeId, Phone};
use super::event::ConsentKind;
use super::ids::{CommentId, ExternalUserId};
use super::personal::Personal;
use super::{field, media};

/// Longest id that is remembered, in characters.
const ID_CHARS: usize = 100;
/// Longest explanation of a failure that agents read, in characters.
const WHY_CHARS: usize = 200;
/// Before this a number of seconds since the epoch is none (2001).
const FIRST_SECOND: i64 = 1_000_000_000;

/// An event of the export.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// Braze's id of the event, the same each time it is sent.
    pub id: String,
    /// Whom it is about.
    pub whom: Whom,
    /// The number that the message went to or the text came from; not all events name it.
    pub number: Option<Phone>,
    /// When it happened, in milliseconds since the epoch; Braze tells whole seconds.
    pub at: i64,
    /// The subscription group, where it names one.
    pub group: Option<String>,
    /// What happened.
    pub what: Told,
}

/// Whom an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// A profile with an external id.
    Known(ExternalUserId),
    /// A profile without one, by its Braze id; the event names no alias.
    Anonymous(BrazeId),
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A message went a step further.
    Step(SmsStep),
    /// The customer sent a text.
    Text(ReceivedText),
    /// The customer was subscribed or unsubscribed.
    Subscription {
        /// Opted in or out.
        to: ConsentKind,
        /// By a keyword of theirs, not by a person or an import in Braze.
        by_keyword: bool,
    },
}

/// A step of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmsStep {
    /// Braze's id of the event.
    #[serde(default)]
    pub id: String,
    /// When, in milliseconds since the epoch.
    pub at: i64,
    /// The campaign.
    #[serde(default)]
    pub campaign: String,
    /// Braze's id of the sending; an abort has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<String>,
    /// The agent's comment, where the campaign's text put it into `message_extras`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<CommentId>,
    /// The campaign's text marks its messages as the bridge's own.
    #[serde(default)]
    pub marked: bool,
    /// Which message of the answer, from 1, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u8>,
    /// How far it came.
    pub reached: Reached,
}

/// How far a message came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// Braze has it in hand: handed to the provider or the carrier, or tried once more.
    Handed,
    /// The phone.
    Delivered,
    /// Nothing: it will not arrive.
    Failed(NotDelivered),
}

/// Why a message did not arrive.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotDelivered {
    /// Where it ended.
    pub ended: Ended,
    /// The provider's code, or Braze's word for an abort; possibly empty.
    #[serde(default)]
    pub code: String,
    /// The provider's or Braze's own words, one line, possibly empty.
    #[serde(default)]
    pub why: Personal,
}

/// Where a message ended that did not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// At the carrier.
    Failure,
    /// The carrier refused it.
    Rejection,
    /// Braze gave it up before it was sent.
    Abort,
}

/// A customer's text as the export tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceivedText {
    /// The text, possibly empty where there is media.
    pub text: Personal,
    /// Links to pictures and files.
    pub media_urls: Vec<String>,
    /// E.164 number, possibly empty.
    pub phone: Personal,
}

/// Reads the body of `POST /braze/events`; events that the bridge has no use for, and what is no event, are left
/// out.
pub fn exported(body: &[u8], now_ms: i64) -> Vec<Exported> {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(body) else {
        return vec![];
    };
    let Some(Value::Array(events)) = body.remove("events") else {
        return vec![];
    };
    events.iter().filter_map(|one| event(one, now_ms)).collect()
}

fn event(event: &Value, now_ms: i64) -> Option<Exported> {
    let properties = event.get("properties")?.as_object()?;
    let what = event.get("event_type")?.as_str()?;
    let id = id(event.get("id"))?;
    let whom = whom(event.get("user")?)?;
    let at = seconds(event.get("time")).map_or(now_ms, |at| at.saturating_mul(1000));
    let at = at.min(now_ms);
    let number = properties.get("to_phone_number");
    let number = number.or_else(|| properties.get("user_phone_number"));
    Some(Exported {
        whom,
        number: Phone::read(&line(number, ID_CHARS)),
        at,
        group: self::id(properties.get("subscription_group_id")),
        what: told(what, properties, (&id, at))?,
        id,
    })
}

/// An external id that cannot be one is nobody's; a blank one is none.
fn whom(user: &Value) -> Option<Whom> {
    match scalar(user.get("external_user_id")) {
        Some(id) if !id.trim().is_empty() => id.parse().ok().map(Whom::Known),
        _ => BrazeId::of(&id(user.get("user_id"))?).map(Whom::Anonymous),
    }
}

fn told(what: &str, properties: &Map<String, Value>, (event, at): (&str, i64)) -> Option<Told> {
    if what == "users.behaviors.subscriptiongroup.StateChange" {
        return subscription(properties);
    }
    let of_sms = what.strip_prefix("users.messages.sms.");
    let reached = match of_sms.or_else(|| what.strip_prefix("users.messages.rcs."))? {
        "InboundReceive" => return text(properties),
        "Send" | "CarrierSend" | "Retry" => Reached::Handed,
        "Delivery" | "Read" => Reached::Delivered,
        "DeliveryFailure" => Reached::Failed(not_delivered(Ended::Failure, properties)),
        "Rejection" => Reached::Failed(not_delivered(Ended::Rejection, properties)),
        "Abort" => Reached::Failed(not_delivered(Ended::Abort, properties)),
        _ => return None,
    };
    let extras = extras(properties.get("message_extras"));
    let extra = |name: &str| scalar(extras.as_ref()?.get(name));
    Some(Told::Step(SmsStep {
        id: event.to_owned(),
        at,
        campaign: id(properties.get("campaign_id")).unwrap_or_default(),
        dispatch: id(properties.get("dispatch_id")),
        marked: extras
            .as_ref()
            .is_some_and(|extras| extras.contains_key("bridge")),
        comment: extra("bridge").and_then(|id| id.parse().ok()),
        part: extra("bridge_part").and_then(|part| part.trim().parse().ok()),
        reached,
    }))
}

fn not_delivered(ended: Ended, properties: &Map<String, Value>) -> NotDelivered {
    let (code, why) = match ended {
        Ended::Abort => ("abort_type", "abort_log"),
        Ended::Failure | Ended::Rejection => ("provider_error_code", "error"),
    };
    NotDelivered {
        ended,
        code: line(properties.get(code), ID_CHARS),
        why: Personal(line(properties.get(why), WHY_CHARS)),
    }
}

/// A text; a keyword that changes the subscription counts as such a change.
fn text(properties: &Map<String, Value>) -> Option<Told> {
    let action = line(properties.get("action"), ID_CHARS);
    if !(action.is_empty() || action.eq_ignore_ascii_case("none")) {
        return None;
    }
    let text = ReceivedText {
        text: Personal(scalar(properties.get("message_body")).unwrap_or_default()),
        media_urls: media::links(properties.get("media_urls")),
        phone: field::phone(properties.get("user_phone_number")),
    };
    let blank = text.text.present().is_none() && text.media_urls.is_empty();
    (!blank).then_some(Told::Text(text))
}

fn subscription(properties: &Map<String, Value>) -> Option<Told> {
    let channel = line(properties.get("channel"), ID_CHARS).to_ascii_lowercase();
    if !matches!(channel.as_str(), "" | "sms" | "rcs") {
        return None;
    }
    let status = line(properties.get("subscription_status"), ID_CHARS);
    let to = match status.to_ascii_lowercase().as_str() {
        "subscribed" => ConsentKind::OptedIn,
        "unsubscribed" => ConsentKind::OptedOut,
        _ => return None,
    };
    let source = line(properties.get("state_change_source"), ID_CHARS).to_ascii_lowercase();
    Some(Told::Subscription {
        to,
        by_keyword: source.contains("inbound"),
    })
}

/// An object, also one that is written as a text.
fn extras(value: Option<&Value>) -> Option<Map<String, Value>> {
    match value? {
        Value::Object(object) => Some(object.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

fn id(value: Option<&Value>) -> Option<String> {
    let text = line(value, ID_CHARS);
    (!text.is_empty()).then_some(text)
}

fn seconds(value: Option<&Value>) -> Option<i64> {
    let text = scalar(value)?;
    let text = text.trim().split('.').next()?.to_owned();
    text.parse().ok().filter(|at| *at >= FIRST_SECOND)
}

fn scalar(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A value on one line, cut to a length; empty where there is none.
fn line(value: Option<&Value>, most: usize) -> String {
    let text = scalar(value).unwrap_or_default();
    let text = text.replace(|c: char| c.is_control(), " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_780_000_000_500;

    fn read(event_type: &str, properties: Value) -> Vec<Exported> {
        let event = json!({"event_type": event_type, "id": "e1", "time": 1_779_999_999,
            "user": {"external_user_id": "ana", "user_id": "b"}, "properties": properties});
        exported(json!({"events": [event]}).to_string().as_bytes(), NOW)
    }

    fn step(event_type: &str, properties: Value) -> SmsStep {
        match read(event_type, properties).remove(0).what {
            Told::Step(step) => step,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_step_names_campaign_sending_comment_and_part_in_either_notation() {
        for extras in [
            json!({"bridge": "4711", "bridge_part": "2"}),
            json!({"bridge": 4711, "bridge_part": 2}),
            json!(r#"{"bridge":"4711","bridge_part":"2"}"#),
        ] {
            let step = step(
                "users.messages.sms.Send",
                json!({"campaign_id": "c", "dispatch_id": "d", "message_extras": extras}),
            );
            assert_eq!(step.comment.map(CommentId::get), Some(4711));
            assert_eq!((step.part, step.reached), (Some(2), Reached::Handed));
            assert_eq!(
                (step.campaign.as_str(), step.dispatch.as_deref()),
                ("c", Some("d"))
            );
            assert_eq!(step.at, 1_779_999_999_000);
        }
    }

    #[test]
    fn failures_keep_the_code_in_every_notation() {
        for code in [json!("30003"), json!(30003)] {
            let step = step(
                "users.messages.rcs.Rejection",
                json!({"provider_error_code": code, "error": "no\nway"}),
            );
            let Reached::Failed(failed) = step.reached else {
                panic!("{step:?}")
            };
            assert_eq!(failed.code, "30003");
            assert_eq!(failed.why.as_str(), "no way");
            assert_eq!(failed.ended, Ended::Rejection);
        }
    }

    #[test]
    fn who_has_no_external_id_is_known_by_the_braze_id() {
        let of = |user: Value| {
            let event = json!({"event_type": "users.messages.sms.Send", "id": "e1", "time": 1_779_999_999,
                "user": user, "properties": {}});
            let mut read = exported(json!({"events": [event]}).to_string().as_bytes(), NOW);
            read.pop().map(|event| event.whom)
        };
        let anonymous = BrazeId::of("b").map(Whom::Anonymous);
        for user in [
            json!({"user_id": "b"}),
            json!({"user_id": " b ", "external_user_id": null}),
            json!({"user_id": "b", "external_user_id": ""}),
        ] {
            assert_eq!(of(user.clone()), anonymous, "{user}");
        }
        let known = of(json!({"user_id": "b", "external_user_id": "ana"}));
        assert!(matches!(known, Some(Whom::Known(_))), "{known:?}");
        assert_eq!(of(json!({})), None);
        assert_eq!(of(json!({"user_id": "", "external_user_id": " "})), None);
    }

    #[test]
    fn what_is_no_event_of_ours_is_left_out() {
        for body in [
            "",
            "no json",
            "[]",
            "{}",
            r#"{"events":{}}"#,
            r#"{"events":[1,null,{},{"event_type":"users.messages.sms.Send"}]}"#,
        ] {
            assert_eq!(exported(body.as_bytes(), NOW), [], "{body}");
        }
        assert_eq!(read("users.messages.email.Send", json!({})), []);
        assert_eq!(read("users.messages.sms.NewKind", json!({})), []);
        let keyword = json!({"message_body": "STOP", "action": "Unsubscribed"});
        assert_eq!(read("users.messages.sms.InboundReceive", keyword), []);
        let blank = json!({"message_body": " ", "media_urls": [], "action": "None"});
        assert_eq!(read("users.messages.sms.InboundReceive", blank), []);
        let email = json!({"subscription_status": "Unsubscribed", "channel": "email"});
        assert_eq!(
            read("users.behaviors.subscriptiongroup.StateChange", email),
            []
        );
    }
}

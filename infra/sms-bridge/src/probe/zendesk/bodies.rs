//! What a trigger's webhook sends: read from Zendesk's own list of attempts, so that nobody has to receive it.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::sleep;

use super::lab::{Lab, MARK, Seen, TAG, Waits, number};
use crate::probe::facts::{Findings, Group};
use crate::setup::plan::text;
use crate::zendesk::Trouble;

/// What the trigger sends. The values that may hold anything come last, and are cut out by their neighbours: the
/// body may be no JSON.
const BODY: &str = r#"{"stamp":"{{ticket.updated_at_with_timestamp}}","status":"{{ticket.status}}","role":"{{current_user.role}}","customer":"{{ticket.requester.role}}","value":"{{ticket.latest_public_comment.value}}","comment":"{{ticket.latest_public_comment}}","end":"end"}"#;
/// A comment that is no JSON text as it stands.
const COMMENT: &str = "A \"quoted\" word\nand a second line";
/// Times have seconds: what is to differ has to be that far apart.
const APART: Duration = Duration::from_millis(1_200);
/// A minute is over by then.
const MINUTE: Duration = Duration::from_secs(75);

pub(super) async fn look(lab: &Lab, findings: &mut Findings) -> Result<(), Trouble> {
    let requester = lab.user("requester").await?;
    let ticket = lab.ticket(&requester).await?;
    let path = format!("/tickets/{ticket}");
    let before = lab.call(Method::GET, &path, None).await?;
    let webhook = lab
        .webhook("bodies", &["conditional_ticket_events"])
        .await?;
    trigger(lab, &webhook).await?;
    sleep(APART).await;
    let comment = json!({"body": COMMENT, "public": true, "author_id": number(&requester)});
    let change = lab.update(&ticket, json!({ "comment": comment })).await?;
    let bodies = lab.bodies(&webhook, |bodies| !bodies.is_empty()).await?;
    let Some(body) = bodies.first() else {
        let why = "no webhook was sent within the patience: perhaps this account has none";
        findings.rest(Group::Bodies, why);
        return Ok(());
    };
    let after = lab.call(Method::GET, &path, None).await?;
    escaping(body, findings);
    words(body, findings);
    date(body, &format!("{MARK} requester"), findings);
    let first = Stamps::of(body, &before, &change, &after);
    moved(&first, findings);
    let stamps = match first.is_undecided() {
        true => another_minute(lab, &ticket, &webhook, first).await?,
        false => first,
    };
    stamped(&stamps, findings);
    Ok(())
}

/// Goes on changing the ticket until a change and the one before it are of different minutes.
async fn another_minute(
    lab: &Lab,
    ticket: &str,
    webhook: &str,
    mut stamps: Stamps,
) -> Result<Stamps, Trouble> {
    let path = format!("/tickets/{ticket}");
    let (mut waits, mut number) = (Waits::of(MINUTE), 0);
    while stamps.is_undecided() && waits.again().await {
        number += 1;
        let text = format!("Change {number} of this minute.");
        let before = lab.call(Method::GET, &path, None).await?;
        let comment = json!({"body": text, "public": true});
        let change = lab.update(ticket, json!({ "comment": comment })).await?;
        let is = |body: &String| body.contains(&text);
        let bodies = lab.bodies(webhook, |bodies| bodies.iter().any(is)).await?;
        let Some(body) = bodies.iter().find(|body| is(body)) else {
            break;
        };
        stamps = Stamps::of(body, &before, &change, &change);
    }
    Ok(stamps)
}

async fn trigger(lab: &Lab, webhook: &str) -> Result<(), Trouble> {
    let trigger = json!({
        "title": format!("{MARK}: bodies"),
        "conditions": {"any": [], "all": [
            {"field": "current_tags", "operator": "includes", "value": TAG},
            {"field": "update_type", "operator": "is", "value": "Change"},
            {"field": "comment_is_public", "operator": "is", "value": "requester_can_see_comment"},
        ]},
        "actions": [
            {"field": "notification_webhook", "value": [webhook, BODY]},
            {"field": "current_tags", "value": format!("{TAG}_fired")},
        ],
    });
    let body = json!({ "trigger": trigger });
    let made = lab.admin.change(Method::POST, "/triggers", Some(&body));
    made.await.map(drop)
}

/// What stands between two names of the body.
fn between<'b>(body: &'b str, name: &str, next: &str) -> Option<&'b str> {
    let (_, rest) = body.split_once(&format!("\"{name}\":\""))?;
    Some(rest.split_once(&format!("\",\"{next}\":"))?.0)
}

fn escaping(body: &str, findings: &mut Findings) {
    let fact = "zendesk.json_escaping";
    let value = between(body, "value", "comment").unwrap_or_default();
    let parses = serde_json::from_str::<Value>(body).is_ok();
    if value.contains(r#"\"quoted\""#) && !value.contains('\n') && parses {
        findings.told(fact, true, "quotes and lines were escaped");
    } else if value.contains("\"quoted\"") && !value.contains(r#"\""#) {
        findings.told(fact, false, "a quote stood as it was, the body is no JSON");
    } else {
        let seen = format!(
            "quotes escaped: {}, line escaped: {}, body is JSON: {parses}",
            value.contains(r#"\""#),
            value.contains(r"\n")
        );
        findings.open(fact, &seen);
    }
}

fn words(body: &str, findings: &mut Findings) {
    let fact = "zendesk.status_capitalised";
    let status = between(body, "status", "role").unwrap_or_default();
    match status.chars().next() {
        Some(first) if first.is_alphabetic() => {
            findings.told(fact, first.is_uppercase(), &format!("the word {status}"));
        }
        _ => findings.open(fact, "nothing was rendered"),
    }
    let fact = "zendesk.role_language";
    let role = between(body, "role", "customer").unwrap_or_default();
    let customer = between(body, "customer", "value").unwrap_or_default();
    let seen = format!("an administrator is {role:?}, a customer {customer:?}");
    match language(role, customer) {
        Some(language) => findings.told(fact, language, &seen),
        None => findings.open(fact, &seen),
    }
}

/// The language in which an administrator and a customer are called so.
fn language(role: &str, customer: &str) -> Option<&'static str> {
    Some(match (role, customer) {
        ("Admin", _) => "english",
        ("Administrateur", _) => "french",
        ("Administrator", _) => "german",
        ("Administrador", "Usuário final") => "portuguese",
        ("Administrador", _) => "spanish",
        ("Amministratore", _) => "italian",
        ("管理者", _) => "japanese",
        _ => return None,
    })
}

/// The header above a comment ends with a date, behind the author's name, which is the probe's own.
fn date(body: &str, author: &str, findings: &mut Findings) {
    let fact = "zendesk.date_style";
    let comment = between(body, "comment", "end").unwrap_or_default();
    let date = comment.split_once(author).map(|(_, rest)| rest);
    let date = date.and_then(|rest| {
        rest.trim_start_matches([',', ' '])
            .split(['\n', '\\'])
            .next()
    });
    let Some(date) = date.filter(|date| !date.trim().is_empty()) else {
        findings.open(fact, "there is no date behind the author's name");
        return;
    };
    let shape = shape(date);
    let seen = format!("written as {shape}");
    let style = match shape.as_str() {
        s if s.starts_with("9999-99-99") => "iso",
        s if s.starts_with("aaa 9") && s.contains("9, 9999") => "english",
        s if s.starts_with('9') && s.contains(" aaa") && s.contains(" à ") => "french",
        _ => {
            findings.open(fact, &seen);
            return;
        }
    };
    findings.told(fact, style, &seen);
}

/// A date without its letters and digits: words are `aaa`, digits are `9`; a word of one letter stays.
fn shape(date: &str) -> String {
    let mut shape = String::new();
    let mut word = String::new();
    for c in date.chars().chain(['\0']) {
        if c.is_alphabetic() {
            word.push(c);
            continue;
        }
        match word.chars().count() {
            0 | 1 => shape.push_str(&word),
            _ => shape.push_str("aaa"),
        }
        word.clear();
        match c {
            '\0' => {}
            c if c.is_ascii_digit() => shape.push('9'),
            c => shape.push(c),
        }
    }
    shape.trim_end().to_owned()
}

/// Times of a ticket's change, as the body and the API tell them.
struct Stamps {
    body: Option<OffsetDateTime>,
    /// The body tells its seconds, too.
    has_seconds: bool,
    /// How the body writes it.
    shape: String,
    /// The change before.
    before: Option<OffsetDateTime>,
    /// This change.
    change: Option<OffsetDateTime>,
    /// The ticket afterwards.
    after: Option<OffsetDateTime>,
}

impl Stamps {
    fn of(body: &str, before: &Seen, change: &Seen, after: &Seen) -> Self {
        let at = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        let ticket = |seen: &Seen| at(&text(&seen.body["ticket"], "updated_at"));
        let audit = at(&text(&change.body["audit"], "created_at"));
        let written = between(body, "stamp", "status").unwrap_or_default();
        let exact = at(written);
        let to_the_minute = || at(&format!("{}:00Z", written.strip_suffix('Z')?));
        Self {
            has_seconds: exact.is_some(),
            body: exact.or_else(to_the_minute),
            shape: shape(written),
            before: ticket(before),
            change: audit.or_else(|| ticket(change)),
            after: ticket(after),
        }
    }

    /// A time as exactly as the body tells it.
    fn cut(&self, at: Option<OffsetDateTime>) -> Option<OffsetDateTime> {
        match self.has_seconds {
            true => at,
            false => at?.replace_second(0).ok(),
        }
    }

    /// This change and the one before cannot be told apart.
    fn is_undecided(&self) -> bool {
        let known = self.body.is_some() && self.change.is_some();
        known && self.cut(self.before) == self.cut(self.change)
    }
}

fn stamped(stamps: &Stamps, findings: &mut Findings) {
    let fact = "zendesk.trigger_stamp_has_seconds";
    let seen = format!("written as {}", stamps.shape);
    match stamps.body {
        Some(_) => findings.told(fact, stamps.has_seconds, &seen),
        None => findings.open(fact, &seen),
    }
    let fact = "zendesk.trigger_stamp_is_the_tickets";
    let (Some(body), Some(change)) = (stamps.body, stamps.change) else {
        findings.open(
            fact,
            "the body or the API did not tell when the ticket was changed",
        );
        return;
    };
    if stamps.is_undecided() {
        findings.open(fact, "no two changes were of different minutes");
    } else if Some(body) == stamps.cut(Some(change)) {
        findings.told(fact, true, "the same time");
    } else if Some(body) == stamps.cut(stamps.before) {
        findings.told(fact, false, "that of the change before");
    } else {
        let apart = (body - change).whole_seconds();
        findings.open(fact, &format!("{apart} s from the API's"));
    }
}

fn moved(stamps: &Stamps, findings: &mut Findings) {
    let fact = "zendesk.triggers_move_the_stamp";
    let (Some(change), Some(after)) = (stamps.change, stamps.after) else {
        findings.open(fact, "the API did not tell when the ticket was changed");
        return;
    };
    let later = (after - change).whole_seconds();
    findings.told(fact, later > 0, &format!("{later} s after the change"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_told_by_its_shape_alone() {
        assert_eq!(shape("Nov 22, 2026, 15:04"), "aaa 99, 9999, 99:99");
        assert_eq!(shape("22 nov. 2026 à 15:04"), "99 aaa. 9999 à 99:99");
        assert_eq!(shape("2026-11-22 15:04\n"), "9999-99-99 99:99");
    }
}

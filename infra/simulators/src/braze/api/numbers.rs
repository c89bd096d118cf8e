//! `GET /sms/invalid_phone_numbers`.

use serde_json::{Value, json};

use crate::braze::model::WorkspaceState;
use crate::braze::phone::{InvalidNumber, same_number};
use crate::clock::rfc3339;
use crate::wire::{Answer, Ask};

use super::refused;

const USUAL: usize = 100;
const MOST: usize = 500;

/// Numbers that were found invalid, the latest first: those asked for, or all of a range of days.
pub(super) fn invalid(state: &WorkspaceState, ask: &Ask) -> Result<Answer, Answer> {
    let numbers = ask.params("phone_numbers");
    let (start, end) = (ask.param("start_date"), ask.param("end_date"));
    if numbers.is_empty() && (start.is_none() || end.is_none()) {
        let text = "Either 'start_date' and 'end_date', or 'phone_numbers' is required";
        return Err(refused(400, text));
    }
    let day = |date: Option<&str>| match date {
        Some(date) if !is_day(date) => Err(refused(400, "Dates must be written YYYY-MM-DD")),
        date => Ok(date.unwrap_or_default().to_owned()),
    };
    let (start, end) = (day(start)?, day(end)?);
    let limit = number(ask, "limit", USUAL)?.min(MOST);
    let offset = number(ask, "offset", 0)?;
    let asked = |known: &&InvalidNumber| {
        let found = rfc3339(known.detected_at_ms);
        let listed = |number: &&str| same_number(number, &known.phone);
        match numbers.is_empty() {
            // A day begins at midnight, so the end's own day is not in the range.
            true => found.as_str() >= start.as_str() && found.as_str() < end.as_str(),
            false => numbers.iter().any(listed),
        }
    };
    let reason = ask.param("reason");
    let wanted = |known: &&InvalidNumber| reason.is_none_or(|r| r == known.reason.word());
    let found = state.invalid_numbers.iter().filter(asked).filter(wanted);
    let mut found: Vec<&InvalidNumber> = found.collect();
    found.sort_by_key(|known| std::cmp::Reverse(known.detected_at_ms));
    let found = found.into_iter().skip(offset).take(limit).map(shown);
    let found: Vec<Value> = found.collect();
    Ok(Answer::json(
        200,
        &json!({"sms": found, "message": "success"}),
    ))
}

fn shown(known: &InvalidNumber) -> Value {
    let at = rfc3339(known.detected_at_ms)
        .replace('T', " ")
        .replace('Z', " +0000");
    let digits: String = known.phone.chars().filter(char::is_ascii_digit).collect();
    json!({"phone": digits, "invalid_detected_at": at, "reason": known.reason.word()})
}

fn number(ask: &Ask, name: &str, usual: usize) -> Result<usize, Answer> {
    let sent = ask.param(name).map(str::parse);
    let wrong = |_| refused(400, &format!("'{name}' must be an integer"));
    sent.unwrap_or(Ok(usual)).map_err(wrong)
}

fn is_day(date: &str) -> bool {
    let shape = date
        .bytes()
        .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    shape.eq(*b"0000-00-00")
}

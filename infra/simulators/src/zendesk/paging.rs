//! Pages of lists, by cursor or by number.
//!
//! In: rows with their ids. Out: Zendesk's list bodies. Imports the wire only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::wire::Ask;

/// The page asked for: by cursor where `page[size]` is there, else by `page` and `per_page`.
pub(super) fn page(ask: &Ask, base: &str, name: &str, rows: Vec<(u64, Value)>) -> Value {
    match ask.param("page[size]") {
        Some(size) => by_cursor(ask, base, name, rows, limit(size)),
        None => by_number(ask, base, name, rows),
    }
}

fn limit(size: &str) -> usize {
    size.parse().unwrap_or(100).clamp(1, 100)
}

fn by_cursor(ask: &Ask, base: &str, name: &str, rows: Vec<(u64, Value)>, size: usize) -> Value {
    let after = ask.param("page[after]").and_then(decode);
    let start = after
        .and_then(|id| rows.iter().position(|row| row.0 == id))
        .map_or(0, |at| at + 1);
    let more = rows.len() > start + size;
    let shown: Vec<(u64, Value)> = rows.into_iter().skip(start).take(size).collect();
    let first = shown.first().map(|row| encode(row.0));
    let last = shown.last().map(|row| encode(row.0));
    let next = last.as_ref().filter(|_| more).map(|cursor| {
        let others: Vec<String> = ask
            .query
            .split('&')
            .filter(|pair| !pair.starts_with("page%5Bafter%5D") && !pair.starts_with("page[after]"))
            .map(str::to_owned)
            .collect();
        format!(
            "{base}{}?{}&page%5Bafter%5D={cursor}",
            ask.path,
            others.join("&")
        )
    });
    let rows: Vec<Value> = shown.into_iter().map(|row| row.1).collect();
    json!({
        name: rows,
        "meta": {"has_more": more, "after_cursor": last, "before_cursor": first},
        "links": {"next": next, "prev": null},
    })
}

fn by_number(ask: &Ask, base: &str, name: &str, rows: Vec<(u64, Value)>) -> Value {
    let size = ask.param("per_page").map_or(100, limit);
    let number = ask
        .param("page")
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_usize)
        .max(1);
    let count = rows.len();
    let next = (count > number * size)
        .then(|| format!("{base}{}?page={}&per_page={size}", ask.path, number + 1));
    let rows: Vec<Value> = rows
        .into_iter()
        .skip((number - 1) * size)
        .take(size)
        .map(|row| row.1)
        .collect();
    json!({name: rows, "count": count, "next_page": next, "previous_page": null})
}

fn encode(id: u64) -> String {
    URL_SAFE_NO_PAD.encode(id.to_string())
}

fn decode(cursor: &str) -> Option<u64> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?)
        .ok()?
        .parse()
        .ok()
}

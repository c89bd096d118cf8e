//! `GET /search?query=`: tickets by their properties, as of some minutes ago, in the order of their last change.

use std::cmp::Ordering;

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::{Iso8601, Rfc3339};

use crate::wire::{Answer, Ask};

use super::history::as_of;
use super::model::{AccountState, Status, Ticket};
use super::show;
use super::work::{Outcome, Work};

/// Results a search gives at most, whatever the page.
const MOST: usize = 1_000;
const PAGE: usize = 100;

/// `GET /search`: newest change first, or the oldest with `sort_order=asc` (reference, "Search": `sort_by`).
pub(super) fn tickets(work: &Work<'_>, ask: &Ask) -> Outcome {
    let query = ask.param("query").unwrap_or_default();
    if query.trim().is_empty() {
        return Err(invalid("Query is required"));
    }
    let terms: Vec<Term<'_>> = query.split_whitespace().map(Term::of).collect();
    let lag = i64::try_from(work.config.variants.search_lag.as_millis()).unwrap_or(i64::MAX);
    let seen_until = work.now.saturating_sub(lag);
    let state: &AccountState = work.state;
    let indexed = state.tickets.values().filter(|ticket| !ticket.deleted);
    let mut found: Vec<Ticket> = indexed
        .filter_map(|ticket| as_of(state, ticket, seen_until))
        .filter(|ticket| terms.iter().all(|term| term.holds(state, ticket)))
        .collect();
    let oldest_first = ask.param("sort_order") == Some("asc");
    let sign = if oldest_first { 1 } else { -1 };
    found.sort_by_key(|ticket| (sign * ticket.updated_at_ms, ticket.id));
    let number = |name: &str, usual| {
        ask.param(name)
            .and_then(|n| n.parse().ok())
            .unwrap_or(usual)
    };
    let (size, page) = (
        number("per_page", PAGE).clamp(1, PAGE),
        number("page", 1).max(1),
    );
    if page * size > MOST && (page - 1) * size >= MOST {
        return Err(invalid(
            "Invalid search: Requested response size was greater than Search Response Limits",
        ));
    }
    let next = (found.len().min(MOST) > page * size).then(|| {
        let others = ask
            .query
            .split('&')
            .filter(|pair| !pair.starts_with("page="));
        let others: Vec<&str> = others.collect();
        format!(
            "{}/api/v2/search.json?{}&page={}",
            work.base_url,
            others.join("&"),
            page + 1
        )
    });
    let shown = found.iter().take(MOST).skip((page - 1) * size).take(size);
    let results: Vec<Value> = shown
        .map(|ticket| {
            let mut row = show::ticket(state, ticket, work.base_url);
            row["result_type"] = json!("ticket");
            row
        })
        .collect();
    let body = json!({"results": results, "count": found.len(), "next_page": next,
        "previous_page": null, "facets": null});
    Ok(Answer::json(200, &body))
}

fn invalid(description: &str) -> Answer {
    Answer::json(
        422,
        &json!({"error": "invalid", "description": description}),
    )
}

/// One term of a query: a property, how it is compared, and with what; a word without a property is
/// looked for in subject and comments.
struct Term<'q> {
    name: &'q str,
    order: &'q str,
    value: &'q str,
}

impl<'q> Term<'q> {
    fn of(word: &'q str) -> Self {
        let at = word.find([':', '<', '>']);
        let (name, rest) = at.map_or(("", word), |at| word.split_at(at));
        let order = [">=", "<=", ">", "<", ":"];
        let order = order.into_iter().find(|order| rest.starts_with(order));
        let order = order.unwrap_or_default();
        Self {
            name,
            order,
            value: rest[order.len()..].trim_matches('"'),
        }
    }

    fn holds(&self, state: &AccountState, ticket: &Ticket) -> bool {
        let is = |have: &str| have.eq_ignore_ascii_case(self.value);
        match self.name {
            "type" => is("ticket"),
            "status" => {
                let wanted = Status::parse(self.value);
                wanted.is_some_and(|wanted| self.compares(ticket.status.cmp(&wanted)))
            }
            "tags" => ticket.tags.iter().any(|tag| is(tag)),
            "-tags" => !ticket.tags.iter().any(|tag| is(tag)),
            "subject" => is(&ticket.subject),
            "external_id" => ticket.external_id.as_deref().is_some_and(is),
            "via" => is(&ticket.via),
            "requester" => {
                let user = state.users.get(&ticket.requester.id);
                is(&ticket.requester.id.to_string())
                    || user.is_some_and(|user| is(&user.name) || user.has_email(self.value))
            }
            "updated" => self.is_time(ticket.updated_at_ms),
            "created" => self.is_time(ticket.created_at_ms),
            "" => {
                let word = self.value.to_lowercase();
                let has = |text: &str| text.to_lowercase().contains(&word);
                has(&ticket.subject) || ticket.comments.iter().any(|c| has(&c.plain_body))
            }
            _ => false,
        }
    }

    fn is_time(&self, at_ms: i64) -> bool {
        let wanted = epoch_seconds(self.value);
        wanted.is_some_and(|wanted| self.compares(at_ms.div_euclid(1_000).cmp(&wanted)))
    }

    fn compares(&self, order: Ordering) -> bool {
        match self.order {
            ">" => order.is_gt(),
            ">=" => order.is_ge(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            _ => order.is_eq(),
        }
    }
}

/// A time or a day, as queries write them.
fn epoch_seconds(text: &str) -> Option<i64> {
    let whole = OffsetDateTime::parse(text, &Rfc3339).ok();
    let time = whole.map(OffsetDateTime::unix_timestamp);
    time.or_else(|| {
        let day = time::Date::parse(text, &Iso8601::DATE).ok()?;
        Some(day.midnight().assume_utc().unix_timestamp())
    })
}

//! Which tickets changed since a time: the incremental export, and the search for those who may not use it.
//!
//! In: a time or a page's name. Out: tickets with when they changed, and the next page's name. Imports only
//! `net` and the identifiers.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::answers::{TicketRow, UserRow};
use super::client::ZendeskClient;
use super::error::ZendeskError;
use super::times::milliseconds;
use super::types::TicketView;
use crate::message::UserId;
use crate::net::{Deadline, Request};

/// Tickets on a page of the export, Zendesk's most (reference, "Incremental Exports").
const EXPORTED: &str = "1000";

/// Tickets on a page of a search, Zendesk's most.
const FOUND: &str = "100";

/// A ticket that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedTicket {
    /// The ticket as it is.
    pub ticket: TicketView,
    /// When it changed last, in milliseconds since the epoch (Zendesk's whole seconds).
    pub at: Option<i64>,
}

/// A page of tickets that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedTickets {
    /// The tickets; those that cannot be read are left out.
    pub tickets: Vec<ChangedTicket>,
    /// How the next page is asked for; `None`: this is the last one.
    pub next: Option<String>,
}

#[derive(Deserialize)]
struct ExportAnswer {
    tickets: Vec<Value>,
    #[serde(default)]
    users: Vec<Value>,
    after_cursor: Option<String>,
    #[serde(default)]
    end_of_stream: bool,
}

#[derive(Deserialize)]
struct SearchAnswer {
    results: Vec<Value>,
    next_page: Option<String>,
}

impl ZendeskClient {
    /// A page of the tickets that changed since a time (milliseconds since the epoch), of the whole
    /// account, oldest change first. Zendesk leaves out the last minute, lets ten calls a minute through,
    /// and answers administrators only (reference, "Incremental Ticket Export, Cursor Based").
    ///
    /// # Errors
    /// [`ZendeskError`]; [`ZendeskError::Forbidden`] unless the user is an administrator.
    pub async fn exported(
        &self,
        since: i64,
        cursor: Option<&str>,
        deadline: Deadline,
    ) -> Result<ChangedTickets, ZendeskError> {
        let start = since.div_euclid(1000).to_string();
        let (from, value) = cursor.map_or(("start_time", start.as_str()), |page| ("cursor", page));
        let mut url = self.url("/incremental/tickets/cursor");
        url.query_pairs_mut()
            .append_pair(from, value)
            .append_pair("per_page", EXPORTED)
            .append_pair("include", "users");
        let answer: ExportAnswer = self.call(Request::get(url), deadline).await?;
        Ok(ChangedTickets {
            tickets: read(answer.tickets, answer.users),
            next: answer.after_cursor.filter(|_| !answer.end_of_stream),
        })
    }

    /// A page of the tickets, with this tag where there is one, that changed since a time (milliseconds since
    /// the epoch). Open to agents; its index is some minutes behind, and it gives 1,000 results at most (reference, "Search").
    ///
    /// # Errors
    /// [`ZendeskError`]; [`ZendeskError::Forbidden`] where the credentials give no token with the scope `read`.
    pub async fn found_changed(
        &self,
        tag: Option<&str>,
        since: i64,
        page: u32,
        deadline: Deadline,
    ) -> Result<ChangedTickets, ZendeskError> {
        let since = OffsetDateTime::from_unix_timestamp(since.div_euclid(1000));
        let since = since.ok().and_then(|time| time.format(&Rfc3339).ok());
        let since = since.unwrap_or_default();
        let tag = tag.map_or_else(String::new, |tag| format!("tags:{tag} "));
        let mut url = self.url("/search");
        url.query_pairs_mut()
            .append_pair("query", &format!("type:ticket {tag}updated>={since}"))
            .append_pair("sort_by", "updated_at")
            .append_pair("sort_order", "asc")
            .append_pair("per_page", FOUND)
            .append_pair("page", &page.to_string());
        let reader = self.reader(deadline).await?;
        let answer: SearchAnswer = reader.call(Request::get(url), deadline).await?;
        let next = answer.next_page.map(|_| page.saturating_add(1).to_string());
        Ok(ChangedTickets {
            tickets: read(answer.results, vec![]),
            next,
        })
    }
}

fn read(tickets: Vec<Value>, users: Vec<Value>) -> Vec<ChangedTicket> {
    let users = users
        .into_iter()
        .filter_map(|user| serde_json::from_value::<UserRow>(user).ok());
    let users: HashMap<UserId, UserRow> = users.map(|user| (user.id, user)).collect();
    let rows = tickets.into_iter().filter_map(|row| {
        let exported = row.get("generated_timestamp").and_then(Value::as_i64);
        let updated = row.get("updated_at").and_then(Value::as_str);
        let at = exported
            .and_then(|seconds| seconds.checked_mul(1000))
            .or_else(|| updated.and_then(milliseconds));
        let row: TicketRow = serde_json::from_value(row).ok()?;
        let requester = row.requester_id.and_then(|id| users.get(&id)).cloned();
        Some(ChangedTicket {
            ticket: row.view(requester),
            at,
        })
    });
    rows.collect()
}

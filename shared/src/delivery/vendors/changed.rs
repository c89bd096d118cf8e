//! Tickets that changed, in the decision's terms.

use crate::conversation::policy::carries;
use crate::net::Deadline;
use crate::zendesk::{ChangedTicket, ChangedTickets, ZendeskError};

use super::super::changes::{Changes, From, NotTold, TicketChange};
use super::Clients;

/// What the export leaves out because it is too young, in milliseconds (reference, "Incremental Exports").
const LEFT_OUT: i64 = 60 * 1000;

/// How far two clocks may differ where no ticket says what time it is in Zendesk, in milliseconds.
const CLOCKS: i64 = 4 * 60 * 1000;

/// How far the index of the search may be behind, in milliseconds.
const SEARCH_BEHIND: i64 = 10 * 60 * 1000;

/// Before the number of a search's page, where a page of the export has a cursor.
const SEARCHED: &str = "search:";

pub(super) async fn page(
    clients: &Clients,
    from: &From,
    deadline: Deadline,
) -> Result<Changes, NotTold> {
    let now = clients.clock.now();
    let searches = match from.page.as_deref() {
        Some(page) => page.starts_with(SEARCHED),
        None => from.by_search,
    };
    let told = match searches {
        true => searched(clients, from, deadline).await,
        false => exported(clients, from, deadline).await,
    };
    let told = match told {
        Err(ZendeskError::Forbidden | ZendeskError::NotFound) if from.page.is_none() => {
            match searches {
                true => exported(clients, from, deadline).await,
                false => searched(clients, from, deadline).await,
            }
        }
        told => told,
    };
    let Told { changed, until } = told.map_err(|error| NotTold(error.to_string()))?;
    let ChangedTickets { tickets, next } = changed;
    let newest = tickets.iter().filter_map(|changed| changed.at).max();
    let in_order = tickets.is_sorted_by_key(|changed| changed.at);
    let newest = newest.filter(|_| in_order);
    let reached = match (&next, until) {
        (None, Until::Searched) => Some(now.saturating_sub(SEARCH_BEHIND)),
        (None, Until::Exported) => {
            newest.or_else(|| Some(now.saturating_sub(LEFT_OUT.saturating_add(CLOCKS))))
        }
        (Some(_), _) => newest,
    };
    let at_most = now.saturating_sub(match until {
        Until::Searched => SEARCH_BEHIND,
        Until::Exported => LEFT_OUT,
    });
    let ours = tickets
        .into_iter()
        .filter(|changed| is_ours(clients, from, changed))
        .map(|changed| TicketChange {
            at: changed.at,
            facts: clients.facts(changed.ticket),
        });
    Ok(Changes {
        tickets: ours.collect(),
        reached: reached.map(|at| at.min(at_most)),
        next,
    })
}

/// It carries the tag, or where every ticket is texted about, Braze knows its requester.
fn is_ours(clients: &Clients, from: &From, changed: &ChangedTicket) -> bool {
    let ticket = &changed.ticket;
    let tag = from.tag.as_ref().or(clients.tickets.tags.first());
    let by_id = from.tag.is_none() && ticket.customer(clients.trust_external_id).is_some();
    by_id || tag.is_some_and(|tag| carries(&ticket.tags, tag))
}

/// How Zendesk was asked.
#[derive(Clone, Copy)]
enum Until {
    Exported,
    Searched,
}

struct Told {
    changed: ChangedTickets,
    until: Until,
}

/// It is for administrators.
async fn exported(
    clients: &Clients,
    from: &From,
    deadline: Deadline,
) -> Result<Told, ZendeskError> {
    let (client, page) = (&clients.zendesk, from.page.as_deref());
    Ok(Told {
        changed: client.exported(from.since, page, deadline).await?,
        until: Until::Exported,
    })
}

/// The search takes the number of the page. Where every ticket is texted about, it finds those with the tag all
/// the same: it does not tell whose the tickets are, and to ask for each would be too much.
async fn searched(
    clients: &Clients,
    from: &From,
    deadline: Deadline,
) -> Result<Told, ZendeskError> {
    let page = from
        .page
        .as_deref()
        .and_then(|page| page.strip_prefix(SEARCHED));
    let page = page.and_then(|page| page.parse().ok()).unwrap_or(1);
    let tag = from.tag.as_ref().or(clients.tickets.tags.first());
    let client = &clients.zendesk;
    let mut changed = client
        .found_changed(tag.map(String::as_str), from.since, page, deadline)
        .await?;
    changed.next = changed.next.map(|next| format!("{SEARCHED}{next}"));
    Ok(Told {
        changed,
        until: Until::Searched,
    })
}

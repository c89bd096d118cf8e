//! Which of the bridge's tickets changed, as Zendesk lists them page by page.

use crate::conversation::step::TicketFacts;

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct From {
    /// Changes since then are asked for, in milliseconds since the epoch.
    pub since: i64,
    /// A later page, as the one before it named it.
    pub page: Option<String>,
    /// By the search rather than the export.
    pub by_search: bool,
    /// The tag of the tickets that are asked for; `None`: every ticket whose requester Braze may know.
    pub tag: Option<String>,
}

/// A page of the bridge's own tickets that changed.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The tickets.
    pub tickets: Vec<TicketChange>,
    /// The time before which every change was listed up to this page, other people's tickets included, in
    /// milliseconds since the epoch; `None`: no more than without it.
    pub reached: Option<i64>,
    /// The next page; `None`: this is the last one.
    pub next: Option<String>,
}

/// A ticket that changed.
#[derive(Debug, Clone)]
pub struct TicketChange {
    /// The ticket as it is.
    pub facts: TicketFacts,
    /// When it changed, in milliseconds since the epoch, where Zendesk says so.
    pub at: Option<i64>,
}

/// Zendesk did not say what changed, in words for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotTold(pub String);

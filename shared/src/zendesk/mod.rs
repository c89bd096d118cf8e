//! Zendesk, as far as the bridge calls it: users, tickets, comments.
//!
//! In: ids, texts and a deadline. Out: typed views, or a [`ZendeskError`] by what the caller can
//! do. Must not import `braze`, `conversation` or `delivery`.

mod answers;
mod audits;
mod auth;
mod bodies;
mod changes;
mod client;
mod comments;
mod error;
pub mod external_id;
mod html;
mod oauth;
mod pass;
mod read;
mod times;
mod types;
mod uploads;
mod write;

pub use changes::{ChangedTicket, ChangedTickets};
pub use client::ZendeskClient;
pub use error::{Limited, ZendeskError};
pub use oauth::{SCOPE, SCOPE_TO_READ, SCOPE_TO_UPLOAD};
pub use types::{
    Appended, AttachmentView, CommentView, FoundDelivery, FoundUser, NewComment, NewUser, Role,
    TicketHistory, TicketStatus, TicketToCreate, TicketView, Ticketed,
};
pub use uploads::NewFile;

#[cfg(test)]
mod tests;

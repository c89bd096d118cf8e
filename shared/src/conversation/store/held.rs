//! What the table's operations are given and answer with.
//!
//! Imports the state; knows no SDK.

use crate::message::DeliveryId;

use super::super::key::{Key, Vendor};
use super::super::queue;
use super::super::seen::Seen;
use super::super::state::{Entry, State};
use super::super::step::Owner;
use super::{PARKED, codec};

/// Why the table did not do as asked.
#[derive(thiserror::Error)]
pub enum StoreError {
    /// Throttled, down or out of reach. Nothing is known to be written.
    #[error("DynamoDB did not answer as it should: {0}")]
    Unavailable(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The item would be over DynamoDB's 400 KB.
    #[error("the item would be too large")]
    TooLarge,
    /// The mailbox has no room.
    #[error("the mailbox is full")]
    Full,
    /// Others changed the item between each reading and writing.
    #[error("the item is being changed by others")]
    Busy,
}

/// The same as for people: DynamoDB's own words may quote the item, and Lambda's runtime logs what a
/// function's error shows.
impl std::fmt::Debug for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// The right to work on a conversation until a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Unique to the invocation.
    pub owner: String,
    /// Milliseconds since the epoch.
    pub until: i64,
}

/// A conversation as read, and held while the lease lasts.
#[derive(Debug, Clone)]
pub struct Held {
    /// Which conversation.
    pub key: Key,
    /// What it remembers.
    pub state: State,
    /// Events not done yet, in the order they were accepted.
    pub mailbox: Vec<Entry>,
    /// Deliveries accepted lately.
    pub seen: Seen,
    /// Deliveries that a conversation accepted that was taken over, until they are written down.
    pub brought: Seen,
    /// Parts of the item that cannot be read; they become dead letters.
    pub poison: Vec<String>,
    /// Of a ticket's item: whose conversation is on the ticket.
    pub owner: Option<Owner>,
    /// Until when it is held, or due again, in milliseconds since the epoch.
    pub until: i64,
    pub(super) version: u64,
    /// The form it is written in: never lower than what a newer version wrote.
    pub(super) form: i64,
    pub(super) lease: String,
    /// The lease of a holder that vanished, until what it may have done is written down.
    pub(super) lost: Option<String>,
    /// How many readable entries the item's mailbox had when it was read or written.
    pub(super) readable: usize,
}

impl Held {
    /// No worker holds it: it waits for its time.
    pub fn is_parked(&self) -> bool {
        self.lease == PARKED
    }

    /// The event that was being worked on when this was written: `None` where none was.
    pub fn claim(&self) -> Option<Claim<'_>> {
        let lost = self.lost.as_deref().and_then(|lease| lease.split_once(' '));
        if let Some((_, delivery)) = lost.filter(|(_, claim)| *claim != "*") {
            return Some(Claim::Delivery(delivery));
        }
        match self.lease.split_once(' ') {
            Some((_, "*")) => Some(Claim::Any),
            Some((_, delivery)) => Some(Claim::Delivery(delivery)),
            None => None,
        }
    }

    /// Its lease once it is left so.
    pub(super) fn lease_after(&self, leave: Leave) -> String {
        match leave {
            Leave::Working { on, .. } => {
                let claim = self.mailbox.get(on);
                let claim = claim.map_or("*", |entry| entry.event.delivery.as_str());
                codec::lease(codec::owner(&self.lease), claim)
            }
            Leave::Parked(_) | Leave::Idle => PARKED.to_owned(),
        }
    }

    /// Where in the index it is once it is left so.
    pub(super) fn due_shard(&self, leave: Leave) -> u8 {
        let lane = match leave {
            Leave::Working { on, .. } => self.mailbox.get(on).map(Entry::lane),
            Leave::Parked(_) | Leave::Idle => queue::due_lane(&self.mailbox, &self.state),
        };
        let vendor = lane.map_or(Vendor::Zendesk, Vendor::of);
        vendor.due_shard(self.key.shard())
    }

    /// What a lease that follows this one has to name: what a vanished holder was working on stays
    /// in doubt until that is written down.
    pub(super) fn claim_or<'a>(&'a self, mine: &'a DeliveryId) -> &'a str {
        let theirs = self.lease.split_once(' ').map(|(_, claim)| claim);
        theirs.unwrap_or(mine.as_str())
    }
}

/// Which event an interrupted holder may have been working on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim<'a> {
    /// The first of any lane.
    Any,
    /// This one.
    Delivery(&'a str),
}

/// What became of an event offered to a conversation.
#[derive(Debug)]
pub enum Accepted {
    /// Stored, and the conversation is ours.
    Held(Held),
    /// Stored; another worker holds the conversation, or it waits. As it is now.
    Stored(Held),
    /// Accepted before. The conversation as it is now.
    Duplicate(Box<Held>),
    /// No room; nothing was stored. The conversation as it is, where that is known.
    Full(Option<Box<Held>>),
}

/// What became of an event that a person put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutBack {
    /// It waits, behind what waited already.
    Stored,
    /// It was put back before, under the same delivery.
    Before,
    /// No room; nothing was stored.
    Full,
}

/// How a conversation is left by a settling write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Still ours, until then, working on the mailbox's entry of that index.
    Working {
        /// Index into the mailbox as written.
        on: usize,
        /// Milliseconds since the epoch.
        until: i64,
    },
    /// No worker's, due at that time (milliseconds since the epoch).
    Parked(i64),
    /// Empty and idle.
    Idle,
}

/// What became of a settling write.
#[derive(Debug)]
pub enum Settled {
    /// Written.
    Done,
    /// Not written: events came in meanwhile and are now at the mailbox's end. Settle again.
    Moved,
    /// Not written: the conversation is no longer ours.
    Lost,
}

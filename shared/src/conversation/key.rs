//! Which item a conversation is, and in which shard of the `due` index it waits.

use crate::message::{Customer, Phone, TicketId};

use super::entry::Lane;
use super::shard::{self, SHARDS};
use super::watch::Watch;

/// The vendor that something waits for: what waits for one is read and drained without what waits for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// Zendesk; and what needs no vendor.
    Zendesk,
    /// Braze.
    Braze,
}

impl Vendor {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Zendesk, Self::Braze];

    /// Whom a lane's events are for.
    pub fn of(lane: Lane) -> Self {
        match lane {
            Lane::Braze | Lane::Automatic | Lane::Attributes => Self::Braze,
            Lane::Zendesk | Lane::Files | Lane::Look | Lane::Own | Lane::Newer => Self::Zendesk,
        }
    }

    /// The value of `due_shard` of what waits for this vendor in a shard.
    pub fn due_shard(self, shard: u8) -> u8 {
        match self {
            Self::Zendesk => shard,
            Self::Braze => SHARDS + shard,
        }
    }
}

/// What the `due` index tells of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits {
    /// Whom for.
    pub vendor: Vendor,
    /// When it is due, in milliseconds since the epoch.
    pub at: i64,
    /// Which item.
    pub due: Due,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Due {
    /// A conversation in which something waits.
    Conversation(Key),
    /// What is watched of a customer.
    Watch(Customer),
}

impl Due {
    /// The partition key.
    pub fn pk(&self) -> String {
        match self {
            Self::Conversation(key) => key.pk(),
            Self::Watch(customer) => Watch::pk(customer),
        }
    }

    /// Reads a partition key; other items' keys are `None`.
    pub fn parse(pk: &str) -> Option<Self> {
        let watched = || Watch::parse(pk).map(Self::Watch);
        Key::parse(pk).map(Self::Conversation).or_else(watched)
    }
}

/// Which item a conversation is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A customer's conversation.
    Customer(Customer),
    /// Events of a ticket whose customer has to be looked up.
    Ticket(TicketId),
}

impl Key {
    /// The partition key.
    pub fn pk(&self) -> String {
        match self {
            Self::Customer(Customer::Id(id)) => format!("customer#{}", id.as_str()),
            Self::Customer(Customer::Phone(phone)) => format!("phone#{}", phone.digits()),
            Self::Ticket(id) => format!("ticket#{id}"),
        }
    }

    /// Reads a partition key; other items' keys are `None`.
    pub fn parse(pk: &str) -> Option<Self> {
        let (kind, id) = pk.split_once('#')?;
        match kind {
            "customer" => id.parse().ok().map(Self::Customer),
            "phone" => Phone::of_digits(id)
                .map(Customer::Phone)
                .map(Self::Customer),
            "ticket" => id.parse().ok().map(Self::Ticket),
            _ => None,
        }
    }

    /// The shard it waits in, of those for one vendor.
    pub fn shard(&self) -> u8 {
        shard::of(&self.pk())
    }
}

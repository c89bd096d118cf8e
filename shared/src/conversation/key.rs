//! Which item a conversation is, and in which shard of the `due` index it waits.

use crate::message::{Customer, Phone, TicketId};

use super::shard;
use super::watch::Watch;

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

    /// The shard of the `due` index it waits in.
    pub fn shard(&self) -> u8 {
        shard::of(&self.pk())
    }
}

//! Over how many partitions of the `due` index the waiting items are spread.

use crate::message::DeliveryId;

/// Shards of the `due` index.
pub const SHARDS: u8 = 4;

/// The shard of an item, by its key.
pub fn of(pk: &str) -> u8 {
    DeliveryId::derive("shard", &[pk]).marker()[0] % SHARDS
}

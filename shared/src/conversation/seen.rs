//! Which deliveries a conversation has accepted lately: eight bytes each, kept by day.
//!
//! Pure. The item holds one binary set per day; whole days age out, so nothing is ever rewritten.

use std::collections::{BTreeMap, HashSet};

use crate::message::DeliveryId;

/// Days remembered besides today: at least 48 hours.
pub const DAYS_BACK: i64 = 2;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// The day of a time in milliseconds since the epoch.
pub fn day(now: i64) -> i64 {
    now.div_euclid(DAY)
}

/// The days that are still looked at. Tomorrow is one: the clock of another environment may be
/// ahead.
pub fn days(now: i64) -> impl Iterator<Item = i64> {
    (day(now) - DAYS_BACK)..=day(now) + 1
}

/// Markers by day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    days: BTreeMap<i64, HashSet<[u8; 8]>>,
}

impl Seen {
    /// Remembers a marker.
    pub fn insert(&mut self, day: i64, marker: [u8; 8]) {
        self.days.entry(day).or_default().insert(marker);
    }

    /// The delivery was accepted on a day still remembered.
    pub fn contains(&self, delivery: &DeliveryId) -> bool {
        let marker = delivery.marker();
        self.days.values().any(|markers| markers.contains(&marker))
    }

    /// The delivery was accepted on a day that is still looked at.
    pub fn recalls(&self, delivery: &DeliveryId, now: i64) -> bool {
        let marker = delivery.marker();
        let mut looked_at = days(now).filter_map(|day| self.days.get(&day));
        looked_at.any(|markers| markers.contains(&marker))
    }

    /// The markers of each day, but for those of days that are no longer looked at.
    pub fn by_day(&self, now: i64) -> impl Iterator<Item = (i64, &HashSet<[u8; 8]>)> {
        let oldest = day(now) - DAYS_BACK;
        let days = self.days.iter().map(|(day, markers)| (*day, markers));
        days.filter(move |(day, _)| *day >= oldest)
    }

    /// Remembers what another one remembers.
    pub fn extend(&mut self, other: &Self) {
        for (day, markers) in &other.days {
            self.days.entry(*day).or_default().extend(markers);
        }
    }

    /// Forgets a delivery.
    pub fn remove(&mut self, delivery: &DeliveryId) {
        let marker = delivery.marker();
        for markers in self.days.values_mut() {
            markers.remove(&marker);
        }
    }

    /// How many were accepted on a day.
    pub fn count(&self, day: i64) -> usize {
        self.days.get(&day).map_or(0, HashSet::len)
    }

    /// Days that are no longer looked at.
    pub fn outdated(&self, now: i64) -> Vec<i64> {
        let oldest = day(now) - DAYS_BACK;
        self.days
            .keys()
            .copied()
            .filter(|&day| day < oldest)
            .collect()
    }

    /// Forgets days that are no longer looked at.
    pub fn forget(&mut self, days: &[i64]) {
        self.days.retain(|day, _| !days.contains(day));
    }
}

//! A conversation in which something waits, and why.
//!
//! In: its item. Out: since when, for which vendor, in which state. Pure.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::conversation::queue;
use shared::conversation::state::{Lane, Trouble, Wait};
use shared::conversation::store::{Held, Key};

use crate::account::{Item, text};
use crate::events::{self, vendor};

/// Redelivery runs every minute: what is due for longer is late. In milliseconds.
const LATE: i64 = 2 * 60 * 1000;

/// Why a conversation waits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Why {
    /// A function works on it.
    Worked,
    /// The way to these vendors pauses.
    Paused,
    /// Redelivery takes it within a minute.
    Due,
    /// It should have been taken.
    Late,
}

/// The way of a conversation's events to a vendor.
pub(crate) struct Way {
    /// Which vendor.
    pub lane: Lane,
    /// The pause it makes after failed attempts.
    pub wait: Option<Wait>,
    /// Why the first event's last attempt failed.
    pub trouble: Option<Trouble>,
}

/// A conversation in which something waits.
pub(crate) struct Waiting {
    /// What the item says.
    pub held: Held,
    /// Who works on it, as the lease names them.
    pub holder: Option<String>,
    /// Why it waits.
    pub why: Why,
}

impl Waiting {
    /// Reads an item; `None` where nothing waits in it any more.
    pub(crate) fn read(key: &Key, item: Item, now: i64) -> Option<Self> {
        let lease = text(&item, "lease")?.to_owned();
        let held = Held::read(key, item);
        if held.mailbox.is_empty() && held.poison.is_empty() {
            return None;
        }
        let why = match (held.is_parked(), held.until > now) {
            (false, true) => Why::Worked,
            (true, true) => Why::Paused,
            _ if now - held.until > LATE => Why::Late,
            _ => Why::Due,
        };
        let holder = lease.split_once(' ').map(|(owner, _)| owner.to_owned());
        Some(Self { held, holder, why })
    }

    /// When the oldest waiting event was received, in milliseconds since the epoch.
    pub(crate) fn since(&self) -> i64 {
        let received = self
            .held
            .mailbox
            .iter()
            .map(|entry| entry.event.received_at);
        received.min().unwrap_or(self.held.until)
    }

    /// The ways its events wait for.
    pub(crate) fn ways(&self) -> Vec<Way> {
        let heads = queue::heads(&self.held.mailbox).into_iter();
        let way = |at: usize| {
            let entry = &self.held.mailbox[at];
            Way {
                lane: entry.lane(),
                wait: self.held.state.pause(entry.lane()),
                trouble: entry.progress.trouble,
            }
        };
        heads.map(way).collect()
    }

    /// Everything for scripts.
    pub(crate) fn json(&self) -> Value {
        let pauses: BTreeMap<_, _> = self
            .ways()
            .into_iter()
            .map(|way| {
                let paused = way.wait.map(|wait| {
                    json!({
                        "until": events::time(wait.until),
                        "failed_attempts": wait.attempts,
                        "last_failure": way.trouble,
                    })
                });
                (vendor(way.lane).to_lowercase(), paused)
            })
            .collect();
        json!({
            "conversation": self.held.key.pk(),
            "events": self.held.mailbox.len(),
            "oldest_received_at": events::time(self.since()),
            "state": self.why.word(),
            "due_at": events::time(self.held.until),
            "held_by": self.holder,
            "waits_for": pauses,
        })
    }
}

impl Why {
    /// One word for scripts.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Worked => "worked_on",
            Self::Paused => "paused",
            Self::Due => "due",
            Self::Late => "late",
        }
    }

    /// What it means, for people.
    pub(crate) fn told(self) -> &'static str {
        match self {
            Self::Worked => "worked on now",
            Self::Paused => "paused after failed attempts",
            Self::Due => "due: redelivery takes them within a minute",
            Self::Late => "due for minutes: is redelivery running? look at its log and alarms",
        }
    }
}

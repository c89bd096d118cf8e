//! Dead letters, tried once more: on the live table and in the sandbox alike.
//!
//! In: letters in the order they were received. Out: each event waiting in its conversation again,
//! or its raw request posted again as its sender would. A letter goes only when its content is back
//! on its way. A replay that breaks off anywhere is simply repeated: the new delivery is derived
//! from the letter, so the second time it is known.

use std::collections::BTreeSet;

use shared::conversation::state::Progress;
use shared::conversation::store::{Held, Key, PutBack};
use shared::message::{self, Body, DeliveryId, Parsed};

use super::letter::Letter;
use super::post::Doors;
use crate::Failure;
use crate::account::Table;

/// The table remembers deliveries for two days; a replay broken off longer ago than this may have
/// been forgotten. In milliseconds.
const REMEMBERED: i64 = 47 * 60 * 60 * 1000;

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Replayed {
    /// Its event waits in its conversation again, or did since a replay that broke off.
    Back,
    /// Its request was answered with this outcome.
    Answered(String),
    /// It stays a dead letter, and why.
    Stays(String),
}

/// Replays letters one after the other.
pub(crate) struct Replays {
    /// The table they are in.
    pub table: Table,
    /// Where requests are posted; needed only where there are some.
    pub doors: Option<Doors>,
    /// Also what may have been delivered by a replay that broke off long ago.
    pub again: bool,
    blocked: BTreeSet<String>,
}

impl Replays {
    /// Nothing replayed yet.
    pub(crate) fn new(table: Table, doors: Option<Doors>, again: bool) -> Self {
        Self {
            table,
            doors,
            again,
            blocked: BTreeSet::new(),
        }
    }

    /// Replays one letter, unless an earlier one of its conversation had to stay: what comes later
    /// must not overtake it.
    ///
    /// # Errors
    /// When the table does not do as asked; repeating the replay is safe.
    pub(crate) async fn replay(&mut self, letter: &Letter, now: i64) -> Result<Replayed, Failure> {
        let conversation = letter.conversation.clone().unwrap_or_default();
        if self.blocked.contains(&conversation) {
            let why = "an earlier letter of this conversation could not be replayed";
            return Ok(Replayed::Stays(why.to_owned()));
        }
        let replayed = self.try_again(letter, now).await?;
        match &replayed {
            Replayed::Stays(_) if !conversation.is_empty() => {
                self.blocked.insert(conversation);
            }
            Replayed::Stays(_) => {}
            Replayed::Back | Replayed::Answered(_) => self.table.remove(&letter.pk()).await?,
        }
        Ok(replayed)
    }

    async fn try_again(&self, letter: &Letter, now: i64) -> Result<Replayed, Failure> {
        let stays = |why: &str| Ok(Replayed::Stays(why.to_owned()));
        if let Some(why) = self.may_be_done(letter, now) {
            return Ok(Replayed::Stays(why));
        }
        if letter.source != "event" {
            self.begin(letter, now).await?;
            let Some(doors) = &self.doors else {
                return stays("it is not known where to post it");
            };
            return Ok(doors.post(letter, now).await);
        }
        let key = letter.conversation.as_deref().and_then(Key::parse);
        let Some(key) = key else {
            return stays("it names no conversation");
        };
        let Some(mut entry) = letter.entry() else {
            return stays("its event cannot be read");
        };
        // Buried, but not taken out of the mailbox yet: its worker may bury it once more.
        let item = self.table.item(&key.pk()).await?.unwrap_or_default();
        let held = Held::read(&key, item);
        let waits = |other: &&_| other == &&entry.event.delivery;
        if held.mailbox.iter().any(|e| waits(&&e.event.delivery)) {
            return stays("its event still waits in its conversation: try again in a minute");
        }
        self.begin(letter, now).await?;
        // Under its old name it would be taken for a duplicate; its day to be delivered begins anew. What
        // it may have written carries the old name, and is looked for by it.
        entry
            .progress
            .written_as
            .get_or_insert(entry.event.delivery);
        entry.event.delivery = new_delivery(letter);
        entry.event.received_at = now;
        entry.progress.breaks = 0;
        entry.progress.again = true;
        if matches!(entry.event.body, Body::Solved(_)) {
            // The ticket may have been reopened, answered or tagged since: it is looked at anew.
            let Progress {
                doubtful,
                written_as,
                again,
                ..
            } = entry.progress;
            entry.progress = Progress {
                doubtful,
                written_as,
                again,
                ..Progress::default()
            };
        }
        let put = self.table.store().put_back(&key, &entry, now).await;
        match put.map_err(|error| self.table.store_failed(&error))? {
            PutBack::Stored | PutBack::Before => Ok(Replayed::Back),
            PutBack::Full => stays("the conversation has no room: try again later"),
        }
    }

    /// Notes on the letter that a replay began, where none did before.
    async fn begin(&self, letter: &Letter, now: i64) -> Result<(), Failure> {
        if letter.replayed_at.is_none() {
            self.table.mark(&letter.pk(), "replayed_at", now).await?;
        }
        Ok(())
    }

    /// Why a replay that broke off forbids another one: what it did would not be known again.
    fn may_be_done(&self, letter: &Letter, now: i64) -> Option<String> {
        let begun = letter.replayed_at?;
        let known = now - begun < REMEMBERED && is_known_again(letter);
        (!known && !self.again).then(|| {
            "a replay of it was interrupted, and it is no longer known whether it was delivered: \
             check with `sms-bridge trace`, then drop it or give --again"
                .to_owned()
        })
    }
}

/// The delivery a letter is replayed under: always the same for the same letter.
pub(super) fn new_delivery(letter: &Letter) -> DeliveryId {
    DeliveryId::derive("replay", &[&letter.id, &letter.buried_at.to_string()])
}

/// Whether the bridge would know a request again: a text of Braze's without a dispatch id it knows
/// by the time only.
fn is_known_again(letter: &Letter) -> bool {
    if letter.source != "braze-inbound" {
        return true;
    }
    let delivery = |now| match message::braze_inbound(&letter.content, None, now) {
        Parsed::Event(incoming) => Some(incoming.event.delivery),
        Parsed::NotForUs(..) | Parsed::Malformed(_) => None,
    };
    delivery(letter.buried_at) == delivery(letter.buried_at + REMEMBERED)
}

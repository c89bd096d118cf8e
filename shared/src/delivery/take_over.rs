//! A conversation goes from a number to the profile's external id, in writes of which each may be the last.

use crate::conversation::seen::Seen;
use crate::conversation::state::{Entry, Moved, State, Trouble};
use crate::conversation::step::{Failure, HandedOver, Outcome, Step};
use crate::conversation::store::{Held, Key, Storage, StoreError};
use crate::message::{BrazeId, Customer, Phone};

use super::{Bridge, Vendors, doubt};

/// How often others may change the conversation between reading and writing it.
const TRIES: usize = 4;

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// The table's part in a step, if it is one of these.
    pub(super) async fn hand_over(&self, step: &Step, customer: &Customer) -> Option<Outcome> {
        let (store, now) = (&self.store, self.clock.now());
        let done = match step {
            Step::FindProfile(profile, anyway) => {
                let other = store.profile(profile, customer, *anyway, now).await;
                other.map(Outcome::Profile)
            }
            Step::TakeOver(from, profile) => {
                let to = Moved {
                    to: customer.clone(),
                    profile: profile.clone(),
                };
                self.take_over_from(from, &to).await
            }
            Step::EndTakeOver(from) => {
                let over = self.watch_goes_over(from, customer).await;
                let ended = match over {
                    Ok(()) => store.end_handover(&of(from)).await,
                    Err(error) => Err(error),
                };
                ended.map(|()| Outcome::Done)
            }
            _ => return None,
        };
        Some(done.unwrap_or_else(|error| {
            tracing::warn!(error = %error, step = step.name(), "the table does not answer");
            Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
        }))
    }

    /// Empties the conversation under the number, where it is this profile's and no worker holds it.
    async fn take_over_from(&self, from: &Phone, to: &Moved) -> Result<Outcome, StoreError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let Some((seen, aside)) = self.store.look(&of(from), now).await? else {
                return Ok(Outcome::TakenOver(None));
            };
            // It was taken over before, by an attempt that broke off.
            if seen.state.moved.as_ref() == Some(to) {
                let aside = aside.map(|aside| HandedOver {
                    seen: done_of(&aside.seen, &seen.mailbox),
                    ..aside
                });
                return Ok(Outcome::TakenOver(aside.map(Box::new)));
            }
            if !is_of(&seen, &to.profile) {
                return Ok(Outcome::TakenOver(None));
            }
            let worked_on = seen.claim().is_some() && !seen.is_parked() && seen.until > now;
            if worked_on || !seen.poison.is_empty() {
                return Ok(Outcome::Failed(Failure::Later(None, Trouble::Conflict)));
            }
            let held = doubt(seen.clone(), &seen);
            let (mailbox, left): (Vec<Entry>, Vec<Entry>) =
                held.mailbox.into_iter().partition(|entry| {
                    let by = entry.event.body.braze_id();
                    by.is_none_or(|by| *by == to.profile)
                });
            let handed = HandedOver {
                state: State {
                    moved: None,
                    ..held.state
                },
                mailbox,
                seen: done_of(&seen.seen, &left),
            };
            let state = State {
                moved: Some(to.clone()),
                ..State::default()
            };
            let written = self.store.hand_over(&seen, &handed, (&state, &left), now);
            if written.await? {
                return Ok(Outcome::TakenOver(Some(Box::new(handed))));
            }
        }
        Err(StoreError::Busy)
    }
}

/// What was accepted, but for what waits under the number: that comes after, as an event of its own.
fn done_of(seen: &Seen, waiting: &[Entry]) -> Seen {
    let mut done = seen.clone();
    for entry in waiting {
        done.remove(&entry.event.delivery);
    }
    done
}

fn of(phone: &Phone) -> Key {
    Key::Customer(Customer::Phone(phone.clone()))
}

/// The conversation is the profile's, or its first event waits to say so.
fn is_of(held: &Held, profile: &BrazeId) -> bool {
    let mut waiting = held.mailbox.iter();
    match &held.state.profile {
        Some(own) => own == profile,
        None => waiting.any(|entry| entry.event.body.braze_id() == Some(profile)),
    }
}

//! The vendors and the table as one worker sees them: gates before, and faults between.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use shared::conversation::state::{Entry, State, Trouble};
use shared::conversation::step::{
    Anyway, Failure, HandedOver, Outcome, Owner, PersonFacts, Step, TicketFacts,
};
use shared::conversation::store::{
    Accepted, Claims, DeadLetter, Handover, Held, Key, Lease, Leave, Settled, Storage, StoreError,
    Vendor, Waits, Watched, Watermark,
};
use shared::conversation::subscription::Subscription;
use shared::delivery::{Changes, From, NotTold, TicketChange, UnderWay, Vendors};
use shared::message::{Alias, BrazeId, Customer, DeliveryId, TicketId};
use shared::net::Deadline;

use super::act::{Exports, Pages};
use super::anonymous;
use super::gate::{Fault, Gates, Go};
use super::limits::{Limiter, is_for_braze};
use super::world::{World, refused};

/// Attempts the SDK makes at one call.
const ATTEMPTS: u32 = 3;

/// What an export leaves out because it is too young, in milliseconds.
const LEFT_OUT: i64 = 60_000;

/// Tickets on a page of it.
const PAGE: usize = 2;

/// What all workers of a schedule share.
#[derive(Clone, Default)]
pub struct Common {
    pub gates: Gates,
    pub world: Arc<Mutex<World>>,
    pub now: Arc<AtomicI64>,
    /// Every event stored, by item, in the order it was.
    pub accepted: Arc<Mutex<Vec<(String, DeliveryId, i64)>>>,
    /// How many of them there were when a worker last had an answer of an item's mailbox.
    pub known: Arc<Mutex<BTreeMap<(u32, String), usize>>>,
    /// How Zendesk tells which tickets changed, now.
    pub pages: Arc<Mutex<Pages>>,
    pub limits: Arc<Limiter>,
    /// Workers that may not have written down what they sent.
    pub troubled: Arc<Mutex<BTreeSet<u32>>>,
}

impl Common {
    /// What the conversation that sends had accepted when the worker last looked, oldest first; with what was taken
    /// over, if it was. What waits under the external id to take over the number's conversation does not count for that
    /// one yet (`docs/testing.md`).
    fn known_to(&self, worker: u32, customer: &Customer) -> Vec<DeliveryId> {
        let mut conversations = anonymous::conversations_of(&anonymous::person(customer));
        if customer.id().is_none() {
            conversations.truncate(1);
        }
        let known = self.known.lock().expect("log");
        let known = conversations.iter().map(Key::pk).map(|pk| {
            let so_far = known.get(&(worker, pk.clone())).copied();
            (pk, so_far.unwrap_or(0))
        });
        let known: Vec<(String, usize)> = known.collect();
        let accepted = self.accepted.lock().expect("log");
        let is_known = |index: usize, at: &String| {
            let mut known = known.iter();
            known.any(|(pk, so_far)| pk == at && index < *so_far)
        };
        let all = accepted.iter().enumerate();
        all.filter(|(index, (at, ..))| is_known(*index, at))
            .map(|(_, (_, id, _))| id.clone())
            .collect()
    }

    pub fn now(&self) -> i64 {
        self.now.load(Ordering::Relaxed)
    }

    pub fn pass_time(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }

    pub fn trouble(&self, worker: u32) {
        self.troubled.lock().expect("workers").insert(worker);
    }

    pub fn accepted_by(&self, pk: &str, delivery: &DeliveryId) -> bool {
        let accepted = self.accepted.lock().expect("log");
        accepted
            .iter()
            .any(|(at, id, _)| at == pk && id == delivery)
    }
}

/// Zendesk and Braze as one worker reaches them.
pub struct Fakes {
    pub common: Common,
    pub worker: u32,
}

impl Vendors for Fakes {
    fn may_try_again(&self, step: &Step, _: Trouble, _now: i64) -> bool {
        !matches!(step, Step::CountParts { .. } | Step::ClaimTicket { .. })
    }

    async fn execute(&self, step: &Step, deadline: Deadline) -> Outcome {
        let common = &self.common;
        if let Some(held_up) = common.limits.held_up(self.worker, step, common.now()) {
            return Outcome::Failed(held_up);
        }
        let known = match step {
            Step::SendSms(sms) => common.known_to(self.worker, &sms.customer),
            _ => vec![],
        };
        let time = i64::try_from(deadline.remaining().as_millis()).expect("small");
        let limit = common.now() + time;
        let Go { fault, slow } = common.gates.pass(self.worker, step.name()).await;
        if common.now() > limit {
            return lost(step);
        }
        match fault {
            Fault::Before => return lost(step),
            Fault::Down => return Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
            Fault::Limited => {
                return Outcome::Failed(Failure::Later(
                    Some(common.now() + 60_000),
                    Trouble::Limited,
                ));
            }
            Fault::LimitedAccount | Fault::LimitedUpdates | Fault::LimitedTicket
                if !is_for_braze(step) =>
            {
                let now = common.now();
                return Outcome::Failed(common.limits.met(self.worker, step, fault, now));
            }
            Fault::LimitedAccount | Fault::LimitedUpdates | Fault::LimitedTicket => {
                let until = common.now() + 60_000;
                return Outcome::Failed(Failure::Later(Some(until), Trouble::Limited));
            }
            Fault::Refused if can_be_refused(step) => return refused(422, "by the schedule"),
            Fault::Refused => return Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
            Fault::None | Fault::After | Fault::Gone => {}
        }
        let mut sent = None;
        let outcome = act(&mut common.world.lock().expect("world"), step, common.now());
        if let Step::SendSms(_) = step {
            let mut world = common.world.lock().expect("world");
            let sms = world.sms.last_mut().expect("just sent");
            sms.known = known;
            sms.by = self.worker;
            sent = Some(world.sms.len() - 1);
        }
        if slow {
            common.gates.pass(self.worker, "answer").await;
        }
        let came = fault == Fault::None && common.now() <= limit;
        if let (true, Some(sent)) = (came, sent) {
            common.world.lock().expect("world").sms[sent].answered = true;
        }
        if came { outcome } else { lost(step) }
    }

    async fn exports_events(&self) -> bool {
        self.common.world.lock().expect("world").exports != Exports::Off
    }

    fn limited_until(&self, under_way: UnderWay, now: i64) -> Option<i64> {
        let is_zendesk = under_way.vendor == Vendor::Zendesk;
        self.common.limits.until(now).filter(|_| is_zendesk)
    }

    /// A few tickets a page; a page's name is what the one before it ended with.
    async fn changed(&self, from: &From, deadline: Deadline) -> Result<Changes, NotTold> {
        let time = i64::try_from(deadline.remaining().as_millis()).expect("small");
        let limit = self.common.now() + time;
        let Go { fault, .. } = self.common.gates.pass(self.worker, "changed").await;
        let now = self.common.now();
        if fault != Fault::None || now > limit {
            return Err(NotTold("by the schedule".to_owned()));
        }
        let pages = *self.common.pages.lock().expect("pages");
        let sometimes = now / 20 % 2 == 0;
        if pages == Pages::BrokenOff && from.page.is_some() && sometimes {
            return Err(NotTold("refused half way".to_owned()));
        }
        let changed = self.common.world.lock().expect("world").changed(now);
        let rank = |facts: &TicketFacts, at: i64| format!("{at:020} {:020}", facts.ticket.get());
        let begin = from
            .page
            .clone()
            .unwrap_or_else(|| format!("{:020}", from.since));
        let mut ranked: Vec<(String, TicketFacts, i64)> = changed
            .into_iter()
            .map(|(facts, at)| (rank(&facts, at), facts, at))
            .filter(|(rank, _, at)| *rank > begin && *at <= now - LEFT_OUT)
            .collect();
        ranked.sort_by(|one, other| one.0.cmp(&other.0));
        if pages == Pages::Endless && (ranked.is_empty() || sometimes) {
            // Other people's alone. The name sorts behind this page's, and before every ticket's behind it.
            return Ok(Changes {
                next: Some(begin + " "),
                ..Changes::default()
            });
        }
        let on_a_page = if pages == Pages::Whole { PAGE } else { 1 };
        let is_last = ranked.len() <= on_a_page && pages != Pages::Endless;
        ranked.truncate(on_a_page);
        let last = ranked.last().map(|(rank, _, at)| (rank.clone(), *at));
        let changed = ranked.into_iter().map(|(_, facts, at)| TicketChange {
            facts,
            at: Some(at),
        });
        Ok(Changes {
            tickets: changed.collect(),
            reached: match is_last {
                true => Some(now - LEFT_OUT),
                false => last.as_ref().map(|(_, at)| *at),
            },
            next: match pages {
                // The first page again under this name, a later one under its own.
                Pages::Repeated if !is_last && sometimes => Some(begin),
                _ => last.filter(|_| !is_last).map(|(rank, _)| rank),
            },
        })
    }
}

/// As `Clients` tells it when no answer came.
fn lost(step: &Step) -> Outcome {
    Outcome::Failed(match step {
        Step::CreateTicket(_) | Step::Append(_) | Step::SendSms(_) | Step::SetAttributes(_) => {
            Failure::Unknown
        }
        _ => Failure::Later(None, Trouble::Unavailable),
    })
}

fn can_be_refused(step: &Step) -> bool {
    matches!(
        step,
        Step::CreateTicket(_) | Step::Append(_) | Step::SendSms(_)
    )
}

pub fn act(world: &mut World, step: &Step, now: i64) -> Outcome {
    world.now = now;
    match step {
        Step::CountParts { .. } => Outcome::Counted(true),
        Step::UpsertUser(person) => Outcome::User(world.user(&person.customer)),
        Step::LookUpTicket(ticket) => Outcome::Ticket(world.facts(*ticket)),
        Step::FindMergeTarget(ticket) => Outcome::Ticket(world.merge_target(*ticket)),
        Step::FindTicket(id) => Outcome::Ticket(world.with_external_id(id.as_str())),
        Step::CreateTicket(new) => world.create(new, now),
        Step::Append(comment) => world.append(comment, now),
        Step::FindDelivery { ticket, marker } => world.find_delivery(*ticket, marker.as_str()),
        Step::SetStatus(ticket, status) => world.set_status(*ticket, *status),
        Step::SetFields(ticket, fields) => world.set_fields(*ticket, fields),
        Step::AddTags(ticket, tags) => world.add_tags(*ticket, tags),
        Step::RemoveTags(ticket, tags) => world.remove_tags(*ticket, tags),
        // No text of a schedule brings media.
        Step::AttachMedia(_) => Outcome::Failed(Failure::NotFound),
        Step::FetchComments(ticket) => world.comments(*ticket),
        Step::MakePrivate(ticket, comment) => world.make_private(*ticket, *comment),
        Step::LookUpUser(user) => Outcome::Person(PersonFacts {
            gone: !world.is_user(*user),
            customer: world.customer(*user),
            number: world.number(*user),
        }),
        Step::LookUpHistory(ticket, _) => world.history(*ticket),
        // The table's, not a vendor's.
        Step::ClaimTicket { .. }
        | Step::FindProfile(..)
        | Step::TakeOver(..)
        | Step::EndTakeOver(_) => Outcome::Done,
        Step::NameUser(user, id) => world.name_user(*user, id),
        Step::LookUpSolve(ticket) => world.solved_at(*ticket),
        Step::SendSms(sms) => world.send(sms),
        // No schedule tells Braze of a wish.
        Step::Unsubscribe { .. } => Outcome::Done,
        Step::LookUpSubscription { .. } => Outcome::Subscription(Subscription::Subscribed),
        Step::SetAttributes(set) => {
            world.set_attributes(&set.customer, set.ticket, set.open);
            world.happened.extend(set.events.iter().cloned());
            Outcome::Done
        }
    }
}

/// The table as one worker reaches it: the SDK repeats what got no answer.
pub struct Wire<S> {
    pub inner: S,
    pub common: Common,
    pub worker: u32,
}

/// What becomes of one attempt.
enum Attempt {
    Answered,
    Acted,
    Nothing,
}

impl<S> Wire<S> {
    async fn attempt(&self, what: &'static str, last: &mut bool) -> Attempt {
        let go = self.common.gates.pass(self.worker, what).await;
        if go.fault != Fault::None && what.starts_with("watch") {
            self.common.trouble(self.worker);
        }
        *last |= matches!(go.fault, Fault::Down | Fault::Gone | Fault::Refused);
        match go.fault {
            Fault::None => Attempt::Answered,
            Fault::After | Fault::Gone => Attempt::Acted,
            Fault::Before
            | Fault::Down
            | Fault::Limited
            | Fault::LimitedAccount
            | Fault::LimitedUpdates
            | Fault::LimitedTicket
            | Fault::Refused => Attempt::Nothing,
        }
    }

    /// The table answered this worker of this item: it knows what the mailbox holds.
    fn looked(&self, key: &Key) {
        let so_far = self.common.accepted.lock().expect("log").len();
        let mut known = self.common.known.lock().expect("log");
        known.insert((self.worker, key.pk()), so_far);
    }

    fn note(&self, key: &Key, delivery: &DeliveryId, answer: &Result<Accepted, StoreError>) {
        let stored = matches!(answer, Ok(Accepted::Held(_) | Accepted::Stored(_)));
        if stored && !self.common.accepted_by(&key.pk(), delivery) {
            let mut log = self.common.accepted.lock().expect("log");
            log.push((key.pk(), delivery.clone(), self.common.now()));
        }
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("by the schedule".to_owned(), "no answer".into())
}

/// Tries a call as the SDK does: `$go` acts and answers.
macro_rules! with_repeats {
    ($self:ident, $what:literal, $go:expr) => {{
        let mut last = false;
        for _ in 0..ATTEMPTS {
            match $self.attempt($what, &mut last).await {
                Attempt::Answered => {
                    return $go;
                }
                Attempt::Acted => drop($go),
                Attempt::Nothing => {}
            }
            if last {
                break;
            }
        }
        Err(unavailable())
    }};
}

impl<S: Claims + Send + Sync> Claims for Wire<S> {
    async fn claim(
        &self,
        ticket: TicketId,
        owner: &Owner,
        anyway: Anyway,
        now: i64,
    ) -> Result<Option<Owner>, StoreError> {
        with_repeats!(
            self,
            "claim",
            self.inner.claim(ticket, owner, anyway, now).await
        )
    }
}

impl<S: Handover + Send + Sync> Handover for Wire<S> {
    async fn profile(
        &self,
        profile: &BrazeId,
        customer: &Customer,
        anyway: Anyway,
        now: i64,
    ) -> Result<Option<Customer>, StoreError> {
        with_repeats!(
            self,
            "profile",
            self.inner.profile(profile, customer, anyway, now).await
        )
    }

    async fn look(
        &self,
        key: &Key,
        now: i64,
    ) -> Result<Option<(Held, Option<HandedOver>)>, StoreError> {
        with_repeats!(self, "look", self.inner.look(key, now).await)
    }

    async fn hand_over(
        &self,
        seen: &Held,
        aside: &HandedOver,
        left: (&State, &[Entry]),
        now: i64,
    ) -> Result<bool, StoreError> {
        with_repeats!(self, "hand_over", {
            let answer = self.inner.hand_over(seen, aside, left, now).await;
            // Nothing came since it was looked at.
            if matches!(answer, Ok(true)) {
                self.looked(&seen.key);
            }
            answer
        })
    }

    async fn end_handover(&self, key: &Key) -> Result<(), StoreError> {
        with_repeats!(self, "end_handover", self.inner.end_handover(key).await)
    }
}

impl<S: Storage + Send + Sync> Storage for Wire<S> {
    async fn accept(
        &self,
        key: &Key,
        entry: &Entry,
        aliases: &[Alias],
        lease: &Lease,
        now: i64,
    ) -> Result<Accepted, StoreError> {
        with_repeats!(self, "accept", {
            let answer = self.inner.accept(key, entry, aliases, lease, now).await;
            self.note(key, &entry.event.delivery, &answer);
            if matches!(answer, Ok(Accepted::Held(_))) {
                self.looked(key);
            }
            answer
        })
    }

    async fn take(
        &self,
        seen: Held,
        claim: &DeliveryId,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        with_repeats!(self, "take", {
            self.looked(&seen.key);
            self.inner.take(seen.clone(), claim, lease).await
        })
    }

    async fn take_due(
        &self,
        key: &Key,
        lease: &Lease,
        now: i64,
    ) -> Result<Option<(Held, Held)>, StoreError> {
        with_repeats!(self, "take_due", {
            self.looked(key);
            self.inner.take_due(key, lease, now).await
        })
    }

    async fn settle(
        &self,
        held: &mut Held,
        leave: Leave,
        markers: &[DeliveryId],
        now: i64,
    ) -> Result<Settled, StoreError> {
        let before = held.clone();
        with_repeats!(self, "settle", {
            let mut same = before.clone();
            let answer = self.inner.settle(&mut same, leave, markers, now).await;
            self.looked(&before.key);
            // Only an answer that arrives changes what the worker knows; a lost one is dropped
            // with the next attempt's copy, or restored below.
            *held = same;
            answer
        })
        .inspect_err(|_: &StoreError| *held = before)
    }

    async fn due(
        &self,
        shard: u8,
        vendors: &[Vendor],
        until: i64,
        limit: i32,
    ) -> Result<Vec<Waits>, StoreError> {
        with_repeats!(
            self,
            "due",
            self.inner.due(shard, vendors, until, limit).await
        )
    }

    async fn bury(&self, letter: &DeadLetter<'_>, now: i64) -> Result<(), StoreError> {
        with_repeats!(self, "bury", self.inner.bury(letter, now).await)
    }

    async fn watched(&self, customer: &Customer) -> Result<Option<Watched>, StoreError> {
        with_repeats!(self, "watched", self.inner.watched(customer).await)
    }

    async fn watch(
        &self,
        customer: &Customer,
        watched: &Watched,
        now: i64,
    ) -> Result<bool, StoreError> {
        with_repeats!(
            self,
            "watch",
            self.inner.watch(customer, watched, now).await
        )
    }

    async fn whose(&self, profile: &BrazeId) -> Result<Option<Customer>, StoreError> {
        with_repeats!(self, "whose", self.inner.whose(profile).await)
    }

    async fn knows(&self, key: &Key) -> Result<bool, StoreError> {
        with_repeats!(self, "knows", self.inner.knows(key).await)
    }
}

impl<S: Watermark + Send + Sync> Watermark for Wire<S> {
    async fn watermark(&self) -> Result<Option<i64>, StoreError> {
        with_repeats!(self, "watermark", self.inner.watermark().await)
    }

    async fn set_watermark(&self, at: i64) -> Result<(), StoreError> {
        with_repeats!(self, "set_watermark", self.inner.set_watermark(at).await)
    }
}

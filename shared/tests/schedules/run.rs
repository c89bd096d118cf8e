//! Plays a schedule: starts workers, lets calls through, and drains everything at the end.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use shared::conversation::policy::Policy;
use shared::conversation::step::Ending;
use shared::conversation::store::{Key, Memory, Shown, ShownWatch, Storage, Watermark};
use shared::delivery::{Bridge, Clock, Side, Summary, Updates, Work};
use shared::message::{Body, CommentId, Customer, DeliveryId, Incoming, TicketId, braze_events};
use tokio::task::JoinHandle;

use super::act::{Act, Pages, Setting};
use super::fakes::{Common, Fakes, Wire};
use super::gate::{Fault, Go};
use super::world::RATING_FIELD;

const START: i64 = 1_790_000_000_000;

/// How late a sender may send a request for the first time, in milliseconds.
const FIRST_TRY: i64 = 23 * 60 * 60 * 1000;

/// How long a sender repeats a request, in milliseconds.
const SENDERS_TRY: i64 = 24 * 60 * 60 * 1000;

/// How long no comparison is good for, in milliseconds.
const BETWEEN_COMPARISONS: i64 = 12 * 60 * 60 * 1000 + 60_000;

/// Runs that compare every customer's conversation: two of each run may be told of a solve.
const RUNS_FOR_ALL: u32 = 2;

/// Calls within which everything must have ended.
const PATIENCE: u32 = 20_000;

/// A table that shows what it holds.
pub trait Table: Storage + Watermark + Clone + Send + Sync + 'static {
    fn shown(&self) -> Vec<Shown>;
    fn dead(&self) -> Vec<String>;
    fn watches(&self) -> Vec<ShownWatch>;
}

impl Table for Memory {
    fn shown(&self) -> Vec<Shown> {
        Memory::shown(self)
    }

    fn dead(&self) -> Vec<String> {
        Memory::dead(self)
    }

    fn watches(&self) -> Vec<ShownWatch> {
        Memory::watches(self)
    }
}

impl Worker {
    fn is_scheduled(&self) -> bool {
        self.event.is_none() && self.exported.is_empty()
    }
}

/// What an event is about.
#[derive(Debug, Clone)]
pub enum Kind {
    Text,
    Consent {
        out: bool,
    },
    Reply {
        ticket: TicketId,
        comment: CommentId,
        token: String,
        /// The solve cycle its submit began.
        solves: Option<u32>,
    },
    Solved {
        ticket: TicketId,
        cycle: u32,
    },
    /// The tag `sms_resend` on a ticket.
    Resend {
        ticket: TicketId,
    },
    /// A trigger's own words.
    Say {
        ticket: TicketId,
        words: String,
    },
    /// A comment of the bridge's own, reported back.
    Echo,
}

#[derive(Debug, Clone)]
pub struct Happened {
    pub incoming: Incoming,
    pub kind: Kind,
    /// Whose it is, by the external id that they have or will get.
    pub customer: Customer,
    /// Waits to be sent, for the first time or again.
    pub queued: bool,
    pub lost: bool,
    pub tries: u8,
    /// When it happened.
    pub born: i64,
    pub first_sent: Option<i64>,
    /// The sender was told 2xx.
    pub answered: bool,
}

impl Happened {
    pub fn delivery(&self) -> &DeliveryId {
        &self.incoming.event.delivery
    }

    /// The text says no more than thanks.
    pub fn is_courtesy(&self) -> bool {
        matches!(&self.incoming.event.body, Body::Text(text) if text.text.as_str() == "Thanks")
    }

    /// The text is nothing but a rating: which.
    pub fn stars(&self) -> Option<u8> {
        match &self.incoming.event.body {
            Body::Text(text) => text.text.as_str().parse().ok(),
            _ => None,
        }
    }

    /// Its sender would still try: neither vendor does for longer than a day, nor begins so late that
    /// what was found meanwhile is forgotten.
    pub fn is_fresh(&self, now: i64) -> bool {
        let begins = now - self.born < FIRST_TRY;
        self.first_sent.map_or(begins, |at| now - at < SENDERS_TRY)
    }

    /// The item it is stored in first.
    pub fn door(&self) -> String {
        let named = self.incoming.event.ticket();
        let key = match (&self.incoming.customer, named) {
            (Some(customer), _) => Key::Customer(customer.clone()),
            (None, Some(ticket)) => Key::Ticket(ticket),
            (None, None) => Key::Customer(self.customer.clone()),
        };
        key.pk()
    }
}

struct Worker {
    event: Option<usize>,
    /// Events of the export that it was told.
    exported: Vec<usize>,
    /// When Lambda ends it.
    deadline: i64,
    id: u32,
    task: JoinHandle<Option<Ending>>,
}

pub struct Run<S> {
    pub setting: Setting,
    pub common: Common,
    pub store: S,
    pub events: Vec<Happened>,
    /// What happened, for a person's eyes.
    pub story: Option<Vec<String>>,
    pub serial: u32,
    /// Since when the conversation was on each ticket, as it first believed.
    pub known_since: BTreeMap<TicketId, i64>,
    /// Zendesk's clock was set back: which of two solves was later cannot be told.
    pub set_back: bool,
    /// A ticket was given to somebody else.
    pub gave_away: bool,
    /// The anonymous profile has an external id now.
    pub is_known: bool,
    /// When all were compared with their tickets in the end, for the first time.
    pub compared_at: Option<i64>,
    workers: Vec<Worker>,
    started: u32,
    last: Option<Ending>,
}

impl<S: Table> Run<S> {
    pub fn new(setting: Setting, store: S, told: bool) -> Self {
        let common = Common::default();
        common.now.store(START, Ordering::Relaxed);
        *common.pages.lock().expect("pages") = setting.pages;
        common.world.lock().expect("world").exports = setting.exports;
        Self {
            setting,
            common,
            store,
            events: vec![],
            story: told.then(Vec::new),
            serial: 0,
            known_since: BTreeMap::new(),
            set_back: false,
            gave_away: false,
            is_known: false,
            compared_at: None,
            workers: vec![],
            started: 0,
            last: None,
        }
    }

    /// Plays the acts, then drains.
    pub async fn play(&mut self, acts: &[Act]) -> Result<(), String> {
        for act in acts {
            self.act(*act).await?;
        }
        self.drain().await?;
        if self.setting.compares {
            self.compare_all().await?;
        }
        Ok(())
    }

    /// Time passes until every conversation was compared with its ticket, and what that found is
    /// delivered.
    async fn compare_all(&mut self) -> Result<(), String> {
        self.tell(|| "-- compared from here".to_owned());
        for _ in 0..3 {
            self.common.pass_time(BETWEEN_COMPARISONS);
            self.compared_at.get_or_insert(self.common.now());
            for _ in 0..RUNS_FOR_ALL {
                self.redeliver();
                self.drain().await?;
                self.common.pass_time(60_000);
            }
        }
        Ok(())
    }

    pub fn tell(&mut self, line: impl FnOnce() -> String) {
        let time = self.common.now() - START;
        if let Some(story) = &mut self.story {
            story.push(format!("{time:>9} {}", line()));
        }
    }

    async fn act(&mut self, act: Act) -> Result<(), String> {
        match act {
            Act::Step { pick, fault, slow } => self.step(pick, Go { fault, slow }),
            Act::Clock { ms } => {
                self.common.pass_time(ms);
                self.set_back |= ms < 0;
                self.tell(|| format!("clock {ms:+}"));
                self.time_out();
            }
            Act::Redeliver if self.workers.iter().filter(|w| w.is_scheduled()).count() < 2 => {
                self.redeliver();
            }
            Act::Redeliver => {}
            Act::Crash { pick } => self.crash(pick),
            Act::Send { pick } => {
                let now = self.common.now();
                let waiting = self.which(|event| event.queued && event.is_fresh(now));
                if let Some(index) = chosen(&waiting, pick) {
                    self.send(index);
                }
            }
            Act::Lose { pick } => {
                let compares = self.setting.compares;
                let losable = |e: &Happened| {
                    let found = match e.kind {
                        Kind::Reply { .. } | Kind::Solved { .. } | Kind::Say { .. } => true,
                        Kind::Resend { .. } => compares,
                        Kind::Text | Kind::Consent { .. } | Kind::Echo => false,
                    };
                    e.queued && e.tries == 0 && found
                };
                if let Some(index) = chosen(&self.which(losable), pick) {
                    self.events[index].queued = false;
                    self.events[index].lost = true;
                    self.tell(|| format!("webhook {index} never comes"));
                }
            }
            Act::Again { pick } => {
                if let Some(index) = self.sent_lately(pick) {
                    self.send(index);
                }
            }
            Act::Export { pick, most } => self.export(pick, most),
            Act::ExportAgain { pick } => self.export_again(pick),
            Act::ExportLost { pick } => self.export_lost(pick),
            act => self.happens(act),
        }
        self.common.gates.quiet().await;
        self.reap().await?;
        self.items_are_whole()
    }

    fn which(&self, wanted: impl Fn(&Happened) -> bool) -> Vec<usize> {
        let all = self.events.iter().enumerate();
        all.filter(|(_, event)| wanted(event))
            .map(|(index, _)| index)
            .collect()
    }

    fn sent_lately(&self, pick: u8) -> Option<usize> {
        let now = self.common.now();
        chosen(
            &self.which(|event| event.tries > 0 && event.is_fresh(now)),
            pick,
        )
    }

    fn step(&mut self, pick: u8, go: Go) {
        self.common.pass_time(20);
        if let Some((worker, what)) = self.common.gates.release(pick, go) {
            self.tell(|| {
                format!(
                    "w{worker} {what} {:?}{}",
                    go.fault,
                    if go.slow { " slow" } else { "" }
                )
            });
        }
    }

    fn crash(&mut self, pick: u8) {
        if self.workers.is_empty() {
            return;
        }
        self.vanish(usize::from(pick) % self.workers.len());
    }

    fn vanish(&mut self, worker: usize) {
        let worker = self.workers.remove(worker);
        worker.task.abort();
        self.tell(|| format!("w{} vanishes", worker.id));
        self.common.trouble(worker.id);
        self.not_taken(&worker.exported);
        if let Some(index) = worker.event {
            self.requeue(index);
        }
    }

    /// Lambda ends what takes too long.
    fn time_out(&mut self) {
        let now = self.common.now();
        while let Some(late) = self.workers.iter().position(|w| w.deadline < now) {
            self.vanish(late);
        }
    }

    /// The sender got no 2xx: it tries again, a few times.
    fn requeue(&mut self, index: usize) {
        let event = &mut self.events[index];
        let now = self.common.now();
        event.queued = event.tries < 4 && event.is_fresh(now);
    }

    fn bridge(&mut self) -> (u32, Arc<Bridge<Fakes, Wire<S>>>) {
        self.started += 1;
        let worker = self.started;
        let common = self.common.clone();
        let skew = match worker % 3 {
            0 => self.setting.skew,
            1 => 0,
            _ => -self.setting.skew,
        };
        let clock = common.clone();
        let bridge = Bridge {
            store: Wire {
                inner: self.store.clone(),
                common: common.clone(),
                worker,
            },
            vendors: Fakes { common, worker },
            policy: Policy {
                reply_campaign: Some("reply".to_owned()),
                solved_campaign: self.setting.closing.then(|| "closing".to_owned()),
                csat: self.setting.desk,
                csat_field: self.setting.desk.then_some(RATING_FIELD),
                braze_events: self.setting.desk,
                ..Policy::default()
            },
            clock: Clock::from_fn(move || clock.now() + skew),
            updates: Updates::default(),
        };
        (worker, Arc::new(bridge))
    }

    pub fn send(&mut self, index: usize) {
        let (worker, bridge) = self.bridge();
        let event = &mut self.events[index];
        event.queued = false;
        event.tries += 1;
        event.first_sent.get_or_insert(self.common.now());
        let now = bridge.clock.now();
        let mut incoming = event.incoming.clone();
        incoming.event.received_at = now;
        let work = Work::request(&format!("w{worker}"), now + 15_000, now);
        let gates = self.common.gates.clone();
        self.tell(|| format!("w{worker} receives event {index}"));
        let task = tokio::spawn(async move {
            let report = bridge.handle(incoming, &work).await;
            gates.stir();
            report.ok().map(|report| report.ending)
        });
        self.workers.push(Worker {
            event: Some(index),
            exported: vec![],
            deadline: now + 15_000,
            id: worker,
            task,
        });
    }

    fn redeliver(&mut self) {
        let (worker, bridge) = self.bridge();
        let compares = self.setting.compares;
        let deadline = bridge.clock.now() + 55_000;
        let work = Work::scheduled(&format!("w{worker}"), deadline);
        // Alone, or one of two that begin with shards of their own.
        let work = match worker % 3 {
            0 => work,
            nth => work.beside(Side {
                nth: u8::from(nth == 2),
                of: 2,
            }),
        };
        let gates = self.common.gates.clone();
        self.tell(|| format!("w{worker} redelivers"));
        let task = tokio::spawn(async move {
            // An index that cannot be read: the schedule comes again.
            let run = bridge.redeliver(&work).await;
            if compares && run.is_ok() {
                let _ = bridge.reconcile(&work, &mut Summary::default()).await;
            }
            gates.stir();
            None
        });
        self.workers.push(Worker {
            event: None,
            exported: vec![],
            deadline,
            id: worker,
            task,
        });
    }

    /// Braze tells these events.
    pub fn take_exported(&mut self, exported: Vec<usize>, body: String) {
        let (worker, bridge) = self.bridge();
        let now = bridge.clock.now();
        let work = Work::request(&format!("w{worker}"), now + 15_000, now);
        let gates = self.common.gates.clone();
        self.tell(|| format!("w{worker} is told {exported:?} of the export"));
        let task = tokio::spawn(async move {
            let events = braze_events(body.as_bytes(), bridge.clock.now());
            let taken = bridge.take_exported(events, &work).await;
            gates.stir();
            taken.ok().map(|_| Ending::Delivered)
        });
        self.workers.push(Worker {
            event: None,
            exported,
            deadline: now + 15_000,
            id: worker,
            task,
        });
    }

    /// Braze got no 2xx for these, and tells them again.
    fn not_taken(&self, exported: &[usize]) {
        let mut world = self.common.world.lock().expect("world");
        for &index in exported {
            world.exported[index].queued = true;
        }
    }

    fn taken(&self, exported: &[usize]) {
        let mut world = self.common.world.lock().expect("world");
        for &index in exported {
            world.exported[index].told += 1;
        }
    }

    async fn reap(&mut self) -> Result<(), String> {
        let (done, going) = std::mem::take(&mut self.workers)
            .into_iter()
            .partition::<Vec<_>, _>(|worker| worker.task.is_finished());
        self.workers = going;
        if !done.is_empty() {
            for Shown { state, .. } in self.store.shown() {
                if let Some(ticket) = state.ticket {
                    self.known_since.entry(ticket).or_insert(state.since);
                }
            }
        }
        for worker in done {
            let handled = worker
                .task
                .await
                .map_err(|error| format!("a worker panicked: {error}"))?;
            self.tell(|| format!("w{} ends: {handled:?}", worker.id));
            match &handled {
                Some(_) => self.taken(&worker.exported),
                None => self.not_taken(&worker.exported),
            }
            let Some(index) = worker.event else { continue };
            self.last.clone_from(&handled);
            let event = &self.events[index];
            match handled {
                None => self.requeue(index),
                Some(handled) => {
                    // A reply that was fetched before its webhook came was not accepted itself.
                    let known = handled == Ending::Duplicate
                        && matches!(event.kind, Kind::Reply { .. } | Kind::Echo);
                    if !known && !self.common.accepted_by(&event.door(), event.delivery()) {
                        return Err(format!(
                            "event {index} answered 2xx, and nothing was stored"
                        ));
                    }
                    self.events[index].answered = true;
                }
            }
        }
        Ok(())
    }

    /// No faults any more; time passes until nothing waits.
    pub async fn drain(&mut self) -> Result<(), String> {
        self.tell(|| "-- drained from here".to_owned());
        *self.common.pages.lock().expect("pages") = Pages::Whole;
        for _ in 0..300 {
            self.run_out().await?;
            let now = self.common.now();
            if let Some(&index) = self.which(|e| e.queued && e.is_fresh(now)).first() {
                self.send(index);
                continue;
            }
            if self.export_waiting() {
                continue;
            }
            let shown = self.store.shown();
            let waiting = shown.iter().filter_map(|item| item.due_at);
            let watched = self.store.watches();
            let watched = watched.iter().filter_map(|item| item.due_at);
            let Some(due) = waiting.chain(watched).min() else {
                return Ok(());
            };
            let wait = (due - self.common.now()).max(0) + 1 + self.setting.skew;
            self.common.pass_time(wait);
            self.redeliver();
        }
        Err("it is never drained".to_owned())
    }

    /// Lets every worker end; what the last request was answered.
    pub async fn last_answer(&mut self) -> Result<Option<Ending>, String> {
        self.run_out().await?;
        Ok(self.last.clone())
    }

    /// Lets every worker end.
    pub async fn run_out(&mut self) -> Result<(), String> {
        let go = Go {
            fault: Fault::None,
            slow: false,
        };
        let mut idle = 0;
        for _ in 0..PATIENCE {
            self.common.gates.quiet().await;
            self.reap().await?;
            if self.workers.is_empty() {
                return Ok(());
            }
            self.common.pass_time(20);
            self.time_out();
            match self.common.gates.release(0, go) {
                Some((worker, what)) => {
                    idle = 0;
                    self.tell(|| format!("w{worker} {what}"));
                }
                None => {
                    idle += 1;
                    // A pause between two tries is short, a limit's is long.
                    let ms: u16 = if idle < 4 { 500 } else { 4_000 };
                    tokio::time::advance(std::time::Duration::from_millis(ms.into())).await;
                    self.common.pass_time(i64::from(ms) - 20);
                }
            }
        }
        Err("a worker never ends".to_owned())
    }
}

pub fn chosen(among: &[usize], pick: u8) -> Option<usize> {
    among.get(usize::from(pick) % among.len().max(1)).copied()
}

//! Plays cells on several stacks side by side.
//!
//! In: a flow and its cells. Out: what became of each. Every cell has a customer of its own; a
//! stack on which a cell went wrong is not used again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::call::{Call, Party};
use crate::end::End;
use crate::fault::{Case, Meanwhile};
use crate::flow::Flow;
use crate::known;
use crate::stage::{Marks, Setting, Stage};

/// Stacks for cells that cost no time-out.
const QUICK: usize = 2;

/// Stacks for cells that cost a vendor's time-out.
const HANGING: usize = 3;

/// Stacks for cells that cost a time-out of the AWS SDK, two seconds and more.
const HANGING_TABLE: usize = 2;

/// A fault on a call.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The call.
    pub call: Call,
    /// Its fault.
    pub case: Case,
    /// A fault of the settling write at the same time.
    pub also: Option<Case>,
}

impl Cell {
    /// A single fault.
    pub fn new(call: &Call, case: Case) -> Self {
        let call = call.clone();
        Self {
            call,
            case,
            also: None,
        }
    }

    /// As in the documentation.
    pub fn name(&self) -> String {
        let also = self.also.as_ref().map(|also| format!(" + {}", also.name));
        format!("{}{}", self.case.name, also.unwrap_or_default())
    }

    /// Who writes while a write is held up.
    fn meanwhile(&self) -> Option<Meanwhile> {
        let also = self.also.as_ref().and_then(|also| also.meanwhile);
        self.case.meanwhile.or(also)
    }

    /// How many stacks share the cells of its kind, and whether their functions' time is short.
    fn kind(&self) -> (usize, bool) {
        match self.call.party {
            _ if !self.case.hangs() => (QUICK, false),
            Party::Zendesk | Party::Braze => (HANGING, true),
            // Files have three seconds of a usual request.
            Party::Pictures => (HANGING, false),
            Party::Dynamo | Party::Secrets => (HANGING_TABLE, false),
        }
    }
}

/// What became of a cell.
#[derive(Debug, Clone)]
pub struct Played {
    /// Which cell.
    pub cell: Cell,
    /// As the documentation names it.
    pub outcome: String,
    /// What is not as promised.
    pub wrong: Vec<String>,
    /// The call met its fault, whatever the table's did.
    both: bool,
}

/// The outside calls of a flow from a cold start, and how many tickets it leaves.
pub async fn discover(flow: Flow) -> (Vec<Call>, usize) {
    let stage = Stage::start(flow.setting()).await;
    let customer = stage.new_customer();
    flow.prepare(&stage, &customer).await;
    stage.cool().await;
    let marks = stage.marks();
    flow.play(&stage, &customer).await;
    let calls = Call::since(&stage, marks);
    let rounds = stage.drain(&customer).await;
    assert_eq!(
        rounds,
        Ok(0),
        "{}: something waits without a fault",
        flow.name()
    );
    let end = End::of(&stage, &customer, 0);
    let wrong = end.violations(
        &flow.expected(),
        &calls[0],
        &crate::fault::refused_connection(),
    );
    assert!(
        wrong.is_empty(),
        "{} without a fault: {wrong:?}",
        flow.name()
    );
    (calls, end.tickets())
}

/// Plays all cells.
pub async fn all(flow: Flow, tickets: usize, cells: Vec<Cell>) -> Vec<Played> {
    let mut kinds: BTreeMap<(usize, bool), VecDeque<Cell>> = BTreeMap::new();
    for cell in cells {
        kinds.entry(cell.kind()).or_default().push_back(cell);
    }
    let played: Arc<Mutex<Vec<Played>>> = Arc::default();
    let mut workers = Vec::new();
    for ((stacks, hasty), cells) in kinds {
        let stacks = stacks.min(cells.len());
        let queue = Arc::new(Mutex::new(cells));
        for _ in 0..stacks {
            let (queue, played) = (Arc::clone(&queue), Arc::clone(&played));
            let setting = Setting {
                hasty,
                ..flow.setting()
            };
            workers.push(tokio::spawn(async move {
                work(flow, tickets, setting, &queue, &played).await;
            }));
        }
    }
    for worker in workers {
        worker.await.expect("a worker does not panic");
    }
    std::mem::take(&mut *played.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn work(
    flow: Flow,
    tickets: usize,
    setting: Setting,
    queue: &Mutex<VecDeque<Cell>>,
    played: &Mutex<Vec<Played>>,
) {
    let next = || {
        let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.pop_front()
    };
    let mut stage = None;
    while let Some(cell) = next() {
        let on = match stage.take() {
            Some(stage) => stage,
            None => Stage::start(setting).await,
        };
        let mut done = play(flow, tickets, &on, cell.clone()).await;
        // A function whose time was up before it came to the call: that was not the cell.
        if !done.both && done.cell.also.is_none() {
            done = play(flow, tickets, &Stage::start(setting).await, cell).await;
        }
        if done.wrong.is_empty() {
            stage = Some(on);
        }
        let mut played = played.lock().unwrap_or_else(PoisonError::into_inner);
        played.push(done);
    }
}

async fn play(flow: Flow, tickets: usize, stage: &Stage, cell: Cell) -> Played {
    let Cell { call, case, also } = &cell;
    let customer = stage.new_customer();
    // What others did was judged, and is not looked at any more.
    stage.stack.zendesk.only_changed(None, Duration::ZERO);
    flow.prepare(stage, &customer).await;
    if call.is_of_a_cold_start() {
        stage.cool().await;
    }
    let marks = stage.marks();
    let settling = call.settling_write();
    stage.arm(call, case).await;
    if let Some(also) = also {
        if also.meanwhile.is_none() {
            stage.throttle_once();
        }
        stage.arm(&settling, also).await;
    }
    let (both, mut wrong) = perform(flow, stage, &customer, &cell, marks).await;
    stage.mend(call, case).await;
    let drained = stage.drain(&customer).await;
    let rounds = *drained.as_ref().unwrap_or(&usize::MAX);
    wrong.extend(drained.err());
    let expected = flow.expected().with(cell.meanwhile());
    let mut end = End::of(stage, &customer, rounds);
    let unsent = !end.has_sent(&expected);
    // Killed before anything was stored: Zendesk does not send it again, the comparison finds it.
    let killed = case.kills && !end.unheard().is_empty();
    if killed || flow.is_a_comparison() {
        wrong.extend(stage.compare(&customer).await.err());
        wrong.extend(stage.drain(&customer).await.err());
        end = End::of(stage, &customer, rounds);
    }
    let late = flow.is_a_comparison() && unsent && end.has_sent(&expected);
    let outcome = end.outcome(&expected, tickets, late);
    let mut case = case.clone();
    case.doubtful |= also.as_ref().is_some_and(|also| also.doubtful);
    let mut found = end.violations(&expected, call, &case);
    if case.kills {
        // A crash is answered 500 by the gateway, whatever had been stored.
        found.retain(|wrong| !wrong.starts_with("Zendesk was answered [Some(500)]"));
    }
    wrong.extend(found);
    Played {
        outcome,
        wrong,
        cell,
        both,
    }
}

/// Plays the flow under the armed faults; says whether the call met its own, and what is wrong.
async fn perform(
    flow: Flow,
    stage: &Stage,
    customer: &str,
    cell: &Cell,
    marks: Marks,
) -> (bool, Vec<String>) {
    let Cell { call, case, also } = cell;
    let mut wrong = Vec::new();
    if case.kills {
        let killing = async {
            let stuck = stage.wait_stuck(call.party, marks).await;
            stage.kill();
            stage.release_holds("crash");
            stuck
        };
        let ((), stuck) = tokio::join!(flow.play(stage, customer), killing);
        if !stuck {
            wrong.push("the call to be held was not made".to_owned());
        }
        return (stuck, wrong);
    }
    match cell.meanwhile() {
        None => flow.play(stage, customer).await,
        Some(meanwhile) => {
            let other = stage.meanwhile(customer, meanwhile);
            let ((), held) = tokio::join!(flow.play(stage, customer), other);
            if !held {
                wrong.push("the write to be held was not made".to_owned());
            }
        }
    }
    let met = stage.met(call, case, marks);
    let settling = call.settling_write();
    // Where the table's fault ends the work before the call, that fault alone was met.
    let enough = met
        || also
            .as_ref()
            .is_some_and(|a| stage.met(&settling, a, marks));
    if !enough {
        wrong.push("no call met the fault".to_owned());
    }
    (met, wrong)
}

/// Panics with every cell that does not hold and is not known, and every known one that does.
pub fn judge(flow: Flow, played: &[Played]) {
    let mut report = Vec::new();
    let mut known_to_fail = vec![true; known::KNOWN.len()];
    for cell in played {
        let (call, name) = (&cell.cell.call, cell.cell.name());
        match known::entry(flow, call, &name) {
            None if cell.wrong.is_empty() => {}
            None => report.push(format!("{call}: {name}: {}", cell.wrong.join("; "))),
            Some(entry) => known_to_fail[entry] &= cell.wrong.is_empty(),
        }
    }
    let covered = |entry: usize| {
        let mut cells = played.iter();
        cells.any(|p| known::entry(flow, &p.cell.call, &p.cell.name()) == Some(entry))
    };
    for (entry, (_, operation, fault, _)) in known::KNOWN.iter().enumerate() {
        if covered(entry) && known_to_fail[entry] {
            report.push(format!(
                "{operation}: {fault}: holds now, take it off the list"
            ));
        }
    }
    let pairs: Vec<&Played> = played.iter().filter(|p| p.cell.also.is_some()).collect();
    let met = pairs.iter().filter(|p| p.both).count();
    println!(
        "{}: {} cells; of {} pairs of faults both were met in {met}",
        flow.name(),
        played.len(),
        pairs.len()
    );
    assert!(
        report.is_empty(),
        "{}: {} of {} cells:\n{}",
        flow.name(),
        report.len(),
        played.len(),
        report.join("\n")
    );
}

//! Plays cells on several stacks side by side.
//!
//! In: a flow and its cells. Out: what became of each. Every cell has a customer of its own; a
//! stack on which a cell went wrong is not used again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use crate::call::{Call, Party};
use crate::end::End;
use crate::fault::Case;
use crate::flow::{CLOSING, Flow, solve};
use crate::known;
use crate::stage::{Setting, Stage};

/// Stacks for cells that cost no time-out.
const QUICK: usize = 2;

/// Stacks for cells that cost one.
const HANGING: usize = 3;

/// A fault on a call.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The call.
    pub call: Call,
    /// Its fault.
    pub case: Case,
}

impl Cell {
    /// It costs a vendor's time-out. DynamoDB's is the SDK's own, and needs the usual time.
    fn hangs(&self) -> bool {
        self.case.hangs() && matches!(self.call.party, Party::Zendesk | Party::Braze)
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
    let (hanging, quick): (Vec<_>, Vec<_>) = cells.into_iter().partition(|c| c.hangs());
    let played: Arc<Mutex<Vec<Played>>> = Arc::default();
    let mut workers = Vec::new();
    for (cells, stacks, hasty) in [(hanging, HANGING, true), (quick, QUICK, false)] {
        let queue = Arc::new(Mutex::new(VecDeque::from(cells)));
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
        let done = play(flow, tickets, &on, cell).await;
        if done.wrong.is_empty() {
            stage = Some(on);
        }
        let mut played = played.lock().unwrap_or_else(PoisonError::into_inner);
        played.push(done);
    }
}

async fn play(flow: Flow, tickets: usize, stage: &Stage, cell: Cell) -> Played {
    let Cell { call, case } = &cell;
    let customer = stage.new_customer();
    flow.prepare(stage, &customer).await;
    if call.is_of_a_cold_start() {
        stage.cool().await;
    }
    let marks = stage.marks();
    stage.arm(call, case).await;
    let mut wrong = Vec::new();
    if case.kills {
        let killing = async {
            let stuck = stage.wait_stuck(call.party, marks).await;
            stage.kill();
            stage.stack.zendesk.release_hold("crash");
            stage.stack.braze.release_hold("crash");
            stage.stack.dynamo.faults().release("crash");
            stuck
        };
        let ((), stuck) = tokio::join!(flow.play(stage, &customer), killing);
        if !stuck {
            wrong.push("the call to be held was not made".to_owned());
        }
    } else {
        flow.play(stage, &customer).await;
        if !stage.met(call, case, marks) {
            wrong.push("no call met the fault".to_owned());
        }
    }
    stage.mend(call, case).await;
    let drained = stage.drain(&customer).await;
    let rounds = *drained.as_ref().unwrap_or(&usize::MAX);
    wrong.extend(drained.err());
    let mut expected = flow.expected();
    let mut end = End::of(stage, &customer, rounds);
    let outcome = end.outcome(&expected, tickets);
    // Killed before anything was stored: Zendesk does not send it again, the solve brings it.
    let lost = case.kills && !end.unheard().is_empty();
    if lost && matches!(flow, Flow::Reply | Flow::LongReply | Flow::NamelessReply) {
        solve(stage, &customer).await;
        wrong.extend(stage.drain(&customer).await.err());
        expected.sms.push(CLOSING.to_owned());
        expected.open = Some(false);
        end = End::of(stage, &customer, rounds);
    }
    let mut found = end.violations(&expected, call, case);
    if case.kills {
        // A crash is answered 500 by the gateway, whatever had been stored.
        found.retain(|wrong| !wrong.starts_with("Zendesk was answered [Some(500)]"));
    }
    wrong.extend(found);
    Played {
        outcome,
        wrong,
        cell,
    }
}

/// Panics with every cell that does not hold and is not known, and every known one that does.
pub fn judge(flow: Flow, played: &[Played]) {
    let mut report = Vec::new();
    let mut known_to_fail = vec![true; known::KNOWN.len()];
    for cell in played {
        let Cell { call, case } = &cell.cell;
        match known::entry(flow, call, case) {
            None if cell.wrong.is_empty() => {}
            None => report.push(format!("{call}: {}: {}", case.name, cell.wrong.join("; "))),
            Some(entry) => known_to_fail[entry] &= cell.wrong.is_empty(),
        }
    }
    let covered = |entry: usize| {
        let mut cells = played.iter();
        cells.any(|p| known::entry(flow, &p.cell.call, &p.cell.case) == Some(entry))
    };
    for (entry, (_, operation, fault, _)) in known::KNOWN.iter().enumerate() {
        if covered(entry) && known_to_fail[entry] {
            report.push(format!(
                "{operation}: {fault}: holds now, take it off the list"
            ));
        }
    }
    println!("{}: {} cells", flow.name(), played.len());
    assert!(
        report.is_empty(),
        "{}: {} of {} cells:\n{}",
        flow.name(),
        report.len(),
        played.len(),
        report.join("\n")
    );
}

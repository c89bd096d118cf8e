//! The table in `docs/faults.md`, kept true by the matrix.
//!
//! In: what became of the cells that were played. Out: a complaint where the documentation says
//! otherwise; with `UPDATE_DOCS=1 PLAY=all` in the environment it is rewritten instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::call::{Call, Party};
use crate::flow::Flow;
use crate::run::Played;

static FILE: Mutex<()> = Mutex::new(());

/// Compares the flow's table with what was found.
pub fn check(flow: Flow, calls: &[Call], played: &[Played]) {
    // What becomes of a process that is killed depends on when, and the table does not say it.
    let answered = |one: &&Played| !one.cell.case.kills;
    let played: Vec<Played> = played.iter().filter(answered).cloned().collect();
    // In a run of redelivery the number of a call to the table depends on the customer's shard.
    let shown = |call: &Call| !flow.is_a_run() || call.party != Party::Dynamo;
    let calls: Vec<Call> = calls.iter().filter(|call| shown(call)).cloned().collect();
    let found = rows(&calls, &played);
    let agrees = |documented: &str| match e2e::plays_all() {
        true => claims(documented) == claims(&found),
        false => claims(documented).is_superset(&claims(&found)),
    };
    let _one_at_a_time = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = path();
    let text = std::fs::read_to_string(&path).expect("the documentation is there");
    let (begin, end) = (
        format!("<!-- faults: {} -->\n", flow.name()),
        "<!-- end -->".to_owned(),
    );
    let start = text.find(&begin).map(|at| at + begin.len());
    let start = start.unwrap_or_else(|| panic!("no table of {}", flow.name()));
    let length = text[start..].find(&end).expect("the table ends");
    let documented = &text[start..start + length];
    if update() && documented != found {
        assert!(e2e::plays_all(), "UPDATE_DOCS=1 needs PLAY=all");
        let text = format!("{}{found}{}", &text[..start], &text[start + length..]);
        std::fs::write(&path, text).expect("the documentation can be written");
        return;
    }
    if agrees(documented) {
        return;
    }
    panic!(
        "docs/faults.md says of {}:\n{documented}\nfound:\n{found}\nUPDATE_DOCS=1 PLAY=all rewrites it.",
        flow.name()
    );
}

/// What a table says of each call and fault. Whether something was done at once or by redelivery
/// depends on how fast the machine is, so both count as done.
fn claims(table: &str) -> BTreeSet<(String, String, String)> {
    let mut claims = BTreeSet::new();
    for row in table.lines().skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let &[_, call, outcome, faults, _] = cells.as_slice() else {
            continue;
        };
        let outcome = ["done at once", "done by redelivery"]
            .into_iter()
            .find_map(|done| outcome.strip_prefix(done))
            .map_or_else(|| outcome.to_owned(), |rest| format!("done{rest}"));
        for fault in faults.split(", ") {
            claims.insert((call.to_owned(), outcome.clone(), fault.to_owned()));
        }
    }
    claims
}

fn rows(calls: &[Call], played: &[Played]) -> String {
    let mut text = "| call | what happens | when it meets |\n|---|---|---|\n".to_owned();
    let mut order: Vec<String> = calls.iter().map(ToString::to_string).collect();
    order.extend(
        played
            .iter()
            .map(|p| p.cell.call.to_string())
            .filter(|name| name.contains('*')),
    );
    order.dedup();
    for call in order {
        let mut outcomes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for cell in played.iter().filter(|p| p.cell.call.to_string() == call) {
            let faults = outcomes.entry(&cell.outcome).or_default();
            faults.push(cell.cell.name());
        }
        for (outcome, mut faults) in outcomes {
            faults.sort_unstable();
            text.push_str(&format!("| {call} | {outcome} | {} |\n", faults.join(", ")));
        }
    }
    text
}

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/faults.md"))
}

fn update() -> bool {
    std::env::vars_os().any(|(name, value)| name == "UPDATE_DOCS" && value == "1")
}

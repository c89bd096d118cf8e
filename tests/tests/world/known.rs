//! The list of known failures itself.

use std::collections::BTreeSet;

use e2e::known::{rows, unknown};

/// Crates of tests that may stand in the list.
const SUITES: [&str; 4] = ["operate", "outage", "scaling", "world"];

#[test]
fn every_row_names_a_test() {
    assert_eq!(unknown("world"), [""; 0], "there are no such tests");
    for row in rows() {
        let suite = row.split("::").next().unwrap_or_default();
        assert!(SUITES.contains(&suite), "{row}: there is no such suite");
    }
}

#[test]
fn rows_are_sorted_and_stand_once() {
    let rows = rows();
    let sorted: Vec<String> = rows
        .iter()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .cloned()
        .collect();
    assert_eq!(rows, sorted);
}

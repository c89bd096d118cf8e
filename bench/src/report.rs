//! The tables that are printed.
//!
//! In: figures, goals, peers that are missing. Out: text.

use std::fmt::Write as _;

use crate::figures::Figures;
use crate::goals::Goal;
use crate::peers::Missing;

/// Programs side by side; ratios are to the first.
pub fn programs(all: &[&Figures], missing: &[Missing]) -> String {
    let mut text = format!(
        "{:<22}{:>9}{:>7}{:>10}{:>7}{:>9}{:>7}{:>9}{:>9}{:>9}{:>8}{:>7}\n",
        "",
        "1st poll",
        "x",
        "1st answer",
        "x",
        "CPU",
        "x",
        "warm p50",
        "warm p99",
        "warm CPU",
        "peak",
        "size"
    );
    let Some(floor) = all.first() else {
        return text;
    };
    for one in all {
        let cells = [
            (format!("{} ms", shown(one.next())), 9),
            (shown(one.next() / floor.next()), 7),
            (format!("{} ms", shown(one.answer())), 10),
            (shown(one.answer() / floor.answer()), 7),
            (format!("{} ms", shown(one.cpu())), 9),
            (shown(one.cpu() / floor.cpu()), 7),
            (shown(one.warm(0.5)), 9),
            (shown(one.warm(0.99)), 9),
            (shown(one.warm_cpu()), 9),
            (format!("{} MB", shown(one.memory())), 8),
            (shown(one.size()), 7),
        ];
        let _ = write!(text, "{:<22}", one.name);
        for (cell, width) in cells {
            let _ = write!(text, "{cell:>width$}");
        }
        text.push('\n');
    }
    for peer in missing {
        let _ = writeln!(text, "{:<22}not installed: {}", peer.name, peer.reason);
    }
    text
}

/// The goals, with what was measured.
pub fn goals(goals: &[Goal]) -> String {
    let mut text = String::new();
    for goal in goals {
        let sign = if goal.at_least { "≥" } else { "≤" };
        let verdict = match goal.met() {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "not measured",
        };
        let bound = format!("{sign} {} {}", goal.goal, goal.unit);
        let measured = format!("{} {}", shown(goal.measured), goal.unit);
        let _ = writeln!(
            text,
            "{:<48}{bound:<12}{measured:>10}   {verdict}",
            goal.what
        );
    }
    text
}

/// Three significant digits or so.
fn shown(value: f64) -> String {
    if value.is_nan() {
        "–".to_owned()
    } else if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_peer_is_a_line() {
        let missing = [Missing {
            name: "node".to_owned(),
            reason: "no such program".to_owned(),
        }];
        let figures = Figures::default();
        let text = programs(&[&figures], &missing);
        assert!(text.contains("node                  not installed: no such program"));
        assert!(text.contains('–'));
    }
}

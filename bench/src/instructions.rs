//! Instruction counts of a cold start and of a warm event, which do not depend on the clock or the
//! machine's load: valgrind counts them.
//!
//! In: `braze-inbound` as shipped, valgrind. Out: two counts, compared with the committed ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::cargo;
use crate::run::{Program, RunError, World};

/// Events between the two counts that make a warm event's.
const EVENTS: u64 = 200;

/// Times each count is taken; the least one counts. What comes on top is chance: under valgrind, on a
/// busy machine, a call can outlast its time and be tried again over a new connection.
const TIMES: u32 = 6;

/// How far a count may be from the committed one.
const TOLERANCE: f64 = 0.05;

/// Two counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instructions {
    /// From the process's first instruction to its first answer.
    pub cold_start: u64,
    /// Of one event after that.
    pub warm_event: u64,
}

/// Why there are no counts.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// No valgrind.
    #[error("valgrind is not installed")]
    NoValgrind,
    /// The program did something else than expected.
    #[error(transparent)]
    Run(#[from] RunError),
    /// valgrind's last words hold no count.
    #[error("valgrind told no count: {0}")]
    NoCount(String),
    /// The committed counts cannot be read or written.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

impl Instructions {
    /// Counts.
    ///
    /// # Errors
    /// Every [`CountError`].
    pub fn count(world: &World, program: &Program) -> Result<Self, CountError> {
        let there = Command::new("valgrind").arg("--version").output();
        if there.is_err() {
            return Err(CountError::NoValgrind);
        }
        let mut slow = program.clone();
        let mut command: Vec<_> = [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
        ]
        .map(Into::into)
        .into();
        command.append(&mut slow.command);
        slow.command = command;
        slow.variables
            .extend(std::env::vars().filter(|(name, _)| name == "VALGRIND_LIB" || name == "PATH"));
        let first = least(world, &slow, 0)?;
        let more = least(world, &slow, EVENTS)?;
        Ok(Self {
            cold_start: first,
            warm_event: more.saturating_sub(first) / EVENTS,
        })
    }

    /// The committed counts of this architecture, if any.
    ///
    /// # Errors
    /// [`CountError::File`] where the file is not as written here.
    pub fn committed() -> Result<Option<Self>, CountError> {
        let path = file();
        let text = fs::read_to_string(&path).map_err(|error| unusable(&path, &error))?;
        let counts: Value = serde_json::from_str(&text).map_err(|error| unusable(&path, &error))?;
        let counts = &counts[std::env::consts::ARCH];
        let number = |name: &str| counts[name].as_u64();
        let both = number("cold_start").zip(number("warm_event"));
        Ok(both.map(|(cold_start, warm_event)| Self {
            cold_start,
            warm_event,
        }))
    }

    /// Commits these.
    ///
    /// # Errors
    /// [`CountError::File`].
    pub fn commit(self) -> Result<PathBuf, CountError> {
        let path = file();
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut counts: Value = serde_json::from_str(&text).unwrap_or_else(|_| json!({}));
        counts[std::env::consts::ARCH] =
            json!({"cold_start": self.cold_start, "warm_event": self.warm_event});
        let text = format!("{counts:#}\n");
        fs::write(&path, text).map_err(|error| unusable(&path, &error))?;
        Ok(path)
    }

    /// What is off by more than 5 %, in words; fewer instructions count as well, so that the
    /// committed figures stay true.
    pub fn differences(self, committed: Self) -> Vec<String> {
        let pairs = [
            ("cold start", self.cold_start, committed.cold_start),
            ("warm event", self.warm_event, committed.warm_event),
        ];
        let off = |&(_, now, then): &(&str, u64, u64)| (ratio(now, then) - 1.0).abs() > TOLERANCE;
        let told = |(what, now, then): (&str, u64, u64)| {
            let percent = (ratio(now, then) - 1.0) * 100.0;
            format!("{what}: {now} instructions, committed are {then} ({percent:+.1} %)")
        };
        pairs.into_iter().filter(off).map(told).collect()
    }
}

// Counts are far below 2^52.
#[allow(clippy::cast_precision_loss)]
fn ratio(now: u64, then: u64) -> f64 {
    now as f64 / then as f64
}

fn least(world: &World, program: &Program, warm: u64) -> Result<u64, CountError> {
    let mut least = None;
    let mut failed = None;
    for _ in 0..TIMES {
        match one(world, program, warm) {
            Ok(count) => least = Some(least.map_or(count, |known: u64| known.min(count))),
            // Too slow for its own deadlines; the next try may meet a quieter machine.
            Err(error @ CountError::Run(_)) => failed = Some(error),
            Err(error) => return Err(error),
        }
    }
    match (least, failed) {
        (Some(least), _) => Ok(least),
        (None, Some(error)) => Err(error),
        (None, None) => Err(CountError::NoCount(String::new())),
    }
}

fn one(world: &World, program: &Program, warm: u64) -> Result<u64, CountError> {
    world.count(program, warm)?;
    let told = fs::read_to_string(&world.output).unwrap_or_default();
    let count = told.lines().rev().find_map(|line| {
        let (_, count) = line.split_once("Collected : ")?;
        count.trim().parse().ok()
    });
    count.ok_or_else(|| CountError::NoCount(told.lines().last().unwrap_or_default().to_owned()))
}

fn file() -> PathBuf {
    cargo::root().join("bench/instructions.json")
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> CountError {
    CountError::File {
        path: path.display().to_string(),
        problem: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_percent_either_way_is_told() {
        let committed = Instructions {
            cold_start: 10_000,
            warm_event: 1_000,
        };
        let now = |cold_start, warm_event| Instructions {
            cold_start,
            warm_event,
        };
        assert!(now(10_499, 951).differences(committed).is_empty());
        let told = now(10_501, 949).differences(committed);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].contains("+5.0 %"), "{told:?}");
    }
}

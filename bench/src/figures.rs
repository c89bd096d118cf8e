//! What was measured of one program, and the numbers made of it.
//!
//! In: starts and warm events. Out: medians and percentiles, in milliseconds and megabytes.

use std::time::Duration;

use serde_json::{Value, json};

use crate::run::{Start, Warm};
use crate::standins::Counts;

/// Everything measured of one program.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Its name.
    pub name: String,
    /// Its starts.
    pub starts: Vec<Start>,
    /// Its warm events.
    pub warm: Vec<Warm>,
    /// Size of its executable, in bytes.
    pub size: Option<u64>,
}

impl Figures {
    /// Spawn to first poll: median, in milliseconds.
    pub fn next(&self) -> f64 {
        median(self.starts.iter().map(|start| ms(start.next)))
    }

    /// Spawn to first answer: median, in milliseconds.
    pub fn answer(&self) -> f64 {
        median(self.starts.iter().map(|start| ms(start.answer)))
    }

    /// Processor time to the first answer: median, in milliseconds.
    pub fn cpu(&self) -> f64 {
        median(self.starts.iter().filter_map(|start| start.cpu.map(ms)))
    }

    /// Peak memory to the first answer: median, in megabytes.
    pub fn memory(&self) -> f64 {
        median(self.starts.iter().filter_map(|start| start.memory.map(mb)))
    }

    /// Own time of a warm event: the share given is under it, in milliseconds.
    pub fn warm(&self, share: f64) -> f64 {
        percentile(self.warm.iter().map(|event| ms(event.own)), share)
    }

    /// Processor time of a warm event: median, in milliseconds.
    pub fn warm_cpu(&self) -> f64 {
        median(self.warm.iter().filter_map(|event| event.cpu.map(ms)))
    }

    /// The executable, in megabytes; not a number where there is none.
    pub fn size(&self) -> f64 {
        self.size.map_or(f64::NAN, mb)
    }

    /// What its first event asked of the others.
    pub fn first_counts(&self) -> Counts {
        self.starts
            .first()
            .map(|start| start.counts)
            .unwrap_or_default()
    }

    /// What a warm event asked of the others.
    pub fn warm_counts(&self) -> Counts {
        self.warm
            .first()
            .map(|event| event.counts)
            .unwrap_or_default()
    }

    /// All of it, raw starts included.
    pub fn json(&self) -> Value {
        let starts: Vec<Value> = self
            .starts
            .iter()
            .map(|start| {
                json!({"next_ms": ms(start.next), "answer_ms": ms(start.answer),
                    "cpu_ms": start.cpu.map(ms), "memory_mb": start.memory.map(mb)})
            })
            .collect();
        let counts = |counts: Counts| {
            json!({"dynamodb": counts.dynamodb, "secrets": counts.secrets,
                "tokens": counts.tokens, "zendesk": counts.zendesk, "braze": counts.braze,
                "connections": counts.connections})
        };
        json!({"name": self.name, "next_ms": self.next(), "answer_ms": self.answer(),
            "cpu_ms": self.cpu(), "memory_mb": self.memory(), "size_mb": self.size(),
            "warm_own_p50_ms": self.warm(0.5), "warm_own_p99_ms": self.warm(0.99),
            "warm_cpu_p50_ms": self.warm_cpu(), "warm_events": self.warm.len(),
            "calls_first": counts(self.first_counts()), "calls_warm": counts(self.warm_counts()),
            "starts": starts})
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

// Sizes are far below 2^52.
#[allow(clippy::cast_precision_loss)]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    percentile(values, 0.5)
}

/// The value that the share of all values is at or under; not a number where there is none.
fn percentile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    // Nearest rank; the count is small.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    let rank = (share * values.len() as f64).ceil() as usize;
    values
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values = || [5.0, 1.0, 4.0, 2.0, 3.0].into_iter();
        assert!((percentile(values(), 0.5) - 3.0).abs() < 1e-9);
        assert!((percentile(values(), 0.99) - 5.0).abs() < 1e-9);
        assert!(percentile(std::iter::empty(), 0.5).is_nan());
    }
}

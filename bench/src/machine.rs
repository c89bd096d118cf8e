//! Which machine this is, and how much others used it meanwhile.
//!
//! In: nothing. Out: a name, and a share of the processors. Where there is no `/proc`, little is
//! known and said.

use std::fs;

use serde_json::{Value, json};

/// Above this share of the processors used by others, the machine counts as occupied.
const OCCUPIED: f64 = 0.10;

/// A machine, watched since it was looked at first.
#[derive(Debug)]
pub struct Machine {
    name: String,
    cores: usize,
    load: Option<String>,
    since: Option<Ticks>,
}

/// Processor time since the machine started, in its own ticks.
#[derive(Debug, Clone, Copy)]
struct Ticks {
    all: u64,
    idle: u64,
    ours: u64,
}

impl Machine {
    /// Looks at it, and begins to watch.
    pub fn look() -> Self {
        let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            (name.trim() == "model name").then(|| value.trim().to_owned())
        });
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let name = format!(
            "{}, {cores} cores, {} {} {}",
            model.as_deref().unwrap_or("unknown processor"),
            std::env::consts::OS,
            kernel.trim(),
            std::env::consts::ARCH,
        );
        Self {
            name,
            cores,
            load: load(),
            since: Ticks::now(),
        }
    }

    /// The share of the processors that other programs used since, 0 to 1.
    pub fn used_by_others(&self) -> Option<f64> {
        let (before, now) = (self.since?, Ticks::now()?);
        let all = now.all.saturating_sub(before.all);
        let busy = all.saturating_sub(now.idle.saturating_sub(before.idle));
        let others = busy.saturating_sub(now.ours.saturating_sub(before.ours));
        // Both are far below 2^52.
        #[allow(clippy::cast_precision_loss)]
        (all > 0).then(|| others as f64 / all as f64)
    }

    /// Two short lines: its processor and system, and how busy others kept it.
    pub fn short(&self) -> String {
        let others = self.used_by_others().map_or_else(String::new, |share| {
            let percent = share * 100.0;
            if share > OCCUPIED {
                format!("\nOccupied: other programs used {percent:.0} % of the processors.")
            } else {
                format!("\nOther programs used {percent:.0} % of the processors.")
            }
        });
        format!("{}.{others}", self.name)
    }

    /// One or two lines for people.
    pub fn told(&self) -> String {
        let load = self.load.as_deref().unwrap_or("unknown");
        let after = load_after();
        match self.used_by_others() {
            None => format!("{}; load unknown", self.name),
            Some(share) => {
                let verdict = if share > OCCUPIED {
                    "\nOCCUPIED: other programs take part in these times; ratios within the run are worth more"
                } else {
                    ""
                };
                let percent = share * 100.0;
                format!(
                    "{}; load {load} before, {after} after; other programs used {percent:.0} % of \
                     the processors{verdict}",
                    self.name
                )
            }
        }
    }

    /// The same for machines.
    pub fn json(&self) -> Value {
        let share = self.used_by_others();
        json!({"name": self.name, "cores": self.cores, "load_before": self.load,
            "load_after": load(), "used_by_others": share,
            "occupied": share.map(|share| share > OCCUPIED)})
    }
}

impl Ticks {
    fn now() -> Option<Self> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let line = stat.lines().next()?.strip_prefix("cpu ")?;
        let numbers: Vec<u64> = line
            .split_whitespace()
            .filter_map(|n| n.parse().ok())
            .collect();
        // user nice system idle iowait irq softirq steal; what guests use is counted in user.
        let all = numbers.iter().take(8).sum();
        let idle = numbers.get(3)? + numbers.get(4)?;
        Some(Self {
            all,
            idle,
            ours: ours()?,
        })
    }
}

/// Ticks of this program and of its children that have ended.
fn ours() -> Option<u64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    fields
        .get(11..15)?
        .iter()
        .map(|n| n.parse::<u64>().ok())
        .sum()
}

fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}

fn load_after() -> String {
    load().unwrap_or_else(|| "unknown".to_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_others_use_is_a_share() {
        let machine = Machine::look();
        let waited = std::time::Instant::now();
        while machine.used_by_others().is_none() {
            assert!(waited.elapsed().as_secs() < 10, "the machine has no ticks");
        }
        let share = machine.used_by_others().unwrap();
        assert!((0.0..=1.0).contains(&share), "{share}");
        assert!(machine.told().contains("cores"));
    }
}

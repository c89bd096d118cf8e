//! What the drill measured, and how it is told.
//!
//! In: marks at the phases' borders. Out: counts, rates, and lines for a person. Times are the
//! simulation's.

use std::fmt;
use std::time::Duration;

use shared::delivery::Summary;

use super::Scale;
use super::intake::Answers;
use super::world::World;

const MINUTE: i64 = 60_000;

/// Where call logs and clock stood.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    at: i64,
    zendesk: usize,
}

impl Mark {
    fn of(world: &World) -> Self {
        Self {
            at: world.clock.now_ms(),
            zendesk: world.zendesk.calls().len(),
        }
    }
}

/// What was measured.
#[derive(Debug)]
pub struct Figures {
    scale: Scale,
    /// What the senders were answered.
    pub answers: Answers,
    /// How long each run of redelivery took, and how many conversations it took.
    pub runs: Vec<(Duration, u32)>,
    /// What is wrong in the end.
    pub wrong: Vec<String>,
    limited: Mark,
    /// When the first call was made after the outage.
    drain: i64,
    recovered: Mark,
    /// Calls that Zendesk met while it was down.
    pub met_while_down: usize,
    waiting_after_outage: usize,
    /// Requests answered in each whole minute of the limit.
    minutes: Vec<usize>,
    answered: usize,
    refused: usize,
    /// From the recovery to the last event.
    rest: Duration,
    dynamo: Vec<(String, usize)>,
    write_units: f64,
    real: Duration,
}

impl Figures {
    pub fn new(scale: Scale) -> Self {
        Self {
            scale,
            answers: Answers::default(),
            runs: Vec::new(),
            wrong: Vec::new(),
            limited: Mark::default(),
            drain: 0,
            recovered: Mark::default(),
            met_while_down: 0,
            waiting_after_outage: 0,
            minutes: Vec::new(),
            answered: 0,
            refused: 0,
            rest: Duration::ZERO,
            dynamo: Vec::new(),
            write_units: 0.0,
            real: Duration::ZERO,
        }
    }

    /// The share of the allowed requests that was used while Zendesk limited the rate.
    pub fn kept(&self) -> f64 {
        let minutes = (self.recovered.at - self.drain) as f64 / MINUTE as f64;
        self.answered as f64 / minutes / f64::from(self.scale.a_minute)
    }

    /// The share of requests that Zendesk refused because of its limit.
    pub fn refused_share(&self) -> f64 {
        self.refused as f64 / (self.refused + self.answered) as f64
    }

    pub fn ran(&mut self, took: Duration, summary: &Summary) {
        self.runs.push((took, summary.conversations));
    }

    pub fn outage(&mut self, world: &World) {
        self.met_while_down = world.zendesk.calls().len();
        self.waiting_after_outage = world.waiting();
    }

    pub fn limit(&mut self, world: &World) {
        self.limited = Mark::of(world);
    }

    pub fn recovery(&mut self, world: &World) {
        self.recovered = Mark::of(world);
        let calls = world.zendesk.calls();
        let counted = &calls[self.limited.zendesk..];
        self.drain = counted.first().map_or(self.recovered.at, |call| call.at_ms);
        let whole = (self.recovered.at - self.drain) / MINUTE;
        self.minutes = vec![0; usize::try_from(whole).unwrap_or(0)];
        for call in counted
            .iter()
            .filter(|call| call.operation != "oauth.token")
        {
            if call.status == Some(429) {
                self.refused += 1;
                continue;
            }
            self.answered += 1;
            let minute = usize::try_from((call.at_ms - self.drain) / MINUTE);
            if let Some(count) = minute.ok().and_then(|nth| self.minutes.get_mut(nth)) {
                *count += 1;
            }
        }
    }

    pub fn end(&mut self, world: &World, real: Duration) {
        let rest = world.clock.now_ms() - self.recovered.at;
        self.rest = Duration::from_millis(u64::try_from(rest).unwrap_or(0));
        let calls = world.dynamo.calls();
        self.write_units = calls.iter().map(|call| call.write_units).sum();
        for call in &calls {
            match self
                .dynamo
                .iter_mut()
                .find(|(name, _)| *name == call.operation)
            {
                Some((_, count)) => *count += 1,
                None => self.dynamo.push((call.operation.clone(), 1)),
            }
        }
        self.real = real;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limited = self.recovered.at - self.drain;
        let longest = self.runs.iter().map(|(took, _)| *took).max();
        let least = self.minutes.iter().min();
        writeln!(f, "scale: {:?}", self.scale)?;
        writeln!(f, "answers: {}", self.answers)?;
        writeln!(
            f,
            "outage: Zendesk met {} calls; {} conversations wait at its end",
            self.met_while_down, self.waiting_after_outage
        )?;
        writeln!(
            f,
            "limit: {} calls answered in {:.1} min, {:.1} % of the allowed rate (least in a minute: \
             {least:?}); {} refused with 429 ({:.1} %)",
            self.answered,
            limited as f64 / MINUTE as f64,
            100.0 * self.kept(),
            self.refused,
            100.0 * self.refused_share(),
        )?;
        writeln!(
            f,
            "recovered: the rest within {:.1} min",
            self.rest.as_secs_f64() / 60.0
        )?;
        writeln!(
            f,
            "redelivery: {} runs, the longest {longest:?}",
            self.runs.len()
        )?;
        writeln!(
            f,
            "DynamoDB: {:?}, {} write units",
            self.dynamo, self.write_units
        )?;
        writeln!(f, "minutes: {:?}", self.minutes)?;
        writeln!(f, "wrong: {:?}", self.wrong)?;
        write!(f, "played in {:.0} s", self.real.as_secs_f64())
    }
}

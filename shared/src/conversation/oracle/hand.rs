//! Who answers the calls of a story: a tape the first time, then what the tape answered.

use super::answers;
use super::state::{Entry, Progress};
use super::step::{Failure, Outcome, Step};
use super::tape::Tape;
use crate::conversation::flow::{Calling, Calls};
use crate::message::DeliveryId;

/// How a call went.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Went {
    Answered(Outcome),
    NoTime,
    /// The worker vanished over it.
    Vanished,
}

/// A call that was made, how it went, and how long it took in milliseconds.
pub(super) struct Call {
    pub(super) step: Step,
    pub(super) went: Went,
    took: i64,
}

/// What else happens in a run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Incident {
    /// A dead letter cannot be kept.
    pub(super) letter_lost: bool,
    /// The worker vanishes before it writes down what came of the run.
    pub(super) unsettled: bool,
    /// How long it is until the next run, at least, in milliseconds.
    pub(super) pause: i64,
}

/// The calls of one run of one event.
pub(super) struct Run {
    pub(super) delivery: DeliveryId,
    pub(super) calls: Vec<Call>,
    pub(super) incident: Incident,
    /// Nothing was known of earlier runs.
    is_first: bool,
}

impl Run {
    pub(super) fn new(entry: &Entry) -> Self {
        let unknown = Progress {
            trouble: entry.progress.trouble,
            ..Progress::default()
        };
        Self {
            delivery: entry.event.delivery.clone(),
            calls: vec![],
            incident: Incident::default(),
            is_first: entry.progress == unknown,
        }
    }
}

/// Answers calls, and says what else happens.
pub(super) trait Hand: Calls {
    /// A run of an event begins at a time in milliseconds since the epoch.
    fn begin(&mut self, entry: &Entry, now: i64);
    /// It ended, or stands at a call. Says what else happened in it, or what is not as it was.
    fn end(&mut self) -> Result<Incident, String>;
    /// It stands at a call over which the worker vanished.
    fn vanished(&self) -> bool;
}

/// Answers as a tape says, and keeps it.
pub(super) struct Drawn<'t> {
    pub(super) tape: &'t mut Tape,
    pub(super) runs: Vec<Run>,
    now: i64,
}

impl<'t> Drawn<'t> {
    pub(super) fn new(tape: &'t mut Tape) -> Self {
        Self {
            tape,
            runs: vec![],
            now: 0,
        }
    }

    fn went(&mut self, step: &Step) -> Went {
        match self.tape.below(40) {
            37 => Went::NoTime,
            38 | 39 if !is_read(step) => Went::Vanished,
            _ => Went::Answered(answers::to(self.tape, step, self.now)),
        }
    }
}

impl Calls for Drawn<'_> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        let went = self.went(step);
        let took = match &went {
            Went::Answered(_) if !is_read(step) => self.tape.pick(&[0, 0, 1, 900]),
            _ => 0,
        };
        self.now += took;
        let answer = answer(&went);
        let run = self.runs.last_mut().expect("a run began");
        run.calls.push(Call {
            step: step.clone(),
            went,
            took,
        });
        answer
    }

    fn now(&self) -> i64 {
        self.now
    }
}

impl Hand for Drawn<'_> {
    fn begin(&mut self, entry: &Entry, now: i64) {
        self.runs.push(Run::new(entry));
        self.now = now;
    }

    fn end(&mut self) -> Result<Incident, String> {
        let incident = Incident {
            letter_lost: self.tape.percent(5),
            unsettled: self.tape.percent(5),
            pause: self
                .tape
                .pick(&[0, 0, 0, 5_000, 70_000, 660_000, 4_000_000, 90_000_000]),
        };
        self.runs.last_mut().expect("a run began").incident = incident;
        Ok(incident)
    }

    fn vanished(&self) -> bool {
        let last = self.runs.last().and_then(|run| run.calls.last());
        last.is_some_and(|call| call.went == Went::Vanished)
    }
}

/// Answers as was answered the first time. What only reads, or is known to have done nothing, or may be
/// done twice, may be asked for again in a later run of the same event, and is answered as it was last.
pub(super) struct Again<'a> {
    runs: &'a [Run],
    /// Runs that began.
    begun: usize,
    /// Calls of this run that were made, by their place the first time.
    made: Vec<bool>,
    now: i64,
    vanished: bool,
    wrong: Option<String>,
}

impl<'a> Again<'a> {
    pub(super) fn new(runs: &'a [Run]) -> Self {
        Self {
            runs,
            begun: 0,
            made: vec![],
            now: 0,
            vanished: false,
            wrong: None,
        }
    }

    fn run(&self) -> Option<&'a Run> {
        self.runs.get(self.begun.checked_sub(1)?)
    }

    /// The place of a call among those of this run: they come in the same order, but that what was
    /// remembered then is not asked for in a run after the first.
    fn place(&self, run: &Run, step: &Step) -> Option<usize> {
        let from = self
            .made
            .iter()
            .rposition(|made| *made)
            .map_or(0, |last| last + 1);
        let skipped = |call: &Call| !run.is_first && may_be_repeated(call);
        for (at, call) in run.calls.iter().enumerate().skip(from) {
            if call.step == *step {
                return Some(at);
            }
            if !skipped(call) {
                return None;
            }
        }
        None
    }

    /// How such a call went last, in this run or one before of the same event.
    fn before(&self, run: &Run, step: &Step) -> Option<&'a Went> {
        let earlier = self.runs[..self.begun].iter().rev();
        let mut calls = earlier
            .filter(|before| before.delivery == run.delivery)
            .flat_map(|before| before.calls.iter().rev());
        let same = |call: &&Call| {
            let answered = matches!(call.went, Went::Answered(_));
            call.step == *step && may_be_repeated(call) && answered
        };
        let last = calls.clone().find(same);
        let is_later = |call: &Call| matches!(&call.went, Went::Answered(out) if is_later(out));
        let known = calls.find(|call| same(call) && !is_later(call));
        known.or(last).map(|call| &call.went)
    }
}

impl Calls for Again<'_> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        let run = self.run().expect("a run began");
        if let Some(at) = self.place(run, step) {
            self.made[at] = true;
            let call = &run.calls[at];
            self.now += call.took;
            self.vanished = call.went == Went::Vanished;
            return answer(&call.went);
        }
        if let (false, Some(went)) = (run.is_first, self.before(run, step)) {
            return answer(went);
        }
        self.wrong = Some(format!("calls {}", super::show::step(step)));
        Box::pin(std::future::pending())
    }

    fn now(&self) -> i64 {
        self.now
    }
}

impl Hand for Again<'_> {
    fn begin(&mut self, _: &Entry, now: i64) {
        self.begun += 1;
        self.made = vec![false; self.run().map_or(0, |run| run.calls.len())];
        self.now = now;
        self.vanished = false;
    }

    fn end(&mut self) -> Result<Incident, String> {
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        let run = self.run().ok_or("runs an event once more")?;
        let mut left_out = run.calls.iter().zip(&self.made);
        let left_out =
            left_out.find(|(call, made)| !**made && (run.is_first || !may_be_repeated(call)));
        match left_out {
            Some((call, _)) => Err(format!("does not call {}", super::show::step(&call.step))),
            None => Ok(run.incident),
        }
    }

    fn vanished(&self) -> bool {
        self.vanished
    }
}

fn answer(went: &Went) -> Calling<'static> {
    match went {
        Went::Answered(outcome) => Box::pin(std::future::ready(Some(outcome.clone()))),
        Went::NoTime => Box::pin(std::future::ready(None)),
        Went::Vanished => Box::pin(std::future::pending()),
    }
}

/// Reads change nothing.
fn is_read(step: &Step) -> bool {
    matches!(
        step,
        Step::LookUpTicket(_)
            | Step::FindMergeTarget(_)
            | Step::FindTicket(_)
            | Step::FindDelivery { .. }
            | Step::LookUpSolve(_)
            | Step::FetchComments(_)
    )
}

fn may_be_repeated(call: &Call) -> bool {
    let twice_is_once = matches!(
        call.step,
        Step::UpsertUser(_) | Step::AddTags(..) | Step::RemoveTags(..)
    );
    let did_nothing = matches!(
        call.went,
        Went::Answered(Outcome::Failed(
            Failure::NotFound | Failure::Closed | Failure::KeyConflict | Failure::Refused(_)
        ))
    );
    is_read(&call.step) || twice_is_once || did_nothing
}

fn is_later(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed(Failure::Later(..)))
}

//! One run of one event, from any state.

use super::answers;
use super::cast;
use super::count::Count;
use super::drive::{Around, Decides, Frozen, InUse, Ran, at_once};
use super::events;
use super::policy::Policy;
use super::report::every;
use super::seen::Seen;
use super::show;
use super::state::{Entry, State};
use super::states;
use super::step::{Outcome, Step};
use super::tape::Tape;
use crate::conversation::flow::{Calling, Calls};

/// Cases of the ordinary run.
const CASES: u64 = 10_000;

/// A call that was made, its answer, and how long it took in milliseconds.
struct Call {
    step: Step,
    outcome: Option<Outcome>,
    took: i64,
}

/// Answers as the tape says, and keeps it.
struct Drawn<'t> {
    tape: &'t mut Tape,
    now: i64,
    calls: Vec<Call>,
}

impl Calls for Drawn<'_> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        let outcome = match self.tape.percent(2) {
            true => None,
            false => Some(answers::to(self.tape, step, self.now)),
        };
        let took = match &outcome {
            Some(_) => self.tape.pick(&[0, 1, 900, 61_000]),
            None => 0,
        };
        self.now += took;
        self.calls.push(Call {
            step: step.clone(),
            outcome: outcome.clone(),
            took,
        });
        Box::pin(std::future::ready(outcome))
    }

    fn now(&self) -> i64 {
        self.now
    }
}

/// Answers the same calls in the same way, and stands still at another one.
struct Again<'a> {
    calls: &'a [Call],
    at: usize,
    now: i64,
    other: Option<Step>,
}

impl Calls for Again<'_> {
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a> {
        match self.calls.get(self.at) {
            Some(call) if call.step == *step => {
                self.at += 1;
                self.now += call.took;
                Box::pin(std::future::ready(call.outcome.clone()))
            }
            _ => {
                self.other = Some(step.clone());
                Box::pin(std::future::pending())
            }
        }
    }

    fn now(&self) -> i64 {
        self.now
    }
}

struct Case {
    policy: Policy,
    seen: Seen,
    state: State,
    entry: Entry,
    now: i64,
}

impl Case {
    fn of(tape: &mut Tape) -> Self {
        let policy = states::policy(tape);
        let mut entry = events::fresh(tape, 0);
        if tape.percent(40) {
            events::begun(tape, &mut entry);
        }
        Self {
            policy,
            seen: states::seen(tape),
            state: states::state(tape),
            entry,
            now: cast::NOW + tape.pick(&[0, 0, 500, 660_000]),
        }
    }

    /// Runs the event once.
    fn run(&self, decides: &impl Decides, calls: &mut dyn Calls) -> (Option<Ran>, State) {
        let (mut state, mut entry) = (self.state.clone(), self.entry.clone());
        let customer = cast::customer();
        let around = Around {
            customer: &customer,
            policy: &self.policy,
            seen: &self.seen,
        };
        let ran = at_once(decides.run(&around, &mut state, &mut entry, calls));
        (ran, state)
    }

    /// What differs between the frozen plan and another implementation.
    fn difference(
        &self,
        tape: &mut Tape,
        other: &impl Decides,
        count: &mut Count,
    ) -> Option<String> {
        let mut drawn = Drawn {
            tape,
            now: self.now,
            calls: vec![],
        };
        let (ran, state) = self.run(&Frozen, &mut drawn);
        let ran = ran.expect("the plan waits for nothing");
        let calls = drawn.calls;
        for call in &calls {
            count.called(&self.entry, &call.step, call.outcome.as_ref());
        }
        count.ran(&self.entry, &ran);
        let mut again = Again {
            calls: &calls,
            at: 0,
            now: self.now,
            other: None,
        };
        let (ran_now, state_now) = self.run(other, &mut again);
        let wrong = match (again.other, &ran_now) {
            (Some(step), _) => format!("calls instead {}", show::step(&step)),
            (None, None) => "waits for something that is no call".to_owned(),
            (None, Some(_)) if again.at < calls.len() => {
                format!("makes only {} calls", again.at)
            }
            (None, Some(now)) if !now.is_as(&ran) => format!("ends as {}", show::ran(now)),
            (None, Some(_)) if state_now != state => {
                format!("leaves the state {}", show::state(&state_now))
            }
            (None, Some(_)) => return None,
        };
        let made = calls.iter().map(|call| {
            let outcome = show::outcome(call.outcome.as_ref());
            format!(
                "  {} -> {outcome}, {} ms\n",
                show::step(&call.step),
                call.took
            )
        });
        Some(format!(
            "now {}, {:?}\nstate {}\nevent {}\n{}  plan: {}\n  plan leaves {}\nIN USE {wrong}",
            self.now,
            self.policy,
            show::state(&self.state),
            show::entry(&self.entry),
            made.collect::<String>(),
            show::ran(&ran),
            show::state(&state),
        ))
    }
}

#[test]
fn one_run_of_one_event_is_as_before() {
    every(
        CASES,
        include_str!("reached_in_one_run.txt"),
        |tape, count| Case::of(tape).difference(tape, &InUse, count),
    );
}

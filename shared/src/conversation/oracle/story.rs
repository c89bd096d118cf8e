//! A mailbox of events until it is empty, by the frozen plan and then by the implementation in use.

use super::cast;
use super::count::Count;
use super::drive::{Around, Decides, Frozen, InUse, Ran, at_once};
use super::hand::{Again, Drawn, Hand, Run, Went};
use super::report::every;
use super::show;
use super::stage::{Opening, Stage};
use super::state::{Entry, State};
use super::tape::Tape;
use crate::message::DeliveryId;

/// Stories of the ordinary run.
const CASES: u64 = 3_000;

/// Runs of one story, at most.
const MAX_RUNS: usize = 60;

/// The story is not followed further.
const LETTER_LOST: &str = "another state where a letter was lost";

/// What was before and after a run.
struct Turn {
    entry: Entry,
    now: i64,
    /// `None`: the worker vanished over a call.
    ran: Option<Ran>,
    letter_lost: bool,
    state: State,
    mailbox: Vec<DeliveryId>,
}

/// Plays a story; `told` hears of each turn and may end it.
fn play(
    decides: &impl Decides,
    opening: &Opening,
    hand: &mut impl Hand,
    mut told: impl FnMut(usize, Turn) -> Result<(), String>,
) -> Result<(), (usize, String)> {
    let customer = cast::customer();
    let mut stage = Stage::new(opening);
    for run in 0..MAX_RUNS {
        let Some(index) = stage.next(run) else {
            return Ok(());
        };
        let stored = (stage.state.clone(), stage.mailbox.clone());
        let (entry, now) = (stage.mailbox[index].clone(), stage.now);
        hand.begin(&entry, now);
        let around = Around {
            customer: &customer,
            policy: &opening.policy,
            seen: &stage.seen,
        };
        let state = &mut stage.state;
        let ran = at_once(decides.run(&around, state, &mut stage.mailbox[index], hand));
        stage.now = hand.now();
        let incident = hand.end().map_err(|wrong| (run, wrong))?;
        let mut letter_lost = false;
        match ran.clone() {
            None if hand.vanished() => stage.vanished(index, stored),
            None => return Err((run, "waits for something that is no call".to_owned())),
            Some(_) if incident.unsettled => stage.vanished(index, stored),
            Some(Ran::Over {
                before: Some(before),
                ..
            }) if incident.letter_lost => {
                letter_lost = true;
                stage.state = *before;
                stage.ended(index, Ran::Later(None, None));
            }
            Some(ran) => stage.ended(index, ran),
        }
        let turn = Turn {
            entry,
            now,
            ran,
            letter_lost,
            state: stage.state.clone(),
            mailbox: stage.deliveries(),
        };
        told(run, turn).map_err(|wrong| (run, wrong))?;
        stage.now += incident.pause;
    }
    Ok(())
}

/// What differs between the frozen plan and another implementation, if anything does.
fn difference(tape: &mut Tape, other: &impl Decides, count: &mut Count) -> Option<String> {
    let opening = Opening::of(tape);
    let mut first = Drawn::new(tape);
    let mut turns = Vec::new();
    play(&Frozen, &opening, &mut first, |_, turn| {
        turns.push(turn);
        Ok(())
    })
    .expect("the plan keeps to its own calls");
    let runs = first.runs;
    for (turn, run) in turns.iter().zip(&runs) {
        for call in &run.calls {
            match &call.went {
                Went::Answered(outcome) => count.called(&turn.entry, &call.step, Some(outcome)),
                Went::NoTime | Went::Vanished => count.called(&turn.entry, &call.step, None),
            }
        }
        if let Some(ran) = &turn.ran {
            count.ran(&turn.entry, ran);
        }
    }
    let mut told = 0;
    let mut again = Again::new(&runs);
    let result = play(other, &opening, &mut again, |run, turn| {
        told = run + 1;
        match turns.get(run) {
            Some(then) => unlike(&turn, then),
            None => Err("runs an event once more".to_owned()),
        }
    });
    let (run, wrong) = match result {
        // What the state was before a letter that was lost is each implementation's own affair.
        Err((_, wrong)) if wrong == LETTER_LOST => return None,
        Err(wrong) => wrong,
        Ok(()) if told < turns.len() => (told, "runs nothing more".to_owned()),
        Ok(()) => return None,
    };
    Some(format!(
        "{:?}\nstate {}\n{}IN USE, in run {run}: {wrong}",
        opening.policy,
        show::state(&opening.state),
        shown(&turns, &runs, run),
    ))
}

/// What is not as it was then.
fn unlike(turn: &Turn, then: &Turn) -> Result<(), String> {
    let wrong = if turn.entry.event.delivery != then.entry.event.delivery {
        format!("runs {}", show::entry(&turn.entry))
    } else if turn.now != then.now {
        format!("runs at {}", turn.now)
    } else if !same(turn.ran.as_ref(), then.ran.as_ref()) {
        let ran = turn.ran.as_ref().map(show::ran);
        format!("ends as {}", ran.unwrap_or_default())
    } else if turn.mailbox != then.mailbox {
        format!("leaves in the mailbox {:?}", turn.mailbox)
    } else if turn.state != then.state && then.letter_lost {
        LETTER_LOST.to_owned()
    } else if turn.state != then.state {
        format!("leaves the state {}", show::state(&turn.state))
    } else {
        return Ok(());
    };
    Err(wrong)
}

fn same(ran: Option<&Ran>, then: Option<&Ran>) -> bool {
    match (ran, then) {
        (Some(ran), Some(then)) => ran.is_as(then),
        (ran, then) => ran.is_none() && then.is_none(),
    }
}

/// The story by the frozen plan, up to a run.
fn shown(turns: &[Turn], runs: &[Run], last: usize) -> String {
    let mut lines = Vec::new();
    for (number, (turn, run)) in turns.iter().zip(runs).enumerate().take(last + 1) {
        let since = turn.now - cast::NOW;
        lines.push(format!("{number} +{since} {}", show::entry(&turn.entry)));
        for call in &run.calls {
            let went = match &call.went {
                Went::Answered(outcome) => show::outcome(Some(outcome)),
                went => format!("{went:?}"),
            };
            lines.push(format!("    {} -> {went}", show::step(&call.step)));
        }
        let ran = turn.ran.as_ref().map(show::ran);
        let incident = run.incident;
        lines.push(format!(
            "    = {}{}{}",
            ran.unwrap_or_else(|| "vanished".to_owned()),
            if incident.unsettled {
                ", not settled"
            } else {
                ""
            },
            if turn.letter_lost {
                ", letter not kept"
            } else {
                ""
            },
        ));
        lines.push(format!("    {}", show::state(&turn.state)));
    }
    lines.join("\n") + "\n"
}

#[test]
fn whole_stories_are_as_before() {
    every(
        CASES,
        include_str!("reached_in_stories.txt"),
        |tape, count| difference(tape, &InUse, count),
    );
}

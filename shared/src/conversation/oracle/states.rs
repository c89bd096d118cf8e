//! States and settings: those that arise, in any combination.

use std::time::Duration;

use super::cast;
use super::frozen_fingerprint;
use super::policy::{CostNote, FilesOut, Language, OpenOn, Policy, Style};
use super::seen::{Seen, day};
use super::state::{Echo, Silent, State, Status, Unsure};
use super::tape::Tape;

pub(super) fn status(tape: &mut Tape) -> Status {
    tape.pick(&[
        Status::Open,
        Status::Open,
        Status::Solved,
        Status::Solved,
        Status::New,
        Status::Pending,
        Status::Hold,
        Status::Closed,
    ])
}

pub(super) fn state(tape: &mut Tape) -> State {
    let mut state = State {
        user: tape.maybe(80, cast::user),
        ticket: tape.maybe(80, cast::ticket),
        ..State::default()
    };
    if state.ticket.is_some() || tape.percent(20) {
        state.status = tape.maybe(90, status);
        state.since = cast::time(tape);
    }
    if state.is_done() || tape.percent(5) {
        state.solved_at = tape.maybe(90, cast::time);
        state.closing_told = tape.percent(70);
        state.solved_upto = tape.maybe(40, cast::comment);
    }
    if state.closing_told || tape.percent(30) {
        state.told_at = cast::time(tape);
        state.told_roughly = tape.percent(30);
        state.silent = tape.maybe(40, silent);
    }
    if tape.percent(50) {
        state.texted_at = cast::time(tape);
    }
    if tape.percent(20) {
        state.opted_out = true;
        state.opted_out_on = tape.maybe(60, cast::ticket);
        state.consent_at = cast::time(tape);
    }
    remembered(tape, &mut state);
    state
}

fn remembered(tape: &mut Tape, state: &mut State) {
    if tape.percent(60) {
        state.own_comments = cast::list(tape, 3, cast::comment);
        state.sent_texts = cast::list(tape, 6, fingerprint);
        state.fetched_texts = cast::list(tape, 2, fingerprint);
    }
    if tape.percent(10) {
        state.perhaps = Some(cast::named("text", tape));
    }
    if tape.percent(25) {
        state.unsure = cast::list(tape, 3, unsure);
    }
    if tape.percent(30) {
        state.files_upto = Some(cast::comment(tape));
        state.files_unseen = tape.pick(&[0, 1]) * cast::time(tape);
        state.checked_at = cast::time(tape);
    }
    if tape.percent(30) {
        let print = fingerprint(tape);
        let count = tape.pick(&[1, 1, 2, 4, 5, 6, 255]);
        state.echo = Some(Echo(print, count, cast::lately(tape)));
    }
}

fn fingerprint(tape: &mut Tape) -> u32 {
    frozen_fingerprint(cast::words(tape).as_str())
}

fn silent(tape: &mut Tape) -> Silent {
    tape.pick(&[
        Silent::Refused,
        Silent::Refused,
        Silent::OptedOut,
        Silent::NoCampaign,
        Silent::Tag,
        Silent::Empty,
        Silent::Loop,
        Silent::Other,
    ])
}

fn unsure(tape: &mut Tape) -> Unsure {
    Unsure {
        ticket: cast::ticket(tape),
        comment: tape.maybe(60, cast::comment),
        message: tape.maybe(20, cast::words),
        campaign: tape.maybe(20, |_| "special".to_owned()),
        sent: tape.pick(&[0, 0, 1, 2]),
    }
}

pub(super) fn policy(tape: &mut Tape) -> Policy {
    let ours = Policy::default();
    if !tape.percent(60) {
        return Policy {
            reply_campaign: Some("reply".to_owned()),
            solved_campaign: Some("solved".to_owned()),
            ..ours
        };
    }
    let campaign = |name: &'static str| move |_: &mut Tape| name.to_owned();
    Policy {
        open_on: tape.pick(&[OpenOn::Any, OpenOn::Keyword]),
        thanks_window: Duration::from_secs(tape.pick(&[86_400, 60])),
        reply_campaign: tape.maybe(90, campaign("reply")),
        solved_campaign: tape.maybe(85, campaign("solved")),
        solved_message: match tape.below(4) {
            0 | 1 => ours.solved_message,
            2 => String::new(),
            _ => "closed for good ".repeat(110),
        },
        language: tape.pick(&[Language::English, Language::French]),
        style: Style {
            signature: tape.pick(&["", "-- "]).to_owned(),
            max_messages: tape.pick(&[10, 2, 1]),
            files: tape.pick(&[FilesOut::Note, FilesOut::Links, FilesOut::Media]),
            cost_note: tape.pick(&[CostNote::Never, CostNote::Ucs2, CostNote::Always]),
            ..Style::default()
        },
        loop_fuse: tape.pick(&[5, 2, 0]),
        ..ours
    }
}

/// Deliveries accepted lately: some of the comments' own.
pub(super) fn seen(tape: &mut Tape) -> Seen {
    let mut seen = Seen::default();
    for comment in cast::list(tape, 3, cast::comment) {
        seen.insert(day(cast::NOW), cast::reply_delivery(comment).marker());
    }
    seen
}

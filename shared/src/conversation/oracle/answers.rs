//! What the vendors may answer to a call, as `delivery/vendors` hands it over.

use super::cast;
use super::events;
use super::state::{Status, Trouble};
use super::states;
use super::step::{Failure, FetchedComment, Outcome, Refusal, Step, TicketFacts};
use super::tape::Tape;
use crate::message::{Personal, TicketId};

/// An answer to a call that begins now, and well in most cases.
pub(super) fn to(tape: &mut Tape, step: &Step, now: i64) -> Outcome {
    match tape.percent(30) {
        true => Outcome::Failed(failure(tape, step, now)),
        false => success(tape, step),
    }
}

fn success(tape: &mut Tape, step: &Step) -> Outcome {
    match step {
        Step::UpsertUser(_) => Outcome::User(cast::user(tape)),
        Step::LookUpTicket(ticket) => {
            let is_there = !tape.percent(10);
            Outcome::Ticket(is_there.then(|| facts(tape, *ticket)))
        }
        Step::FindMergeTarget(_) | Step::FindTicket(_) => Outcome::Ticket(tape.maybe(50, |tape| {
            let ticket = cast::ticket(tape);
            facts(tape, ticket)
        })),
        Step::AttachMedia(links) => {
            Outcome::Attached(links.iter().map(|_| events::attached(tape)).collect())
        }
        Step::CreateTicket(_) => {
            let ticket = cast::ticket(tape);
            posted(tape, ticket)
        }
        Step::Append(comment) => posted(tape, comment.ticket),
        Step::FindDelivery { .. } => match tape.below(5) {
            0 | 1 => Outcome::Absent,
            2 | 3 => Outcome::Present(Some(cast::comment(tape))),
            _ => Outcome::Present(None),
        },
        Step::LookUpSolve(_) => Outcome::SolvedAt(tape.maybe(80, cast::lately)),
        Step::FetchComments(_) => Outcome::Comments(comments(tape)),
        Step::SetStatus(..)
        | Step::AddTags(..)
        | Step::RemoveTags(..)
        | Step::SendSms(_)
        | Step::SetAttributes(_) => Outcome::Done,
    }
}

fn posted(tape: &mut Tape, ticket: TicketId) -> Outcome {
    Outcome::Posted {
        ticket,
        status: tape.maybe(80, states::status),
        comment: tape.maybe(80, cast::comment),
    }
}

fn facts(tape: &mut Tape, ticket: TicketId) -> TicketFacts {
    let status = tape.maybe(95, states::status);
    let mut tags = cast::tags(tape);
    if status == Some(Status::Closed) && tape.percent(50) {
        tags.push("closed_by_merge".to_owned());
    }
    TicketFacts {
        ticket,
        status,
        requester: tape.maybe(85, cast::user),
        customer: tape.maybe(90, |_| cast::customer()),
        tags,
    }
}

/// Newest first, as Zendesk has them.
fn comments(tape: &mut Tape) -> Vec<FetchedComment> {
    let mut comments = cast::list(tape, 4, |tape| FetchedComment {
        comment: cast::comment(tape),
        by_agent: !tape.percent(20),
        public: !tape.percent(20),
        text: cast::words(tape),
        files: cast::files(tape),
        author: Personal::from("Ann"),
        created_at: cast::lately(tape),
    });
    comments.sort_by_key(|found| std::cmp::Reverse(found.comment));
    comments.dedup_by_key(|found| found.comment);
    comments
}

fn failure(tape: &mut Tape, step: &Step, now: i64) -> Failure {
    if let Step::SendSms(_) | Step::SetAttributes(_) = step {
        return match tape.below(6) {
            0 => Failure::Unknown,
            1 | 2 => refused(tape),
            _ => later(tape, now),
        };
    }
    match (tape.below(10), step) {
        // What becomes of each file is part of the answer.
        (_, Step::AttachMedia(_)) => later(tape, now),
        (0..2, _) => later(tape, now),
        (2 | 3, Step::Append(_) | Step::CreateTicket(_)) => Failure::Unknown,
        (2, _) => Failure::Later(None, Trouble::NoAnswer),
        (4, Step::CreateTicket(_)) => Failure::KeyConflict,
        (
            4 | 5,
            Step::Append(_) | Step::SetStatus(..) | Step::AddTags(..) | Step::RemoveTags(..),
        ) => Failure::Closed,
        (6 | 7, _) => Failure::NotFound,
        (8 | 9, _) => refused(tape),
        _ => later(tape, now),
    }
}

fn later(tape: &mut Tape, now: i64) -> Failure {
    let trouble = tape.pick(&[
        Trouble::Unavailable,
        Trouble::Limited,
        Trouble::Credentials,
        Trouble::Conflict,
        Trouble::Spared,
    ]);
    Failure::Later(
        tape.maybe(30, |tape| now + tape.pick(&[1_000, 60_000, 90_000_000])),
        trouble,
    )
}

fn refused(tape: &mut Tape) -> Failure {
    let (status, code) = tape.pick(&[(422, "RecordInvalid"), (400, "invalid campaign"), (401, "")]);
    Failure::Refused(Refusal {
        status,
        code: code.to_owned(),
        detail: Personal::from("what the vendor says"),
    })
}

//! Each flow, played without vendors: what is called in which case, and what is remembered.

mod adopt;
mod answer;
mod attributes;
mod calls;
mod compare;
mod consent;
mod earlier;
mod files;
mod forward;
mod give_up;
mod late_files;
mod loop_guard;
mod media;
mod note;
mod owner;
mod profile;
mod quiet_hours;
mod rating;
mod recover;
mod reply;
mod resend;
mod say;
mod solved;
mod subscription;
mod text;
mod unreported;
mod wish;

use super::give_up::{MOST_BREAKS, TOO_LONG};
use super::script::Script;
use super::*;
use crate::conversation::policy::OpenOn;
use crate::conversation::state::{Attached, Lane, Status};
use crate::conversation::step::{
    Anyway, Attributes, Failure, FetchedComment, History, Owner, PersonFacts, TicketFacts, Written,
};
use crate::message::{Check, Reply, Resend, Solved, Text, UserId};

const NOW: i64 = 1_790_000_000_000;
const HOUR: i64 = 60 * 60 * 1000;

fn ticket(id: u64) -> TicketId {
    TicketId::new(id).expect("id")
}

fn comment(id: u64) -> CommentId {
    CommentId::new(id).expect("id")
}

/// A customer's conversation on ticket 35, and the policy that decides about it.
struct Conversation {
    state: State,
    policy: Policy,
    seen: Seen,
    key: Key,
    owner: Option<Owner>,
}

/// How an event's flow ended, checkpoints passed over.
#[derive(Debug, Clone, PartialEq)]
enum End {
    Done(Ending, Vec<Entry>),
    /// Tried again later, not before the time given.
    Later(Option<i64>),
    /// These come first.
    First(Vec<Entry>),
    Forward(Customer),
}

impl End {
    fn delivered() -> Self {
        Self::Done(Ending::Delivered, vec![])
    }

    fn ignored(reason: &'static str) -> Self {
        Self::Done(Ending::Ignored(reason), vec![])
    }
}

impl Conversation {
    fn empty() -> Self {
        Self {
            state: State::default(),
            policy: Policy {
                reply_campaign: Some("reply".to_owned()),
                solved_campaign: Some("solved".to_owned()),
                ..Policy::default()
            },
            seen: Seen::default(),
            key: Key::Customer("ana".parse().expect("id")),
            owner: None,
        }
    }

    fn on_ticket(status: Status) -> Self {
        let mut ana = Self::empty();
        ana.state.user = UserId::new(7);
        ana.state.move_to(ticket(35), Some(status), NOW - HOUR);
        if status.is_done() {
            ana.state.solved_at = Some(NOW - HOUR);
            ana.state.closing_notified = true;
        }
        ana
    }

    /// Plays an event to its end; `answer` says how each call goes.
    fn play(
        &mut self,
        body: Body,
        mut answer: impl FnMut(&Step) -> Outcome + Send,
    ) -> (Vec<Step>, End) {
        let delivery = DeliveryId::derive("test", &["1"]);
        let mut entry = Entry::fresh(Event {
            delivery,
            received_at: NOW,
            body,
        });
        self.resume(&mut entry, &mut answer)
    }

    fn resume(
        &mut self,
        entry: &mut Entry,
        answer: &mut (impl FnMut(&Step) -> Outcome + Send),
    ) -> (Vec<Step>, End) {
        let mut answer = |step: &Step| Some(answer(step));
        let mut script = Script::new(NOW, &mut answer);
        for _ in 0..20 {
            let context = Context {
                key: &self.key,
                policy: &self.policy,
                seen: &self.seen,
                owner: self.owner.as_ref(),
            };
            let end = match script.run(context, &mut self.state, entry) {
                Ok(Done::Ended { ending, follow }) => End::Done(ending, follow),
                Ok(Done::Dead {
                    refusal, follow, ..
                }) => End::Done(Ending::Dead(refusal), follow),
                Ok(Done::Forward { customer }) => End::Forward(customer),
                Err(Pause::Later(not_before, _)) => End::Later(not_before),
                Err(Pause::After(entries) | Pause::TakenOver(entries, _)) => End::First(entries),
                Err(Pause::Checkpoint) => continue,
                Err(Pause::OutOfTime) => panic!("time is not limited"),
            };
            return (script.steps, end);
        }
        panic!("no end: {:?}", script.steps);
    }
}

fn works(step: &Step) -> Outcome {
    match step {
        Step::UpsertUser(_) => Outcome::User(UserId::new(7).expect("id")),
        Step::CreateTicket(_) => Outcome::Posted(Written {
            ticket: ticket(35),
            status: Some(Status::New),
            comment: None,
            requester: None,
            tags: None,
        }),
        Step::Append(new) => Outcome::Posted(Written {
            ticket: new.ticket,
            status: new.status.or(Some(Status::New)),
            comment: CommentId::new(900),
            requester: None,
            tags: None,
        }),
        Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Open, &[]))),
        Step::FetchComments(_) => Outcome::Comments(vec![]),
        Step::LookUpSolve(_) => Outcome::SolvedAt(Some(NOW - HOUR)),
        Step::FindDelivery { .. } => Outcome::Absent,
        Step::FindTicket(_) | Step::FindMergeTarget(_) => Outcome::Ticket(None),
        Step::ClaimTicket { .. } => Outcome::Claimed(None),
        Step::LookUpUser(_) => Outcome::Person(PersonFacts::default()),
        Step::LookUpHistory(..) => Outcome::History(History::default()),
        _ => Outcome::Done,
    }
}

fn facts(id: TicketId, status: Status, tags: &[&str]) -> TicketFacts {
    TicketFacts {
        ticket: id,
        status: Some(status),
        requester: UserId::new(7),
        customer: "ana".parse().ok(),
        number: None,
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
    }
}

fn text(words: &str) -> Body {
    Body::Text(Text {
        text: words.into(),
        ..Text::default()
    })
}

fn reply(id: u64, words: &str) -> Reply {
    Reply {
        ticket: Some(ticket(35)),
        requester: UserId::new(7),
        comment: Some(comment(id)),
        text: Some(words.into()),
        status: Some("open".to_owned()),
        recent: Some(vec![comment(id)]),
        ..Reply::default()
    }
}

fn solved() -> Body {
    Body::Solved(Solved {
        ticket: Some(ticket(35)),
        requester: UserId::new(7),
        ..Solved::default()
    })
}

fn names(steps: &[Step]) -> Vec<&'static str> {
    steps.iter().map(Step::name).collect()
}

/// An event that has waited for a day already.
fn old(body: Body) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["old"]),
        received_at: NOW - 25 * HOUR,
        body,
    })
}

fn note(end: &End) -> String {
    let End::Done(_, follow) = end else {
        panic!("not over: {end:?}");
    };
    let notes = follow.iter().filter_map(|entry| match &entry.event.body {
        Body::Note(note) => Some(note.text.as_str().to_owned()),
        _ => None,
    });
    notes.collect()
}

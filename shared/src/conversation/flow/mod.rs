//! What becomes of an event: one file per kind, to be read from top to bottom.
//!
//! A call to a vendor is an `await`, "not now" is a `?`. A flow that paused begins again from the top:
//! what it must not do twice is stored, everything else is a local variable and is read again.
//!
//! A call has three kinds of answers, and so two `?`:
//!
//! ```ignore
//! // An answer, or one of the vendor's refusals that this flow has a rule for.
//! let facts = match flow.look_up_ticket(ticket).await? {
//!     Ok(facts) => facts,
//!     Err(No::NotFound) => None,
//!     Err(no) => return Err(no.into()),
//! };
//! // No rule of its own: a refusal for good becomes a dead letter, another is tried again.
//! flow.set_attributes(ticket, open).await??;
//! ```
//!
//! The first `?` leaves the flow where the vendor cannot be asked now ([`Exit::Pause`]), the second where it refused
//! ([`Exit::No`]). A function below the top that knows how the event ends says so with [`Exit::Done`].

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
mod new_ticket;
mod note;
mod owner;
mod post;
mod profile;
pub mod put_right;
mod quiet_hours;
mod rating;
mod recover;
mod reopening;
mod reply;
mod resend;
mod routing;
mod say;
#[cfg(test)]
pub mod script;
mod sms;
mod solve;
mod solved;
mod spend;
mod subscription;
mod taken;
mod text;
mod ticket_events;
mod unreported;
mod user;
mod wish;
mod write;

use std::future::Future;
use std::pin::Pin;

use crate::message::{Body, CommentId, Customer, DeliveryId, Event, Note, Personal, TicketId};

pub use compare::COMPARED;

use super::key::Key;
use super::policy::{Language, Policy};
use super::seen::Seen;
use super::state::{Entry, Progress, State, Trouble};
use super::step::{Ending, Outcome, Owner, Refusal, Step};

/// The one effect of a flow. A flow awaits nothing else.
pub trait Calls: Send {
    /// Makes a call and says how it went; `None`: there is no time for it, and it was not made.
    fn call<'a>(&'a mut self, step: &'a Step) -> Calling<'a>;

    /// Milliseconds since the epoch.
    fn now(&self) -> i64;
}

/// A call under way.
pub type Calling<'a> = Pin<Box<dyn Future<Output = Option<Outcome>> + Send + 'a>>;

/// What a flow may look at besides state and event.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Whose conversation it is.
    pub key: &'a Key,
    /// The settings.
    pub policy: &'a Policy,
    /// Deliveries accepted lately.
    pub seen: &'a Seen,
    /// Of a ticket's item: whose conversation is on the ticket.
    pub owner: Option<&'a Owner>,
}

/// How an event ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Done {
    /// It is finished; these events follow in its place.
    Ended {
        /// How.
        ending: Ending,
        /// What follows.
        follow: Vec<Entry>,
    },
    /// It goes to this customer's conversation.
    Forward {
        /// Whose.
        customer: Customer,
    },
    /// It can never be delivered: a dead letter.
    Dead {
        /// Why.
        refusal: Refusal,
        /// What follows.
        follow: Vec<Entry>,
        /// The state before it remembered anything of this, for the case that the letter cannot be kept.
        before: Box<State>,
    },
}

/// Why an event is not finished yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Pause {
    /// Try again later, not before the time given (milliseconds since the epoch).
    Later(Option<i64>, Option<Trouble>),
    /// Write down how far it got, let a STOP that came meanwhile have its turn, then begin again.
    Checkpoint,
    /// These events come first.
    After(Vec<Entry>),
    /// These come first, of a conversation that was taken over with what it had accepted.
    TakenOver(Vec<Entry>, Seen),
    /// There was no time for the next call.
    OutOfTime,
}

/// Why a flow is left before its last line.
#[derive(Debug, Clone, PartialEq)]
enum Exit {
    /// It begins again later.
    Pause(Pause),
    /// The event ended.
    Done(Done),
    /// A vendor's answer that the flow has no rule for: refused for good, a dead letter; else tried again.
    No(No),
}

/// How a flow ends.
type Ended = Result<Done, Exit>;

/// A vendor's answer that is not what was asked for; "not now" is none of them, but a pause.
#[derive(Debug, Clone, PartialEq)]
enum No {
    /// It may or may not have happened.
    Unknown,
    /// There is no such ticket.
    NotFound,
    /// The ticket is closed.
    Closed,
    /// Agents suspended the customer in Zendesk.
    Suspended,
    /// The idempotency key was used for something else.
    KeyConflict,
    /// Repeating it will not help.
    Refused(Refusal),
}

/// What a call brought: `?` leaves where it could not be made now, `??` also where the vendor refused.
type Call<T> = Result<Result<T, No>, Exit>;

/// Works on an event until it ended or has to wait.
///
/// # Errors
///
/// [`Pause`]: the event stays in the mailbox.
pub async fn run(
    calls: &mut dyn Calls,
    context: Context<'_>,
    state: &mut State,
    entry: &mut Entry,
) -> Result<Done, Pause> {
    if give_up::is_poison(entry) {
        let now = calls.now();
        return Ok(give_up::broke_off(
            EventContext::of(context, entry, now),
            state,
            entry,
        ));
    }
    let ended = tell(calls, context, state, entry).await;
    let mut again = |not_before, trouble: Option<Trouble>| {
        entry.progress.trouble = trouble.or(entry.progress.trouble);
        let context = EventContext::of(context, entry, calls.now());
        give_up::later(context, state, entry, not_before)
    };
    match ended {
        Ok(done) | Err(Exit::Done(done)) => Ok(done),
        Err(Exit::No(No::Refused(refusal))) => Ok(Done::dead(state, refusal)),
        Err(Exit::No(No::Unknown)) => again(None, Some(Trouble::NoAnswer)),
        Err(Exit::No(No::Suspended)) => Ok(Done::suspended()),
        Err(Exit::No(No::NotFound | No::Closed | No::KeyConflict)) => again(None, None),
        Err(Exit::Pause(Pause::Later(not_before, trouble))) => again(not_before, trouble),
        Err(Exit::Pause(pause)) => Err(pause),
    }
}

/// The flow of the event's kind.
async fn tell(
    calls: &mut dyn Calls,
    context: Context<'_>,
    state: &mut State,
    entry: &mut Entry,
) -> Ended {
    let customer = match context.key {
        Key::Customer(customer) => customer,
        Key::Ticket(ticket) => match &entry.event.body {
            // It addresses no customer.
            Body::Note(_) => &Customer::NOBODY,
            Body::Other => return later(None, None),
            _ => return forward::forward(calls, context, *ticket, state, &entry.event).await,
        },
    };
    let marker = entry.marker().clone();
    let Entry {
        event, progress, ..
    } = entry;
    let mut flow = Flow {
        left: MOST_CALLS,
        customer,
        about: EventContext {
            policy: context.policy,
            seen: context.seen,
            delivery: &event.delivery,
            marker: &marker,
            at: event.received_at,
            now: 0,
        },
        calls,
        state,
        progress,
    };
    if !matches!(event.body, Body::Other) {
        profile::meet(&mut flow, event).await?;
    }
    match &mut event.body {
        Body::Note(body) => note::note(&mut flow, body).await,
        Body::Consent(body) => Ok(consent::consent(&mut flow, body)),
        Body::Attributes => attributes::attributes(&mut flow).await,
        Body::Unsubscribe => subscription::unsubscribe(&mut flow).await,
        Body::Reply(body) => reply::reply(&mut flow, body).await,
        Body::Solved(body) => solved::solved(&mut flow, body).await,
        Body::Resend(body) => resend::resend(&mut flow, body).await,
        Body::Say(body) => say::say(&mut flow, body).await,
        Body::LateFiles(body) => late_files::late_files(&mut flow, body).await,
        Body::Text(body) => text::text(&mut flow, body).await,
        Body::Check(body) => compare::compare(&mut flow, body).await,
        // Left as it is, in its place, for the version that stored it.
        Body::Other => later(None, None),
    }
}

/// How long a refused look at Zendesk is repeated before the event ends without it, in milliseconds.
const REFUSED_FOR: i64 = 10 * 60 * 1000;

/// Zendesk's times are whole seconds of a clock that is not ours, in milliseconds.
const CLOCK_SLACK: i64 = 60 * 1000;

/// Times further from ours than this are not taken for Zendesk's, in milliseconds.
const LATE: i64 = 7 * 24 * 60 * 60 * 1000;

/// Calls one event may make before it is rescheduled; no flow needs half of them.
const MOST_CALLS: u8 = 24;

/// One event being worked on.
struct Flow<'a> {
    calls: &'a mut dyn Calls,
    /// Calls it may make still.
    left: u8,
    customer: &'a Customer,
    about: EventContext<'a>,
    state: &'a mut State,
    progress: &'a mut Progress,
}

/// An event's surroundings, as they are now.
#[derive(Debug, Clone, Copy)]
struct EventContext<'a> {
    policy: &'a Policy,
    seen: &'a Seen,
    delivery: &'a DeliveryId,
    /// The name its writes carry.
    marker: &'a DeliveryId,
    /// When the event was accepted, in milliseconds since the epoch.
    at: i64,
    /// Milliseconds since the epoch.
    now: i64,
}

impl<'a> Flow<'a> {
    /// The event's surroundings.
    fn context(&self) -> EventContext<'a> {
        EventContext {
            now: self.calls.now(),
            ..self.about
        }
    }

    fn now(&self) -> i64 {
        self.calls.now()
    }

    fn language(&self) -> Language {
        self.about.policy.language
    }

    /// How long ago the event was accepted, in milliseconds.
    fn age(&self) -> i64 {
        self.now().saturating_sub(self.about.at)
    }

    /// A note for the agent as an event of its own; an event has one at most.
    fn note(&self, ticket: TicketId, text: String, tags: &[&str]) -> Entry {
        self.context().note(ticket, text, tags)
    }

    /// A dead letter of the event, before the state remembers anything of it.
    fn dead(&self, refusal: Refusal, follow: impl IntoIterator<Item = Entry>) -> Done {
        Done::Dead {
            refusal,
            follow: follow.into_iter().collect(),
            before: Box::new(self.state.clone()),
        }
    }
}

impl<'a> EventContext<'a> {
    fn of(context: Context<'a>, entry: &'a Entry, now: i64) -> Self {
        Self {
            policy: context.policy,
            seen: context.seen,
            delivery: &entry.event.delivery,
            marker: entry.marker(),
            at: entry.event.received_at,
            now,
        }
    }

    /// When Zendesk made the invocation, by its own clock. Times far from now are not Zendesk's.
    fn asked_at(&self, named: Option<i64>) -> Option<i64> {
        named.filter(|asked| self.at.abs_diff(*asked) < LATE.unsigned_abs())
    }

    /// A note for the agent as an event of its own; an event has one at most.
    fn note(&self, ticket: TicketId, text: String, tags: &[&str]) -> Entry {
        Entry::fresh(Event {
            delivery: DeliveryId::derive("note", &[self.delivery.as_str()]),
            received_at: self.now,
            body: Body::Note(Note {
                ticket,
                text: Personal(text),
                tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
                untag: vec![],
            }),
        })
    }

    /// Braze's attributes as an event of their own.
    fn attributes(&self) -> Entry {
        Entry::fresh(Event {
            delivery: DeliveryId::derive("attributes", &[self.delivery.as_str()]),
            received_at: self.now,
            body: Body::Attributes,
        })
    }
}

impl Done {
    fn delivered() -> Self {
        Self::ended(Ending::Delivered, vec![])
    }

    fn ignored(reason: &'static str) -> Self {
        Self::ended(Ending::Ignored(reason), vec![])
    }

    /// Agents suspended the customer, on purpose: no note is written.
    fn suspended() -> Self {
        Self::ignored("the customer is suspended in Zendesk")
    }

    fn ended(ending: Ending, follow: impl IntoIterator<Item = Entry>) -> Self {
        let follow = follow.into_iter().collect();
        Self::Ended { ending, follow }
    }

    /// One more event follows, behind the others.
    fn followed_by(mut self, last: Entry) -> Self {
        if let Self::Ended { follow, .. } | Self::Dead { follow, .. } = &mut self {
            follow.push(last);
        }
        self
    }

    /// A dead letter of the event as the conversation stands.
    fn dead(state: &State, refusal: Refusal) -> Self {
        Self::Dead {
            refusal,
            follow: vec![],
            before: Box::new(state.clone()),
        }
    }
}

impl From<Done> for Exit {
    fn from(done: Done) -> Self {
        Self::Done(done)
    }
}

impl From<No> for Exit {
    fn from(no: No) -> Self {
        Self::No(no)
    }
}

/// Begins again later.
fn later<T>(not_before: Option<i64>, trouble: Option<Trouble>) -> Result<T, Exit> {
    Err(Exit::Pause(Pause::Later(not_before, trouble)))
}

/// The delivery of an agent's comment, however the bridge came to know of it.
fn delivery_of(comment: CommentId) -> DeliveryId {
    DeliveryId::derive("reply", &[&comment.to_string()])
}

#[cfg(test)]
mod tests;

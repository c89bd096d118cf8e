//! Zendesk's three limits: of the account's requests, of the account's updates of tickets, of one ticket's updates.
//! What the bridge keeps of them is its own code; beside it stands what really is limited.

use std::collections::BTreeMap;
use std::sync::Mutex;

use shared::conversation::step::{Failure, Step};
use shared::delivery::{Gate, Limits};
use shared::message::TicketId;
use shared::zendesk::Limited;

use super::gate::Fault;

/// How long Zendesk asks to wait, in milliseconds.
const PAUSE: i64 = 20_000;

/// By which a worker's clock may be ahead, in milliseconds.
const AHEAD: i64 = 1_000;

/// The limits of one environment, which all workers of a schedule share.
#[derive(Default)]
pub struct Limiter {
    gate: Gate,
    limits: Limits,
    really: Mutex<Really>,
    wrong: Mutex<Option<String>>,
}

/// Until when each limit lasts, in milliseconds since the epoch.
#[derive(Default)]
struct Really {
    account: i64,
    updates: i64,
    /// And which worker met it.
    tickets: BTreeMap<TicketId, (i64, u32)>,
}

impl Limiter {
    /// Why the bridge does not make the call now. It has to wait where Zendesk said so, and nowhere else.
    pub fn held_up(&self, worker: u32, step: &Step, now: i64) -> Option<Failure> {
        if is_for_braze(step) {
            return None;
        }
        let held_up = self.limits.held_up(&self.gate, step, now);
        let really = self.really.lock().expect("limits");
        let limited = really.account > now || is_update(step).is_some() && really.updates > now;
        let name = step.name();
        match (&held_up, limited) {
            (Some(_), false) => self.is_wrong(format!("{name} waits, and no limit of all lasts")),
            (None, true) => self.is_wrong(format!("{name} is asked for in spite of a limit")),
            _ => {}
        }
        // A note of what was given up is tried at once.
        if let (None, Step::Append(comment)) = (&held_up, step)
            && comment.public
        {
            let until = really.tickets.get(&comment.ticket);
            // Another one may not know, where the one that met it vanished.
            if until.is_some_and(|(until, by)| *by == worker && *until > now + AHEAD) {
                self.is_wrong(format!(
                    "{name} on {} before the time its limit named",
                    comment.ticket
                ));
            }
        }
        held_up
    }

    /// A limit is met. Only updates of tickets have two of their own.
    pub fn met(&self, worker: u32, step: &Step, fault: Fault, now: i64) -> Failure {
        let until = now + PAUSE;
        let mut really = self.really.lock().expect("limits");
        let of = match (fault, is_update(step)) {
            (Fault::LimitedUpdates, Some(_)) => {
                really.updates = until;
                Limited::TicketUpdates
            }
            (Fault::LimitedTicket, Some(ticket)) => {
                really.tickets.insert(ticket, (until, worker));
                Limited::OneTicket
            }
            _ => {
                really.account = until;
                Limited::Account
            }
        };
        self.limits.of_zendesk(&self.gate, of, until)
    }

    /// Until when the account's limit lasts, as the bridge has it.
    pub fn until(&self, now: i64) -> Option<i64> {
        self.gate.limited_until(now)
    }

    /// What was wrong first.
    pub fn wrong(&self) -> Option<String> {
        self.wrong.lock().expect("limits").clone()
    }

    fn is_wrong(&self, what: String) {
        self.wrong.lock().expect("limits").get_or_insert(what);
    }
}

pub fn is_for_braze(step: &Step) -> bool {
    matches!(
        step,
        Step::SendSms(_)
            | Step::SetAttributes(_)
            | Step::LookUpSubscription { .. }
            | Step::Unsubscribe { .. }
    )
}

/// The ticket that the call updates.
fn is_update(step: &Step) -> Option<TicketId> {
    match step {
        Step::Append(comment) => Some(comment.ticket),
        Step::SetStatus(ticket, _)
        | Step::SetFields(ticket, _)
        | Step::AddTags(ticket, _)
        | Step::RemoveTags(ticket, _) => Some(*ticket),
        _ => None,
    }
}

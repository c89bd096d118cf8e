//! Executes a step: the calls to Zendesk and Braze, and what their answers mean for the decision.

mod braze;
mod changed;
mod customer;
mod merge;
mod sign_in;
mod switch;
mod zendesk;

use std::future::Future;
use std::time::Instant;

use crate::conversation::state::Trouble;
use crate::conversation::step::{Failure, Outcome, Refusal, Step};
use crate::conversation::store::{Store, Vendor};
use crate::conversation::watch::{NoRecord, Received};
use crate::media::Fetcher;
use crate::message::Customer;
use crate::net::{Deadline, Detail};
use crate::telemetry::hops::{self, Hop};
use crate::telemetry::metrics::{self, Metric};

use super::Clock;
use super::changes::{Changes, From, NotTold};
use super::gate::Gate;
use super::limits::{Limit, Limits};
use super::pace::Pace;

/// How often the schedule looks whether a vendor is up again, in milliseconds.
const TRIAL_LOOK: i64 = 500;

pub(crate) use sign_in::calls_zendesk;
pub use switch::Switch;

/// What the schedule is working on for a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnderWay {
    /// Whom for.
    pub vendor: Vendor,
    /// Conversations of this run.
    pub conversations: usize,
    /// Runs side by side, which share what the vendor allows.
    pub runs: u8,
}

impl UnderWay {
    /// Nothing is under way, in a run that goes alone.
    pub fn nothing(vendor: Vendor) -> Self {
        Self {
            vendor,
            conversations: 0,
            runs: 1,
        }
    }
}

/// Executes steps.
pub trait Vendors {
    /// Makes the call and says how it went.
    fn execute(&self, step: &Step, deadline: Deadline) -> impl Future<Output = Outcome> + Send;

    /// A page of the tickets of the whole account that changed since a time.
    fn changed(
        &self,
        _from: &From,
        _deadline: Deadline,
    ) -> impl Future<Output = Result<Changes, NotTold>> + Send {
        std::future::ready(Ok(Changes::default()))
    }

    /// Why the call is not to be made now, where there is a reason.
    fn held_back(
        &self,
        _step: &Step,
        _deadline: Deadline,
    ) -> impl Future<Output = Option<Outcome>> + Send {
        std::future::ready(None)
    }

    /// Until when the schedule is to begin nothing more for a vendor beside the conversations under way (in
    /// milliseconds since the epoch): a rate limit ends soon, or one of them shows whether the vendor
    /// is up again.
    fn limited_until(&self, _under_way: UnderWay, _now: i64) -> Option<i64> {
        None
    }

    /// Until when the vendor is spared because it is down: what waits for it stays where it is.
    fn down_until(&self, _vendor: Vendor, _now: i64) -> Option<i64> {
        None
    }

    /// How many updates of tickets a minute the account may make, where Zendesk's answers name it.
    fn updates_a_minute(&self) -> Option<u32> {
        None
    }

    /// A call to the vendor would not be made now, or to see whether it is up again.
    fn spares(&self, _vendor: Vendor, _now: i64) -> bool {
        false
    }

    /// A call that has just failed may be made once more: nothing else failed there lately.
    fn may_try_again(&self, _step: &Step, _trouble: Trouble, _now: i64) -> bool {
        false
    }

    /// What Braze's record of a customer says of messages.
    fn received(
        &self,
        _customer: &Customer,
        _deadline: Deadline,
    ) -> impl Future<Output = Result<Received, NoRecord>> + Send {
        std::future::ready(Err(NoRecord::NotPermitted))
    }

    /// Whether Braze exports events to the bridge: then what becomes of each message is watched.
    fn exports_events(&self) -> impl Future<Output = bool> + Send {
        async { false }
    }
}

/// What new tickets carry besides the customer's text.
#[derive(Debug, Clone, Default)]
pub struct TicketDefaults {
    /// Tags.
    pub tags: Vec<String>,
    /// Priority.
    pub priority: Option<String>,
    /// Type.
    pub kind: Option<String>,
}

/// The real vendors.
#[derive(Debug)]
pub struct Clients {
    /// Zendesk.
    pub zendesk: crate::zendesk::ZendeskClient,
    /// Braze.
    pub braze: crate::braze::BrazeClient,
    /// Where customers' pictures come from.
    pub media: Fetcher,
    /// What new tickets carry.
    pub tickets: TicketDefaults,
    /// A requester's own external id counts as a Braze id where the user field is empty.
    pub trust_external_id: bool,
    /// What time it is.
    pub clock: Clock,
    /// Where the switch is, and SMS parts are counted.
    pub store: Store,
    /// In front of every SMS.
    pub switch: Switch,
    /// In front of Zendesk.
    pub zendesk_gate: Gate,
    /// In front of Braze.
    pub braze_gate: Gate,
    /// Of single kinds of call.
    pub limits: Limits,
    /// Of the schedule, towards Zendesk.
    pub pace: Pace,
    /// Of the schedule, of what Braze is to send.
    pub sends: Pace,
}

impl Vendors for Clients {
    async fn execute(&self, step: &Step, deadline: Deadline) -> Outcome {
        let to_braze = is_for_braze(step);
        if let Step::CountParts { parts, limit } = step {
            return self.count_parts(*parts, *limit, deadline).await;
        }
        let gate = if to_braze {
            &self.braze_gate
        } else {
            &self.zendesk_gate
        };
        let limit = Limit::of(step);
        if let Some(held_up) = self.limits.held_up(gate, step, self.clock.now()) {
            return Outcome::Failed(held_up);
        }
        let since = Instant::now();
        let outcome = match step {
            Step::SendSms(sms) => self.sent(self.send(sms, deadline).await),
            Step::SetAttributes(set) => self.braze_outcome(self.track(set, deadline).await),
            Step::LookUpSubscription { customer, group } => {
                self.subscription(customer, group, deadline).await
            }
            Step::Unsubscribe { customer, group } => {
                let told = self.braze.unsubscribe(customer, group, deadline).await;
                self.braze_outcome(told)
            }
            step => self.zendesk_outcome(step, self.zendesk(step, deadline).await),
        };
        // Braze has a limit for each kind of call.
        if let (true, Some(limit), Some(until)) = (to_braze, limit, limited_until(&outcome)) {
            self.limits.met(limit, until);
        }
        if let Outcome::Failed(Failure::Later(..) | Failure::Unknown) = outcome {
            gate.note_failure(self.clock.now());
        }
        let hop = if to_braze { Hop::Braze } else { Hop::Zendesk };
        hops::note(hop, since, is_failure(&outcome));
        outcome
    }

    /// The export is for administrators; other roles search.
    async fn changed(&self, from: &From, deadline: Deadline) -> Result<Changes, NotTold> {
        changed::page(self, from, deadline).await
    }

    /// No SMS goes out while a person has stopped them all, nor while that is not known.
    async fn held_back(&self, step: &Step, deadline: Deadline) -> Option<Outcome> {
        if !matches!(step, Step::SendSms(_)) {
            return None;
        }
        match self
            .switch
            .is_on(&self.store, self.clock.now(), deadline)
            .await
        {
            Some(false) => None,
            Some(true) => {
                metrics::emit(&[(Metric::SmsStopped, 1)], &[]);
                Some(later(None, Trouble::Stopped))
            }
            None => Some(later(None, Trouble::TableUnread)),
        }
    }

    /// Zendesk's limit is per minute. Braze's of sends is per hour and is used evenly; where it is met all the
    /// same, what waits for it is put aside until then, once.
    fn limited_until(&self, under_way: UnderWay, now: i64) -> Option<i64> {
        let UnderWay {
            vendor,
            conversations,
            runs,
        } = under_way;
        let gate = self.gate(vendor);
        let limited = gate.limited_until(now);
        if conversations > 0 && gate.is_on_trial(now) {
            return limited.max(Some(now.saturating_add(TRIAL_LOOK)));
        }
        let ((calls, a_minute), pace) = match vendor {
            Vendor::Zendesk => (self.zendesk.rate(), &self.pace),
            Vendor::Braze => {
                let (sends, an_hour) = self.braze.sends();
                ((sends, an_hour.map(|limit| limit / 60)), &self.sends)
            }
        };
        let a_minute = a_minute.map(|limit| limit / u32::from(runs.max(1)));
        limited.max(pace.until(now, conversations, calls, a_minute))
    }

    fn down_until(&self, vendor: Vendor, now: i64) -> Option<i64> {
        self.gate(vendor).down_until(now)
    }

    fn updates_a_minute(&self) -> Option<u32> {
        self.zendesk.updates_a_minute()
    }

    fn spares(&self, vendor: Vendor, now: i64) -> bool {
        let limited = match vendor {
            Vendor::Zendesk => self.limits.until(Limit::TicketUpdates, now),
            Vendor::Braze => self.limits.until(Limit::Sends, now),
        };
        limited.is_some() || self.gate(vendor).is_closed(now)
    }

    fn may_try_again(&self, step: &Step, trouble: Trouble, now: i64) -> bool {
        let gate = match step {
            // No person waits for an automatic text.
            Step::SendSms(sms) if sms.comment.is_none() => return false,
            Step::CountParts { .. } | Step::ClaimTicket { .. } => return false,
            step if is_for_braze(step) => &self.braze_gate,
            _ => &self.zendesk_gate,
        };
        // A ticket that was updated too often is not in a second.
        let of_ticket = trouble == Trouble::Limited
            && !is_for_braze(step)
            && gate.limited_until(now).is_none()
            && self.limits.until(Limit::TicketUpdates, now).is_none();
        !of_ticket && gate.has_failed_once(now)
    }

    async fn received(
        &self,
        customer: &Customer,
        deadline: Deadline,
    ) -> Result<Received, NoRecord> {
        self.look_at_profile(customer, deadline).await
    }

    async fn exports_events(&self) -> bool {
        self.braze.exports_events().await
    }
}

impl Clients {
    fn gate(&self, vendor: Vendor) -> &Gate {
        match vendor {
            Vendor::Zendesk => &self.zendesk_gate,
            Vendor::Braze => &self.braze_gate,
        }
    }

    async fn count_parts(&self, parts: u32, limit: u32, deadline: Deadline) -> Outcome {
        let counting = self.store.count_parts(parts, limit, self.clock.now());
        match deadline.run(counting).await {
            Some(Ok(counted)) => Outcome::Counted(counted),
            Some(Err(error)) => {
                tracing::warn!(error = %error, "SMS parts cannot be counted, so none goes out");
                later(None, Trouble::TableUnread)
            }
            None => later(None, Trouble::TableUnread),
        }
    }
}

fn is_for_braze(step: &Step) -> bool {
    matches!(
        step,
        Step::SendSms(_)
            | Step::SetAttributes(_)
            | Step::LookUpSubscription { .. }
            | Step::Unsubscribe { .. }
    )
}

fn later(not_before: Option<i64>, trouble: Trouble) -> Outcome {
    Outcome::Failed(Failure::Later(not_before, trouble))
}

fn limited_until(outcome: &Outcome) -> Option<i64> {
    match outcome {
        Outcome::Failed(Failure::Later(until, Trouble::Limited)) => *until,
        _ => None,
    }
}

fn refused(status: u16, detail: Detail) -> Failure {
    Failure::Refused(Refusal {
        status,
        code: detail.code,
        detail: detail.text,
    })
}

/// The vendor's failure, or ours towards it; a ticket that is closed or gone is an answer.
fn is_failure(outcome: &Outcome) -> bool {
    matches!(
        outcome,
        Outcome::Failed(Failure::Later(..) | Failure::Unknown | Failure::Refused(_))
    )
}

/// The innermost cause, for the log.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

//! Executes a step: the calls to Zendesk and Braze, and what their answers mean for the decision.

mod braze;
mod merge;
mod sign_in;
mod zendesk;

use std::future::Future;

use crate::conversation::step::{Failure, Outcome, Refusal, Step};
use crate::media::Fetcher;
use crate::net::{Deadline, Detail};

use super::Clock;
use super::gate::{Closed, Gate};

pub(crate) use sign_in::calls_zendesk;

/// Executes steps.
pub trait Vendors {
    /// Makes the call and says how it went.
    fn execute(&self, step: &Step, deadline: Deadline) -> impl Future<Output = Outcome> + Send;

    /// Until when a vendor's rate limit makes further work pointless, in milliseconds since the
    /// epoch.
    fn limited_until(&self, _now: i64) -> Option<i64> {
        None
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
    pub zendesk: crate::zendesk::Client,
    /// Braze.
    pub braze: crate::braze::Client,
    /// Where customers' pictures come from.
    pub media: Fetcher,
    /// What new tickets carry.
    pub tickets: TicketDefaults,
    /// What time it is.
    pub clock: Clock,
    /// In front of Zendesk.
    pub zendesk_gate: Gate,
    /// In front of Braze.
    pub braze_gate: Gate,
}

impl Vendors for Clients {
    async fn execute(&self, step: &Step, deadline: Deadline) -> Outcome {
        let to_braze = matches!(step, Step::SendSms(_) | Step::SetAttributes(_));
        let gate = if to_braze {
            &self.braze_gate
        } else {
            &self.zendesk_gate
        };
        match gate.closed(self.clock.now()) {
            Some(Closed::Down) => return Outcome::Failed(Failure::Later(None)),
            Some(Closed::Limited(until)) => return Outcome::Failed(Failure::Later(Some(until))),
            None => {}
        }
        match step {
            Step::SendSms(sms) => self.braze_outcome(self.send(sms, deadline).await),
            Step::SetAttributes(set) => self.braze_outcome(self.track(set, deadline).await),
            step => self.zendesk_outcome(step, self.zendesk(step, deadline).await),
        }
    }

    fn limited_until(&self, now: i64) -> Option<i64> {
        let limits = [&self.zendesk_gate, &self.braze_gate].map(|gate| gate.closed(now));
        let until = limits
            .into_iter()
            .flatten()
            .filter_map(|closed| match closed {
                Closed::Limited(until) => Some(until),
                Closed::Down => None,
            });
        until.max()
    }
}

fn refused(status: u16, detail: Detail) -> Failure {
    Failure::Refused(Refusal {
        status,
        code: detail.code,
        detail: detail.text,
    })
}

/// The innermost cause, for the log.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

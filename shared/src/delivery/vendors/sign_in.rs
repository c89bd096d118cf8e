//! Signing in to Zendesk beside other work: a cold environment has no access token yet.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::message::{Body, Incoming};
use crate::net::Deadline;

use super::Clients;

/// Longest time for it; whoever needs the token tries again by itself.
const SIGN_IN: Duration = Duration::from_secs(2);

/// Whether delivering this event calls Zendesk, as far as can be told before it is stored.
pub(crate) fn calls_zendesk(incoming: &Incoming) -> bool {
    let to_zendesk = match incoming.event.body {
        Body::Text(_) | Body::Consent(_) | Body::Solved(_) | Body::Note(_) | Body::Check => true,
        Body::Reply(_) | Body::Resend(_) | Body::Attributes => false,
    };
    to_zendesk || incoming.customer.is_none()
}

impl Clients {
    /// Does the work, and meanwhile fetches an access token where there is none. Nothing of it is
    /// left running when the work is done.
    pub(crate) async fn while_signing_in<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if self.zendesk_gate.closed(self.clock.now()).is_none() {
            let sign_in = self.zendesk.warm_up(Deadline::after(SIGN_IN));
            tokio::select! {
                biased;
                done = &mut work => return done,
                // Whoever needs the token meets the same failure and reports it.
                _ = sign_in => {}
            }
        }
        work.await
    }
}

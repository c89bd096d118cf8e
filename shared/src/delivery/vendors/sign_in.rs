//! Signing in to Zendesk beside other work: a cold environment has no access token yet.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use crate::message::{Body, Incoming};
use crate::net::Deadline;
use crate::zendesk::ZendeskError;

use super::Clients;

/// Longest time for it; a call that needs the token tries again by itself.
const SIGN_IN: Duration = Duration::from_secs(2);

/// Whether delivering this event calls Zendesk, as far as is known before it is stored.
pub(crate) fn calls_zendesk(incoming: &Incoming) -> bool {
    let to_zendesk = match incoming.event.body {
        Body::Text(_)
        | Body::Consent(_)
        | Body::Solved(_)
        | Body::Say(_)
        | Body::LateFiles(_)
        | Body::Note(_)
        | Body::Check(_) => true,
        Body::Reply(_) | Body::Resend(_) | Body::Attributes | Body::Unsubscribe | Body::Other => {
            false
        }
    };
    to_zendesk || incoming.customer.is_none()
}

impl Clients {
    /// Does the work, and meanwhile fetches an access token where there is none. Nothing of it is
    /// left running when the work is done.
    pub(crate) async fn while_signing_in<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if !self.zendesk_gate.is_closed(self.clock.now()) {
            let sign_in = self.zendesk.warm_up(Deadline::after(SIGN_IN));
            let signed_in = tokio::select! {
                biased;
                done = &mut work => return done,
                signed_in = sign_in => signed_in,
            };
            // A call that needs the token meets the same failure and reports it; the gate counts both.
            if let Err(ZendeskError::Unavailable { .. } | ZendeskError::OutcomeUnknown { .. }) =
                signed_in
            {
                self.zendesk_gate.failed(self.clock.now());
            }
        }
        work.await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;
    use tokio::sync::Notify;

    use super::*;
    use crate::delivery::{Clock, Gate, Limits, Pace, Switch, TicketDefaults};
    use crate::media::Fetcher;
    use crate::test_support::{Reply, Server, Vault, http, later};

    fn clients(vendor: &Server, vault: &Vault) -> Clients {
        let store = vault.store();
        Clients {
            zendesk: crate::zendesk::ZendeskClient::new(http(), vendor.base(), Arc::clone(&store)),
            braze: crate::braze::BrazeClient::new(http(), vendor.base(), store),
            media: Fetcher::new(http(), false),
            tickets: TicketDefaults::default(),
            trust_external_id: false,
            clock: Clock::system(),
            store: crate::test_support::table(vendor),
            switch: Switch::default(),
            zendesk_gate: Gate::default(),
            braze_gate: Gate::default(),
            limits: Limits::default(),
            pace: Pace::default(),
            sends: Pace::default(),
        }
    }

    fn vault() -> Vault {
        Vault::holding(json!({"zendesk_oauth_client_id": "i", "zendesk_oauth_client_secret": "s"}))
    }

    fn token() -> Reply {
        Reply::json(200, json!({"access_token": "t", "token_type": "bearer"}))
    }

    #[tokio::test]
    async fn the_token_is_there_when_the_work_comes_to_need_it() {
        let arrived = Arc::new(Notify::new());
        let told = Arc::clone(&arrived);
        let vendor = Server::start(move |_| {
            told.notify_one();
            token()
        });
        let vault = vault();
        let clients = clients(&vendor, &vault);
        // The work does not begin to need the token before the sign-in has arrived without it.
        let work = async {
            arrived.notified().await;
            clients.zendesk.warm_up(later()).await
        };
        let signed_in = Box::pin(clients.while_signing_in(work)).await;
        signed_in.expect("signed in");
        assert_eq!(vendor.requests().len(), 1, "one token for both");
    }

    #[tokio::test]
    async fn what_is_left_of_a_sign_in_ends_with_the_work_and_blocks_no_later_one() {
        let arrived = Arc::new(Notify::new());
        let told = Arc::clone(&arrived);
        let asked = AtomicUsize::new(0);
        let vendor = Server::start(move |_| {
            told.notify_one();
            match asked.fetch_add(1, Ordering::Relaxed) {
                0 => Reply::Hang,
                _ => token(),
            }
        });
        let vault = vault();
        let clients = clients(&vendor, &vault);
        Box::pin(clients.while_signing_in(arrived.notified())).await;
        let signed_in = clients.zendesk.warm_up(later()).await;
        signed_in.expect("signed in");
        assert_eq!(vendor.requests().len(), 2);
    }
}

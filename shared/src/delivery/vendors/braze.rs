//! The calls to Braze, and what its answers mean for the decision.

use crate::braze::{self, BrazeError, TriggerProperties, TriggerSend};
use crate::conversation::policy::millis;
use crate::conversation::state::{TicketEvent, Trouble, What};
use crate::conversation::step::{Attributes, Failure, Outcome, Refusal, Sms};
use crate::conversation::subscription::Subscription;
use crate::conversation::watch::{NoRecord, Received, ReceivedLast};
use crate::message::{Customer, Personal};
use crate::net::Deadline;
use crate::telemetry::metrics::{self, Metric};
use crate::text::sms::Cost;

use super::{Clients, Hop, Limit, cause, hops, refused};
use std::time::Instant;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

impl Clients {
    /// Braze's id of the sending, where it named one.
    pub(super) async fn send(
        &self,
        sms: &Sms,
        deadline: Deadline,
    ) -> Result<Option<String>, BrazeError> {
        let send = TriggerSend {
            campaign_id: &sms.campaign,
            customer: &sms.customer,
            trigger_properties: TriggerProperties {
                msg_body: &sms.message,
                ticket_id: sms.ticket,
                comment_id: sms.comment,
                agent_name: &sms.agent,
                part: sms.part.into(),
                parts: sms.parts.into(),
                media_url: sms.media.as_ref(),
            },
            attributes: braze::UserAttributes {
                zendesk_ticket: sms.ticket,
                zendesk_ticket_open: sms.open,
                zendesk_ticket_opened_at: None,
            },
        };
        let sent = self.braze.send(&send, deadline).await?;
        let cost = Cost::of(sms.message.as_str());
        metrics::emit(
            &[(Metric::SmsParts, cost.parts as u64), (Metric::SmsSent, 1)],
            &[("sms.encoding", cost.encoding)],
        );
        let dispatch = sent.dispatch_id.as_deref().unwrap_or_default();
        tracing::info!(
            braze.dispatch_id = dispatch,
            braze.warnings = sent.warnings,
            sms.parts = cost.parts,
            sms.encoding = cost.encoding,
            sms.forced_by = cost
                .forced_by
                .map(|c| tracing::field::display(format!("U+{c:04X}"))),
            "accepted by Braze"
        );
        Ok(sent.dispatch_id)
    }

    pub(super) fn sent(&self, result: Result<Option<String>, BrazeError>) -> Outcome {
        match result {
            Ok(dispatch) => {
                self.braze_gate.answered();
                Outcome::Sent(dispatch)
            }
            Err(error) => self.braze_outcome(Err(error)),
        }
    }

    pub(super) async fn track(
        &self,
        set: &Attributes,
        deadline: Deadline,
    ) -> Result<(), BrazeError> {
        let attributes = braze::UserAttributes {
            zendesk_ticket: set.ticket,
            zendesk_ticket_open: set.open,
            zendesk_ticket_opened_at: set.opened_at.map(rfc3339),
        };
        let events: Vec<braze::CustomEvent> = set.events.iter().map(event).collect();
        self.braze
            .track(&set.customer, attributes, &events, deadline)
            .await
    }

    pub(super) async fn subscription(
        &self,
        customer: &Customer,
        group: &str,
        deadline: Deadline,
    ) -> Outcome {
        match self.braze.subscription(customer, group, deadline).await {
            Ok(is) => {
                self.braze_gate.answered();
                Outcome::Subscription(match is {
                    braze::SubscriptionState::Subscribed => Subscription::Subscribed,
                    braze::SubscriptionState::Unsubscribed => Subscription::Unsubscribed,
                    braze::SubscriptionState::Unknown => Subscription::Unknown,
                    braze::SubscriptionState::Other => Subscription::Untold,
                })
            }
            Err(error) => self.braze_outcome(Err(error)),
        }
    }

    /// What the customer received, as Braze's record of them says.
    pub(super) async fn look_at_profile(
        &self,
        customer: &Customer,
        deadline: Deadline,
    ) -> Result<Received, NoRecord> {
        let now = self.clock.now();
        if let Some(until) = self.limits.until(Limit::Profiles, now) {
            return Err(NoRecord::Later(Some(until)));
        }
        self.braze_gate
            .admit(now)
            .map_err(|_| NoRecord::Later(None))?;
        let since = Instant::now();
        let told = self.braze.profile(customer, deadline).await;
        hops::note(Hop::Braze, since, told.is_err());
        match told {
            Ok(profile) => {
                self.braze_gate.answered();
                Ok(received(profile))
            }
            Err(error) => Err(match self.braze_outcome(Err(error)) {
                Outcome::Failed(Failure::Refused(refusal)) => match refusal.status {
                    401 | 403 => NoRecord::NotPermitted,
                    _ => NoRecord::Refused,
                },
                Outcome::Failed(Failure::Later(Some(until), _)) => {
                    self.limits.met(Limit::Profiles, until);
                    NoRecord::Later(Some(until))
                }
                _ => NoRecord::Later(None),
            }),
        }
    }

    pub(super) fn braze_outcome(&self, result: Result<(), BrazeError>) -> Outcome {
        let Err(error) = result else {
            self.braze_gate.answered();
            return Outcome::Done;
        };
        tracing::warn!(error = %error, cause = cause(&error), "Braze");
        let now = self.clock.now();
        Outcome::Failed(match error {
            BrazeError::RateLimited { retry_after } => {
                let until = now.saturating_add(millis(retry_after));
                self.braze_gate.answered();
                Failure::Later(Some(until), Trouble::Limited)
            }
            BrazeError::Unavailable { .. } => {
                self.braze_gate.failed(now);
                Failure::Later(None, Trouble::Unavailable)
            }
            BrazeError::OutcomeUnknown { .. } => {
                self.braze_gate.failed(now);
                Failure::Unknown
            }
            BrazeError::Unauthorized => {
                self.braze_gate.answered();
                let code = "braze_api_key is refused".to_owned();
                Failure::Refused(Refusal {
                    status: 401,
                    code,
                    detail: Personal::default(),
                })
            }
            BrazeError::Rejected { status, detail } => {
                self.braze_gate.answered();
                refused(status, detail)
            }
        })
    }
}

fn received(profile: Option<braze::CampaignRecord>) -> Received {
    let known = profile.is_some();
    let campaigns = profile.unwrap_or_default().campaigns_received;
    let last = campaigns.into_iter().map(|one| ReceivedLast {
        campaign: one.api_campaign_id,
        at: millis_of(&one.last_received),
        in_control: one.in_control,
    });
    Received {
        known,
        campaigns: last.collect(),
    }
}

fn millis_of(time: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

/// A custom event in Braze's words.
fn event(happened: &TicketEvent) -> braze::CustomEvent {
    braze::CustomEvent {
        name: happened.what.name(),
        time: rfc3339(happened.at),
        properties: braze::EventProperties {
            ticket_id: happened.ticket,
            channel: "sms",
            minutes_open: happened.minutes_open,
            answered: happened.answered,
            rating: match happened.what {
                What::Rated(rating) => Some(rating),
                What::Opened | What::Solved | What::Reopened => None,
            },
        },
    }
}

fn rfc3339(at_ms: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)).ok();
    time.and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_default()
}

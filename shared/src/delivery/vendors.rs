//! Executes a step: the calls to Zendesk and Braze, and what their answers mean for the decision.

use std::future::Future;
use std::time::Duration;

use crate::braze::{self, BrazeError, TriggerProperties, TriggerSend};
use crate::conversation::policy::millis;
use crate::conversation::state::Status;
use crate::conversation::step::{
    Attributes, Comment, Failure, FetchedComment, NewTicket, Outcome, Person, Refusal, Sms, Step,
    TicketFacts,
};
use crate::media::Fetcher;
use crate::message::{Personal, TicketId, UserId};
use crate::net::{Deadline, Detail};
use crate::text::sms::Cost;
use crate::zendesk::{self, CommentView, NewComment, NewUser, Role, TicketView, ZendeskError};

use super::gate::{Closed, Gate};
use super::{Clock, attach};

/// Comments read at once: more than an agent writes between two webhooks.
const COMMENTS_READ: u32 = 30;

/// Channel of a comment written through the API: ours, or another integration's.
const API_CHANNEL: &str = "api";

/// Longest pause that Zendesk's limits per account, which are per minute, ask for.
const ACCOUNT_LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// Pause after Zendesk refused the credentials, in milliseconds: a person has to mend them.
const CREDENTIALS_PAUSE: i64 = 30_000;

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
    pub zendesk: zendesk::Client,
    /// Braze.
    pub braze: braze::Client,
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

impl Clients {
    async fn zendesk(&self, step: &Step, deadline: Deadline) -> Result<Outcome, ZendeskError> {
        let client = &self.zendesk;
        Ok(match step {
            Step::UpsertUser(person) => Outcome::User(self.upsert(person, deadline).await?),
            Step::LookUpTicket(ticket) => {
                Outcome::Ticket(client.ticket(*ticket, deadline).await?.map(facts))
            }
            Step::FindMergeTarget(source) => {
                Outcome::Ticket(self.merge_target(*source, deadline).await?)
            }
            Step::FindTicket(external_id) => {
                let found = client
                    .tickets_by_external_id(external_id.as_str(), deadline)
                    .await?;
                Outcome::Ticket(found.into_iter().next().map(facts))
            }
            Step::AttachMedia(links) => {
                Outcome::Attached(attach::attach(&self.media, client, links, deadline).await)
            }
            Step::CreateTicket(ticket) => self.create(ticket, deadline).await?,
            Step::Append(comment) => self.append(comment, deadline).await?,
            Step::FindDelivery { ticket, marker } => {
                let found = client
                    .find_delivery(*ticket, marker.as_str(), deadline)
                    .await?;
                Outcome::Marked(found.is_some())
            }
            Step::SetStatus(ticket, status) => {
                client
                    .set_status(*ticket, to_wire(*status), deadline)
                    .await?;
                Outcome::Done
            }
            Step::AddTags(ticket, tags) => {
                let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
                client.add_tags(*ticket, &tags, deadline).await?;
                Outcome::Done
            }
            Step::FetchComments(ticket) => {
                let comments = client.comments(*ticket, COMMENTS_READ, deadline).await?;
                Outcome::Comments(comments.into_iter().map(fetched).collect())
            }
            Step::SendSms(_) | Step::SetAttributes(_) => Outcome::Failed(Failure::Later(None)),
        })
    }

    async fn upsert(&self, person: &Person, deadline: Deadline) -> Result<UserId, ZendeskError> {
        let user = NewUser {
            external_id: &person.customer,
            name: &person.name,
            phone: person.phone.as_ref(),
        };
        self.zendesk.upsert_user(&user, deadline).await
    }

    async fn create(
        &self,
        ticket: &NewTicket,
        deadline: Deadline,
    ) -> Result<Outcome, ZendeskError> {
        let new = zendesk::NewTicket {
            requester: ticket.requester,
            subject: &ticket.subject,
            comment: &ticket.body,
            uploads: &ticket.uploads,
            public: true,
            tags: &self.tickets.tags,
            priority: self.tickets.priority.as_deref(),
            kind: self.tickets.kind.as_deref(),
            external_id: ticket.delivery.as_str(),
            delivery: &ticket.delivery,
            followup_of: ticket.follows,
        };
        let created = self
            .zendesk
            .create_ticket(&new, &ticket.key, deadline)
            .await?;
        Ok(Outcome::Posted {
            ticket: created.ticket,
            status: from_wire(created.status),
            comment: created.comment,
        })
    }

    async fn append(&self, comment: &Comment, deadline: Deadline) -> Result<Outcome, ZendeskError> {
        let new = NewComment {
            author: comment.author,
            body: &comment.body,
            uploads: &comment.uploads,
            public: comment.public,
            status: comment.status.map(to_wire),
            delivery: &comment.marker,
        };
        let appended = self.zendesk.append(comment.ticket, &new, deadline).await?;
        Ok(Outcome::Posted {
            ticket: comment.ticket,
            status: from_wire(appended.status),
            comment: appended.comment,
        })
    }

    /// A merged ticket's newest comments name the ticket it was merged into. Believed only where
    /// that ticket is the same customer's and takes comments (the wording is not documented).
    async fn merge_target(
        &self,
        source: TicketId,
        deadline: Deadline,
    ) -> Result<Option<TicketFacts>, ZendeskError> {
        let requester = self
            .zendesk
            .ticket(source, deadline)
            .await?
            .and_then(|view| view.requester);
        let comments = self.zendesk.comments(source, 3, deadline).await?;
        let named = comments
            .iter()
            .flat_map(|comment| numbers(comment.plain_body.as_str()));
        for target in named.filter(|&named| named != source).take(2) {
            let Some(view) = self.zendesk.ticket(target, deadline).await? else {
                continue;
            };
            let usable = !matches!(
                view.status,
                zendesk::Status::Closed | zendesk::Status::Deleted
            );
            if usable && view.requester.is_some() && view.requester == requester {
                return Ok(Some(facts(view)));
            }
        }
        Ok(None)
    }

    async fn send(&self, sms: &Sms, deadline: Deadline) -> Result<(), BrazeError> {
        let send = TriggerSend {
            campaign_id: &sms.campaign,
            external_user_id: &sms.customer,
            trigger_properties: TriggerProperties {
                msg_body: &sms.message,
                ticket_id: sms.ticket,
                agent_name: &sms.agent,
                part: sms.part.into(),
                parts: sms.parts.into(),
            },
            attributes: braze::Attributes {
                zendesk_ticket: sms.ticket,
                zendesk_ticket_open: sms.open,
            },
        };
        let sent = self.braze.send(&send, deadline).await?;
        let cost = Cost::of(sms.message.as_str());
        let dispatch = sent.dispatch_id.unwrap_or_default();
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
        Ok(())
    }

    async fn track(&self, set: &Attributes, deadline: Deadline) -> Result<(), BrazeError> {
        let attributes = braze::Attributes {
            zendesk_ticket: set.ticket,
            zendesk_ticket_open: set.open,
        };
        self.braze.track(&set.customer, attributes, deadline).await
    }

    fn braze_outcome(&self, result: Result<(), BrazeError>) -> Outcome {
        let Err(error) = result else {
            self.braze_gate.answered();
            return Outcome::Done;
        };
        tracing::warn!(error = %error, cause = cause(&error), "Braze");
        let now = self.clock.now();
        Outcome::Failed(match error {
            BrazeError::RateLimited { retry_after } => {
                let until = now.saturating_add(millis(retry_after));
                self.braze_gate.limited(until);
                Failure::Later(Some(until))
            }
            BrazeError::Unavailable { .. } => {
                self.braze_gate.failed(now);
                Failure::Later(None)
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

    fn zendesk_outcome(&self, step: &Step, result: Result<Outcome, ZendeskError>) -> Outcome {
        let error = match result {
            Ok(outcome) => {
                self.zendesk_gate.answered();
                return outcome;
            }
            Err(error) => error,
        };
        tracing::warn!(error = %error, cause = cause(&error), step = step.name(), "Zendesk");
        match &error {
            ZendeskError::RateLimited { .. } => {}
            ZendeskError::Unavailable { .. } | ZendeskError::OutcomeUnknown { .. } => {
                self.zendesk_gate.failed(self.clock.now());
            }
            _ => self.zendesk_gate.answered(),
        }
        Outcome::Failed(self.zendesk_failure(step, error))
    }

    fn zendesk_failure(&self, step: &Step, error: ZendeskError) -> Failure {
        match error {
            ZendeskError::RateLimited { retry_after } => {
                let until = self.clock.now().saturating_add(millis(retry_after));
                // A longer pause is a single ticket's limit (30 updates in 10 minutes): only its
                // conversation waits.
                if retry_after <= ACCOUNT_LIMIT_PAUSE {
                    self.zendesk_gate.limited(until);
                }
                Failure::Later(Some(until))
            }
            ZendeskError::Unavailable { retry_after, .. } => {
                let at = |pause| self.clock.now().saturating_add(millis(pause));
                Failure::Later(retry_after.map(at))
            }
            // Wrong credentials are mended by a person: everything waits, nothing is lost.
            ZendeskError::Unauthorized | ZendeskError::Forbidden => {
                Failure::Later(Some(self.clock.now().saturating_add(CREDENTIALS_PAUSE)))
            }
            ZendeskError::Conflict => Failure::Later(None),
            ZendeskError::NotFound => Failure::NotFound,
            ZendeskError::Closed => Failure::Closed,
            ZendeskError::IdempotencyConflict => Failure::KeyConflict,
            ZendeskError::Rejected { status, detail } => refused(status, detail),
            ZendeskError::OutcomeUnknown { .. } => match step {
                Step::CreateTicket(_) | Step::Append(_) => Failure::Unknown,
                // Everything else is safe to repeat.
                _ => Failure::Later(None),
            },
        }
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

fn facts(view: TicketView) -> TicketFacts {
    TicketFacts {
        ticket: view.id,
        status: from_wire(view.status),
        requester: view.requester,
        customer: view.customer(),
        tags: view.tags,
    }
}

fn fetched(view: CommentView) -> FetchedComment {
    let by_person = view.channel != API_CHANNEL && view.delivery.is_none();
    FetchedComment {
        comment: view.id,
        by_agent: by_person && matches!(view.role, Some(Role::Agent | Role::Admin)),
        public: view.public,
        text: view.plain_body,
        author: view.author_name,
        created_at: view.created_at.unwrap_or(0),
    }
}

fn from_wire(status: zendesk::Status) -> Option<Status> {
    Status::parse(status.as_str())
}

fn to_wire(status: Status) -> zendesk::Status {
    match status {
        Status::New => zendesk::Status::New,
        Status::Open => zendesk::Status::Open,
        Status::Pending => zendesk::Status::Pending,
        Status::Hold => zendesk::Status::Hold,
        Status::Solved => zendesk::Status::Solved,
        Status::Closed => zendesk::Status::Closed,
    }
}

/// Ticket numbers written as `#123`.
fn numbers(text: &str) -> Vec<TicketId> {
    let after_hash = text.split('#').skip(1);
    let digits = after_hash.map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        &rest[..end]
    });
    digits.filter_map(|digits| digits.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_of_a_merge_is_read_from_the_comment() {
        let named = numbers("Request #12 was closed and merged into request #345. Ref #x");
        assert_eq!(named.iter().map(|t| t.get()).collect::<Vec<_>>(), [12, 345]);
    }

    #[test]
    fn a_comment_through_the_api_is_not_an_agents_answer() {
        let view = CommentView {
            id: crate::message::CommentId::new(1).expect("id"),
            author: None,
            role: Some(Role::Agent),
            author_name: Personal::default(),
            public: true,
            plain_body: Personal::from("hi"),
            channel: API_CHANNEL.to_owned(),
            created_at: None,
            delivery: None,
            has_metadata: false,
            attachments: vec![],
        };
        assert!(!fetched(view).by_agent);
    }
}

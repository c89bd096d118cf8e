//! The calls to Zendesk, and what its answers mean for the decision.

use crate::conversation::policy::{carries, millis};
use crate::conversation::state::{Status, Trouble};
use crate::conversation::step::{
    Comment, Failure, FetchedComment, History, NewTicket, Outcome, PersonFacts, Refusal, Step,
    TicketFacts, Written,
};
use crate::message::{Attachment, DeliveryId, Personal, TicketField, TicketId, UserId};
use crate::net::Deadline;
use crate::zendesk::{self, CommentView, FoundUser, NewComment, Role, TicketView, ZendeskError};

use super::super::attach;
use super::{Clients, cause, refused};

/// Comments read at once, Zendesk's most: more than agents write between two webhooks, and where one is
/// asked for again, before that.
const COMMENTS_READ: u32 = 100;

/// Channel of a comment written through the API: ours, or another integration's.
const API_CHANNEL: &str = "api";

/// Pause after Zendesk refused the credentials, in milliseconds: a person has to mend them.
const CREDENTIALS_PAUSE: i64 = 30_000;

impl Clients {
    pub(super) async fn zendesk(
        &self,
        step: &Step,
        deadline: Deadline,
    ) -> Result<Outcome, ZendeskError> {
        let client = &self.zendesk;
        Ok(match step {
            Step::UpsertUser(person) => {
                Outcome::User(super::customer::find_or_create(client, person, deadline).await?)
            }
            Step::LookUpTicket(ticket) => Outcome::Ticket(self.look_up(*ticket, deadline).await?),
            Step::FindMergeTarget(source) => {
                Outcome::Ticket(self.merge_target(*source, deadline).await?)
            }
            Step::FindTicket(opened_by) => Outcome::Ticket(self.opened(opened_by, deadline).await?),
            Step::AttachMedia(links) => {
                Outcome::Attached(attach::attach(&self.media, client, links, deadline).await)
            }
            Step::CreateTicket(ticket) => self.create(ticket, deadline).await?,
            Step::Append(comment) => self.append(comment, deadline).await?,
            Step::FindDelivery { ticket, marker } => {
                let found = client
                    .find_delivery(*ticket, marker.as_str(), deadline)
                    .await?;
                found.map_or(Outcome::Absent, |found| Outcome::Present(found.comment))
            }
            Step::LookUpSolve(ticket) => {
                Outcome::SolvedAt(client.solved_at(*ticket, deadline).await?)
            }
            Step::LookUpUser(user) => Outcome::Person(self.person(*user, deadline).await?),
            Step::LookUpHistory(ticket, tag) => {
                let history = client.history(*ticket, tag.as_deref(), deadline).await?;
                Outcome::History(History {
                    requester_since: history.requester_since,
                    tagged_since: history.tagged_since,
                })
            }
            Step::FetchComments(ticket) => {
                let comments = client.comments(*ticket, COMMENTS_READ, deadline).await?;
                Outcome::Comments(comments.into_iter().map(fetched).collect())
            }
            Step::NameUser(..)
            | Step::MakePrivate(..)
            | Step::SetStatus(..)
            | Step::SetFields(..)
            | Step::AddTags(..)
            | Step::RemoveTags(..) => {
                self.change(step, deadline).await?;
                Outcome::Done
            }
            Step::SendSms(_)
            | Step::CountParts { .. }
            | Step::SetAttributes(_)
            | Step::LookUpSubscription { .. }
            | Step::Unsubscribe { .. }
            | Step::FindProfile(..)
            | Step::TakeOver(..)
            | Step::EndTakeOver(_)
            | Step::ClaimTicket { .. } => super::later(None, Trouble::Other),
        })
    }

    /// The ticket that a delivery opened.
    async fn opened(
        &self,
        opened_by: &DeliveryId,
        deadline: Deadline,
    ) -> Result<Option<TicketFacts>, ZendeskError> {
        let found = self
            .zendesk
            .tickets_by_external_id(opened_by.as_str(), deadline);
        Ok(found.await?.into_iter().next().map(|view| self.facts(view)))
    }

    /// A write that may be repeated.
    async fn change(&self, step: &Step, deadline: Deadline) -> Result<(), ZendeskError> {
        let client = &self.zendesk;
        match step {
            Step::NameUser(user, id) => super::customer::name(client, *user, id, deadline).await,
            Step::MakePrivate(ticket, comment) => {
                client.make_private(*ticket, *comment, deadline).await
            }
            Step::SetStatus(ticket, status) => {
                client.set_status(*ticket, to_wire(*status), deadline).await
            }
            Step::SetFields(ticket, values) => {
                client.set_fields(*ticket, &fields(values), deadline).await
            }
            Step::AddTags(ticket, tags) => client.add_tags(*ticket, &names(tags), deadline).await,
            Step::RemoveTags(ticket, tags) => {
                client.remove_tags(*ticket, &names(tags), deadline).await
            }
            _ => Ok(()),
        }
    }

    async fn person(&self, user: UserId, deadline: Deadline) -> Result<PersonFacts, ZendeskError> {
        let found = self.zendesk.active_user(user, deadline).await?;
        Ok(PersonFacts {
            gone: found.is_none(),
            number: found.as_ref().and_then(FoundUser::number),
            customer: found.and_then(|found| found.customer(self.trust_external_id)),
        })
    }

    /// A ticket as it is. One that a customer made by answering a closed one takes over its tags: the tag of
    /// tickets that are texted about counts there only once it was added.
    async fn look_up(
        &self,
        ticket: TicketId,
        deadline: Deadline,
    ) -> Result<Option<TicketFacts>, ZendeskError> {
        let Some(mut view) = self.zendesk.ticket(ticket, deadline).await? else {
            return Ok(None);
        };
        if let Some(tag) = self.tickets.tags.first().filter(|_| view.inherits_tags)
            && carries(&view.tags, tag)
        {
            let history = self.zendesk.history(ticket, Some(tag), deadline).await?;
            if history.tagged_since.is_none() {
                view.tags
                    .retain(|own| !carries(std::slice::from_ref(own), tag));
            }
        }
        Ok(Some(self.facts(view)))
    }

    async fn create(
        &self,
        ticket: &NewTicket,
        deadline: Deadline,
    ) -> Result<Outcome, ZendeskError> {
        let routing = &ticket.routing;
        let mut tags = self.tickets.tags.clone();
        tags.extend(
            routing
                .tags
                .iter()
                .filter(|tag| !self.tickets.tags.contains(tag))
                .cloned(),
        );
        let priority = routing.priority.as_ref();
        let kind = routing.kind.as_ref();
        let new = zendesk::TicketToCreate {
            requester: ticket.requester,
            subject: &ticket.subject,
            comment: &ticket.body,
            uploads: &ticket.uploads,
            public: true,
            tags: &tags,
            priority: priority
                .or(self.tickets.priority.as_ref())
                .map(String::as_str),
            kind: kind.or(self.tickets.kind.as_ref()).map(String::as_str),
            external_id: ticket.delivery.as_str(),
            delivery: &ticket.delivery,
            followup_of: ticket.follows,
            ids: &routing.ids,
            fields: &routing.fields,
        };
        let created = self
            .zendesk
            .create_ticket(&new, &ticket.key, deadline)
            .await?;
        Ok(Outcome::Posted(Written {
            ticket: created.ticket,
            status: from_wire(created.status),
            comment: created.comment,
            requester: None,
            tags: None,
        }))
    }

    async fn append(&self, comment: &Comment, deadline: Deadline) -> Result<Outcome, ZendeskError> {
        let new = NewComment {
            author: comment.author,
            body: &comment.body,
            uploads: &comment.uploads,
            public: comment.public,
            status: comment.status.map(to_wire),
            fields: &fields(&comment.fields),
            delivery: &comment.marker,
        };
        let appended = self.zendesk.append(comment.ticket, &new, deadline).await?;
        Ok(Outcome::Posted(Written {
            ticket: comment.ticket,
            status: from_wire(appended.status),
            comment: appended.comment,
            requester: appended.requester,
            tags: appended.tags,
        }))
    }

    pub(super) fn facts(&self, view: TicketView) -> TicketFacts {
        TicketFacts {
            ticket: view.id,
            status: from_wire(view.status),
            requester: view.requester,
            customer: view.customer(self.trust_external_id),
            number: view.number(),
            tags: view.tags,
        }
    }

    pub(super) fn zendesk_outcome(
        &self,
        step: &Step,
        result: Result<Outcome, ZendeskError>,
    ) -> Outcome {
        let error = match result {
            Ok(outcome) => {
                self.zendesk_gate.answered();
                return outcome;
            }
            Err(error) => error,
        };
        tracing::warn!(error = %error, cause = cause(&error), step = step.name(), "Zendesk");
        match &error {
            ZendeskError::Unavailable { .. } | ZendeskError::OutcomeUnknown { .. } => {
                self.zendesk_gate.failed(self.clock.now());
            }
            _ => self.zendesk_gate.answered(),
        }
        Outcome::Failed(self.zendesk_failure(step, error))
    }

    fn zendesk_failure(&self, step: &Step, error: ZendeskError) -> Failure {
        match error {
            ZendeskError::RateLimited { of, retry_after } => {
                let until = self.clock.now().saturating_add(millis(retry_after));
                self.limits.of_zendesk(&self.zendesk_gate, of, until)
            }
            ZendeskError::Unavailable { retry_after, .. } => {
                let at = |pause| self.clock.now().saturating_add(millis(pause));
                Failure::Later(retry_after.map(at), Trouble::Unavailable)
            }
            // Neither audits nor the comments' metadata may be read: whether it is there is not known, and the texts behind
            // it are not to wait until somebody gives the right.
            ZendeskError::Forbidden if matches!(step, Step::FindDelivery { .. }) => {
                Failure::Refused(Refusal {
                    status: 403,
                    code: "neither audits nor the metadata of comments may be read".to_owned(),
                    detail: Personal::default(),
                })
            }
            // Wrong credentials are mended by a person: everything waits, nothing is lost.
            ZendeskError::Unauthorized | ZendeskError::Forbidden => {
                let until = self.clock.now().saturating_add(CREDENTIALS_PAUSE);
                Failure::Later(Some(until), Trouble::Credentials)
            }
            ZendeskError::Conflict => Failure::Later(None, Trouble::Conflict),
            ZendeskError::NotFound => Failure::NotFound,
            ZendeskError::Closed => Failure::Closed,
            ZendeskError::Suspended => Failure::Suspended,
            ZendeskError::IdempotencyConflict => Failure::KeyConflict,
            ZendeskError::Rejected { status, detail } => refused(status, detail),
            ZendeskError::OutcomeUnknown { .. } => match step {
                Step::CreateTicket(_) | Step::Append(_) => Failure::Unknown,
                // Everything else is safe to repeat.
                _ => Failure::Later(None, Trouble::NoAnswer),
            },
        }
    }
}

fn fields(values: &[(u64, i64)]) -> Vec<TicketField> {
    let field = |(id, value): &(u64, i64)| TicketField {
        id: *id,
        value: (*value).into(),
    };
    values.iter().map(field).collect()
}

fn names(tags: &[String]) -> Vec<&str> {
    tags.iter().map(String::as_str).collect()
}

fn fetched(view: CommentView) -> FetchedComment {
    let by_person = view.channel != API_CHANNEL && view.delivery.is_none();
    FetchedComment {
        comment: view.id,
        by_agent: by_person && matches!(view.role, Some(Role::Agent | Role::Admin)),
        by_end_user: view.role == Some(Role::EndUser),
        public: view.public,
        files: view
            .attachments
            .iter()
            .filter_map(|file| {
                let name = file.file_name.as_str();
                Attachment::new(name, &file.content_url, &file.content_type, file.size)
            })
            .collect(),
        text: view.plain_body,
        author: view.author_name,
        created_at: view.created_at.unwrap_or(0),
    }
}

fn from_wire(status: zendesk::TicketStatus) -> Option<Status> {
    Status::parse(status.as_str())
}

fn to_wire(status: Status) -> zendesk::TicketStatus {
    match status {
        Status::New => zendesk::TicketStatus::New,
        Status::Open => zendesk::TicketStatus::Open,
        Status::Pending => zendesk::TicketStatus::Pending,
        Status::Hold => zendesk::TicketStatus::Hold,
        Status::Solved => zendesk::TicketStatus::Solved,
        Status::Closed => zendesk::TicketStatus::Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

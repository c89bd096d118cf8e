//! The calls a flow can make, each with the answer that belongs to it.

use crate::message::{CommentId, TicketId};

use super::super::state::Status;
use super::super::step::{Attributes, Comment, Failure, Outcome, Step};
use super::{Call, Flow, No, Pause, Stop, later};

/// A comment that was written, and what the answer said of its ticket.
pub(super) struct Posted {
    pub(super) status: Option<Status>,
    pub(super) comment: Option<CommentId>,
}

/// A write that is on its ticket.
pub(super) struct Found {
    pub(super) comment: Option<CommentId>,
}

impl Flow<'_> {
    /// Adds a comment. Not safe to repeat.
    pub(super) async fn append(&mut self, comment: Comment) -> Call<Posted> {
        self.call(Step::Append(comment), posted).await
    }

    /// Looks whether a write of this event is on a ticket.
    pub(super) async fn find_delivery(&mut self, ticket: TicketId) -> Call<Option<Found>> {
        let marker = self.about.marker.clone();
        let step = Step::FindDelivery { ticket, marker };
        self.call(step, |outcome| match outcome {
            Outcome::Present(comment) => Some(Some(Found { comment })),
            Outcome::Absent => Some(None),
            _ => None,
        })
        .await
    }

    /// Adds tags to a ticket.
    pub(super) async fn add_tags(&mut self, ticket: TicketId, tags: &[String]) -> Call<()> {
        self.call(Step::AddTags(ticket, tags.to_vec()), done).await
    }

    /// Takes tags off a ticket.
    pub(super) async fn remove_tags(&mut self, ticket: TicketId, tags: &[String]) -> Call<()> {
        self.call(Step::RemoveTags(ticket, tags.to_vec()), done)
            .await
    }

    /// Sets Braze's attributes.
    pub(super) async fn set_attributes(
        &mut self,
        ticket: Option<TicketId>,
        open: bool,
    ) -> Call<()> {
        let customer = self.about.customer.clone();
        let set = Attributes {
            customer,
            ticket,
            open,
        };
        self.call(Step::SetAttributes(set), done).await
    }

    /// Makes a call; `read` takes from the outcome what belongs to it.
    async fn call<T>(&mut self, step: Step, read: fn(Outcome) -> Option<T>) -> Call<T> {
        let Some(left) = self.left.checked_sub(1) else {
            tracing::error!(delivery.id = %self.about.delivery, "too many calls, rescheduled");
            return later(None, None);
        };
        self.left = left;
        let outcome = self.calls.call(&step).await;
        let failure = match outcome.ok_or(Stop::Pause(Pause::OutOfTime))? {
            Outcome::Failed(failure) => failure,
            outcome => {
                let answer = read(outcome);
                return answer.map(Ok).ok_or(Stop::Pause(Pause::Later(None, None)));
            }
        };
        Ok(Err(match failure {
            Failure::Later(not_before, trouble) => return later(not_before, Some(trouble)),
            Failure::Unknown => No::Unknown,
            Failure::NotFound => No::NotFound,
            Failure::Closed => No::Closed,
            Failure::KeyConflict => No::KeyConflict,
            Failure::Refused(refusal) => No::Refused(refusal),
        }))
    }
}

fn posted(outcome: Outcome) -> Option<Posted> {
    match outcome {
        Outcome::Posted {
            status, comment, ..
        } => Some(Posted { status, comment }),
        _ => None,
    }
}

fn done(outcome: Outcome) -> Option<()> {
    (outcome == Outcome::Done).then_some(())
}

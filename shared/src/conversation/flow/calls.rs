//! The calls a flow can make, each with the answer that belongs to it.

use crate::message::{
    BrazeId, CommentId, Customer, DeliveryId, ExternalUserId, Personal, Phone, TicketId, UserId,
};

use super::super::policy::millis;
use super::super::state::{Attached, Entry, Status, Trouble};
use super::super::step::{
    Anyway, Attributes, Comment, Failure, FetchedComment, HandedOver, History, NewTicket, Outcome,
    Owner, Person, Sms, Step, TicketFacts, Written,
};
use super::super::subscription::Subscription;
use super::{Call, Exit, Flow, No, Pause, later, ticket_events};

/// A write that is on its ticket.
pub(super) struct Found {
    pub(super) comment: Option<CommentId>,
}

impl Flow<'_> {
    /// Creates the customer in Zendesk, or finds them. Safe to repeat.
    pub(super) async fn upsert_user(&mut self, person: Person) -> Call<UserId> {
        self.call(Step::UpsertUser(person), |outcome| match outcome {
            Outcome::User(user) => Some(user),
            _ => None,
        })
        .await
    }

    /// Fetches pictures and files and uploads them to Zendesk. Safe to repeat.
    pub(super) async fn attach_media(&mut self, links: Vec<Personal>) -> Call<Vec<Attached>> {
        self.call(Step::AttachMedia(links), |outcome| match outcome {
            Outcome::Attached(files) => Some(files),
            _ => None,
        })
        .await
    }

    /// Creates a ticket under an idempotency key.
    pub(super) async fn create_ticket(&mut self, new: NewTicket) -> Call<Written> {
        self.call(Step::CreateTicket(Box::new(new)), written).await
    }

    /// Finds a ticket by the external id the bridge gave it.
    pub(super) async fn find_ticket(&mut self, opened_by: DeliveryId) -> Call<Option<TicketFacts>> {
        self.call(Step::FindTicket(opened_by), facts).await
    }

    /// Finds the ticket another one was merged into.
    pub(super) async fn find_merge_target(
        &mut self,
        source: TicketId,
    ) -> Call<Option<TicketFacts>> {
        self.call(Step::FindMergeTarget(source), facts).await
    }

    /// Sets the ticket's status.
    pub(super) async fn set_status(&mut self, ticket: TicketId, status: Status) -> Call<()> {
        self.call(Step::SetStatus(ticket, status), done).await
    }

    /// Adds a comment. Not safe to repeat.
    pub(super) async fn append(&mut self, comment: Comment) -> Call<Written> {
        self.call(Step::Append(comment), written).await
    }

    /// Makes a comment private. Safe to repeat.
    pub(super) async fn make_private(&mut self, ticket: TicketId, comment: CommentId) -> Call<()> {
        self.call(Step::MakePrivate(ticket, comment), done).await
    }

    /// Looks whether a user is gone.
    pub(super) async fn is_gone(&mut self, user: UserId) -> Call<bool> {
        self.call(Step::LookUpUser(user), |outcome| match outcome {
            Outcome::Person(person) => Some(person.gone),
            _ => None,
        })
        .await
    }

    /// Looks since when the ticket is its requester's and carries the tag.
    pub(super) async fn look_up_history(&mut self, ticket: TicketId) -> Call<History> {
        let tag = self.about.policy.tag.clone();
        let step = Step::LookUpHistory(ticket, tag);
        self.call(step, |outcome| match outcome {
            Outcome::History(history) => Some(history),
            _ => None,
        })
        .await
    }

    /// Writes down that the conversation is on this ticket, and says which other one is. While another is, it stays
    /// written down, unless `anyway`. Where this fails the ticket is looked up later, so nothing waits for it; but of
    /// a customer without an external id everything does, because nothing else leads from the ticket to them.
    pub(super) async fn claim_ticket(
        &mut self,
        ticket: TicketId,
        user: UserId,
        anyway: Anyway,
    ) -> Result<Option<Owner>, Exit> {
        let step = Step::ClaimTicket {
            ticket,
            user,
            anyway,
        };
        let claimed = self.make(step, |outcome| match outcome {
            Outcome::Claimed(owner) => Some(owner),
            _ => None,
        });
        match claimed.await? {
            Err(Failure::Later(not_before, trouble)) if self.customer.id().is_none() => {
                later(not_before, Some(trouble))
            }
            claimed => Ok(claimed.unwrap_or_default()),
        }
    }

    /// Writes down that the profile's conversation is this one, and says which other one it is. While it is another,
    /// that stays written down, unless `anyway`.
    pub(super) async fn find_profile(
        &mut self,
        profile: &BrazeId,
        anyway: Anyway,
    ) -> Call<Option<Customer>> {
        let step = Step::FindProfile(profile.clone(), anyway);
        self.call(step, |outcome| match outcome {
            Outcome::Profile(other) => Some(other),
            _ => None,
        })
        .await
    }

    /// Takes over the conversation that a profile has under a number. Safe to repeat until [`Self::end_take_over`].
    pub(super) async fn take_over(
        &mut self,
        from: Phone,
        profile: &BrazeId,
    ) -> Call<Option<Box<HandedOver>>> {
        let step = Step::TakeOver(from, profile.clone());
        self.call(step, |outcome| match outcome {
            Outcome::TakenOver(handed) => Some(handed),
            _ => None,
        })
        .await
    }

    /// What was taken over is written down here.
    pub(super) async fn end_take_over(&mut self, from: Phone) -> Call<()> {
        self.call(Step::EndTakeOver(from), done).await
    }

    /// Writes the external id on a user who had none.
    pub(super) async fn name_user(&mut self, user: UserId, id: ExternalUserId) -> Call<()> {
        self.call(Step::NameUser(user, id), done).await
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

    /// Sets ticket fields to numbers.
    pub(super) async fn set_fields(
        &mut self,
        ticket: TicketId,
        fields: Vec<(u64, i64)>,
    ) -> Call<()> {
        self.call(Step::SetFields(ticket, fields), done).await
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

    /// Reads a ticket: status, tags, requester.
    pub(super) async fn look_up_ticket(&mut self, ticket: TicketId) -> Call<Option<TicketFacts>> {
        self.call(Step::LookUpTicket(ticket), facts).await
    }

    /// Looks when the ticket was solved last, in milliseconds since the epoch.
    pub(super) async fn look_up_solve(&mut self, ticket: TicketId) -> Call<Option<i64>> {
        self.call(Step::LookUpSolve(ticket), |outcome| match outcome {
            Outcome::SolvedAt(at) => Some(at),
            _ => None,
        })
        .await
    }

    /// Reads the newest comments, newest first.
    pub(super) async fn fetch_comments(&mut self, ticket: TicketId) -> Call<Vec<FetchedComment>> {
        self.call(Step::FetchComments(ticket), comments).await
    }

    /// Reads the newest comments for something that nothing waits for.
    pub(super) async fn fetch_comments_if_possible(
        &mut self,
        ticket: TicketId,
    ) -> Result<Option<Vec<FetchedComment>>, Exit> {
        let step = Step::FetchComments(ticket);
        Ok(self.make(step, comments).await?.ok())
    }

    /// Sends one SMS. Never repeated when its outcome is unknown.
    pub(super) async fn send_sms(&mut self, sms: Sms) -> Call<()> {
        let made = self.make(Step::SendSms(Box::new(sms)), done).await?;
        let (now, kept) = (self.now(), millis(self.about.policy.give_up_after));
        match made {
            Err(Failure::Later(_, Trouble::Stopped)) => self.state.stands_still(now, kept),
            _ => self.state.goes_on(now),
        }
        self.answer(made)
    }

    /// Counts SMS parts of the whole stack; `false`: they go beyond the limit of an hour.
    pub(super) async fn count_parts(&mut self, parts: u32, limit: u32) -> Call<bool> {
        let step = Step::CountParts { parts, limit };
        self.call(step, |outcome| match outcome {
            Outcome::Counted(counted) => Some(counted),
            _ => None,
        })
        .await
    }

    /// Sets Braze's attributes.
    pub(super) async fn set_attributes(
        &mut self,
        ticket: Option<TicketId>,
        open: bool,
    ) -> Call<()> {
        let set = self.attributes(ticket, open);
        let made = self.make(set.clone(), done).await;
        ticket_events::reported(self, set, &made);
        self.answer(made?)
    }

    /// Sets Braze's attributes as a part of an event that does not wait for them: where they cannot be
    /// set now, they follow as an event of their own.
    pub(super) async fn announce(
        &mut self,
        ticket: Option<TicketId>,
        open: bool,
    ) -> Result<Option<Entry>, Exit> {
        let set = self.attributes(ticket, open);
        let made = self.make(set.clone(), done).await;
        ticket_events::reported(self, set, &made);
        Ok(match made? {
            Ok(()) | Err(Failure::Refused(_) | Failure::NotFound) => None,
            Err(_) => Some(self.context().attributes()),
        })
    }

    /// Asks for the customer's state in a subscription group. Nothing waits for the answer.
    pub(super) async fn look_up_subscription(
        &mut self,
        group: String,
    ) -> Result<Subscription, Exit> {
        let customer = self.customer.clone();
        let step = Step::LookUpSubscription { customer, group };
        let asked = self.make(step, |outcome| match outcome {
            Outcome::Subscription(is) => Some(is),
            _ => None,
        });
        Ok(asked.await?.unwrap_or(Subscription::Untold))
    }

    /// Tells Braze that the customer wants no more SMS of a group. Safe to repeat.
    pub(super) async fn unsubscribe(&mut self, group: String) -> Call<()> {
        let customer = self.customer.clone();
        self.call(Step::Unsubscribe { customer, group }, done).await
    }

    fn attributes(&mut self, ticket: Option<TicketId>, open: bool) -> Step {
        let events = ticket_events::take(self);
        let customer = self.customer.clone();
        let opened_at = Some(self.state.opened_at).filter(|at| *at > 0);
        Step::SetAttributes(Attributes {
            customer,
            ticket,
            open,
            opened_at,
            events,
        })
    }

    /// Makes a call that the event waits for; `read` takes from the outcome what belongs to it.
    async fn call<T>(&mut self, step: Step, read: fn(Outcome) -> Option<T>) -> Call<T> {
        let made = self.make(step, read).await?;
        self.answer(made)
    }

    /// What the event makes of an answer that it waits for.
    fn answer<T>(&self, made: Result<T, Failure>) -> Call<T> {
        Ok(Err(match made {
            Ok(answer) => return Ok(Ok(answer)),
            Err(Failure::Later(not_before, trouble)) => return later(not_before, Some(trouble)),
            Err(Failure::Unknown) => No::Unknown,
            Err(Failure::NotFound) => No::NotFound,
            Err(Failure::Closed) => No::Closed,
            Err(Failure::Suspended) => No::Suspended,
            Err(Failure::KeyConflict) => No::KeyConflict,
            Err(Failure::Refused(refusal)) => No::Refused(refusal),
        }))
    }

    /// Makes a call, if there are calls and time left.
    async fn make<T>(
        &mut self,
        step: Step,
        read: fn(Outcome) -> Option<T>,
    ) -> Result<Result<T, Failure>, Exit> {
        let Some(left) = self.left.checked_sub(1) else {
            tracing::error!(delivery.id = %self.about.delivery, "too many calls, rescheduled");
            return later(None, None);
        };
        self.left = left;
        let Some(outcome) = self.calls.call(&step).await else {
            return Err(Exit::Pause(Pause::OutOfTime));
        };
        match outcome {
            Outcome::Failed(failure) => Ok(Err(failure)),
            outcome => match read(outcome) {
                Some(answer) => Ok(Ok(answer)),
                None => later(None, None),
            },
        }
    }
}

fn comments(outcome: Outcome) -> Option<Vec<FetchedComment>> {
    match outcome {
        Outcome::Comments(comments) => Some(comments),
        _ => None,
    }
}

fn facts(outcome: Outcome) -> Option<Option<TicketFacts>> {
    match outcome {
        Outcome::Ticket(facts) => Some(facts),
        _ => None,
    }
}

fn written(outcome: Outcome) -> Option<Written> {
    match outcome {
        Outcome::Posted(written) => Some(written),
        _ => None,
    }
}

fn done(outcome: Outcome) -> Option<()> {
    matches!(outcome, Outcome::Done | Outcome::Sent(_)).then_some(())
}

//! Zendesk and Braze in memory, as far as the bridge can tell them from the real ones, and what
//! happened there.

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::state::{Status, TicketEvent};
use shared::conversation::step::{
    Comment, Failure, FetchedComment, History, NewTicket, Outcome, Refusal, Sms, TicketFacts,
    Written,
};
use shared::message::{
    CommentId, Customer, DeliveryId, ExternalUserId, Personal, Phone, TicketId, UserId,
};

use super::act::{Exports, Fate};
use super::anonymous;
use super::exports::Exported;

/// How long an idempotency key is remembered (live-tested by a third party: two hours).
pub const KEY_KEPT: i64 = 2 * 60 * 60 * 1000;

/// The tag that says that an agent asked for a message once more.
pub const ASKED: &str = "sms_resend_asked";

/// The ticket field that takes ratings.
pub const RATING_FIELD: u64 = 7;

/// Comments one call returns.
const COMMENTS_READ: usize = 30;

#[derive(Debug)]
pub struct Ticket {
    pub customer: Customer,
    pub requester: UserId,
    pub status: Status,
    pub deleted: bool,
    /// When, in milliseconds since the epoch.
    pub deleted_at: Option<i64>,
    pub merged_into: Option<TicketId>,
    pub tags: Vec<String>,
    pub fields: BTreeMap<u64, i64>,
    pub comments: Vec<Remark>,
    pub by_bridge: bool,
    external_id: Option<String>,
    /// How often it was solved.
    pub cycle: u32,
    /// How often it was opened again.
    pub reopened: u32,
    /// When it was solved last, in milliseconds since the epoch.
    pub solved_at: Option<i64>,
    /// Whose it was, since when (in milliseconds since the epoch), oldest first.
    pub hands: Vec<(i64, Customer)>,
    /// Its requester has no external id of Braze.
    is_strangers: bool,
}

impl Ticket {
    /// An agent would work on it.
    pub fn is_active(&self) -> bool {
        !self.deleted && !self.status.is_done()
    }

    fn facts(&self, id: TicketId, unnamed: &BTreeSet<UserId>) -> TicketFacts {
        let by_number = unnamed.contains(&self.requester);
        let nobodys = self.is_strangers || by_number;
        TicketFacts {
            ticket: id,
            status: Some(self.status),
            requester: Some(self.requester),
            customer: self.customer.id().filter(|_| !nobodys).cloned(),
            number: by_number.then(anonymous::phone),
            tags: self.tags.clone(),
        }
    }

    /// Whose it was at a time, in milliseconds since the epoch.
    pub fn owner_at(&self, at: i64) -> &Customer {
        let until_then = self.hands.iter().rev().find(|(since, _)| *since <= at);
        until_then.map_or(&self.customer, |(_, owner)| owner)
    }

    /// It was this customer's once.
    pub fn was_of(&self, customer: &Customer) -> bool {
        let mut owners = self.hands.iter().map(|(_, owner)| owner);
        owners.any(|owner| owner == customer) || self.customer == *customer
    }

    /// When it was given to another person last, in milliseconds since the epoch.
    pub fn given_at(&self) -> Option<i64> {
        let given = self.hands.last().filter(|_| self.hands.len() > 1);
        given.map(|(at, _)| *at)
    }

    /// When somebody wrote on it or solved it last, in milliseconds since the epoch.
    pub fn changed_at(&self) -> i64 {
        let written = self.comments.iter().map(|remark| remark.at);
        written.chain(self.solved_at).max().unwrap_or(0)
    }

    fn set(&mut self, status: Status, now: i64) {
        if status == Status::Solved && self.status != status {
            self.solved_at = Some(now);
        }
        self.reopened += u32::from(self.status.is_done() && !status.is_done());
        self.status = status;
    }
}

#[derive(Debug)]
pub struct Remark {
    pub id: CommentId,
    pub text: String,
    pub public: bool,
    /// Written by an agent in Zendesk; otherwise through the API.
    pub by_agent: bool,
    pub marker: Option<String>,
    pub at: i64,
}

#[derive(Debug)]
pub struct Sent {
    pub customer: Customer,
    /// It was sent to an anonymous profile.
    pub named_by_number: bool,
    /// The agent's comment.
    pub comment: Option<CommentId>,
    pub campaign: String,
    /// Which worker sent it.
    pub by: u32,
    /// The worker had Braze's answer.
    pub answered: bool,
    pub text: String,
    pub part: u8,
    pub parts: u8,
    /// The ticket it was sent for.
    pub ticket: Option<TicketId>,
    /// The ticket whose agent reads what became of it.
    pub written_on: Option<TicketId>,
    /// Milliseconds since the epoch.
    pub at: i64,
    /// What its customer's item had accepted when the sender last looked.
    pub known: Vec<DeliveryId>,
}

#[derive(Default)]
pub struct World {
    /// By what their external id is made of.
    users: BTreeMap<Customer, UserId>,
    /// Users whose field for Braze's external id is empty.
    unnamed: BTreeSet<UserId>,
    pub tickets: BTreeMap<TicketId, Ticket>,
    keys: BTreeMap<String, (NewTicket, TicketId, i64)>,
    pub sms: Vec<Sent>,
    /// Whether Braze exports events, and what becomes of each customer's messages.
    pub exports: Exports,
    pub fates: BTreeMap<Customer, Fate>,
    /// What the export tells.
    pub exported: Vec<Exported>,
    /// Braze's events of tickets, as it got them.
    pub happened: Vec<TicketEvent>,
    /// `zendesk_ticket`, `zendesk_ticket_open`.
    pub attributes: BTreeMap<Customer, (Option<TicketId>, bool)>,
    /// A customer's profile was merged.
    pub merged_profiles: bool,
    /// Requesters without an external id of Braze.
    pub strangers: BTreeSet<Customer>,
    /// Customers for whom the bridge created a ticket beside an open one of its own.
    pub second_tickets: Vec<Customer>,
    /// Milliseconds since the epoch.
    pub now: i64,
    ids: u64,
    /// Each ticket as it was when it was last seen to differ, and when that was.
    changes: BTreeMap<TicketId, (String, i64)>,
}

impl World {
    fn id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    pub fn is_user(&self, user: UserId) -> bool {
        self.users.values().any(|known| *known == user)
    }

    pub fn user(&mut self, customer: &Customer) -> UserId {
        if let Some(user) = self.users.get(customer) {
            return *user;
        }
        let user = UserId::new(9000 + self.id()).expect("positive");
        self.users.insert(customer.clone(), user);
        if customer.id().is_none() {
            self.unnamed.insert(user);
        }
        user
    }

    /// Whose user it is, where the field says so.
    pub fn customer(&self, user: UserId) -> Option<ExternalUserId> {
        let named = Some(user).filter(|user| !self.unnamed.contains(user))?;
        let mut all = self.users.iter();
        all.find(|(_, id)| **id == named)
            .and_then(|(customer, _)| anonymous::person(customer).id().cloned())
    }

    /// The number a user was made by, who has no external id of Braze yet.
    pub fn number(&self, user: UserId) -> Option<Phone> {
        self.unnamed.contains(&user).then(anonymous::phone)
    }

    /// The ticket's requester has no external id of Braze in the field.
    pub fn is_unnamed(&self, ticket: TicketId) -> bool {
        let ticket = self.tickets.get(&ticket);
        ticket.is_some_and(|ticket| self.unnamed.contains(&ticket.requester))
    }

    fn new_ticket(&mut self, customer: &Customer, requester: UserId, by_bridge: bool) -> TicketId {
        let id = TicketId::new(self.id()).expect("positive");
        let ticket = Ticket {
            customer: customer.clone(),
            requester,
            status: Status::New,
            deleted: false,
            deleted_at: None,
            merged_into: None,
            tags: vec![],
            fields: BTreeMap::new(),
            comments: vec![],
            by_bridge,
            external_id: None,
            cycle: 0,
            reopened: 0,
            solved_at: None,
            hands: vec![(self.now, customer.clone())],
            is_strangers: false,
        };
        self.tickets.insert(id, ticket);
        id
    }

    fn remark(&mut self, ticket: TicketId, remark: Remark) {
        let ticket = self.tickets.get_mut(&ticket).expect("a ticket");
        ticket.comments.push(remark);
    }

    /// A ticket an agent opens for the customer.
    pub fn foreign(&mut self, customer: &Customer) -> TicketId {
        let newest = self
            .tickets
            .values()
            .rfind(|ticket| ticket.customer == *customer);
        let requester = match newest.map(|ticket| ticket.requester) {
            Some(requester) => requester,
            None => self.user(customer),
        };
        let id = self.new_ticket(customer, requester, false);
        self.tickets.get_mut(&id).expect("new").status = Status::Open;
        id
    }

    /// An agent writes publicly.
    pub fn agent_writes(&mut self, ticket: TicketId, text: &str, at: i64) -> CommentId {
        let id = CommentId::new(self.id()).expect("positive");
        self.remark(
            ticket,
            Remark {
                id,
                text: text.to_owned(),
                public: true,
                by_agent: true,
                marker: None,
                at,
            },
        );
        id
    }

    /// An agent sets a status; says whether it is the beginning of a solve cycle.
    pub fn agent_sets(&mut self, ticket: TicketId, status: Status) -> bool {
        let ticket = self.tickets.get_mut(&ticket).expect("a ticket");
        let solves = status == Status::Solved && !ticket.status.is_done();
        ticket.cycle += u32::from(solves);
        ticket.set(status, self.now);
        solves
    }

    /// An agent deletes a ticket.
    pub fn agent_deletes(&mut self, ticket: TicketId) {
        let now = self.now;
        let ticket = self.tickets.get_mut(&ticket).expect("a ticket");
        ticket.deleted = true;
        ticket.deleted_at = Some(now);
    }

    /// An agent adds the tag `sms_resend`, and the trigger puts another in its place.
    pub fn agent_asks(&mut self, ticket: TicketId) {
        let ticket = self.tickets.get_mut(&ticket).expect("a ticket");
        ticket.tags.push(ASKED.to_owned());
    }

    /// An agent merges a ticket into another of the same customer.
    pub fn agent_merges(&mut self, source: TicketId, target: TicketId) {
        let source = self.tickets.get_mut(&source).expect("a ticket");
        source.status = Status::Closed;
        source.merged_into = Some(target);
        source.tags.push("closed_by_merge".to_owned());
    }

    /// An agent makes somebody else the requester.
    pub fn agent_gives_away(&mut self, ticket: TicketId, to: &Customer) {
        let requester = self.user(to);
        let now = self.now;
        let ticket = self.tickets.get_mut(&ticket).expect("a ticket");
        ticket.customer = to.clone();
        ticket.requester = requester;
        // As far as this customer is concerned, an agent opened it.
        ticket.by_bridge = false;
        ticket.hands.push((now, to.clone()));
        ticket.is_strangers = self.strangers.contains(to);
    }

    /// An agent merges the customer's profile into another one: its id is gone, its tickets move, no trigger
    /// fires.
    pub fn agent_merges_profile(&mut self, customer: &Customer) {
        if !self.strangers.is_empty() {
            return;
        }
        let Some(old) = self.users.remove(customer) else {
            return;
        };
        self.merged_profiles = true;
        let new = self.user(customer);
        let theirs = self.tickets.values_mut();
        for ticket in theirs.filter(|ticket| ticket.requester == old) {
            ticket.requester = new;
        }
    }

    pub fn create(&mut self, new: &NewTicket, now: i64) -> Outcome {
        if let Some((known, ticket, at)) = self.keys.get(&new.key)
            && now - at < KEY_KEPT
        {
            return if known == new {
                self.posted(*ticket)
            } else {
                Outcome::Failed(Failure::KeyConflict)
            };
        }
        let followed = new.follows.map(|ticket| &self.tickets[&ticket]);
        if followed.is_some_and(|ticket| ticket.status != Status::Closed) {
            return refused(422, "via_followup_source_id is not closed");
        }
        let owner = self.users.iter().find(|(_, user)| **user == new.requester);
        let Some(customer) = owner.map(|(customer, _)| anonymous::person(customer)) else {
            return refused(422, "no such requester");
        };
        let others = self.tickets.values().filter(|t| t.customer == customer);
        let clean = self
            .tickets
            .values()
            .all(|t| t.customer != customer || t.by_bridge);
        if clean && others.filter(|t| t.is_active()).count() > 0 {
            self.second_tickets.push(customer.clone());
        }
        let id = self.new_ticket(&customer, new.requester, true);
        self.tickets.get_mut(&id).expect("new").external_id = Some(new.delivery.to_string());
        self.keys.insert(new.key.clone(), (new.clone(), id, now));
        self.comment(id, &new.body, true, new.delivery.as_str(), now);
        self.posted(id)
    }

    fn comment(&mut self, ticket: TicketId, text: &Personal, public: bool, marker: &str, at: i64) {
        let id = CommentId::new(self.id()).expect("positive");
        self.remark(
            ticket,
            Remark {
                id,
                text: text.as_str().to_owned(),
                public,
                by_agent: false,
                marker: Some(marker.to_owned()),
                at,
            },
        );
    }

    fn posted(&self, id: TicketId) -> Outcome {
        let ticket = &self.tickets[&id];
        Outcome::Posted(Written {
            ticket: id,
            status: Some(ticket.status),
            comment: ticket.comments.last().map(|remark| remark.id),
            requester: Some(ticket.requester),
            tags: Some(ticket.tags.clone()),
        })
    }

    pub fn append(&mut self, comment: &Comment, now: i64) -> Outcome {
        if let Err(failure) = self.changeable(comment.ticket) {
            return failure;
        }
        let marker = comment.marker.as_str();
        self.comment(comment.ticket, &comment.body, comment.public, marker, now);
        if let Some(status) = comment.status {
            let ticket = self.tickets.get_mut(&comment.ticket).expect("there");
            ticket.set(status, now);
        }
        self.posted(comment.ticket)
    }

    fn changeable(&mut self, id: TicketId) -> Result<&mut Ticket, Outcome> {
        match self.tickets.get_mut(&id) {
            Some(ticket) if ticket.deleted => Err(Outcome::Failed(Failure::NotFound)),
            Some(ticket) if ticket.status == Status::Closed => {
                Err(Outcome::Failed(Failure::Closed))
            }
            Some(ticket) => Ok(ticket),
            None => Err(Outcome::Failed(Failure::NotFound)),
        }
    }

    pub fn set_status(&mut self, id: TicketId, status: Status) -> Outcome {
        let now = self.now;
        match self.changeable(id) {
            Ok(ticket) => ticket.set(status, now),
            Err(failure) => return failure,
        }
        Outcome::Done
    }

    pub fn add_tags(&mut self, id: TicketId, tags: &[String]) -> Outcome {
        match self.changeable(id) {
            Ok(ticket) => {
                let new = tags.iter().filter(|tag| !ticket.tags.contains(tag));
                let new: Vec<String> = new.cloned().collect();
                ticket.tags.extend(new);
            }
            Err(failure) => return failure,
        }
        Outcome::Done
    }

    pub fn set_fields(&mut self, id: TicketId, fields: &[(u64, i64)]) -> Outcome {
        match self.changeable(id) {
            Ok(ticket) => ticket.fields.extend(fields.iter().copied()),
            Err(failure) => return failure,
        }
        Outcome::Done
    }

    pub fn remove_tags(&mut self, id: TicketId, tags: &[String]) -> Outcome {
        match self.changeable(id) {
            Ok(ticket) => ticket.tags.retain(|tag| !tags.contains(tag)),
            Err(failure) => return failure,
        }
        Outcome::Done
    }

    /// When each ticket changed, in milliseconds since the epoch: when somebody asked for the first time
    /// after it.
    pub fn changed(&mut self, now: i64) -> Vec<(TicketFacts, i64)> {
        let mut changed = Vec::new();
        for (id, ticket) in &self.tickets {
            let (as_it_is, known) = (format!("{ticket:?}"), self.changes.get(id));
            let at = match known.filter(|(as_it_was, _)| *as_it_was == as_it_is) {
                Some((_, at)) => *at,
                None => now,
            };
            self.changes.insert(*id, (as_it_is, at));
            changed.push((ticket.facts(*id, &self.unnamed), at));
        }
        changed
    }

    pub fn facts(&self, id: TicketId) -> Option<TicketFacts> {
        let ticket = self.tickets.get(&id).filter(|ticket| !ticket.deleted)?;
        Some(ticket.facts(id, &self.unnamed))
    }

    /// The user's profile has an external id now: the field says so, and the user is found by it, unless another
    /// one is.
    pub fn name_user(&mut self, user: UserId, id: &ExternalUserId) -> Outcome {
        let named = Customer::Id(id.clone());
        if !self.users.contains_key(&named) {
            self.users.retain(|_, known| *known != user);
            self.users.insert(named, user);
        }
        self.unnamed.remove(&user);
        Outcome::Done
    }

    /// No tag is set in a schedule.
    pub fn history(&self, id: TicketId) -> Outcome {
        let there = self.tickets.get(&id).filter(|ticket| !ticket.deleted);
        there.map_or(Outcome::Failed(Failure::NotFound), |ticket| {
            Outcome::History(History {
                requester_since: ticket.given_at(),
                ..History::default()
            })
        })
    }

    pub fn make_private(&mut self, id: TicketId, comment: CommentId) -> Outcome {
        match self.changeable(id) {
            Ok(ticket) => {
                let mut remarks = ticket.comments.iter_mut();
                let made = remarks.find(|remark| remark.id == comment);
                made.map_or(Outcome::Failed(Failure::NotFound), |remark| {
                    remark.public = false;
                    Outcome::Done
                })
            }
            Err(failure) => failure,
        }
    }

    pub fn merge_target(&self, source: TicketId) -> Option<TicketFacts> {
        let target = self.tickets.get(&source)?.merged_into?;
        let usable = |facts: &TicketFacts| facts.status != Some(Status::Closed);
        self.facts(target).filter(usable)
    }

    pub fn with_external_id(&self, id: &str) -> Option<TicketFacts> {
        let found = self
            .tickets
            .iter()
            .find(|(_, ticket)| !ticket.deleted && ticket.external_id.as_deref() == Some(id));
        found.and_then(|(id, _)| self.facts(*id))
    }

    pub fn find_delivery(&self, id: TicketId, marker: &str) -> Outcome {
        match self.tickets.get(&id).filter(|ticket| !ticket.deleted) {
            None => Outcome::Failed(Failure::NotFound),
            Some(ticket) => {
                let mut remarks = ticket.comments.iter();
                let found = remarks.find(|remark| remark.marker.as_deref() == Some(marker));
                found.map_or(Outcome::Absent, |remark| Outcome::Present(Some(remark.id)))
            }
        }
    }

    pub fn solved_at(&self, id: TicketId) -> Outcome {
        let ticket = self.tickets.get(&id).filter(|ticket| !ticket.deleted);
        ticket.map_or(Outcome::Failed(Failure::NotFound), |ticket| {
            Outcome::SolvedAt(ticket.solved_at)
        })
    }

    pub fn comments(&self, id: TicketId) -> Outcome {
        let Some(ticket) = self.tickets.get(&id).filter(|ticket| !ticket.deleted) else {
            return Outcome::Failed(Failure::NotFound);
        };
        let newest = ticket.comments.iter().rev().take(COMMENTS_READ);
        let fetched = newest.map(|remark| FetchedComment {
            comment: remark.id,
            by_agent: remark.by_agent,
            by_end_user: !remark.by_agent,
            public: remark.public,
            text: Personal(remark.text.clone()),
            files: vec![],
            author: Personal::from("Ann"),
            created_at: remark.at,
        });
        Outcome::Comments(fetched.collect())
    }

    /// One profile, whether it is named by its external id or its alias.
    pub fn set_attributes(&mut self, of: &Customer, ticket: Option<TicketId>, open: bool) {
        self.attributes
            .insert(anonymous::person(of), (ticket, open));
    }

    pub fn send(&mut self, sms: &Sms) -> Outcome {
        self.set_attributes(&sms.customer, sms.ticket, sms.open);
        self.sms.push(Sent {
            customer: anonymous::person(&sms.customer),
            named_by_number: sms.customer.id().is_none(),
            comment: sms.comment,
            campaign: sms.campaign.clone(),
            by: 0,
            answered: false,
            text: sms.message.as_str().to_owned(),
            part: sms.part,
            parts: sms.parts,
            ticket: sms.ticket,
            written_on: sms.written_on,
            at: self.now,
            known: vec![],
        });
        if self.exports == Exports::Off {
            return Outcome::Done;
        }
        let index = self.sms.len() - 1;
        self.export_of(index, &sms.customer);
        Outcome::Sent(Some(dispatch(index)))
    }
}

/// How Braze names the sending of this message.
pub fn dispatch(index: usize) -> String {
    format!("d{index}")
}

pub fn refused(status: u16, code: &str) -> Outcome {
    Outcome::Failed(Failure::Refused(Refusal {
        status,
        code: code.to_owned(),
        detail: Personal::default(),
    }))
}

//! A ticket as it comes in by e-mail, web form or chat, or as an agent opens it.

use std::collections::BTreeMap;

use super::super::catalogue;
use super::super::change::{Change, apply};
use super::super::channel::Channel;
use super::super::fields::Fields;
use super::super::model::{Author, Status, Ticket};
use super::super::users;
use super::super::work::{Work, tags};
use super::{DEFAULT_AGENT, DeskError, spoken};

/// A ticket to be opened, with its first comment.
#[derive(Debug, Clone)]
pub struct NewTicket {
    channel: Channel,
    requester: u64,
    agent: Option<String>,
    subject: String,
    text: String,
    tags: Vec<String>,
    ccs: Vec<u64>,
    fields: Vec<(u64, String)>,
    group: Option<u64>,
    brand: Option<u64>,
    form: Option<u64>,
}

impl NewTicket {
    /// A customer writes by this channel.
    pub fn by(channel: Channel, requester: u64, subject: &str, text: &str) -> Self {
        Self {
            channel,
            requester,
            agent: None,
            subject: subject.to_owned(),
            text: text.to_owned(),
            tags: Vec::new(),
            ccs: Vec::new(),
            fields: Vec::new(),
            group: None,
            brand: None,
            form: None,
        }
    }

    /// A customer writes an e-mail.
    pub fn email(requester: u64, subject: &str, text: &str) -> Self {
        Self::by(Channel::Email, requester, subject, text)
    }

    /// An agent opens a ticket for a customer, with a public first comment.
    pub fn proactive(requester: u64, subject: &str, text: &str) -> Self {
        Self {
            agent: Some(DEFAULT_AGENT.to_owned()),
            ..Self::by(Channel::Web, requester, subject, text)
        }
    }

    /// With these tags: the agent's, or those of the form.
    #[must_use]
    pub fn tags(mut self, names: &[&str]) -> Self {
        self.tags = tags(&serde_json::json!(names));
        self
    }

    /// With this user in copy.
    #[must_use]
    pub fn cc(mut self, user: u64) -> Self {
        self.ccs.push(user);
        self
    }

    /// With this value in a custom field.
    #[must_use]
    pub fn field(mut self, id: u64, value: &str) -> Self {
        self.fields.push((id, value.to_owned()));
        self
    }

    /// In this group.
    #[must_use]
    pub fn group(mut self, id: u64) -> Self {
        self.group = Some(id);
        self
    }

    /// Of this brand.
    #[must_use]
    pub fn brand(mut self, id: u64) -> Self {
        self.brand = Some(id);
        self
    }

    /// By this form.
    #[must_use]
    pub fn form(mut self, id: u64) -> Self {
        self.form = Some(id);
        self
    }
}

/// Opens the ticket.
pub(in super::super) fn open(work: &mut Work<'_>, new: NewTicket) -> Result<u64, DeskError> {
    let requester = work.user(new.requester);
    let requester = requester.ok_or(DeskError::NoUser(new.requester))?;
    if new.agent.is_none() && requester.suspended {
        return Err(DeskError::Suspended(requester.id));
    }
    let requester = requester.as_author();
    let by = match &new.agent {
        Some(agent) => users::agent(work, agent),
        None => requester.id,
    };
    let mut ticket = blank(work, requester, by, new.channel);
    ticket.subject = new.subject;
    let id = add(work, ticket);
    let mut change = Change::new(by, new.channel);
    change.comment = Some(spoken(by, &new.text));
    change.status = new.agent.is_some().then_some(Status::Open);
    change.tags = Some(new.tags);
    change.fields = Fields {
        email_cc_ids: Some(new.ccs),
        group_id: new.group,
        brand_id: new.brand,
        ticket_form_id: new.form,
        custom: new
            .fields
            .into_iter()
            .map(|(id, value)| (id, value.into()))
            .collect(),
        ..Fields::default()
    };
    change.creates = true;
    apply(work.state, work.config, work.now, id, change);
    Ok(id)
}

/// A ticket that nobody opened is there all the same, if that is wanted.
pub(in super::super) fn appears(work: &mut Work<'_>, id: &str) {
    let (Ok(id), Some((customer, tags))) = (id.parse(), work.state.every_ticket_is_of.clone())
    else {
        return;
    };
    if work.state.tickets.contains_key(&id) {
        return;
    }
    let user = users::customer(work, &customer.replace("{ticket}", &id.to_string()));
    let Some(requester) = work
        .user(user)
        .map(super::super::model::AccountUser::as_author)
    else {
        return;
    };
    let mut ticket = blank(work, requester, user, Channel::Api);
    ticket.id = id;
    ticket.status = Status::Open;
    ticket.tags = tags;
    work.state.tickets.insert(id, ticket);
}

/// A new ticket without comments, in the account's default brand and form.
pub(in super::super) fn blank(
    work: &Work<'_>,
    requester: Author,
    submitter_id: u64,
    via: Channel,
) -> Ticket {
    let first = |list: &[super::super::Named]| list.first().map_or(0, |named| named.id);
    Ticket {
        id: 0,
        subject: String::new(),
        status: Status::New,
        custom_status_id: catalogue::default_status(work.state, Status::New),
        priority: None,
        kind: None,
        tags: Vec::new(),
        requester,
        submitter_id,
        assignee_id: None,
        group_id: None,
        brand_id: first(&work.state.brands),
        ticket_form_id: first(&work.state.ticket_forms),
        email_cc_ids: Vec::new(),
        external_id: None,
        via_followup_source_id: None,
        via: via.name().to_owned(),
        custom_fields: BTreeMap::new(),
        comments: Vec::new(),
        audits: Vec::new(),
        deleted: false,
        created_at_ms: work.now,
        updated_at_ms: work.now,
        generated_at_ms: work.now,
    }
}

/// A follow-up of a closed ticket takes over most of its fields, and its tags.
pub(in super::super) fn follows(ticket: &mut Ticket, source: &Ticket) {
    ticket.subject = format!("Re: {}", source.subject);
    ticket.priority.clone_from(&source.priority);
    ticket.kind.clone_from(&source.kind);
    ticket.tags.clone_from(&source.tags);
    ticket.assignee_id = source.assignee_id;
    ticket.group_id = source.group_id;
    ticket.brand_id = source.brand_id;
    ticket.ticket_form_id = source.ticket_form_id;
    ticket.custom_fields.clone_from(&source.custom_fields);
    ticket.via_followup_source_id = Some(source.id);
}

/// Gives the ticket the account's next number and keeps it.
pub(in super::super) fn add(work: &mut Work<'_>, mut ticket: Ticket) -> u64 {
    let id = work.state.last_ticket + 1;
    work.state.last_ticket = id;
    ticket.id = id;
    work.state.tickets.insert(id, ticket);
    id
}

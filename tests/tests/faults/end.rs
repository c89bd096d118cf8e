//! What must be true in the end, and what became of the events.
//!
//! In: a stage at rest, a customer, what was expected. Out: violations in words, and the outcome
//! as the documentation names it.

use std::collections::BTreeSet;

use serde_json::Value;
use simulators::zendesk::{Outcome, Role, Status, Ticket, TicketComment};

use crate::call::{Call, Party};
use crate::fault::Case;
use crate::flow::Expected;
use crate::stage::Stage;

/// What became of a customer's events.
#[derive(Debug, Clone, Default)]
pub struct End {
    /// Runs of redelivery it took.
    pub rounds: usize,
    /// By ticket.
    texts: Vec<Vec<String>>,
    sms: Vec<String>,
    notes: Vec<String>,
    /// By ticket.
    deliveries: Vec<Vec<String>>,
    /// Files on comments, and files named because they are not.
    files: (usize, usize),
    opted_out: bool,
    dead: usize,
    open: usize,
    tickets: usize,
    shown: Option<(String, Option<bool>)>,
    newest: Option<(u64, bool)>,
    remembered: Option<u64>,
    unheard: Vec<String>,
}

impl End {
    /// Looks at both vendors and the table.
    pub fn of(stage: &Stage, customer: &str, rounds: usize) -> Self {
        let tickets = stage.tickets(customer);
        let ids: Vec<u64> = tickets.iter().map(|ticket| ticket.id).collect();
        let texts = tickets.iter().map(texts).collect();
        let notes = tickets.iter().flat_map(notes).collect();
        let inbox = stage.stack.braze.inbox(customer);
        let user = stage.stack.braze.user(customer).unwrap_or_default();
        let ticket = user
            .attributes
            .get("zendesk_ticket")
            .and_then(Value::as_str);
        let open = user.attributes.get("zendesk_ticket_open");
        let live = |ticket: &&Ticket| !matches!(ticket.status, Status::Solved | Status::Closed);
        Self {
            rounds,
            texts,
            sms: inbox.into_iter().map(|sms| sms.body).collect(),
            notes,
            deliveries: tickets.iter().map(deliveries).collect(),
            files: files(&tickets),
            opted_out: memory(stage, customer)
                .is_some_and(|memory| memory["opted_out"] == Value::Bool(true)),
            dead: dead(stage, customer),
            open: tickets.iter().filter(live).count(),
            tickets: tickets.len(),
            shown: ticket.map(|id| (id.to_owned(), open.and_then(Value::as_bool))),
            newest: tickets.last().map(|ticket| (ticket.id, live(&ticket))),
            remembered: memory(stage, customer).and_then(|memory| memory["ticket"].as_u64()),
            unheard: unheard(stage, customer, &ids),
        }
    }

    /// As the documentation names it.
    ///
    /// `late`: it took another comparison with the ticket.
    pub fn outcome(&self, expected: &Expected, tickets: usize, late: bool) -> String {
        let told = self.notes.len() > expected.notes;
        let withheld = self.sms.len() < expected.sms.len() && !told;
        let mut words = vec![match self.rounds {
            _ if self.dead > 0 => "dead letter",
            _ if withheld && self.sms.is_empty() => "not sent, the ticket is gone",
            _ if withheld => "not all sent, the ticket is gone",
            _ if late => "done by the next comparison",
            0 => "done at once",
            _ => "done by redelivery",
        }];
        if told {
            words.push("note for the agent");
        }
        if self.notes.len() < expected.notes && self.dead == 0 {
            words.push("no note, the ticket is gone");
        }
        if self.tickets > tickets {
            words.push("on another ticket");
        }
        if self.files.1 > 0 {
            words.push("the file named by its link");
        }
        words.join(", ")
    }

    /// Every SMS was sent.
    pub fn has_sent(&self, expected: &Expected) -> bool {
        self.sms.len() >= expected.sms.len()
    }

    /// How many tickets there are.
    pub fn tickets(&self) -> usize {
        self.tickets
    }

    /// Senders that were not told 2xx in the end.
    pub fn unheard(&self) -> &[String] {
        &self.unheard
    }

    /// Everything that is not as promised.
    pub fn violations(&self, expected: &Expected, call: &Call, case: &Case) -> Vec<String> {
        let mut wrong = Vec::new();
        let told_gone = usize::from(case.denies() && call.is_about_a_ticket());
        self.check_texts(expected, told_gone > 0, &mut wrong);
        self.check_sms(expected, case, told_gone > 0, &mut wrong);
        if self.open > 1 + told_gone {
            wrong.push(format!("{} open tickets", self.open));
        }
        let deliveries = standing(&self.deliveries, told_gone > 0);
        if deliveries.iter().collect::<BTreeSet<_>>().len() < deliveries.len() {
            wrong.push(format!("a delivery twice on the ticket: {:?}", self.notes));
        }
        // A ticket that is gone takes no note.
        if self.notes.len() < expected.notes && self.dead == 0 && told_gone == 0 {
            wrong.push(format!("notes: {:?}", self.notes));
        }
        if self.dead > 0 && !case.refuses {
            wrong.push("a dead letter, though nobody refused for good".to_owned());
        }
        wrong.extend(self.unheard.iter().cloned());
        self.check_attributes(expected, call, case, &mut wrong);
        wrong
    }

    fn check_texts(&self, expected: &Expected, gone: bool, wrong: &mut Vec<String>) {
        let texts = standing(&self.texts, gone);
        let mut rest = expected.texts.iter();
        let in_order = texts.iter().all(|text| rest.any(|own| own == text));
        let missing = expected.texts.len().saturating_sub(texts.len());
        if !in_order || missing > self.dead {
            wrong.push(format!("texts on tickets: {:?}", self.texts));
        }
        let (attached, named) = self.files;
        // One that came later is named as well, in the comment of its text.
        let all = attached.max(named) == expected.files || attached + named == expected.files;
        if !all && missing == 0 {
            wrong.push(format!("files: {attached} on the ticket, {named} named"));
        }
        if self.opted_out != expected.opted_out && self.dead == 0 {
            wrong.push(format!("opted out is {}", self.opted_out));
        }
    }

    fn check_sms(&self, expected: &Expected, case: &Case, gone: bool, wrong: &mut Vec<String>) {
        let mut rest = expected.sms.iter();
        if !self.sms.iter().all(|sms| rest.any(|own| own == sms)) {
            wrong.push(format!("SMS, in order: {:?}", self.sms));
        }
        let missing = self.sms.len() < expected.sms.len();
        let put_right = if missing { 0 } else { expected.put_right };
        // Where the tag could not be added to a merge's target, the agent reads that answers do not go out.
        // Nor is the agent silent where Braze refused to be told of a wish to opt out.
        let of_sms = |note: &&String| {
            !note.contains("no longer has the tag") && !note.starts_with("Braze could not be told")
        };
        let told = self.notes.iter().filter(of_sms).count() > expected.notes + put_right;
        // Where the ticket is gone, nobody can be told, and its customer cannot be looked up.
        if missing && !told && self.dead == 0 && !gone {
            wrong.push(format!("not sent, and nobody is told: {:?}", self.sms));
        }
        let dead_text = self.dead > 0 && self.texts.iter().flatten().count() < expected.texts.len();
        if !missing && told && !case.doubtful && !dead_text {
            wrong.push(format!("a note without need: {:?}", self.notes));
        }
    }

    fn check_attributes(
        &self,
        expected: &Expected,
        call: &Call,
        case: &Case,
        wrong: &mut Vec<String>,
    ) {
        let newest = self.newest.map(|(id, _)| id);
        // A text that is refused does not come to the ticket that its own one was merged into.
        if self.remembered.is_some() && self.remembered != newest && self.dead == 0 {
            wrong.push(format!(
                "the conversation is on ticket {:?}, the newest is {newest:?}",
                self.remembered
            ));
        }
        // Braze refused the attributes for good: nothing else can be done.
        if call.party == Party::Braze && case.refuses || self.dead > 0 {
            return;
        }
        // A ticket that is gone, as far as Zendesk says, is not open.
        let gone = case.denies() && call.is_about_a_ticket() && self.remembered.is_none();
        let open = expected.open.map(|open| open && !gone);
        let shown = newest.map(|id| (id.to_string(), open));
        if self.shown != shown {
            wrong.push(format!("Braze has {:?}, not {shown:?}", self.shown));
        }
    }
}

/// What is on the tickets; of what is on two, the later one, where the earlier ticket was said to
/// be gone.
fn standing(by_ticket: &[Vec<String>], gone: bool) -> Vec<String> {
    let is_later = |index: usize, text: &String| {
        let later = by_ticket.get(index + 1..).unwrap_or_default();
        gone && later.iter().flatten().any(|other| other == text)
    };
    let all = by_ticket.iter().enumerate();
    all.flat_map(|(index, texts)| texts.iter().filter(move |text| !is_later(index, text)))
        .cloned()
        .collect()
}

fn texts(ticket: &Ticket) -> Vec<String> {
    let customers = |role: Role| role == Role::EndUser;
    // A file that was not there with its text comes in a comment of its own.
    let is_late = |c: &TicketComment| c.plain_body.contains("not attached above");
    let own = ticket.comments.iter();
    let own = own.filter(|c| customers(c.author.role) && !is_late(c));
    // Below a text there is a line for each file that is not with it.
    let text = |comment: &TicketComment| comment.plain_body.lines().next().map(str::to_owned);
    own.filter_map(text).collect()
}

fn files(tickets: &[Ticket]) -> (usize, usize) {
    let comments = || tickets.iter().flat_map(|ticket| &ticket.comments);
    let attached = comments().map(|comment| comment.attachments.len());
    let below = comments().flat_map(|comment| comment.plain_body.lines().skip(1));
    let named = below.filter(|line| line.contains("https://"));
    (attached.sum(), named.count())
}

fn notes(ticket: &Ticket) -> Vec<String> {
    let private = ticket.comments.iter().filter(|comment| !comment.public);
    private.map(|comment| comment.plain_body.clone()).collect()
}

/// The bridge's markers on the comments it wrote.
fn deliveries(ticket: &Ticket) -> Vec<String> {
    let marker =
        |comment: &TicketComment| comment.metadata["delivery_id"].as_str().map(str::to_owned);
    ticket.comments.iter().filter_map(marker).collect()
}

fn dead(stage: &Stage, customer: &str) -> usize {
    let items = stage.stack.dynamo.items().expect("the table can be read");
    let conversation = format!("customer#{customer}");
    let dead = items.iter().filter(|item| {
        item["pk"]["S"]
            .as_str()
            .is_some_and(|pk| pk.starts_with("dead#"))
            && item["conversation"]["S"] == conversation.as_str()
    });
    dead.count()
}

fn memory(stage: &Stage, customer: &str) -> Option<Value> {
    let item = stage.stack.dynamo.item(&format!("customer#{customer}"));
    let item = item.expect("the table can be read")?;
    serde_json::from_str(item["memory"]["S"].as_str()?).ok()
}

fn unheard(stage: &Stage, customer: &str, tickets: &[u64]) -> Vec<String> {
    let log = stage.stack.zendesk.webhook_log();
    let webhooks = log.iter().filter(|delivery| {
        tickets.contains(&delivery.ticket_id)
            && !matches!(delivery.outcome, Outcome::Success | Outcome::Discarded)
    });
    let mut unheard: Vec<String> = webhooks
        .map(|delivery| {
            let told: Vec<_> = delivery.attempts.iter().map(|made| made.status).collect();
            format!("Zendesk was answered {told:?} on {}", delivery.endpoint)
        })
        .collect();
    let snapshot = stage.inbound(customer);
    let lost = snapshot
        .iter()
        .filter(|delivery| delivery.status.is_none_or(|status| status >= 300));
    unheard.extend(lost.map(|delivery| format!("Braze was answered {:?}", delivery.attempts)));
    unheard
}

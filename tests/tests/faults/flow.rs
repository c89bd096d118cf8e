//! What people do, in two halves: what went before, and what is played under a fault.
//!
//! In: a stage and a customer. Out: the flow played, with what must have come of it.

use local::faults::{Effect, Fault};
use simulators::zendesk::{Comment, Status};

use crate::stage::{Setting, Stage};

/// What the simulated Zendesk's solved trigger brings as closing message.
const CLOSING: &str = "Your ticket has been closed";

/// One flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// A customer nobody knows texts.
    FirstText,
    /// Text on an open ticket.
    TextOnOpen,
    /// Text on a solved ticket.
    TextOnSolved,
    /// Text on a closed ticket.
    TextOnClosed,
    /// Text on a deleted ticket.
    TextOnDeleted,
    /// The customer texts STOP.
    OptOut,
    /// An agent answers.
    Reply,
    /// An agent's answer takes several messages.
    LongReply,
    /// The webhook does not name the customer.
    NamelessReply,
    /// An agent answers a customer who opted out.
    ReplyAfterOptOut,
    /// An agent solves the ticket.
    Solved,
    /// An agent answers and solves in one submit; the answer's webhook never comes.
    SolvedWithMissedReply,
    /// Redelivery of a text that waits.
    RedeliveredText,
    /// Redelivery of an answer that waits.
    RedeliveredReply,
}

/// What must be true in the end, whatever went wrong.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The customer's texts on their tickets, in order.
    pub texts: Vec<&'static str>,
    /// What reaches the phone, in order; parts of a long answer are one entry each.
    pub sms: Vec<String>,
    /// Internal notes.
    pub notes: usize,
    /// Braze's `zendesk_ticket_open`; `None`: never set.
    pub open: Option<bool>,
}

impl Flow {
    /// All flows.
    pub const ALL: [Self; 14] = [
        Self::FirstText,
        Self::TextOnOpen,
        Self::TextOnSolved,
        Self::TextOnClosed,
        Self::TextOnDeleted,
        Self::OptOut,
        Self::Reply,
        Self::LongReply,
        Self::NamelessReply,
        Self::ReplyAfterOptOut,
        Self::Solved,
        Self::SolvedWithMissedReply,
        Self::RedeliveredText,
        Self::RedeliveredReply,
    ];

    /// As in the documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstText => "First text",
            Self::TextOnOpen => "Text on an open ticket",
            Self::TextOnSolved => "Text on a solved ticket",
            Self::TextOnClosed => "Text on a closed ticket",
            Self::TextOnDeleted => "Text on a deleted ticket",
            Self::OptOut => "The customer texts STOP",
            Self::Reply => "Answer",
            Self::LongReply => "Answer of several messages",
            Self::NamelessReply => "Answer without the customer's id",
            Self::ReplyAfterOptOut => "Answer after STOP",
            Self::Solved => "Solved",
            Self::SolvedWithMissedReply => "Solved, the answer's webhook lost",
            Self::RedeliveredText => "Redelivery of a text",
            Self::RedeliveredReply => "Redelivery of an answer",
        }
    }

    /// It is a run of redelivery.
    pub fn is_a_run(self) -> bool {
        matches!(self, Self::RedeliveredText | Self::RedeliveredReply)
    }

    /// The stack it needs.
    pub fn setting(self) -> Setting {
        Setting {
            nameless: self == Self::NamelessReply,
            ..Setting::default()
        }
    }

    /// What went before, without faults.
    pub async fn prepare(self, stage: &Stage, customer: &str) {
        if self == Self::FirstText {
            return;
        }
        stage.text(customer, "one").await;
        stage.drain(customer).await.expect("drained");
        let ticket = ticket(stage, customer);
        let desk = &stage.stack.zendesk;
        match self {
            Self::TextOnSolved | Self::TextOnClosed => {
                desk.set_status(ticket, Status::Solved).expect("open");
                stage.release().await;
                stage.drain(customer).await.expect("drained");
                if self == Self::TextOnClosed {
                    desk.close(ticket).expect("there");
                }
            }
            Self::TextOnDeleted => desk.delete(ticket).expect("there"),
            Self::ReplyAfterOptOut => {
                stage.text(customer, "STOP").await;
                stage.drain(customer).await.expect("drained");
            }
            Self::RedeliveredText => {
                desk.fault(Fault::once("tickets.update", Effect::status(503)));
                stage.text(customer, "two").await;
                desk.clear_faults();
                assert_eq!(stage.make_due(customer), 1, "the text does not wait");
            }
            Self::RedeliveredReply => {
                let down = Fault::once("campaigns.trigger.send", Effect::status(503));
                stage.stack.braze.fault(down);
                answer(stage, ticket, "answer", None);
                stage.release().await;
                stage.stack.braze.clear_faults();
                assert_eq!(stage.make_due(customer), 1, "the answer does not wait");
            }
            _ => {}
        }
    }

    /// What is played under the fault.
    pub async fn play(self, stage: &Stage, customer: &str) {
        match self {
            Self::FirstText => stage.text(customer, "one").await,
            Self::TextOnOpen | Self::TextOnSolved | Self::TextOnClosed | Self::TextOnDeleted => {
                stage.text(customer, "two").await;
            }
            Self::OptOut => stage.text(customer, "STOP").await,
            Self::Reply | Self::NamelessReply | Self::ReplyAfterOptOut => {
                answer(stage, ticket(stage, customer), "answer", None);
                stage.release().await;
            }
            Self::LongReply => {
                answer(stage, ticket(stage, customer), &long(), None);
                stage.release().await;
            }
            Self::Solved => solve(stage, customer).await,
            Self::SolvedWithMissedReply => {
                let desk = &stage.stack.zendesk;
                let ticket = ticket(stage, customer);
                answer(stage, ticket, "answer", Some(Status::Solved));
                for held in desk.held_webhooks() {
                    if held.endpoint.ends_with("/zendesk/reply") {
                        desk.discard(held.id).expect("held");
                    }
                }
                stage.release().await;
            }
            Self::RedeliveredText | Self::RedeliveredReply => {
                // A run that meets a fault may fail; the schedule comes again.
                let _ = stage.stack.redeliver().await;
                stage.rest().await;
            }
        }
    }

    /// What must have come of it.
    pub fn expected(self) -> Expected {
        let words = |sms: &[&str]| sms.iter().map(|&sms| sms.to_owned()).collect();
        let texts = match self {
            Self::TextOnOpen | Self::TextOnSolved | Self::TextOnClosed | Self::RedeliveredText => {
                vec!["one", "two"]
            }
            // The first one is gone with its ticket.
            Self::TextOnDeleted => vec!["two"],
            _ => vec!["one"],
        };
        let sms = match self {
            Self::TextOnSolved | Self::TextOnClosed | Self::Solved => words(&[CLOSING]),
            Self::Reply | Self::NamelessReply | Self::RedeliveredReply => words(&["answer"]),
            Self::SolvedWithMissedReply => words(&["answer", CLOSING]),
            Self::LongReply => {
                let sentence = long_sentence();
                vec![sentence(1, 27) + " (1/2)", sentence(28, 30) + " (2/2)"]
            }
            _ => vec![],
        };
        let notes = match self {
            Self::OptOut => 1,
            Self::ReplyAfterOptOut => 2,
            _ => 0,
        };
        let open = !matches!(self, Self::Solved | Self::SolvedWithMissedReply);
        Expected {
            texts,
            sms,
            notes,
            open: Some(open),
        }
    }
}

/// An agent solves the customer's newest ticket, and the webhook is made.
async fn solve(stage: &Stage, customer: &str) {
    let desk = &stage.stack.zendesk;
    let ticket = ticket(stage, customer);
    desk.set_status(ticket, Status::Solved).expect("open");
    stage.release().await;
}

fn ticket(stage: &Stage, customer: &str) -> u64 {
    let tickets = stage.tickets(customer);
    tickets.last().expect("a ticket").id
}

fn answer(stage: &Stage, ticket: u64, text: &str, status: Option<Status>) {
    let mut comment = Comment::public(text);
    comment.status = status;
    let done = stage.stack.zendesk.agent_comments(ticket, comment);
    done.expect("the ticket is open");
}

/// Thirty sentences of sixty characters: more than one message holds.
fn long() -> String {
    long_sentence()(1, 30)
}

fn long_sentence() -> impl Fn(usize, usize) -> String {
    |from, to| {
        let sentences: Vec<String> = (from..=to)
            .map(|number| {
                format!("Sentence number {number:02} of a long answer to the customer ok.")
            })
            .collect();
        sentences.join(" ")
    }
}

//! Flows played, in two halves: what went before, and what is played under a fault.
//!
//! In: a stage and a customer. Out: nothing but what happened to both vendors and the table.

use std::time::Duration;

use bytes::Bytes;
use local::faults::{Effect, Fault};
use simulators::zendesk::{Comment, Status};

use crate::flow::{Flow, long};
use crate::stage::Stage;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and the rest of it";

impl Flow {
    /// What went before, without faults.
    pub async fn prepare(self, stage: &Stage, customer: &str) {
        if self == Self::FirstText {
            return;
        }
        if self == Self::FoundTicket {
            let lost = Fault::always("tickets.create", Effect::DropAfter);
            return in_doubt(stage, customer, "one", lost).await;
        }
        text(stage, customer, "one").await;
        let ticket = ticket(stage, customer);
        let desk = &stage.stack.zendesk;
        match self {
            Self::TextOnSolved | Self::TextOnClosed | Self::SolvedAgain => {
                solved(self, stage, customer, ticket).await;
            }
            Self::FoundSolve => {
                solved(self, stage, customer, ticket).await;
                desk.set_status(ticket, Status::Solved).expect("open");
                stage.told_a_day_ago(customer);
                unreported(stage, customer);
            }
            Self::TextOnDeleted => desk.delete(ticket).expect("there"),
            Self::TextOnMerged => {
                let other = desk.agent_opens_ticket(customer, "On the phone", "We spoke.");
                desk.merge(ticket, other).expect("both are open");
                lose_webhooks(stage, "");
            }
            Self::ReplyAfterOptOut | Self::OptIn => text(stage, customer, "STOP").await,
            Self::RedeliveredText | Self::FoundText | Self::MissingText => {
                let fault = match self {
                    // The request tries once more.
                    Self::RedeliveredText => Fault::always("tickets.update", Effect::status(503)),
                    Self::FoundText => Fault::once("tickets.update", Effect::DropAfter),
                    _ => Fault::once("tickets.update", Effect::Drop),
                };
                in_doubt(stage, customer, "two", fault).await;
            }
            Self::RedeliveredReply => {
                unsent(stage, customer, Effect::status(503)).await;
                assert_eq!(stage.make_due(customer), 1, "the answer does not wait");
            }
            Self::Resend => in_doubt_at_braze(stage, customer).await,
            Self::FoundRequest => {
                in_doubt_at_braze(stage, customer).await;
                desk.add_tags(ticket, &["sms_resend"]).expect("open");
                unreported(stage, customer);
            }
            Self::Comparison => {
                write(stage, ticket, "answer", None);
                unreported(stage, customer);
            }
            _ => {}
        }
    }

    /// What is played under the fault.
    pub async fn play(self, stage: &Stage, customer: &str) {
        match self {
            Self::FirstText => stage.text(customer, "one").await,
            Self::TextOnOpen
            | Self::TextOnSolved
            | Self::TextOnClosed
            | Self::TextOnDeleted
            | Self::TextOnMerged => stage.text(customer, "two").await,
            Self::Picture => {
                let pictures = stage.stack.pictures.as_ref().expect("a host of pictures");
                let link = pictures
                    .add("image/png", Bytes::from_static(PNG))
                    .expect("kept");
                stage.text_with(customer, "two", &[link]).await;
            }
            Self::OptOut => stage.text(customer, "STOP").await,
            Self::OptOutInWords => stage.text(customer, "Stop texting me").await,
            Self::OptIn => stage.text(customer, "START").await,
            Self::Help => stage.text(customer, "HELP").await,
            Self::Reply | Self::NamelessReply | Self::ReplyAfterOptOut => {
                answer(stage, customer, "answer").await;
            }
            Self::LongReply => answer(stage, customer, &long()).await,
            Self::Solved | Self::SolvedAgain => solve(stage, customer).await,
            Self::SolvedWithMissedReply => {
                let ticket = ticket(stage, customer);
                write(stage, ticket, "answer", Some(Status::Solved));
                lose_webhooks(stage, "/zendesk/reply");
                stage.release().await;
            }
            Self::Resend => {
                let ticket = ticket(stage, customer);
                let tagged = stage.stack.zendesk.add_tags(ticket, &["sms_resend"]);
                tagged.expect("the ticket is open");
                stage.release().await;
            }
            Self::RedeliveredText
            | Self::RedeliveredReply
            | Self::Comparison
            | Self::FoundSolve
            | Self::FoundRequest
            | Self::FoundText
            | Self::MissingText
            | Self::FoundTicket => {
                // A run that meets a fault may fail; the schedule comes again.
                let _ = stage.stack.redeliver().await;
                stage.rest().await;
            }
        }
    }
}

async fn text(stage: &Stage, customer: &str, text: &str) {
    stage.text(customer, text).await;
    stage.drain(customer).await.expect("drained");
}

/// A ticket that was solved, and closed or reopened after.
async fn solved(flow: Flow, stage: &Stage, customer: &str, ticket: u64) {
    solve(stage, customer).await;
    stage.drain(customer).await.expect("drained");
    let desk = &stage.stack.zendesk;
    if flow == Flow::TextOnClosed {
        desk.close(ticket).expect("there");
    }
    if matches!(flow, Flow::SolvedAgain | Flow::FoundSolve) {
        if flow == Flow::SolvedAgain {
            // Two equal bodies signed in the same second are one signature: a replay.
            desk.clock().advance(Duration::from_secs(2));
        }
        desk.set_status(ticket, Status::Open).expect("solved");
    }
}

/// A text that has to wait because of a fault at Zendesk.
async fn in_doubt(stage: &Stage, customer: &str, text: &str, fault: Fault) {
    stage.stack.zendesk.fault(fault);
    stage.text(customer, text).await;
    stage.stack.zendesk.clear_faults();
    assert_eq!(stage.make_due(customer), 1, "the text does not wait");
}

/// An answer of which nobody knows whether it was sent; the agent is told.
async fn in_doubt_at_braze(stage: &Stage, customer: &str) {
    unsent(stage, customer, Effect::Drop).await;
    stage.drain(customer).await.expect("drained");
}

/// An answer that meets a fault at Braze, as often as it is tried.
async fn unsent(stage: &Stage, customer: &str, effect: Effect) {
    let braze = &stage.stack.braze;
    braze.fault(Fault::always("campaigns.trigger.send", effect));
    answer(stage, customer, "answer").await;
    braze.clear_faults();
}

/// An agent solves the customer's newest ticket, and the webhook is made.
async fn solve(stage: &Stage, customer: &str) {
    let desk = &stage.stack.zendesk;
    let ticket = ticket(stage, customer);
    desk.set_status(ticket, Status::Solved).expect("open");
    stage.release().await;
}

/// An agent answers, and the webhook is made.
async fn answer(stage: &Stage, customer: &str, text: &str) {
    write(stage, ticket(stage, customer), text, None);
    stage.release().await;
}

fn write(stage: &Stage, ticket: u64, text: &str, status: Option<Status>) {
    let mut comment = Comment::public(text);
    comment.status = status;
    let done = stage.stack.zendesk.agent_comments(ticket, comment);
    done.expect("the ticket is open");
}

fn ticket(stage: &Stage, customer: &str) -> u64 {
    let tickets = stage.tickets(customer);
    tickets.last().expect("a ticket").id
}

/// No webhook of what happened comes; the next run compares this conversation.
fn unreported(stage: &Stage, customer: &str) {
    lose_webhooks(stage, "");
    stage.forget_others(customer);
    stage.a_day_later(customer);
}

/// Webhooks to this route never come.
fn lose_webhooks(stage: &Stage, route: &str) {
    let desk = &stage.stack.zendesk;
    for held in desk.held_webhooks() {
        if held.endpoint.ends_with(route) {
            desk.discard(held.id).expect("held");
        }
    }
}

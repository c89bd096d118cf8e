//! Plays a conversation on a running stack and checks what comes of it.
//!
//! In: the stack and the steps. Out: the transcript on stdout, and the first thing that is not
//! as expected. Waits on events of the simulators, never for a guessed time.

use std::collections::BTreeMap;
use std::time::Duration;

use local::Stack;
use simulators::braze::User;
use simulators::zendesk::{Comment, DeskError, Status};
use tokio::time::Instant;

use crate::conversation::{Answer, Conversation, Expect, Step, Texts};
use crate::transcript::Transcript;

/// Plays all steps.
///
/// # Errors
/// What was expected and what was found, with the step's number and line.
pub(crate) async fn play(stack: &Stack, conversation: &Conversation) -> Result<(), String> {
    for customer in &conversation.customer {
        stack.braze.add_user(User {
            external_id: customer.id.clone(),
            first_name: customer.first_name.clone(),
            last_name: customer.last_name.clone(),
            phone: customer.phone.clone(),
            ..User::default()
        });
    }
    let mut player = Player::new(stack, conversation);
    println!("{}\n\n{}", conversation.title, Transcript::heading());
    for (at, step) in conversation.step.iter().enumerate() {
        let result = player.step(step.as_ref()).await;
        print!("{}", player.transcript.news(stack, &player.customers));
        let place = format!("step {} (line {})", at + 1, conversation.lines[at]);
        result.map_err(|wrong| format!("{place}: {wrong}"))?;
    }
    player.leftovers()?;
    println!("\nAll {} steps went as expected.", conversation.step.len());
    Ok(())
}

pub(crate) struct Player<'a> {
    pub(crate) stack: &'a Stack,
    limit: Duration,
    pub(crate) customers: Vec<String>,
    transcript: Transcript,
    /// Tickets from before the conversation.
    old: Vec<u64>,
    /// Tickets in the order they appeared.
    pub(crate) tickets: Vec<u64>,
    /// SMS already named by an expectation.
    pub(crate) received: BTreeMap<String, usize>,
    /// Comments already named by an expectation.
    pub(crate) commented: BTreeMap<u64, usize>,
}

impl<'a> Player<'a> {
    fn new(stack: &'a Stack, conversation: &Conversation) -> Self {
        let customers: Vec<String> = conversation.customer.iter().map(|c| c.id.clone()).collect();
        let sizes = customers
            .iter()
            .map(|id| (id.clone(), stack.braze.inbox(id).len()));
        Self {
            stack,
            limit: Duration::from_secs(conversation.limit_seconds),
            received: sizes.collect(),
            transcript: Transcript::from_now(stack, &customers),
            customers,
            old: stack.zendesk.tickets().iter().map(|t| t.id).collect(),
            tickets: Vec::new(),
            commented: BTreeMap::new(),
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        if let Some(expect) = &step.expect {
            return self.expect(expect).await;
        }
        let acted = tokio::time::timeout(self.limit, self.act(step)).await;
        acted.map_err(|_| format!("not done within {:?}", self.limit))??;
        let rested = self.stack.quiesce(self.limit).await;
        self.look();
        rested
            .then_some(())
            .ok_or_else(|| format!("the bridge is still at work after {:?}", self.limit))
    }

    async fn act(&self, step: &Step) -> Result<(), String> {
        let desk = &self.stack.zendesk;
        let told = |done: Result<(), DeskError>| done.map_err(|error| error.to_string());
        if let Some(texts) = &step.customer {
            self.texts(texts).await;
        } else if let Some(answer) = &step.agent {
            self.answer(answer)?;
        } else if let Some(which) = &step.solve {
            told(desk.set_status(self.ticket(which.ticket)?, Status::Solved))?;
        } else if let Some(which) = &step.close {
            told(desk.close(self.ticket(which.ticket)?))?;
        } else if let Some(which) = &step.delete {
            told(desk.delete(self.ticket(which.ticket)?))?;
        } else if let Some(merge) = &step.merge {
            let (from, into) = (
                self.ticket(Some(merge.from))?,
                self.ticket(Some(merge.into))?,
            );
            told(desk.merge(from, into))?;
        } else if let Some(wait) = &step.wait {
            tokio::time::sleep(Duration::from_secs_f64(wait.seconds)).await;
        } else if step.redeliver.is_some() {
            let done = self.stack.redeliver().await;
            done.map_err(|error| format!("redelivery: {error}"))?;
        }
        Ok(())
    }

    async fn texts(&self, texts: &Texts) {
        let customer = texts.id.as_ref().unwrap_or(&self.customers[0]);
        let mut sent = Vec::new();
        for text in &texts.texts {
            let (braze, customer, text) =
                (self.stack.braze.clone(), customer.clone(), text.clone());
            let one = async move { braze.customer_texts(&customer, &text, &[]).await };
            if texts.at_once {
                sent.push(tokio::spawn(one));
            } else {
                one.await;
            }
        }
        for one in sent {
            // What the bridge answered shows in the transcript.
            let _ = one.await;
        }
    }

    fn answer(&self, answer: &Answer) -> Result<(), String> {
        let mut comment = match answer.public {
            true => Comment::public(&answer.text),
            false => Comment::note(&answer.text),
        };
        comment.status = answer.status;
        if let Some(name) = &answer.name {
            comment = comment.by(name);
        }
        let ticket = self.ticket(answer.ticket)?;
        let done = self.stack.zendesk.agent_comments(ticket, comment);
        done.map(|_| ()).map_err(|error| error.to_string())
    }

    /// Waits until the expectation holds while nothing is at work.
    async fn expect(&mut self, expect: &Expect) -> Result<(), String> {
        let deadline = Instant::now() + self.limit;
        loop {
            let mut zendesk = self.stack.zendesk.subscribe();
            let mut braze = self.stack.braze.subscribe();
            let left = deadline.saturating_duration_since(Instant::now());
            let rested = self.stack.quiesce(left).await;
            self.look();
            let checked = self.check(expect);
            if checked.is_ok() && rested {
                return self.settle(expect);
            }
            tokio::select! {
                _ = zendesk.changed() => {}
                _ = braze.changed() => {}
                () = tokio::time::sleep_until(deadline) => {
                    return checked.and(Err("the bridge is still at work".to_owned()));
                }
            }
        }
    }

    fn look(&mut self) {
        for ticket in self.stack.zendesk.tickets() {
            if !self.old.contains(&ticket.id) && !self.tickets.contains(&ticket.id) {
                self.tickets.push(ticket.id);
            }
        }
    }

    /// A ticket's id by its number in the conversation; the newest by default.
    pub(crate) fn ticket(&self, number: Option<usize>) -> Result<u64, String> {
        let id = match number {
            None => self.tickets.last(),
            Some(number) => number.checked_sub(1).and_then(|at| self.tickets.get(at)),
        };
        id.copied().ok_or_else(|| match number {
            None => "there is no ticket yet".to_owned(),
            Some(number) => format!("there is no ticket {number} yet"),
        })
    }
}

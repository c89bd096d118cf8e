//! Plays a conversation on a running stack and checks what comes of it.
//!
//! In: the stack and the steps. Out: the transcript on stdout, and the first thing that is not
//! as expected. Waits on events of the simulators, never for a guessed time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use local::Stack;
use simulators::braze::{Sms, User};
use tokio::time::Instant;

use crate::acts::{Acts, Cast};
use crate::conversation::Conversation;
use crate::steps::{Expect, Step};
use crate::transcript::Transcript;

/// Plays all steps.
///
/// # Errors
/// What was expected and what was found, with the step's number and line.
pub(crate) async fn play(stack: &Arc<Stack>, conversation: &Conversation) -> Result<(), String> {
    for customer in conversation.customer.iter().filter(|one| one.known) {
        let mut user = User::new(
            &customer.id,
            &customer.first_name,
            &customer.last_name,
            &customer.phone,
        );
        customer.fill(&mut user);
        stack.braze.add_user(user);
    }
    let mut player = Player::new(stack, conversation);
    println!("{}\n\n{}", conversation.title, Transcript::heading());
    for (at, step) in conversation.step.iter().enumerate() {
        let result = player.step(step.as_ref()).await;
        let names: Vec<String> = player.names().map(str::to_owned).collect();
        print!("{}", player.transcript.news(stack, &names));
        let place = format!("step {} (line {})", at + 1, conversation.lines[at]);
        result.map_err(|wrong| format!("{place}: {wrong}"))?;
    }
    player.leftovers()?;
    println!("\nAll {} steps went as expected.", conversation.step.len());
    Ok(())
}

pub(crate) struct Player {
    pub(crate) stack: Arc<Stack>,
    acts: Acts,
    limit: Duration,
    /// Ids in the file, and what names them to Braze.
    customers: Vec<(String, String)>,
    transcript: Transcript,
    /// Tickets from before the conversation.
    old: Vec<u64>,
    /// Tickets in the order they appeared.
    pub(crate) tickets: Vec<u64>,
    /// SMS already named by an expectation.
    pub(crate) received: BTreeMap<String, usize>,
    /// Automatic answers already named by an expectation.
    pub(crate) automatic: BTreeMap<String, usize>,
    /// Comments already named by an expectation.
    pub(crate) commented: BTreeMap<u64, usize>,
}

impl Player {
    fn new(stack: &Arc<Stack>, conversation: &Conversation) -> Self {
        let customers: Vec<(String, String)> = conversation
            .customer
            .iter()
            .map(|one| (one.id.clone(), one.name().to_owned()))
            .collect();
        let names: Vec<String> = customers.iter().map(|(_, name)| name.clone()).collect();
        let automatic = |name: &String| (name.clone(), automatic(stack, name).len());
        let sizes = names
            .iter()
            .map(|name| (name.clone(), stack.braze.inbox(name).len()));
        Self {
            stack: Arc::clone(stack),
            acts: Acts::new(Arc::clone(stack)),
            limit: Duration::from_secs(conversation.limit_seconds),
            received: sizes.collect(),
            automatic: names.iter().map(automatic).collect(),
            transcript: Transcript::from_now(stack, &names),
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
        let acted = tokio::time::timeout(self.limit, self.acts.perform(step, self)).await;
        acted.map_err(|_| format!("not done within {:?}", self.limit))??;
        let rested = self.stack.quiesce(self.limit).await;
        self.look();
        rested
            .then_some(())
            .ok_or_else(|| format!("the bridge is still at work after {:?}", self.limit))
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

    /// What names the customers to Braze.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.customers.iter().map(|(_, name)| name.as_str())
    }

    fn look(&mut self) {
        for ticket in self.stack.zendesk.tickets() {
            if !self.old.contains(&ticket.id) && !self.tickets.contains(&ticket.id) {
                self.tickets.push(ticket.id);
            }
        }
    }
}

/// What Braze answered a customer by itself.
pub(crate) fn automatic(stack: &Stack, customer: &str) -> Vec<Sms> {
    let user = stack.braze.user(customer);
    let number = user.map_or_else(|| customer.to_owned(), |user| user.phone);
    let mut all = stack.braze.phone(&number);
    all.retain(|sms| sms.automatic);
    all
}

impl Cast for Player {
    fn customer(&self, id: Option<&str>) -> Result<String, String> {
        let named = self.customers.iter().find(|(own, _)| id == Some(own));
        let meant = named.or_else(|| self.customers.first().filter(|_| id.is_none()));
        let name = meant.map(|(_, name)| name.clone());
        name.ok_or_else(|| format!("there is no customer {}", id.unwrap_or_default()))
    }

    fn ticket(&self, number: Option<u64>) -> Result<u64, String> {
        let id = match number {
            None => self.tickets.last(),
            Some(number) => {
                let at = usize::try_from(number).unwrap_or_default().checked_sub(1);
                at.and_then(|at| self.tickets.get(at))
            }
        };
        id.copied().ok_or_else(|| match number {
            None => "there is no ticket yet".to_owned(),
            Some(number) => format!("there is no ticket {number} yet"),
        })
    }
}

//! Does what a step says: at the vendors as people do it, and to the sandbox itself.
//!
//! In: a step of a script or of the page, and who is meant by its numbers. Out: done, or one
//! sentence. Waits for what it sets off, but not for the bridge to come to rest.

use std::sync::Arc;
use std::time::Duration;

use local::Stack;
use simulators::zendesk::Status;

use crate::files::{comment, data};
use crate::replay;
use crate::steps::{Jump, Phone, Repeat, Replay, Step, Texts, Webhooks};
use crate::weather::Sky;

pub(crate) use features::Features;

mod features;
mod people;

/// Who is meant: ids at the vendors for a step's words.
pub(crate) trait Cast {
    /// The customer meant by an id, or by none.
    fn customer(&self, id: Option<&str>) -> Result<String, String>;
    /// The ticket meant by a number, or by none.
    fn ticket(&self, number: Option<u64>) -> Result<u64, String>;
}

/// The sandbox, as steps change it.
#[derive(Clone)]
pub(crate) struct Acts {
    pub(crate) stack: Arc<Stack>,
    pub(crate) sky: Arc<Sky>,
    /// What was switched on.
    pub(crate) features: Arc<Features>,
    /// Told of every jump of the clock.
    pub(crate) jumped: Arc<dyn Fn(Duration) + Send + Sync>,
}

impl Acts {
    /// A sandbox whose jumps are not followed.
    pub(crate) fn new(stack: Arc<Stack>) -> Self {
        Self {
            stack,
            sky: Arc::default(),
            features: Arc::default(),
            jumped: Arc::new(|_| {}),
        }
    }

    /// Does one step; an expectation is nothing that a person does.
    ///
    /// # Errors
    /// One sentence for the writer of the step.
    pub(crate) async fn perform(
        &self,
        step: &Step,
        cast: &(dyn Cast + Sync),
    ) -> Result<(), String> {
        if let Some(done) = self.features(step).await {
            return done;
        }
        if let Some(texts) = &step.customer {
            let customer = cast.customer(texts.id.as_deref())?;
            self.texts(&customer, texts).await
        } else if let Some(Phone { id, is }) = &step.phone {
            let customer = cast.customer(id.as_deref())?;
            let known = self.stack.braze.try_condition(&customer, *is);
            known
                .then_some(())
                .ok_or_else(|| format!("Braze does not know {customer}"))
        } else if let Some(Repeat { id }) = &step.repeat {
            self.repeat(&cast.customer(id.as_deref())?).await
        } else if let Some(webhooks) = &step.webhooks {
            self.webhooks(webhooks).await
        } else if let Some(weather) = step.faults {
            self.sky.change(&self.stack, weather);
            Ok(())
        } else if let Some(kill) = step.kill {
            self.sky.kill(&self.stack, kill);
            Ok(())
        } else if let Some(jump) = step.jump {
            self.jump(jump).await
        } else if let Some(wait) = &step.wait {
            tokio::time::sleep(Duration::from_secs_f64(wait.seconds)).await;
            Ok(())
        } else if let Some(redeliver) = &step.redeliver {
            self.redeliver(redeliver.due).await
        } else if let Some(Replay { letter }) = &step.replay {
            self.replay(*letter).await
        } else {
            self.desk(step, cast)
        }
    }

    /// What an agent does in Zendesk's screens.
    fn desk(&self, step: &Step, cast: &(dyn Cast + Sync)) -> Result<(), String> {
        if let Some(done) = self.people(step, cast) {
            return done;
        }
        let desk = &self.stack.zendesk;
        let done = if let Some(answer) = &step.agent {
            let comment = comment(answer)?;
            let ticket = cast.ticket(answer.ticket)?;
            desk.agent_comments(ticket, comment).map(|_| ())
        } else if let Some(open) = &step.open {
            let customer = cast.customer(open.id.as_deref())?;
            desk.knows_customer(&customer, &self.name_of(&customer));
            desk.agent_opens_sms_ticket(&customer, &open.subject, &open.text);
            Ok(())
        } else if let Some(status) = &step.status {
            desk.set_status(cast.ticket(status.ticket)?, status.to)
        } else if let Some(which) = &step.solve {
            desk.set_status(cast.ticket(which.ticket)?, Status::Solved)
        } else if let Some(which) = &step.close {
            desk.close(cast.ticket(which.ticket)?)
        } else if let Some(which) = &step.delete {
            desk.delete(cast.ticket(which.ticket)?)
        } else if let Some(merge) = &step.merge {
            desk.merge(
                cast.ticket(Some(merge.from))?,
                cast.ticket(Some(merge.into))?,
            )
        } else if let Some(tags) = &step.tags {
            let ticket = cast.ticket(tags.ticket)?;
            people::change_tags(desk, ticket, tags)
        } else {
            return Err("this is no step that can be done".to_owned());
        };
        done.map_err(|error| error.to_string())
    }

    async fn texts(&self, customer: &str, texts: &Texts) -> Result<(), String> {
        let mut pictures = Vec::new();
        for picture in &texts.pictures {
            pictures.push(self.link(picture)?);
        }
        let nothing = [String::new()];
        let words = if texts.texts.is_empty() {
            &nothing[..]
        } else {
            &texts.texts
        };
        let mut sent = Vec::new();
        for text in words {
            let (braze, customer, text) =
                (self.stack.braze.clone(), customer.to_owned(), text.clone());
            let media = std::mem::take(&mut pictures);
            let one = async move { braze.customer_texts(&customer, &text, &media).await };
            if texts.at_once {
                sent.push(tokio::spawn(one));
            } else {
                one.await;
            }
        }
        for one in sent {
            // What the bridge answered shows on the phone.
            let _ = one.await;
        }
        Ok(())
    }

    /// A picture's link: its own, or that of the sandbox's host.
    fn link(&self, picture: &str) -> Result<String, String> {
        if !picture.starts_with("data:") {
            return Ok(picture.to_owned());
        }
        let (kind, bytes) = data(picture)?;
        let host = self.stack.pictures.as_ref();
        let host = host.ok_or("this sandbox has no host for pictures")?;
        let added = host.add(&kind, bytes);
        added.map_err(|error| format!("the picture cannot be kept: {error}"))
    }

    async fn repeat(&self, customer: &str) -> Result<(), String> {
        let texts = self.stack.braze.texts();
        let mut newest = texts.iter().rev();
        let last = newest.find(|text| text.external_user_id == customer || text.from == customer);
        let last = last.ok_or_else(|| format!("{customer} has not texted yet"))?;
        self.stack.braze.repeat(last).await;
        Ok(())
    }

    async fn webhooks(&self, webhooks: &Webhooks) -> Result<(), String> {
        use simulators::zendesk::Mode;
        let desk = &self.stack.zendesk;
        let held: Vec<u64> = desk.held_webhooks().iter().map(|held| held.id).collect();
        let numbered = |number: &usize| {
            let found = number.checked_sub(1).and_then(|at| held.get(at));
            found
                .copied()
                .ok_or_else(|| format!("no webhook {number} is waiting"))
        };
        let told = |error: simulators::zendesk::DeskError| error.to_string();
        let lost: Result<Vec<u64>, _> = webhooks.lose.iter().map(numbered).collect();
        let sent: Result<Vec<u64>, _> = webhooks.send.iter().map(numbered).collect();
        let (lost, mut sent) = (lost?, sent?);
        for id in lost {
            desk.discard(id).map_err(told)?;
        }
        // One that is named again later is copied before it goes.
        for at in 0..sent.len() {
            let id = sent[at];
            if let Some(again) = sent.iter().skip(at + 1).position(|later| *later == id) {
                sent[at + 1 + again] = desk.duplicate(id).map_err(told)?;
            }
            desk.release(id).await.map_err(told)?;
        }
        if let Some(hold) = webhooks.hold {
            desk.webhook_delivery(if hold { Mode::Held } else { Mode::Immediate });
            if !hold {
                desk.release_all().await;
            }
        }
        Ok(())
    }

    async fn jump(&self, jump: Jump) -> Result<(), String> {
        let by = Duration::try_from_secs_f64(jump.seconds());
        let by = by.map_err(|_| "the clock jumps ahead only".to_owned())?;
        // What is under way would be written back with the old times.
        self.stack.quiesce(Duration::from_secs(15)).await;
        self.stack.pass(by).await?;
        // Signatures tell whole seconds: what comes after the jump must not share one with what was
        // before it, or an equal body is taken for a replay.
        tokio::time::sleep(Duration::from_secs(1)).await;
        (self.jumped)(by);
        self.redeliver(false).await
    }

    async fn redeliver(&self, due: bool) -> Result<(), String> {
        if due {
            let ended = self.stack.end_pauses();
            ended.map_err(|error| error.to_string())?;
        }
        // A run that fails shows where every run shows; what waits goes on waiting.
        let _ = self.stack.redeliver().await;
        Ok(())
    }

    async fn replay(&self, letter: Option<usize>) -> Result<(), String> {
        let letters = replay::letters(&self.stack)?;
        let chosen = match letter {
            None => letters.as_slice(),
            Some(number) => {
                let at = number.checked_sub(1).filter(|at| *at < letters.len());
                let at = at.ok_or_else(|| format!("there is no dead letter {number}"))?;
                &letters[at..=at]
            }
        };
        replay::replay(&self.stack, chosen).await?;
        self.redeliver(false).await
    }
}

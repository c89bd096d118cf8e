//! What became of each message: it is known as delivered, the agent was told that it did not arrive, or nobody can
//! know.

use shared::conversation::state::Status;
use shared::conversation::watch::{Fate, Owed, Sent as Watched, Watch};
use shared::message::{Customer, DeliveryId};

use super::super::act::Exports;
use super::super::anonymous;
use super::super::exports::About;
use super::super::run::{Run, Table};
use super::super::world::{Sent, World, dispatch};
use super::A_MINUTE;

/// Messages are remembered for longer, in milliseconds.
const KEPT: i64 = 9 * 24 * 60 * A_MINUTE;

/// An event that names no message may be taken for one of a message this near, in milliseconds.
const NEAR: i64 = 13 * A_MINUTE;

/// Parts of an answer are told of together.
const TOGETHER: i64 = 5 * A_MINUTE;

/// Tag on the ticket of a message that did not arrive.
const FAILED: &str = "sms_failed";

impl<S: Table> Run<S> {
    /// Every message that Braze took ended; the agent knows of it what the events said.
    pub(super) fn every_message_ends(&self) -> Result<(), String> {
        if self.setting.exports == Exports::Off {
            return Ok(());
        }
        let watches = self.store.watches();
        let now = self.common.now();
        let world = self.common.world.lock().expect("world");
        for (index, sms) in world.sms.iter().enumerate() {
            let told = |problem: &str| Err(format!("{}: {problem}", dispatch(index)));
            let own = watches
                .iter()
                .filter(|item| anonymous::person(&item.customer) == sms.customer);
            let own = own.flat_map(|item| &item.watch.sent);
            let own: Vec<&Watched> = own
                .filter(|sent| sent.dispatches.first() == Some(&dispatch(index)))
                .collect();
            let troubled = self.common.troubled.lock().expect("workers");
            let unwritten = !sms.answered || troubled.contains(&sms.by);
            match own.as_slice() {
                [] if unwritten || now - sms.at > KEPT => {}
                [] => return told("it was sent, and is not watched"),
                [sent] => self
                    .ended(&world, index, sent)
                    .or_else(|problem| told(&problem))?,
                [..] => return told("it is watched twice"),
            }
        }
        Ok(())
    }

    fn ended(&self, world: &World, index: usize, sent: &Watched) -> Result<(), String> {
        let sms = &world.sms[index];
        let told = |about: &About| {
            let mut all = world.exported.iter();
            all.any(|one| one.told > 0 && one.about == *about)
        };
        let confused = is_confused(world, index);
        let fits = match &sent.fate {
            Fate::Waiting => {
                return Err("nobody knows what became of it, and none asked".to_owned());
            }
            _ if confused => true,
            Fate::Delivered => told(&About::Delivered(index)),
            _ if told(&About::Delivered(index)) => false,
            Fate::Failed(_) => told(&About::Failed(index)),
            _ if told(&About::Failed(index)) => false,
            Fate::Handed => told(&About::Handed(index)),
            Fate::Withheld => !told(&About::Handed(index)),
        };
        if !fits {
            return Err(format!("it is said to be {:?}", sent.fate));
        }
        let Some(ticket) = sms.written_on.and_then(|id| world.tickets.get(&id)) else {
            return Ok(());
        };
        let noted = |sent: &Watched, owed| self.noted(world, sms, sent, owed);
        let shut = ticket.deleted || ticket.status == Status::Closed;
        for owed in [Owed::Failed, Owed::Withheld, Owed::AfterAll] {
            let times = noted(sent, owed);
            if times > 1 {
                return Err(format!("the agent was told {times} times: {}", owed.name()));
            }
        }
        let failed = noted(sent, Owed::Failed) == 1;
        let withheld = noted(sent, Owed::Withheld) == 1;
        let after_all = noted(sent, Owed::AfterAll) == 1;
        let of_answer = || self.together(world, index, sent);
        let missing = match &sent.fate {
            Fate::Failed(_) => !failed,
            Fate::Withheld => !of_answer()
                .iter()
                .any(|one| noted(one, Owed::Withheld) == 1),
            Fate::Delivered | Fate::Handed => withheld && !after_all,
            Fate::Waiting => false,
        };
        if missing && !shut {
            return Err(format!("the agent was not told: {:?}", sent.fate));
        }
        let false_tale = matches!(sent.fate, Fate::Delivered | Fate::Handed) && failed;
        if false_tale && !confused {
            return Err("it arrived, and the agent was told that it did not".to_owned());
        }
        let tagged = ticket.tags.iter().any(|tag| tag == FAILED);
        match (failed || withheld) && !tagged && !shut {
            true => Err(format!("the ticket does not carry {FAILED}")),
            false => Ok(()),
        }
    }

    /// How often the agent was told of it. What is a dead letter counts as told.
    fn noted(&self, world: &World, sms: &Sent, sent: &Watched, owed: Owed) -> usize {
        let number = anonymous::number();
        let names = [sms.customer.clone(), number].map(|customer: Customer| {
            let name = sent.name();
            DeliveryId::derive("sent-note", &[&Watch::pk(&customer), &name, owed.name()])
        });
        let dead = self.store.dead();
        if names
            .iter()
            .any(|id| dead.iter().any(|dead| dead == id.as_str()))
        {
            return 1;
        }
        let is_it = |marker: &String| names.iter().any(|id| id.as_str() == marker);
        let remarks = world.tickets.values().flat_map(|ticket| &ticket.comments);
        let markers = remarks.filter_map(|remark| remark.marker.as_ref());
        markers.filter(|marker| is_it(marker)).count()
    }

    /// What is watched of the messages of one answer.
    fn together(&self, world: &World, index: usize, sent: &Watched) -> Vec<Watched> {
        let sms = &world.sms[index];
        let watches = self.store.watches();
        let own = watches
            .iter()
            .filter(|item| anonymous::person(&item.customer) == sms.customer);
        let own = own.flat_map(|item| item.watch.sent.iter().cloned());
        let near = |other: &Watched| (other.at - sent.at).abs() <= TOGETHER * 2;
        own.filter(|other| {
            other.ticket == sent.ticket && other.comment == sent.comment && near(other)
        })
        .collect()
    }
}

/// An event may have been taken for this message's that was another's: it names none, or both alike.
fn is_confused(world: &World, index: usize) -> bool {
    let sms = &world.sms[index];
    let extras = world.exports == Exports::ByExtras;
    if extras && sms.comment.is_none() {
        return true;
    }
    let aborted = |other: usize| {
        let about = About::Aborted(other);
        world.exported.iter().any(|one| one.about == about)
    };
    let others = world.sms.iter().enumerate();
    let mut others = others.filter(|(_, other)| other.customer == sms.customer);
    others.any(|(other, of)| {
        let near = (of.at - sms.at).abs() < NEAR;
        let alike = other != index && of.comment == sms.comment && of.part == sms.part;
        aborted(other) && near || extras && alike && sms.comment.is_some()
    })
}

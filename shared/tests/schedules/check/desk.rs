//! Automatic texts, ratings, and Braze's events of tickets: each at most once, or exactly once.

use std::collections::BTreeSet;

use shared::conversation::state::{Status, What};
use shared::message::{Body, Customer, DeliveryId, TicketId};

use super::super::exports::About;
use super::super::run::{Happened, Kind, Run, Table};
use super::super::world::{RATING_FIELD, Sent, Ticket, World};
use super::A_MINUTE;
use super::texts::names_of;

const HOUR: i64 = 60 * A_MINUTE;

/// Most automatic texts of a ticket within an hour.
const MOST: usize = 3;

/// Until then after a solve a text is surely a rating, in milliseconds.
const RATES: i64 = 12 * HOUR;

/// Begins the tag that says a rating.
const RATED: &str = "sms_csat_";

impl<S: Table> Run<S> {
    /// An automatic text is on the phone at most once for each time that the trigger fired, and the agent reads so;
    /// one that is not has a reason.
    pub(super) fn said(&self, event: &Happened) -> Result<(), String> {
        let Kind::Say { ticket, words } = &event.kind else {
            return Ok(());
        };
        let fired: Vec<&Happened> = self.fired(*ticket, words).collect();
        let told = |event: &&&Happened| self.agent_knows(event, event.delivery());
        let told = fired.iter().filter(told).count();
        let sent = {
            let world = self.common.world.lock().expect("world");
            let said = |sms: &&Sent| sms.text == *words && sms.written_on == Some(*ticket);
            world.sms.iter().filter(said).count()
        };
        if sent > fired.len() {
            return Err(format!("{words:?} was said {sent} times"));
        }
        if sent > told {
            return Err(format!("{words:?} was said, and the agent was not told"));
        }
        let accepted = self.common.accepted_by(&event.door(), event.delivery());
        if accepted && sent == 0 && told == 0 && !self.had_reason(event, *ticket) {
            return Err(format!("{words:?} was not said, for no reason"));
        }
        Ok(())
    }

    fn fired<'a>(&'a self, ticket: TicketId, words: &'a str) -> impl Iterator<Item = &'a Happened> {
        self.events.iter().filter(move |event| {
            matches!(&event.kind, Kind::Say { ticket: on, words: said } if *on == ticket && said == words)
        })
    }

    /// Why an automatic text may have been left out.
    fn had_reason(&self, event: &Happened, on: TicketId) -> bool {
        let customer = &event.customer;
        let mut theirs = self.events.iter().filter(|one| one.customer == *customer);
        let opted_out = theirs.any(|one| matches!(one.kind, Kind::Consent { out: true }))
            || self.is_taken_out(customer);
        let others = self.events.iter().filter(|one| {
            matches!(one.kind, Kind::Say { .. })
                && one.customer == *customer
                && one.delivery() != event.delivery()
        });
        let world = self.common.world.lock().expect("world");
        let ticket = &world.tickets[&on];
        let shut = ticket.deleted || ticket.hands.len() > 1 || ticket.merged_into.is_some();
        let others_person = world.merged_profiles || world.is_unnamed(on);
        let same: Vec<&str> = self.words_of(customer).collect();
        let machine = same
            .iter()
            .any(|one| same.iter().filter(|other| *other == one).count() >= 5);
        let enough = others.count() > 0;
        // What is under the number does not follow at once.
        let anonymous = self.is_anonymous(customer);
        opted_out || enough || shut || others_person || machine || anonymous
    }

    /// The export told so.
    fn is_taken_out(&self, customer: &Customer) -> bool {
        let world = self.common.world.lock().expect("world");
        let mut told = world.exported.iter().filter(|one| one.told > 0);
        told.any(
            |one| matches!(&one.about, About::Wish { customer: of, out: true } if of == customer),
        )
    }

    fn words_of<'a>(&'a self, customer: &'a Customer) -> impl Iterator<Item = &'a str> {
        let theirs = self.events.iter().filter(|one| one.customer == *customer);
        theirs.filter_map(|event| match &event.incoming.event.body {
            Body::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
    }

    /// Never the same words twice within an hour, nor more than three texts about a ticket.
    pub(super) fn said_seldom(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        let said = world.sms.iter().filter(|sms| sms.text.starts_with('S'));
        let said: Vec<&Sent> = said.collect();
        for (index, sms) in said.iter().enumerate() {
            let within = |other: &&&Sent| (other.at - sms.at).abs() < HOUR - 2 * A_MINUTE;
            let later = || said[index + 1..].iter().filter(within);
            let same = |other: &&Sent| other.text == sms.text && other.customer == sms.customer;
            if later().any(same) {
                return Err(format!("{:?} was said twice within an hour", sms.text));
            }
            let about = |other: &&&Sent| {
                other.written_on == sms.written_on && other.customer == sms.customer
            };
            if later().filter(about).count() >= MOST {
                return Err(format!("more than {MOST} texts about {:?}", sms.written_on));
            }
        }
        Ok(())
    }

    /// Each change of a ticket is told to Braze at most once.
    pub(super) fn events_at_most_once(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        for (index, one) in world.happened.iter().enumerate() {
            if world.happened[..index].contains(one) {
                return Err(format!("Braze got {one:?} twice"));
            }
        }
        let rated = self.events.iter().filter(|event| event.stars().is_some());
        let rated = rated.count();
        for (id, ticket) in &world.tickets {
            let of = |is: fn(What) -> bool| {
                let theirs = world.happened.iter().filter(|event| event.ticket == *id);
                theirs.filter(|event| is(event.what)).count()
            };
            let texts = self
                .events
                .iter()
                .filter(|event| matches!(event.kind, Kind::Text) && ticket.was_of(&event.customer));
            // A webhook that names no ticket may be about any.
            let theirs = world.tickets.values();
            let theirs = theirs.filter(|other| other.was_of(&ticket.customer));
            let solves: u32 = theirs.map(|other| other.cycle).sum();
            let given = ticket.hands.len() - 1;
            let opened = usize::from(ticket.by_bridge || given > 0);
            // A late webhook may report the ticket solved once more: each text ends that at most once.
            // The text that opened it does not.
            let first = usize::from(ticket.by_bridge && given == 0);
            let texts = texts.count().saturating_sub(first);
            let reopened = if solves > 0 { texts } else { 0 };
            let most = [
                (of(|what| what == What::Opened), opened, "opened"),
                (
                    of(|what| what == What::Solved),
                    solves as usize + given,
                    "solved",
                ),
                (of(|what| what == What::Reopened), reopened, "reopened"),
                (of(|what| matches!(what, What::Rated(_))), rated, "rated"),
            ];
            if let Some((told, real, what)) = most.iter().find(|(told, real, _)| told > real) {
                return Err(format!(
                    "{id} was {what} {real} times, and Braze told {told} times"
                ));
            }
        }
        Ok(())
    }

    /// A ticket says one rating, the last one, in tag and field.
    pub(super) fn ratings_stand(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        for (id, ticket) in &world.tickets {
            if ticket.deleted || ticket.status == Status::Closed {
                continue;
            }
            let tags = ticket.tags.iter().filter_map(|tag| tag.strip_prefix(RATED));
            let tags: BTreeSet<&str> = tags.collect();
            let field = ticket.fields.get(&RATING_FIELD).copied();
            let tag = match tags.len() {
                0 => None,
                1 => tags.first().and_then(|tag| tag.parse::<u8>().ok()),
                _ => return Err(format!("{id} says several ratings: {tags:?}")),
            };
            if field != tag.map(i64::from) {
                return Err(format!("{id} says {tag:?} and {field:?}"));
            }
            let rated = self.ratings_on(&world, ticket);
            let last = rated.last().copied();
            let certain = ticket.cycle == 1 && ticket.reopened == 0 && ticket.hands.len() == 1;
            let surely = certain
                && ticket.solved_at.is_some_and(|at| {
                    rated
                        .iter()
                        .all(|(born, _)| (0..RATES).contains(&(born - at)))
                });
            let known = |tag| rated.iter().any(|(_, stars)| *stars == tag);
            match (tag, last) {
                (Some(tag), _) if !known(tag) => {
                    return Err(format!("{id} says {tag}, and nobody did"));
                }
                (Some(tag), Some((_, last))) if surely && tag != last => {
                    return Err(format!("{id} says {tag}, and the last rating is {last}"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// When ratings on the ticket were texted, and which, in the ticket's order.
    fn ratings_on(&self, world: &World, ticket: &Ticket) -> Vec<(i64, u8)> {
        let texts = self.events.iter();
        let texts: Vec<(&Happened, u8)> = texts
            .filter_map(|event| event.stars().map(|stars| (event, stars)))
            .collect();
        let rating = |marker: &String| {
            let mut texts = texts.iter();
            let is = |id: &DeliveryId| names_of(id, world).contains(marker);
            texts
                .find(|(event, _)| is(event.delivery()))
                .map(|(event, stars)| (event.born, *stars))
        };
        let markers = ticket.comments.iter().filter_map(|one| one.marker.as_ref());
        markers.filter_map(rating).collect()
    }
}

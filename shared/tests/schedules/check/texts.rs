//! Customers' texts: each on a ticket once, in order, and on nobody else's.

use std::collections::BTreeSet;

use shared::conversation::state::Status;
use shared::message::{Body, Customer, DeliveryId};

use super::super::run::{Happened, Kind, Run, Table};
use super::super::world::{KEY_KEPT, Remark, Ticket, World};

impl<S: Table> Run<S> {
    pub(super) fn texts_once_in_order(&self, customer: &Customer) -> Result<(), String> {
        let texts = self.accepted_of(customer).into_iter();
        let texts = texts.filter(|event| matches!(event.kind, Kind::Text));
        let texts: Vec<&Happened> = texts.collect();
        let world = self.common.world.lock().expect("world");
        let names = texts.iter().map(|text| {
            let id = text.delivery();
            (id, names_of(id, &world))
        });
        let names = Names(names.collect());
        let on_tickets: Vec<&str> = shown(&world, customer, &names)
            .iter()
            .filter_map(|remark| names.text_of(remark))
            .collect();
        for text in &texts {
            let id = text.delivery();
            let times = on_tickets.iter().filter(|&&one| one == id.as_str());
            let times = times.count();
            // A courtesy opens no ticket, and stands on none then.
            let excused = self.is_dead(id)
                || text.is_courtesy()
                || text.stars().is_some() && is_over(&world, customer)
                || is_private(&world, customer, |remark| {
                    names.text_of(remark) == Some(id.as_str())
                });
            if times > 1 || times == 0 && !excused {
                return Err(format!("the text {id} is {times} times on tickets"));
            }
        }
        let mut theirs = world.tickets.values().filter(|one| one.was_of(customer));
        let only_ours = theirs.all(|ticket| ticket.by_bridge);
        let accepted: Vec<&str> = texts.iter().map(|text| text.delivery().as_str()).collect();
        let in_order = accepted.iter().filter(|id| on_tickets.contains(id));
        if only_ours && !in_order.eq(on_tickets.iter()) {
            return Err(format!(
                "texts out of order: {on_tickets:?}, accepted {accepted:?}"
            ));
        }
        Ok(())
    }

    /// A customer's words stand on a ticket that is another person's at most privately, and once for each time
    /// that it was given away; unless it was given back meanwhile. One that was given up while its writing was in
    /// doubt is a dead letter.
    /// What stands under a text's name are its own words: one that was taken for another one is lost.
    pub(super) fn every_text_has_its_words(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        for event in &self.events {
            let (Kind::Text, Body::Text(text)) = (&event.kind, &event.incoming.event.body) else {
                continue;
            };
            let names = names_of(event.delivery(), &world);
            let remarks = world.tickets.values().flat_map(|one| &one.comments);
            let mut named = remarks
                .filter(|remark| remark.marker.as_ref().is_some_and(|it| names.contains(it)))
                .peekable();
            let written = named.peek().is_some();
            if written && named.all(|remark| !remark.text.contains(text.text.as_str())) {
                return Err(format!("another text stands for {}", event.delivery()));
            }
        }
        Ok(())
    }

    pub(super) fn texts_stay_with_their_writer(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        for (id, ticket) in &world.tickets {
            let shut = ticket.deleted || ticket.status == Status::Closed;
            let strays = ticket.comments.iter().filter(|remark| {
                let Some(marker) = remark.marker.as_ref() else {
                    return false;
                };
                let texts = self.events.iter();
                let mut texts = texts.filter(|event| matches!(event.kind, Kind::Text));
                let text = texts.find(|text| names_of(text.delivery(), &world).contains(marker));
                let stray = text.is_some_and(|text| {
                    let own = [ticket.owner_at(remark.at), &ticket.customer];
                    !own.contains(&&text.customer)
                });
                stray && !self.store.dead().contains(marker)
            });
            let strays: Vec<&Remark> = strays.collect();
            if strays.iter().any(|remark| remark.public) && !shut {
                return Err(format!("ticket {id} shows another customer's text"));
            }
            if strays.len() >= ticket.hands.len() {
                return Err(format!("ticket {id} got {} texts of others", strays.len()));
            }
        }
        Ok(())
    }
}

/// Texts with the names under which they are written.
struct Names<'a>(Vec<(&'a DeliveryId, BTreeSet<String>)>);

impl Names<'_> {
    /// Which of the texts a comment is.
    fn text_of(&self, remark: &Remark) -> Option<&str> {
        let marker = remark.marker.as_ref()?;
        let mut texts = self.0.iter();
        let text = texts.find(|(_, names)| names.contains(marker));
        text.map(|(id, _)| id.as_str())
    }
}

/// A customer's words where agents read them, oldest first. What was on a ticket that is gone now may be written
/// again, elsewhere: also on one that was deleted, too, where the first ticket was gone by then or its creation's key
/// forgotten.
fn shown<'a>(world: &'a World, customer: &Customer, names: &Names<'_>) -> Vec<&'a Remark> {
    let public = |is_gone: bool| {
        let tickets = world.tickets.values().filter(move |ticket| {
            // Closed in another person's hands, nothing can be made private any more.
            let shut = ticket.status == Status::Closed && ticket.customer != *customer;
            ticket.was_of(customer) && (ticket.deleted || shut) == is_gone
        });
        let remarks = tickets.flat_map(|one| one.comments.iter().map(move |of| (one, of)));
        remarks.filter(move |(ticket, remark)| {
            // What came to it in another person's hands had to be written elsewhere, unless it was deleted before it
            // was known whose it is.
            let strayed = is_gone && !ticket.deleted && ticket.owner_at(remark.at) != customer;
            let theirs = remark.marker.is_none() || names.text_of(remark).is_some();
            remark.public && !remark.by_agent && theirs && !strayed
        })
    };
    let again = |(ticket, gone): &(&Ticket, &Remark)| {
        let same = |other: &&Remark| names.text_of(other) == names.text_of(gone);
        let was_gone = |at: i64| ticket.deleted_at.is_some_and(|deleted| deleted <= at);
        let lapsed = |later: &Remark| later.at - gone.at >= KEY_KEPT;
        let anew = |later: &Remark| later.id > gone.id && (was_gone(later.at) || lapsed(later));
        let mut also_gone = public(true).map(|(_, other)| other).filter(same);
        also_gone.any(anew) || public(false).any(|(_, other)| same(&other))
    };
    let gone = public(true).filter(|one| !again(one));
    let mut remarks: Vec<&Remark> = public(false).chain(gone).map(|(_, one)| one).collect();
    remarks.sort_by_key(|remark| remark.id);
    remarks
}

/// A rating of a ticket that was closed or deleted opens none.
fn is_over(world: &World, customer: &Customer) -> bool {
    let mut theirs = world.tickets.values().filter(|one| one.was_of(customer));
    theirs.any(|ticket| ticket.status == Status::Closed || ticket.deleted)
}

/// The worker that made it private vanished, and the ticket was given back, or deleted.
fn is_private(world: &World, customer: &Customer, is_it: impl Fn(&Remark) -> bool) -> bool {
    let given = world.tickets.values().filter(|one| one.hands.len() > 1);
    let was_own = |one: &&Ticket| one.deleted && one.was_of(customer);
    let own = given.filter(|one| one.customer == *customer || was_own(one));
    let mut remarks = own.flat_map(|ticket| &ticket.comments);
    remarks.any(|remark| !remark.public && is_it(remark))
}

/// The names under which a text is written: its own, and others where it left a ticket.
pub(super) fn names_of(delivery: &DeliveryId, world: &World) -> BTreeSet<String> {
    let mut names = BTreeSet::from([delivery.to_string()]);
    if world.tickets.values().all(|ticket| ticket.hands.len() == 1) {
        return names;
    }
    for _ in 0..2 {
        let left = names.iter().flat_map(|name| {
            let tickets = world.tickets.keys();
            tickets.map(move |ticket| DeliveryId::derive("left", &[name, &ticket.to_string()]))
        });
        let left: Vec<String> = left.map(|name| name.to_string()).collect();
        names.extend(left);
    }
    names
}

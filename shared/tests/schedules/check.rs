//! The promises, checked after everything is drained.

use std::collections::{BTreeMap, BTreeSet};

use shared::conversation::state::Status;
use shared::conversation::step::Ending;
use shared::conversation::store::{Key, Shown};
use shared::message::{Body, CommentId, Customer, DeliveryId, TicketId};

use super::anonymous;
use super::happen::{closing, reply_delivery};
use super::run::{Happened, Kind, Run, Table};
use super::world::{KEY_KEPT, Remark, Ticket, World};

/// How far back an adopted ticket's comments count, in milliseconds.
const MINUTES: i64 = 8 * 60 * 1000;

/// By which Zendesk's clock may differ from the bridge's, in milliseconds.
const A_MINUTE: i64 = 60_000;

/// How long a delivery is surely remembered, in milliseconds.
pub const REMEMBERED: i64 = 47 * 60 * 60 * 1000;

impl<S: Table> Run<S> {
    /// Everything that is wrong, or nothing.
    pub fn check(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        let second = world.second_tickets.clone();
        drop(world);
        if let Some(customer) = second.first() {
            return Err(format!("{}: a second open ticket", customer.shown()));
        }
        self.items_are_idle()?;
        for (index, event) in self.events.iter().enumerate() {
            let told = |problem: &str| format!("event {index}: {problem}");
            match &event.kind {
                Kind::Reply { token, comment, .. } => {
                    self.answer(event, token, *comment).map_err(|e| told(&e))?;
                }
                Kind::Solved { ticket, cycle } => {
                    self.closing_once(*ticket, *cycle).map_err(|e| told(&e))?;
                }
                Kind::Text | Kind::Consent { .. } | Kind::Resend { .. } | Kind::Echo => {}
            }
        }
        for customer in self.customers() {
            let told = |problem: String| format!("{}: {problem}", customer.shown());
            self.texts_once_in_order(&customer).map_err(told)?;
            self.answers_in_order(&customer).map_err(told)?;
            self.attributes_follow(&customer).map_err(told)?;
            self.consent_kept(&customer).map_err(told)?;
        }
        self.answers_before_closing()?;
        self.closings_in_number()?;
        if let Some(compared_at) = self.compared_at {
            self.nothing_left_unfound(compared_at)?;
        }
        self.nothing_reaches_another()?;
        self.texts_stay_with_their_writer()?;
        self.nothing_after_stop()?;
        self.nothing_echoed()
    }

    /// Whatever was accepted lately is known again; asks for a few events.
    pub async fn check_markers(&mut self) -> Result<(), String> {
        let now = self.common.now();
        let recent: Vec<usize> = (0..self.events.len())
            .filter(|&index| {
                let event = &self.events[index];
                let accepted = self.common.accepted.lock().expect("log");
                accepted.iter().any(|(pk, id, at)| {
                    *pk == event.door() && id == event.delivery() && now - at < REMEMBERED
                })
            })
            .collect();
        for index in recent.into_iter().rev().take(3) {
            let before = self.fingerprint();
            self.send(index);
            let ended = self.last_answer().await?;
            if ended != Some(Ending::Duplicate) || self.fingerprint() != before {
                return Err(format!("event {index} was forgotten: {ended:?}"));
            }
        }
        Ok(())
    }

    fn fingerprint(&self) -> (usize, usize) {
        let world = self.common.world.lock().expect("world");
        let comments = world
            .tickets
            .values()
            .map(|ticket| ticket.comments.len())
            .sum();
        (comments, world.sms.len())
    }

    pub fn items_are_whole(&self) -> Result<(), String> {
        for Shown {
            key,
            waiting,
            lease,
            due_at,
            due_shard,
            ..
        } in self.store.shown()
        {
            let parts = [
                waiting.is_some(),
                lease.is_some(),
                due_at.is_some(),
                due_shard.is_some(),
            ];
            if parts != [true; 4] && parts != [false; 4] || waiting == Some(0) {
                return Err(format!(
                    "{}: mailbox, lease, due_at, due_shard: {parts:?}",
                    key.pk()
                ));
            }
        }
        Ok(())
    }

    fn items_are_idle(&self) -> Result<(), String> {
        self.items_are_whole()?;
        let busy = self
            .store
            .shown()
            .into_iter()
            .find(|item| item.waiting.is_some());
        busy.map_or(Ok(()), |item| Err(format!("{} still waits", item.key.pk())))
    }

    pub fn customers(&self) -> BTreeSet<Customer> {
        self.events
            .iter()
            .map(|event| event.customer.clone())
            .collect()
    }

    fn is_dead(&self, delivery: &DeliveryId) -> bool {
        self.store.dead().iter().any(|id| id == delivery.as_str())
    }

    /// Accepted events of a customer, in the order the customer's items took them: what was taken over from the
    /// number before what came under the external id. What went on from the one to the other had not been worked on
    /// before the other came, and counts once, as when it came there.
    fn accepted_of(&self, customer: &Customer) -> Vec<&Happened> {
        let mut theirs = self.accepted_by_items(customer);
        theirs.sort_by_key(|(pk, _)| !pk.starts_with("phone#"));
        let mut last_first: Vec<&Happened> =
            theirs.into_iter().map(|(_, event)| event).rev().collect();
        let mut once = BTreeSet::new();
        last_first.retain(|event| once.insert(event.delivery().as_str()));
        last_first.reverse();
        last_first
    }

    /// By item, as they came; what went on stands twice.
    fn accepted_by_items(&self, customer: &Customer) -> Vec<(String, &Happened)> {
        let conversations = anonymous::conversations_of(customer);
        let pks: Vec<String> = conversations.iter().map(Key::pk).collect();
        let accepted = self.common.accepted.lock().expect("log");
        let theirs = accepted.iter().filter(|(at, ..)| pks.contains(at));
        let by_id = |id: &DeliveryId| self.events.iter().find(|event| event.delivery() == id);
        theirs
            .filter_map(|(pk, id, _)| by_id(id).map(|event| (pk.clone(), event)))
            .collect()
    }

    fn texts_once_in_order(&self, customer: &Customer) -> Result<(), String> {
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

    pub fn sent_parts(&self, token: &str) -> Vec<(usize, u8, u8)> {
        let world = self.common.world.lock().expect("world");
        let all = world.sms.iter().enumerate();
        let of_it = all.filter(|(_, sms)| sms.text.contains(token));
        of_it
            .map(|(index, sms)| (index, sms.part, sms.parts))
            .collect()
    }

    fn answer(
        &self,
        event: &Happened,
        token: &str,
        comment: shared::message::CommentId,
    ) -> Result<(), String> {
        let sent = self.sent_parts(token);
        let parts: Vec<u8> = sent.iter().map(|(_, part, _)| *part).collect();
        if !is_in_order(&parts, self.resends(event)) {
            return Err(format!("the answer's parts were sent as {parts:?}"));
        }
        let accepted = event.answered
            || self.common.accepted_by(&event.door(), event.delivery())
            || self.is_found(event, comment);
        let whole = sent.last().is_some_and(|(_, part, parts)| part == parts);
        if !accepted || whole {
            return Ok(());
        }
        let ids = [event.delivery().clone(), reply_delivery(comment)];
        if ids.iter().any(|id| self.agent_knows(event, id)) || self.is_nobodys(event, comment) {
            return Ok(());
        }
        Err("the answer was accepted, not sent, and nobody was told".to_owned())
    }

    /// The answer was for somebody whom Braze does not know; or it was found when its ticket had changed hands,
    /// and a note on the ticket says that something was not sent.
    fn is_nobodys(&self, event: &Happened, comment: CommentId) -> bool {
        let Kind::Reply { ticket, .. } = event.kind else {
            return false;
        };
        let written = self.written(ticket, comment);
        let world = self.common.world.lock().expect("world");
        let ticket = &world.tickets[&ticket];
        let given_since = ticket
            .given_at()
            .is_some_and(|at| at / 1_000 >= written / 1_000);
        let mut notes = ticket.comments.iter().filter(|remark| !remark.public);
        let noted = notes.any(|note| note.marker.is_some() && note.at >= written);
        world.strangers.contains(&event.customer) || given_since && noted
    }

    /// How often the agent asked for messages of the answer's ticket once more.
    fn resends(&self, answer: &Happened) -> usize {
        let Kind::Reply { ticket, .. } = answer.kind else {
            return 0;
        };
        self.resends_on(ticket)
    }

    pub fn resends_on(&self, ticket: TicketId) -> usize {
        let asked = self.events.iter().filter(|event| {
            let accepted = self.common.accepted_by(&event.door(), event.delivery());
            matches!(event.kind, Kind::Resend { ticket: on } if on == ticket)
                && (accepted || self.setting.compares)
        });
        asked.count()
    }

    /// No webhook reported it, and a solve that was told of after it was written looked at the
    /// comments.
    fn is_found(&self, answer: &Happened, comment: CommentId) -> bool {
        let Kind::Reply { ticket, .. } = answer.kind else {
            return false;
        };
        let written = self.written(ticket, comment);
        self.events.iter().any(|event| {
            let Kind::Solved { ticket: on, cycle } = event.kind else {
                return false;
            };
            let Body::Solved(solved) = &event.incoming.event.body else {
                return false;
            };
            on == ticket
                && solved.asked_at.is_some_and(|asked| asked >= written)
                && !self.closing_index(ticket, cycle).is_empty()
                && !self.solve_tells_little(answer, ticket, cycle)
        })
    }

    /// A note is on the ticket, or a dead letter kept, or the ticket takes no notes.
    pub fn agent_knows(&self, event: &Happened, id: &DeliveryId) -> bool {
        let note = DeliveryId::derive("note", &[id.as_str()]);
        let world = self.common.world.lock().expect("world");
        let noted = |ticket: &Ticket| {
            let mut private = ticket.comments.iter().filter(|remark| !remark.public);
            private.any(|remark| remark.marker.as_deref() == Some(note.as_str()))
        };
        let Kind::Reply { ticket, .. } = event.kind else {
            return false;
        };
        let ticket = &world.tickets[&ticket];
        let shut = ticket.deleted || ticket.status == Status::Closed;
        shut || noted(ticket) || self.is_dead(&note) || self.is_dead(id)
    }

    fn closing_index(&self, ticket: TicketId, cycle: u32) -> Vec<usize> {
        let text = closing(ticket, cycle);
        let world = self.common.world.lock().expect("world");
        let all = world.sms.iter().enumerate();
        all.filter(|(_, sms)| sms.text == text)
            .map(|(index, _)| index)
            .collect()
    }

    fn closing_once(&self, ticket: TicketId, cycle: u32) -> Result<(), String> {
        match self.closing_index(ticket, cycle).len() {
            0 | 1 => Ok(()),
            n if n <= 1 + self.resends_on(ticket) => Ok(()),
            n => Err(format!("{n} closing messages for one solve")),
        }
    }

    /// No answer overtakes one that was written before it and accepted before it.
    fn answers_in_order(&self, customer: &Customer) -> Result<(), String> {
        let mut before = BTreeMap::<TicketId, Vec<(usize, CommentId)>>::new();
        for event in self.accepted_of(customer) {
            let Kind::Reply {
                token,
                ticket,
                comment,
                ..
            } = &event.kind
            else {
                continue;
            };
            if self.is_forgotten(*ticket, *comment) || self.resends_on(*ticket) > 0 {
                continue;
            }
            let Some((index, ..)) = self.sent_parts(token).first().copied() else {
                continue;
            };
            let before = before.entry(*ticket).or_default();
            if before.iter().any(|(i, c)| *i > index && c < comment) {
                return Err(format!("the answer {token} overtook another"));
            }
            before.push((index, *comment));
        }
        Ok(())
    }

    fn answers_before_closing(&self) -> Result<(), String> {
        for event in &self.events {
            let Kind::Reply {
                ticket,
                token,
                solves: Some(cycle),
                ..
            } = &event.kind
            else {
                continue;
            };
            // What the agent asks for once more goes when it is asked for.
            let again = self.resends_on(*ticket) > 0;
            if again || self.solve_tells_little(event, *ticket, *cycle) {
                continue;
            }
            let answer = self.sent_parts(token).first().map(|(index, ..)| *index);
            let closing = self.closing_index(*ticket, *cycle).first().copied();
            if answer
                .zip(closing)
                .is_some_and(|(answer, closing)| answer > closing)
            {
                return Err(format!(
                    "{token} came after the closing message of its submit"
                ));
            }
        }
        Ok(())
    }

    /// Written so long ago that nobody knows any more whether it was sent.
    fn is_forgotten(&self, ticket: TicketId, comment: CommentId) -> bool {
        self.common.now() - self.written(ticket, comment) > REMEMBERED
    }

    pub fn written(&self, ticket: TicketId, comment: CommentId) -> i64 {
        let world = self.common.world.lock().expect("world");
        let mut remarks = world.tickets[&ticket].comments.iter();
        remarks.find(|r| r.id == comment).map_or(0, |r| r.at)
    }

    /// Days after the answer; of a ticket that was deleted with its comments; without its ticket (the
    /// guide's body), where the customer has several; or so long after that a ticket the bridge did
    /// not know before, or no more since a text was given up, is not searched so far back.
    fn solve_tells_little(&self, answer: &Happened, ticket: TicketId, cycle: u32) -> bool {
        let Kind::Reply { comment, .. } = answer.kind else {
            return false;
        };
        let written = self.written(ticket, comment);
        let world = self.common.world.lock().expect("world");
        let of = &world.tickets[&ticket];
        if of.deleted
            || of
                .given_at()
                .is_some_and(|at| at / 1_000 >= written / 1_000)
        {
            return true;
        }
        let theirs = |other: &&Ticket| other.customer == answer.customer;
        let several = world.tickets.values().filter(theirs).count() > 1;
        drop(world);
        let mut solves = self.events.iter().filter(|event| {
            matches!(event.kind, Kind::Solved { ticket: t, cycle: c } if (t, c) == (ticket, cycle))
        });
        let nameless = |event: &Happened| matches!(&event.incoming.event.body, Body::Solved(solved) if solved.ticket.is_none());
        let unknown = several || self.some_are_dead(&answer.customer);
        let accepted = self.common.accepted.lock().expect("log");
        let late = |event: &Happened| {
            let mut log = accepted.iter().filter(|(_, id, _)| id == event.delivery());
            unknown && log.any(|(.., at)| at - written > MINUTES)
        };
        // Known from a later answer only, the ticket is not searched so far back.
        let known_since = self.known_since.get(&ticket);
        let before = known_since.is_some_and(|since| written < since - A_MINUTE);
        before
            || self.is_forgotten(ticket, comment)
            || solves.any(|event| (several && nameless(event)) || late(event))
    }

    /// The customer's conversation: under the external id, unless it has not met the profile there yet.
    pub fn state_of(&self, customer: &Customer) -> Option<Shown> {
        let shown = self.store.shown();
        let of = |key: &Key| shown.iter().find(|item| item.key == *key).cloned();
        let keys = anonymous::conversations_of(customer);
        let theirs: Vec<Shown> = keys.iter().filter_map(of).collect();
        let met = |item: &&Shown| item.state.profile.is_some();
        theirs.iter().rfind(met).or(theirs.last()).cloned()
    }

    /// Braze's attributes say what the bridge believes, and what is so where it was told.
    fn attributes_follow(&self, customer: &Customer) -> Result<(), String> {
        let Some(state) = self.state_of(customer).map(|item| item.state) else {
            return Ok(());
        };
        let world = self.common.world.lock().expect("world");
        let attributes = world.attributes.get(customer).copied();
        let (Some(ticket), false) = (state.ticket, self.some_are_dead(customer)) else {
            return Ok(());
        };
        let wanted = (Some(ticket), !state.is_done());
        match attributes {
            Some(set) if set == wanted => Ok(()),
            set => Err(format!(
                "attributes are {set:?}, the conversation is {wanted:?}"
            )),
        }
    }

    pub fn some_are_dead(&self, customer: &Customer) -> bool {
        let dead = self.store.dead();
        let ours = self.accepted_of(customer);
        let ids = ours.iter().flat_map(|event| {
            let id = event.delivery();
            [id.clone(), DeliveryId::derive("attributes", &[id.as_str()])]
        });
        ids.into_iter()
            .any(|id| dead.iter().any(|dead| dead == id.as_str()))
    }

    fn consent_kept(&self, customer: &Customer) -> Result<(), String> {
        let mut once = BTreeSet::new();
        let accepted = self.accepted_by_items(customer).into_iter();
        let events = accepted.map(|(_, event)| event);
        let first = events.filter(|event| once.insert(event.delivery().as_str()));
        let wishes = first.filter_map(|event| match event.kind {
            Kind::Consent { out } => Some((event.born, out)),
            _ => None,
        });
        let wishes: Vec<(i64, bool)> = wishes.collect();
        let wanted = wishes.last().is_some_and(|(_, out)| *out);
        // Of two items, a keyword whose webhook was repeated may be the older one.
        let newest = wishes.iter().max_by_key(|(born, _)| *born);
        let two_items = anonymous::conversations_of(customer).len() > 1;
        let newest = newest.is_some_and(|(_, out)| *out && two_items);
        let kept = self
            .state_of(customer)
            .is_some_and(|item| item.state.opted_out);
        if kept == wanted || newest && kept {
            Ok(())
        } else {
            Err(format!("opted out is {kept}"))
        }
    }

    /// An answer and a closing message go to whoever was the requester when the agent wrote or solved.
    fn nothing_reaches_another(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        for sms in &world.sms {
            let meant_for = |event: &&Happened| match &event.kind {
                Kind::Reply { token, .. } => sms.text.contains(token.as_str()),
                Kind::Solved { ticket, cycle } => sms.text == closing(*ticket, *cycle),
                _ => false,
            };
            let meant = self.events.iter().find(meant_for);
            let meant_for_another = meant.is_some_and(|event| event.customer != sms.customer);
            // What the comparison made up for names its ticket only.
            let on = sms.ticket.and_then(|ticket| world.tickets.get(&ticket));
            let never_theirs = on.is_some_and(|ticket| !ticket.was_of(&sms.customer));
            if meant_for_another || never_theirs {
                let to = sms.customer.shown();
                return Err(format!("{to} was sent {:?}, which is another's", sms.text));
            }
        }
        Ok(())
    }

    /// A customer's words stand on a ticket that is another person's at most privately, and once for each time
    /// that it was given away; unless it was given back meanwhile. One that was given up while its writing was in
    /// doubt is a dead letter.
    fn texts_stay_with_their_writer(&self) -> Result<(), String> {
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

    /// Whoever sends an SMS knows of no STOP that was accepted, but for one taken back by START.
    fn nothing_after_stop(&self) -> Result<(), String> {
        let consent = |id: &DeliveryId| {
            let event = self.events.iter().find(|event| event.delivery() == id)?;
            match event.kind {
                Kind::Consent { out } => Some((event.born, out, event.customer.clone())),
                _ => None,
            }
        };
        let world = self.common.world.lock().expect("world");
        let stopped = |known: &[DeliveryId]| {
            let wishes: Vec<(i64, bool, Customer)> = known.iter().filter_map(consent).collect();
            let Some((_, last, customer)) = wishes.last() else {
                return false;
            };
            // Of two items, the older wish may come over behind the newer one.
            let newest = wishes.iter().max_by_key(|(born, ..)| *born);
            let two_items = anonymous::conversations_of(customer).len() > 1;
            *last && (!two_items || newest.is_none_or(|(_, out, _)| *out))
        };
        match world.sms.iter().find(|sms| stopped(&sms.known)) {
            Some(sms) => Err(format!("{:?} was sent after STOP", sms.text)),
            None => Ok(()),
        }
    }

    fn nothing_echoed(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        match world.sms.iter().find(|sms| sms.text.starts_with('T')) {
            Some(sms) => Err(format!("{}'s own text was sent back", sms.customer.shown())),
            None => Ok(()),
        }
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
            // What came to it in another person's hands had to be written elsewhere.
            let strayed = is_gone && ticket.owner_at(remark.at) != customer;
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

/// The worker that made it private vanished, and the ticket was given back.
fn is_private(world: &World, customer: &Customer, is_it: impl Fn(&Remark) -> bool) -> bool {
    let given = world.tickets.values().filter(|one| one.hands.len() > 1);
    let own = given.filter(|ticket| ticket.customer == *customer);
    let mut remarks = own.flat_map(|ticket| &ticket.comments);
    remarks.any(|remark| !remark.public && is_it(remark))
}

/// The names under which a text is written: its own, and others where it left a ticket.
fn names_of(delivery: &DeliveryId, world: &World) -> BTreeSet<String> {
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

/// The parts in their order and each once; where the agent asked for it so many times, the last one
/// once more, and those after it.
fn is_in_order(parts: &[u8], resends: usize) -> bool {
    let mut last = 0;
    let mut repeated = 0;
    parts.iter().all(|&part| {
        repeated += usize::from(part == last);
        let follows = part == last + 1 || part == last && part > 0;
        last = part;
        follows && repeated <= resends
    })
}

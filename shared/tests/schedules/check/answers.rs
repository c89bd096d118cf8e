//! Agents' answers and closing messages: each once, in order, and told of where it was not sent.

use std::collections::BTreeMap;

use shared::conversation::state::Status;
use shared::message::{Body, CommentId, Customer, DeliveryId, TicketId};

use super::super::happen::{is_closing, reply_delivery};
use super::super::run::{Happened, Kind, Run, Table};
use super::super::world::Ticket;
use super::{A_MINUTE, MINUTES, REMEMBERED};

impl<S: Table> Run<S> {
    pub fn sent_parts(&self, token: &str) -> Vec<(usize, u8, u8)> {
        let world = self.common.world.lock().expect("world");
        let all = world.sms.iter().enumerate();
        let of_it = all.filter(|(_, sms)| sms.text.contains(token));
        of_it
            .map(|(index, sms)| (index, sms.part, sms.parts))
            .collect()
    }

    pub(super) fn answer(
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
        let (Kind::Reply { ticket, .. } | Kind::Say { ticket, .. }) = event.kind else {
            return false;
        };
        let ticket = &world.tickets[&ticket];
        let shut = ticket.deleted || ticket.status == Status::Closed;
        shut || noted(ticket) || self.is_dead(&note) || self.is_dead(id)
    }

    /// No answer overtakes one that was written before it and accepted before it.
    pub(super) fn answers_in_order(&self, customer: &Customer) -> Result<(), String> {
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

    pub(super) fn answers_before_closing(&self) -> Result<(), String> {
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

    /// An answer and a closing message go to whoever was the requester when the agent wrote or solved.
    pub(super) fn nothing_reaches_another(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        for sms in &world.sms {
            let meant_for = |event: &&Happened| match &event.kind {
                Kind::Reply { token, .. } => sms.text.contains(token.as_str()),
                Kind::Solved { ticket, cycle } => is_closing(&sms.text, *ticket, *cycle),
                // Words that are the same for all are known by their ticket.
                Kind::Say { ticket, words } => {
                    let named = event.incoming.customer.is_some();
                    named && sms.text == *words && sms.written_on == Some(*ticket)
                }
                _ => false,
            };
            let mut meant = self.events.iter().filter(meant_for).peekable();
            let is_meant = meant.peek().is_some();
            let meant_for_another = is_meant && meant.all(|one| one.customer != sms.customer);
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

    pub(super) fn nothing_echoed(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        match world.sms.iter().find(|sms| sms.text.starts_with('T')) {
            Some(sms) => Err(format!("{}'s own text was sent back", sms.customer.shown())),
            None => Ok(()),
        }
    }

    pub(super) fn closing_index(&self, ticket: TicketId, cycle: u32) -> Vec<usize> {
        let world = self.common.world.lock().expect("world");
        let all = world.sms.iter().enumerate();
        all.filter(|(_, sms)| is_closing(&sms.text, ticket, cycle))
            .map(|(index, _)| index)
            .collect()
    }

    pub(super) fn closing_once(&self, ticket: TicketId, cycle: u32) -> Result<(), String> {
        match self.closing_index(ticket, cycle).len() {
            0 | 1 => Ok(()),
            n if n <= 1 + self.resends_on(ticket) => Ok(()),
            n => Err(format!("{n} closing messages for one solve")),
        }
    }
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

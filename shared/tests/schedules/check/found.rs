//! What must hold once every conversation was compared with its ticket.

use shared::conversation::state::{State, Status};
use shared::message::{Customer, TicketId};

use super::super::happen::{is_closing, is_made_up, reply_delivery};
use super::super::run::{Kind, Run, Table};
use super::super::world::ASKED;
use super::REMEMBERED;

impl<S: Table> Run<S> {
    /// Whatever no webhook reported was found on the ticket the conversation is on.
    pub fn nothing_left_unfound(&self, compared_at: i64) -> Result<(), String> {
        for customer in self.customers() {
            let state = self.state_of(&customer).map(|item| item.state);
            let Some((state, ticket)) = state.and_then(|s| s.ticket.map(|t| (s, t))) else {
                continue;
            };
            // Given away while no run looked for half an hour: the conversation's next event shows it.
            let (given_away, changed_at) = {
                let world = self.common.world.lock().expect("world");
                let actual = &world.tickets[&ticket];
                (actual.customer != customer, actual.changed_at())
            };
            // No run looked for longer than one looks back.
            let too_late = compared_at - changed_at > REMEMBERED;
            if self.some_are_dead(&customer) || given_away || too_late {
                continue;
            }
            let told = |problem| format!("{}, {ticket}: {problem}", customer.shown());
            self.ticket_is_known(&customer, &state, ticket)
                .and_then(|()| self.answers_are_found(&state, ticket, compared_at))
                .and_then(|()| self.solve_is_found(&customer, &state, ticket))
                .and_then(|()| self.requests_are_heard(&state, ticket))
                .map_err(told)?;
        }
        Ok(())
    }

    fn ticket_is_known(
        &self,
        customer: &Customer,
        state: &State,
        ticket: TicketId,
    ) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        let actual = &world.tickets[&ticket];
        if state.status == Some(Status::Closed) {
            return Ok(());
        }
        if actual.deleted {
            return Err("the ticket is gone, and the conversation still on it".to_owned());
        }
        if state.is_done() != actual.status.is_done() {
            let (known, actual) = (state.status, actual.status);
            return Err(format!("the ticket is {actual:?}, known as {known:?}"));
        }
        let shown = world.attributes.get(customer).map(|(_, open)| *open);
        match shown == Some(!actual.status.is_done()) {
            true => Ok(()),
            false => Err(format!("{:?}, and Braze has {shown:?}", actual.status)),
        }
    }

    fn answers_are_found(
        &self,
        state: &State,
        ticket: TicketId,
        compared_at: i64,
    ) -> Result<(), String> {
        for event in &self.events {
            let Kind::Reply {
                ticket: on,
                comment,
                token,
                ..
            } = &event.kind
            else {
                continue;
            };
            let written = self.written(*on, *comment);
            let forgotten = compared_at - written > REMEMBERED;
            let given_since = {
                let world = self.common.world.lock().expect("world");
                let given_at = world.tickets[on].given_at();
                given_at.is_some_and(|at| at / 1_000 >= written / 1_000)
            };
            if *on != ticket || written < state.since || forgotten || given_since {
                continue;
            }
            let sent = self.sent_parts(token);
            let whole = sent.last().is_some_and(|(_, part, parts)| part == parts);
            let ids = [event.delivery().clone(), reply_delivery(*comment)];
            if !whole && !ids.iter().any(|id| self.agent_knows(event, id)) {
                return Err(format!("the answer {token} was not found"));
            }
        }
        Ok(())
    }

    fn solve_is_found(
        &self,
        customer: &Customer,
        state: &State,
        ticket: TicketId,
    ) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        let actual = &world.tickets[&ticket];
        let solved_at = actual
            .solved_at
            .filter(|_| actual.status == Status::Solved && !actual.deleted && !self.set_back)
            // Solved while it was another's: that is not this conversation's.
            .filter(|&at| actual.given_at().is_none_or(|given| given < at));
        let Some(solved_at) = solved_at.filter(|_| self.setting.closing && !state.opted_out) else {
            return Ok(());
        };
        let told = world.sms.iter().any(|sms| {
            let generic =
                is_made_up(&sms.text) && sms.ticket == Some(ticket) && sms.at >= solved_at;
            let own = is_closing(&sms.text, ticket, actual.cycle);
            sms.customer == *customer && (generic || own)
        });
        let mut notes = actual.comments.iter().filter(|remark| !remark.public);
        match told || notes.any(|note| note.at >= solved_at) {
            true => Ok(()),
            false => Err("solved, and nobody was told".to_owned()),
        }
    }

    fn requests_are_heard(&self, state: &State, ticket: TicketId) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        let tags = &world.tickets[&ticket].tags;
        let is_closed = state.status == Some(Status::Closed);
        match tags.iter().any(|tag| tag == ASKED) && !is_closed {
            true => Err("asked for once more, and not heard".to_owned()),
            false => Ok(()),
        }
    }

    /// No more closing messages than solves and requests, and one for everybody who got a solved ticket.
    pub fn closings_in_number(&self) -> Result<(), String> {
        let world = self.common.world.lock().expect("world");
        for (id, ticket) in &world.tickets {
            let own = format!("Closed {id}/");
            let closings = world.sms.iter().filter(|sms| {
                let generic = is_made_up(&sms.text) && sms.ticket == Some(*id);
                generic || sms.text.starts_with(&own)
            });
            let (sent, solves) = (closings.count(), ticket.cycle as usize);
            if sent > solves + self.resends_on(*id) + ticket.hands.len() - 1 {
                return Err(format!(
                    "{sent} closing messages for {solves} solves of {id}"
                ));
            }
        }
        Ok(())
    }
}

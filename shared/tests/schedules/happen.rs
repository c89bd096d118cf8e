//! What customers and agents do, and the webhooks it causes.

use serde_json::json;
use shared::conversation::state::Status;
use shared::message::{
    Body, BrazeId, CommentId, Consent, ConsentKind, Customer, DeliveryId, Event, Incoming, Parsed,
    Personal, Profile, Reply, Resend, Solved, Text, TicketId, UserId, braze_inbound, zendesk_reply,
};

use super::act::{Act, Deed, Exports, Shape, Words};
use super::anonymous;
use super::run::{Happened, Kind, Run, Table};

impl<S: Table> Run<S> {
    pub fn happens(&mut self, act: Act) {
        match act {
            Act::Text { who, what } => self.texts(who, what),
            Act::Consent { who, out } => {
                let customer = self.customer(who);
                let n = self.count();
                let what = if out {
                    ConsentKind::OptedOut
                } else {
                    ConsentKind::OptedIn
                };
                let body = Body::Consent(Consent {
                    what,
                    text: Personal::default(),
                    braze_id: self.braze_id(&customer),
                    changed: None,
                });
                let delivery = DeliveryId::derive("consent", &[&n.to_string()]);
                self.wish(&customer, out, true);
                self.braze_tells(customer, delivery, body, Kind::Consent { out });
            }
            Act::Subscription { who, out } => {
                let customer = self.customer(who);
                self.wish(&customer, out, false);
            }
            Act::Phone { who, fate } => {
                let customer = self.customer(who);
                self.tell(|| format!("messages to {} are {fate:?}", customer.shown()));
                let mut world = self.common.world.lock().expect("world");
                world.fates.insert(customer, fate);
            }
            Act::Known if self.setting.anonymous => {
                self.is_known = true;
                self.tell(|| "the anonymous profile gets its external id".to_owned());
            }
            Act::Agent { who, deed, body } => {
                let customer = self.requester_of(who);
                // A person's time: machines' clocks differ by less.
                self.common.pass_time(1_500);
                self.common.world.lock().expect("world").now = self.common.now();
                let ticket = self.ticket_of(&customer, deed);
                if let Some(ticket) = ticket {
                    self.tell(|| format!("agent: {deed:?} on {ticket}, {body:?}"));
                    self.deed(&customer, ticket, deed, body);
                }
            }
            _ => {}
        }
    }

    fn texts(&mut self, who: u8, what: Words) {
        let customer = self.customer(who);
        if what == Words::SameRun {
            return self.text_of_a_run(customer);
        }
        let n = self.count();
        let text = match what {
            Words::Plain | Words::SameRun => format!("T{n:04}x hello"),
            Words::Thanks => "Thanks".to_owned(),
            Words::Stars(stars) => stars.to_string(),
        };
        let body = Body::Text(Text {
            text: Personal(text),
            profile: Profile {
                braze_id: self.braze_id(&customer),
                name: Personal::from("Ana"),
                ..Profile::default()
            },
            ..Text::default()
        });
        let delivery = DeliveryId::derive("text", &[&n.to_string()]);
        self.braze_tells(customer, delivery, body, Kind::Text);
    }

    /// Braze renders the campaign's body; the dispatch id names the run, and is the same for all its texts.
    fn text_of_a_run(&mut self, customer: Customer) {
        let n = self.count();
        let addressee = self.named_by_braze(&customer);
        let braze_id = self.braze_id(&customer).map(|_| anonymous::BRAZE_ID);
        let phone = addressee.id().is_none().then(anonymous::phone);
        let body = json!({
            "external_user_id": addressee.id().map(|id| id.as_str().to_owned()),
            "phone": phone.map(|phone| phone.as_e164().to_owned()),
            "braze_id": braze_id,
            "first_name": "Ana",
            "message": format!("T{n:04}x hello"),
            "dispatch_id": "run",
        });
        let parsed = braze_inbound(body.to_string().as_bytes(), None, self.common.now());
        let Parsed::Event(incoming) = parsed else {
            panic!("not a text: {parsed:?}");
        };
        let Event { delivery, body, .. } = incoming.event;
        self.queue(incoming.customer, customer, delivery, body, Kind::Text);
        self.send(self.events.len() - 1);
    }

    fn customer(&self, who: u8) -> Customer {
        let id = format!("c{}", who % self.setting.customers.max(1));
        id.parse().expect("an id")
    }

    /// Of the tickets that agents have before them: once one was given away, the person who got it has one, too.
    fn requester_of(&self, who: u8) -> Customer {
        let customers = self.setting.customers.max(1);
        let others = self.gave_away && who % (customers + 1) == customers;
        match others {
            true => self.outsider(),
            false => self.customer(who),
        }
    }

    /// Somebody who never texts.
    fn outsider(&self) -> Customer {
        let id = format!("c{}", self.setting.customers.max(1));
        id.parse().expect("an id")
    }

    pub fn is_anonymous(&self, customer: &Customer) -> bool {
        self.setting.anonymous && *customer == anonymous::person(&anonymous::number())
    }

    /// The export tells of a subscription, whatever changed it.
    fn wish(&mut self, customer: &Customer, out: bool, by_keyword: bool) {
        if self.setting.exports == Exports::Off {
            return;
        }
        let named = self.named_by_braze(customer);
        let now = self.common.now();
        let mut world = self.common.world.lock().expect("world");
        world.now = now;
        world.export_wish(&named, out, by_keyword);
    }

    fn named_by_braze(&self, customer: &Customer) -> Customer {
        match self.is_anonymous(customer) && !self.is_known {
            true => anonymous::number(),
            false => customer.clone(),
        }
    }

    /// A webhook of Braze names the profile as it is.
    fn braze_tells(&mut self, customer: Customer, delivery: DeliveryId, body: Body, kind: Kind) {
        let addressee = self.named_by_braze(&customer);
        self.queue(Some(addressee), customer, delivery, body, kind);
        self.send(self.events.len() - 1);
    }

    /// Only of the profile that was anonymous once do the bodies name it: what is looked for by it is there.
    fn braze_id(&self, customer: &Customer) -> Option<BrazeId> {
        anonymous::braze_id().filter(|_| self.is_anonymous(customer))
    }

    fn count(&mut self) -> u32 {
        self.serial += 1;
        self.serial
    }

    fn queue(
        &mut self,
        addressee: Option<Customer>,
        customer: Customer,
        delivery: DeliveryId,
        body: Body,
        kind: Kind,
    ) {
        let index = self.events.len();
        self.tell(|| {
            format!(
                "event {index}: {kind:?} of {}, {delivery}",
                customer.shown()
            )
        });
        self.events.push(Happened {
            incoming: Incoming {
                customer: addressee,
                event: Event {
                    delivery,
                    received_at: 0,
                    body,
                },
                aliases: vec![],
            },
            kind,
            customer,
            queued: true,
            lost: false,
            tries: 0,
            born: self.common.now(),
            first_sent: None,
            answered: false,
        });
    }

    /// The ticket an agent has before them: the newest that the deed is possible on.
    fn ticket_of(&self, customer: &Customer, deed: Deed) -> Option<TicketId> {
        let mut world = self.common.world.lock().expect("world");
        if deed == Deed::Foreign {
            let active = |t: &super::world::Ticket| t.customer == *customer && !t.deleted;
            let all = world.tickets.iter();
            let mut theirs = all.filter(|(_, t)| active(t));
            let is_met = theirs.next().is_some();
            return is_met.then(|| world.foreign(customer));
        }
        let fits = |ticket: &super::world::Ticket| match deed {
            Deed::Close | Deed::Reopen => ticket.status == Status::Solved,
            Deed::Solve | Deed::SolveTwice | Deed::ReplyAndSolve | Deed::Merge => {
                ticket.is_active()
            }
            _ => ticket.status != Status::Closed,
        };
        let mut theirs = world
            .tickets
            .iter()
            .filter(|(_, t)| t.customer == *customer && !t.deleted);
        // Only the newest: agents do not dig out old ones.
        theirs
            .next_back()
            .filter(|(_, t)| fits(t))
            .map(|(id, _)| *id)
    }

    fn deed(&mut self, customer: &Customer, ticket: TicketId, deed: Deed, shape: Shape) {
        let world = self.common.world.clone();
        let sets = |status| {
            let mut world = world.lock().expect("world");
            world.agent_sets(ticket, status);
            world.tickets[&ticket].cycle
        };
        // Without an id and without the ticket no webhook says whose it is.
        let shape = match self.addressee(customer, ticket, shape) {
            None => Shape::TicketOnly,
            Some(_) => shape,
        };
        match deed {
            Deed::Reply | Deed::LongReply | Deed::Foreign => {
                let status = world.lock().expect("world").tickets[&ticket].status;
                sets(match status.is_done() {
                    true => Status::Solved,
                    false => Status::Pending,
                });
                self.reply(customer, ticket, shape, deed == Deed::LongReply, None);
            }
            Deed::ReplyAndSolve => {
                let cycle = sets(Status::Solved);
                self.reply(customer, ticket, shape, false, Some(cycle));
                self.solved(customer, ticket, shape, cycle);
            }
            Deed::Solve | Deed::SolveTwice => {
                let cycle = sets(Status::Solved);
                self.solved(customer, ticket, shape, cycle);
                if deed == Deed::SolveTwice {
                    self.solved(customer, ticket, shape, cycle);
                }
            }
            Deed::Reopen => {
                sets(Status::Open);
            }
            Deed::Close => {
                sets(Status::Closed);
            }
            Deed::Delete => world.lock().expect("world").agent_deletes(ticket),
            Deed::Merge => {
                let mut world = world.lock().expect("world");
                let target = world.foreign(customer);
                world.agent_merges(ticket, target);
            }
            Deed::GiveAway => self.give_away(customer, ticket),
            Deed::MergeProfile => {
                let mut world = world.lock().expect("world");
                world.agent_merges_profile(customer);
            }
            Deed::Echo => self.echo(customer, ticket),
            Deed::Say | Deed::SayAgain => self.say(customer, ticket, deed == Deed::SayAgain),
            Deed::Resend => {
                world.lock().expect("world").agent_asks(ticket);
                self.resend(customer, ticket);
            }
        }
    }

    /// To the next customer, the last one's to the outsider, whom Braze knows or, by half, does not.
    fn give_away(&mut self, customer: &Customer, ticket: TicketId) {
        let others = (0..self.setting.customers.max(1)).map(|who| self.customer(who));
        let next = others.skip_while(|other| other != customer).nth(1);
        let to = next.unwrap_or_else(|| self.outsider());
        let to = if to == *customer {
            self.customer(0)
        } else {
            to
        };
        self.gave_away = true;
        let mut world = self.common.world.lock().expect("world");
        // Whether a requester without an id is the merged one cannot be told.
        if to == self.outsider() && ticket.get().is_multiple_of(2) && !world.merged_profiles {
            world.strangers.insert(to.clone());
        }
        world.agent_gives_away(ticket, &to);
    }

    /// Whom the body of a webhook names, if it does.
    fn addressee(&self, customer: &Customer, ticket: TicketId, shape: Shape) -> Option<Customer> {
        let world = self.common.world.lock().expect("world");
        let stranger = world.strangers.contains(customer) || world.is_unnamed(ticket);
        let known = shape != Shape::TicketOnly && !stranger;
        known.then(|| customer.clone())
    }

    fn reply(
        &mut self,
        customer: &Customer,
        ticket: TicketId,
        shape: Shape,
        long: bool,
        solves: Option<u32>,
    ) {
        let n = self.count();
        let token = format!("A{n:04}x");
        let sentence = format!("{token} we look into it. ");
        let text = sentence.repeat(if long { 70 } else { 1 }).trim().to_owned();
        let now = self.common.now();
        let (comment, status, requester) = {
            let mut world = self.common.world.lock().expect("world");
            let comment = world.agent_writes(ticket, &text, now);
            let of = &world.tickets[&ticket];
            (comment, of.status, of.requester)
        };
        let delivery = match shape {
            Shape::Guide => DeliveryId::derive("reply-text", &[&n.to_string()]),
            _ => reply_delivery(comment),
        };
        let body = Body::Reply(Reply {
            files: None,
            recent: Some(self.recent(ticket)),
            ticket: Some(ticket),
            requester: (shape != Shape::Guide).then_some(requester),
            tags: None,
            comment: (shape != Shape::Guide).then_some(comment),
            role_unknown: false,
            text: Some(Personal(text)),
            author: Personal::from("Ann"),
            status: (shape != Shape::Guide).then(|| name(status).to_owned()),
            asked_at: Some(self.common.now()),
            campaign: None,
        });
        let kind = Kind::Reply {
            ticket,
            comment,
            token,
            solves,
        };
        let addressee = self.addressee(customer, ticket, shape);
        self.queue(addressee, customer.clone(), delivery, body, kind);
    }

    /// As the trigger's body names them.
    fn recent(&self, ticket: TicketId) -> Vec<CommentId> {
        let world = self.common.world.lock().expect("world");
        let newest = world.tickets[&ticket].comments.iter().rev();
        let public = newest.filter(|remark| remark.public);
        public.map(|remark| remark.id).take(5).collect()
    }

    fn solved(&mut self, customer: &Customer, ticket: TicketId, shape: Shape, cycle: u32) {
        let n = self.count();
        let delivery = DeliveryId::derive("solved", &[&ticket.to_string(), &n.to_string()]);
        let body = Body::Solved(Solved {
            tags: None,
            requester: self.requester(ticket).filter(|_| shape != Shape::Guide),
            asked_at: Some(self.common.now()),
            ticket: (shape != Shape::Guide).then_some(ticket),
            message: Some(Personal(closing(ticket, cycle))),
            campaign: None,
        });
        let addressee = self.addressee(customer, ticket, shape);
        let kind = Kind::Solved { ticket, cycle };
        self.queue(addressee, customer.clone(), delivery, body, kind);
    }

    /// A trigger fires.
    fn say(&mut self, customer: &Customer, ticket: TicketId, again: bool) {
        let n = self.count();
        let number = if again { 0 } else { n };
        let words = format!("S{number:04}x Your parcel is on its way.");
        let addressee = self.addressee(customer, ticket, Shape::Ours);
        let body = json!({
            "external_user_id": addressee.and_then(|it| it.id().map(|id| id.as_str().to_owned())),
            "ticket_id": ticket.get(),
            "say": words,
        });
        let invocation = format!("fired {n}");
        let now = self.common.now();
        let parsed = zendesk_reply(body.to_string().as_bytes(), Some(&invocation), now);
        let Parsed::Event(incoming) = parsed else {
            panic!("nothing to say: {parsed:?}");
        };
        let Event { delivery, body, .. } = incoming.event;
        let kind = Kind::Say { ticket, words };
        self.queue(incoming.customer, customer.clone(), delivery, body, kind);
    }

    fn resend(&mut self, customer: &Customer, ticket: TicketId) {
        let n = self.count();
        let delivery = DeliveryId::derive("resend", &[&n.to_string()]);
        let body = Body::Resend(Resend {
            ticket: Some(ticket),
            requester: self.requester(ticket),
            tags: None,
        });
        let kind = Kind::Resend { ticket };
        let addressee = self.addressee(customer, ticket, Shape::Ours);
        self.queue(addressee, customer.clone(), delivery, body, kind);
    }

    fn requester(&self, ticket: TicketId) -> Option<UserId> {
        let world = self.common.world.lock().expect("world");
        world.tickets.get(&ticket).map(|ticket| ticket.requester)
    }

    fn echo(&mut self, customer: &Customer, ticket: TicketId) {
        // A comment whose answer was lost is not known as the bridge's own; see docs/testing.md.
        let shown = self.store.shown();
        let known = |id| {
            shown
                .iter()
                .any(|item| item.state.own_comments.contains(&id))
        };
        let world = self.common.world.clone();
        let world = world.lock().expect("world");
        let of = &world.tickets[&ticket];
        let own = of
            .comments
            .iter()
            .rfind(|remark| remark.public && known(remark.id));
        let Some(own) = own else { return };
        let addressee = match world.is_unnamed(ticket) {
            true => None,
            false => Some(customer.clone()),
        };
        let body = Body::Reply(Reply {
            files: None,
            ticket: Some(ticket),
            comment: Some(own.id),
            text: Some(Personal(own.text.clone())),
            status: Some(name(of.status).to_owned()),
            ..Reply::default()
        });
        let delivery = reply_delivery(own.id);
        self.queue(addressee, customer.clone(), delivery, body, Kind::Echo);
    }
}

pub fn reply_delivery(comment: CommentId) -> DeliveryId {
    DeliveryId::derive("reply", &[&comment.to_string()])
}

/// The closing message of a solve that no webhook told of.
pub const CLOSED: &str = "Your ticket has been closed";

/// A message of a solve that no webhook told of.
pub fn is_made_up(text: &str) -> bool {
    without_request(text) == CLOSED
}

/// A message of this solve cycle.
pub fn is_closing(text: &str, ticket: TicketId, cycle: u32) -> bool {
    without_request(text) == closing(ticket, cycle)
}

/// Where customers rate, the closing message asks for it in a line of its own.
fn without_request(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

/// The closing message of one solve cycle.
pub fn closing(ticket: TicketId, cycle: u32) -> String {
    format!("Closed {ticket}/{cycle}.")
}

fn name(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::Open => "open",
        Status::Pending => "pending",
        Status::Hold => "hold",
        Status::Solved => "solved",
        Status::Closed => "closed",
    }
}

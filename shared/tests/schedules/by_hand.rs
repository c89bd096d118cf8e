//! Stories told by hand: rules that schedules seldom reach, or whose breach they cannot see.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use shared::conversation::policy::Policy;
use shared::conversation::state::{Entry, Status, Trouble};
use shared::conversation::step::{Ending, Failure, Outcome, Step};
use shared::conversation::store::{Accepted, Key, Leave, Memory, Storage};
use shared::delivery::{Bridge, Clock, Updates, Vendors, Work};
use shared::message::{
    Body, CommentId, Consent, ConsentKind, Customer, DeliveryId, Event, Incoming, Personal, Reply,
    Say, Solved, Text, TicketId,
};
use shared::net::Deadline;
use tokio::sync::Notify;

use super::fakes::act;
use super::happen::{CLOSED, reply_delivery};
use super::runtime;
use super::world::{World, refused};

const START: i64 = 1_790_000_000_000;

/// One customer, the vendors in memory, and what a test does with their calls.
#[derive(Default)]
struct Inside {
    world: Mutex<World>,
    store: Memory,
    now: AtomicI64,
    calls: Mutex<Vec<&'static str>>,
    /// Calls of this name are refused.
    refused: Mutex<Option<&'static str>>,
    /// The next call of this name meets a rate limit until then.
    limited: Mutex<Option<(&'static str, i64)>>,
    /// The next call of this name is done, and its answer waits.
    waits: Mutex<Option<&'static str>>,
    arrived: Notify,
    go_on: Notify,
}

#[derive(Clone, Default)]
struct Desk(Arc<Inside>);

impl Vendors for Desk {
    async fn execute(&self, step: &Step, _: Deadline) -> Outcome {
        let inside = &self.0;
        inside.calls.lock().expect("calls").push(step.name());
        if *inside.refused.lock().expect("name") == Some(step.name()) {
            return refused(422, "by the test");
        }
        let limited = {
            let mut limited = inside.limited.lock().expect("limit");
            limited.take_if(|(name, _)| *name == step.name())
        };
        if let Some((_, until)) = limited {
            return Outcome::Failed(Failure::Later(Some(until), Trouble::Limited));
        }
        let now = inside.now.load(Ordering::Relaxed);
        let outcome = act(&mut inside.world.lock().expect("world"), step, now);
        let waits = {
            let mut name = inside.waits.lock().expect("name");
            name.take_if(|name| *name == step.name()).is_some()
        };
        if waits {
            inside.arrived.notify_one();
            inside.go_on.notified().await;
        }
        outcome
    }
}

impl Desk {
    fn new() -> Self {
        let desk = Self::default();
        desk.pass_time(START);
        desk
    }

    fn now(&self) -> i64 {
        self.0.now.load(Ordering::Relaxed)
    }

    fn pass_time(&self, ms: i64) {
        self.0.now.fetch_add(ms, Ordering::Relaxed);
        self.world(|world| world.now = self.now());
    }

    fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.0.world.lock().expect("world"))
    }

    /// What the customer's phone shows.
    fn sms(&self) -> Vec<String> {
        self.world(|world| world.sms.iter().map(|sms| sms.text.clone()).collect())
    }

    fn comments(&self, ticket: TicketId) -> Vec<String> {
        self.world(|world| {
            let comments = world.tickets[&ticket].comments.iter();
            comments.map(|remark| remark.text.clone()).collect()
        })
    }

    fn calls(&self, name: &str) -> usize {
        let calls = self.0.calls.lock().expect("calls");
        calls.iter().filter(|call| **call == name).count()
    }

    fn wait_at(&self, name: &'static str) {
        *self.0.waits.lock().expect("name") = Some(name);
    }

    fn bridge(&self) -> Bridge<Self, Memory> {
        let desk = self.clone();
        Bridge {
            store: self.0.store.clone(),
            vendors: self.clone(),
            policy: Policy {
                reply_campaign: Some("reply".to_owned()),
                solved_campaign: Some("closing".to_owned()),
                ..Policy::default()
            },
            clock: Clock::from_fn(move || desk.now()),
            updates: Updates::default(),
        }
    }

    /// A webhook comes, and is worked on for as long as it takes.
    async fn receive(self, delivery: DeliveryId, body: Body) -> Ending {
        self.receive_of(Some(ana()), delivery, body).await
    }

    /// The same from a body that may not name the customer.
    async fn receive_of(
        self,
        customer: Option<Customer>,
        delivery: DeliveryId,
        body: Body,
    ) -> Ending {
        let now = self.now();
        let incoming = Incoming {
            customer,
            event: self.event(&delivery, body),
            aliases: vec![],
        };
        let work = Work::request(delivery.as_str(), now + 15_000, now);
        let report = self.bridge().handle(incoming, &work).await;
        report.expect("stored").ending
    }

    fn event(&self, delivery: &DeliveryId, body: Body) -> Event {
        Event {
            delivery: delivery.clone(),
            received_at: self.now(),
            body,
        }
    }

    async fn text(&self, words: &str) -> Ending {
        let text = Text {
            text: words.into(),
            ..Text::default()
        };
        let delivery = DeliveryId::derive("text", &[words]);
        self.clone().receive(delivery, Body::Text(text)).await
    }

    /// The customer writes for the first time; the ticket that opens.
    async fn first_text(&self) -> TicketId {
        assert_eq!(self.text("It broke.").await, Ending::Delivered);
        let first = self.world(|world| world.tickets.keys().next().copied());
        first.expect("a ticket")
    }

    /// An agent writes publicly on a ticket.
    fn agent_writes(&self, ticket: TicketId, words: &str) -> CommentId {
        self.pass_time(1_500);
        let now = self.now();
        self.world(|world| world.agent_writes(ticket, words, now))
    }

    fn answer(&self, ticket: TicketId, comment: CommentId, words: &str) -> (DeliveryId, Body) {
        let reply = Reply {
            ticket: Some(ticket),
            comment: Some(comment),
            text: Some(words.into()),
            status: Some("open".to_owned()),
            asked_at: Some(self.now()),
            ..Reply::default()
        };
        (reply_delivery(comment), Body::Reply(reply))
    }

    /// An agent solves the ticket; the webhook of that.
    fn solve(&self, ticket: TicketId, tags: Option<Vec<String>>) -> (DeliveryId, Body) {
        self.pass_time(1_500);
        self.world(|world| world.agent_sets(ticket, Status::Solved));
        let solved = Solved {
            ticket: Some(ticket),
            asked_at: Some(self.now()),
            tags,
            ..Solved::default()
        };
        (DeliveryId::derive("solved", &[]), Body::Solved(solved))
    }
}

fn ana() -> Customer {
    "ana".parse().expect("an id")
}

/// What an agent writes while the answers of a solve go out belongs to no solve yet: it has a webhook
/// of its own, and the closing message does not wait for it.
#[test]
fn the_comments_of_a_solve_are_asked_for_once() {
    runtime().block_on(async {
        let desk = Desk::new();
        let ticket = desk.first_text().await;
        // Its webhook is lost.
        desk.agent_writes(ticket, "It is mended.");
        let (delivery, solved) = desk.solve(ticket, None);
        desk.wait_at("send_sms");
        let working = tokio::spawn(desk.clone().receive(delivery, solved));
        desk.0.arrived.notified().await;
        let late = desk.agent_writes(ticket, "One more thing.");
        desk.0.go_on.notify_one();
        assert_eq!(working.await.expect("ends"), Ending::Delivered);
        assert_eq!(desk.calls("fetch_comments"), 1);
        assert_eq!(desk.sms(), ["It is mended.", CLOSED]);
        let (delivery, answer) = desk.answer(ticket, late, "One more thing.");
        desk.clone().receive(delivery, answer).await;
        assert_eq!(desk.sms(), ["It is mended.", CLOSED, "One more thing."]);
    });
}

/// Zendesk does not say how the ticket is: what the webhook's body says of its tags stands.
#[test]
fn the_tags_of_a_solve_survive_a_look_at_the_ticket_that_fails() {
    runtime().block_on(async {
        let desk = Desk::new();
        let ticket = desk.first_text().await;
        let (delivery, Body::Solved(mut solved)) =
            desk.solve(ticket, Some(vec!["spam".to_owned()]))
        else {
            unreachable!("a solve");
        };
        // The webhook comes late, so that the ticket is looked at before the customer is told.
        desk.pass_time(5_000);
        desk.text("Buy now!").await;
        // Whose the ticket is, its body tells.
        solved.requester = desk.world(|world| Some(world.tickets[&ticket].requester));
        let solved = Body::Solved(solved);
        *desk.0.refused.lock().expect("name") = Some("look_up_ticket");
        desk.clone().receive(delivery, solved).await;
        assert_eq!(desk.calls("look_up_ticket"), 1);
        assert_eq!(desk.sms(), Vec::<String>::new());
    });
}

/// Two events name only their ticket, and one of them waits in its customer's conversation already, put there by
/// a worker that vanished before it was taken out of the ticket's. The other takes the conversation over, with a lease that names the first; when that is
/// handed on too, the conversation is not worked on twice.
#[test]
fn a_conversation_that_two_events_are_handed_on_to_is_worked_on_once() {
    runtime().block_on(async {
        let desk = Desk::new();
        let ticket = desk.first_text().await;
        let delivery = DeliveryId::derive("say", &[]);
        let say = Body::Say(Say {
            ticket: Some(ticket),
            tags: None,
            text: "We are looking into it.".into(),
            once_hours: None,
            campaign: None,
        });
        *desk.0.limited.lock().expect("limit") = Some(("look_up_ticket", desk.now() + 62_000));
        let entry = Entry::fresh(desk.event(&delivery, say.clone()));
        let ending = desk.clone().receive_of(None, delivery, say).await;
        assert_eq!(ending, Ending::Queued, "its ticket is looked up later");
        let gone = Work::request("gone", desk.now() + 15_000, desk.now()).lease(desk.now());
        let key = Key::Customer(ana());
        let store = &desk.0.store;
        let kept = store.accept(&key, &entry, &[], &gone, desk.now()).await;
        let Accepted::Held(mut held) = kept.expect("stored") else {
            unreachable!("the conversation is free");
        };
        let parked = store.settle(&mut held, Leave::Parked(0), &[], desk.now());
        parked.await.expect("settled");
        desk.pass_time(60_000);
        let comment = desk.agent_writes(ticket, "It is mended.");
        let (delivery, answer) = desk.answer(ticket, comment, "It is mended.");
        desk.wait_at("look_up_ticket");
        let working = tokio::spawn(desk.clone().receive_of(None, delivery, answer));
        desk.0.arrived.notified().await;
        desk.pass_time(2_000);
        desk.0.go_on.notify_one();
        working.await.expect("ends");
        for _ in 0..2 {
            desk.pass_time(120_000);
            let work = Work::scheduled("schedule", desk.now() + 55_000);
            let bridge = Arc::new(desk.bridge());
            bridge.redeliver(&work).await.expect("redelivers");
        }
        let mut sms = desk.sms();
        sms.sort_unstable();
        assert_eq!(sms, ["It is mended.", "We are looking into it."]);
    });
}

/// An agent answers on another ticket, and it is not known whether the SMS went out: the customer who
/// got it writes back to that ticket.
#[test]
fn an_answer_of_unknown_outcome_takes_the_conversation_to_its_ticket() {
    runtime().block_on(async {
        let desk = Desk::new();
        let first = desk.first_text().await;
        let customer = "ana".parse().expect("an id");
        let second = desk.world(|world| world.foreign(&customer));
        let comment = desk.agent_writes(second, "About your order.");
        let (delivery, answer) = desk.answer(second, comment, "About your order.");
        desk.wait_at("send_sms");
        let working = tokio::spawn(desk.clone().receive(delivery, answer));
        desk.0.arrived.notified().await;
        // The worker vanishes, and the schedule takes over when its lease has ended.
        working.abort();
        desk.pass_time(60_000);
        let work = Work::scheduled("schedule", desk.now() + 55_000);
        Arc::new(desk.bridge())
            .redeliver(&work)
            .await
            .expect("redelivers");
        assert_eq!(desk.sms(), ["About your order."], "not sent again");
        let noted = desk.comments(second);
        assert_eq!(noted.len(), 2, "the agent reads of it there: {noted:?}");
        desk.text("Which order?").await;
        assert_eq!(desk.comments(second).last().expect("one"), "Which order?");
        assert_eq!(desk.comments(first), ["It broke."]);
    });
}

/// A STOP that comes between two messages of an answer counts for the second one.
#[test]
fn what_is_sent_is_written_down_between_two_messages() {
    runtime().block_on(async {
        let desk = Desk::new();
        let ticket = desk.first_text().await;
        let words = "A long answer. ".repeat(150);
        let comment = desk.agent_writes(ticket, &words);
        let (delivery, answer) = desk.answer(ticket, comment, &words);
        desk.wait_at("send_sms");
        let working = tokio::spawn(desk.clone().receive(delivery, answer));
        desk.0.arrived.notified().await;
        let stop = Body::Consent(Consent {
            what: ConsentKind::OptedOut,
            text: Personal::default(),
            braze_id: None,
            changed: None,
        });
        let stopped = desk
            .clone()
            .receive(DeliveryId::derive("consent", &[]), stop);
        assert_eq!(stopped.await, Ending::Queued);
        desk.0.go_on.notify_one();
        working.await.expect("ends");
        let sms = desk.sms();
        assert_eq!(sms.len(), 1, "{sms:?}");
    });
}

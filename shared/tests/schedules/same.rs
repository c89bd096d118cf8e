//! The table in memory against the real store: the same random operations, the same answers.

use shared::conversation::state::{Entry, Moved, State};
use shared::conversation::step::{Anyway, HandedOver};
use shared::conversation::store::{
    Accepted, DeadLetter, Handover, Held, Key, Lease, Leave, Memory, Settled, Storage, Vendor,
    Watermark,
};
use shared::message::{Alias, Body, BrazeId, Customer, DeliveryId, Event, Text, TicketId};

use super::anonymous;
use super::dice::Dice;
use super::run::Table;
use super::table::Real;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Both tables, and what was read from each, side by side.
struct Pair {
    memory: Memory,
    real: Real,
    held: Vec<(Held, Held)>,
    now: i64,
    serial: u64,
}

/// Plays random operations on both; panics where they differ.
pub async fn compare(seed: u64, operations: u32) {
    let mut dice = Dice::new(seed);
    let mut pair = Pair {
        memory: Memory::default(),
        real: Real::new(),
        held: vec![],
        now: 1_790_000_000_000,
        serial: 0,
    };
    for step in 0..operations {
        let (memory, real) = pair.operation(&mut dice).await;
        assert_eq!(memory, real, "seed {seed}, operation {step}");
        let (memory, real) = (pair.memory.shown(), pair.real.shown());
        assert_eq!(memory, real, "seed {seed}, items after operation {step}");
        pair.now += dice.pick(&[0, 100, 15_000, 25_000, DAY]);
    }
}

impl Pair {
    async fn operation(&mut self, dice: &mut Dice) -> (String, String) {
        match dice.below(16) {
            0..4 => self.accept(dice).await,
            4..7 => self.settle(dice).await,
            7 => self.take(dice).await,
            8 => self.take_due(dice).await,
            9 => self.watermark(dice).await,
            10 => self.profile(dice).await,
            11..13 => self.look(dice).await,
            13 => self.hand_over(dice).await,
            14 => self.end_handover(dice).await,
            _ => self.due_and_bury(dice).await,
        }
    }

    fn lease(&self, dice: &mut Dice) -> Lease {
        Lease {
            owner: format!("w{}", dice.below(3)),
            until: self.now + 20_000,
        }
    }

    async fn accept(&mut self, dice: &mut Dice) -> (String, String) {
        // One in three is a delivery that was there before.
        self.serial += u64::from(dice.below(3) > 0);
        let id = DeliveryId::derive("text", &[&self.serial.to_string()]);
        let body = Body::Text(Text {
            text: "hello".into(),
            ..Text::default()
        });
        let entry = Entry::fresh(Event {
            delivery: id,
            received_at: self.now,
            body,
        });
        let alias = DeliveryId::derive("alias", &[&dice.below(4).to_string()]);
        let aliases = match dice.below(6) {
            0 => vec![Alias::Refused(alias)],
            1 => vec![Alias::Noted(alias)],
            _ => vec![],
        };
        let (key, lease) = (key(dice), self.lease(dice));
        let memory = self
            .memory
            .accept(&key, &entry, &aliases, &lease, self.now)
            .await;
        let real = self
            .real
            .accept(&key, &entry, &aliases, &lease, self.now)
            .await;
        let (memory, real) = (memory.expect("memory"), real.expect("real"));
        let told = |accepted: &Accepted| match accepted {
            Accepted::Held(held) => format!("held {}", facts(held)),
            Accepted::Stored(held) => format!("stored {}", facts(held)),
            Accepted::Duplicate(held) => format!("duplicate {:?}", held.state.ticket),
            Accepted::Full(_) => "full".to_owned(),
        };
        let answers = (told(&memory), told(&real));
        if let (
            Accepted::Held(memory) | Accepted::Stored(memory),
            Accepted::Held(real) | Accepted::Stored(real),
        ) = (memory, real)
        {
            self.held.push((memory, real));
        }
        answers
    }

    fn some_held(&mut self, dice: &mut Dice) -> Option<(Held, Held)> {
        // Mostly the newest; sometimes one that is out of date.
        let newest = self.held.len().checked_sub(1)?;
        let back = usize::try_from(dice.pick(&[0, 0, 0, 1, 2])).expect("small");
        Some(self.held[newest.saturating_sub(back)].clone())
    }

    async fn settle(&mut self, dice: &mut Dice) -> (String, String) {
        let Some((mut memory, mut real)) = self.some_held(dice) else {
            return Default::default();
        };
        for held in [&mut memory, &mut real] {
            held.state.opted_out = !held.state.opted_out;
        }
        if dice.percent(60) && !memory.mailbox.is_empty() {
            memory.mailbox.remove(0);
            real.mailbox.remove(0);
        }
        let leave = match memory.mailbox.is_empty() {
            true => Leave::Idle,
            false if dice.percent(50) => Leave::Parked(self.now + 5_000),
            false => Leave::Working {
                on: 0,
                until: self.now + 20_000,
            },
        };
        let markers = match dice.below(4) {
            0 => vec![DeliveryId::derive("reply", &[&dice.below(9).to_string()])],
            _ => vec![],
        };
        let first = self
            .memory
            .settle(&mut memory, leave, &markers, self.now)
            .await;
        let second = self.real.settle(&mut real, leave, &markers, self.now).await;
        let told = |settled: Settled, held: &Held| format!("{settled:?} {}", facts(held));
        let answers = (
            told(first.expect("memory"), &memory),
            told(second.expect("real"), &real),
        );
        if dice.percent(80) {
            self.held.push((memory, real));
        }
        answers
    }

    async fn take(&mut self, dice: &mut Dice) -> (String, String) {
        let Some((memory, real)) = self.some_held(dice) else {
            return Default::default();
        };
        let claim = DeliveryId::derive("text", &[&self.serial.to_string()]);
        let lease = self.lease(dice);
        let memory = self
            .memory
            .take(memory, &claim, &lease)
            .await
            .expect("memory");
        let real = self.real.take(real, &claim, &lease).await.expect("real");
        let answers = (told_if(memory.as_ref()), told_if(real.as_ref()));
        self.held.extend(memory.zip(real));
        answers
    }

    async fn take_due(&mut self, dice: &mut Dice) -> (String, String) {
        let (key, lease) = (key(dice), self.lease(dice));
        let memory = self
            .memory
            .take_due(&key, &lease, self.now)
            .await
            .expect("memory");
        let real = self
            .real
            .take_due(&key, &lease, self.now)
            .await
            .expect("real");
        let told = |taken: Option<&(Held, Held)>| {
            taken.map_or("nothing".to_owned(), |(now, before)| {
                facts(now) + &facts(before)
            })
        };
        let answers = (told(memory.as_ref()), told(real.as_ref()));
        self.held.extend(memory.map(|m| m.0).zip(real.map(|r| r.0)));
        answers
    }

    /// Whose the profile is, and perhaps from now on.
    async fn profile(&mut self, dice: &mut Dice) -> (String, String) {
        let profile = braze_id(dice);
        let Key::Customer(customer) = key(dice) else {
            return Default::default();
        };
        let anyway = dice.pick(&[Anyway::No, Anyway::No, Anyway::Yes]);
        let (memory, real, now) = (&self.memory, &self.real, self.now);
        let memory = memory.profile(&profile, &customer, anyway, now).await;
        let real = real.profile(&profile, &customer, anyway, now).await;
        let told = |other: Option<Customer>| format!("{:?}", other.map(|c| Key::Customer(c).pk()));
        (told(memory.expect("memory")), told(real.expect("real")))
    }

    /// Seen is the item itself, and what is kept aside of it.
    async fn look(&mut self, dice: &mut Dice) -> (String, String) {
        let key = key(dice);
        let memory = self.memory.look(&key, self.now).await.expect("memory");
        let real = self.real.look(&key, self.now).await.expect("real");
        let answers = (told_aside(memory.as_ref()), told_aside(real.as_ref()));
        self.held.extend(memory.map(|m| m.0).zip(real.map(|r| r.0)));
        answers
    }

    /// Puts aside what was seen, which may be out of date; in one of two, some events stay.
    async fn hand_over(&mut self, dice: &mut Dice) -> (String, String) {
        let Some((memory, real)) = self.some_held(dice) else {
            return Default::default();
        };
        let left = State {
            moved: Some(Moved {
                to: anonymous::person(&anonymous::number()),
                profile: braze_id(dice),
            }),
            ..State::default()
        };
        let stays = usize::from(dice.percent(50)).min(memory.mailbox.len());
        let aside = |held: &Held| HandedOver {
            state: State {
                ticket: TicketId::new(self.serial),
                ..held.state.clone()
            },
            mailbox: held.mailbox[stays..].to_vec(),
            seen: held.seen.clone(),
        };
        let (first, second) = (aside(&memory), aside(&real));
        let events = &memory.mailbox[..stays];
        let done = self
            .memory
            .hand_over(&memory, &first, (&left, events), self.now);
        let done = done.await.expect("memory");
        let events = &real.mailbox[..stays];
        let real = self
            .real
            .hand_over(&real, &second, (&left, events), self.now);
        let real = real.await.expect("real");
        (done.to_string(), real.to_string())
    }

    /// Read back with the next look.
    async fn end_handover(&mut self, dice: &mut Dice) -> (String, String) {
        let key = key(dice);
        self.memory.end_handover(&key).await.expect("memory");
        self.real.end_handover(&key).await.expect("real");
        self.look(dice).await
    }

    /// Set, and read back.
    async fn watermark(&mut self, dice: &mut Dice) -> (String, String) {
        let at = self.now + i64::try_from(dice.below(1000)).expect("small");
        let memory = marked(&self.memory, at).await;
        (memory, marked(&self.real, at).await)
    }

    async fn due_and_bury(&mut self, dice: &mut Dice) -> (String, String) {
        let id = DeliveryId::derive("dead", &[&self.serial.to_string()]);
        let letter = DeadLetter {
            id: &id,
            source: "event",
            cause: "test",
            conversation: None,
            content: b"{}",
        };
        self.memory.bury(&letter, self.now).await.expect("memory");
        self.real.bury(&letter, self.now).await.expect("real");
        let shard = u8::try_from(dice.below(4)).expect("small");
        let memory = self.memory.due(shard, &Vendor::ALL, self.now, 2).await;
        let real = self.real.due(shard, &Vendor::ALL, self.now, 2).await;
        (
            format!("{:?}", memory.expect("memory")),
            format!("{:?}", real.expect("real")),
        )
    }
}

async fn marked(table: &impl Watermark, at: i64) -> String {
    let before = table.watermark().await.expect("a watermark");
    table.set_watermark(at).await.expect("set");
    format!("{before:?} {:?}", table.watermark().await.expect("set"))
}

fn key(dice: &mut Dice) -> Key {
    let id = dice.pick(&[Some("ana"), Some("ben"), None]);
    let customer = id.map(|id| id.parse().expect("an id"));
    Key::Customer(customer.unwrap_or_else(anonymous::number))
}

fn braze_id(dice: &mut Dice) -> BrazeId {
    BrazeId::of(dice.pick(&["b0", "b1"])).expect("an id")
}

fn told_aside(looked: Option<&(Held, Option<HandedOver>)>) -> String {
    let days = |aside: &HandedOver| (20_700..20_800).map(|day| aside.seen.count(day)).collect();
    let aside = |aside: &HandedOver| {
        let days: Vec<usize> = days(aside);
        format!("{:?} {:?} {days:?}", aside.state, aside.mailbox)
    };
    looked.map_or("nothing".to_owned(), |(held, kept)| {
        format!("{} aside {:?}", facts(held), kept.as_ref().map(aside))
    })
}

fn told_if(held: Option<&Held>) -> String {
    held.map_or("nothing".to_owned(), facts)
}

/// Everything a caller can see.
fn facts(held: &Held) -> String {
    let days = (20_700..20_800).map(|day| held.seen.count(day));
    let Held {
        key,
        state,
        mailbox,
        until,
        ..
    } = held;
    let (days, claim, parked) = (days.collect::<Vec<_>>(), held.claim(), held.is_parked());
    format!("{key:?} {state:?} {mailbox:?} {until} {claim:?} {parked} {days:?}")
}

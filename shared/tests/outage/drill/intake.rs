//! Customers text while Zendesk is down; Braze repeats some of its requests.
//!
//! In: the scale. Out: what the senders were answered. Requests go to idle environments, as on
//! Lambda; a busy function gets another one.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use shared::conversation::step::Ending;
use shared::delivery::{Bridge, Work};
use shared::message::{self, Parsed};
use simulators::braze::User;
use tokio::task::JoinSet;

use super::Scale;
use super::world::World;

/// Texts of each customer.
pub const TEXTS: usize = 2;

/// Every request of this number is made twice, as after a lost answer.
const REPEATED: usize = 7;

/// When it is repeated.
const REPEATED_AFTER: Duration = Duration::from_secs(30);

/// What senders were answered, in requests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Answers {
    pub queued: usize,
    pub delivered: usize,
    pub duplicate: usize,
    /// Neither 2xx nor a duplicate.
    pub refused: usize,
}

impl Answers {
    /// Events stored.
    pub fn accepted(&self) -> usize {
        self.queued + self.delivered
    }
}

/// A customer's id.
pub fn customer(number: usize) -> String {
    format!("customer-{number:05}")
}

/// The text a customer sends as the n-th.
pub fn text(customer: usize, nth: usize) -> String {
    format!("Text {} of {customer}", nth + 1)
}

/// Takes every event in, spread over the time of the intake.
pub async fn take_in(world: Arc<World>, scale: Scale) -> Answers {
    for number in 0..scale.customers {
        let phone = format!("+1555{number:07}");
        let user = User::new(&customer(number), "Ana", "Silva", &phone);
        world.braze.add_user(user);
    }
    let order = shuffled(scale.customers);
    let pause = scale.intake / u32::try_from(order.len()).expect("few");
    let function = Arc::new(Function {
        world,
        idle: Mutex::default(),
    });
    let mut sent = vec![0; scale.customers];
    let mut running = JoinSet::new();
    for (number, of) in order.into_iter().enumerate() {
        let nth = sent[of];
        sent[of] += 1;
        let request = |again| Arc::clone(&function).receive(of, nth, number, again);
        running.spawn(request(false));
        if number % REPEATED == 0 {
            let again = request(true);
            running.spawn(async {
                tokio::time::sleep(REPEATED_AFTER).await;
                again.await
            });
        }
        tokio::time::sleep(pause).await;
    }
    let mut answers = Answers::default();
    while let Some(handled) = running.join_next().await {
        match handled.expect("a request") {
            Some(Ending::Queued | Ending::Unknown | Ending::Dead(_)) => answers.queued += 1,
            Some(Ending::Delivered) => answers.delivered += 1,
            Some(Ending::Duplicate) => answers.duplicate += 1,
            Some(Ending::Ignored(_)) | None => answers.refused += 1,
        }
    }
    answers
}

/// `braze-inbound`: its environments that wait for a request.
struct Function {
    world: Arc<World>,
    idle: Mutex<Vec<Arc<Bridge>>>,
}

impl Function {
    async fn receive(
        self: Arc<Self>,
        of: usize,
        nth: usize,
        number: usize,
        again: bool,
    ) -> Option<Ending> {
        let idle = self.idle.lock().expect("unpoisoned").pop();
        let bridge = idle.unwrap_or_else(|| self.world.environment());
        let body = json!({"kind": "message", "support": true, "external_user_id": customer(of),
            "message": text(of, nth), "dispatch_id": format!("dispatch-{number}"),
            "first_name": "Ana", "last_name": "Silva", "phone": format!("+1555{of:07}")});
        let now = bridge.clock.now();
        let parsed = message::braze_inbound(body.to_string().as_bytes(), None, now);
        let Parsed::Event(incoming) = parsed else {
            return None;
        };
        let id = format!("request-{number}-{again}");
        let work = Work::request(&id, now + 10_000, now);
        let report = Box::pin(bridge.handle(*incoming, &work)).await;
        self.idle.lock().expect("unpoisoned").push(bridge);
        report.ok().map(|report| report.ending)
    }
}

/// Every customer [`TEXTS`] times, in an order that is the same on every machine.
fn shuffled(customers: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..customers * TEXTS).map(|n| n % customers).collect();
    let mut dice: u64 = 0x9E37_79B9_7F4A_7C15;
    for last in (1..order.len()).rev() {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let other = usize::try_from(dice >> 33).expect("31 bits") % (last + 1);
        order.swap(last, other);
    }
    order
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            queued,
            delivered,
            duplicate,
            refused,
        } = self;
        write!(
            f,
            "{queued} queued, {delivered} delivered, {duplicate} duplicate, {refused} refused"
        )
    }
}

//! Clocks that jump, on the real store with the real clients: what waits is late at worst.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde_json::json;
use shared::conversation::step::Ending;
use shared::delivery::{Bridge, Clock, Work};
use shared::message::{self, Parsed};
use simulators::{Effect, Fault};

use crate::drill::world::World;

const HOUR: i64 = 60 * 60 * 1000;

/// An environment whose clock is wrong by so many milliseconds.
struct Place {
    world: World,
    bridge: Arc<Bridge>,
    wrong_by: Arc<AtomicI64>,
}

impl Place {
    async fn new() -> Self {
        let world = World::start().await;
        let wrong_by = Arc::new(AtomicI64::new(0));
        let (simulated, wrong) = (world.clock.clone(), Arc::clone(&wrong_by));
        let clock = Clock::from_fn(move || simulated.now_ms() + wrong.load(Ordering::Relaxed));
        let bridge = world.environment_with(clock);
        Self {
            world,
            bridge,
            wrong_by,
        }
    }

    fn jump_to(&self, wrong_by: i64) {
        self.wrong_by.store(wrong_by, Ordering::Relaxed);
    }

    async fn text(&self, text: &str) -> Ending {
        let body = json!({"external_user_id": "ana", "message": text, "support": true,
            "dispatch_id": text});
        let now = self.bridge.clock.now();
        let parsed = message::braze_inbound(body.to_string().as_bytes(), None, now);
        let Parsed::Event(incoming) = parsed else {
            panic!("{parsed:?}")
        };
        let work = Work::request(text, now + 10_000, now);
        let report = Box::pin(self.bridge.handle(*incoming, &work)).await;
        report.expect("stored").ending
    }

    /// The schedule comes once a minute for so long.
    async fn redelivered_for(&self, minutes: u32) {
        for minute in 0..minutes {
            tokio::time::sleep(Duration::from_secs(60)).await;
            let now = self.bridge.clock.now();
            let work = Work::scheduled(&format!("run-{now}-{minute}"), now + 55_000);
            self.bridge.redeliver(&work).await.expect("the table");
        }
    }

    fn down(&self) {
        let down = Fault::always("*", Effect::status(503));
        self.world.zendesk.fault(down);
    }

    fn up(&self) {
        self.world.zendesk.clear_faults();
    }

    /// The comments of the only ticket.
    fn comments(&self) -> Vec<String> {
        let mut tickets = self.world.zendesk.tickets();
        assert!(tickets.len() <= 1, "{} tickets", tickets.len());
        let comments = tickets.pop().map(|ticket| ticket.comments);
        let comments = comments.unwrap_or_default().into_iter();
        comments.map(|comment| comment.plain_body).collect()
    }
}

#[test]
fn a_clock_that_jumps_between_two_texts_changes_neither_their_order_nor_their_number() {
    crate::drill::in_simulated_time(async {
        let place = Place::new().await;
        for (number, wrong_by) in [0, -2 * HOUR, 2 * HOUR, 0].into_iter().enumerate() {
            place.jump_to(wrong_by);
            let text = number.to_string();
            assert_eq!(place.text(&text).await, Ending::Delivered);
            assert_eq!(place.text(&text).await, Ending::Duplicate);
        }
        assert_eq!(place.comments(), ["0", "1", "2", "3"]);
        assert_eq!(place.world.waiting(), 0);
    });
}

#[test]
fn what_waits_while_the_clock_jumps_back_is_late_by_the_jump_and_no_more() {
    crate::drill::in_simulated_time(async {
        let place = Place::new().await;
        place.down();
        assert_eq!(place.text("1").await, Ending::Queued);
        place.jump_to(-HOUR / 2);
        assert_eq!(place.text("2").await, Ending::Queued);
        place.up();
        place.redelivered_for(20).await;
        assert_eq!(place.comments(), [""; 0], "the pause ends by the clock");
        place.redelivered_for(15).await;
        assert_eq!(place.comments(), ["1", "2"]);
        assert_eq!(place.world.waiting(), 0);
    });
}

#[test]
fn what_waits_while_the_clock_jumps_ahead_is_tried_before_it_is_given_up() {
    crate::drill::in_simulated_time(async {
        let place = Place::new().await;
        place.down();
        assert_eq!(place.text("1").await, Ending::Queued);
        place.jump_to(48 * HOUR);
        place.up();
        // The breaker sees the jump as a pause that is over.
        place.redelivered_for(1).await;
        assert_eq!(place.comments(), ["1"]);
        assert_eq!(place.world.waiting(), 0);
    });
}

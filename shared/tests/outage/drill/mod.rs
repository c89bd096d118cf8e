//! The outage drill: Zendesk is down while customers text, then limits the rate, then recovers.
//!
//! In: how many customers, for how long, at what rate. Out: figures, and what is wrong in the end.
//! Everything runs on one thread whose clock is the simulation's: time passes only where everybody
//! waits, so what is measured is the schedule and not this machine. The store, the clients and
//! redelivery are the real ones; DynamoDB and the vendors are on loopback ports.

mod check;
mod figures;
mod intake;
pub mod world;

use std::sync::Arc;
use std::time::Duration;

use shared::delivery::{Bridge, Summary, Work};
use simulators::{Effect, Fault};
use tokio::time::Instant;

pub use figures::Figures;
use world::World;

/// How often the schedule comes.
const EVERY: Duration = Duration::from_secs(60);

/// How long a run may take, in milliseconds: the time-out of `redelivery` in `template.yaml`.
const RUN: i64 = 55_000;

/// No drill needs more runs: two days.
const MOST_RUNS: usize = 2 * 24 * 60;

/// How long the vendors take for a call. Zendesk's own figures differ by account; creating a ticket
/// is the slow one.
const LATENCIES: [(&str, u64); 3] = [
    ("tickets.create", 900),
    ("tickets.update", 600),
    ("users.*", 400),
];
const BRAZE_LATENCY: u64 = 150;

/// What a hop over loopback takes, in milliseconds.
const TICK: u64 = 4;

/// How large the drill is. Every customer sends [`intake::TEXTS`] texts.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// Customers.
    pub customers: usize,
    /// How long texts come in; Zendesk is down all the while.
    pub intake: Duration,
    /// Requests a minute that Zendesk allows after the outage.
    pub a_minute: u32,
}

/// Plays the drill.
pub fn run(scale: Scale) -> Figures {
    in_simulated_time(play(scale))
}

/// Runs on one thread whose time passes only where every task waits.
pub fn in_simulated_time<T>(play: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        // The paused clock jumps to the next timer whenever every task waits, for a socket too: with
        // a timer every few milliseconds, a hop over loopback takes about that long.
        let ticking = tokio::spawn(async {
            loop {
                tokio::time::sleep(Duration::from_millis(TICK)).await;
            }
        });
        let played = Box::pin(play).await;
        ticking.abort();
        played
    })
}

async fn play(scale: Scale) -> Figures {
    let real = std::time::Instant::now();
    let world = Arc::new(World::start().await);
    let mut figures = Figures::new(scale);
    let mut schedule = Schedule::start(&world);

    outage(&world, 0);
    let intake = tokio::spawn(intake::take_in(Arc::clone(&world), scale));
    for third in 0..3 {
        outage(&world, third);
        let over = Instant::now() + scale.intake / 3;
        while Instant::now() < over {
            schedule.run(&mut figures).await;
        }
    }
    figures.answers = intake.await.expect("the intake");
    figures.outage(&world);

    world.zendesk.clear_faults();
    world.zendesk.limit_requests(Some(scale.a_minute));
    latency(&world);
    figures.limit(&world);
    let most = figures.answers.accepted() * 9 / 10;
    while figures.runs.len() < MOST_RUNS && world.delivered() < most {
        schedule.run(&mut figures).await;
    }
    figures.recovery(&world);

    world.zendesk.limit_requests(None);
    while figures.runs.len() < MOST_RUNS && world.waiting() > 0 {
        schedule.run(&mut figures).await;
    }
    figures.end(&world, real.elapsed());
    figures.wrong = check::wrong(&world, scale, &figures.answers);
    figures
}

/// Zendesk is down, in one of three ways.
fn outage(world: &World, third: usize) {
    world.zendesk.clear_faults();
    let effect = match third {
        0 => Effect::status(503),
        1 => Effect::Drop,
        _ => Effect::Hang,
    };
    world.zendesk.fault(Fault::always("*", effect));
}

fn latency(world: &World) {
    for (operation, ms) in LATENCIES {
        let delay = Effect::Delay(Duration::from_millis(ms));
        world.zendesk.fault(Fault::always(operation, delay));
    }
    let delay = Effect::Delay(Duration::from_millis(BRAZE_LATENCY));
    world.braze.fault(Fault::always("*", delay));
}

/// `redelivery`, once a minute.
struct Schedule {
    bridge: Arc<Bridge>,
    next: Instant,
    count: usize,
}

impl Schedule {
    fn start(world: &World) -> Self {
        Self {
            bridge: world.environment(),
            next: Instant::now() + EVERY,
            count: 0,
        }
    }

    /// Waits for the schedule's next tick and makes the run, as the function does.
    async fn run(&mut self, figures: &mut Figures) {
        tokio::time::sleep_until(self.next).await;
        self.next += EVERY;
        self.count += 1;
        let started = Instant::now();
        let deadline = self.bridge.clock.now() + RUN;
        let work = Work::scheduled(&format!("redelivery-{}", self.count), deadline);
        let work = work.that_comes_back();
        let mut summary: Summary = self.bridge.redeliver(&work).await.expect("the table");
        let compared = Box::pin(self.bridge.reconcile(&work, &mut summary)).await;
        compared.expect("the table");
        figures.ran(started.elapsed(), &summary);
    }
}

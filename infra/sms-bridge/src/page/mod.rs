//! The sandbox's page: phone, bridge and ticket side by side, live.
//!
//! In: a running stack. Out: a page on a loopback port that shows everything and does what people
//! do, through the same steps as conversation files. It talks to the simulators and reads the
//! table; the functions know nothing of it.

mod acting;
mod asked;
mod assets;
mod clock;
mod estimate;
mod fate;
mod guard;
mod hops;
mod live;
mod made;
mod pauses;
mod presets;
mod record;
mod seen;
mod stored;
mod timeline;
mod toml_text;
mod view;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use local::Stack;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::acts::Acts;
use crate::steps::{Redeliver, Step};
use crate::weather::Sky;

use clock::Clock;
use live::Live;
use presets::Playing;
use record::Recorder;

/// How often redelivery runs, as the template says.
const SCHEDULE: Duration = Duration::from_secs(60);

/// What the page gets to know of the sandbox besides the stack.
pub(crate) struct About {
    /// Where the state is kept, in words.
    pub(crate) kept: String,
    /// How many times faster than in reality the vendors repeat their webhooks.
    pub(crate) faster: f64,
}

/// A running page; dropping it closes the port.
pub(crate) struct Page {
    address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

/// The sandbox as the page sees it.
struct Room {
    stack: Arc<Stack>,
    acts: Acts,
    clock: Arc<Clock>,
    about: About,
    recorder: Mutex<Recorder>,
    live: Live,
    playing: Playing,
    /// Steps are done one after the other, in the order they came.
    turn: tokio::sync::Mutex<()>,
}

impl Page {
    /// Serves the page.
    ///
    /// # Errors
    /// When the listener has no address.
    pub(crate) fn start(
        listener: TcpListener,
        stack: Arc<Stack>,
        about: About,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let clock = Arc::new(Clock::default());
        let told = Arc::clone(&clock);
        let acts = Acts {
            stack: Arc::clone(&stack),
            sky: Arc::new(Sky::default()),
            features: Arc::default(),
            jumped: Arc::new(move |by| told.jump(by)),
        };
        let room = Arc::new(Room {
            recorder: Mutex::new(Recorder::new(&stack)),
            stack,
            acts,
            clock,
            about,
            live: Live::default(),
            playing: Playing::default(),
            turn: tokio::sync::Mutex::default(),
        });
        let app = acting::routes(Arc::clone(&room)).layer(axum::middleware::from_fn(
            move |request, next| guard::check(address.port(), request, next),
        ));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        let tasks = vec![
            server,
            tokio::spawn(live::follow(Arc::clone(&room))),
            tokio::spawn(schedule(room)),
        ];
        Ok(Self { address, tasks })
    }

    /// `http://127.0.0.1:PORT/`
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Room {
    fn recorder(&self) -> MutexGuard<'_, Recorder> {
        self.recorder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs redelivery once a minute; a run that had something to do is part of the recording.
async fn schedule(room: Arc<Room>) {
    let mut ticks = tokio::time::interval_at(Instant::now() + SCHEDULE, SCHEDULE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if pauses::something_is_due(&room.stack) {
            let step = Step {
                redeliver: Some(Redeliver { due: true }),
                ..Step::default()
            };
            room.recorder().step(&room.stack, &step);
        }
        // A failed run shows in the timeline; the next one is a minute away.
        let _ = room.stack.redeliver().await;
    }
}

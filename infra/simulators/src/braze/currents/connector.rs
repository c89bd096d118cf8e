//! The connector: where events go, what waits, and how it stands after the answers it got.

use serde::{Deserialize, Serialize};

use super::event::Event;

/// Most events in a request.
const MOST: usize = 100;
/// Failing for this long disables the connector.
const FIVE_DAYS_MS: i64 = 5 * 24 * 60 * 60 * 1_000;

/// What was exported, and what waits.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Currents {
    /// Where events go, where the export is set up.
    pub connector: Option<Connector>,
    /// Every request, in the order it was made.
    pub posts: Vec<Post>,
    waiting: Vec<Waiting>,
    failing_since_ms: Option<i64>,
    failures: u32,
}

/// The settings of the Custom HTTP connector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Connector {
    /// Where it posts to.
    pub url: String,
    /// Its bearer token.
    pub token: String,
    /// How it stands.
    pub standing: Standing,
}

/// How a connector stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It exports.
    Running,
    /// Its credentials were refused: nothing goes out until it is set up anew.
    Halted,
    /// It failed for five days: events are lost until it is set up anew.
    Disabled,
}

/// A request of the connector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Simulated time, milliseconds since the epoch.
    pub at_ms: i64,
    /// The events in it.
    pub events: Vec<Event>,
    /// Status of the answer; `None`: none came.
    pub status: Option<u16>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    due_at_ms: i64,
    event: Event,
}

impl Currents {
    /// Sets the connector up; what waits goes out from now on.
    pub(in crate::braze) fn connect(&mut self, url: &str, token: &str) {
        self.connector = Some(Connector {
            url: url.to_owned(),
            token: token.to_owned(),
            standing: Standing::Running,
        });
        (self.failing_since_ms, self.failures) = (None, 0);
    }

    /// Events that no request has carried yet, or none that was answered well.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Time has passed: what waits happened so many seconds earlier. Events tell seconds, which `_ms` does not mark.
    pub(in crate::braze) fn age(&mut self, by_s: i64) {
        for waiting in &mut self.waiting {
            waiting.event.time = waiting.event.time.saturating_sub(by_s);
        }
    }

    /// Takes an event in, where there is a connector that is not disabled.
    pub(super) fn export(&mut self, event: Event, due_at_ms: i64) {
        let connector = self.connector.as_ref();
        if connector.is_some_and(|connector| connector.standing != Standing::Disabled) {
            self.waiting.push(Waiting { due_at_ms, event });
        }
    }

    /// When the next event is due, in milliseconds since the epoch.
    pub(super) fn next_due_ms(&self) -> Option<i64> {
        let connector = self.connector.as_ref()?;
        let times = self.waiting.iter().map(|waiting| waiting.due_at_ms);
        times
            .min()
            .filter(|_| connector.standing == Standing::Running)
    }

    /// The events of the next request, oldest first.
    pub(super) fn batch(&self, now: i64) -> Vec<Event> {
        let due = self.waiting.iter().filter(|one| one.due_at_ms <= now);
        due.take(MOST).map(|one| one.event.clone()).collect()
    }

    /// Notes what was answered to a request; whether it is to be repeated.
    pub(super) fn answered(&mut self, post: Post, now: i64) -> bool {
        let (ids, status) = (
            post.events.iter().map(|event| event.id.clone()),
            post.status,
        );
        let ids: Vec<String> = ids.collect();
        self.posts.push(post);
        let again = match status {
            Some(200..=299 | 400) => false,
            Some(401 | 403) => {
                self.stand(Standing::Halted);
                return false;
            }
            _ => true,
        };
        if again {
            let since = *self.failing_since_ms.get_or_insert(now);
            self.failures += 1;
            if now - since >= FIVE_DAYS_MS {
                self.waiting.clear();
                self.stand(Standing::Disabled);
                return false;
            }
        } else {
            self.waiting.retain(|one| !ids.contains(&one.event.id));
            (self.failing_since_ms, self.failures) = (None, 0);
        }
        again
    }

    /// Failed requests since the last one that was answered well.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    fn stand(&mut self, standing: Standing) {
        if let Some(connector) = &mut self.connector {
            connector.standing = standing;
        }
    }
}

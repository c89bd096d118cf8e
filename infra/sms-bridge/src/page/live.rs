//! Live updates: a small set of named values, kept the same in every open page.
//!
//! In: the whole view after each change, as JSON by name. Out: to each page first everything, then
//! what changed, as server-sent events. Knows nothing of what the values say.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use tokio::sync::{mpsc, watch};

use super::{Room, view::View};

/// Changes are gathered for this long at least, so that a burst is one update; and for three times
/// as long as the last look took, so that looking never fills the program's time.
const GATHERED: Duration = Duration::from_millis(25);

/// The values by name, as JSON.
pub(super) type Values = BTreeMap<String, String>;

/// The values as last seen, with the version each changed in; a gone one is `None`.
#[derive(Default)]
pub(super) struct Live {
    values: Mutex<BTreeMap<String, (u64, Option<String>)>>,
    version: watch::Sender<u64>,
    poked: watch::Sender<u64>,
}

impl Live {
    /// Something changed that no simulator tells of.
    pub(super) fn poke(&self) {
        self.poked.send_modify(|count| *count += 1);
    }

    fn update(&self, mut fresh: Values) {
        let mut values = self.values();
        let next = *self.version.borrow() + 1;
        let mut changed = false;
        for (name, (version, known)) in values.iter_mut() {
            let new = fresh.remove(name);
            if new != *known {
                (*version, *known, changed) = (next, new, true);
            }
        }
        for (name, new) in fresh {
            values.insert(name, (next, Some(new)));
            changed = true;
        }
        drop(values);
        if changed {
            self.version.send_replace(next);
        }
    }

    /// What changed after a version, as one JSON object, and the version it leads to.
    fn since(&self, seen: Option<u64>) -> (String, u64) {
        let values = self.values();
        let now = *self.version.borrow();
        let (mut set, mut gone) = (Vec::new(), Vec::new());
        for (name, (version, value)) in values.iter() {
            if seen.is_some_and(|seen| *version <= seen) {
                continue;
            }
            let name = serde_json::Value::from(name.as_str());
            match value {
                Some(value) => set.push(format!("{name}:{value}")),
                None if seen.is_some() => gone.push(name.to_string()),
                None => {}
            }
        }
        let whole = seen.is_none();
        let (set, gone) = (set.join(","), gone.join(","));
        let patch = format!("{{\"whole\":{whole},\"set\":{{{set}}},\"gone\":[{gone}]}}");
        (patch, now)
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<String, (u64, Option<String>)>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks again after every change anywhere.
pub(super) async fn follow(room: Arc<Room>) {
    let mut view = View::new(&room.stack);
    let mut zendesk = room.stack.zendesk.subscribe();
    let mut braze = room.stack.braze.subscribe();
    let mut dynamo = room.stack.dynamo.subscribe();
    let mut journal = room.stack.journal().subscribe();
    let mut trouble = room.stack.trouble();
    let mut poked = room.live.poked.subscribe();
    loop {
        zendesk.mark_unchanged();
        braze.mark_unchanged();
        dynamo.mark_unchanged();
        journal.mark_unchanged();
        trouble.mark_unchanged();
        poked.mark_unchanged();
        let began = Instant::now();
        room.live.update(view.everything(&room));
        let took = began.elapsed();
        tokio::select! {
            _ = zendesk.changed() => {}
            _ = braze.changed() => {}
            _ = dynamo.changed() => {}
            _ = journal.changed() => {}
            Ok(()) = trouble.changed() => {}
            _ = poked.changed() => {}
        }
        tokio::time::sleep(GATHERED.max(took * 3)).await;
    }
}

/// The stream of one open page.
pub(super) fn stream(room: Arc<Room>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(async move {
        let mut version = room.live.version.subscribe();
        let mut seen = None;
        loop {
            version.mark_unchanged();
            let (patch, now) = room.live.since(seen);
            if sender.send(patch).await.is_err() {
                return;
            }
            seen = Some(now);
            let changed = tokio::select! {
                changed = version.changed() => changed.is_ok(),
                () = sender.closed() => false,
            };
            if !changed {
                return;
            }
        }
    });
    Sse::new(Patches(receiver)).keep_alive(KeepAlive::default())
}

/// Patches on their way to one page.
struct Patches(mpsc::Receiver<String>);

impl Stream for Patches {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.0.poll_recv(context);
        next.map(|patch| patch.map(|patch| Ok(Event::default().data(patch))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_page_gets_everything_first_and_then_only_what_changed() {
        let live = Live::default();
        live.update(values(&[("a", "1"), ("b", "2")]));
        let (first, seen) = live.since(None);
        assert_eq!(first, r#"{"whole":true,"set":{"a":1,"b":2},"gone":[]}"#);
        live.update(values(&[("b", "3"), ("c", "4")]));
        let (patch, seen) = live.since(Some(seen));
        assert_eq!(patch, r#"{"whole":false,"set":{"b":3,"c":4},"gone":["a"]}"#);
        live.update(values(&[("b", "3"), ("c", "4")]));
        assert_eq!(
            live.since(Some(seen)).0,
            r#"{"whole":false,"set":{},"gone":[]}"#
        );
        assert_eq!(
            live.since(None).0,
            r#"{"whole":true,"set":{"b":3,"c":4},"gone":[]}"#
        );
    }
}

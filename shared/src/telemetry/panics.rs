//! A panic tells where it happened, never what it said.
//!
//! A panic's message may quote what the code was working on: an index inside a letter prints the
//! whole text. So the hook writes the place alone, and [`caught`] drops the message before a runtime
//! or a task's error can pass it on.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::task::Poll;

use super::metrics::{self, Metric};

/// Puts the place of every panic into the logs, in place of the standard message.
pub(super) fn install() {
    std::panic::set_hook(Box::new(report));
}

fn report(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic
        .location()
        .map_or(("unknown", 0), |place| (place.file(), place.line()));
    tracing::error!(panic.file = file, panic.line = line, "panic");
    metrics::emit(&[(Metric::Panics, 1)], &[("panic.file", file)]);
}

/// Runs a future to its end; `None` where it panicked. Its message is gone then.
pub async fn caught<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    poll_fn(|context| {
        // Whatever the future held is dropped with it, and nothing of it is used afterwards.
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(value)) => Poll::Ready(Some(value)),
            Err(_message) => Poll::Ready(None),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_future_that_panics_at_any_step_is_none() {
        assert_eq!(caught(async { 1 }).await, Some(1));
        let later = caught(async {
            tokio::task::yield_now().await;
            2
        });
        assert_eq!(later.await, Some(2));
        let text = "é".to_owned();
        let cut = caught(async {
            tokio::task::yield_now().await;
            text[1..].len()
        });
        assert_eq!(cut.await, None);
    }

    /// What a panic says is not in its line; where it happened is.
    #[test]
    fn a_panics_line_holds_its_place_and_not_its_words() {
        #[derive(Clone, Default)]
        struct Written(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);
        impl std::io::Write for Written {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().expect("unpoisoned").write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let written = Written::default();
        let writer = written.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let before = std::panic::take_hook();
            install();
            let outcome = catch_unwind(|| panic!("QQMARK said the customer"));
            std::panic::set_hook(before);
            assert!(outcome.is_err());
        });
        let lines = String::from_utf8(written.0.lock().expect("unpoisoned").clone()).expect("text");
        assert!(lines.contains("panics.rs"), "{lines}");
        assert!(!lines.contains("QQMARK"), "{lines}");
    }
}

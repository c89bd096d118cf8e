//! JSON log lines on standard output, and numbers beside them ([`metrics`]).
//!
//! In: a level. Out: the process's subscriber. Events carry dotted, stable field names (`ticket.id`,
//! `delivery.id`, `vendor.status`) and never a text, name, number, address or token.

mod event;
pub mod hops;
pub mod invocation;
pub mod metrics;
mod panics;
pub mod pseudonym;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

pub use event::EventLine;
pub use panics::caught;

/// The crates whose events may be logged in full detail.
const OURS: [&str; 5] = [
    "braze_inbound",
    "redelivery",
    "shared",
    "zendesk_reply",
    "zendesk_solved",
];

/// Installs the subscriber, and has panics reported by their place alone; a second call changes
/// nothing.
pub fn init(level: LevelFilter) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_span_list(false);
    // A subscriber that is there already stays: the first call's, or a test's.
    let _ = tracing_subscriber::registry()
        .with(lines.with_filter(targets(level)))
        .try_init();
    panics::install();
}

/// Our crates at `level`, all others at warnings at most: at `trace`, HTTP and SDK crates write
/// headers and bodies.
fn targets(level: LevelFilter) -> Targets {
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_targets(OURS.map(|name| (name, level)))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn other_crates_never_write_their_details() {
        let targets = targets(LevelFilter::TRACE);
        assert!(targets.would_enable("shared::zendesk", &Level::TRACE));
        assert!(targets.would_enable("zendesk_reply", &Level::TRACE));
        assert!(targets.would_enable("hyper", &Level::WARN));
        assert!(!targets.would_enable("aws_smithy_runtime", &Level::INFO));
    }

    #[test]
    fn the_level_bounds_other_crates_as_well() {
        let targets = targets(LevelFilter::ERROR);
        assert!(!targets.would_enable("hyper", &Level::WARN));
        assert!(!targets.would_enable("shared", &Level::WARN));
        assert!(targets.would_enable("shared", &Level::ERROR));
    }
}

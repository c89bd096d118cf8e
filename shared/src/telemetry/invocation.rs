//! What every line says of the invocation under way. An environment has one at a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

static TRACE: Mutex<Option<String>> = Mutex::new(None);
static STARTED: AtomicBool = AtomicBool::new(false);
static COLD: AtomicBool = AtomicBool::new(false);

/// An invocation begins. `trace` is Lambda's header `Lambda-Runtime-Trace-Id`, for example
/// `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0`.
pub fn begins(trace: Option<&str>) {
    *TRACE.lock().unwrap_or_else(PoisonError::into_inner) = trace.and_then(root).map(str::to_owned);
    COLD.store(!STARTED.swap(true, Ordering::Relaxed), Ordering::Relaxed);
}

/// The trace's id; `None` where Lambda gave none.
pub(super) fn trace() -> Option<String> {
    TRACE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Whether it is the environment's first.
pub(super) fn is_cold() -> bool {
    COLD.load(Ordering::Relaxed)
}

fn root(header: &str) -> Option<&str> {
    let fields = header.split(';').filter_map(|field| field.split_once('='));
    fields
        .into_iter()
        .find_map(|(name, value)| (name.trim() == "Root" && !value.is_empty()).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trace_is_the_headers_root() {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0";
        assert_eq!(root(header), Some("1-5759e988-bd862e3fe1be46a994272793"));
        assert_eq!(root("Parent=1; Root=1-2-3;Lineage=a:0"), Some("1-2-3"));
        assert_eq!(root("Sampled=0"), None);
        assert_eq!(root(""), None);
    }
}

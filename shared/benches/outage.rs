//! The outage drill at full size: `cargo bench -p shared --bench outage`.
//!
//! 10,000 customers, 20,000 texts, Zendesk down for an hour, then 700 requests a minute. Another number
//! of customers can be given: `cargo bench -p shared --bench outage -- 2000`.

#![expect(clippy::expect_used, reason = "a benchmark may fail loudly")]

#[path = "../tests/outage/drill/mod.rs"]
mod drill;

use std::process::ExitCode;
use std::time::Duration;

use drill::Scale;

fn main() -> ExitCode {
    let asked = std::env::args().find_map(|argument| argument.parse().ok());
    let figures = drill::run(Scale {
        customers: asked.unwrap_or(10_000),
        intake: Duration::from_secs(60 * 60),
        a_minute: 700,
    });
    println!("{figures}");
    let held = figures.wrong.is_empty() && figures.kept() >= 0.9;
    if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

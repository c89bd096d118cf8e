//! The outage drill, small enough for the ordinary test run: `drill` says what it plays. The full
//! one is the benchmark `outage`.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

mod drill;

use std::time::Duration;

use drill::Scale;

#[test]
fn after_an_outage_everything_arrives_once_in_order_and_at_the_rate_allowed() {
    let figures = drill::run(Scale {
        customers: 300,
        intake: Duration::from_secs(20 * 60),
        a_minute: 60,
    });
    assert_eq!(figures.wrong, [""; 0], "{figures}");
    assert!(figures.kept() >= 0.9, "{figures}");
    assert!(figures.refused_share() <= 0.05, "{figures}");
}

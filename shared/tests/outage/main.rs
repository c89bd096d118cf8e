//! The outage drill, small enough for the ordinary test run: `drill` says what it plays. The full
//! one is the benchmark `outage`.

#![expect(clippy::expect_used, reason = "a test's helpers may fail loudly")]

mod clocks;
mod drill;

use std::time::Duration;

use drill::Scale;

#[test]
fn after_an_outage_everything_arrives_once_in_order_and_at_the_rate_allowed() {
    let figures = drill::run(Scale {
        customers: 150,
        intake: Duration::from_secs(3 * 60),
        a_minute: 200,
    });
    println!("{figures}");
    assert_eq!(figures.wrong, [""; 0]);
    // Three hundred texts came in, and redelivery ran all the while.
    assert!(figures.met_while_down < 100);
    assert!(figures.kept() >= 0.9);
    assert!(figures.refused_share() <= 0.05);
}

//! How Braze repeats a webhook, and when it leaves a host alone.

use std::time::Duration;

use simulators::braze::{Inbound, WorkspaceConfig};
use tokio::net::TcpListener;

use crate::common::Endpoint;
use crate::kit::{PATIENCE, braze, with};

#[tokio::test]
async fn a_host_that_cannot_be_reached_is_tried_for_a_day() {
    let braze = braze().await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", gone.local_addr().unwrap());
    drop(gone);
    braze.set_inbound(Inbound::new(&url, "t"));
    let text = braze.customer_texts("u1", "x", &[]).await;
    assert!(text.over && text.attempts.iter().all(Option::is_none));
    // 2, 4, 8 … minutes between them, and less than a day in all.
    assert_eq!(text.attempts.len(), 10);
}

#[tokio::test]
async fn a_host_that_fails_too_often_is_left_alone_for_a_minute() {
    let braze = with(WorkspaceConfig {
        failures_before_pause: 3,
        ..WorkspaceConfig::default()
    })
    .await;
    let script = vec![(503, Some(0)), (529, Some(0)), (429, Some(0))];
    let endpoint = Endpoint::start(script).await;
    braze.set_inbound(Inbound::new(&endpoint.url, "t"));
    let texting = braze.clone();
    let text = tokio::spawn(async move { texting.customer_texts("u1", "x", &[]).await });
    let thrice = |state: &simulators::braze::WorkspaceState| {
        state.texting.iter().any(|text| text.attempts.len() == 3)
    };
    assert!(braze.wait_until(PATIENCE, thrice).await);
    braze.clock().advance(Duration::from_secs(59));
    tokio::task::yield_now().await;
    assert_eq!(endpoint.received().len(), 3);
    braze.clock().advance(Duration::from_secs(1));
    let text = text.await.unwrap();
    assert_eq!(text.attempts, [Some(503), Some(529), Some(429), Some(200)]);
}

//! The Runtime API as a runtime sees it, without a process.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod support;

use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use local::runtime_api::{Outcome, Phase, RuntimeApi};
use support::client;

#[tokio::test]
async fn an_event_is_handed_out_once_and_answered_once() {
    let api = RuntimeApi::start("echo").await.unwrap();
    let base = format!("http://{}/2018-06-01/runtime", api.host());
    assert_eq!(*api.phase().borrow(), Phase::Starting);

    let outcome = api.hand_out(Bytes::from_static(b"{\"a\":1}"), SystemTime::now());
    let next = format!("{base}/invocation/next");
    let event = client()
        .send(Method::GET, &next, HeaderMap::new(), Bytes::new())
        .await
        .unwrap();
    assert_eq!(event.body(), "{\"a\":1}");
    assert_eq!(*api.phase().borrow(), Phase::Running);
    let id = event.headers()["lambda-runtime-aws-request-id"]
        .to_str()
        .unwrap();

    let wrong = client()
        .post(&format!("{base}/invocation/other/response"), &[], "1")
        .await;
    assert_eq!(wrong.unwrap().status(), StatusCode::BAD_REQUEST);
    let url = format!("{base}/invocation/{id}/response");
    let right = client().post(&url, &[], "2").await.unwrap();
    assert_eq!(right.status(), StatusCode::ACCEPTED);
    assert_eq!(
        outcome.await.unwrap(),
        Outcome::Response(Bytes::from_static(b"2"))
    );
    let again = client().post(&url, &[], "3").await.unwrap();
    assert_eq!(again.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_reported_failure_to_start_is_kept() {
    let api = RuntimeApi::start("echo").await.unwrap();
    let url = format!("http://{}/2018-06-01/runtime/init/error", api.host());
    client().post(&url, &[], "why").await.unwrap();
    assert_eq!(
        *api.phase().borrow(),
        Phase::InitFailed(Bytes::from_static(b"why"))
    );
}

#[tokio::test]
async fn a_lost_wait_for_work_is_taken_over_by_the_next_one() {
    let api = RuntimeApi::start("echo").await.unwrap();
    let next = format!("http://{}/2018-06-01/runtime/invocation/next", api.host());
    let mut phase = api.phase();
    let lost = tokio::spawn({
        let next = next.clone();
        async move {
            client()
                .send(Method::GET, &next, HeaderMap::new(), Bytes::new())
                .await
        }
    });
    phase
        .wait_for(|phase| *phase == Phase::Waiting)
        .await
        .unwrap();
    phase.mark_unchanged();
    let taken = tokio::spawn(async move {
        client()
            .send(Method::GET, &next, HeaderMap::new(), Bytes::new())
            .await
    });
    assert!(lost.await.unwrap().is_err());
    let _outcome = api.hand_out(Bytes::from_static(b"{}"), SystemTime::now());
    assert_eq!(taken.await.unwrap().unwrap().body(), "{}");
}

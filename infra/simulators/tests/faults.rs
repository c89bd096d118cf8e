//! Faults, holds, the control surface and snapshots, through HTTP.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::time::Duration;

use common::{Api, both, client};
use reqwest::Method;
use serde_json::{Value, json};
use simulators::zendesk::{AccountConfig, Zendesk};
use simulators::{Effect, Fault};

const SOON: Duration = Duration::from_secs(20);

async fn scene() -> (Zendesk, Api) {
    let zendesk = Zendesk::start(AccountConfig::default()).await.unwrap();
    let api = Api::new(&zendesk).await;
    (zendesk, api)
}

fn create(api: &Api) -> reqwest::RequestBuilder {
    let body = json!({"ticket": {"comment": {"body": "x"}}}).to_string();
    api.request(Method::POST, "/tickets")
        .header("content-type", "application/json")
        .body(body)
}

#[tokio::test]
async fn a_refusal_comes_before_acting_and_a_false_answer_after() {
    let (zendesk, api) = scene().await;
    zendesk.fault(Fault::once("tickets.create", Effect::html_502()));
    zendesk.fault(Fault::once("tickets.create", Effect::status_after(500)));
    let refused = create(&api).send().await.unwrap();
    assert_eq!(refused.status(), 502);
    assert_eq!(refused.headers()["content-type"], "text/html");
    assert!(zendesk.tickets().is_empty());
    assert_eq!(create(&api).send().await.unwrap().status(), 500);
    assert_eq!(zendesk.tickets().len(), 1);
    assert_eq!(create(&api).send().await.unwrap().status(), 201);
    let faults: Vec<_> = zendesk
        .calls()
        .into_iter()
        .filter_map(|call| call.fault)
        .collect();
    assert_eq!(faults, ["respond", "respond_after"]);
}

#[tokio::test]
async fn a_connection_can_be_dropped_before_or_after_acting() {
    let (zendesk, api) = scene().await;
    for (effect, made) in [(Effect::Drop, 0), (Effect::DropAfter, 1)] {
        zendesk.fault(Fault::always("tickets.create", effect));
        let error = create(&api).send().await.unwrap_err();
        assert!(!error.is_timeout() && error.status().is_none());
        assert_eq!(zendesk.tickets().len(), made);
        zendesk.clear_faults();
    }
    assert!(
        zendesk
            .calls()
            .iter()
            .filter(|c| c.operation == "tickets.create")
            .all(|c| c.status.is_none())
    );
}

/// Sends a ticket and goes away once the simulator has the request.
async fn send_and_leave(zendesk: &Zendesk, api: &Api) {
    let before = zendesk.calls().len();
    tokio::select! {
        answer = create(api).send() => panic!("answered {answer:?}"),
        arrived = zendesk.wait_until(SOON, |state| state.calls.len() > before) => assert!(arrived),
    }
}

#[tokio::test]
async fn an_answer_can_stay_away_before_or_after_acting() {
    let (zendesk, api) = scene().await;
    zendesk.fault(Fault::once("tickets.*", Effect::Hang));
    zendesk.fault(Fault::once("tickets.*", Effect::HangAfter));
    send_and_leave(&zendesk, &api).await;
    send_and_leave(&zendesk, &api).await;
    assert!(
        zendesk
            .wait_until(SOON, |state| state.tickets.len() == 1)
            .await
    );
    assert_eq!(create(&api).send().await.unwrap().status(), 201);
    assert_eq!(zendesk.tickets().len(), 2);
    let calls = zendesk.calls();
    let statuses: Vec<_> = calls
        .iter()
        .filter(|c| c.operation == "tickets.create")
        .map(|c| c.status)
        .collect();
    assert_eq!(statuses, [None, None, Some(201)]);
}

#[tokio::test]
async fn a_held_call_acts_when_released_although_its_client_is_gone() {
    let (zendesk, api) = scene().await;
    zendesk.fault(Fault::once(
        "tickets.create",
        Effect::Hold("gate".to_owned()),
    ));
    send_and_leave(&zendesk, &api).await;
    // By the time of this answer the simulator has seen the first client's connection end.
    assert_eq!(api.get("/tickets").await.1["count"], 0);
    zendesk.release_hold("gate");
    assert!(
        zendesk
            .wait_until(SOON, |state| state.tickets.len() == 1)
            .await
    );
}

#[tokio::test]
async fn faults_skip_and_end_as_told_and_wait_until_gives_up() {
    let (zendesk, api) = scene().await;
    zendesk.fault(
        Fault::always("*", Effect::zendesk_rate_limited(7))
            .after(1)
            .times(2),
    );
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(api.get("/tickets").await.0);
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    assert!(
        !zendesk
            .wait_until(Duration::from_millis(20), |s| s.tickets.len() == 1)
            .await
    );
}

#[tokio::test]
async fn a_delayed_call_is_answered_normally() {
    let (zendesk, api) = scene().await;
    zendesk.fault(Fault::once(
        "tickets.create",
        Effect::Delay(Duration::from_millis(30)),
    ));
    let started = std::time::Instant::now();
    assert_eq!(create(&api).send().await.unwrap().status(), 201);
    assert!(started.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn the_control_surface_does_what_people_do() {
    let (zendesk, api) = scene().await;
    let id = api.ticket("u1").await;
    let base = format!("{}/_sim", zendesk.base_url());
    let post = |path: &str, body: Value| {
        client()
            .post(format!("{base}{path}"))
            .body(body.to_string())
            .send()
    };
    let comment = json!({"text": "hello", "public": true, "status": "solved", "agent": "Zoé"});
    let path = format!("/tickets/{id}/comments");
    assert_eq!(post(&path, comment).await.unwrap().status(), 201);
    let shown = client()
        .get(format!("{base}/tickets/{id}"))
        .send()
        .await
        .unwrap();
    let (_, shown) = both(shown).await;
    assert_eq!(shown["status"], "solved");
    assert_eq!(shown["comments"][1]["author"]["name"], "Zoé");
    post(&format!("/tickets/{id}/close"), json!({}))
        .await
        .unwrap();
    assert_eq!(
        post(&path, json!({"text": "x"})).await.unwrap().status(),
        409
    );
    assert_eq!(
        post("/tickets/999/close", json!({}))
            .await
            .unwrap()
            .status(),
        404
    );

    let fault = json!({"operation": "tickets.list", "effect": {"respond": {"status": 503}}});
    assert_eq!(post("/faults", fault).await.unwrap().status(), 201);
    assert_eq!(api.get("/tickets").await.0, 503);
    let gone = client()
        .delete(format!("{base}/faults"))
        .send()
        .await
        .unwrap();
    assert_eq!(gone.status(), 204);
    assert_eq!(api.get("/tickets").await.0, 200);
    let (_, calls) = both(client().get(format!("{base}/calls")).send().await.unwrap()).await;
    let last = calls.as_array().unwrap().last().unwrap();
    assert_eq!(last["operation"], "tickets.list");
    assert!(
        last["headers"]
            .as_array()
            .unwrap()
            .contains(&json!(["authorization", "Bearer"]))
    );
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let (zendesk, _) = scene().await;
    let request = client().get(format!("{}/_sim/tickets", zendesk.base_url()));
    let answer = request.header("host", "evil.example").send().await.unwrap();
    assert_eq!(answer.status(), 421);
}

#[tokio::test]
async fn a_snapshot_brings_everything_back_in_another_process() {
    let (zendesk, api) = scene().await;
    let id = api.ticket("u1").await;
    zendesk.install_default_triggers("http://127.0.0.1:9/a", "s1", "http://127.0.0.1:9/b", "s2");
    let text = zendesk.snapshot().to_string();
    let other = Zendesk::start(AccountConfig::default()).await.unwrap();
    other.restore(serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(other.ticket(id), zendesk.ticket(id));
    assert_eq!(other.snapshot(), zendesk.snapshot());
    assert_eq!(Api::new(&other).await.ticket("U1").await, id + 1);
    assert_eq!(other.users().len(), zendesk.users().len());
    assert!(other.restore(json!({"tickets": 1})).is_err());
}

#[tokio::test]
async fn shutdown_breaks_off_hanging_calls_and_frees_the_port() {
    let (zendesk, api) = scene().await;
    zendesk.fault(Fault::once("tickets.list", Effect::Hang));
    let hanging = api.request(Method::GET, "/tickets").send();
    let stop = async {
        let arrived = |state: &simulators::zendesk::AccountState| {
            state
                .calls
                .iter()
                .any(|call| call.operation == "tickets.list")
        };
        assert!(zendesk.wait_until(SOON, arrived).await);
        zendesk.shutdown().await;
    };
    let (broken, ()) = tokio::join!(hanging, stop);
    assert!(broken.is_err());
    assert!(
        api.request(Method::GET, "/tickets")
            .send()
            .await
            .unwrap_err()
            .is_connect()
    );
    let port = zendesk
        .base_url()
        .rsplit(':')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let again = Zendesk::start(AccountConfig {
        port,
        ..AccountConfig::default()
    })
    .await
    .unwrap();
    assert_eq!(again.base_url(), zendesk.base_url());
}

#[tokio::test]
async fn the_server_ends_with_its_last_handle() {
    let (zendesk, api) = scene().await;
    zendesk.fault(Fault::always("tickets.list", Effect::Hang));
    let mut changes = zendesk.subscribe();
    changes.mark_unchanged();
    let hanging = api.request(Method::GET, "/tickets").send();
    let let_go = async move {
        changes.changed().await.unwrap();
        let clone = zendesk.clone();
        drop(zendesk);
        drop(clone);
    };
    let (broken, ()) = tokio::join!(hanging, let_go);
    assert!(broken.is_err());
}

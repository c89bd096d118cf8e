//! Processes are stopped between events, as Lambda freezes them, and meet dead connections after.

use std::time::Duration;

use crate::stage::{Setting, Stage};
use simulators::zendesk::{Comment, Status};
use simulators::{Effect, Fault};

const CLOSING: &str = "Your ticket has been closed";

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_while_frozen_lose_nothing_and_double_nothing() {
    let mut stage = Stage::start(Setting {
        freeze: true,
        ..Setting::default()
    })
    .await;
    let customer = stage.new_customer();
    let (mut texts, mut sms) = (Vec::new(), Vec::new());
    for round in 0..6 {
        let text = format!("text {round}");
        stage.text(&customer, &text).await;
        texts.push(text);
        let late = format!("late {round}");
        waits(&stage, &customer, &late).await;
        texts.push(late);
        let ticket = stage.tickets(&customer)[0].id;
        let answer = format!("answer {round}");
        let desk = &stage.stack.zendesk;
        let said = desk.agent_comments(ticket, Comment::public(&answer));
        said.expect("the ticket is open");
        stage.release().await;
        // Two equal bodies signed in the same second are one signature: a replay.
        desk.clock().advance(Duration::from_secs(2));
        desk.set_status(ticket, Status::Solved).expect("open");
        stage.release().await;
        sms.extend([answer, CLOSING.to_owned()]);
        stage.restart_vendors().await;
    }
    stage.drain(&customer).await.expect("drained");
    let tickets = stage.tickets(&customer);
    assert_eq!(tickets.len(), 1);
    let own = tickets[0]
        .comments
        .iter()
        .filter(|c| c.author.external_id.as_deref() == Some(&customer));
    let on_ticket: Vec<_> = own.map(|c| c.plain_body.clone()).collect();
    assert_eq!(on_ticket, texts);
    let inbox = stage.stack.braze.inbox(&customer);
    let on_phone: Vec<_> = inbox.into_iter().map(|sms| sms.body).collect();
    assert_eq!(on_phone, sms);
    assert!(
        tickets[0].comments.iter().all(|comment| comment.public),
        "no note was needed"
    );
    for name in [
        "braze-inbound",
        "zendesk-reply",
        "zendesk-solved",
        "redelivery",
    ] {
        assert_eq!(
            stage.stack.function(name).started(),
            1,
            "{name} was frozen, not restarted"
        );
    }
}

/// A text that has to wait, and is brought by redelivery.
async fn waits(stage: &Stage, customer: &str, text: &str) {
    let down = Fault::always("tickets.update", Effect::status(503));
    stage.stack.zendesk.fault(down);
    stage.text(customer, text).await;
    stage.stack.zendesk.clear_faults();
    assert_eq!(stage.make_due(customer), 1, "the text does not wait");
    stage.stack.redeliver().await.expect("a run");
    stage.rest().await;
    assert_eq!(stage.make_due(customer), 0, "the text waits still");
}

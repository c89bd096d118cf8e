//! Processes are stopped between events, as Lambda freezes them, and meet dead connections after.

use crate::stage::{Setting, Stage};
use simulators::zendesk::Comment;

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_died_while_frozen_lose_nothing_and_double_nothing() {
    let mut stage = Stage::start(Setting {
        freeze: true,
        ..Setting::default()
    })
    .await;
    let customer = stage.new_customer();
    let mut texts = Vec::new();
    let mut answers = Vec::new();
    for round in 0..6 {
        let text = format!("text {round}");
        stage.text(&customer, &text).await;
        texts.push(text);
        let ticket = stage.tickets(&customer)[0].id;
        let answer = format!("answer {round}");
        let said = stage
            .stack
            .zendesk
            .agent_comments(ticket, Comment::public(&answer));
        said.expect("the ticket is open");
        stage.release().await;
        answers.push(answer);
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
    assert_eq!(on_phone, answers);
    assert!(
        tickets[0].comments.iter().all(|comment| comment.public),
        "no note was needed"
    );
    for name in ["braze-inbound", "zendesk-reply"] {
        assert_eq!(
            stage.stack.function(name).started(),
            1,
            "{name} was frozen, not restarted"
        );
    }
}

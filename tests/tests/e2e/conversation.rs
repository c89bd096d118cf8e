//! A whole conversation, as both sides see it, and what it costs.

use e2e::send::{self, inbound, inbound_body, reply_body};
use e2e::view::{Mark, notes, only_ticket, phone, public, ticket};
use e2e::{ANA, ANA_PHONE, agent, answered, set, settled, stack, stack_with, with_ticket};
use serde_json::json;
use simulators::braze::User;
use simulators::zendesk::{Comment, Role, Status};

const ANSWER: &str = "Hello Ana,\n\nplease hold \"reset\" for 5 seconds 🙂\n\nAda";

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_conversation_reaches_both_sides() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    agent(&stack, id, Comment::public(ANSWER)).await;
    for text in ["It blinks now", "Twice"] {
        assert_eq!(send::text(&stack, ANA, text).await.outcome(), "delivered");
    }
    let last = Comment::public("That is fixed then.").status(Status::Solved);
    agent(&stack, id, last).await;
    assert_eq!(
        phone(&stack, ANA),
        [ANSWER, "That is fixed then.", "Your ticket has been closed"]
    );
    assert_eq!(ticket(&stack, id).status, Status::Solved);

    let again = send::text(&stack, ANA, "It is broken again").await;
    assert_eq!((again.outcome(), again.ticket()), ("delivered", id));
    settled(&stack).await;
    let ticket = only_ticket(&stack);
    assert_eq!(ticket.status, Status::Open);
    assert_eq!(
        public(&ticket),
        [
            "SUPPORT",
            ANSWER,
            "It blinks now",
            "Twice",
            "That is fixed then.",
            "It is broken again"
        ]
    );
    assert!(notes(&ticket).is_empty(), "{:?}", notes(&ticket));
    assert_eq!(phone(&stack, ANA).len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_ticket_belongs_to_the_customer_and_carries_the_defaults() {
    let stack = stack().await;
    with_ticket(&stack).await;
    let ticket = only_ticket(&stack);
    assert_eq!(ticket.subject, "SMS from Ana Silva");
    assert_eq!(ticket.tags, ["braze_sms"]);
    assert_eq!((ticket.priority.clone(), ticket.kind.clone()), (None, None));
    assert_eq!(ticket.status, Status::New);
    let author = &ticket.comments[0].author;
    assert_eq!(author.id, ticket.requester.id);
    assert_eq!(
        (author.role, author.name.as_str()),
        (Role::EndUser, "Ana Silva")
    );
    let users = stack.zendesk.users();
    let user = users
        .iter()
        .find(|user| user.id == author.id)
        .expect("user");
    assert_eq!(user.external_id.as_deref(), Some(ANA));
    assert_eq!(user.phone.as_deref(), Some(ANA_PHONE));
    assert_eq!(user.user_fields["braze_external_id"], json!(ANA));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_ticket_is_shaped_by_the_settings() {
    let stack = stack_with(|options| {
        set(options, "TICKET_TAGS", "sms,vip");
        set(options, "TICKET_SUBJECT", "{name} needs help");
        set(options, "TICKET_PRIORITY", "high");
        set(options, "TICKET_TYPE", "question");
    })
    .await;
    with_ticket(&stack).await;
    let ticket = only_ticket(&stack);
    assert_eq!(ticket.subject, "Ana Silva needs help");
    assert_eq!(ticket.tags, ["sms", "vip"]);
    assert_eq!(ticket.priority.as_deref(), Some("high"));
    assert_eq!(ticket.kind.as_deref(), Some("question"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_of_whom_nothing_is_known_gets_a_ticket() {
    let stack = stack().await;
    stack.braze.add_user(User::new("bob-9", "", "", ""));
    let body = json!({"external_user_id": "bob-9", "message": "Hello?"});
    let answer = inbound(&stack, body.to_string()).await;
    assert_eq!((answer.status, answer.outcome()), (200, "delivered"));
    let ticket = only_ticket(&stack);
    assert_eq!(answer.ticket(), ticket.id);
    assert_eq!(public(&ticket), ["Hello?"]);
    assert!(!ticket.requester.name.trim().is_empty());
    assert_eq!(ticket.requester.external_id.as_deref(), Some("bob-9"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_customer_is_one_zendesk_user_however_many_tickets() {
    let stack = stack().await;
    let first = with_ticket(&stack).await;
    stack.zendesk.delete(first).expect("deleted");
    let second = send::text(&stack, ANA, "another matter").await;
    assert_eq!(second.outcome(), "delivered");
    let users = stack.zendesk.users();
    let hers = users
        .iter()
        .filter(|u| u.external_id.as_deref() == Some(ANA));
    assert_eq!(hers.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_attributes_are_a_string_and_a_boolean_from_the_first_text_on() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let attributes = || stack.braze.user(ANA).expect("known").attributes;
    assert_eq!(attributes()["zendesk_ticket"], json!(id.to_string()));
    assert_eq!(attributes()["zendesk_ticket_open"], json!(true));

    answered(&stack, id, "Hello").await;
    let sent = stack.braze.inbox(ANA).remove(0).attributes_at_send;
    assert_eq!(sent["zendesk_ticket"], json!(id.to_string()));
    assert_eq!(sent["zendesk_ticket_open"], json!(true));

    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    assert_eq!(attributes()["zendesk_ticket_open"], json!(false));

    send::text(&stack, ANA, "not yet").await;
    settled(&stack).await;
    assert_eq!(attributes()["zendesk_ticket"], json!(id.to_string()));
    assert_eq!(attributes()["zendesk_ticket_open"], json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_carries_the_contracts_properties() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    agent(&stack, id, Comment::public("Hello Ana").by("Jo Agent")).await;
    let send = stack.braze.sends().remove(0);
    assert_eq!(send.campaign_id, "reply-campaign");
    assert_eq!(send.external_user_id, ANA);
    let properties = &send.trigger_properties;
    assert_eq!(properties["msg_body"], "Hello Ana");
    assert_eq!(properties["agent_name"], "Jo Agent");
    for name in ["ticket_id", "part", "parts"] {
        assert!(!properties[name].is_null(), "{name} in {properties}");
    }
    let calls = stack.braze.calls();
    let call = calls.last().expect("a send");
    assert_eq!(call.body["recipients"].as_array().map(Vec::len), Some(1));
    assert!(call.body.get("broadcast").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_may_bring_its_campaign() {
    let stack = stack_with(|options| {
        let variables = &mut options.variables;
        variables.insert("BRAZE_REPLY_CAMPAIGN_ID".to_owned(), None);
        variables.insert("BRAZE_SOLVED_CAMPAIGN_ID".to_owned(), None);
    })
    .await;
    let campaign = simulators::braze::Campaign::new("own-campaign", "Own");
    stack.braze.add_campaign(campaign);
    stack.zendesk.every_ticket_is_of(ANA, &["braze_sms"]);
    let mut body = reply_body(35, ANA, 901, "Hello");
    body["campaign_id"] = json!("own-campaign");
    let answer = send::reply(&stack, "INV1", body.to_string()).await;
    assert_eq!(answer.outcome(), "delivered", "{answer:?}");
    assert_eq!(stack.braze.sends()[0].campaign_id, "own-campaign");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_closing_campaign_only_the_attribute_is_set() {
    let stack = stack_with(|options| set(options, "BRAZE_SOLVED_CAMPAIGN_ID", "")).await;
    let id = with_ticket(&stack).await;
    stack
        .zendesk
        .set_status(id, Status::Solved)
        .expect("solved");
    settled(&stack).await;
    assert!(phone(&stack, ANA).is_empty());
    let user = stack.braze.user(ANA).expect("known");
    assert_eq!(user.attributes["zendesk_ticket_open"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_closing_text_is_the_settings_where_the_event_brings_none() {
    let stack = stack_with(|options| set(options, "SOLVED_MESSAGE", "Bye for now")).await;
    let id = with_ticket(&stack).await;
    let mut body = send::solved_body(id, ANA);
    body["message"] = json!("");
    let answer = send::solved(&stack, "INV1", body.to_string()).await;
    assert_eq!(answer.outcome(), "delivered");
    assert_eq!(phone(&stack, ANA), ["Bye for now"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trigger_as_it_is_set_up_closes_in_the_words_and_the_language_of_the_settings() {
    for (name, value, want) in [
        ("LANGUAGE", "fr", "Votre demande a été clôturée"),
        ("SOLVED_MESSAGE", "It’s done – bye", "It's done - bye"),
    ] {
        let stack = stack_with(|options| set(options, name, value)).await;
        let id = with_ticket(&stack).await;
        agent(&stack, id, Comment::public("Fixed.").status(Status::Solved)).await;
        settled(&stack).await;
        assert_eq!(phone(&stack, ANA), ["Fixed.", want], "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_of_an_agent_and_a_customers_own_comment_reach_no_phone() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    agent(&stack, id, Comment::note("between us: a nuisance")).await;
    stack
        .zendesk
        .end_user_comments(id, "by e-mail")
        .expect("open");
    settled(&stack).await;
    assert!(phone(&stack, ANA).is_empty());
    let mut own = reply_body(id, ANA, 902, "mine");
    own["author_role"] = json!("End-user");
    let answer = send::reply(&stack, "INV1", own.to_string()).await;
    assert_eq!((answer.status, answer.outcome()), (200, "ignored"));
    assert!(answer.body["reason"].is_string());
    assert!(phone(&stack, ANA).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_costs_no_more_calls_than_it_must() {
    let stack = stack().await;
    let mark = Mark::now(&stack);
    let id = with_ticket(&stack).await;
    let (zendesk, braze) = mark.since(&stack);
    assert_eq!(zendesk, ["users.search", "users.create", "tickets.create"]);
    assert_eq!(braze, ["users.track"]);

    let mark = Mark::now(&stack);
    send::text(&stack, ANA, "more").await;
    let (zendesk, braze) = mark.since(&stack);
    assert_eq!(
        (zendesk, braze),
        (vec!["tickets.update".to_owned()], vec![])
    );

    let mark = Mark::now(&stack);
    answered(&stack, id, "Hello").await;
    let (zendesk, braze) = mark.since(&stack);
    assert_eq!(
        (zendesk, braze),
        (vec![], vec!["campaigns.trigger.send".to_owned()])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_costs_two_round_trips_and_four_write_units_and_a_duplicate_one() {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    let text = inbound_body(ANA, "more", "dispatch-1").to_string();
    let reply = send::in_full(&stack, reply_body(id, ANA, 901, "Hello")).to_string();
    let solved = send::in_full(&stack, send::solved_body(id, ANA)).to_string();

    for round in 0..3 {
        let mark = Mark::now(&stack);
        let answer = match round {
            0 => inbound(&stack, text.clone()).await,
            1 => send::reply(&stack, "INV1", reply.clone()).await,
            _ => send::solved(&stack, "INV2", solved.clone()).await,
        };
        assert_eq!(answer.outcome(), "delivered");
        let calls = mark.dynamo(&stack);
        let units: f64 = calls.iter().map(|call| call.write_units).sum();
        // Before an SMS a look whether all are stopped, which counts for ten seconds.
        let (looks, calls): (Vec<_>, Vec<_>) = calls
            .into_iter()
            .partition(|call| call.operation == "GetItem");
        assert!(looks.len() <= usize::from(round > 0), "{looks:?}");
        assert_eq!(calls.len(), 2, "{calls:?}");
        assert!(units <= 4.0, "{units} write units in {calls:?}");
        assert!(units > 0.0, "nothing was measured");
    }
    for round in 0..3 {
        let mark = Mark::now(&stack);
        let answer = match round {
            0 => inbound(&stack, text.clone()).await,
            1 => send::reply(&stack, "INV1", reply.clone()).await,
            _ => send::solved(&stack, "INV2", solved.clone()).await,
        };
        assert_eq!((answer.status, answer.outcome()), (200, "duplicate"));
        assert_eq!(mark.dynamo(&stack).len(), 1);
        assert_eq!(mark.since(&stack), (vec![], vec![]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_and_the_token_are_read_once_per_environment() {
    let stack = stack().await;
    for number in 0..5 {
        let text = format!("text {number}");
        assert_eq!(send::text(&stack, ANA, &text).await.outcome(), "delivered");
    }
    let started = stack.function("braze-inbound").started();
    assert_eq!(started, 1);
    assert_eq!(stack.secrets.reads(), started);
    let tokens = e2e::view::calls_of(stack.zendesk.calls(), "oauth.token");
    assert_eq!(tokens.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_names_the_delivery_and_the_ticket() {
    let stack = stack().await;
    let first = inbound(&stack, inbound_body(ANA, "one", "d-1").to_string()).await;
    let again = inbound(&stack, inbound_body(ANA, "one", "d-1").to_string()).await;
    let other = inbound(&stack, inbound_body(ANA, "two", "d-2").to_string()).await;
    assert!(!first.delivery().is_empty());
    assert_eq!(first.delivery(), again.delivery());
    assert_ne!(first.delivery(), other.delivery());
    assert_eq!(first.ticket(), only_ticket(&stack).id);
    assert_eq!(other.ticket(), first.ticket());
    assert_eq!(first.content_type, "application/json");
    let marker = &only_ticket(&stack).comments[1].metadata;
    assert_eq!(marker["delivery_id"], json!(other.delivery()));
}

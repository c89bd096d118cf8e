//! Triggers, macros and the e-mails they send; the placeholders of their bodies.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::zendesk::{
    Channel, Comment, DeskError, Mode, NewTicket, Person, Status, Trigger, TriggerCondition,
    Zendesk,
};

use crate::common::Api;
use crate::{with, zendesk};

/// A trigger with these conditions and this webhook body; its webhook is held.
fn trigger(zendesk: &Zendesk, all: &[(&str, &str, &str)], body: &str) {
    zendesk.webhook_delivery(Mode::Held);
    let webhook = zendesk.add_webhook("W", "http://127.0.0.1:9/w", "s");
    let condition = |(field, operator, value): &(&str, &str, &str)| TriggerCondition {
        field: (*field).to_owned(),
        operator: (*operator).to_owned(),
        value: json!(value),
    };
    zendesk.add_trigger(Trigger {
        id: 0,
        title: "T".to_owned(),
        description: String::new(),
        active: true,
        category_id: None,
        all: all.iter().map(condition).collect(),
        any: Vec::new(),
        actions: vec![json!({"field": "notification_webhook", "value": [webhook, body]})],
    });
}

fn payloads(zendesk: &Zendesk) -> Vec<String> {
    let held = zendesk.held_webhooks().into_iter();
    held.map(|held| held.payload).collect()
}

#[tokio::test]
async fn a_body_names_requester_channel_brand_tags_and_the_last_public_comments() {
    let zendesk = zendesk().await;
    let brand = zendesk.add_brand("Shop");
    let ana = zendesk.add_user(Person::customer("Ana").email("ana@x.example"));
    let mail = NewTicket::email(ana, "S", "first")
        .tags(&["vip", "sms"])
        .brand(brand);
    let ticket = zendesk.open_ticket(mail).unwrap();
    let body = "{{ticket.requester.id}}|{{ticket.via}}|{{ticket.brand.name}}|{{ticket.tags}}|\
        {% for comment in ticket.public_comments offset:0 limit:3 %}{{comment.id}}={{comment.value}}\
        ({{comment.author.id}}) {% endfor %}|{{current_user.role}}|{{nothing.there}}";
    trigger(&zendesk, &[("comment_is_public", "is", "true")], body);
    let mut comments = Vec::new();
    for text in ["second", "third \"quoted\"", "fourth"] {
        comments.push(
            zendesk
                .agent_comments(ticket, Comment::public(text))
                .unwrap(),
        );
        zendesk
            .agent_comments(ticket, Comment::note("between"))
            .unwrap();
    }
    let agent = zendesk.user_named("Ada Agent").unwrap().id;
    let expected = format!(
        "{ana}|Mail|Shop|sms vip|{}=fourth({agent}) {}=third \\\"quoted\\\"({agent}) \
        {}=second({agent}) |Agent|",
        comments[2], comments[1], comments[0]
    );
    assert_eq!(payloads(&zendesk)[2], expected);
}

#[tokio::test]
async fn loops_skip_and_walk_over_files_inside_comments() {
    let zendesk = zendesk().await;
    let ana = zendesk.add_user(Person::customer("Ana"));
    let ticket = zendesk.email_ticket(ana, "S", "first").unwrap();
    let body = "{% for c in ticket.comments offset:1 limit:1 %}{{c.value}}:\
        {% for f in c.attachments %}[{{f.filename}}]{% endfor %}{% endfor %}";
    trigger(&zendesk, &[("comment_is_public", "is", "false")], body);
    let files = Comment::public("files").file("a.txt", "text/plain", b"a");
    let files = files.file("b.txt", "text/plain", b"b");
    zendesk.agent_comments(ticket, files).unwrap();
    zendesk
        .agent_comments(ticket, Comment::note("now"))
        .unwrap();
    assert_eq!(payloads(&zendesk), ["files:[a.txt][b.txt]"]);
}

#[tokio::test]
async fn a_body_that_is_no_template_stays_as_it_is() {
    let zendesk = zendesk().await;
    let ana = zendesk.add_user(Person::customer("Ana"));
    let body = "{\"a\": {% if x %}{{ticket.id}} {% for x in %} {{unclosed";
    trigger(&zendesk, &[("update_type", "is", "Create")], body);
    let ticket = zendesk.email_ticket(ana, "S", "t").unwrap();
    let expected = format!("{{\"a\": {{% if x %}}{ticket} {{% for x in %}} {{{{unclosed");
    assert_eq!(payloads(&zendesk), [expected]);
}

#[tokio::test]
async fn conditions_look_at_tags_requester_channel_and_fields() {
    let zendesk = zendesk().await;
    let (ana, ben) = (
        zendesk.add_user(Person::customer("Ana")),
        zendesk.add_user(Person::customer("Ben")),
    );
    let (ana_id, field) = (ana.to_string(), zendesk.add_ticket_field("Kind", "text"));
    let custom = format!("custom_fields_{field}");
    let tagged = ("current_tags", "includes", "braze_sms other");
    trigger(
        &zendesk,
        &[tagged, ("update_type", "is", "Create")],
        "tagged",
    );
    let untagged = ("current_tags", "not_includes", "braze_sms");
    let chat = ("via_id", "is", "29");
    trigger(
        &zendesk,
        &[untagged, chat, ("update_type", "is", "Create")],
        "chat",
    );
    trigger(
        &zendesk,
        &[("requester_id", "is", &ana_id), (&custom, "is", "vip")],
        "vip ana",
    );
    trigger(
        &zendesk,
        &[
            ("requester_id", "changed", ""),
            ("update_type", "is", "Change"),
        ],
        "changed",
    );
    trigger(
        &zendesk,
        &[("status", "value_previous", "solved")],
        "reopened",
    );

    let fired = |from: usize| payloads(&zendesk).split_off(from);
    let email = NewTicket::email(ben, "S", "t").tags(&["braze_sms"]);
    let ticket = zendesk.open_ticket(email).unwrap();
    assert_eq!(fired(0), ["tagged"]);
    zendesk
        .open_ticket(NewTicket::by(Channel::Chat, ben, "S", "t"))
        .unwrap();
    assert_eq!(fired(1), ["chat"]);
    let email = NewTicket::email(ana, "S", "t").field(field, "vip");
    zendesk.open_ticket(email).unwrap();
    assert_eq!(fired(2), ["vip ana"]);
    zendesk.change_requester(ticket, ana).unwrap();
    assert_eq!(fired(3), ["changed"]);
    zendesk.set_status(ticket, Status::Solved).unwrap();
    zendesk.set_status(ticket, Status::Open).unwrap();
    assert_eq!(fired(4), ["reopened"]);
}

#[tokio::test]
async fn a_requester_with_an_address_gets_the_answer_by_mail_and_one_without_none() {
    let zendesk = zendesk().await;
    zendesk.install_notify_trigger();
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("ana").await;
    let ana = zendesk.ticket(ticket).unwrap().requester.id;
    zendesk
        .agent_comments(ticket, Comment::public("one"))
        .unwrap();
    assert!(zendesk.emails().is_empty());
    zendesk.set_user_email(ana, Some("ana@x.example")).unwrap();
    zendesk
        .agent_comments(ticket, Comment::public("two \"quoted\""))
        .unwrap();
    zendesk
        .agent_comments(ticket, Comment::note("internal"))
        .unwrap();
    zendesk.end_user_comments(ticket, "mine").unwrap();
    let emails = zendesk.emails();
    assert_eq!(emails.len(), 1);
    assert_eq!(
        (emails[0].to.as_str(), emails[0].ticket_id),
        ("ana@x.example", ticket)
    );
    assert_eq!(emails[0].subject, "[Acme] Re: SMS");
    assert!(
        emails[0].body.ends_with("two \"quoted\""),
        "{}",
        emails[0].body
    );
    // A public comment over the API as an agent's goes out, too; those in copy get theirs.
    let ben = zendesk.add_user(Person::customer("Ben").email("ben@x.example"));
    let copied = zendesk
        .open_ticket(NewTicket::email(ana, "S", "t").cc(ben))
        .unwrap();
    let body = json!({"ticket": {"comment": {"body": "api", "public": true}}});
    api.put(&format!("/tickets/{copied}"), body).await;
    let to: Vec<String> = zendesk.emails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to[1..], ["ana@x.example", "ben@x.example"]);
}

#[tokio::test]
async fn a_macro_answers_tags_and_solves_in_one_submit() {
    let zendesk = zendesk().await;
    zendesk.install_default_triggers("http://127.0.0.1:9/r", "r", "http://127.0.0.1:9/s", "s");
    zendesk.webhook_delivery(Mode::Held);
    let api = Api::new(&zendesk).await;
    let ticket = api.ticket("ana").await;
    let wanted = json!({"macro": {"title": "Shipped", "actions": [
        {"field": "comment_value", "value": "It has been shipped."},
        {"field": "comment_mode_is_public", "value": "true"},
        {"field": "current_tags", "value": "shipped"},
        {"field": "status", "value": "solved"}]}});
    let (status, made) = api.post("/macros", wanted).await;
    assert_eq!(status, 201);
    let known = made["macro"]["id"].as_u64().unwrap();
    let (_, list) = api.get("/macros").await;
    assert_eq!(list["macros"][0]["title"], "Shipped");
    let (_, shown) = api
        .get(&format!("/tickets/{ticket}/macros/{known}/apply"))
        .await;
    assert_eq!(
        shown["result"]["ticket"]["comment"]["body"],
        "It has been shipped."
    );
    assert_eq!(zendesk.ticket(ticket).unwrap().comments.len(), 1);

    zendesk.apply_macro(ticket, known).unwrap();
    let done = zendesk.ticket(ticket).unwrap();
    assert_eq!(
        (done.status, done.tags),
        (Status::Solved, vec!["shipped".to_owned()])
    );
    assert_eq!(done.comments[1].plain_body, "It has been shipped.");
    assert_eq!(zendesk.held_webhooks().len(), 2);
    assert_eq!(zendesk.apply_macro(ticket, 4), Err(DeskError::NoMacro(4)));
    for actions in [
        json!([]),
        json!([{"field": "explode", "value": "1"}]),
        Value::Null,
    ] {
        let body = json!({"macro": {"title": "M", "actions": actions}});
        let (status, body) = api.post("/macros", body).await;
        assert_eq!(status, 422);
        assert!(body["details"]["actions"].is_array());
    }
}

#[tokio::test]
async fn a_triggers_stamp_may_be_the_one_before_and_triggers_may_move_it() {
    for same in [true, false] {
        let zendesk = with(|variants| {
            variants.trigger_stamp_is_the_tickets = same;
            variants.triggers_move_the_stamp = !same;
        })
        .await;
        let api = Api::new(&zendesk).await;
        let body = "{{ticket.updated_at_with_timestamp}}";
        let said = [("comment_is_public", "is", "true"), ("role", "is", "agent")];
        trigger(&zendesk, &said, body);
        let mut tagging = zendesk_trigger("update_type", "is", "Change");
        tagging.actions = vec![json!({"field": "current_tags", "value": "seen"})];
        zendesk.add_trigger(tagging);
        let id = api.ticket("ana").await;
        zendesk.clock().advance(Duration::from_secs(60));
        zendesk.agent_comments(id, Comment::public("Hi")).unwrap();
        let rendered = payloads(&zendesk).pop().unwrap();
        let ticket = zendesk.ticket(id).unwrap();
        assert_eq!(ticket.tags, ["seen"]);
        let moved = ticket.updated_at_ms - ticket.audits.last().unwrap().created_at_ms;
        assert_eq!(moved, if same { 0 } else { 1_000 });
        let (_, shown) = api.get(&format!("/tickets/{id}")).await;
        let stamp = shown["ticket"]["updated_at"].as_str().unwrap();
        assert_eq!(rendered == stamp, same, "{rendered} {stamp}");
        // Whoever saves with the trigger's stamp meets a conflict where they differ.
        let save = json!({"ticket": {"status": "open", "safe_update": true,
            "updated_stamp": rendered}});
        let (status, _) = api.put(&format!("/tickets/{id}"), save).await;
        assert_eq!(status, if same { 200 } else { 409 });
    }
}

fn zendesk_trigger(field: &str, operator: &str, value: &str) -> Trigger {
    Trigger {
        id: 0,
        title: "T".to_owned(),
        description: String::new(),
        active: true,
        category_id: None,
        all: vec![TriggerCondition {
            field: field.to_owned(),
            operator: operator.to_owned(),
            value: json!(value),
        }],
        any: Vec::new(),
        actions: Vec::new(),
    }
}

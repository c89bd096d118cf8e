//! A comment of a customer is not texted back, whatever the trigger calls the customer's role.

use e2e::case;
use e2e::send::{reply, reply_body};
use e2e::table::redelivered;
use e2e::view::{phone, ticket};
use e2e::{ANA, agent, settled, stack, with_ticket};
use local::Stack;
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Mode};

/// Ana writes an e-mail on her ticket; a trigger without the condition reports it under this role.
async fn her_own_words_come_back(role: Value) -> Vec<String> {
    let (stack, id) = without_webhooks().await;
    let comment = stack
        .zendesk
        .end_user_comments(id, "It is me, by e-mail")
        .expect("written");
    let mut body = reply_body(id, ANA, comment, "It is me, by e-mail");
    body["author_role"] = role;
    body["author_name"] = json!("Ana Silva");
    reported(&stack, &body).await
}

/// An agent answers, and the trigger reports it under this role.
async fn the_answer_goes_out(role: Value) -> Vec<String> {
    let (stack, id) = without_webhooks().await;
    let comment = agent(&stack, id, Comment::public("Please restart it.")).await;
    let mut body = reply_body(id, ANA, comment, "Please restart it.");
    body["author_role"] = role;
    reported(&stack, &body).await
}

async fn without_webhooks() -> (Stack, u64) {
    let stack = stack().await;
    let id = with_ticket(&stack).await;
    stack.zendesk.webhook_delivery(Mode::Held);
    assert_eq!(ticket(&stack, id).comments.len(), 1);
    (stack, id)
}

async fn reported(stack: &Stack, body: &Value) -> Vec<String> {
    reply(stack, "01A", body.to_string()).await;
    settled(stack).await;
    redelivered(stack).await;
    phone(stack, ANA)
}

#[test]
fn an_end_user_is_known_in_every_language_of_the_account() {
    case!(async {
        for role in [
            "Utilisateur final",
            "Endbenutzer",
            "Usuario final",
            "Utente finale",
            "Utilizador final",
            "Usuário final",
        ] {
            assert_eq!(
                her_own_words_come_back(json!(role)).await,
                [""; 0],
                "{role}"
            );
        }
    });
}

#[test]
fn an_end_user_is_known_in_other_scripts() {
    case!(async {
        for role in [
            "エンドユーザー",
            "最终用户",
            "Конечный пользователь",
            "Eindgebruiker",
        ] {
            assert_eq!(
                her_own_words_come_back(json!(role)).await,
                [""; 0],
                "{role}"
            );
        }
    });
}

#[test]
fn an_end_user_is_known_where_no_role_was_rendered() {
    case!(async {
        for role in [
            json!(""),
            json!(null),
            json!(0),
            json!("{{current_user.role}}"),
        ] {
            assert_eq!(
                her_own_words_come_back(role.clone()).await,
                [""; 0],
                "{role}"
            );
        }
    });
}

#[test]
fn an_end_user_is_known_in_english_however_it_is_written() {
    case!(async {
        for role in ["End-user", "end user", "end_user", "ENDUSER"] {
            assert_eq!(
                her_own_words_come_back(json!(role)).await,
                [""; 0],
                "{role}"
            );
        }
    });
}

#[test]
fn an_agents_answer_goes_out_in_every_language_of_the_account() {
    case!(async {
        for role in [
            "Agent",
            "Admin",
            "Agente",
            "Administrateur",
            "Mitarbeiter",
            "管理者",
            "Light agent",
        ] {
            assert_eq!(
                the_answer_goes_out(json!(role)).await,
                ["Please restart it."],
                "{role}"
            );
        }
    });
}

#[test]
fn an_agents_answer_goes_out_where_no_role_was_rendered() {
    case!(async {
        for role in [json!(""), json!(null)] {
            assert_eq!(
                the_answer_goes_out(role.clone()).await,
                ["Please restart it."],
                "{role}"
            );
        }
    });
}

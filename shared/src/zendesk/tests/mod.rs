//! The Zendesk client on the wire.

mod errors;
mod reads;
mod sign_in;
mod uploads;
mod writes;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::*;
use crate::message::{CommentId, DeliveryId, ExternalUserId, Personal, TicketId, UserId};
use crate::test_support::{Reply, Seen, Server, Vault, http};

/// A Zendesk that signs in anybody and answers the API calls in turn.
struct Setting {
    vault: Vault,
    zendesk: Server,
    client: ZendeskClient,
}

fn oauth(secret: &str) -> Value {
    json!({"zendesk_oauth_client_id": "id", "zendesk_oauth_client_secret": secret})
}

fn token(number: usize) -> Reply {
    Reply::json(
        200,
        json!({"access_token": format!("token-{number}"), "token_type": "bearer"}),
    )
}

fn is_sign_in(seen: &Seen) -> bool {
    seen.line == "POST /oauth/tokens"
}

fn with_server(secret: Value, zendesk: Server) -> Setting {
    let vault = Vault::holding(secret);
    let client = ZendeskClient::new(http(), zendesk.base(), vault.store());
    Setting {
        vault,
        zendesk,
        client,
    }
}

fn setting(replies: impl IntoIterator<Item = Reply>) -> Setting {
    let replies = Mutex::new(
        replies
            .into_iter()
            .collect::<std::collections::VecDeque<_>>(),
    );
    let signed_in = Arc::new(Mutex::new(0));
    let zendesk = Server::start(move |seen| {
        if is_sign_in(seen) {
            let mut count = signed_in.lock().expect("unpoisoned");
            *count += 1;
            return token(*count);
        }
        replies
            .lock()
            .expect("unpoisoned")
            .pop_front()
            .unwrap_or(Reply::empty(599))
    });
    with_server(oauth("s-1"), zendesk)
}

impl Setting {
    /// Every request but the signing in.
    fn calls(&self) -> Vec<Seen> {
        self.zendesk
            .requests()
            .into_iter()
            .filter(|seen| !is_sign_in(seen))
            .collect()
    }

    fn lines(&self) -> Vec<String> {
        self.calls().into_iter().map(|seen| seen.line).collect()
    }

    fn sign_ins(&self) -> usize {
        self.zendesk
            .requests()
            .iter()
            .filter(|seen| is_sign_in(seen))
            .count()
    }
}

fn ticket_id() -> TicketId {
    TicketId::new(35).expect("not zero")
}

fn user_id() -> UserId {
    UserId::new(7).expect("not zero")
}

fn delivery() -> DeliveryId {
    DeliveryId::derive("test", &["1"])
}

/// The answer to a write on a ticket.
fn written(status: &str) -> Reply {
    Reply::json(
        200,
        json!({
            "ticket": {"id": 35, "status": status, "unknown": [1]},
            "audit": {"id": 1, "events": [
                {"type": "Change", "id": 8, "value": "open"},
                {"type": "Comment", "id": 9, "public": true},
            ]},
        }),
    )
}

fn comment_id() -> Option<CommentId> {
    CommentId::new(9)
}

async fn append(
    setting: &Setting,
    deadline: crate::net::Deadline,
) -> Result<Appended, ZendeskError> {
    let (body, delivery) = (Personal::from("5 < 6\nok?"), delivery());
    let comment = NewComment {
        author: Some(user_id()),
        body: &body,
        uploads: &[],
        fields: &[],
        public: true,
        status: Some(TicketStatus::Open),
        delivery: &delivery,
    };
    setting.client.append(ticket_id(), &comment, deadline).await
}

async fn create(
    setting: &Setting,
    deadline: crate::net::Deadline,
) -> Result<Ticketed, ZendeskError> {
    let (subject, comment, delivery) = (
        Personal::from("SMS from Ana"),
        Personal::from("Help <me>"),
        delivery(),
    );
    let ticket = TicketToCreate {
        requester: user_id(),
        subject: &subject,
        comment: &comment,
        uploads: &[],
        public: true,
        tags: &["braze_sms".to_owned()],
        priority: Some("normal"),
        kind: None,
        external_id: "braze:1",
        delivery: &delivery,
        followup_of: TicketId::new(30),
        ids: &[],
        fields: &[],
    };
    setting
        .client
        .create_ticket(&ticket, "key-1", deadline)
        .await
}

async fn upsert(setting: &Setting) -> Result<UserId, ZendeskError> {
    let external_id: ExternalUserId = "Ana-1".parse().expect("valid");
    let (name, phone) = (Personal::from("Ana Lima"), Personal::from("+15551234567"));
    let user = NewUser {
        external_id: "Ana-1",
        braze_id: Some(&external_id),
        name: &name,
        phone: Some(&phone),
        locale: None,
    };
    setting
        .client
        .create_user(&user, crate::test_support::later())
        .await
}

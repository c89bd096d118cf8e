//! Control routes for what people do with tickets.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::wire::Answer;

use super::super::account::Account;
use super::super::channel::Channel;
use super::super::model::Status;
use super::super::people::{self, Comment, DeskError, NewTicket};
use super::super::work::tags;
use super::{done, refused};

/// `POST /_sim/tickets`: an agent opens one for a customer's `external_id`, or a user (`requester`)
/// writes by a `channel`.
pub(super) fn open(account: &Arc<Account>, body: &Value) -> Answer {
    let word = |key: &str| body[key].as_str().unwrap_or_default();
    let (customer, subject, text) = (word("external_id"), word("subject"), word("text"));
    if text.is_empty() {
        return refused("text is required");
    }
    let Some(requester) = body["requester"].as_u64() else {
        if customer.is_empty() {
            return refused("external_id or requester is required");
        }
        let id = account.change(|work| people::opens_sms_ticket(work, customer, subject, text));
        return Answer::json(201, &json!({"id": id}));
    };
    let channel = match body["channel"].as_str().unwrap_or("email") {
        "email" => Channel::Email,
        "web" => Channel::Web,
        "chat" => Channel::Chat,
        _ => return refused("channel must be email, web or chat"),
    };
    let names = tags(&body["tags"]);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let ticket = NewTicket::by(channel, requester, subject, text).tags(&names);
    let opened = account.change(|work| people::open(work, ticket));
    done(opened.map(|id| json!({"id": id})))
}

/// `POST /_sim/tickets/{id}/{action}`.
pub(super) fn act(account: &Arc<Account>, ticket: u64, action: &str, body: &Value) -> Answer {
    let number = |key: &str| body[key].as_u64();
    let needs = |key: &str| refused(&format!("{key} is required"));
    let plain = |result: Result<(), DeskError>| done(result.map(|()| json!({})));
    match action {
        "comments" => done(comment(account, ticket, body)),
        "status" => match body["status"].as_str().and_then(Status::parse) {
            Some(status) => plain(account.change(|w| people::set_status(w, ticket, status))),
            None => needs("status"),
        },
        "custom_status" => match number("id") {
            Some(id) => plain(account.change(|w| people::set_custom_status(w, ticket, id))),
            None => needs("id"),
        },
        "requester" => match number("user") {
            Some(user) => plain(account.change(|w| people::change_requester(w, ticket, user))),
            None => needs("user"),
        },
        "merge" => match number("target") {
            Some(target) => plain(account.change(|w| people::merge(w, ticket, target))),
            None => needs("target"),
        },
        "close" => plain(account.change(|w| people::close(w, ticket))),
        "delete" => plain(account.change(|w| people::delete(w, ticket))),
        "tags" => {
            let (add, remove) = (tags(&body["tags"]), tags(&body["remove"]));
            plain(account.change(|work| {
                if !add.is_empty() {
                    people::add_tags(work, ticket, &add)?;
                }
                match remove.is_empty() {
                    true => Ok(()),
                    false => people::remove_tags(work, ticket, &remove),
                }
            }))
        }
        _ => Answer::json(404, &json!({"error": "no such action"})),
    }
}

fn comment(account: &Arc<Account>, ticket: u64, body: &Value) -> Result<Value, DeskError> {
    let text = body["text"].as_str().unwrap_or_default();
    if body["role"] == "end-user" {
        let id = account.change(|work| people::end_user_comments(work, ticket, text))?;
        return Ok(json!({"id": id}));
    }
    let mut comment = Comment::public(text);
    comment.public = body["public"].as_bool().unwrap_or(true);
    comment.status = body["status"].as_str().and_then(Status::parse);
    if let Some(agent) = body["agent"].as_str() {
        comment.agent = agent.to_owned();
    }
    let id = account.change(|work| people::agent_comments(work, ticket, comment))?;
    Ok(json!({"id": id}))
}

//! Everything the page shows, by name.
//!
//! In: the simulators, the table, the timeline, the switches. Out: one value per customer, message,
//! ticket, comment, held webhook, item, letter and event, and one for the rest. Times are the
//! sandbox's: what is stored got older with every jump of the clock.

use std::collections::BTreeMap;

use local::Stack;
use serde_json::{Value, json};
use simulators::braze::{self, Failure, InboundDelivery, Send, Sms};
use simulators::zendesk::{AccountUser, Named, Role, Ticket, TicketComment, Zendesk};

use super::fate::Fates;
use super::live::Values;
use super::made::Made;
use super::timeline::Timeline;
use super::{Room, presets, stored};
use crate::conversation::Conversation;
use crate::steps::is_address;

/// What was seen so far.
pub(super) struct View {
    timeline: Timeline,
    texts: Made<(InboundDelivery, usize, Value)>,
    sms: Made<Sms>,
    comments: Made<(TicketComment, Option<String>)>,
}

impl View {
    /// A view that begins now.
    pub(super) fn new(stack: &Stack) -> Self {
        Self {
            timeline: Timeline::new(stack),
            texts: Made::default(),
            sms: Made::default(),
            comments: Made::default(),
        }
    }

    /// The whole view.
    pub(super) fn everything(&mut self, room: &Room) -> Values {
        let ahead = room.clock.ahead();
        let mut values = Values::new();
        values.insert("head".to_owned(), head(room).to_string());
        values.insert("presets".to_owned(), known_presets().to_string());
        let fates = Fates::read(&room.stack);
        fates.show(&mut values);
        self.phones(room, ahead, &fates, &mut values);
        self.desk(room, ahead, &fates, &mut values);
        stored::show(&room.stack, ahead, &mut values);
        self.timeline.show(room, &mut values);
        values
    }

    fn phones(&mut self, room: &Room, ahead: i64, fates: &Fates, values: &mut Values) {
        let braze = &room.stack.braze;
        for user in braze.users() {
            let id = name(&user);
            let shown = json!({
                "id": id,
                "name": format!("{} {}", user.first_name, user.last_name).trim(),
                "phone": user.phone,
                "condition": braze.condition(id),
                "attributes": user.attributes,
            });
            values.insert(format!("customer/{id}"), shown.to_string());
            let answers = braze.phone(&user.phone).into_iter();
            for (at, sms) in answers.filter(|sms| sms.automatic).enumerate() {
                let shown = json!({"customer": id, "at": sms.at_ms + ahead, "text": sms.body});
                values.insert(format!("automatic/{id}/{at:06}"), shown.to_string());
            }
            for (at, sms) in braze.inbox(id).into_iter().enumerate() {
                let name = format!("sms/{id}/{at:06}");
                let shown = self.sms.json(&name, sms, ahead, |sms| {
                    json!({"customer": id, "at": sms.at_ms + ahead, "text": sms.body,
                        "parts": sms.segments, "campaign": sms.campaign_id})
                });
                values.insert(name, shown);
            }
        }
        for (at, send) in braze.sends().iter().enumerate() {
            if let Some(why) = silence(send) {
                let said = send.trigger_properties["msg_body"].as_str();
                let user = braze.user(&send.braze_id);
                let customer = user.as_ref().map_or(&*send.external_user_id, name);
                let shown = json!({"customer": customer, "at": send.at_ms + ahead,
                    "text": said, "why": why});
                values.insert(format!("silence/{at:06}"), shown.to_string());
            }
        }
        for (id, (first, times)) in by_id(braze.texts()) {
            let name = format!("text/{id}");
            let answer: Value = serde_json::from_str(&first.body).unwrap_or_default();
            let thing = (first, times, fates.of_text(&answer));
            let make = |(first, times, outcome): &(InboundDelivery, usize, Value)| {
                text(first, *times, outcome, ahead)
            };
            let shown = self.texts.json(&name, thing, ahead, make);
            values.insert(name, shown);
        }
    }

    fn desk(&mut self, room: &Room, ahead: i64, fates: &Fates, values: &mut Values) {
        let desk = &room.stack.zendesk;
        let braze = &room.stack.braze;
        let users_of_braze = braze.users();
        let phones = users_of_braze
            .iter()
            .flat_map(|user| braze.inbox(name(user)));
        let phone: Vec<Sms> = phones.collect();
        let users = desk.users();
        for user in users.iter().filter(|user| user.role == Role::EndUser) {
            values.insert(format!("user/{}", user.id), person(user).to_string());
        }
        for mut ticket in desk.tickets() {
            let id = ticket.id;
            let requester = users.iter().find(|user| user.id == ticket.requester.id);
            let mut card = card(&ticket, requester, ahead);
            card["routed"] = routed(desk, &ticket).into();
            values.insert(format!("ticket/{id}"), card.to_string());
            let comments = std::mem::take(&mut ticket.comments);
            for (at, comment) in comments.into_iter().enumerate() {
                let name = format!("comment/{id}/{at:06}");
                let answer = comment.public && comment.via != "api";
                let sms = answer
                    .then(|| fates.of_answer(comment.id, &phone))
                    .flatten();
                let make = |(comment, sms): &(TicketComment, Option<String>)| {
                    said(id, comment, sms.as_deref(), ahead)
                };
                let shown = self.comments.json(&name, (comment, sms), ahead, make);
                values.insert(name, shown);
            }
        }
        for (at, held) in desk.held_webhooks().iter().enumerate() {
            let shown = json!({"number": at + 1, "trigger": held.trigger, "ticket": held.ticket_id,
                "payload": serde_json::from_str::<Value>(&held.payload).unwrap_or_default()});
            values.insert(format!("held/{:012}", held.id), shown.to_string());
        }
    }
}

fn head(room: &Room) -> Value {
    let stack = &room.stack;
    let recorder = room.recorder();
    json!({
        "front": stack.front_url(),
        "zendesk": stack.zendesk.base_url(),
        "braze": stack.braze.base_url(),
        "dynamo": stack.dynamo.url(),
        "kept": room.about.kept,
        "faster": room.about.faster,
        "ahead": room.clock.ahead(),
        "idle": stack.is_idle(),
        "trouble": *stack.trouble().borrow(),
        "weather": room.acts.sky.weather(),
        "armed": room.acts.sky.armed(),
        "holds": stack.zendesk.webhooks_are_held(),
        "recorded": recorder.len(),
        "unrecordable": recorder.problem(),
        "playing": room.playing.shown(),
    })
}

fn known_presets() -> Value {
    let shown = presets::ALL.iter().filter_map(|(name, text)| {
        let story = Conversation::parse(text).ok()?;
        Some(json!({"name": name, "title": story.title, "about": story.about}))
    });
    shown.collect()
}

/// What names a customer in steps: the external id, or the number of an anonymous profile.
pub(super) fn name(user: &braze::User) -> &str {
    match user.external_id.as_str() {
        "" => &user.phone,
        id => id,
    }
}

/// Why a send that Braze accepted never reached the phone.
pub(super) fn silence(send: &Send) -> Option<String> {
    if let Some(why) = send.suppressed {
        let word = serde_json::to_value(why).unwrap_or_default();
        let word = word.as_str().unwrap_or_default().replace('_', " ");
        return Some(format!("Braze sent nothing: {word}"));
    }
    let code = send.failed.as_ref()?;
    let words = Failure::of(code).error;
    Some(format!("failed at the carrier: {code} {words}"))
}

/// The first webhook of each text, and how often one came.
fn by_id(texts: Vec<InboundDelivery>) -> BTreeMap<String, (InboundDelivery, usize)> {
    let mut found: BTreeMap<String, (InboundDelivery, usize)> = BTreeMap::new();
    for text in texts {
        let known = found.entry(text.id.clone());
        known.or_insert_with(|| (text, 0)).1 += 1;
    }
    found
}

fn text(first: &InboundDelivery, times: usize, outcome: &Value, ahead: i64) -> Value {
    let customer = match first.external_user_id.as_str() {
        "" => &first.from,
        id => id,
    };
    json!({
        "customer": customer,
        "withheld": first.withheld,
        "at": first.at_ms + ahead,
        "text": first.text,
        "media": first.media,
        "category": first.category,
        "posted": !first.payload.is_empty(),
        "status": first.status,
        "attempts": first.attempts,
        "over": first.over,
        "outcome": outcome,
        "times": times,
    })
}

/// A user of Zendesk, and how steps name them.
fn person(user: &AccountUser) -> Value {
    json!({"id": user.id, "name": user.name, "key": key(user), "suspended": user.suspended})
}

/// A customer's id, else an e-mail address; some users have neither.
fn key(user: &AccountUser) -> Option<&str> {
    let field = user.user_fields.get("braze_external_id");
    let own = field.and_then(Value::as_str).filter(|id| !id.is_empty());
    own.or(user.external_id.as_deref())
        .filter(|id| !is_address(id))
        .or(user.email.as_deref())
}

fn card(ticket: &Ticket, requester: Option<&AccountUser>, ahead: i64) -> Value {
    json!({
        "id": ticket.id,
        "subject": ticket.subject,
        "status": ticket.status,
        "tags": ticket.tags,
        "requester": ticket.requester.name,
        "customer": ticket.requester.external_id,
        "person": requester.and_then(key),
        "suspended": requester.is_some_and(|user| user.suspended),
        "via": ticket.via,
        "follows": ticket.via_followup_source_id,
        "created": ticket.created_at_ms + ahead,
        "updated": ticket.updated_at_ms + ahead,
        "comments": ticket.comments.len(),
    })
}

/// Where a ticket belongs, as far as it is not as every ticket is.
fn routed(desk: &Zendesk, ticket: &Ticket) -> Vec<String> {
    let name = |known: Vec<Named>, id: Option<u64>| {
        let own = known.iter().skip(1).find(|one| Some(one.id) == id);
        own.map(|one| one.name.clone())
    };
    let brand = name(desk.brands(), Some(ticket.brand_id)).map(|name| format!("brand {name}"));
    let group = name(desk.groups(), ticket.group_id).map(|name| format!("group {name}"));
    let priority = ticket
        .priority
        .as_ref()
        .map(|one| format!("priority {one}"));
    [brand, group, priority].into_iter().flatten().collect()
}

fn said(ticket: u64, comment: &TicketComment, sms: Option<&str>, ahead: i64) -> Value {
    let files = comment.attachments.iter().map(|file| {
        json!({"name": file.file_name, "kind": file.content_type, "url": file.content_url,
            "size": file.size})
    });
    json!({
        "ticket": ticket,
        "author": comment.author.name,
        "role": comment.author.role,
        "public": comment.public,
        // What came over the API was written by the bridge, for the customer or in its own name.
        "bridge": comment.via == "api",
        "text": comment.plain_body,
        "sms": sms,
        "files": files.collect::<Vec<_>>(),
        "at": comment.created_at_ms + ahead,
    })
}

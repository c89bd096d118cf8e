//! What takes this stack's objects out of Zendesk: all of them, or those that are there twice.
//!
//! In: wanted, found. Out: changes in the order they are made, and what stays with the reason. Pure.

use serde_json::Value;

use super::found::{Found, id};
use super::mail;
use super::notices::{Notice, posts_to};
use super::plan::{Change, Part, Plan, fields_id, gone, text};
use super::wanted::{Owner, ROUTES, Wanted};

/// Triggers go before the webhooks they post to. The user field stays, because it holds what is known of customers.
pub(crate) fn removal(wanted: &Wanted, found: &Found) -> Plan {
    let owner = &wanted.owner;
    let own = |objects: &[Value], part: Part, title: &str| -> Vec<Change> {
        let own = objects.iter().filter(|object| owner.owns_any(object));
        own.map(|object| gone(part, text(object, title), object))
            .collect()
    };
    let mut changes = own(&found.triggers, Part::Trigger(0), "title");
    changes.extend(own(
        found.macros.as_deref().unwrap_or_default(),
        Part::Macro,
        "title",
    ));
    let webhooks = own(&found.webhooks, Part::Webhook(0), "name");
    let (kept, webhooks): (Vec<Change>, Vec<Change>) = webhooks
        .into_iter()
        .partition(|change| other_user(wanted, found, change).is_some());
    changes.extend(webhooks);
    let mut notices: Vec<Notice> = kept
        .iter()
        .filter_map(|change| {
            let trigger = other_user(wanted, found, change)?;
            Some(Notice::harmless(format!(
                "The webhook {} stays: another trigger, \"{trigger}\", posts to it. Change or \
                 remove that trigger in Admin Center > Objects and rules > Triggers, then run this \
                 again.",
                change.name
            )))
        })
        .collect();
    if let Some(category) = found.category(&wanted.category) {
        let id = id(category);
        let mut others = found.triggers.iter().filter(|trigger| {
            let inside = id.is_some() && fields_id(&trigger["category_id"]) == id;
            inside && !owner.owns_any(trigger)
        });
        match others.next() {
            None => changes.push(gone(Part::Category, wanted.category.clone(), category)),
            Some(trigger) => notices.push(Notice::harmless(format!(
                "The category {} stays: the trigger \"{}\" is in it.",
                wanted.category,
                text(trigger, "title")
            ))),
        }
    }
    if changes.is_empty() {
        notices.extend(of_others(wanted, found));
    }
    notices.extend(stays(wanted, found));
    Plan {
        changes,
        notices,
        ..Plan::default()
    }
}

/// What is left besides, and what could not be looked at.
fn stays(wanted: &Wanted, found: &Found) -> Vec<Notice> {
    let mut notices: Vec<Notice> = mail::left(wanted, found).into_iter().collect();
    if found.macros.is_none() {
        notices.push(Notice::harmless(
            "Macros were not checked, because the OAuth client may not read them. If there is one of this stack, \
             remove it in Admin Center > Workspaces > Macros."
                .to_owned(),
        ));
    }
    let key = text(&wanted.user_field, "key");
    notices.push(Notice::harmless(format!(
        "The user field {key} stays, because it holds each customer's Braze id. If you no longer \
         need it, remove it in Admin Center > People > User fields."
    )));
    notices
}

/// Whose objects there are, where none is this stack's.
fn of_others(wanted: &Wanted, found: &Found) -> Option<Notice> {
    let others = Owner::all_of(found.triggers.iter().chain(&found.webhooks));
    (!others.is_empty()).then(|| {
        let others: Vec<String> = others.into_iter().collect();
        Notice::harmless(format!(
            "Nothing here was made for the stack {}. There are objects of (account/region/stack): {}.",
            wanted.owner.stack,
            others.join(", ")
        ))
    })
}

/// A second object of the same mark, made when the answer to the first try was lost; everything
/// would be posted twice.
pub(super) fn surplus(wanted: &Wanted, found: &Found) -> Vec<Change> {
    let mut changes = Vec::new();
    for (at, trigger) in wanted.triggers.iter().enumerate() {
        let more = found.own_triggers(&wanted.owner, trigger.part()).skip(1);
        changes.extend(more.map(|one| gone(Part::Trigger(at), text(one, "title"), one)));
    }
    let more = found.own_macros(&wanted.owner).skip(1);
    changes.extend(more.map(|one| gone(Part::Macro, text(one, "title"), one)));
    for (at, (route, _, _)) in ROUTES.iter().enumerate() {
        let more = found.own_webhooks(&wanted.owner, route).skip(1);
        let more = more.map(|one| gone(Part::Webhook(at), text(one, "name"), one));
        changes.extend(more.filter(|one| other_user(wanted, found, one).is_none()));
    }
    changes
}

/// Another trigger that posts to a webhook, which Zendesk therefore does not remove.
fn other_user(wanted: &Wanted, found: &Found, webhook: &Change) -> Option<String> {
    let id = webhook.id.as_deref()?;
    let mut others = found.triggers.iter();
    let posts = others.find(|trigger| !wanted.owner.owns_any(trigger) && posts_to(trigger, id));
    posts.map(|trigger| text(trigger, "title"))
}

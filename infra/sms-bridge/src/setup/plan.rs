//! What has to change so that Zendesk holds what the bridge wants.
//!
//! In: wanted, found, the secret as it is. Out: changes in the order they are made, and what a
//! person should know of others' objects. Pure; only objects with this stack's mark are changed.

use serde_json::{Map, Value};

use super::by_hand::{ByHand, by_hand};
use super::fields::{self, Difference, differences};
use super::found::{Found, id};
use super::mail;
use super::notices::{self, Notice};
use super::removal::surplus;
use super::wanted::{EVENTS, ROUTES, Trigger, Wanted};

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Nothing.
    Keep,
    /// It is made.
    Create,
    /// It is put right.
    Update,
    /// It goes.
    Remove,
}

/// Which object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The user field.
    UserField,
    /// A webhook of [`ROUTES`].
    Webhook(usize),
    /// The secret's key for a route.
    Secret(usize),
    /// The triggers' category.
    Category,
    /// A trigger.
    Trigger(usize),
    /// The macro by which an agent starts a conversation.
    Macro,
    /// Somebody else's trigger that mails the requester.
    Mail,
}

/// One object and what happens to it.
#[derive(Debug)]
pub(crate) struct Change {
    /// What happens.
    pub(crate) act: Act,
    /// To which.
    pub(crate) part: Part,
    /// Its name for people.
    pub(crate) name: String,
    /// Its id, where it is there.
    pub(crate) id: Option<String>,
    /// Field by field.
    pub(crate) fields: Vec<Difference>,
    /// A trigger's body as it should be; of somebody else's trigger what is sent, as JSON.
    pub(crate) body: String,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Plan {
    /// In the order they are made.
    pub(crate) changes: Vec<Change>,
    /// What a person should know.
    pub(crate) notices: Vec<Notice>,
    /// Others' webhooks to this stack's URLs.
    pub(crate) by_hand: Vec<ByHand>,
}

impl Plan {
    /// Leaves out what Zendesk does not let this account have.
    pub(crate) fn without_events(&mut self) {
        let events = |part| matches!(part, Part::Webhook(EVENTS) | Part::Secret(EVENTS));
        self.changes.retain(|change| !events(change.part));
    }

    /// Leaves out one object that Zendesk does not let be changed.
    pub(crate) fn without(&mut self, part: Part, id: Option<&str>) {
        self.changes
            .retain(|change| change.part != part || change.id.as_deref() != id);
    }

    /// Whether there is anything to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.iter().all(|change| change.act == Act::Keep)
    }

    /// What is left to do, without what stays.
    pub(crate) fn to_do(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|change| change.act != Act::Keep)
    }
}

impl Part {
    /// The kind of object, in words.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::UserField => "user field",
            Self::Webhook(_) => "webhook",
            Self::Secret(_) => "secret",
            Self::Category => "category",
            Self::Trigger(_) | Self::Mail => "trigger",
            Self::Macro => "macro",
        }
    }
}

/// What brings Zendesk and the secret to what is wanted. A webhook's secret is stored before the
/// first trigger posts to it.
pub(crate) fn plan(wanted: &Wanted, found: &Found, secret: &Map<String, Value>) -> Plan {
    let mut changes = vec![user_field(wanted, found)];
    for route in wanted.routes() {
        let own = found.own_webhooks(&wanted.owner, ROUTES[route].0).next();
        let body = &wanted.webhooks[route];
        let fields = differences(own.map(fields::webhook), Some(fields::webhook(body)));
        let name = text(body, "name");
        changes.push(change(Part::Webhook(route), name, own, fields));
    }
    changes.extend(wanted.routes().map(|route| stored(route, found, secret)));
    let category = found.category(&wanted.category);
    let fields = differences(
        category.map(category_fields),
        Some(vec![("name", wanted.category.clone())]),
    );
    changes.push(change(
        Part::Category,
        wanted.category.clone(),
        category,
        fields,
    ));
    for (at, trigger) in wanted.triggers.iter().enumerate() {
        let is_there = || {
            let mut own = found.own_triggers(&wanted.owner, trigger.part());
            own.next().is_some()
        };
        if !trigger.is_optional() || wanted.auto_reply || is_there() {
            changes.push(trigger_change(wanted, found, at, trigger));
        }
    }
    changes.extend(starting(wanted, found));
    if wanted.excludes_mail {
        changes.extend(mail::changes(wanted, found));
    }
    changes.extend(surplus(wanted, found));
    let by_hand = by_hand(wanted, found, secret);
    Plan {
        changes,
        notices: notices::of(wanted, found, &by_hand),
        by_hand,
    }
}

/// The macro, where it is asked for or there already.
fn starting(wanted: &Wanted, found: &Found) -> Option<Change> {
    let ours = wanted.starts.as_ref()?;
    let own = found.own_macros(&wanted.owner).next();
    if own.is_none() && !wanted.with_macro {
        return None;
    }
    let fields = differences(own.map(fields::of_macro), Some(fields::of_macro(ours)));
    Some(change(Part::Macro, text(ours, "title"), own, fields))
}

/// A field of another kind or one that is switched off is somebody's own: told, not changed.
fn user_field(wanted: &Wanted, found: &Found) -> Change {
    let key = text(&wanted.user_field, "key");
    let mut fields = found.user_fields.iter();
    let own = fields.find(|field| field["key"] == key.as_str());
    let fields = match own {
        Some(_) => Vec::new(),
        None => differences(None, Some(fields::user_field(&wanted.user_field))),
    };
    change(Part::UserField, key, own, fields)
}

fn stored(route: usize, found: &Found, secret: &Map<String, Value>) -> Change {
    let key = ROUTES[route].2;
    let kept = secret.get(key).and_then(Value::as_str).map(str::trim);
    let kept = kept.filter(|kept| !kept.is_empty());
    let signs = found.signing.get(route).and_then(Option::as_deref);
    let differs = signs.is_none() || signs != kept;
    let value = |what: &str| Some(what.to_owned());
    let fields = if differs {
        vec![Difference {
            field: "value",
            was: kept.and(value("another value, kept as _previous")),
            is: value("the webhook's signing secret"),
        }]
    } else {
        Vec::new()
    };
    Change {
        act: match (differs, kept) {
            (false, _) => Act::Keep,
            (true, None) => Act::Create,
            (true, Some(_)) => Act::Update,
        },
        part: Part::Secret(route),
        name: key.to_owned(),
        id: None,
        fields,
        body: String::new(),
    }
}

fn trigger_change(wanted: &Wanted, found: &Found, at: usize, trigger: &Trigger) -> Change {
    let own = found.own_triggers(&wanted.owner, trigger.part()).next();
    let (route, _, _) = ROUTES[trigger.route()];
    let webhook = found.own_webhooks(&wanted.owner, route).next().and_then(id);
    let category = found.category(&wanted.category).and_then(id);
    let posted = trigger.body(&own.map(fields::posted).unwrap_or_default());
    let body = wanted.trigger(trigger, &posted, NEW_WEBHOOK, NEW_CATEGORY);
    let names = |value: &Value| {
        let shown = fields_id(value);
        let is = |known: &Option<String>, new: &str| {
            shown.as_deref() == Some(new) || (shown.is_some() && shown == *known)
        };
        match &shown {
            Some(_) if is(&webhook, NEW_WEBHOOK) => text(&wanted.webhooks[trigger.route()], "name"),
            Some(_) if is(&category, NEW_CATEGORY) => wanted.category.clone(),
            Some(other) => other.clone(),
            None => String::new(),
        }
    };
    let is = fields::trigger(&body, names);
    let fields = differences(own.map(|own| fields::trigger(own, names)), Some(is));
    Change {
        body: posted,
        ..change(Part::Trigger(at), text(&body, "title"), own, fields)
    }
}

/// Stand for ids that are not known yet.
const NEW_WEBHOOK: &str = "the new webhook";
const NEW_CATEGORY: &str = "the new category";

fn change(part: Part, name: String, own: Option<&Value>, fields: Vec<Difference>) -> Change {
    Change {
        act: match (own, fields.is_empty()) {
            (None, _) => Act::Create,
            (Some(_), true) => Act::Keep,
            (Some(_), false) => Act::Update,
        },
        part,
        name,
        id: own.and_then(id),
        fields,
        body: String::new(),
    }
}

/// An object that goes.
pub(super) fn gone(part: Part, name: String, object: &Value) -> Change {
    Change {
        act: Act::Remove,
        part,
        name,
        id: id(object),
        fields: Vec::new(),
        body: String::new(),
    }
}

fn category_fields(category: &Value) -> fields::Fields {
    vec![("name", text(category, "name"))]
}

/// An id as a text; the API writes some as numbers.
pub(super) fn fields_id(value: &Value) -> Option<String> {
    id(&serde_json::json!({"id": value}))
}

/// A text of an object.
pub(crate) fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

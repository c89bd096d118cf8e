//! What the bridge wants to have in Zendesk, and how it knows its own again.
//!
//! In: the stack's name, place and URLs; the definitions in `infra/zendesk`. Out: bodies to send
//! and the marks by which an object is this stack's. Pure.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::found::Found;
use super::{body, brands};
use crate::Failure;
use crate::account::Deployed;

/// Definition of the user field.
const USER_FIELD: &str = include_str!("../../../zendesk/user-field.json");
/// Definition of the triggers.
const TRIGGERS: &str = include_str!("../../../zendesk/triggers.json");
/// What the triggers post, by name, and which members of it a person may add (docs/files.md says which).
pub(crate) const BODIES: [(&str, &str, &[&str]); 3] = [
    (
        "reply",
        include_str!("../../../zendesk/reply.json"),
        &["attachments", "campaign_id"],
    ),
    (
        "solved",
        include_str!("../../../zendesk/solved.json"),
        &["campaign_id", "message", "tags"],
    ),
    ("resend", include_str!("../../../zendesk/resend.json"), &[]),
];

/// A route that Zendesk posts to: its name, the stack's output, the secret's key. Each webhook has
/// a signing secret of its own, and each route one live secret: one webhook for each route.
pub(crate) const ROUTES: [(&str, &str, &str); 3] = [
    ("reply", "ZendeskReplyUrl", "zendesk_reply_signing_secret"),
    (
        "solved",
        "ZendeskSolvedUrl",
        "zendesk_solved_signing_secret",
    ),
    (
        "events",
        "ZendeskEventsUrl",
        "zendesk_events_signing_secret",
    ),
];

/// The one of [`ROUTES`] that no trigger posts to, but Zendesk's event types: the bridge works without it, and not
/// every account has them.
pub(crate) const EVENTS: usize = 2;

/// The event types.
const EVENT_TYPES: &str = include_str!("../../../zendesk/events.json");

/// What the trigger of the automatic first answer posts, beside what it says.
const FIRST_ANSWER: &str = include_str!("../../../zendesk/first-answer.json");
/// Its name.
const FIRST: &str = "first answer";
/// What it says until other words are written into it; and not again within a day.
const SAYS: &str =
    r#","say":"Thank you for your message. We read it and answer here.","once_hours":24}"#;

/// The macro's part of the mark.
pub(crate) const MACRO: &str = "macro start";

/// How every mark begins.
const MARK: &str = "[braze-zendesk-bridge ";

/// The tag where nothing else is set.
const USUAL_TAG: &str = "braze_sms";

/// Whose objects they are.
#[derive(Clone)]
pub(crate) struct Owner {
    /// The stack's name.
    pub(crate) stack: String,
    /// AWS account and region.
    place: String,
}

/// Everything Zendesk should hold.
pub(crate) struct Wanted {
    /// Whose it is.
    pub(crate) owner: Owner,
    /// The user field.
    pub(crate) user_field: Value,
    /// The webhooks, as [`ROUTES`]; null for [`EVENTS`] where the stack has no URL for them yet.
    pub(crate) webhooks: Vec<Value>,
    /// The triggers' category.
    pub(crate) category: String,
    /// The tag of tickets that are texted about; `None`: all of them are.
    pub(crate) tag: Option<String>,
    /// The tag of tickets that a text opened, also where all are texted about.
    pub(crate) first_tag: Option<String>,
    /// The macro by which an agent starts a conversation; `None`: every ticket is texted about, so none is needed.
    pub(crate) starts: Option<Value>,
    /// This macro is asked for; else it is kept where it is there.
    pub(crate) with_macro: bool,
    /// Others' triggers that mail the requester are to leave tickets with the tag alone.
    pub(crate) excludes_mail: bool,
    /// The triggers.
    pub(crate) triggers: Vec<Trigger>,
    /// Ids of the brands whose tickets are texted about; empty: of all.
    pub(crate) brands: Vec<String>,
    /// The automatic first answer is asked for; else it is kept where it is there.
    pub(crate) auto_reply: bool,
}

/// A trigger, without the ids that are known only once its webhook and category are there.
#[derive(Deserialize)]
pub(crate) struct Trigger {
    /// What it is about; part of the mark.
    pub(crate) name: String,
    /// The route it posts to.
    webhook: String,
    body: String,
    all: Vec<Value>,
    actions: Vec<Value>,
}

impl Owner {
    /// The owner that a deployed stack is. The secret's ARN tells the account and the region, so
    /// that two stacks of one name do not take each other's objects for their own.
    pub(crate) fn of(stack: &Deployed) -> Result<Self, Failure> {
        let arn = stack.output("SecretArn")?;
        Ok(Self::named(stack.name.clone(), arn))
    }

    /// The owner of this name that the secret was of.
    fn named(stack: String, arn: &str) -> Self {
        let mut parts = arn.split(':').skip(3);
        let (region, account) = (parts.next(), parts.next());
        let place = format!("{}/{}", account.unwrap_or("-"), region.unwrap_or("-"));
        Self { stack, place }
    }

    /// Every stack that has a mark on one of these, as the mark writes it.
    pub(crate) fn all_of<'o>(objects: impl Iterator<Item = &'o Value>) -> BTreeSet<String> {
        let marks = objects.filter_map(|object| {
            let (_, mark) = object["description"].as_str()?.split_once(MARK)?;
            mark.split([' ', ']']).next()
        });
        marks.map(str::to_owned).collect()
    }

    /// The mark of one object, in its description.
    pub(crate) fn mark(&self, part: &str) -> String {
        format!("{MARK}{}/{} {part}]", self.place, self.stack)
    }

    /// Whether an object carries this mark.
    pub(crate) fn owns(&self, object: &Value, part: &str) -> bool {
        let description = object["description"].as_str().unwrap_or_default();
        description.contains(&self.mark(part))
    }

    /// Whether an object carries any mark of this owner.
    pub(crate) fn owns_any(&self, object: &Value) -> bool {
        let (description, mark) = (object["description"].as_str(), self.mark(""));
        description.is_some_and(|text| text.contains(mark.trim_end_matches(']')))
    }

    fn title(&self, name: &str) -> String {
        format!("{}: {name}", self.category())
    }

    fn category(&self) -> String {
        format!("SMS bridge ({})", self.stack)
    }

    fn description(&self, part: &str) -> String {
        let mark = self.mark(part);
        format!("Kept as it is by \"sms-bridge setup zendesk\". {mark}")
    }
}

impl Wanted {
    /// What this stack wants.
    pub(crate) fn of(stack: &Deployed) -> Result<Self, Failure> {
        let owner = Owner::of(stack)?;
        let broken = |error: serde_json::Error| Failure::Broken(error.to_string());
        let mut webhooks = Vec::new();
        for (at, (route, output, _)) in ROUTES.into_iter().enumerate() {
            let (endpoint, subscriptions) = match (at, stack.output(output)) {
                (EVENTS, Err(_)) => {
                    webhooks.push(Value::Null);
                    continue;
                }
                (EVENTS, Ok(url)) => (url, serde_json::from_str(EVENT_TYPES).map_err(broken)?),
                (_, url) => (url?, json!(["conditional_ticket_events"])),
            };
            webhooks.push(json!({
                "name": owner.title(route),
                "description": owner.description(&webhook_part(route)),
                "endpoint": endpoint,
                "http_method": "POST",
                "request_format": "json",
                "status": "active",
                "subscriptions": subscriptions,
            }));
        }
        let tag = tag(stack);
        let mut triggers = triggers(tag.as_deref()).map_err(broken)?;
        triggers.push(first_answer(first_tag(stack).as_deref()));
        Ok(Self {
            category: owner.category(),
            user_field: serde_json::from_str(USER_FIELD).map_err(broken)?,
            triggers,
            brands: Vec::new(),
            auto_reply: false,
            starts: tag.as_deref().map(|tag| starts(&owner, tag)),
            with_macro: false,
            excludes_mail: false,
            first_tag: first_tag(stack),
            tag,
            owner,
            webhooks,
        })
    }

    /// What a stack wants that is gone: nothing. Its objects are known by their marks.
    pub(crate) fn of_gone(stack: String, arn: &str) -> Result<Self, Failure> {
        let owner = Owner::named(stack, arn);
        let broken = |error: serde_json::Error| Failure::Broken(error.to_string());
        Ok(Self {
            category: owner.category(),
            user_field: serde_json::from_str(USER_FIELD).map_err(broken)?,
            webhooks: vec![Value::Null; ROUTES.len()],
            triggers: Vec::new(),
            brands: Vec::new(),
            auto_reply: false,
            starts: None,
            with_macro: false,
            excludes_mail: false,
            first_tag: Some(USUAL_TAG.to_owned()),
            tag: None,
            owner,
        })
    }

    /// Conditions that the desk added to the automatic first answer, such as its own hours, stay.
    pub(crate) fn keep_conditions(&mut self, found: &Found) {
        for trigger in &mut self.triggers {
            if !trigger.is_optional() {
                continue;
            }
            let own = found.own_triggers(&self.owner, trigger.part()).next();
            let all = own.and_then(|own| own["conditions"]["all"].as_array());
            let field = |condition: &Value| condition["field"].clone();
            let ours: Vec<Value> = trigger.all.iter().map(field).collect();
            let added = all.into_iter().flatten();
            let added = added.filter(|one| !ours.contains(&field(one)));
            trigger.all.extend(added.cloned());
        }
    }

    /// Which of [`ROUTES`] a webhook posts to, by hand or by the tool.
    pub(crate) fn route(&self, webhook: &Value) -> Option<usize> {
        let mut ours = self.webhooks.iter();
        ours.position(|ours| !ours.is_null() && ours["endpoint"] == webhook["endpoint"])
    }

    /// Those of [`ROUTES`] that the stack has.
    pub(crate) fn routes(&self) -> impl Iterator<Item = usize> {
        (0..ROUTES.len()).filter(|at| !self.webhooks[*at].is_null())
    }

    /// A trigger as it is sent, with its body and the ids of its webhook and category.
    pub(crate) fn trigger(
        &self,
        trigger: &Trigger,
        body: &str,
        webhook: &str,
        category: &str,
    ) -> Value {
        let mut actions = vec![json!({"field": "notification_webhook", "value": [webhook, body]})];
        actions.extend(trigger.actions.iter().cloned());
        json!({
            "title": self.owner.title(&trigger.name),
            "description": self.owner.description(&trigger.part()),
            "active": true,
            "category_id": category,
            "conditions": {"all": trigger.all, "any": brands::any_of(&self.brands)},
            "actions": actions,
        })
    }
}

/// The macro that adds the tag: what the agent answers on the ticket from then on is texted.
fn starts(owner: &Owner, tag: &str) -> Value {
    json!({
        "title": owner.title("text this customer"),
        "description": owner.description(MACRO),
        "active": true,
        "actions": [{"field": "current_tags", "value": tag}],
    })
}

/// The tag of tickets that are texted about: the first of `TicketTags`, unless all of them are.
fn tag(stack: &Deployed) -> Option<String> {
    if stack.parameter("TextTickets") == Some("any") {
        return None;
    }
    first_tag(stack)
}

/// The tag of tickets that a text opened.
fn first_tag(stack: &Deployed) -> Option<String> {
    let tags = stack.parameter("TicketTags").unwrap_or(USUAL_TAG);
    let mut tags = tags.split(',').map(str::trim);
    tags.find(|tag| !tag.is_empty()).map(str::to_owned)
}

/// The triggers, for tickets with this tag.
fn triggers(tag: Option<&str>) -> serde_json::Result<Vec<Trigger>> {
    let mut triggers: Vec<Trigger> = serde_json::from_str(TRIGGERS)?;
    if let Some(tag) = tag {
        for trigger in &mut triggers {
            trigger.all.insert(0, only(tag));
        }
    }
    Ok(triggers)
}

/// The trigger of the automatic first answer: for tickets that a text opened, not those of agents and e-mail.
/// Channel 5 is the API.
fn first_answer(tag: Option<&str>) -> Trigger {
    let mut all: Vec<Value> = tag.map(only).into_iter().collect();
    all.extend([
        json!({"field": "update_type", "operator": "is", "value": "Create"}),
        json!({"field": "via_id", "operator": "is", "value": "5"}),
    ]);
    Trigger {
        name: FIRST.to_owned(),
        webhook: "reply".to_owned(),
        body: FIRST.to_owned(),
        all,
        actions: Vec::new(),
    }
}

/// The trigger of the automatic first answer, as far as it is its own.
pub(crate) struct FirstAnswer {
    /// Its conditions.
    pub(crate) all: Vec<Value>,
    /// What it posts.
    pub(crate) body: String,
}

/// The same for tickets with this tag, with these words or the usual ones.
pub(crate) fn first_answer_for(tag: &str, say: Option<&str>) -> FirstAnswer {
    let trigger = first_answer(Some(tag));
    let mut body = trigger.body("");
    if let (Some(say), Ok(mut object)) = (say, serde_json::from_str::<Value>(&body)) {
        object["say"] = Value::from(say);
        body = object.to_string();
    }
    FirstAnswer {
        all: trigger.all,
        body,
    }
}

/// The condition that a ticket carries the tag.
pub(super) fn only(tag: &str) -> Value {
    json!({"field": "current_tags", "operator": "includes", "value": tag})
}

impl Trigger {
    /// Which of [`ROUTES`] it posts to.
    pub(crate) fn route(&self) -> usize {
        let route = ROUTES.iter().position(|route| route.0 == self.webhook);
        route.unwrap_or_default()
    }

    /// It is there only where it was asked for.
    pub(crate) fn is_optional(&self) -> bool {
        self.name == FIRST
    }

    /// The body it should have where it has this one.
    pub(crate) fn body(&self, own: &str) -> String {
        if self.body == FIRST {
            let may = ["campaign_id", "once_hours", "say"];
            let body = body::wanted(own, FIRST_ANSWER, &may);
            return match body::member(&body, "say") {
                Some(_) => body,
                None => format!("{}{SAYS}", FIRST_ANSWER.trim_end().trim_end_matches('}')),
            };
        }
        let known = BODIES.iter().find(|(name, ..)| *name == self.body);
        known.map_or_else(String::new, |(_, ours, may)| body::wanted(own, ours, may))
    }

    /// Its part of the mark.
    pub(crate) fn part(&self) -> String {
        format!("trigger {}", self.name)
    }
}

/// A webhook's part of the mark.
pub(crate) fn webhook_part(route: &str) -> String {
    format!("webhook {route}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(place: &str, stack: &str) -> Owner {
        Owner {
            stack: stack.to_owned(),
            place: place.to_owned(),
        }
    }

    #[test]
    fn a_mark_is_of_one_stack_in_one_account_and_region() {
        let ours = owner("1/eu-west-1", "bridge");
        let object =
            json!({"description": format!("edited. {} by hand", ours.mark("webhook reply"))});
        assert!(ours.owns(&object, "webhook reply") && ours.owns_any(&object));
        assert!(!ours.owns(&object, "webhook solved"));
        for other in [
            owner("1/eu-west-1", "bridge-2"),
            owner("1/eu-west-1", "bri"),
            owner("2/eu-west-1", "bridge"),
            owner("1/us-east-1", "bridge"),
        ] {
            assert!(!other.owns(&object, "webhook reply") && !other.owns_any(&object));
        }
        assert!(!ours.owns_any(&json!({"description": null})));
    }

    #[test]
    fn every_definition_names_a_route_and_a_body() {
        let triggers: Vec<Trigger> = serde_json::from_str(TRIGGERS).unwrap();
        assert_eq!(triggers.len(), 3);
        for trigger in triggers {
            assert!(ROUTES.iter().any(|route| route.0 == trigger.webhook));
            assert!(BODIES.iter().any(|body| body.0 == trigger.body));
        }
        for (_, body, _) in BODIES {
            serde_json::from_str::<Value>(body).unwrap();
        }
    }

    #[test]
    fn the_event_types_are_those_that_the_functions_follow() {
        let types: Vec<String> = serde_json::from_str(EVENT_TYPES).unwrap();
        assert_eq!(types, shared::message::FOLLOWED);
        assert_eq!(ROUTES[EVENTS].0, "events");
    }

    #[test]
    fn the_page_on_setting_up_by_hand_prints_the_bodies_as_they_are_set_up() {
        let page = include_str!("../../../../docs/setup-by-hand.md");
        let lines = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let page = lines(page);
        let inbound = include_str!("../../../braze/inbound.liquid");
        for body in BODIES.map(|body| body.1).iter().chain(&[inbound]) {
            assert!(
                page.contains(&lines(body)),
                "docs/setup-by-hand.md lacks\n{body}"
            );
        }
    }
}

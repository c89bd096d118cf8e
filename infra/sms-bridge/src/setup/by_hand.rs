//! Webhooks to this stack's URLs that were made by hand, as docs/setup-by-hand.md describes.
//!
//! In: wanted, found, the secret as it is. Out: which routes they serve, and what a person should
//! know of them. Pure.

use serde_json::{Map, Value};

use super::body::member;
use super::fields::posted;
use super::found::{Found, id};
use super::merge::{get, previous};
use super::notices::{Notice, posts_to};
use super::plan::{Change, Part, text};
use super::wanted::{EVENTS, ROUTES, Wanted, only};

/// A webhook by hand that an active trigger posts to.
pub(crate) struct ByHand {
    /// Which of [`ROUTES`] it posts to.
    pub(crate) route: usize,
    /// As the API shows it.
    pub(crate) webhook: Value,
    /// The trigger's title.
    trigger: String,
    /// The trigger names the comment, so that the bridge knows the same answer again.
    named: bool,
    /// What its body leaves out, so that the ticket is looked up for each of its events.
    lacks: Vec<&'static str>,
    /// The tag of tickets that are texted about, where the trigger runs for others too.
    untagged: Option<String>,
    /// Its signing secret is in the stack's secret.
    accepted: bool,
}

/// All of them.
pub(crate) fn by_hand(wanted: &Wanted, found: &Found, secret: &Map<String, Value>) -> Vec<ByHand> {
    let mut all = Vec::new();
    let others = found.webhooks.iter();
    for webhook in others.filter(|one| !wanted.owner.owns_any(one) && one["status"] != "inactive") {
        let (Some(route), Some(id)) = (wanted.route(webhook), id(webhook)) else {
            continue;
        };
        let mut triggers = found.triggers.iter().filter(|one| one["active"] != false);
        let Some(trigger) = triggers.find(|trigger| posts_to(trigger, &id)) else {
            continue;
        };
        let key = ROUTES[route].2;
        let signs = found.others.get(&id).map(String::as_str);
        let kept = [get(secret, key), get(secret, &previous(key))];
        let body = posted(trigger);
        let lacks = ["requester_id", "tags"].into_iter();
        let conditions = trigger["conditions"]["all"].as_array();
        let is_limited =
            |tag: &&String| conditions.is_some_and(|all| all.iter().any(|one| is_only(one, tag)));
        all.push(ByHand {
            route,
            lacks: lacks.filter(|name| member(&body, name).is_none()).collect(),
            untagged: wanted.tag.as_ref().filter(|tag| !is_limited(tag)).cloned(),
            webhook: webhook.clone(),
            trigger: text(trigger, "title"),
            named: member(&posted(trigger), "comment_id").is_some(),
            accepted: signs.is_some() && kept.contains(&signs),
        });
    }
    all
}

/// The routes that work by hand alone.
pub(crate) fn served(wanted: &Wanted, found: &Found, by_hand: &[ByHand]) -> Vec<usize> {
    let accepted = by_hand.iter().filter(|one| one.accepted);
    let alone = accepted.filter(|one| one.is_alone(wanted, found));
    alone.map(|one| one.route).collect()
}

/// Whether a change makes something that a route does without which works by hand.
pub(crate) fn spares(served: &[usize], wanted: &Wanted, change: &Change) -> bool {
    match change.part {
        Part::UserField | Part::Macro | Part::Mail => false,
        Part::Webhook(route) | Part::Secret(route) => served.contains(&route),
        Part::Trigger(at) => served.contains(&wanted.triggers[at].route()),
        Part::Category => (0..EVENTS).all(|route| served.contains(&route)),
    }
}

/// The condition that the ticket carries this tag, as a person may have written it.
fn is_only(condition: &Value, tag: &str) -> bool {
    let ours = only(tag);
    let is = |name: &str| condition[name] == ours[name];
    let mut tags = condition["value"].as_str().unwrap_or_default().split(' ');
    is("field") && is("operator") && tags.any(|named| named == tag)
}

impl ByHand {
    /// What its trigger costs as it stands.
    fn costs(&self) -> String {
        let mut costs = String::new();
        if let Some(tag) = &self.untagged {
            costs.push_str(&format!(
                " The trigger also runs for tickets without the tag {tag}, which are not texted about: add the \
                 condition \"Tags contain {tag}\"."
            ));
        }
        if !self.lacks.is_empty() {
            costs.push_str(&format!(
                " Its body does not name {}, so the ticket is looked up for each event: \
                 docs/setup-by-hand.md shows the body.",
                self.lacks.join(" and ")
            ));
        }
        costs
    }

    fn is_alone(&self, wanted: &Wanted, found: &Found) -> bool {
        let (route, ..) = ROUTES[self.route];
        found.own_webhooks(&wanted.owner, route).next().is_none()
    }

    /// What a person should know of it.
    pub(crate) fn notice(&self, wanted: &Wanted, found: &Found) -> Notice {
        let (name, trigger) = (text(&self.webhook, "name"), &self.trigger);
        let (route, _, key) = ROUTES[self.route];
        let made = format!(
            "The webhook \"{name}\" was not made by this tool and posts to this stack's URL, for the \
             trigger \"{trigger}\"."
        );
        if !self.accepted {
            return Notice::harmful(format!(
                "{made} Its signing secret is not in the stack's secret, so it is refused with 401. \
                 Remove both in Admin Center, or put its signing secret into {key}."
            ));
        }
        let accepted =
            format!("{made} Its signing secret is in the stack's secret, so it is accepted");
        if self.is_alone(wanted, found) {
            return Notice::harmless(format!(
                "{accepted}: the route {route} is set up by hand. Its trigger's conditions and body \
                 are not compared; `sms-bridge setup zendesk` would make its own beside it.{}",
                self.costs()
            ));
        }
        // Without the comment's id, the same answer by two webhooks is two answers.
        if route == "reply" && !self.named {
            return Notice::harmful(format!(
                "{accepted} beside this stack's own, and its body names no comment_id: customers \
                 would get each answer twice. Switch the trigger off in Admin Center > Objects and \
                 rules > Triggers."
            ));
        }
        Notice::harmless(format!(
            "{accepted} beside this stack's own. What both report is processed once."
        ))
    }
}

//! Others' triggers that mail the requester: of a ticket that is texted about, the customer would get the same answer
//! twice. Zendesk makes such triggers itself in every new account ("Notify requester of comment update").
//!
//! In: wanted and found. Out: which they are, what a person should know, what would be sent to change them. Pure.

use serde_json::{Value, json};

use super::fields::{self, Difference};
use super::found::{Found, id};
use super::notices::Notice;
use super::plan::{Act, Change, Part, text};
use super::wanted::Wanted;

/// To whom a mail goes that the requester gets as well (reference, "Actions reference": `notification_user`).
const TO_REQUESTER: [&str; 2] = ["requester_id", "requester_and_ccs"];

/// The active ones that run for tickets with the tag.
fn mailing<'f>(wanted: &'f Wanted, found: &'f Found) -> impl Iterator<Item = &'f Value> {
    let tag = wanted.first_tag.as_deref();
    others(wanted, found).filter(move |one| tag.is_some_and(|tag| !excludes(one, tag)))
}

fn others<'f>(wanted: &'f Wanted, found: &'f Found) -> impl Iterator<Item = &'f Value> {
    let active = found.triggers.iter().filter(|one| one["active"] != false);
    active.filter(|one| !wanted.owner.owns_any(one) && mails(one))
}

fn mails(trigger: &Value) -> bool {
    let actions = trigger["actions"].as_array();
    actions.into_iter().flatten().any(|action| {
        let to = action["value"][0].as_str().or(action["value"].as_str());
        action["field"] == "notification_user" && to.is_some_and(|to| TO_REQUESTER.contains(&to))
    })
}

/// Whether its conditions leave tickets with the tag out: one that has to hold, or each of those of which one has to.
fn excludes(trigger: &Value, tag: &str) -> bool {
    let list = |name: &str| trigger["conditions"][name].as_array();
    let all = list("all").into_iter().flatten();
    let any = list("any").into_iter().flatten();
    let leaves_out = |condition: &Value| {
        let tags = condition["value"].as_str().unwrap_or_default();
        condition["field"] == "current_tags"
            && condition["operator"] == "not_includes"
            && tags.split([' ', ',']).any(|one| one == tag)
    };
    all.clone().any(leaves_out) || (any.clone().next().is_some() && any.clone().all(leaves_out))
}

fn condition(tag: &str) -> Value {
    json!({"field": "current_tags", "operator": "not_includes", "value": tag})
}

/// What would exclude the tag. Zendesk replaces a list of conditions or actions as a whole (reference, "Update
/// Trigger"), so both are sent as they are, with one condition more.
pub(super) fn changes(wanted: &Wanted, found: &Found) -> Vec<Change> {
    let Some(tag) = wanted.first_tag.as_deref() else {
        return Vec::new();
    };
    let changed = mailing(wanted, found).map(|trigger| {
        let mut sent = json!({"conditions": trigger["conditions"], "actions": trigger["actions"]});
        match &mut sent["conditions"]["all"] {
            Value::Array(all) => all.push(condition(tag)),
            none => *none = json!([condition(tag)]),
        }
        let difference = Difference {
            field: "all of",
            was: Some(fields::all_of(trigger)).filter(|all| !all.is_empty()),
            is: Some(fields::all_of(&sent)),
        };
        Change {
            act: Act::Update,
            part: Part::Mail,
            name: text(trigger, "title"),
            id: id(trigger),
            fields: vec![difference],
            body: sent.to_string(),
        }
    });
    changed.collect()
}

/// What a person should know, unless it is going to be changed.
pub(super) fn notice(wanted: &Wanted, found: &Found) -> Option<Notice> {
    let tag = wanted.first_tag.as_deref()?;
    let names = titles(mailing(wanted, found));
    if names.is_empty() || wanted.excludes_mail {
        return None;
    }
    let (these, whom) = match names.len() {
        1 => ("The trigger", "mails the requester"),
        _ => ("The triggers", "mail the requester"),
    };
    Some(Notice::harmless(format!(
        "{these} {} {whom}, even on tickets with the tag {tag}: a customer with an e-mail address gets \
         each answer twice, as an SMS and as an e-mail. If you do not want that, add the condition \"Tags contain none of the following: \
         {tag}\" in Admin Center > Objects and rules > Triggers; `sms-bridge setup zendesk --exclude-mail` shows \
         that change and makes it.",
        names.join(", ")
    )))
}

/// What stays when everything else is removed: nobody else would tell these customers anything then.
pub(super) fn left(wanted: &Wanted, found: &Found) -> Option<Notice> {
    let tag = wanted.first_tag.as_deref()?;
    let names = titles(others(wanted, found).filter(|one| excludes(one, tag)));
    (!names.is_empty()).then(|| {
        Notice::harmless(format!(
            "Your own triggers that mail the requester leave out tickets with the tag {tag}: {}. \
             Without the bridge, these customers are not notified of answers: remove that condition \
             in Admin Center > Objects and rules > Triggers.",
            names.join(", ")
        ))
    })
}

fn titles<'t>(triggers: impl Iterator<Item = &'t Value>) -> Vec<String> {
    triggers
        .map(|trigger| format!("\"{}\"", text(trigger, "title")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trigger(all: &Value, any: &Value, to: &str) -> Value {
        json!({"title": "t", "active": true, "conditions": {"all": all, "any": any},
            "actions": [{"field": "notification_user", "value": [to, "subject", "text"]}]})
    }

    #[test]
    fn mails_to_the_requester_are_told_from_others() {
        for (to, is) in [
            ("requester_id", true),
            ("requester_and_ccs", true),
            ("assignee_id", false),
            ("all_agents", false),
            ("21000000000017", false),
        ] {
            assert_eq!(mails(&trigger(&json!([]), &json!([]), to)), is, "{to}");
        }
        assert!(!mails(
            &json!({"actions": [{"field": "priority", "value": "requester_id"}]})
        ));
    }

    #[test]
    fn a_condition_that_leaves_the_tag_out_is_known_however_it_is_written() {
        let not = |value: &str| json!({"field": "current_tags", "operator": "not_includes", "value": value});
        let public = json!({"field": "comment_is_public", "operator": "is", "value": "true"});
        for (all, any, is) in [
            (json!([public, not("braze_sms")]), json!([]), true),
            (json!([not("vip braze_sms")]), json!([]), true),
            (json!([public]), json!([not("braze_sms")]), true),
            (json!([public]), json!([not("braze_sms"), public]), false),
            (json!([not("braze_sms_2")]), json!([]), false),
            (json!([public]), json!([]), false),
            (
                json!([{"field": "current_tags", "operator": "includes", "value": "braze_sms"}]),
                Value::Null,
                false,
            ),
        ] {
            let one = trigger(&all, &any, "requester_id");
            assert_eq!(excludes(&one, "braze_sms"), is, "{all} {any}");
        }
    }
}

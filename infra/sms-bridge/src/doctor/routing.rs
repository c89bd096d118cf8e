//! The ids that inbound bodies ask new tickets to have, beside what Zendesk has.
//!
//! In: the bodies of Braze's campaigns that post to this stack. Out: findings that name each id Zendesk does not know, with
//! the campaign it came from. An id that the campaign's Liquid fills in is known only when a text comes. Changes nothing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::{Map, Value};
use shared::net::BaseUrl;
use shared::zendesk::SCOPE_TO_READ;

use super::Finding;
use super::zendesk::AREA;
use crate::account::{Account, Deployed};
use crate::setup::found::id;
use crate::zendesk::{Admin, Trouble, credentials, sign_in};

/// What an id is of: its name in `ticket`, Zendesk's list, what people call it.
const KINDS: [(&str, &str, &str); 4] = [
    ("group_id", "groups", "group"),
    ("brand_id", "brands", "brand"),
    ("ticket_form_id", "ticket_forms", "ticket form"),
    ("custom_fields", "ticket_fields", "ticket field"),
];

/// An id that a body asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The campaign whose body it is.
    campaign: String,
    /// Which of [`KINDS`].
    kind: usize,
    id: String,
}

/// The ids in the bodies of a campaign, as `GET /campaigns/details` tells them.
pub(crate) fn asked(told: &Value) -> Vec<Asked> {
    let campaign = told["name"].as_str().unwrap_or_default();
    let messages = told["messages"].as_object();
    let messages = messages.into_iter().flat_map(Map::values);
    let bodies = messages.filter_map(|message| message["body"].as_str());
    let bodies = bodies.filter_map(|body| serde_json::from_str::<Value>(body).ok());
    let mut all = Vec::new();
    for body in bodies {
        let ticket = &body["ticket"];
        for (kind, (name, ..)) in KINDS.iter().enumerate() {
            let ids = match &ticket[name] {
                Value::Array(fields) => fields.iter().map(|field| field["id"].clone()).collect(),
                id => vec![id.clone()],
            };
            let ids = ids.iter().filter_map(fixed);
            all.extend(ids.map(|id| Asked {
                campaign: campaign.to_owned(),
                kind,
                id,
            }));
        }
    }
    all
}

/// An id that stands in the body as it is.
fn fixed(id: &Value) -> Option<String> {
    match id {
        Value::Number(id) => Some(id.to_string()),
        Value::String(id) => {
            Some(id.trim().to_owned()).filter(|id| !id.is_empty() && !id.contains('{'))
        }
        _ => None,
    }
}

/// Which of them Zendesk does not have.
pub(super) async fn check(
    account: &Account,
    stack: &Deployed,
    object: &Map<String, Value>,
    asked: &[Asked],
) -> Vec<Finding> {
    let base = stack.parameter("ZendeskBaseUrl").unwrap_or_default();
    // What is missing was reported before.
    let (Ok(base), Some(credentials)) = (base.parse::<BaseUrl>(), credentials(object)) else {
        return Vec::new();
    };
    if asked.is_empty() {
        return Vec::new();
    }
    let unseen = |trouble: &Trouble| {
        let what = format!(
            "the ids that campaigns' bodies ask for (ticket) were not compared with Zendesk's: {}",
            trouble.what()
        );
        vec![Finding::note(AREA, what)]
    };
    let reader = match sign_in(account.http(), &base, &credentials, &[SCOPE_TO_READ]).await {
        Ok(reader) => reader,
        Err(trouble) => return unseen(&trouble),
    };
    match unknown(&reader, asked).await {
        Ok(findings) => findings,
        Err(trouble) => unseen(&trouble),
    }
}

async fn unknown(reader: &Admin, asked: &[Asked]) -> Result<Vec<Finding>, Trouble> {
    let mut lists: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for one in asked {
        if let Entry::Vacant(unread) = lists.entry(one.kind) {
            let (_, list, _) = KINDS[one.kind];
            unread.insert(reader.list(&format!("/{list}"), list).await?);
        }
    }
    let mut findings: Vec<Finding> = Vec::new();
    for one in asked {
        let mut rows = lists.get(&one.kind).into_iter().flatten();
        let found = rows.find(|row| id(row).as_deref() == Some(one.id.as_str()));
        let (name, _, what) = KINDS[one.kind];
        let wrong = match found {
            None => format!(
                "asks for the {what} {}, which Zendesk does not have",
                one.id
            ),
            Some(row) if row["active"] == false => {
                format!(
                    "asks for the {what} {}, which is switched off in Zendesk",
                    one.id
                )
            }
            Some(_) => continue,
        };
        findings.push(Finding::bad(
            AREA,
            &format!("Braze campaign {}", one.campaign),
            format!(
                "the body of the campaign \"{}\" {wrong} (ticket.{name}): tickets open without it, and a note on each \
                 says so",
                one.campaign
            ),
            "correct the id in the campaign's body; ids are the numbers in the addresses of Zendesk's Admin Center",
        ));
    }
    if findings.is_empty() {
        let good =
            "Zendesk has every group, brand, form and field that the campaigns' bodies ask for";
        findings.push(Finding::good(AREA, good.to_owned()));
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_found_as_numbers_and_texts_and_what_liquid_fills_in_is_not() {
        let body = r#"{"kind":"message","ticket":{"group_id":"360001","brand_id":360002,
            "ticket_form_id":"{{custom_attribute.${form}}}","subject":"S",
            "custom_fields":[{"id":360004,"value":"x"},{"id":"360005","value":"y"},{"value":"z"}]}}"#;
        let told = json!({"name": "Parcel", "messages": {"a": {"body": body}, "b": {"body": "{% if x %}"},
            "c": {"body": "{\"ticket\":\"none\"}"}}});
        let found = asked(&told);
        let found: Vec<(usize, &str)> = found
            .iter()
            .map(|one| (one.kind, one.id.as_str()))
            .collect();
        assert_eq!(
            found,
            [(0, "360001"), (1, "360002"), (3, "360004"), (3, "360005")]
        );
    }
}

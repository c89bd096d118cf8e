//! The brands whose tickets are texted about: a condition in each trigger.
//!
//! In: what was asked for, the account's brands, the triggers there are. Out: ids, and a trigger's conditions. Chosen
//! once: a trigger that lacks what the others have is put right. Pure, but for a question.

use std::io::IsTerminal;

use serde_json::{Value, json};

use super::found::{Found, id};
use super::notices::Notice;
use super::wanted::{Owner, Wanted};
use crate::Failure;
use crate::account::talk;
use crate::columns::{terminal, wrapped};

/// The word that takes the condition out again.
const ALL: &str = "all";
const FIELD: &str = "brand_id";

/// The ids of the brands that were asked for by name or id; without any, those of the triggers that are there.
///
/// # Errors
/// There is no such brand, or the account's brands cannot be read.
pub(super) fn chosen(
    asked: &[String],
    owner: &Owner,
    found: &Found,
) -> Result<Vec<String>, Failure> {
    if asked.is_empty() {
        return Ok(kept(owner, found));
    }
    if asked.iter().any(|name| name.eq_ignore_ascii_case(ALL)) {
        return Ok(Vec::new());
    }
    let Some(brands) = &found.brands else {
        let sentence = "--brand: these credentials may not read the account's brands";
        return Err(Failure::Usage(sentence.to_owned()));
    };
    let mut ids = Vec::new();
    for name in asked {
        let is_it = |brand: &&Value| {
            let is = brand["name"].as_str();
            is.is_some_and(|is| is.eq_ignore_ascii_case(name)) || id(brand).as_ref() == Some(name)
        };
        let brand = brands.iter().find(is_it).and_then(id);
        ids.push(brand.ok_or_else(|| {
            let names: Vec<&str> = brands
                .iter()
                .filter_map(|one| one["name"].as_str())
                .collect();
            Failure::Usage(format!(
                "--brand: there is no brand {name} in Zendesk: there are {}",
                names.join(", ")
            ))
        })?);
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// Asks a person which brands, where there are several and nothing is set up yet.
///
/// # Errors
/// The terminal is closed.
pub(super) fn asked(owner: &Owner, found: &Found) -> Result<Vec<String>, Failure> {
    let active = |brand: &&Value| brand["active"] != false;
    let all = found.brands.iter().flatten().filter(active);
    let names: Vec<&str> = all.filter_map(|brand| brand["name"].as_str()).collect();
    let set_up = found.triggers.iter().any(|trigger| owner.owns_any(trigger));
    if names.len() < 2 || set_up || !std::io::stdin().is_terminal() {
        return Ok(Vec::new());
    }
    let told = format!(
        "Zendesk has the brands {}. Tickets of which are texted about? Names, with commas between them; Enter alone: of \
         all.",
        names.join(", ")
    );
    talk::say(&wrapped(&told, terminal()).join("\n"));
    let typed = talk::ask("  brands: ")?;
    let typed = typed
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    Ok(typed.map(str::to_owned).collect())
}

/// The brands that any of this stack's triggers is for.
fn kept(owner: &Owner, found: &Found) -> Vec<String> {
    let own = found
        .triggers
        .iter()
        .filter(|trigger| owner.owns_any(trigger));
    let conditions = own.flat_map(|trigger| {
        let any = trigger["conditions"]["any"].as_array();
        any.into_iter().flatten()
    });
    let brands = conditions.filter(|one| one["field"] == FIELD && one["operator"] == "is");
    let mut ids: Vec<String> = brands
        .filter_map(|one| id(&json!({"id": one["value"]})))
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

/// Wants what was chosen before: the brands, and what the desk added to the first answer.
pub(crate) fn keep(wanted: &mut Wanted, found: &Found) {
    wanted.brands = kept(&wanted.owner, found);
    wanted.keep_conditions(found);
}

/// A ticket is of one of these brands.
pub(super) fn any_of(brands: &[String]) -> Vec<Value> {
    let is = |brand: &String| json!({"field": FIELD, "operator": "is", "value": brand});
    brands.iter().map(is).collect()
}

/// What a person should know where there are several brands and none was chosen.
pub(super) fn notice(brands: &[String], found: &Found) -> Option<Notice> {
    let active = |brand: &&Value| brand["active"] != false;
    let all = found.brands.iter().flatten().filter(active);
    let names: Vec<&str> = all.filter_map(|brand| brand["name"].as_str()).collect();
    (brands.is_empty() && names.len() > 1).then(|| {
        Notice::harmless(format!(
            "The account has the brands {}, and the triggers have no condition on the brand: tickets of each are texted \
             about. `sms-bridge setup zendesk --brand NAME` limits them to some.",
            names.join(", ")
        ))
    })
}

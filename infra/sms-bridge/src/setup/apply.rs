//! Makes a plan's changes, one call each, in its order.
//!
//! In: a plan, a signed-in program, the stack's secret. Out: Zendesk and the secret changed, each
//! step reported. Everything can be run again after a failure: what is there is found by its mark.

use http::Method;
use serde_json::{Map, Value, json};

use super::found::{id, signing_secret};
use super::merge;
use super::plan::{Act, Change, Part, Plan};
use super::wanted::{EVENTS, ROUTES, Wanted};
use crate::Failure;
use crate::account::SecretValue;
use crate::zendesk::{Admin, Trouble};

/// The secret's key for Zendesk's address: no secret, and no function reads it. The secret outlives its stack, and
/// `--remove` finds there what is left of it.
pub(crate) const ADDRESS: &str = "zendesk_base_url";

/// Ids as they become known.
struct Ids {
    webhooks: Vec<String>,
    category: String,
}

/// What Zendesk refuses and the bridge works without.
#[derive(Default)]
pub(crate) struct Refused {
    /// Why there is no webhook for event types: not every account has them.
    pub(crate) events: Option<String>,
    /// Ids of others' triggers that could not be changed, with title and reason.
    pub(crate) mail: Vec<(Option<String>, String, String)>,
}

/// Makes all changes; `told` hears of each that is done. Says what was refused and can be done without.
pub(crate) async fn apply(
    plan: &Plan,
    wanted: &Wanted,
    admin: &Admin,
    secret: &SecretValue,
    base: &str,
    mut told: impl FnMut(&Change),
) -> Result<Refused, Failure> {
    let known = |part: Part| {
        let mut changes = plan.changes.iter();
        let found = changes.find(|change| change.part == part && change.act != Act::Remove);
        found
            .and_then(|change| change.id.clone())
            .unwrap_or_default()
    };
    let mut ids = Ids {
        webhooks: (0..ROUTES.len())
            .map(|at| known(Part::Webhook(at)))
            .collect(),
        category: known(Part::Category),
    };
    let stores =
        |change: &Change| matches!(change.part, Part::Secret(_)) && change.act != Act::Keep;
    let (mut stored, mut refused) = (false, Refused::default());
    for change in plan.to_do() {
        if refused.events.is_some() && change.part == Part::Secret(EVENTS) {
            continue;
        }
        if stores(change) {
            if !stored {
                let changes = plan.changes.iter().filter(|c| stores(c));
                store(changes, &ids, admin, secret, base).await?;
                stored = true;
            }
        } else {
            match make(change, wanted, &mut ids, admin).await {
                Ok(()) => {}
                Err(trouble) if is_unavailable(change, &trouble) => {
                    refused.events = Some(trouble.what());
                    continue;
                }
                Err(trouble) if is_refused(&trouble) && change.part == Part::Mail => {
                    let one = (change.id.clone(), change.name.clone(), trouble.what());
                    refused.mail.push(one);
                    continue;
                }
                Err(trouble) => return Err(failed(change, &trouble)),
            }
        }
        told(change);
    }
    Ok(refused)
}

/// Whether the account cannot have the webhook for event types.
fn is_unavailable(change: &Change, trouble: &Trouble) -> bool {
    is_refused(trouble) && change.part == Part::Webhook(EVENTS) && change.act == Act::Create
}

fn is_refused(trouble: &Trouble) -> bool {
    matches!(
        trouble,
        Trouble::Refused { .. } | Trouble::Forbidden(..) | Trouble::Dropped(_)
    )
}

/// Where an object of this kind is made, and its name in what is sent; `None` for what is not Zendesk's.
fn place(part: Part) -> Option<(&'static str, &'static str)> {
    Some(match part {
        Part::UserField => ("/user_fields", "user_field"),
        Part::Webhook(_) => ("/webhooks", "webhook"),
        Part::Category => ("/trigger_categories", "trigger_category"),
        Part::Trigger(_) | Part::Mail => ("/triggers", "trigger"),
        Part::Macro => ("/macros", "macro"),
        Part::Secret(_) => return None,
    })
}

/// The object as it should be.
fn sent(change: &Change, wanted: &Wanted, ids: &Ids) -> Value {
    match change.part {
        Part::UserField => wanted.user_field.clone(),
        Part::Webhook(at) => wanted.webhooks[at].clone(),
        Part::Category => json!({"name": wanted.category}),
        Part::Trigger(at) => {
            let trigger = &wanted.triggers[at];
            let webhook = &ids.webhooks[trigger.route()];
            wanted.trigger(trigger, &change.body, webhook, &ids.category)
        }
        Part::Mail => serde_json::from_str(&change.body).unwrap_or_default(),
        Part::Macro => wanted.starts.clone().unwrap_or_default(),
        Part::Secret(_) => Value::Null,
    }
}

async fn make(
    change: &Change,
    wanted: &Wanted,
    ids: &mut Ids,
    admin: &Admin,
) -> Result<(), Trouble> {
    let Some((path, name)) = place(change.part) else {
        return Ok(());
    };
    let one = || format!("{path}/{}", change.id.as_deref().unwrap_or_default());
    let body = match change.act {
        Act::Create | Act::Update => json!({ name: sent(change, wanted, ids) }),
        Act::Keep | Act::Remove => Value::Null,
    };
    match change.act {
        Act::Keep => {}
        Act::Remove => {
            admin.change(Method::DELETE, &one(), None).await?;
        }
        Act::Update => {
            let method = if matches!(change.part, Part::Webhook(_)) {
                Method::PATCH
            } else {
                Method::PUT
            };
            admin.change(method, &one(), Some(&body)).await?;
        }
        Act::Create => {
            let made = admin.change(Method::POST, path, Some(&body)).await?;
            let made = id(&made[name]);
            let made = made.ok_or_else(|| Trouble::NotZendesk(format!("POST {path}")))?;
            match change.part {
                Part::Webhook(at) => ids.webhooks[at] = made,
                Part::Category => ids.category = made,
                _ => {}
            }
        }
    }
    Ok(())
}

/// Puts the webhooks' signing secrets into the stack's secret, all in one write.
async fn store<'c>(
    changes: impl Iterator<Item = &'c Change>,
    ids: &Ids,
    admin: &Admin,
    secret: &SecretValue,
    base: &str,
) -> Result<(), Failure> {
    let mut object: Map<String, Value> = secret.read().await.map_err(goes_on)?;
    for change in changes {
        let Part::Secret(route) = change.part else {
            continue;
        };
        if ids.webhooks[route].is_empty() {
            continue;
        }
        let signs = signing_secret(admin, &ids.webhooks[route]).await;
        let signs = signs.map_err(|trouble| failed(change, &trouble))?;
        merge::set(&mut object, ROUTES[route].2, &signs);
    }
    object.insert(ADDRESS.to_owned(), Value::from(base));
    secret.write(&object).await.map_err(goes_on)
}

/// What broke off in the middle of the set-up.
fn goes_on(failure: Failure) -> Failure {
    Failure::Usage(format!("{}. {STAYS}", failure.told()))
}

const STAYS: &str = "The steps before are done; run it again.";

fn failed(change: &Change, trouble: &Trouble) -> Failure {
    Failure::Usage(format!(
        "{} {}: {}. {STAYS}",
        change.part.kind(),
        change.name,
        trouble.sentence()
    ))
}

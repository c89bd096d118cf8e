//! What Zendesk holds now.
//!
//! In: a signed-in program. Out: the lists as the API shows them, with the signing secrets of this
//! stack's webhooks.

use std::collections::BTreeMap;

use serde_json::Value;

use super::wanted::{Owner, ROUTES, Wanted, webhook_part};
use crate::zendesk::{Admin, Trouble};

/// What is set up in the account.
#[derive(Default)]
pub(crate) struct Found {
    /// All user fields.
    pub(crate) user_fields: Vec<Value>,
    /// All webhooks.
    pub(crate) webhooks: Vec<Value>,
    /// All trigger categories.
    pub(crate) categories: Vec<Value>,
    /// All triggers.
    pub(crate) triggers: Vec<Value>,
    /// All brands; `None`: these credentials may not see them.
    pub(crate) brands: Option<Vec<Value>>,
    /// All macros; `None`: these credentials may not see them.
    pub(crate) macros: Option<Vec<Value>>,
    /// Signing secrets of this stack's webhooks, as [`ROUTES`].
    pub(crate) signing: Vec<Option<String>>,
    /// Signing secrets of others' webhooks to this stack's URLs, by id.
    pub(crate) others: BTreeMap<String, String>,
}

impl Found {
    /// Reads all of it.
    pub(crate) async fn read(admin: &Admin, wanted: &Wanted) -> Result<Self, Trouble> {
        let owner = &wanted.owner;
        let mut found = Self {
            user_fields: admin.list("/user_fields", "user_fields").await?,
            webhooks: admin.list("/webhooks", "webhooks").await?,
            categories: admin
                .list("/trigger_categories", "trigger_categories")
                .await?,
            triggers: admin.list("/triggers", "triggers").await?,
            brands: match admin.list("/brands", "brands").await {
                Err(Trouble::Forbidden(..) | Trouble::Refused { .. }) => None,
                brands => Some(brands?),
            },
            macros: match admin.list("/macros", "macros").await {
                // Nothing needs them unless one is asked for.
                Err(Trouble::Forbidden(..)) if !wanted.with_macro => None,
                macros => Some(macros?),
            },
            ..Self::default()
        };
        for (route, _, _) in ROUTES {
            let secret = match found.own_webhooks(owner, route).next().and_then(id) {
                Some(id) => Some(signing_secret(admin, &id).await?),
                None => None,
            };
            found.signing.push(secret);
        }
        for webhook in found.webhooks.iter().filter(|one| !owner.owns_any(one)) {
            if let (Some(_), Some(id)) = (wanted.route(webhook), id(webhook)) {
                let secret = signing_secret(admin, &id).await?;
                found.others.insert(id, secret);
            }
        }
        Ok(found)
    }

    /// This stack's webhooks for a route: one, or more where an answer was lost.
    pub(crate) fn own_webhooks<'f>(
        &'f self,
        owner: &'f Owner,
        route: &str,
    ) -> impl Iterator<Item = &'f Value> {
        let part = webhook_part(route);
        let own = move |webhook: &&Value| owner.owns(webhook, &part);
        self.webhooks.iter().filter(own)
    }

    /// This stack's triggers of one part.
    pub(crate) fn own_triggers<'f>(
        &'f self,
        owner: &'f Owner,
        part: String,
    ) -> impl Iterator<Item = &'f Value> {
        let own = move |trigger: &&Value| owner.owns(trigger, &part);
        self.triggers.iter().filter(own)
    }

    /// This stack's macros of a mark.
    pub(crate) fn own_macros<'f>(&'f self, owner: &'f Owner) -> impl Iterator<Item = &'f Value> {
        let macros = self.macros.iter().flatten();
        macros.filter(|one| owner.owns_any(one))
    }

    /// The category of this name.
    pub(crate) fn category(&self, name: &str) -> Option<&Value> {
        let mut categories = self.categories.iter();
        categories.find(|category| category["name"] == name)
    }
}

/// The secret that a webhook signs with.
pub(crate) async fn signing_secret(admin: &Admin, id: &str) -> Result<String, Trouble> {
    let call = format!("/webhooks/{id}/signing_secret");
    let told = admin.get(&call, &[]).await?;
    let secret = told.body["signing_secret"]["secret"].as_str();
    let secret = secret.filter(|secret| !secret.is_empty());
    secret.map(str::to_owned).ok_or(Trouble::NotZendesk(call))
}

/// An object's id, whether Zendesk writes it as a number or as a text.
pub(crate) fn id(object: &Value) -> Option<String> {
    match &object["id"] {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

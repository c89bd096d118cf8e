//! REST keys and their permissions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wire::{Answer, Ask};

use super::refused;
use crate::braze::model::WorkspaceState;

/// The REST keys, each with its permissions; `None`: all.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(in crate::braze) struct Keys(BTreeMap<String, Option<Vec<String>>>);

impl Keys {
    /// One key that may call everything.
    pub(in crate::braze) fn of(key: &str) -> Self {
        Self(BTreeMap::from([(key.to_owned(), None)]))
    }

    /// Replaces the keys; one that stays keeps its permissions.
    pub(in crate::braze) fn replace(&mut self, keys: &[&str]) {
        let kept = |key: &&str| ((*key).to_owned(), self.0.get(*key).cloned().flatten());
        self.0 = keys.iter().map(kept).collect();
    }

    /// Sets the permissions of one key, or of every key.
    pub(in crate::braze) fn permit(&mut self, key: Option<&str>, permissions: Option<&[&str]>) {
        let named = permissions.map(|all| all.iter().map(|one| (*one).to_owned()).collect());
        match key {
            Some(key) => {
                self.0.insert(key.to_owned(), named);
            }
            None => self.0.values_mut().for_each(|one| one.clone_from(&named)),
        }
    }
}

/// Refuses a key that is unknown, or lacks the permission of this call.
pub(super) fn permit(state: &WorkspaceState, ask: &Ask, call: &str) -> Result<(), Answer> {
    let sent = ask.header("authorization");
    let key = sent.and_then(|sent| sent.strip_prefix("Bearer "));
    let Some(permissions) = key.and_then(|key| state.keys.0.get(key)) else {
        return Err(refused(401, "Invalid API key"));
    };
    let permitted = |names: &Vec<String>| names.iter().any(|name| name == call);
    if permissions.as_ref().is_none_or(permitted) {
        return Ok(());
    }
    Err(refused(
        state.variants.missing_permission,
        "Error authenticating credentials",
    ))
}

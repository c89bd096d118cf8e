//! Whom a request names: by external id, alias, Braze id or phone.

use serde_json::Value;

use crate::braze::model::WorkspaceState;
use crate::braze::profile::{Alias, User};

/// How a request names a user.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Named {
    ExternalId(String),
    Alias(Alias),
    BrazeId(String),
    Phone(String),
}

impl Named {
    /// The one way in which an object names its user; `None`: it names none, or in several ways.
    pub(super) fn of(object: &Value, external_id: &str) -> Option<Self> {
        let word = |name: &str| {
            let text = object[name].as_str().filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let alias = serde_json::from_value(object["user_alias"].clone()).ok();
        let alias = alias.filter(|alias: &Alias| !alias.alias_name.is_empty());
        let ways = [
            word(external_id).map(Self::ExternalId),
            alias.map(Self::Alias),
            word("braze_id").map(Self::BrazeId),
        ];
        let mut ways = ways.into_iter().flatten();
        let only = ways.next().or_else(|| word("phone").map(Self::Phone));
        only.filter(|_| ways.next().is_none())
    }

    /// The profile, where there is one.
    pub(super) fn find<'a>(&self, state: &'a WorkspaceState) -> Option<&'a User> {
        match self {
            Self::ExternalId(id) => state.users.by_external_id(id),
            Self::Alias(alias) => state.users.by_alias(alias),
            Self::BrazeId(id) => state.users.all().find(|user| user.braze_id == *id),
            Self::Phone(number) => state.users.with_number(number).next(),
        }
    }

    /// The profile's Braze id; where there is none, one is made with this name alone.
    pub(super) fn find_or_make(&self, state: &mut WorkspaceState) -> Option<String> {
        if let Some(user) = self.find(state) {
            return Some(user.braze_id.clone());
        }
        let user = match self {
            Self::ExternalId(id) => User::known_by(id),
            Self::Alias(alias) => User {
                aliases: vec![alias.clone()],
                ..User::default()
            },
            Self::Phone(number) => User {
                phone: number.clone(),
                ..User::default()
            },
            Self::BrazeId(_) => return None,
        };
        Some(state.users.put(user))
    }
}

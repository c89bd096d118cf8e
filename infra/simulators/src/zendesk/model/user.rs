//! Users.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Author, Role};

/// A user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountUser {
    /// Id.
    pub id: u64,
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: Option<String>,
    /// Further e-mail addresses, such as those of users who were merged into this one.
    #[serde(default)]
    pub other_emails: Vec<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Id in another system, in the case last written.
    pub external_id: Option<String>,
    /// Role.
    pub role: Role,
    /// Language, such as `en-US`.
    pub locale: String,
    /// Whether agents suspended the user.
    pub suspended: bool,
    /// False once the user was merged into another.
    pub active: bool,
    /// Values of the account's user fields.
    pub user_fields: BTreeMap<String, Value>,
    /// Milliseconds since the epoch.
    pub created_at_ms: i64,
    /// Milliseconds since the epoch.
    pub updated_at_ms: i64,
}

impl AccountUser {
    /// The user as shown on tickets and comments.
    pub fn as_author(&self) -> Author {
        Author {
            id: self.id,
            name: self.name.clone(),
            role: self.role,
            external_id: self.external_id.clone(),
        }
    }

    /// Whether the user is an agent or an administrator.
    pub fn is_staff(&self) -> bool {
        self.role != Role::EndUser
    }

    /// Whether an address is one of the user's, whatever its case.
    pub fn has_email(&self, address: &str) -> bool {
        let same = |own: &String| own.to_lowercase() == address.to_lowercase();
        self.email.iter().chain(&self.other_emails).any(same)
    }
}

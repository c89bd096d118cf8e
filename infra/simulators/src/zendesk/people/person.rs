//! A user as somebody enters one in Zendesk's screens.

use std::collections::BTreeMap;

use super::super::model::Role;

/// A user to be added.
#[derive(Debug, Clone)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// E-mail.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// Id in another system.
    pub external_id: Option<String>,
    /// Language, such as `fr`.
    pub locale: String,
    /// Values of user fields by their keys.
    pub fields: BTreeMap<String, String>,
}

impl Person {
    /// An end user who speaks English.
    pub fn customer(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            role: Role::EndUser,
            email: None,
            phone: None,
            external_id: None,
            locale: "en-US".to_owned(),
            fields: BTreeMap::new(),
        }
    }

    /// An agent.
    pub fn agent(name: &str) -> Self {
        Self {
            role: Role::Agent,
            ..Self::customer(name)
        }
    }

    /// An administrator.
    pub fn admin(name: &str) -> Self {
        Self {
            role: Role::Admin,
            ..Self::customer(name)
        }
    }

    /// With this e-mail address.
    #[must_use]
    pub fn email(mut self, address: &str) -> Self {
        self.email = Some(address.to_owned());
        self
    }

    /// With this phone number.
    #[must_use]
    pub fn phone(mut self, number: &str) -> Self {
        self.phone = Some(number.to_owned());
        self
    }

    /// With this id in another system.
    #[must_use]
    pub fn external_id(mut self, id: &str) -> Self {
        self.external_id = Some(id.to_owned());
        self
    }

    /// Speaking this language.
    #[must_use]
    pub fn locale(mut self, locale: &str) -> Self {
        locale.clone_into(&mut self.locale);
        self
    }

    /// With this value in a user field.
    #[must_use]
    pub fn field(mut self, key: &str, value: &str) -> Self {
        self.fields.insert(key.to_owned(), value.to_owned());
        self
    }
}

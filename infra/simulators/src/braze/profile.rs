//! User profiles, and how one is found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids;

use super::phone::same_number;

/// The SMS subscription group that every workspace has from the start.
pub const SMS_GROUP: &str = "sms-subscription-group";

/// A user profile.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct User {
    /// External id; empty: an anonymous profile.
    pub external_id: String,
    /// Braze's own id, which never changes; empty: not stored yet.
    pub braze_id: String,
    /// Aliases.
    pub aliases: Vec<Alias>,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone number; without one no SMS arrives.
    pub phone: String,
    /// Language, such as `en`.
    pub language: String,
    /// Custom attributes.
    pub attributes: Map<String, Value>,
    /// States by subscription group; a group that is missing counts as unknown.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// Whether the user is in the global control group.
    pub control_group: bool,
    /// Whether the user is on a suppression list.
    pub suppression_list: bool,
    /// Whether the user has had as many messages as the frequency cap allows.
    pub capped: bool,
    /// Messages of campaigns that the user got, or would have got outside the control group.
    pub received: Vec<Received>,
    /// Custom events.
    pub events: Vec<CustomEvent>,
}

/// Another name of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The name.
    pub alias_name: String,
    /// What kind of name it is, such as `phone`.
    pub alias_label: String,
}

/// A user's state in a subscription group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subscription {
    /// Gets messages.
    Subscribed,
    /// Gets none.
    Unsubscribed,
    /// Never said: gets no SMS.
    #[default]
    Unknown,
}

impl Subscription {
    /// As the API writes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subscribed => "Subscribed",
            Self::Unsubscribed => "Unsubscribed",
            Self::Unknown => "Unknown",
        }
    }
}

/// A campaign's message to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Campaign.
    pub campaign_id: String,
    /// Simulated time, milliseconds since the epoch.
    pub at_ms: i64,
    /// Withheld, because the user is in the control group.
    pub in_control: bool,
    /// It was an SMS.
    pub sms: bool,
}

/// A custom event as `users/track` took it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomEvent {
    /// Name.
    pub name: String,
    /// Time as sent.
    pub time: String,
    /// Properties as sent.
    pub properties: Value,
}

impl User {
    /// A user with a phone number who is subscribed to [`SMS_GROUP`], as after an import.
    pub fn new(external_id: &str, first_name: &str, last_name: &str, phone: &str) -> Self {
        Self {
            subscriptions: BTreeMap::from([(SMS_GROUP.to_owned(), Subscription::Subscribed)]),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            phone: phone.to_owned(),
            ..Self::known_by(external_id)
        }
    }

    /// A user of whom only the external id is known, as the API makes one.
    pub fn known_by(external_id: &str) -> Self {
        Self {
            external_id: external_id.to_owned(),
            ..Self::default()
        }
    }

    /// The anonymous profile that an opt-in or opt-out keyword from an unknown number makes.
    pub(super) fn anonymous(number: &str) -> Self {
        Self {
            phone: number.to_owned(),
            aliases: vec![Alias {
                alias_name: number.to_owned(),
                alias_label: "phone".to_owned(),
            }],
            ..Self::default()
        }
    }

    /// The state in a subscription group.
    pub fn subscription(&self, group: &str) -> Subscription {
        self.subscriptions.get(group).copied().unwrap_or_default()
    }

    /// When the last SMS went to this profile.
    pub(super) fn texted_at_ms(&self) -> Option<i64> {
        let sms = self.received.iter().filter(|r| r.sms && !r.in_control);
        sms.map(|received| received.at_ms).max()
    }
}

/// All profiles, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profiles(Vec<User>);

impl Profiles {
    /// All of them, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &User> {
        self.0.iter()
    }

    /// The profile of an external id, a Braze id or a phone number.
    pub fn find(&self, who: &str) -> Option<&User> {
        self.at(who).map(|at| &self.0[at])
    }

    /// The same, to be changed.
    pub(super) fn find_mut(&mut self, who: &str) -> Option<&mut User> {
        self.at(who).map(|at| &mut self.0[at])
    }

    /// The profile with this external id and no other kind of id.
    pub(super) fn by_external_id(&self, id: &str) -> Option<&User> {
        let mut all = self.0.iter();
        all.find(|user| !id.is_empty() && user.external_id == id)
    }

    pub(super) fn by_alias(&self, alias: &Alias) -> Option<&User> {
        self.0.iter().find(|user| user.aliases.contains(alias))
    }

    pub(super) fn with_number(&self, number: &str) -> impl DoubleEndedIterator<Item = &User> {
        let has = move |user: &&User| same_number(&user.phone, number);
        self.0.iter().filter(has)
    }

    /// Stores a profile in the place of the one with its external id, whose Braze id it takes
    /// over; answers its Braze id.
    pub(super) fn put(&mut self, mut user: User) -> String {
        let same = |known: &&mut User| {
            !user.external_id.is_empty() && known.external_id == user.external_id
        };
        let known = self.0.iter_mut().find(same);
        if user.braze_id.is_empty() {
            let own = known.as_ref().map(|known| known.braze_id.clone());
            user.braze_id = own.unwrap_or_else(|| ids::hex()[..24].to_owned());
        }
        let id = user.braze_id.clone();
        match known {
            Some(known) => *known = user,
            None => self.0.push(user),
        }
        id
    }

    pub(super) fn remove(&mut self, braze_id: &str) -> Option<User> {
        let at = self.0.iter().position(|user| user.braze_id == braze_id)?;
        Some(self.0.remove(at))
    }

    fn at(&self, who: &str) -> Option<usize> {
        if who.is_empty() {
            return None;
        }
        let place = |found: &dyn Fn(&User) -> bool| self.0.iter().position(found);
        place(&|user| user.external_id == who)
            .or_else(|| place(&|user| user.braze_id == who))
            .or_else(|| place(&|user| user.phone == who))
            .or_else(|| place(&|user| who.starts_with('+') && same_number(&user.phone, who)))
    }
}

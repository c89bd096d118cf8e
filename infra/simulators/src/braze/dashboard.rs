//! What people do in Braze's dashboard, and how phones are.

use super::condition::Condition;
use super::outbound;
use super::phone::{InvalidReason, Line};
use super::profile::{Alias, Subscription, User};
use super::subscriptions::{self, Source};
use super::{Braze, Campaign, Group, Inbound, Rules, WorkspaceState, WorkspaceVariants};

impl Braze {
    /// Makes these the REST keys that are valid from now on, the configured one only if it is named.
    pub fn set_keys(&self, keys: &[&str]) {
        self.change(|state| state.keys.replace(keys));
    }

    /// Limits what all REST keys may call, by the vendor's names of permissions; `None`: all.
    pub fn set_permissions(&self, permissions: Option<&[&str]>) {
        self.change(|state| state.keys.permit(None, permissions));
    }

    /// Adds a REST key with these permissions, or changes those of one; `None`: all.
    pub fn set_key_permissions(&self, key: &str, permissions: Option<&[&str]>) {
        self.change(|state| state.keys.permit(Some(key), permissions));
    }

    /// Changes the switches for unverified facts.
    pub fn vary(&self, change: impl FnOnce(&mut WorkspaceVariants)) {
        self.change(|state| change(&mut state.variants));
    }

    /// Adds or replaces a user, who keeps the Braze id.
    pub fn add_user(&self, user: User) {
        self.change(|state| state.users.put(user));
    }

    /// Adds or replaces a campaign.
    pub fn add_campaign(&self, campaign: Campaign) {
        let now = self.clock().now_ms();
        self.change(|state| add(state, campaign, now));
    }

    /// Removes a campaign.
    pub fn remove_campaign(&self, id: &str) {
        self.change(|state| state.campaigns.remove(id));
    }

    /// A campaign as it is.
    pub fn campaign(&self, id: &str) -> Option<Campaign> {
        let campaign = |state: &WorkspaceState| state.campaigns.get(id).cloned();
        self.workspace.core.read(campaign)
    }

    /// Sets up the usual webhook campaigns that pass inbound texts on, in the place of those from
    /// an earlier call.
    pub fn set_inbound(&self, inbound: Inbound) {
        let now = self.clock().now_ms();
        self.change(|state| {
            state.campaigns.retain(|id, _| !id.starts_with("inbound-"));
            for campaign in inbound.campaigns() {
                add(state, campaign, now);
            }
            state.keywords.set_support(&inbound.support_keywords);
        });
    }

    /// Adds an SMS subscription group.
    pub fn add_group(&self, id: &str, group: Group) {
        self.change(|state| state.groups.insert(id.to_owned(), group));
    }

    /// Adds a custom keyword category, whose automatic answer Braze insists on.
    ///
    /// # Errors
    /// What the dashboard refuses, in one sentence.
    pub fn add_keywords(&self, name: &str, keywords: &[&str], answer: &str) -> Result<(), String> {
        self.change(|state| state.keywords.add(name, keywords, answer))
    }

    /// Removes a custom keyword category.
    pub fn remove_keywords(&self, name: &str) {
        self.change(|state| state.keywords.remove(name));
    }

    /// Sets Currents' Custom HTTP connector up, or anew after it was halted or disabled.
    pub fn set_currents(&self, url: &str, token: &str) {
        self.change(|state| state.currents.connect(url, token));
    }

    /// Takes the connector away; nothing is exported any more.
    pub fn remove_currents(&self) {
        self.change(|state| state.currents.connector = None);
    }

    /// Sets the workspace's frequency cap, quiet hours and exclusions.
    pub fn set_rules(&self, rules: Rules) {
        self.change(|state| state.rules = rules);
    }

    /// Sets a user's state in a subscription group; `who` as in [`Braze::user`].
    ///
    /// # Panics
    /// When there is no such user: a slip in a test.
    pub fn set_subscription(&self, who: &str, group: &str, to: Subscription) {
        let now = self.clock().now_ms();
        let found = self.for_user(who, |state, id| {
            subscriptions::set(state, id, group, to, Source::Dashboard, now);
        });
        assert!(found, "Braze does not know {who}");
    }

    /// Puts a user's profile and phone into a condition, in the place of the one before.
    ///
    /// # Panics
    /// When there is no such user: a slip in a test.
    pub fn set_condition(&self, who: &str, condition: Condition) {
        assert!(
            self.try_condition(who, condition),
            "Braze does not know {who}"
        );
    }

    /// The same; false: there is no such user.
    pub fn try_condition(&self, who: &str, condition: Condition) -> bool {
        let now = self.clock().now_ms();
        self.for_user(who, |state, id| condition.set(state, id, now))
    }

    /// The condition a user is in; of several, the first for which nothing would arrive.
    pub fn condition(&self, who: &str) -> Option<Condition> {
        self.workspace.core.read(|state| {
            let user = state.users.find(who)?;
            Some(Condition::of(state, user))
        })
    }

    /// Sets what happens to SMS on their way to a number.
    pub fn set_line(&self, number: &str, line: Line) {
        self.change(|state| state.lines.insert(number.to_owned(), line));
    }

    /// Puts a number on the list of those that are not texted any more.
    pub fn mark_invalid(&self, number: &str, reason: InvalidReason) {
        let now = self.clock().now_ms();
        self.change(|state| outbound::mark_invalid(state, number, reason, now));
    }

    /// Gives the profile with an alias an external id; its Braze id stays. Where a profile has that
    /// external id already, the alias moves there, and so does what the other one lacks.
    pub fn identify(&self, alias: &Alias, external_id: &str) {
        self.change(|state| identify(state, alias, external_id));
    }

    fn change<T>(&self, work: impl FnOnce(&mut WorkspaceState) -> T) -> T {
        self.workspace.core.change(work)
    }

    /// Changes something about a user; false: there is no such user.
    fn for_user(&self, who: &str, work: impl FnOnce(&mut WorkspaceState, &str)) -> bool {
        self.change(|state| {
            let id = state.users.find(who).map(|user| user.braze_id.clone());
            id.is_some_and(|id| {
                work(state, &id);
                true
            })
        })
    }
}

fn add(state: &mut WorkspaceState, mut campaign: Campaign, now: i64) {
    if campaign.created_at_ms == 0 {
        campaign.created_at_ms = now;
    }
    state.campaigns.insert(campaign.id.clone(), campaign);
}

/// Identifies an alias; false: there is no profile of this alias.
pub(super) fn identify(state: &mut WorkspaceState, alias: &Alias, external_id: &str) -> bool {
    let Some(anonymous) = state.users.by_alias(alias).cloned() else {
        return false;
    };
    let known = state.users.by_external_id(external_id);
    match known.map(|user| user.braze_id.clone()) {
        None => {
            if let Some(user) = state.users.find_mut(&anonymous.braze_id) {
                external_id.clone_into(&mut user.external_id);
            }
        }
        Some(id) if id == anonymous.braze_id => {}
        Some(id) => {
            state.users.remove(&anonymous.braze_id);
            if let Some(user) = state.users.find_mut(&id) {
                merge(user, anonymous);
            }
        }
    }
    true
}

/// What an identified profile takes over from the anonymous one.
fn merge(user: &mut User, anonymous: User) {
    user.aliases.extend(anonymous.aliases);
    if user.phone.is_empty() {
        user.phone = anonymous.phone;
    }
    for (group, state) in anonymous.subscriptions {
        user.subscriptions.entry(group).or_insert(state);
    }
    for (name, value) in anonymous.attributes {
        user.attributes.entry(name).or_insert(value);
    }
}

//! What Braze does with a text before any webhook: profile, category, subscription, answer.

use serde_json::{Map, json};

use crate::braze::campaign::{Campaign, WebhookMessage};
use crate::braze::keywords::Category;
use crate::braze::liquid::{self, Blocks, Scope};
use crate::braze::model::{InboundDelivery, Suppressed, WorkspaceState};
use crate::braze::phone::same_number;
use crate::braze::profile::{SMS_GROUP, Subscription, User};
use crate::braze::variants::{FuzzyOptOut, MediaStyle, SharedNumber};
use crate::braze::{currents, outbound, subscriptions, withhold};
use crate::ids;

/// A number that was texted this long ago is not the most recently texted one any more.
const RECENT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// Takes a text in; the webhook it starts is in the answer, and not posted yet.
pub(super) fn text(
    state: &mut WorkspaceState,
    who: &str,
    text: &str,
    media: &[String],
    now: i64,
) -> InboundDelivery {
    let named = state.users.find(who).cloned();
    let number = match &named {
        Some(user) => user.phone.clone(),
        None if who.starts_with('+') => who.to_owned(),
        None => String::new(),
    };
    let keyword = state.keywords.find(text).cloned();
    let category = keyword.as_ref().map_or(Category::Other, |k| k.category);
    let mut delivery = InboundDelivery {
        id: ids::uuid(),
        external_user_id: who.to_owned(),
        braze_id: String::new(),
        from: number.clone(),
        category: Category::UnknownUser,
        campaign_id: String::new(),
        withheld: None,
        held_until_ms: None,
        payload: String::new(),
        dispatch_id: ids::hex(),
        status: None,
        body: String::new(),
        attempts: Vec::new(),
        over: true,
        at_ms: now,
        text: text.to_owned(),
        media: media.to_vec(),
    };
    // A number alone says nothing of whose it is.
    let named = named.filter(|user| user.external_id == who || user.braze_id == who);
    let Some(profile) = profile(state, &number, named.as_ref(), category, now) else {
        return delivery;
    };
    delivery.category = category;
    delivery.braze_id.clone_from(&profile);
    let user = state.users.find(&profile).cloned().unwrap_or_default();
    delivery.external_user_id.clone_from(&user.external_id);
    let action = subscribed_to(category);
    currents::received(state, &delivery, action);
    subscribe(state, &number, action, now);
    let fuzzy = fuzzy(state, text, category);
    let answer = match (&keyword, fuzzy) {
        (Some(keyword), _) if answers(state, &profile, category) => {
            Some((keyword.name.as_str(), keyword.answer.as_str()))
        }
        (_, fuzzy) => fuzzy.map(|answer| ("opt-out", answer)),
    };
    if let Some(answer) = answer {
        outbound::answer(state, (&number, &profile), answer, now);
    }
    let swallowed = state.variants.fuzzy_opt_out == FuzzyOptOut::Swallows;
    if fuzzy.is_none() || !swallowed {
        let name = keyword.map(|keyword| keyword.name);
        start(state, &mut delivery, name.as_deref(), now);
    }
    delivery
}

/// The profile a text belongs to; an opt-in or opt-out keyword makes one where there is none.
fn profile(
    state: &mut WorkspaceState,
    number: &str,
    named: Option<&User>,
    category: Category,
    now: i64,
) -> Option<String> {
    if number.is_empty() {
        return None;
    }
    let all: Vec<&User> = state.users.with_number(number).collect();
    let recently = |user: &&&User| user.texted_at_ms().is_some_and(|at| now - at < RECENT_MS);
    let is_phone = |user: &&&User| {
        let mut aliases = user.aliases.iter();
        aliases.any(|a| a.alias_label == "phone" && same_number(&a.alias_name, number))
    };
    let random = || match state.variants.shared_number {
        // Chance falls on the one that the caller named.
        _ if named.is_some() => named,
        SharedNumber::Oldest => all.first().copied(),
        SharedNumber::Newest => all.last().copied(),
    };
    let latest = all
        .iter()
        .filter(recently)
        .max_by_key(|user| user.texted_at_ms());
    let chosen = latest.or_else(|| all.iter().find(is_phone)).copied();
    if let Some(chosen) = chosen.or_else(random) {
        return Some(chosen.braze_id.clone());
    }
    matches!(category, Category::OptIn | Category::OptOut)
        .then(|| state.users.put(User::anonymous(number)))
}

/// The state that a keyword asks for.
fn subscribed_to(category: Category) -> Option<Subscription> {
    match category {
        Category::OptIn => Some(Subscription::Subscribed),
        Category::OptOut => Some(Subscription::Unsubscribed),
        _ => None,
    }
}

/// An opt-in or opt-out keyword changes the state of everyone with the number, in the group whose
/// number was texted.
fn subscribe(state: &mut WorkspaceState, number: &str, to: Option<Subscription>, now: i64) {
    let Some(to) = to else {
        return;
    };
    let users = state.users.with_number(number);
    let users: Vec<String> = users.map(|user| user.braze_id.clone()).collect();
    for user in &users {
        subscriptions::set(
            state,
            user,
            SMS_GROUP,
            to,
            subscriptions::Source::Inbound,
            now,
        );
    }
}

/// Whether a keyword of this category is answered: custom ones only for those who are subscribed.
fn answers(state: &WorkspaceState, profile: &str, category: Category) -> bool {
    let custom = matches!(category, Category::Support | Category::Custom);
    let subscribed = |user: &User| user.subscription(SMS_GROUP) == Subscription::Subscribed;
    !custom || state.users.find(profile).is_some_and(subscribed)
}

fn fuzzy(state: &WorkspaceState, text: &str, category: Category) -> Option<&'static str> {
    let on = state.variants.fuzzy_opt_out != FuzzyOptOut::Off && category == Category::Other;
    on.then(|| state.keywords.fuzzy(text)).flatten()
}

/// The campaign for the category is rendered, unless Braze withholds it.
fn start(
    state: &mut WorkspaceState,
    delivery: &mut InboundDelivery,
    keyword: Option<&str>,
    now: i64,
) {
    let starts = |campaign: &&Campaign| {
        let webhook = campaign.webhook.as_ref();
        webhook.is_some_and(|w| is_for(w, delivery.category, keyword)) && campaign.is_live()
    };
    let Some(campaign) = state.campaigns.values().find(starts).cloned() else {
        return;
    };
    delivery.campaign_id.clone_from(&campaign.id);
    let user = state.users.find(&delivery.braze_id).cloned();
    delivery.withheld = withhold::reason(state, &campaign, user.as_ref(), now);
    if let Some(user) = state.users.find_mut(&delivery.braze_id) {
        let in_control = delivery.withheld == Some(Suppressed::ControlGroup);
        if in_control || delivery.withheld.is_none() {
            user.received
                .push(outbound::received(&campaign, now, in_control));
        }
    }
    let (None, Some(user)) = (delivery.withheld, user) else {
        return;
    };
    if state.variants.dispatch_id_per_user_and_campaign {
        delivery.dispatch_id = ids::hex_of(&format!("{}/{}", user.braze_id, campaign.id));
    }
    let quiet = state
        .rules
        .quiet_hours
        .filter(|_| campaign.heeds_quiet_hours);
    delivery.held_until_ms = quiet.and_then(|hours| hours.end_of(now));
    delivery.payload = payload(state, &user, &campaign, delivery);
    delivery.over = false;
}

fn is_for(webhook: &WebhookMessage, category: Category, keyword: Option<&str>) -> bool {
    webhook.on == category
        && (category != Category::Custom || webhook.keyword_category.as_deref() == keyword)
}

fn payload(
    state: &WorkspaceState,
    user: &User,
    campaign: &Campaign,
    of: &InboundDelivery,
) -> String {
    let media = media_text(state.variants.media_style, &of.media);
    let cut = state.variants.inbound_cut.unwrap_or(usize::MAX);
    let text: String = of.text.chars().take(cut).collect();
    let sms = [
        ("inbound_message_body", text.as_str()),
        ("inbound_media_urls", &media),
    ];
    let scope = Scope {
        user,
        properties: &Map::new(),
        sms: &sms,
        dispatch_id: &of.dispatch_id,
        blocks: Blocks::of(state),
    };
    liquid::render(&campaign.template, &scope).text
}

fn media_text(style: MediaStyle, media: &[String]) -> String {
    match style {
        _ if media.is_empty() => String::new(),
        MediaStyle::Commas => media.join(","),
        MediaStyle::Spaces => media.join(" "),
        MediaStyle::Lines => media.join("\n"),
        MediaStyle::JsonArray => json!(media).to_string(),
    }
}

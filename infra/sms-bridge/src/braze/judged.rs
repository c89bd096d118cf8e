//! What is wrong with a campaign, as far as Braze's API tells: whether it runs, its tag, where it posts, with which
//! header and body, in which group it sends. Pure.

use serde_json::{Map, Value};

use super::AREA;
use crate::doctor::Finding;
use crate::setup::braze::{CAMPAIGNS, INBOUND, SUPPORT, TAG};

/// Members of an inbound body without which a text cannot be taken.
const NEEDED: [&str; 3] = ["external_user_id", "message", "dispatch_id"];
/// Where an inbound campaign posts, on whatever host.
const PATH: &str = "/braze/inbound";

/// Where a campaign posts.
pub(super) enum Place {
    /// To this stack.
    Here,
    /// To an address that may once have been this stack's, or to another stack.
    Elsewhere,
    /// It has nothing to do with the bridge.
    Other,
}

/// What a campaign is, to tell of it.
struct Told<'a> {
    /// What a person would look for.
    setting: &'a str,
    name: &'a str,
}

impl Told<'_> {
    fn bad(&self, what: &str, remedy: &str) -> Finding {
        let what = format!("the campaign \"{}\" {what}", self.name);
        Finding::bad(AREA, self.setting, what, remedy)
    }

    fn note(&self, what: &str) -> Finding {
        Finding::note(AREA, format!("the campaign \"{}\" {what}", self.name))
    }
}

/// Whether the campaign has the tag by which control group, suppression lists, quiet hours and caps leave it alone.
pub(super) fn has_tag(told: &Value) -> bool {
    let tags = told["tags"].as_array().into_iter().flatten();
    tags.filter_map(Value::as_str)
        .any(|tag| tag.eq_ignore_ascii_case(TAG))
}

/// The subscription group of an SMS campaign.
pub(super) fn group(told: &Value) -> Option<String> {
    let group = messages(told).find_map(|message| message["subscription_group_id"].as_str());
    group.filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The group that the stack asks about, beside those its campaigns send in.
pub(super) fn groups(set: Option<&str>, seen: &[String]) -> Option<Finding> {
    let setting = "BrazeSubscriptionGroupId";
    match (set, seen) {
        (_, []) => None,
        (None, [one, ..]) => Some(Finding::note(
            AREA,
            format!(
                "{setting} is empty, so agents are not warned that a customer is not subscribed; the \
                 campaigns send in the group {one}: `sms-bridge setup` fills it in"
            ),
        )),
        (Some(set), seen) => {
            let other = seen.iter().find(|seen| *seen != set)?;
            Some(Finding::bad(
                AREA,
                setting,
                format!(
                    "a campaign of the stack sends in the group {other}, but the stack asks about {set}"
                ),
                "deploy with the group of both campaigns, or give them the same one in Braze",
            ))
        }
    }
}

/// An SMS campaign that the bridge triggers.
pub(super) fn sends(parameter: &str, told: &Value) -> Vec<Finding> {
    let about = Told {
        setting: parameter,
        name: told["name"].as_str().unwrap_or_default(),
    };
    let mut wrong = not_running(
        &about,
        told,
        "its SMS are not sent, although Braze accepts them",
    );
    if !is_on(told, "sms") {
        wrong.push(about.bad(
            "sends no SMS",
            "give the id of an API-triggered SMS campaign",
        ));
    }
    if told["schedule_type"]
        .as_str()
        .is_some_and(|is| is != "api_triggered")
    {
        let what = "is not triggered by the API, so the bridge cannot send it";
        wrong.push(about.bad(what, "give the id of an API-triggered SMS campaign"));
    }
    if bodies(told).any(|body| !body.contains("msg_body")) {
        let what = "does not contain {{api_trigger_properties.${msg_body}}}";
        wrong.push(about.bad(what, "make this its whole text"));
    }
    if wrong.is_empty() {
        let what = format!("the campaign \"{}\" is live and sends SMS", about.name);
        wrong.push(Finding::good(AREA, what));
    }
    if bodies(told).any(|body| !names_the_message(body)) {
        wrong.push(about.note(
            "lacks the two message_extras tags at the end of its text: where Braze exports events, an SMS that failed \
             may not be found by them; `sms-bridge setup braze` prints the text",
        ));
    }
    wrong.extend(lacks_tag(&about, told));
    wrong
}

/// A webhook campaign that posts customers' texts to this stack.
pub(super) fn receives(told: &Value, tokens: &[&str]) -> Vec<Finding> {
    let name = told["name"].as_str().unwrap_or_default();
    let setting = format!("Braze campaign {name}");
    let about = Told {
        setting: &setting,
        name,
    };
    let mut wrong = not_running(&about, told, "its texts do not reach the bridge");
    if told["schedule_type"]
        .as_str()
        .is_some_and(|is| is != "action_based")
    {
        let what = "is not action-based, so no text starts it";
        wrong.push(about.bad(what, "make one that is triggered by inbound SMS"));
    }
    let mut notes = Vec::new();
    for message in messages(told).filter(|message| message["url"].is_string()) {
        if message["method"]
            .as_str()
            .is_some_and(|method| !method.eq_ignore_ascii_case("POST"))
        {
            wrong.push(about.bad("does not post", "choose the HTTP method POST"));
        }
        wrong.extend(header(&about, message, tokens));
        match body(&about, message["body"].as_str().unwrap_or_default()) {
            Some(finding) if finding.is_bad() => wrong.push(finding),
            finding => notes.extend(finding),
        }
    }
    if wrong.is_empty() {
        let what = format!("the campaign \"{name}\" is live and posts to this stack");
        wrong.push(Finding::good(AREA, what));
    }
    wrong.extend(notes);
    wrong.extend(lacks_tag(&about, told));
    wrong
}

/// The inbound campaigns that nobody made, as far as was seen; a stopped one counts as made. Without the keyword's own
/// campaign its texts come with all others, which is wrong only where nothing but the keyword opens a ticket. Where there
/// is none at all, a Canvas may post instead, of which the API tells nothing.
pub(super) fn missing(here: &[Value], elsewhere: &[Value], by_keyword: bool) -> Vec<Finding> {
    let made: Vec<(String, bool)> = here.iter().flat_map(kinds).collect();
    // The guide's body names no kind: it is one campaign for texts.
    let guides = here.iter().any(|told| bodies(told).any(is_guides));
    let lacks = |start: &str| {
        let wanted = kind(&INBOUND.replace(SUPPORT, start));
        wanted.is_some_and(|wanted| !(made.contains(&wanted) || guides && wanted.0 == "message"))
    };
    let lacking = CAMPAIGNS.iter().filter(|(_, _, start)| lacks(start));
    let lacking =
        lacking.filter(|(_, _, start)| by_keyword || *start != SUPPORT || made.is_empty());
    let moved: Vec<String> = elsewhere
        .iter()
        .filter_map(|told| told["name"].as_str())
        .map(|name| format!("\"{name}\""))
        .collect();
    let moved = match moved.len() {
        0 => String::new(),
        1 => format!("; {} posts to another address", moved[0]),
        _ => format!("; {} post to other addresses", moved.join(", ")),
    };
    if here.is_empty() && elsewhere.is_empty() {
        let what = "no campaign posts customers' texts to BrazeInboundUrl, so they do not reach \
                    the bridge unless a Canvas does; `sms-bridge setup braze` prints what to paste";
        return vec![Finding::note(AREA, what.to_owned())];
    }
    let finding = |(name, category, _): &(&str, &str, &str)| {
        Finding::bad(
            AREA,
            &format!("Braze campaign {name}"),
            format!(
                "no campaign for texts of the category {category} posts to BrazeInboundUrl{moved}"
            ),
            "`sms-bridge setup braze` prints what to paste",
        )
    };
    lacking.map(finding).collect()
}

/// Where a campaign posts, beside this stack's URL.
pub(super) fn place(told: &Value, here: &str) -> Place {
    let bare = |url: &str| url.trim().trim_end_matches('/').to_lowercase();
    let mut place = Place::Other;
    for url in messages(told).filter_map(|message| message["url"].as_str()) {
        if bare(url) == bare(here) {
            return Place::Here;
        }
        if bare(url).ends_with(PATH) {
            place = Place::Elsewhere;
        }
    }
    place
}

fn not_running(about: &Told<'_>, told: &Value, so: &str) -> Vec<Finding> {
    let mut wrong = Vec::new();
    if told["archived"] == true {
        wrong.push(about.bad("is archived", "unarchive it, or make another"));
    }
    if told["draft"] == true {
        wrong.push(about.bad("is a draft", "launch it"));
    } else if told["enabled"] == false && told["archived"] != true {
        wrong.push(about.bad(&format!("is stopped: {so}"), "resume it"));
    }
    if told["has_post_launch_draft"] == true {
        wrong.push(about.note("was edited, and the changes are not launched"));
    }
    wrong
}

fn lacks_tag(about: &Told<'_>, told: &Value) -> Option<Finding> {
    (!has_tag(told)).then(|| {
        about.note(&format!(
            "lacks the tag {TAG}: give it the tag, and exclude the tag from control group, suppression lists, quiet \
             hours and frequency caps, which hold messages back silently"
        ))
    })
}

/// The header that proves who posts. The token is never shown.
fn header(about: &Told<'_>, message: &Value, tokens: &[&str]) -> Option<Finding> {
    let headers = message["headers"].as_object()?;
    let mut given = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    let remedy = "`sms-bridge setup braze --show-token` prints the header";
    let Some((_, value)) = given.next() else {
        return Some(about.bad(
            "sends no header Authorization, so its texts are refused with 401",
            remedy,
        ));
    };
    let value = value.as_str().unwrap_or_default();
    let known = |token: &&str| value == format!("Bearer {token}");
    // What Braze may hide says nothing.
    let hidden = value.is_empty() || value.contains("***");
    let fits = tokens.is_empty() || hidden || tokens.iter().any(known);
    (!fits).then(|| {
        let what = "sends another Authorization header than the secret's braze_inbound_token, so its texts are \
                    refused with 401";
        about.bad(what, remedy)
    })
}

fn body(about: &Told<'_>, body: &str) -> Option<Finding> {
    if is_guides(body) {
        return Some(about.note(
            "has the body of Braze's guide: the bridge understands it, but it names neither the keyword nor the ids that identify a text",
        ));
    }
    let Some(own) = members(body) else {
        // Liquid around the members is a person's own matter; a text is seen when it comes.
        return Some(about.note(
            "has a body that is not JSON before its Liquid is filled in, so it was not compared",
        ));
    };
    let lacking: Vec<&str> = NEEDED
        .into_iter()
        .filter(|name| !own.contains_key(*name))
        .collect();
    if !lacking.is_empty() {
        let what = format!(
            "has a body without {}, so its texts cannot be taken",
            lacking.join(", ")
        );
        return Some(about.bad(&what, "`sms-bridge setup braze` prints the body"));
    }
    let ours = members(INBOUND).unwrap_or_default();
    let differs = |name: &&String| {
        !matches!(name.as_str(), "kind" | "support") && own.get(*name) != ours.get(*name)
    };
    let differing: Vec<&str> = ours.keys().filter(differs).map(String::as_str).collect();
    (!differing.is_empty()).then(|| {
        about.note(&format!(
            "has another body than `sms-bridge setup braze` prints: {}",
            differing.join(", ")
        ))
    })
}

/// The text names the comment and the part in `message_extras`.
fn names_the_message(body: &str) -> bool {
    let tag = |key: &str| {
        let mut tags = body.split("{%").skip(1);
        tags.any(|tag| {
            let mut words = tag.split_whitespace();
            words.next() == Some("message_extras") && words.any(|word| word == key)
        })
    };
    tag("bridge") && tag("bridge_part")
}

/// Kind and support of the texts that a campaign hands over.
fn kinds(told: &Value) -> Vec<(String, bool)> {
    bodies(told).filter_map(kind).collect()
}

fn kind(body: &str) -> Option<(String, bool)> {
    let own = members(body)?;
    let kind = own.get("kind").and_then(Value::as_str).unwrap_or("message");
    let support = own
        .get("support")
        .is_some_and(|is| *is == true || *is == "true");
    Some((kind.to_owned(), support))
}

fn is_guides(body: &str) -> bool {
    members(body).is_some_and(|own| {
        own.get("ticket").is_some_and(Value::is_object) && !own.contains_key("message")
    })
}

fn members(body: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(body).ok()
}

fn is_on(told: &Value, channel: &str) -> bool {
    let channels = told["channels"].as_array().into_iter().flatten();
    channels.filter_map(Value::as_str).any(|is| is == channel)
}

fn messages(told: &Value) -> impl Iterator<Item = &Value> {
    told["messages"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
}

fn bodies(told: &Value) -> impl Iterator<Item = &str> {
    messages(told).filter_map(|message| message["body"].as_str())
}

//! What Braze's webhooks and SMS are like: a person texts from a phone, the webhooks arrive here.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};

use super::currents;
use super::inbox::{Inbox, TWICE};
use super::person::ask;
use super::workspace::Workspace;
use crate::probe::facts::Findings;

/// The content block's name.
const BLOCK: &str = "sms_bridge_probe";
/// The second text.
const OTHER: &str = "probe two";
/// Characters of the long text.
const LONG: usize = 300;
/// Characters of the SMS that is too long for Braze: eleven parts.
const TOO_LONG: usize = 1_660;
/// A text that holds part of an opt-out keyword.
const FUZZY: &str = "probe cancelled";

/// How long Braze may take to repeat a webhook that was refused.
const REPEAT: Duration = Duration::from_mins(5);

pub(super) async fn look(
    workspace: &Workspace,
    inbox: &Inbox,
    findings: &mut Findings,
) -> Result<(), String> {
    let block = block(workspace).await?;
    ask(&campaign(inbox, block.is_ok())).await?;
    let first =
        format!("Text these two, one after the other, then press Enter:\n  {TWICE}\n  {OTHER}");
    ask(&first).await?;
    let tries = if inbox.is_own() { 2 } else { 1 };
    let both =
        |bodies: &[Value]| of(bodies, TWICE).count() >= tries && of(bodies, OTHER).count() > 0;
    let patience = workspace.patience.max(Duration::from_secs(1));
    let bodies = inbox
        .until(patience.max(REPEAT.min(patience * 8)), both)
        .await?;
    let Some(known) = of(&bodies, TWICE).next().cloned() else {
        return Err("no webhook came for the first text".to_owned());
    };
    if !inbox.is_own() {
        let why = "the stack answers 400, which Braze does not repeat: --listen tells";
        findings.open("braze.dispatch_id_per_attempt", why);
    }
    dispatch_ids(&bodies, findings);
    let fact = "braze.sms_in_content_blocks";
    match block {
        Ok(()) => blocks(&known, findings),
        Err(why) => findings.open(fact, &why),
    }
    cut(inbox, patience, findings).await?;
    media(inbox, patience, findings).await?;
    fuzzy(inbox, patience, findings).await?;
    number(workspace, &known, findings).await?;
    long(workspace, &known, findings).await?;
    let user = known["user"].as_str().unwrap_or_default();
    currents::look(workspace, inbox, user, findings).await?;
    tidy().await
}

/// The bodies of one text.
fn of<'b>(bodies: &'b [Value], text: &'b str) -> impl Iterator<Item = &'b Value> {
    bodies.iter().filter(move |body| body["message"] == text)
}

/// Makes the content block, or says why there is none.
async fn block(workspace: &Workspace) -> Result<Result<(), String>, String> {
    let content = "{{sms.${inbound_message_body}}}";
    let body = json!({"name": BLOCK, "content": content, "state": "active"});
    let made = workspace.post("/content_blocks/create", &body).await?;
    Ok(match made.status {
        200 | 201 => {
            workspace.has_block.store(true, Ordering::Relaxed);
            Ok(())
        }
        // It is there from an earlier run, emptied.
        400 => match fill(workspace, content).await? {
            Filled::Yes => Ok(()),
            Filled::NotThere => Err("the content block is not listed".to_owned()),
            Filled::Refused(why) => Err(why),
        },
        status => Err(format!("the content block was answered {status}")),
    })
}

/// What became of a change of the block's content.
enum Filled {
    Yes,
    NotThere,
    Refused(String),
}

/// Changes the block's content.
async fn fill(workspace: &Workspace, content: &str) -> Result<Filled, String> {
    let list = workspace.get("/content_blocks/list", &[]).await?;
    if !list.is_success() {
        let why = format!("the list of content blocks was answered {}", list.status);
        return Ok(Filled::Refused(why));
    }
    let all = list.body["content_blocks"].as_array().cloned();
    let all = all.unwrap_or_default();
    let own = all.iter().find(|one| one["name"] == BLOCK);
    let Some(id) = own.and_then(|one| one["content_block_id"].as_str()) else {
        return Ok(Filled::NotThere);
    };
    let body = json!({"content_block_id": id, "content": content});
    let done = workspace.post("/content_blocks/update", &body).await?;
    Ok(match done.is_success() {
        true => Filled::Yes,
        false => Filled::Refused(format!(
            "changing the content block was answered {}",
            done.status
        )),
    })
}

/// Empties the content block, however the run ended; what is left then, and how to remove it. Braze has no call to
/// delete a block or a campaign.
pub(crate) async fn left(workspace: &Workspace) -> Option<String> {
    let state = match fill(workspace, "").await {
        Ok(Filled::Yes) => "is empty now",
        Ok(Filled::NotThere) => return None,
        _ if !workspace.has_block.load(Ordering::Relaxed) => return None,
        Ok(Filled::Refused(_)) | Err(_) => {
            "could not be emptied (the key may not, or Braze did not answer)"
        }
    };
    Some(format!(
        "Left in Braze: the content block {BLOCK}, which {state}, and the webhook campaign, if you made it. Archive the \
         block under Templates > Content Blocks, and stop and archive the campaign under Messaging > Campaigns: Braze's \
         API deletes neither."
    ))
}

fn campaign(inbox: &Inbox, block: bool) -> String {
    let block = match block {
        true => r#","block":"{{content_blocks.${sms_bridge_probe}}}""#,
        false => "",
    };
    let header = inbox.header();
    let header = header.map_or_else(String::new, |header| format!("\nand\n  {header}"));
    format!(
        "In Braze, make a webhook campaign: action-based, for texts to a number of yours, keyword category OTHER, \
         re-eligible after zero minutes. It posts to\n  {}\nwith the header\n  Content-Type: application/json{header}\nand \
         this body:\n  {{\"probe\":\"{}\",\"dispatch_id\":\"{{{{campaign.${{dispatch_id}}}}}}\",\
         \"message\":\"{{{{sms.${{inbound_message_body}} | json_escape}}}}\",\
         \"media_urls\":\"{{{{sms.${{inbound_media_urls}} | json_escape}}}}\",\
         \"user\":\"{{{{${{user_id}} | json_escape}}}}\",\
         \"number\":\"{{{{${{phone_number}} | json_escape}}}}\"{block}}}\nYour phone's number must be that of a test \
         profile with an external id, subscribed. Launch it, then press Enter.",
        inbox.url(),
        inbox.mark()
    )
}

fn dispatch_ids(bodies: &[Value], findings: &mut Findings) {
    let id = |body: &Value| body["dispatch_id"].as_str().unwrap_or_default().to_owned();
    let tries: Vec<String> = of(bodies, TWICE).map(id).collect();
    let fact = "braze.dispatch_id_per_attempt";
    match tries.as_slice() {
        [first, second, ..] if !first.is_empty() => {
            let seen = "the two tries of one webhook, the first answered 503";
            findings.told(fact, first != second, seen);
        }
        [_] => findings.open(fact, "the webhook that was answered 503 did not come again"),
        _ => findings.open(fact, "there is no dispatch id in the body"),
    }
    let fact = "braze.dispatch_id_per_user_and_campaign";
    let other = of(bodies, OTHER).map(id).next();
    match (tries.first(), other) {
        (Some(one), Some(other)) if !one.is_empty() => {
            findings.told(fact, *one == other, "two texts of one customer");
        }
        _ => findings.open(fact, "the second text's webhook did not come"),
    }
}

fn blocks(body: &Value, findings: &mut Findings) {
    let fact = "braze.sms_in_content_blocks";
    match body["block"].as_str() {
        Some(TWICE) => findings.told(fact, true, "the block rendered the text"),
        Some("") => findings.told(fact, false, "the block rendered nothing"),
        _ => findings.open(fact, "the block rendered something else"),
    }
}

async fn cut(inbox: &Inbox, patience: Duration, findings: &mut Findings) -> Result<(), String> {
    let fact = "braze.inbound_cut";
    let text = long_text("probe long ", LONG);
    let what = format!(
        "Text this, all of it ({LONG} characters), then press Enter (s skips it):\n  {text}"
    );
    if ask(&what).await? == "s" {
        findings.open(fact, "skipped");
        return Ok(());
    }
    let is = |body: &Value| {
        let text = body["message"].as_str();
        text.is_some_and(|text| text.starts_with("probe long "))
    };
    let bodies = inbox
        .until(patience, |bodies| bodies.iter().any(is))
        .await?;
    let Some(body) = bodies.iter().find(|body| is(body)) else {
        findings.open(fact, "no webhook came for the long text");
        return Ok(());
    };
    let length = body["message"].as_str().unwrap_or_default().chars().count();
    let seen = format!("{length} of {LONG} characters came");
    match length {
        LONG => findings.told(fact, Value::Null, &seen),
        _ => findings.told(fact, length, &seen),
    }
    Ok(())
}

/// A text of so many characters, in which each place can be told.
fn long_text(head: &str, length: usize) -> String {
    let digits = (0..).flat_map(|n: u32| format!("{n} ").chars().collect::<Vec<_>>());
    head.chars()
        .chain(digits)
        .take(length - 1)
        .chain(['.'])
        .collect()
}

async fn media(inbox: &Inbox, patience: Duration, findings: &mut Findings) -> Result<(), String> {
    let fact = "braze.media_style";
    let what =
        "Text two pictures in one message, with or without words, then press Enter (s skips it):";
    if ask(what).await? == "s" {
        findings.open(fact, "skipped");
        return Ok(());
    }
    let urls = |body: &Value| {
        let urls = body["media_urls"].as_str().map(str::to_owned);
        urls.filter(|urls| !urls.is_empty())
    };
    let came = |bodies: &[Value]| bodies.iter().any(|body| urls(body).is_some());
    let bodies = inbox.until(patience, came).await?;
    let Some(urls) = bodies.iter().find_map(urls) else {
        findings.open(fact, "no webhook came with a picture");
        return Ok(());
    };
    let count = urls.matches("://").count();
    let style = match urls
        .rfind("http")
        .and_then(|at| urls[..at].chars().next_back())
    {
        _ if count < 2 => None,
        _ if urls.trim_start().starts_with('[') => Some("json_array"),
        Some(',') => Some("commas"),
        Some('\n') => Some("lines"),
        Some(' ') if urls.contains(", ") => None,
        Some(' ') => Some("spaces"),
        _ => None,
    };
    let seen = format!("{count} addresses in one value");
    match style {
        Some(style) => findings.told(fact, style, &seen),
        None => findings.open(
            fact,
            &format!("{seen}, in a form that is none of the known"),
        ),
    }
    Ok(())
}

async fn fuzzy(inbox: &Inbox, patience: Duration, findings: &mut Findings) -> Result<(), String> {
    let fact = "braze.fuzzy_opt_out";
    let what = format!(
        "Text this. Wait for half a minute. Did an automatic answer come? y or n (s skips it):\n  {FUZZY}"
    );
    let answered = ask(&what).await?;
    if answered != "y" && answered != "n" {
        findings.open(fact, "skipped");
        return Ok(());
    }
    let came = |bodies: &[Value]| of(bodies, FUZZY).count() > 0;
    let reached = came(&inbox.until(patience, came).await?);
    match (answered.as_str(), reached) {
        ("n", true) => findings.told(fact, "off", "no answer, and a webhook"),
        ("y", true) => findings.told(fact, "answers", "an answer, and a webhook"),
        ("y", false) => findings.told(fact, "swallows", "an answer, and no webhook"),
        _ => findings.open(fact, "neither an answer nor a webhook"),
    }
    Ok(())
}

/// Whether a state that is asked for by number is told by number. The number is the webhook's, and goes nowhere else.
async fn number(
    workspace: &Workspace,
    known: &Value,
    findings: &mut Findings,
) -> Result<(), String> {
    let fact = "braze.status_names_phone";
    let user = known["user"].as_str().unwrap_or_default();
    let phone = known["number"].as_str().unwrap_or_default();
    let campaign = match reply(workspace).await {
        Ok(campaign) => campaign,
        Err(why) => {
            findings.open(fact, &why);
            return Ok(());
        }
    };
    let group = campaign.group;
    if group.is_empty() || phone.is_empty() || user.is_empty() {
        findings.open(
            fact,
            "no subscription group, number or external id is known",
        );
        return Ok(());
    }
    let query = [("subscription_group_id", group.as_str()), ("phone", phone)];
    let told = workspace.get("/subscription/status/get", &query).await?;
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let status = told.body["status"].as_object();
    let names: Vec<&String> = status.into_iter().flat_map(|all| all.keys()).collect();
    if names.iter().any(|name| *name == user) {
        findings.told(fact, false, "named by the external id");
    } else if names.iter().any(|name| digits(name) == digits(phone)) {
        findings.told(fact, true, "named by the number");
    } else {
        findings.open(fact, &format!("answered {}", told.status));
    }
    Ok(())
}

/// An API-triggered SMS campaign that sends what it is given.
pub(super) struct Reply {
    pub(super) id: String,
    pub(super) group: String,
}

pub(super) async fn reply(workspace: &Workspace) -> Result<Reply, String> {
    let campaigns = workspace.campaigns().await?;
    let found = campaigns.into_iter().find_map(|(id, told)| {
        if told["enabled"] != true || told["archived"] == true {
            return None;
        }
        let mut messages = told["messages"].as_object()?.values();
        let sms = messages.find(|one| {
            let body = one["body"].as_str();
            one["channel"] == "sms" && body.is_some_and(|body| body.contains("msg_body"))
        })?;
        let group = sms["subscription_group_id"].as_str();
        let group = group.unwrap_or_default().to_owned();
        Some(Reply { id, group })
    });
    found.ok_or_else(|| "there is no live API-triggered SMS campaign with msg_body".to_owned())
}

async fn long(workspace: &Workspace, known: &Value, findings: &mut Findings) -> Result<(), String> {
    let fact = "braze.over_ten_parts";
    let user = known["user"].as_str().unwrap_or_default();
    let campaign = match reply(workspace).await {
        Ok(campaign) if !user.is_empty() => campaign,
        Ok(_) => {
            findings.open(fact, "the test profile has no external id");
            return Ok(());
        }
        Err(why) => {
            findings.open(fact, &why);
            return Ok(());
        }
    };
    let what = "May an SMS of eleven parts go to that phone, at your cost? y or n:";
    if ask(what).await? != "y" {
        findings.open(fact, "skipped");
        return Ok(());
    }
    let recipient = json!({"external_user_id": user, "send_to_existing_only": true,
        "trigger_properties": {"msg_body": long_text("probe ", TOO_LONG)}});
    let body = json!({"campaign_id": campaign.id, "broadcast": false, "recipients": [recipient]});
    let sent = workspace.post("/campaigns/trigger/send", &body).await?;
    if !sent.is_success() {
        findings.open(fact, &format!("the send was answered {}", sent.status));
        return Ok(());
    }
    let what = "Wait for two minutes. What came? w: all of it, it ends with a full stop; c: a part; n: nothing:";
    match ask(what).await?.as_str() {
        "w" => findings.told(fact, "sent", "all of it came"),
        "n" => findings.told(fact, "aborted", "nothing came"),
        "c" => findings.open(fact, "a part of it came"),
        _ => findings.open(fact, "nobody said"),
    }
    Ok(())
}

/// The last question, so that nobody leaves before what is left was emptied and archived.
async fn tidy() -> Result<(), String> {
    ask("Please stop and archive the webhook campaign now. Press Enter.")
        .await
        .map(drop)
}

//! Zendesk: the functions' credentials, the rate limit, what is set up, what was delivered.
//!
//! Out besides findings: how far Zendesk's clock is from this machine's.

use serde_json::{Map, Value};
use shared::net::BaseUrl;

use super::campaigns::{self, Posting};
use super::delivered::delivered;
use super::routes::skew;
use super::{Finding, Report, rights};
use crate::account::{Account, Deployed};
use crate::setup::body::differing;
use crate::setup::brands;
use crate::setup::by_hand::{ByHand, served, spares};
use crate::setup::fields::Difference;
use crate::setup::found::Found;
use crate::setup::plan::{Act, Change, Part, plan};
use crate::setup::wanted::{EVENTS, ROUTES, Wanted};
use crate::zendesk::{Admin, Credentials, SETUP_SCOPES, Trouble, credentials, sign_in};

/// The hop, in a finding.
pub(super) const AREA: &str = "zendesk";
/// Least part of the rate limit that should be left, in percent.
const ROOM: u64 = 25;

/// What other hops' checks need to know of Zendesk.
#[derive(Default)]
pub(super) struct Seen {
    /// Its clock less this machine's, in seconds.
    pub(super) clock: Option<i64>,
    /// The bodies that its triggers post to this stack.
    pub(super) bodies: Vec<Posting>,
}

/// Looks at everything.
pub(super) async fn check(
    account: &Account,
    stack: &Deployed,
    object: &Map<String, Value>,
    admin: Option<&Credentials>,
    report: &mut Report,
) -> Seen {
    let mut seen = Seen::default();
    let base = stack.parameter("ZendeskBaseUrl").unwrap_or_default();
    // What is missing was reported when the stack and the secret were looked at.
    let (Ok(base), Some(credentials)) = (base.parse::<BaseUrl>(), credentials(object)) else {
        return seen;
    };
    match functions(account, &base, &credentials, report).await {
        Ok(clock) => seen.clock = clock,
        Err(trouble) => {
            report.add([of(&trouble)]);
            return seen;
        }
    }
    let admin = admin.unwrap_or(&credentials);
    match set_up(account, stack, &base, admin, object, report).await {
        Ok(bodies) => seen.bodies = bodies,
        Err(trouble) => report.add([match trouble {
            Trouble::Scopes(_) | Trouble::Forbidden(..) | Trouble::NotAdmin(..) => Finding::note(
                AREA,
                format!(
                    "webhooks and triggers were not checked: {}; `sms-bridge doctor --client FILE` \
                     checks them with an administrator's OAuth client",
                    trouble.what()
                ),
            ),
            trouble => of(&trouble),
        }]),
    }
    seen
}

/// What the functions do with the credentials.
async fn functions(
    account: &Account,
    base: &BaseUrl,
    credentials: &Credentials,
    report: &mut Report,
) -> Result<Option<i64>, Trouble> {
    let scope = shared::zendesk::SCOPE;
    let program = sign_in(account.http(), base, credentials, &[scope]).await?;
    let (user, headers) = program.user().await?;
    let role = user["role"].as_str().unwrap_or_default();
    if role != "end-user" {
        report.add([Finding::good(AREA, format!("signed in, role {role}"))]);
    }
    report.add(rights::check(account, base, credentials, &user).await?);
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    if let (Some(most), Some(left)) = (number("x-rate-limit"), number("x-rate-limit-remaining")) {
        let told = format!("{left} of {most} requests a minute are left");
        report.add([if left * 100 < most * ROOM {
            Finding::bad(
                AREA,
                "the account's rate limit",
                format!("only {told}"),
                "find out which other programs call Zendesk, or have the limit raised",
            )
        } else {
            Finding::good(AREA, told)
        }]);
    }
    Ok(skew(&headers))
}

/// What an administrator sees.
async fn set_up(
    account: &Account,
    stack: &Deployed,
    base: &BaseUrl,
    credentials: &Credentials,
    object: &Map<String, Value>,
    report: &mut Report,
) -> Result<Vec<Posting>, Trouble> {
    let Ok(mut wanted) = Wanted::of(stack) else {
        return Ok(Vec::new());
    };
    let admin = sign_in(account.http(), base, credentials, &SETUP_SCOPES).await?;
    let found = Found::read(&admin, &wanted).await?;
    brands::keep(&mut wanted, &found);
    let plan = plan(&wanted, &found, object);
    let before = report.findings.len();
    let served = served(&wanted, &found, &plan.by_hand);
    let to_do = plan.to_do();
    let to_do: Vec<&Change> = to_do.filter(|c| !spares(&served, &wanted, c)).collect();
    let of_events =
        |change: &&Change| matches!(change.part, Part::Webhook(EVENTS) | Part::Secret(EVENTS));
    let lacks_events = to_do
        .iter()
        .any(|change| change.part == Part::Webhook(EVENTS) && change.act == Act::Create);
    let needed = to_do
        .into_iter()
        .filter(|change| !lacks_events || !of_events(change));
    report.add(needed.map(drift));
    let (harmful, harmless): (Vec<_>, Vec<_>) =
        plan.notices.iter().partition(|notice| notice.harmful);
    report.add(harmful.into_iter().map(|notice| {
        Finding::bad(
            AREA,
            "Zendesk Admin Center",
            notice.text.clone(),
            "as it says",
        )
    }));
    if report.findings.len() == before {
        let what = match served.is_empty() {
            true => "user field, webhooks, category, triggers and signing secrets are as wanted",
            false => "the user field and the signing secrets are as wanted",
        };
        report.add([Finding::good(AREA, what.to_owned())]);
    }
    report.add(
        harmless
            .into_iter()
            .map(|notice| Finding::note(AREA, notice.text.clone())),
    );
    if lacks_events && !has_events(&wanted, &found) {
        let what = "there is no webhook for event types, so a ticket that gets another requester, \
                    is merged or deleted is noticed only with the next text or answer on it; if the \
                    account has event types, `sms-bridge setup zendesk` creates it";
        report.add([Finding::note(AREA, what.to_owned())]);
    }
    let by_hand = plan
        .by_hand
        .iter()
        .filter(|one| served.contains(&one.route));
    deliveries(&admin, &wanted, &found, by_hand, report).await?;
    Ok(campaigns::postings(&wanted, &found))
}

/// A webhook made by hand follows event types.
fn has_events(wanted: &Wanted, found: &Found) -> bool {
    let is_it = |webhook: &Value| wanted.route(webhook) == Some(EVENTS);
    found.webhooks.iter().any(is_it)
}

/// What became of the webhooks' last requests.
async fn deliveries<'b>(
    admin: &Admin,
    wanted: &Wanted,
    found: &Found,
    by_hand: impl Iterator<Item = &'b ByHand>,
    report: &mut Report,
) -> Result<(), Trouble> {
    for (route, output, key) in ROUTES {
        if let Some(webhook) = found.own_webhooks(&wanted.owner, route).next() {
            report.add([delivered(admin, webhook, output, key).await?]);
        }
    }
    for one in by_hand {
        let (_, output, key) = ROUTES[one.route];
        report.add([delivered(admin, &one.webhook, output, key).await?]);
    }
    Ok(())
}

/// A change that set-up would make, as something that is wrong now.
fn drift(change: &Change) -> Finding {
    let kind = change.part.kind();
    let what = match (change.act, change.part) {
        (_, Part::Secret(_)) => format!("{} is not what the webhook signs with", change.name),
        (Act::Create, _) => format!("the {kind} {} is missing", change.name),
        (Act::Remove, _) => format!("the {kind} {} is there twice", change.name),
        _ => {
            let fields: Vec<String> = change
                .fields
                .iter()
                .map(|field| {
                    let shown = |text: &Option<String>| {
                        text.as_deref().unwrap_or("nothing").replace('\n', ", ")
                    };
                    match field.field {
                        "body" => body_changed(field),
                        name => format!(
                            "{name} is {}, should be {}",
                            shown(&field.was),
                            shown(&field.is)
                        ),
                    }
                })
                .collect();
            format!("the {kind} {}: {}", change.name, fields.join("; "))
        }
    };
    let setting = match change.part {
        Part::Secret(_) => change.name.clone(),
        _ => format!("{kind} {}", change.name),
    };
    Finding::bad(AREA, &setting, what, "sms-bridge setup zendesk")
}

fn body_changed(field: &Difference) -> String {
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    let names = differing(&shown(&field.was), &shown(&field.is));
    match names.is_empty() {
        true => "its body was changed".to_owned(),
        false => format!("its body was changed ({})", names.join(", ")),
    }
}

fn of(trouble: &Trouble) -> Finding {
    Finding::bad(AREA, trouble.setting(), trouble.what(), &trouble.remedy())
}

//! Zendesk: the functions' credentials, the rate limit, what is set up, what was delivered.
//!
//! Out besides findings: how far Zendesk's clock is from this machine's.

use serde_json::{Map, Value};
use shared::net::BaseUrl;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::routes::skew;
use super::{Finding, Report};
use crate::account::{Account, Deployed};
use crate::setup::found::{Found, id};
use crate::setup::plan::{Act, Change, Part, plan, text};
use crate::setup::wanted::{ROUTES, Wanted};
use crate::zendesk::{Admin, Credentials, SETUP_SCOPES, Trouble, credentials, token};

const AREA: &str = "zendesk";
/// Least part of the rate limit that should be left, in percent.
const ROOM: u64 = 25;
/// How long ago deliveries are looked at.
const RECENT: Duration = Duration::hours(24);

/// Looks at everything; gives Zendesk's clock less this machine's, in seconds.
pub(super) async fn check(
    account: &Account,
    stack: &Deployed,
    object: &Map<String, Value>,
    report: &mut Report,
) -> Option<i64> {
    // What is missing was told when the stack and the secret were looked at.
    let base: BaseUrl = stack.parameter("ZendeskBaseUrl")?.parse().ok()?;
    let credentials = credentials(object)?;
    let clock = match functions(account, &base, &credentials, report).await {
        Ok(clock) => clock,
        Err(trouble) => {
            report.add([of(&trouble)]);
            return None;
        }
    };
    if let Err(trouble) = set_up(account, stack, &base, &credentials, object, report).await {
        report.add([match trouble {
            Trouble::Scopes(_) | Trouble::Forbidden(_) | Trouble::NotAdmin(_) => Finding::note(
                AREA,
                format!(
                    "webhooks and triggers were not looked at: {}",
                    trouble.what()
                ),
            ),
            trouble => of(&trouble),
        }]);
    }
    clock
}

/// What the functions do with the credentials.
async fn functions(
    account: &Account,
    base: &BaseUrl,
    credentials: &Credentials,
    report: &mut Report,
) -> Result<Option<i64>, Trouble> {
    let scope = shared::zendesk::SCOPE;
    let header = token(account.http(), base, credentials, &[scope]).await?;
    let program = Admin::new(account.http(), base, header);
    let (role, headers) = program.me().await?;
    let Some(role) = role else {
        report.add([Finding::bad(
            AREA,
            "zendesk_oauth_client_secret",
            "Zendesk answers 200 as to \"Anonymous user\": the credentials are wrong".to_owned(),
            "bridge setup secret",
        )]);
        return Ok(None);
    };
    report.add([if role == "end-user" {
        Finding::bad(
            AREA,
            "zendesk_oauth_client_id",
            "the person who made the OAuth client is an end user, who may not see tickets"
                .to_owned(),
            "have an agent or administrator make the client, then `bridge setup secret`",
        )
    } else {
        Finding::good(AREA, format!("signed in, role {role}"))
    }]);
    report.add([
        match program.get("/tickets", &[("page[size]", "1")]).await {
            Ok(_) => Finding::good(
                AREA,
                "tickets can be read with the functions' scopes".to_owned(),
            ),
            Err(trouble @ Trouble::Forbidden(_)) => {
                let what = format!(
                    "{}: the scopes tickets:read and users:read are needed",
                    trouble.what()
                );
                Finding::bad(AREA, trouble.setting(), what, &trouble.remedy())
            }
            Err(trouble) => return Err(trouble),
        },
    ]);
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
) -> Result<(), Trouble> {
    let Ok(wanted) = Wanted::of(stack) else {
        return Ok(());
    };
    let header = token(account.http(), base, credentials, &SETUP_SCOPES).await?;
    let admin = Admin::new(account.http(), base, header);
    let found = Found::read(&admin, &wanted.owner).await?;
    let plan = plan(&wanted, &found, object);
    let before = report.findings.len();
    report.add(plan.to_do().map(drift));
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
        let what = "user field, webhooks, category, triggers and signing secrets are as wanted";
        report.add([Finding::good(AREA, what.to_owned())]);
    }
    report.add(
        harmless
            .into_iter()
            .map(|notice| Finding::note(AREA, notice.text.clone())),
    );
    for (route, output, key) in ROUTES {
        if let Some(webhook) = found.own_webhooks(&wanted.owner, route).next() {
            report.add([delivered(&admin, webhook, output, key).await?]);
        }
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
                        "body" => "its body was changed".to_owned(),
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
    Finding::bad(AREA, &setting, what, "bridge setup zendesk")
}

/// What became of a webhook's invocations of the last day.
async fn delivered(
    admin: &Admin,
    webhook: &Value,
    output: &str,
    key: &str,
) -> Result<Finding, Trouble> {
    let name = text(webhook, "name");
    let from = OffsetDateTime::now_utc() - RECENT;
    let from = from.replace_nanosecond(0).unwrap_or(from);
    let from = from.format(&Rfc3339).unwrap_or_default();
    let path = format!("/webhooks/{}/invocations", id(webhook).unwrap_or_default());
    let query = [
        ("filter[from_ts]", from.as_str()),
        ("sort", "-latest_completed_at"),
        ("page[size]", "100"),
    ];
    let told = admin.get(&path, &query).await?;
    let rows = told.body["invocations"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let recent = |row: &&Value| {
        text(row, "latest_completed_at") >= from || row["latest_completed_at"].is_null()
    };
    let failed: Vec<String> = rows.iter().filter(recent).filter_map(failure).collect();
    if failed.is_empty() {
        let what = match rows.len() {
            0 => format!("{name}: nothing was delivered in the last day"),
            n => format!("{name}: none of the last {n} invocations failed"),
        };
        return Ok(Finding::good(AREA, what));
    }
    let mut kinds = failed.clone();
    kinds.sort();
    kinds.dedup();
    let counted: Vec<String> = kinds
        .iter()
        .map(|kind| {
            format!(
                "{} × {kind}",
                failed.iter().filter(|one| *one == kind).count()
            )
        })
        .collect();
    let refused = failed.iter().any(|kind| kind.ends_with("401"));
    let (setting, remedy) = if refused {
        (key, "bridge setup zendesk")
    } else {
        (
            output,
            "look at the function's log; what was missed is compared and sent later",
        )
    };
    let what = format!(
        "{name}: {} of the last {} invocations failed within a day ({})",
        failed.len(),
        rows.len(),
        counted.join(", ")
    );
    Ok(Finding::bad(AREA, setting, what, remedy))
}

/// Status and code of an invocation that failed. The words were seen in live traffic; a list of them
/// is not published.
fn failure(row: &Value) -> Option<String> {
    let status = text(row, "status").to_lowercase();
    let code = row["status_code"].as_u64();
    let words = ["fail", "terminat", "broken", "error", "timed"];
    let bad =
        words.iter().any(|word| status.contains(word)) || code.is_some_and(|code| code >= 400);
    bad.then(|| match code {
        Some(code) => format!("{status} {code}"),
        None => status,
    })
}

fn of(trouble: &Trouble) -> Finding {
    Finding::bad(AREA, trouble.setting(), trouble.what(), &trouble.remedy())
}

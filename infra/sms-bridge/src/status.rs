//! `sms-bridge status`: what waits, since when, and why.
//!
//! In: the index `due`, and the items it names. Out: how many wait for what, and the longest
//! waiting ones. The table is not scanned: an idle bundle is answered with eight queries.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};
use shared::conversation::state::{Lane, Trouble};
use shared::conversation::store::Key;
use simulators::Clock;

use crate::Failure;
use crate::account::{self, Table, talk, text};
use crate::columns::{WIDEST, fitted, hanging, terminal};
use crate::events::{self, count, moment, span, times, vendor, whose};
use crate::waiting::{Waiting, Way, Why};

const EXAMPLES: &str = "\
Examples:
  sms-bridge status
  sms-bridge status --profile live --region eu-west-1 --limit 100
  sms-bridge status --json | jq .waiting.oldest_received_at";

/// What waits in the deployed bundle, since when, and why.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Status {
    /// Most conversations listed, the longest waiting first; 0: all.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    account: account::Options,
}

impl Status {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let now = Clock::new().now_ms();
        let stopped_at = table.stopped_at().await?;
        let allowed = table.updates_allowed().await?;
        let mut waiting = read(&table, now).await?;
        waiting.sort_by_key(|one| (one.since(), one.held.key.pk()));
        let limit = match self.limit {
            0 => waiting.len(),
            limit => limit.min(waiting.len()),
        };
        if self.account.json {
            talk::say_json(&json!({
                "table": table.name(),
                "at": events::time(now),
                "stopped_at": stopped_at.map(events::time),
                "waiting": summary(&waiting, allowed),
                "conversations": waiting[..limit].iter().map(Waiting::json).collect::<Vec<_>>(),
            }));
            return Ok(());
        }
        if let Some(at) = stopped_at {
            talk::say(&format!(
                "All outgoing SMS are stopped since {} UTC: sms-bridge go",
                moment(at)
            ));
        }
        let told = told(&waiting, allowed, now);
        let told = match terminal() < WIDEST {
            true => told.iter().flat_map(|line| fitted(line)).collect(),
            false => told,
        };
        talk::say(&told.join("\n"));
        if limit > 0 {
            talk::say(&listed(&waiting[..limit], now, terminal()).join("\n"));
        }
        if limit < waiting.len() {
            let rest = waiting.len() - limit;
            talk::say(&format!("and {rest} more: --limit 0 lists all"));
        }
        Ok(())
    }
}

async fn read(table: &Table, now: i64) -> Result<Vec<Waiting>, Failure> {
    let keys: Vec<Key> = table
        .waiting()
        .await?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let items = table.items(&keys).await?;
    let waiting = items.into_iter().filter_map(|item| {
        let key = Key::parse(text(&item, "pk")?)?;
        Waiting::read(&key, item, now)
    });
    Ok(waiting.collect())
}

fn by_why(waiting: &[Waiting]) -> BTreeMap<Why, usize> {
    let mut counted = BTreeMap::new();
    for one in waiting {
        *counted.entry(one.why).or_default() += 1;
    }
    counted
}

fn number_of_events(waiting: &[Waiting]) -> usize {
    waiting.iter().map(|one| one.held.mailbox.len()).sum()
}

/// How long it takes until all that waits for Zendesk's limit had its turn, in milliseconds: its events, and how
/// many updates of tickets a minute the bridge allows itself.
fn drain(waiting: &[Waiting], allowed: Option<i64>) -> Option<(i64, i64)> {
    let allowed = allowed.filter(|&allowed| allowed > 0)?;
    let limited = |way: &Way| way.lane == Lane::Zendesk && way.trouble == Some(Trouble::Limited);
    let held = waiting.iter().filter(|one| one.ways().iter().any(limited));
    let events: usize = held.map(|one| one.held.mailbox.len()).sum();
    let events = i64::try_from(events).ok().filter(|&events| events > 0)?;
    Some((events.saturating_mul(60_000) / allowed, allowed))
}

fn summary(waiting: &[Waiting], allowed: Option<i64>) -> Value {
    let oldest = waiting.first().map(|one| events::time(one.since()));
    let states = by_why(waiting).into_iter();
    let states: BTreeMap<_, _> = states.map(|(why, number)| (why.word(), number)).collect();
    json!({
        "conversations": waiting.len(),
        "events": number_of_events(waiting),
        "oldest_received_at": oldest,
        "states": states,
        "drain_seconds": drain(waiting, allowed).map(|(ms, _)| ms / 1000),
    })
}

fn told(waiting: &[Waiting], allowed: Option<i64>, now: i64) -> Vec<String> {
    let Some(oldest) = waiting.first() else {
        return vec!["Nothing waits.".to_owned()];
    };
    let mut lines = vec![format!(
        "{} in {}; the oldest for {}, since {} UTC.",
        count(number_of_events(waiting), "event"),
        count(waiting.len(), "conversation"),
        span(now - oldest.since()),
        moment(oldest.since()),
    )];
    let states = by_why(waiting).into_iter();
    lines.extend(states.map(|(why, number)| format!("{number:>7}  {}", why.told())));
    let mut troubles: BTreeMap<String, usize> = BTreeMap::new();
    for way in waiting.iter().flat_map(Waiting::ways) {
        if let Some(why) = way.trouble {
            let told = format!("{} {}", vendor(way.lane), events::trouble(why));
            *troubles.entry(told).or_default() += 1;
        }
    }
    lines.extend(
        troubles
            .iter()
            .map(|(told, number)| format!("{number:>7}  because {told}")),
    );
    if let Some((ms, allowed)) = drain(waiting, allowed) {
        lines.push(format!(
            "At the bridge's share of Zendesk's limit, {allowed} updates of tickets a minute, all is out in {}.",
            span(ms.max(60_000))
        ));
    }
    lines
}

/// A line each in a table; on a narrow terminal two lines each.
fn listed(waiting: &[Waiting], now: i64, columns: usize) -> Vec<String> {
    let is_narrow = columns < WIDEST;
    let mut lines = vec![String::new()];
    lines.push(match is_narrow {
        true => "Received (UTC)       Conversation".to_owned(),
        false => "Received (UTC)       Events  For      Failed  Next      Conversation".to_owned(),
    });
    for one in waiting {
        let ways = one.ways();
        let towards: Vec<_> = ways.iter().map(|way| vendor(way.lane)).collect();
        let failed = ways.iter().filter_map(|way| Some(way.wait?.attempts));
        let next = match one.why {
            Why::Worked => "at work".to_owned(),
            Why::Paused => format!("in {}", span(one.held.until - now)),
            Why::Due => "now".to_owned(),
            Why::Late => "LATE".to_owned(),
        };
        let towards = match towards[..] {
            [] => "-",
            [one] => one,
            _ => "both",
        };
        let (since, events) = (moment(one.since()), one.held.mailbox.len());
        let (failed, whose) = (failed.max().unwrap_or(0), whose(&one.held.key.pk()));
        if is_narrow {
            lines.extend(hanging(&format!("{since}  "), &whose, columns));
            let state = format!(
                "{} for {towards}, failed {}, next {next}",
                count(events, "event"),
                times(failed)
            );
            lines.extend(hanging("    ", &state, columns));
        } else {
            let row = format!("{since}  {events:>6}  {towards:<7}  {failed:>6}  {next:<8}  ");
            lines.extend(hanging(&row, &whose, columns));
        }
    }
    lines
}

//! Dead letters, acted upon: delivered once more, or removed.
//!
//! In: ids or a filter, a person's yes. Out: results one by one.

use clap::{ArgGroup, Args};
use serde_json::{Value, json};
use simulators::Clock;

use super::letter::{Letter, in_order};
use super::look::{Filter, lines};
use super::named;
use super::post::{self, Doors};
use super::replay::{Replayed, Replays};
use crate::Failure;
use crate::account::{self, Account, talk};
use crate::events::count;

const REPLAY_EXAMPLES: &str = "\
Examples:
  sms-bridge dead-letters replay 0f3a5c… 91bc02…
  sms-bridge dead-letters replay --customer ana-7
  sms-bridge dead-letters replay --cause \"tried for too long\"
  sms-bridge dead-letters replay --all --yes";

const REPLAY_USAGE: &str = "\
sms-bridge dead-letters replay [OPTIONS] <IDS>...
       sms-bridge dead-letters replay [OPTIONS] --all
       sms-bridge dead-letters replay [OPTIONS] --customer USER|--cause TEXT";

const DROP_EXAMPLES: &str = "\
Examples:
  sms-bridge dead-letters drop 0f3a5c…
  sms-bridge dead-letters drop 0f3a5c… 91bc02… --yes";

#[derive(Args)]
#[command(after_help = REPLAY_EXAMPLES, override_usage = REPLAY_USAGE)]
#[command(group = ArgGroup::new("which").args(["ids", "all", "customer", "cause"]).required(true).multiple(true))]
pub(super) struct Replay {
    /// Their ids, as the list shows them.
    #[arg(conflicts_with_all = ["all", "customer", "cause"])]
    ids: Vec<String>,
    /// All there are.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    filter: Filter,
    /// Also those that a replay, broken off days ago, may have delivered.
    #[arg(long)]
    again: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

#[derive(Args)]
#[command(after_help = DROP_EXAMPLES)]
pub(super) struct Drop {
    /// Their ids, as the list shows them.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

impl Replay {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let account = self.account.connect().await?;
        let table = account.table().await?;
        let mut letters = Vec::new();
        for id in &self.ids {
            letters.push(named(&table, id).await?);
        }
        if self.ids.is_empty() {
            letters = self.filter.letters(&table).await?;
            let number = count(letters.len(), "dead letter");
            if !self.yes && !letters.is_empty() {
                talk::confirm(&format!("Deliver {number} once more?"))?;
            }
        }
        in_order(&mut letters);
        letters.dedup_by(|one, other| one.id == other.id);
        let doors = doors(&account, &letters).await?;
        let mut replays = Replays::new(table, doors, self.again);
        let bar = talk::progress("replayed", letters.len());
        let mut results = Vec::new();
        for letter in &letters {
            let replayed = replays.replay(letter, Clock::new().now_ms()).await;
            let replayed = replayed.inspect_err(|_| bar.finish_and_clear())?;
            if !self.account.json {
                bar.suspend(|| talk::say(&told(letter, &replayed)));
            }
            results.push((letter, replayed));
            bar.inc(1);
        }
        bar.finish_and_clear();
        self.conclude(&results)
    }

    fn conclude(&self, results: &[(&Letter, Replayed)]) -> Result<(), Failure> {
        let stay = results
            .iter()
            .filter(|(_, replayed)| matches!(replayed, Replayed::Stays(_)))
            .count();
        if self.account.json {
            let shown: Vec<Value> = results
                .iter()
                .map(|(letter, r)| result(letter, r))
                .collect();
            talk::say_json(&shown);
        } else if results.is_empty() {
            talk::say("No dead letters.");
        }
        let all = count(results.len(), "dead letter");
        if stay > 0 {
            return Err(Failure::Broken(format!("{stay} of {all} stayed")));
        }
        if !self.account.json && !results.is_empty() {
            talk::say(&format!("{all} replayed."));
        }
        Ok(())
    }
}

fn told(letter: &Letter, replayed: &Replayed) -> String {
    let became = match replayed {
        Replayed::Back => "waits in its conversation again".to_owned(),
        Replayed::Answered(outcome) => outcome.clone(),
        Replayed::Stays(why) => format!("stays: {why}"),
    };
    lines(letter, &became)
}

fn result(letter: &Letter, replayed: &Replayed) -> Value {
    let (done, outcome) = match replayed {
        Replayed::Back => (true, "queued"),
        Replayed::Answered(outcome) => (true, outcome.as_str()),
        Replayed::Stays(why) => (false, why.as_str()),
    };
    json!({
        "id": letter.id,
        "kind": letter.kind(),
        "conversation": letter.conversation,
        "replayed": done,
        "outcome": outcome,
    })
}

/// What it takes to post the requests among these letters; nothing where there are none.
async fn doors(account: &Account, letters: &[Letter]) -> Result<Option<Doors>, Failure> {
    let mut needs = Vec::new();
    for need in letters.iter().filter_map(|l| post::need(&l.source)) {
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    if needs.is_empty() {
        return Ok(None);
    }
    // Requests are posted to the stack's URLs, which nothing but the stack tells.
    let stack = account.deployed().await?;
    let url = |name: &str| stack.output(name).map(str::to_owned);
    Ok(Some(Doors {
        reply: url("ZendeskReplyUrl")?,
        solved: url("ZendeskSolvedUrl")?,
        events: url("ZendeskEventsUrl").unwrap_or_default(),
        inbound: url("BrazeInboundUrl")?,
        secrets: account.secret().await?.secrets(&needs).await?,
        http: account.http().clone(),
    }))
}

impl Drop {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let mut letters = Vec::new();
        for id in &self.ids {
            letters.push(named(&table, id).await?);
        }
        if !self.yes {
            for letter in &letters {
                talk::warn(&lines(letter, &letter.cause));
            }
            let number = count(letters.len(), "dead letter");
            talk::confirm(&format!("Remove {number} for good?"))?;
        }
        for letter in &letters {
            table.remove(&letter.pk()).await?;
        }
        if self.account.json {
            let ids: Vec<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
            talk::say_json(&json!({ "dropped": ids }));
        } else {
            talk::say(&format!("{} dropped.", count(letters.len(), "dead letter")));
        }
        Ok(())
    }
}

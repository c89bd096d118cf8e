//! `bridge dead-letters`: what could never be delivered, looked at, replayed, dropped.
//!
//! In: the table. Out: lists, results one by one. What a letter is, is in `letter`; how it is tried
//! again, in `replay` and `post`.

mod letter;
mod post;
mod replay;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::Failure;
use crate::account::{self, Account, Table, talk};
use crate::events::{count, moment, whose};

pub(crate) use letter::{Letter, PREFIX, in_order};
pub(crate) use post::Doors;
pub(crate) use replay::{Replayed, Replays};

const EXAMPLES: &str = "\
Examples:
  bridge dead-letters list
  bridge dead-letters show 0f3a5c… --text
  bridge dead-letters replay 0f3a5c… 91bc02…
  bridge dead-letters replay --customer ana-7
  bridge dead-letters replay --all --cause \"tried for too long\"
  bridge dead-letters drop 0f3a5c…

Replays go in the order in which the events were received, each customer's behind
what waits already. A replay that was interrupted is repeated as it was given:
nothing is delivered twice.";

/// See, replay or drop what could not be delivered.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DeadLetters {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// List dead letters, the oldest first.
    List(List),
    /// Show one dead letter.
    Show(Show),
    /// Deliver dead letters once more, in order; each result is told.
    Replay(Replay),
    /// Remove dead letters for good.
    Drop(Drop),
}

/// Which letters, when they are not named.
#[derive(Args, Default)]
struct Filter {
    /// Only those of this customer (Braze external id).
    #[arg(long, value_name = "USER")]
    customer: Option<String>,
    /// Only those whose cause contains this text.
    #[arg(long, value_name = "TEXT")]
    cause: Option<String>,
}

#[derive(Args)]
struct List {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    account: account::Options,
}

#[derive(Args)]
struct Show {
    /// Its id, as the list shows it.
    id: String,
    /// Show its content as well: texts, names, numbers.
    #[arg(long)]
    text: bool,
    #[command(flatten)]
    account: account::Options,
}

#[derive(Args)]
struct Replay {
    /// Their ids, as the list shows them.
    #[arg(required_unless_present_any = ["all", "customer", "cause"], conflicts_with_all = ["all", "customer", "cause"])]
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
struct Drop {
    /// Their ids, as the list shows them.
    #[arg(required = true)]
    ids: Vec<String>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

impl DeadLetters {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.act {
            Act::List(list) => list.run().await,
            Act::Show(show) => show.run().await,
            Act::Replay(replay) => Box::pin(replay.run()).await,
            Act::Drop(drop) => drop.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let letters = self.filter.letters(&table).await?;
        if self.account.json {
            let shown: Vec<Value> = letters.iter().map(|letter| letter.json(false)).collect();
            talk::say_json(&shown);
            return Ok(());
        }
        for letter in &letters {
            talk::say(&line(letter));
            talk::say(&format!("    {}  {}", letter.id, letter.cause));
        }
        talk::say(&match letters.len() {
            0 => "No dead letters.".to_owned(),
            number => format!("{}; times are UTC.", count(number, "dead letter")),
        });
        Ok(())
    }
}

fn line(letter: &Letter) -> String {
    let whose = match &letter.conversation {
        Some(conversation) => whose(conversation),
        None => format!("to {}", letter.source),
    };
    let at = moment(letter.buried_at);
    format!("{at}  {:<10}  {whose}", letter.kind())
}

impl Show {
    async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let letter = named(&table, &self.id).await?;
        let shown = letter.json(self.text);
        if self.account.json {
            talk::say_json(&shown);
            return Ok(());
        }
        for (name, value) in shown.as_object().into_iter().flatten() {
            match value {
                Value::Object(facts) => {
                    talk::say(&format!("{name}:"));
                    for (name, value) in facts {
                        talk::say(&format!("  {name}: {}", plain(value)));
                    }
                }
                value => talk::say(&format!("{name}: {}", plain(value))),
            }
        }
        Ok(())
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

impl Replay {
    async fn run(self) -> Result<(), Failure> {
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
            let replayed = replays.replay(letter, now()).await;
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
    format!("{}\n    {}  {became}", line(letter), letter.id)
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
    let mut needs: Vec<_> = letters
        .iter()
        .filter_map(|l| post::need(&l.source))
        .collect();
    needs.dedup();
    if needs.is_empty() {
        return Ok(None);
    }
    let stack = account.deployed().await?;
    let url = |name: &str| stack.output(name).map(str::to_owned);
    Ok(Some(Doors {
        reply: url("ZendeskReplyUrl")?,
        solved: url("ZendeskSolvedUrl")?,
        inbound: url("BrazeInboundUrl")?,
        secrets: account.secret().await?.secrets(&needs).await?,
        http: account.http().clone(),
    }))
}

impl Drop {
    async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let mut letters = Vec::new();
        for id in &self.ids {
            letters.push(named(&table, id).await?);
        }
        if !self.yes {
            for letter in &letters {
                eprintln!("{}\n    {}  {}", line(letter), letter.id, letter.cause);
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

impl Filter {
    /// The letters of the table that pass, in order.
    async fn letters(&self, table: &Table) -> Result<Vec<Letter>, Failure> {
        let mut letters = all(table).await?;
        if let Some(user) = &self.customer {
            letters.retain(|letter| letter.is_of(user.trim(), &[]));
        }
        if let Some(cause) = &self.cause {
            letters.retain(|letter| letter.cause.contains(cause));
        }
        Ok(letters)
    }
}

/// Every dead letter, in order. The whole table is read for it: nothing else lists them.
pub(crate) async fn all(table: &Table) -> Result<Vec<Letter>, Failure> {
    let mut letters = Vec::new();
    let dead = ("begins_with", "pk", PREFIX);
    table
        .each_where(dead, |item| letters.extend(Letter::read(item)))
        .await?;
    in_order(&mut letters);
    Ok(letters)
}

async fn named(table: &Table, id: &str) -> Result<Letter, Failure> {
    let id = id.trim();
    let id = id.strip_prefix(PREFIX).unwrap_or(id);
    let item = table.item(&format!("{PREFIX}{id}")).await?;
    let letter = item.as_ref().and_then(Letter::read);
    letter.ok_or_else(|| {
        Failure::Usage(format!(
            "there is no dead letter {id}: `bridge dead-letters list` shows them"
        ))
    })
}

fn now() -> i64 {
    simulators::Clock::new().now_ms()
}

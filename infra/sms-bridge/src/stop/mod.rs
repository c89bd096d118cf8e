//! `sms-bridge stop` and `sms-bridge go`: no SMS goes out any more, and they go out again.
//!
//! In: the table. Out: the switch in it, which every function looks at before an SMS. What waits meanwhile
//! stays where it is, in its conversation, and is shown before it goes.

mod outgoing;

use clap::Args;
use serde_json::{Value, json};
use shared::conversation::store::{Held, Key};
use simulators::Clock;

use crate::Failure;
use crate::account::{self, Table, talk, text};
use crate::events::{self, count, moment};

use outgoing::Outgoing;

const STOP_EXAMPLES: &str = "\
Examples:
  sms-bridge stop
  sms-bridge stop --profile live --region eu-west-1 --yes";

const GO_EXAMPLES: &str = "\
Examples:
  sms-bridge go --dry-run --text      what is waiting, with its text
  sms-bridge go --drop 9e3844370e1c16ab5faf79817ed702bc
  sms-bridge go --yes";

/// How often a change of a conversation is tried that others write to at the same time.
const TRIES: usize = 5;

/// Stop every outgoing SMS at once; nothing is lost.
#[derive(Args)]
#[command(after_help = STOP_EXAMPLES)]
pub(crate) struct Stop {
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

/// Show what waits since everything was stopped, and let it go out.
#[derive(Args)]
#[command(after_help = GO_EXAMPLES)]
pub(crate) struct Go {
    /// Take this event out first, by its delivery id: it is never sent. May be repeated.
    #[arg(long, value_name = "ID")]
    drop: Vec<String>,
    /// Show the words as well.
    #[arg(long)]
    text: bool,
    /// Only show what would go out.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

impl Stop {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let before = table.stopped_at().await?;
        if before.is_none() {
            if !self.yes {
                talk::confirm(&format!(
                    "Stop every SMS that table {} sends?",
                    table.name()
                ))?;
            }
            table.stop(Clock::new().now_ms()).await?;
        }
        let since = match before {
            Some(at) => at,
            None => table.stopped_at().await?.unwrap_or_default(),
        };
        if self.account.json {
            talk::say_json(&json!({
                "table": table.name(),
                "stopped_at": events::time(since),
                "changed": before.is_none(),
            }));
            return Ok(());
        }
        talk::say(&match before {
            Some(at) => format!("Stopped already, since {} UTC.", moment(at)),
            None => "Stopped. Within 15 seconds no SMS goes out any more.".to_owned(),
        });
        talk::say("Customers' texts still reach Zendesk. Answers and closing messages wait,");
        talk::say("and none is given up meanwhile. To see what is waiting: sms-bridge go");
        talk::say("--dry-run. To send it: sms-bridge go");
        Ok(())
    }
}

impl Go {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let stopped_at = table.stopped_at().await?;
        let waiting = outgoing::read(&table).await?;
        self.check(&waiting)?;
        let (dropped, goes): (Vec<Outgoing>, Vec<Outgoing>) =
            waiting.into_iter().partition(|one| self.drops(one));
        self.show(stopped_at, &dropped, &goes);
        let acts = !self.dry_run && (stopped_at.is_some() || !dropped.is_empty());
        if acts {
            if !self.yes {
                talk::confirm(&question(&dropped, &goes))?;
            }
            self.act(&table, stopped_at.is_some(), &dropped, &goes)
                .await?;
        }
        self.conclude(&table, stopped_at, acts, &dropped, &goes);
        Ok(())
    }

    fn drops(&self, one: &Outgoing) -> bool {
        let id = one.entry.event.delivery.as_str();
        self.drop.iter().any(|drop| drop.trim() == id)
    }

    /// A misspelt id must not look dropped.
    fn check(&self, waiting: &[Outgoing]) -> Result<(), Failure> {
        let waits = |id: &&String| {
            let mut all = waiting.iter();
            all.any(|one| one.entry.event.delivery.as_str() == id.trim())
        };
        match self.drop.iter().find(|id| !waits(id)) {
            None => Ok(()),
            Some(id) => Err(Failure::Usage(format!(
                "no SMS waits under the id {id}: sms-bridge go --dry-run lists them"
            ))),
        }
    }

    fn show(&self, stopped_at: Option<i64>, dropped: &[Outgoing], goes: &[Outgoing]) {
        let mut lines = vec![match stopped_at {
            Some(at) => format!("All outgoing SMS are stopped since {} UTC.", moment(at)),
            None => "SMS are not stopped.".to_owned(),
        }];
        for (what, list) in [("to be dropped", dropped), ("to go out", goes)] {
            if !list.is_empty() {
                lines.push(format!("{} {what}:", count(list.len(), "event")));
                lines.extend(
                    list.iter()
                        .flat_map(|one| one.lines(self.text && !self.account.json)),
                );
            }
        }
        if dropped.is_empty() && goes.is_empty() {
            lines.push("Nothing is waiting to be sent.".to_owned());
        }
        let shown = lines.join("\n");
        if !self.account.json {
            talk::say(&shown);
        } else if !self.yes && !self.dry_run {
            talk::warn(&shown);
        }
    }

    /// What is dropped goes before anything can go out.
    async fn act(
        &self,
        table: &Table,
        is_stopped: bool,
        dropped: &[Outgoing],
        goes: &[Outgoing],
    ) -> Result<(), Failure> {
        for one in dropped {
            let id = one.entry.event.delivery.clone();
            let taken_out = change(table, &one.key, |held| {
                held.mailbox.retain(|entry| entry.event.delivery != id);
            });
            if !taken_out.await? {
                return Err(Failure::Broken(format!(
                    "{id} could not be dropped, because a function is working on its conversation: \
                     no SMS goes out; repeat this in a minute"
                )));
            }
        }
        if !is_stopped {
            return Ok(());
        }
        table.remove(shared::conversation::store::SWITCH).await?;
        let mut keys: Vec<&Key> = goes.iter().map(|one| &one.key).collect();
        keys.dedup();
        for key in keys {
            // One that cannot be woken goes by itself, when its pause ends.
            change(table, key, wake).await?;
        }
        Ok(())
    }

    fn conclude(
        &self,
        table: &Table,
        stopped_at: Option<i64>,
        acts: bool,
        dropped: &[Outgoing],
        goes: &[Outgoing],
    ) {
        if self.account.json {
            let shown = |list: &[Outgoing]| -> Vec<Value> {
                list.iter().map(|one| one.json(self.text)).collect()
            };
            return talk::say_json(&json!({
                "table": table.name(),
                "stopped_at": stopped_at.map(events::time),
                "dropped": shown(dropped),
                "outgoing": shown(goes),
                "changed": acts,
            }));
        }
        if acts && !dropped.is_empty() {
            talk::say(&format!("{} dropped.", count(dropped.len(), "event")));
        }
        if acts && stopped_at.is_some() {
            talk::say("SMS go out again. The waiting messages go out within two minutes.");
        }
    }
}

fn wake(held: &mut Held) {
    held.state.braze_wait = None;
    held.state.automatic_wait = None;
}

fn question(dropped: &[Outgoing], goes: &[Outgoing]) -> String {
    let goes = format!("Let SMS go out again, starting with these {}?", goes.len());
    match dropped.len() {
        0 => goes,
        number => format!("Drop {} for good? {goes}", count(number, "event")),
    }
}

/// Changes a conversation that no worker holds; says whether that could be done.
async fn change(table: &Table, key: &Key, change: impl Fn(&mut Held)) -> Result<bool, Failure> {
    for _ in 0..TRIES {
        let Some(item) = table.item(&key.pk()).await? else {
            return Ok(true);
        };
        if text(&item, "lease").is_none() {
            return Ok(true);
        }
        let mut held = Held::read(key, item);
        change(&mut held);
        let amended = table.store().amend(&held, Clock::new().now_ms()).await;
        if amended.map_err(|error| table.store_failed(&error))? {
            return Ok(true);
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    Ok(false)
}

//! `sms-bridge dead-letters`: what could never be delivered, looked at, replayed, dropped.
//!
//! In: the table. Out: lists (`look`), results one by one (`act`). What a letter is, is in `letter`;
//! how it is tried again, in `replay` and `post`.

mod act;
pub(crate) mod letter;
mod look;
mod post;
mod replay;

use clap::{Args, Subcommand};

use crate::Failure;
use crate::account::Table;

use act::{Drop, Replay};
use look::{List, Show};

pub(crate) use letter::{Letter, PREFIX, in_order};
pub(crate) use post::Doors;
pub(crate) use replay::{Replayed, Replays};

const EXAMPLES: &str = "\
Examples:
  sms-bridge dead-letters list
  sms-bridge dead-letters show 0f3a5c… --text
  sms-bridge dead-letters replay 0f3a5c… 91bc02…
  sms-bridge dead-letters replay --customer ana-7
  sms-bridge dead-letters replay --all --cause \"tried for too long\"
  sms-bridge dead-letters drop 0f3a5c…

Events are replayed in the order in which they were received, behind the
customer's events that already wait. Was a replay interrupted? Run the same
command again: nothing is delivered twice.";

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
    /// Deliver dead letters once more, in order; each result is printed.
    Replay(Replay),
    /// Remove dead letters for good.
    Drop(Drop),
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
            "there is no dead letter {id}: `sms-bridge dead-letters list` shows them"
        ))
    })
}

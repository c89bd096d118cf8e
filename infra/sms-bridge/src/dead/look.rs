//! Dead letters, looked at: the list and one of them.
//!
//! In: the table. Out: lines or JSON; contents only where asked for.

use clap::Args;
use serde_json::Value;
use shared::conversation::store::{Held, Key};
use shared::message::{Customer, Phone, TicketId};

use super::letter::Letter;
use super::{all, named};
use crate::Failure;
use crate::account::{self, Table, talk};
use crate::columns::{fitted, hanging, terminal};
use crate::events::{count, moment, whose};

/// Which letters, when they are not named.
#[derive(Args, Default)]
pub(super) struct Filter {
    /// Only those of this customer (Braze external id).
    #[arg(long, value_name = "USER")]
    customer: Option<String>,
    /// Only those whose cause contains this text.
    #[arg(long, value_name = "TEXT")]
    cause: Option<String>,
}

const LIST_EXAMPLES: &str = "\
Examples:
  sms-bridge dead-letters list
  sms-bridge dead-letters list --customer ana-7
  sms-bridge dead-letters list --cause 422 --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  sms-bridge dead-letters show 0f3a5c…
  sms-bridge dead-letters show 0f3a5c… --text";

#[derive(Args)]
#[command(after_help = LIST_EXAMPLES)]
pub(super) struct List {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    account: account::Options,
}

#[derive(Args)]
#[command(after_help = SHOW_EXAMPLES)]
pub(super) struct Show {
    /// Its id, as the list shows it.
    id: String,
    /// Show its content as well: texts, names, numbers.
    #[arg(long)]
    text: bool,
    #[command(flatten)]
    account: account::Options,
}

impl List {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let letters = self.filter.letters(&table).await?;
        if self.account.json {
            let shown: Vec<Value> = letters.iter().map(|letter| letter.json(false)).collect();
            talk::say_json(&shown);
            return Ok(());
        }
        for letter in &letters {
            talk::say(&lines(letter, &letter.cause));
        }
        talk::say(&match letters.len() {
            0 => "No dead letters.".to_owned(),
            number => format!("{}; times are UTC.", count(number, "dead letter")),
        });
        Ok(())
    }
}

/// What a letter is, its id and what is said of it.
pub(super) fn lines(letter: &Letter, said: &str) -> String {
    let whose = match &letter.conversation {
        Some(conversation) => whose(conversation),
        None => format!("to {}", letter.source),
    };
    let at = moment(letter.buried_at);
    let first = format!("{at}  {:<10}  {whose}", letter.kind());
    let said = hanging(&format!("    {}  ", letter.id), said, terminal());
    [fitted(&first), said].concat().join("\n")
}

impl Show {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let letter = named(&table, &self.id).await?;
        if self.account.json {
            talk::say_json(&letter.json(self.text));
            return Ok(());
        }
        for (name, value) in letter.json(false).as_object().into_iter().flatten() {
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
        if self.text {
            letter.content().iter().for_each(told);
        }
        Ok(())
    }
}

/// A part of the content: behind its name, or below it where it has several lines.
fn told((name, value): &(&str, String)) {
    if !value.contains('\n') {
        return talk::say(&format!("{name}: {value}"));
    }
    talk::say(&format!("{name}:"));
    value
        .lines()
        .for_each(|line| talk::say(&format!("  {line}")));
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        other => other.to_string(),
    }
}

impl Filter {
    /// The letters of the table that pass, in order.
    pub(super) async fn letters(&self, table: &Table) -> Result<Vec<Letter>, Failure> {
        let mut letters = all(table).await?;
        if let Some(user) = self.customer.as_deref().map(str::trim) {
            let wrong = |_| Failure::Usage("a Braze external id is not empty".to_owned());
            let mut customers: Vec<Customer> = vec![user.parse().map_err(wrong)?];
            customers.extend(Phone::read(user).map(Customer::Phone));
            let mut tickets = Vec::new();
            for customer in &customers {
                let key = Key::Customer(customer.clone());
                let item = table.item(&key.pk()).await?.unwrap_or_default();
                tickets.extend(Held::read(&key, item).state.ticket.map(TicketId::get));
            }
            letters.retain(|letter| {
                let mut all = customers.iter();
                all.any(|customer| letter.is_of(customer, &tickets))
            });
        }
        if let Some(cause) = &self.cause {
            letters.retain(|letter| letter.cause.contains(cause));
        }
        Ok(letters)
    }
}

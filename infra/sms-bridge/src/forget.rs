//! `sms-bridge forget`: everything the table holds of one customer, removed.
//!
//! In: a Braze external id or a number, the table. Out: which items went. Reaches the table only: Zendesk and
//! Braze keep what is theirs.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value, json};
use shared::conversation::store::Key;
use shared::conversation::watch::Watch;
use shared::message::{Customer, Phone};

use crate::Failure;
use crate::account::{self, Item, Table, talk, text};
use crate::dead::Letter;

const EXAMPLES: &str = "\
Examples:
  sms-bridge forget ana-7 --dry-run
  sms-bridge forget +15550100042
  sms-bridge forget ana-7 --ticket 4711";

/// Remove everything the table holds of one customer.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Forget {
    /// The customer's Braze external id; of a customer without one the number, with its country's code.
    user: String,
    /// An older ticket of the customer, whose waiting look-up goes as well; may be repeated.
    #[arg(long, value_name = "ID")]
    ticket: Vec<u64>,
    /// Only show what would be removed.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

/// What there is of the customer, in the order it is removed.
struct Found {
    /// Keys; the conversation comes last, because it names the ticket.
    keys: Vec<String>,
    waiting: usize,
    looked_at: usize,
}

impl Forget {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let table = self.account.connect().await?.table().await?;
        let found = self.find(&table).await?;
        let removes = !found.keys.is_empty() && !self.dry_run;
        if !self.account.json {
            talk::say(&self.shown(&found));
        } else if removes && !self.yes {
            talk::warn(&self.shown(&found));
        }
        if removes {
            if !self.yes {
                talk::confirm("Remove these items for good?")?;
            }
            for key in &found.keys {
                table.remove(key).await?;
            }
        }
        if self.account.json {
            talk::say_json(&json!({
                "looked_at": found.looked_at,
                "keys": found.keys,
                "waiting_events": found.waiting,
                "removed": removes,
            }));
        } else if removes {
            talk::say("Removed. Backups of the table keep the data for up to 35 days.");
            talk::say("Zendesk and Braze keep their own data: delete the user there as well.");
        }
        Ok(())
    }

    async fn find(&self, table: &Table) -> Result<Found, Failure> {
        let customer = self.customer(table).await?;
        let mut conversations = Vec::new();
        let mut watched = Vec::new();
        for who in &customer {
            let key = Key::Customer(who.clone()).pk();
            conversations.extend(table.item(&key).await?.map(|item| (key, item)));
            let key = Watch::pk(who);
            watched.extend(table.item(&key).await?.map(|_| key));
        }
        let mut tickets: BTreeSet<u64> = self.ticket.iter().copied().collect();
        tickets.extend(conversations.iter().filter_map(|(_, item)| ticket(item)));
        let tickets: Vec<u64> = tickets.into_iter().collect();
        let mut keys = BTreeSet::new();
        let looked_at = table
            .each(|item| {
                let of_them = |letter: &Letter| {
                    let mut all = customer.iter();
                    all.any(|who| letter.is_of(who, &tickets))
                };
                keys.extend(Letter::read(item).filter(of_them).map(|letter| letter.pk()));
                let pk = text(item, "pk").unwrap_or_default();
                let look_up = tickets.iter().any(|id| *pk == format!("ticket#{id}"));
                if look_up || customer.iter().any(|who| leads_to(item, pk, who)) {
                    keys.insert(pk.to_owned());
                }
            })
            .await?;
        let mut keys: Vec<String> = keys.into_iter().collect();
        keys.extend(watched);
        let waiting = conversations
            .iter()
            .filter_map(|(_, item)| item.get("mailbox")?.as_l().ok())
            .map(Vec::len)
            .sum();
        keys.extend(conversations.into_iter().map(|(key, _)| key));
        Ok(Found {
            keys,
            waiting,
            looked_at,
        })
    }

    /// The customer, under every key that their conversation has had: an anonymous one may have become known. A number
    /// that is another person's by now is not theirs any more.
    async fn customer(&self, table: &Table) -> Result<BTreeSet<Customer>, Failure> {
        let user = self.user.trim();
        let mut customer = BTreeSet::new();
        customer.extend(user.parse::<Customer>());
        customer.extend(Phone::read(user).map(Customer::Phone));
        let mut moved: Vec<(Customer, Customer)> = Vec::new();
        table
            .each_where(("contains", "memory", "\"moved\":{"), |item| {
                moved.extend(handed_on(item));
            })
            .await?;
        loop {
            let known = customer.len();
            for (from, to) in &moved {
                if customer.contains(from) || customer.contains(to) {
                    customer.extend([from.clone(), to.clone()]);
                }
            }
            if customer.len() == known {
                return Ok(customer);
            }
        }
    }

    fn shown(&self, found: &Found) -> String {
        let (all, of_them) = (found.looked_at, found.keys.len());
        if of_them == 0 {
            return format!(
                "{all} items looked at, 0 of this customer: the table holds nothing of {}. Check the \
                 Braze external id; small and capital letters count. A number needs its country's code.",
                self.user.trim()
            );
        }
        let mut lines = vec![format!(
            "{all} items looked at, {of_them} of this customer:"
        )];
        lines.extend(found.keys.iter().map(|key| format!("  {key}")));
        if found.waiting > 0 {
            lines.push(format!(
                "{} events of the conversation are not delivered yet and would be lost.",
                found.waiting
            ));
        }
        lines.join("\n")
    }
}

/// The ticket a conversation is on.
fn ticket(conversation: &Item) -> Option<u64> {
    let memory: Value = serde_json::from_str(text(conversation, "memory")?).ok()?;
    memory["ticket"].as_u64()
}

/// From which number to whom a conversation went, where no other customer has the number since.
fn handed_on(item: &Item) -> Option<(Customer, Customer)> {
    let Key::Customer(from) = Key::parse(text(item, "pk")?)? else {
        return None;
    };
    let memory: Value = serde_json::from_str(text(item, "memory")?).ok()?;
    let to = serde_json::from_value(memory["moved"]["to"].clone()).ok()?;
    let is_free =
        memory["user"].is_null() && memory["ticket"].is_null() && memory["profile"].is_null();
    is_free.then_some((from, to))
}

/// A ticket's item and a profile's name whose conversation they lead to.
fn leads_to(item: &Item, pk: &str, who: &Customer) -> bool {
    let (name, value) = match who {
        Customer::Id(id) => ("customer", id.as_str()),
        Customer::Phone(phone) => ("phone", phone.digits()),
    };
    let key = Key::Customer(who.clone()).pk();
    match pk.split_once('#') {
        Some(("ticket", _)) => text(item, name) == Some(value),
        Some(("profile", _)) => text(item, "conversation") == Some(&key),
        _ => false,
    }
}

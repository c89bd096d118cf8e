//! `sms-bridge trace`: the whole path of one customer or ticket.
//!
//! In: the conversation's item, its dead letters, the ticket and its comments. Out: what came in, what
//! stands on the ticket, what waits and why, in the order of time; texts only where asked for.

mod answers;
mod arrival;
mod desk;
mod fate;
mod path;
mod quiet;
mod show;

use clap::Args;
use serde_json::Value;
use shared::app::pseudonym_key;
use shared::conversation::state::Entry;
use shared::conversation::store::{Held, Key, Watched};
use shared::conversation::watch::Watch;
use shared::message::{Customer, Phone, TicketId};
use shared::secrets::Secrets;
use shared::zendesk::{CommentView, TicketStatus, TicketView};
use simulators::Clock;

use crate::Failure;
use crate::account::{self, Account, Item, Table, talk, text};
use crate::dead::{self, Letter};
use crate::events::whose;
use crate::waiting::Waiting;

use desk::Desk;

const EXAMPLES: &str = "\
Examples:
  sms-bridge trace ana-7
  sms-bridge trace 4711 --text
  sms-bridge trace --ticket 4711 --json

To find dead letters, the whole table is read; --quick leaves them out.";

/// The whole path of one customer or ticket, hop by hop.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Trace {
    /// A Braze external id, or a number of a Zendesk ticket.
    #[arg(required_unless_present = "ticket")]
    who: Option<String>,
    /// A Zendesk ticket; for numbers that are also an external id.
    #[arg(long, value_name = "ID", conflicts_with = "who")]
    ticket: Option<TicketId>,
    /// Show texts as well.
    #[arg(long)]
    text: bool,
    /// Do not look for dead letters.
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    account: account::Options,
}

/// Everything that is known of one conversation.
struct Known {
    customer: Option<String>,
    /// The customer's name in the functions' logs, where the secret may be read.
    log_name: Option<String>,
    held: Held,
    /// Braze exports events to the bridge; `None`: the secret cannot be read.
    exports: Option<bool>,
    /// What Braze's event export reported.
    watch: Watch,
    waiting: Option<Waiting>,
    /// Events that named only the ticket: whose it is has to be looked up.
    unaddressed: Vec<Entry>,
    letters: Vec<Letter>,
    ticket: Option<TicketView>,
    /// The newest first.
    comments: Vec<CommentView>,
    /// When Zendesk says that the ticket was solved last, where it is solved.
    solved_at: Option<i64>,
    /// Dead letters were not looked for.
    without_letters: bool,
    /// Why the ticket's side is missing.
    not_asked: Option<Failure>,
    now: i64,
}

impl Trace {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let account = self.account.connect().await?;
        let table = account.table().await?;
        let known = self.find(&account, &table).await?;
        let hops = path::of(&known);
        if self.account.json {
            talk::say_json(&show::json(&known, &hops, self.text));
        } else {
            talk::say(&show::lines(&known, &hops, self.text).join("\n"));
        }
        known.not_asked.map_or(Ok(()), Err)
    }

    async fn find(&self, account: &Account, table: &Table) -> Result<Known, Failure> {
        let now = Clock::new().now_ms();
        let mut desk = Desk::of(account);
        let (mut key, named) = self.named(table).await?;
        let mut ticket = None;
        if let Some(id) = named {
            ticket = desk.ticket(id).await;
            let customer = ticket.as_ref().and_then(|ticket| ticket.customer(false));
            key = match customer.map(Customer::Id).map(Key::Customer) {
                Some(key) => Some(key),
                None => on_ticket(table, id).await?,
            };
        }
        let key = key.ok_or_else(|| desk.failure().unwrap_or_else(|| nobody(named)))?;
        let item = table.item(&key.pk()).await?;
        let there = item.is_some();
        let item = item.unwrap_or_default();
        let held = Held::read(&key, item.clone());
        let on = named.or(held.state.ticket);
        let letters = self.letters(table, &key, on).await?;
        if !there && letters.is_empty() && ticket.is_none() {
            return Err(Failure::Usage(format!(
                "the table holds nothing of {}: check the Braze external id, or give --ticket",
                whose(&key.pk())
            )));
        }
        if let (None, Some(id)) = (&ticket, on) {
            ticket = desk.ticket(id).await;
        }
        let (mut comments, mut solved_at) = (vec![], None);
        if let Some(there) = &ticket {
            comments = desk.comments(there.id).await;
            if matches!(there.status, TicketStatus::Solved | TicketStatus::Closed) {
                solved_at = desk.solved_at(there.id).await;
            }
        }
        let customer = customer(&key);
        let secrets = secrets(account).await;
        Ok(Known {
            log_name: secrets.as_ref().and_then(|secrets| log_name(secrets, &key)),
            exports: secrets.map(|secrets| !secrets.braze_events.is_empty()),
            customer,
            unaddressed: unaddressed(table, &key, on).await?,
            waiting: Waiting::read(&key, item, now),
            watch: watched(table, &key).await?,
            held,
            letters,
            ticket,
            comments,
            solved_at,
            without_letters: self.quick,
            not_asked: desk.failure(),
            now,
        })
    }

    /// The conversation named, or the ticket: a number, of a phone or a ticket, is a customer's id only where the
    /// table has one of that id.
    async fn named(&self, table: &Table) -> Result<(Option<Key>, Option<TicketId>), Failure> {
        let Some(who) = self.who.as_deref().map(str::trim) else {
            return Ok((None, self.ticket));
        };
        let wrong = |_| Failure::Usage("a Braze external id is not empty".to_owned());
        let key = Key::Customer(who.parse().map_err(wrong)?);
        let phone = Phone::read(who).map(Customer::Phone).map(Key::Customer);
        let ticket = who.parse::<TicketId>().ok();
        if (phone.is_none() && ticket.is_none()) || table.item(&key.pk()).await?.is_some() {
            return Ok((Some(key), None));
        }
        Ok(match phone {
            Some(phone) => (Some(phone), None),
            None => (None, ticket),
        })
    }

    async fn letters(
        &self,
        table: &Table,
        key: &Key,
        ticket: Option<TicketId>,
    ) -> Result<Vec<Letter>, Failure> {
        if self.quick {
            return Ok(vec![]);
        }
        let mut letters = dead::all(table).await?;
        let tickets: Vec<u64> = ticket.iter().map(|id| id.get()).collect();
        let user = match key {
            Key::Customer(customer) => customer,
            Key::Ticket(_) => &Customer::NOBODY,
        };
        letters.retain(|letter| letter.is_of(user, &tickets));
        Ok(letters)
    }
}

/// The secret, where it may be read.
async fn secrets(account: &Account) -> Option<Secrets> {
    let secret = account.secret().await.ok()?.read().await.ok()?;
    Secrets::parse(&Value::from(secret).to_string()).ok()
}

/// What the functions' logs call a customer; made here, so that the key need not be typed.
fn log_name(secrets: &Secrets, key: &Key) -> Option<String> {
    let Key::Customer(customer) = key else {
        return None;
    };
    let names = pseudonym_key(secrets)?;
    Some(match customer {
        Customer::Id(id) => names.name(id.as_str()),
        Customer::Phone(phone) => names.phone_name(phone.digits()),
    })
}

fn customer(key: &Key) -> Option<String> {
    match key {
        Key::Customer(customer) => Some(customer.shown().to_owned()),
        Key::Ticket(_) => None,
    }
}

/// What is watched of the customer's messages, where Braze exports events.
async fn watched(table: &Table, key: &Key) -> Result<Watch, Failure> {
    let Key::Customer(customer) = key else {
        return Ok(Watch::default());
    };
    let item = table.item(&Watch::pk(customer)).await?;
    Ok(item.map_or_else(Watch::default, |item| Watched::read(&item).watch))
}

/// What waits under the ticket alone, beside the conversation.
async fn unaddressed(
    table: &Table,
    key: &Key,
    on: Option<TicketId>,
) -> Result<Vec<Entry>, Failure> {
    let look_up = on.map(Key::Ticket).filter(|look_up| look_up != key);
    let Some(look_up) = look_up else {
        return Ok(vec![]);
    };
    let item = table.item(&look_up.pk()).await?.unwrap_or_default();
    Ok(Held::read(&look_up, item).mailbox)
}

/// The conversation that is on a ticket, found by reading the table: Zendesk did not tell.
async fn on_ticket(table: &Table, id: TicketId) -> Result<Option<Key>, Failure> {
    let own = Key::Ticket(id);
    if let Some(item) = table.item(&own.pk()).await? {
        let held = Held::read(&own, item);
        let owner = held.owner.filter(|_| held.mailbox.is_empty());
        return Ok(Some(
            owner.map_or(own, |owner| Key::Customer(owner.customer)),
        ));
    }
    let mut found = None;
    let of_item = |item: &Item| {
        let key = Key::parse(text(item, "pk")?)?;
        let held = Held::read(&key, item.clone());
        (held.state.ticket == Some(id)).then_some(key)
    };
    let on = format!("\"ticket\":{id}");
    table
        .each_where(("contains", "memory", &on), |item| {
            found = found.take().or_else(|| of_item(item));
        })
        .await?;
    Ok(found)
}

fn nobody(ticket: Option<TicketId>) -> Failure {
    let ticket = ticket.map_or_else(String::new, |id| id.to_string());
    Failure::Usage(format!(
        "no conversation is on ticket {ticket}: its requester has no Braze external id, or \
         nothing of it has come in yet"
    ))
}

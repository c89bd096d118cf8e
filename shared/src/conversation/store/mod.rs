//! Where conversations are kept: one DynamoDB item each, every change one conditional write.
//!
//! In: events to accept, outcomes to settle. Out: the held conversation. With `codec`, the only
//! place that names the DynamoDB SDK.

mod codec;
mod dead;
mod idle;
mod memory;
mod storage;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::Region;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure as OnFailure,
};

use crate::aws::AwsParts;
use crate::message::{DeliveryId, ExternalUserId, TicketId};

use super::seen::{self, Seen};
use super::state::{Entry, State};

pub use dead::DeadLetter;
pub use memory::{Memory, Shown};
pub use storage::Storage;

/// Events a mailbox holds; more are answered "try again later".
pub const MAILBOX_LIMIT: usize = 100;

/// Deliveries a conversation accepts in a day; it bounds the item's size.
pub const DAY_LIMIT: usize = 4_000;

/// Shards of the `due` index.
pub const SHARDS: u8 = 4;

/// How long an idle conversation is kept, in seconds.
const KEPT_SECONDS: i64 = 400 * 24 * 60 * 60;

/// The lease of a conversation that waits: nobody's.
const PARKED: &str = "-";

/// Why the table did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, down or out of reach. Nothing is known to be written.
    #[error("DynamoDB did not answer as it should: {0}")]
    Unavailable(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The item would be over DynamoDB's 400 KB.
    #[error("the item would be too large")]
    TooLarge,
}

/// Which item a conversation is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A customer's conversation.
    Customer(ExternalUserId),
    /// Events of a ticket whose customer has to be looked up.
    Ticket(TicketId),
}

impl Key {
    /// The partition key.
    pub fn pk(&self) -> String {
        match self {
            Self::Customer(id) => format!("customer#{}", id.as_str()),
            Self::Ticket(id) => format!("ticket#{id}"),
        }
    }

    /// Reads a partition key; other items' keys are `None`.
    pub fn parse(pk: &str) -> Option<Self> {
        let (kind, id) = pk.split_once('#')?;
        match kind {
            "customer" => id.parse().ok().map(Self::Customer),
            "ticket" => id.parse().ok().map(Self::Ticket),
            _ => None,
        }
    }

    /// The shard of the `due` index it waits in.
    pub fn shard(&self) -> u8 {
        DeliveryId::derive("shard", &[&self.pk()]).marker()[0] % SHARDS
    }
}

/// The right to work on a conversation until a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Unique to the invocation.
    pub owner: String,
    /// Milliseconds since the epoch.
    pub until: i64,
}

/// A conversation as read, and held while the lease lasts.
#[derive(Debug, Clone)]
pub struct Held {
    /// Which conversation.
    pub key: Key,
    /// What it remembers.
    pub state: State,
    /// Events not done yet, in the order they were accepted.
    pub mailbox: Vec<Entry>,
    /// Deliveries accepted lately.
    pub seen: Seen,
    /// Parts of the item that cannot be read; they become dead letters.
    pub poison: Vec<String>,
    /// Until when it is held, or due again, in milliseconds since the epoch.
    pub until: i64,
    version: u64,
    lease: String,
    /// How many readable entries the item's mailbox had when it was read or written.
    readable: usize,
}

impl Held {
    /// Nobody holds it: it waits for its time.
    pub fn is_parked(&self) -> bool {
        self.lease == PARKED
    }

    /// The event that was being worked on when this was written: `None` where none was.
    pub fn claim(&self) -> Option<Claim<'_>> {
        match self.lease.split_once(' ') {
            Some((_, "*")) => Some(Claim::Any),
            Some((_, delivery)) => Some(Claim::Delivery(delivery)),
            None => None,
        }
    }
}

impl Held {
    /// What a lease that follows this one has to name: what a vanished holder was working on stays
    /// in doubt until that is written down.
    fn claim_or<'a>(&'a self, mine: &'a DeliveryId) -> &'a str {
        let theirs = self.lease.split_once(' ').map(|(_, claim)| claim);
        theirs.unwrap_or(mine.as_str())
    }
}

/// Which event an interrupted holder may have been working on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim<'a> {
    /// The first of any lane.
    Any,
    /// This one.
    Delivery(&'a str),
}

/// What became of an event offered to a conversation.
#[derive(Debug)]
pub enum Accepted {
    /// Stored, and the conversation is ours.
    Held(Held),
    /// Stored; somebody else holds the conversation, or it waits. As it is now.
    Stored(Held),
    /// Accepted before.
    Duplicate,
    /// No room; nothing was stored.
    Full,
}

/// How a conversation is left by a settling write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Still ours, until then, working on the mailbox's entry of that index.
    Working {
        /// Index into the mailbox as written.
        on: usize,
        /// Milliseconds since the epoch.
        until: i64,
    },
    /// Nobody's, due at that time (milliseconds since the epoch).
    Parked(i64),
    /// Empty and idle.
    Idle,
}

/// What became of a settling write.
#[derive(Debug)]
pub enum Settled {
    /// Written.
    Done,
    /// Not written: events came in meanwhile and are now at the mailbox's end. Settle again.
    Moved,
    /// Not written: the conversation is no longer ours.
    Lost,
}

/// The table.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    table: String,
}

impl Store {
    /// A store on a table, over the shared HTTP client.
    pub fn new(parts: &AwsParts, table: impl Into<String>) -> Self {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(parts.behavior)
            .region(Region::new(parts.region.clone()))
            .credentials_provider(parts.credentials.clone())
            .http_client(parts.http_client.clone())
            .retry_config(parts.retry.clone())
            .timeout_config(parts.timeouts.clone());
        let config = match &parts.dynamodb_endpoint {
            Some(endpoint) => config.endpoint_url(endpoint),
            None => config,
        };
        Self {
            client: Client::from_conf(config.build()),
            table: table.into(),
        }
    }

    /// Appends an event in one write: refuses a duplicate, takes the lease where it is free.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether the event was stored is not known then.
    pub async fn accept(
        &self,
        key: &Key,
        entry: &Entry,
        aliases: &[DeliveryId],
        lease: &Lease,
        now: i64,
    ) -> Result<Accepted, StoreError> {
        let mine = codec::lease(&lease.owner, entry.event.delivery.as_str());
        let ids: Vec<&DeliveryId> = std::iter::once(&entry.event.delivery)
            .chain(aliases)
            .collect();
        let request = self
            .update(key)
            .update_expression(
                "SET v = if_not_exists(v, :zero) + :one, \
                 mailbox = list_append(if_not_exists(mailbox, :none), :entry), \
                 lease = if_not_exists(lease, :mine), due_at = if_not_exists(due_at, :until), \
                 due_shard = if_not_exists(due_shard, :shard), expires_at = :expires \
                 ADD #today :markers",
            )
            .condition_expression(accept_condition(ids.len()))
            .set_expression_attribute_names(Some(codec::day_names(now)))
            .expression_attribute_values(":zero", codec::number(0))
            .expression_attribute_values(":one", codec::number(1))
            .expression_attribute_values(":none", AttributeValue::L(vec![]))
            .expression_attribute_values(":entry", codec::mailbox(std::slice::from_ref(entry)))
            .expression_attribute_values(":mine", AttributeValue::S(mine.clone()))
            .expression_attribute_values(":until", codec::number(lease.until))
            .expression_attribute_values(":shard", codec::number(i64::from(key.shard())))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS))
            .expression_attribute_values(":markers", codec::markers(ids.iter().copied()))
            .expression_attribute_values(":mailboxlimit", codec::count(MAILBOX_LIMIT))
            .expression_attribute_values(":daylimit", codec::count(DAY_LIMIT))
            .return_values(ReturnValue::AllNew);
        let request = ids
            .iter()
            .enumerate()
            .fold(request, |request, (index, id)| {
                request.expression_attribute_values(format!(":m{index}"), codec::marker(id))
            });
        match Self::write(request).await? {
            Write::Done(item) => {
                let held = codec::held(key, item);
                Ok(if held.lease == mine {
                    Accepted::Held(held)
                } else {
                    Accepted::Stored(held)
                })
            }
            Write::Refused(item) => {
                let old = codec::held(key, item);
                if old.lease == mine {
                    // Our own write, repeated by the SDK because its answer was lost.
                    return Ok(Accepted::Held(old));
                }
                let known = ids.iter().any(|id| old.seen.contains(id));
                Ok(if known {
                    Accepted::Duplicate
                } else {
                    Accepted::Full
                })
            }
            Write::TooLarge => Ok(Accepted::Full),
        }
    }

    /// Takes a conversation that is parked or whose holder is gone, if it is still as it was seen.
    /// `claim` names the event that is worked on first; where a holder is gone, its claim stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn take(
        &self,
        seen: Held,
        claim: &DeliveryId,
        lease: &Lease,
    ) -> Result<Option<Held>, StoreError> {
        let mine = codec::lease(&lease.owner, seen.claim_or(claim));
        let request = self
            .update(&seen.key)
            .update_expression("SET v = :next, lease = :mine, due_at = :until")
            .condition_expression("v = :seen AND lease = :theirs")
            .expression_attribute_values(":seen", codec::version(seen.version))
            .expression_attribute_values(":next", codec::version(seen.version + 1))
            .expression_attribute_values(":theirs", AttributeValue::S(seen.lease.clone()))
            .expression_attribute_values(":mine", AttributeValue::S(mine.clone()))
            .expression_attribute_values(":until", codec::number(lease.until));
        let version = seen.version + 1;
        let taken = match Self::write(request).await? {
            Write::Done(_) => true,
            // Our own write, repeated by the SDK because its answer was lost.
            Write::Refused(item) => {
                let now = codec::held(&seen.key, item);
                now.version == version && now.lease == mine
            }
            Write::TooLarge => false,
        };
        Ok(taken.then(|| Held {
            version,
            lease: mine,
            until: lease.until,
            ..seen
        }))
    }

    /// Takes a conversation that is due, together with what its last holder may have left.
    ///
    /// Returns the conversation as held now, and the lease it had before.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn take_due(
        &self,
        key: &Key,
        lease: &Lease,
        now: i64,
    ) -> Result<Option<(Held, Held)>, StoreError> {
        let mine = codec::lease(&lease.owner, "*");
        let request = self
            .update(key)
            .update_expression("SET v = v + :one, lease = :mine, due_at = :until")
            .condition_expression("due_at <= :now")
            .expression_attribute_values(":one", codec::number(1))
            .expression_attribute_values(":now", codec::number(now))
            .expression_attribute_values(":mine", AttributeValue::S(mine.clone()))
            .expression_attribute_values(":until", codec::number(lease.until))
            .return_values(ReturnValue::AllOld);
        Ok(match Self::write(request).await? {
            Write::Done(item) => {
                let before = codec::held(key, item);
                let version = before.version + 1;
                let held = Held {
                    version,
                    lease: mine,
                    until: lease.until,
                    ..before.clone()
                };
                Some((held, before))
            }
            // Our own write, repeated by the SDK because its answer was lost: who held it before
            // is not known, so anything may have been under way.
            Write::Refused(item) => {
                let held = codec::held(key, item);
                (held.lease == mine).then(|| (held.clone(), held))
            }
            Write::TooLarge => None,
        })
    }

    /// Writes state and mailbox back, if the conversation is still ours and nothing came in.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether it was written is not known then.
    pub async fn settle(
        &self,
        held: &mut Held,
        leave: Leave,
        markers: &[DeliveryId],
        now: i64,
    ) -> Result<Settled, StoreError> {
        let outdated = held.seen.outdated(now);
        let lease = match leave {
            Leave::Working { on, .. } => {
                let claim = held
                    .mailbox
                    .get(on)
                    .map_or("*", |e| e.event.delivery.as_str());
                codec::lease(codec::owner(&held.lease), claim)
            }
            Leave::Parked(_) | Leave::Idle => PARKED.to_owned(),
        };
        let expression = settle_expression(leave, !markers.is_empty(), &outdated);
        let mut request = self
            .update(&held.key)
            .update_expression(expression)
            .condition_expression("v = :seen AND lease = :held")
            .expression_attribute_values(":seen", codec::version(held.version))
            .expression_attribute_values(":next", codec::version(held.version + 1))
            .expression_attribute_values(":held", AttributeValue::S(held.lease.clone()))
            .expression_attribute_values(":state", codec::state(&held.state))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS));
        if let Leave::Working { until, .. } | Leave::Parked(until) = leave {
            request = request
                .expression_attribute_values(":mailbox", codec::mailbox(&held.mailbox))
                .expression_attribute_values(":lease", AttributeValue::S(lease.clone()))
                .expression_attribute_values(":due", codec::number(until));
        }
        if !markers.is_empty() {
            request = request
                .expression_attribute_names("#today", codec::day_name(seen::day(now)))
                .expression_attribute_values(":markers", codec::markers(markers.iter()));
        }
        match Self::write(request).await? {
            Write::Done(_) => {
                held.version += 1;
                held.readable = held.mailbox.len();
                held.lease = lease;
                held.seen.forget(&outdated);
                for id in markers {
                    held.seen.insert(seen::day(now), id.marker());
                }
                if let Leave::Working { until, .. } | Leave::Parked(until) = leave {
                    held.until = until;
                }
                Ok(Settled::Done)
            }
            Write::Refused(item) => {
                let intended = if leave == Leave::Idle {
                    ""
                } else {
                    lease.as_str()
                };
                let theirs = codec::held(&held.key, item);
                Ok(codec::merge(held, intended, theirs))
            }
            Write::TooLarge => Err(StoreError::TooLarge),
        }
    }

    /// The conversations of a shard that are due, the longest waiting first.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn due(&self, shard: u8, now: i64, limit: i32) -> Result<Vec<Key>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .index_name("due")
            .key_condition_expression("due_shard = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", codec::number(i64::from(shard)))
            .expression_attribute_values(":now", codec::number(now))
            .limit(limit)
            .send()
            .await
            .map_err(unavailable)?;
        let pks = answer
            .items()
            .iter()
            .filter_map(|item| item.get("pk")?.as_s().ok());
        Ok(pks.filter_map(|pk| Key::parse(pk)).collect())
    }

    fn update(&self, key: &Key) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .key("pk", AttributeValue::S(key.pk()))
    }

    async fn write(request: UpdateItemFluentBuilder) -> Result<Write, StoreError> {
        let request = request.return_values_on_condition_check_failure(OnFailure::AllOld);
        let error = match request.send().await {
            Ok(answer) => return Ok(Write::Done(answer.attributes.unwrap_or_default())),
            Err(error) => error,
        };
        if let Some(UpdateItemError::ConditionalCheckFailedException(failed)) =
            error.as_service_error()
        {
            return Ok(Write::Refused(failed.item().cloned().unwrap_or_default()));
        }
        if is_too_large(&error) {
            return Ok(Write::TooLarge);
        }
        Err(unavailable(error))
    }
}

enum Write {
    Done(codec::Item),
    Refused(codec::Item),
    TooLarge,
}

fn accept_condition(ids: usize) -> String {
    let mut condition = "(attribute_not_exists(mailbox) OR size(mailbox) < :mailboxlimit) \
                         AND (attribute_not_exists(#today) OR size(#today) < :daylimit)"
        .to_owned();
    for id in 0..ids {
        for day in ["#today", "#back1", "#back2"] {
            condition.push_str(&format!(" AND NOT contains({day}, :m{id})"));
        }
    }
    condition
}

fn settle_expression(leave: Leave, markers: bool, outdated: &[i64]) -> String {
    let mut expression = format!(
        "SET v = :next, {} = :state, expires_at = :expires",
        codec::STATE
    );
    let mut remove: Vec<String> = outdated.iter().map(|&day| codec::day_name(day)).collect();
    match leave {
        Leave::Working { .. } | Leave::Parked(_) => {
            expression.push_str(", mailbox = :mailbox, lease = :lease, due_at = :due");
        }
        Leave::Idle => {
            remove.extend(["mailbox", "lease", "due_at", "due_shard"].map(str::to_owned));
        }
    }
    if !remove.is_empty() {
        expression.push_str(&format!(" REMOVE {}", remove.join(", ")));
    }
    if markers {
        expression.push_str(" ADD #today :markers");
    }
    expression
}

fn is_too_large(error: &SdkError<UpdateItemError>) -> bool {
    error.code() == Some("ValidationException")
        && error
            .message()
            .is_some_and(|message| message.contains("size"))
}

fn unavailable<E>(error: SdkError<E>) -> StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let code = error.code().unwrap_or("no answer").to_owned();
    StoreError::Unavailable(code, Box::new(error))
}

#[cfg(test)]
mod tests;

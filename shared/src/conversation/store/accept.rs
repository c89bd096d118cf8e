//! The first write of an event: stored once, and the conversation taken where it is free.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::message::{Alias, DeliveryId};

use super::super::state::Entry;
use super::{
    Accepted, DAY_LIMIT, KEPT_SECONDS, Key, Lease, MAILBOX_LIMIT, PARKED, PutBack, Store,
    StoreError, Vendor, Write, codec,
};

impl Store {
    /// Appends an event in one write: refuses a duplicate, takes the lease where it is free.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether the event was stored is not known then.
    pub async fn accept(
        &self,
        key: &Key,
        entry: &Entry,
        aliases: &[Alias],
        lease: &Lease,
        now: i64,
    ) -> Result<Accepted, StoreError> {
        let mine = codec::lease(&lease.owner, entry.event.delivery.as_str());
        let refused: Vec<&DeliveryId> = std::iter::once(&entry.event.delivery)
            .chain(aliases.iter().filter_map(Alias::refused))
            .collect();
        let request = self.appended(key, entry, &refused, aliases, (&mine, lease.until), now);
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
                let known = refused.iter().any(|id| old.seen.contains(id));
                Ok(if known {
                    Accepted::Duplicate(Box::new(old))
                } else {
                    Accepted::Full(Some(Box::new(old)))
                })
            }
            Write::TooLarge => Ok(Accepted::Full(None)),
        }
    }

    /// Appends an event in one write and takes nothing: where no worker holds the conversation, it is
    /// due now. For events that a person puts back; under a delivery put back before, nothing happens.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether the event was stored is not known then.
    pub async fn put_back(
        &self,
        key: &Key,
        entry: &Entry,
        now: i64,
    ) -> Result<PutBack, StoreError> {
        let id = &entry.event.delivery;
        let request = self.appended(key, entry, &[id], &[], (PARKED, now), now);
        Ok(match Self::write(request).await? {
            Write::Done(_) => PutBack::Stored,
            Write::Refused(item) => match codec::held(key, item).seen.contains(id) {
                true => PutBack::Before,
                false => PutBack::Full,
            },
            Write::TooLarge => PutBack::Full,
        })
    }

    /// The write of an event, with the lease and its end where the conversation is free.
    fn appended(
        &self,
        key: &Key,
        entry: &Entry,
        refused: &[&DeliveryId],
        aliases: &[Alias],
        (lease, until): (&str, i64),
        now: i64,
    ) -> UpdateItemFluentBuilder {
        let remembered =
            std::iter::once(&entry.event.delivery).chain(aliases.iter().map(Alias::id));
        let shard = Vendor::of(entry.lane()).due_shard(key.shard());
        let request = self
            .update(key)
            .update_expression(
                "SET v = if_not_exists(v, :zero) + :one, \
                 mailbox = list_append(if_not_exists(mailbox, :none), :entry), \
                 lease = if_not_exists(lease, :mine), due_at = if_not_exists(due_at, :until), \
                 due_shard = if_not_exists(due_shard, :shard), expires_at = :expires \
                 ADD #today :markers",
            )
            .condition_expression(accept_condition(refused.len()))
            .set_expression_attribute_names(Some(codec::day_names(now)))
            .expression_attribute_values(":zero", codec::number(0))
            .expression_attribute_values(":one", codec::number(1))
            .expression_attribute_values(":none", AttributeValue::L(vec![]))
            .expression_attribute_values(":entry", codec::mailbox(std::slice::from_ref(entry)))
            .expression_attribute_values(":mine", AttributeValue::S(lease.to_owned()))
            .expression_attribute_values(":until", codec::number(until))
            .expression_attribute_values(":shard", codec::number(i64::from(shard)))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS))
            .expression_attribute_values(":markers", codec::markers(remembered))
            .expression_attribute_values(":mailboxlimit", codec::count(MAILBOX_LIMIT))
            .expression_attribute_values(":daylimit", codec::count(DAY_LIMIT))
            .return_values(ReturnValue::AllNew);
        refused
            .iter()
            .enumerate()
            .fold(request, |request, (index, id)| {
                request.expression_attribute_values(format!(":m{index}"), codec::marker(id))
            })
    }
}

fn accept_condition(ids: usize) -> String {
    let mut condition = "(attribute_not_exists(mailbox) OR size(mailbox) < :mailboxlimit) \
                         AND (attribute_not_exists(#today) OR size(#today) < :daylimit)"
        .to_owned();
    for id in 0..ids {
        for day in ["#ahead", "#today", "#back1", "#back2"] {
            condition.push_str(&format!(" AND NOT contains({day}, :m{id})"));
        }
    }
    condition
}

//! A conversation goes to another key: its profile got an external id, or another number.
//!
//! One conditional write empties the item and keeps what was in it aside, so that the worker that takes over may be
//! interrupted and read it again. A profile's own item says where its conversation is.

use std::future::Future;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::message::{BrazeId, Customer};

use super::super::state::{Entry, State};
use super::super::step::{Anyway, HandedOver};
use super::{Held, KEPT_SECONDS, Key, PARKED, Store, StoreError, Write, codec};

/// What it takes of a table to hand a conversation over.
pub trait Handover {
    /// Whose conversation the profile's is; unless it is another's, or `anyway`, it is this customer's from now on.
    fn profile(
        &self,
        profile: &BrazeId,
        customer: &Customer,
        anyway: Anyway,
        now: i64,
    ) -> impl Future<Output = Result<Option<Customer>, StoreError>> + Send;

    /// The conversation as it is, with what is kept aside of it.
    fn look(
        &self,
        key: &Key,
        now: i64,
    ) -> impl Future<Output = Result<Option<(Held, Option<HandedOver>)>, StoreError>> + Send;

    /// Puts a conversation aside, if it is still as it was seen: this is left of it, and these events.
    fn hand_over(
        &self,
        seen: &Held,
        aside: &HandedOver,
        left: (&State, &[Entry]),
        now: i64,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Removes what is kept aside.
    fn end_handover(&self, key: &Key) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Handover for Store {
    async fn profile(
        &self,
        profile: &BrazeId,
        customer: &Customer,
        anyway: Anyway,
        now: i64,
    ) -> Result<Option<Customer>, StoreError> {
        let mine = Key::Customer(customer.clone());
        let expression = match anyway {
            Anyway::Yes => "SET conversation = :mine, expires_at = :expires",
            Anyway::No => {
                "SET conversation = if_not_exists(conversation, :mine), expires_at = :expires"
            }
        };
        let request = self
            .update_item(format!("profile#{}", profile.as_str()))
            .update_expression(expression)
            .expression_attribute_values(":mine", AttributeValue::S(mine.pk()))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS))
            .return_values(ReturnValue::AllNew);
        let Write::Done(item) = Self::write(request).await? else {
            return Ok(None);
        };
        let conversation = item.get("conversation").and_then(codec::string);
        Ok(match conversation.and_then(Key::parse) {
            Some(Key::Customer(other)) if other != *customer => Some(other),
            _ => None,
        })
    }

    async fn look(
        &self,
        key: &Key,
        now: i64,
    ) -> Result<Option<(Held, Option<HandedOver>)>, StoreError> {
        // The role may write items and read none.
        let request = self
            .update(key)
            .update_expression("SET expires_at = :expires")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS))
            .return_values(ReturnValue::AllNew);
        Ok(match Self::write(request).await? {
            Write::Done(item) => {
                let aside = codec::aside(&item);
                Some((codec::held(key, item), aside))
            }
            Write::Refused(_) | Write::TooLarge => None,
        })
    }

    async fn hand_over(
        &self,
        seen: &Held,
        aside: &HandedOver,
        (state, mailbox): (&State, &[Entry]),
        now: i64,
    ) -> Result<bool, StoreError> {
        let expression = match mailbox {
            [] => {
                "SET v = :next, form = :form, memory = :state, memory_aside = :memory, \
                 mailbox_aside = :aside REMOVE mailbox, lease, lost, due_at, due_shard"
            }
            _ => {
                "SET v = :next, form = :form, memory = :state, memory_aside = :memory, \
                 mailbox_aside = :aside, mailbox = :mailbox, lease = :parked, due_at = :now \
                 REMOVE lost"
            }
        };
        let mut request = self
            .update(&seen.key)
            .update_expression(expression)
            .condition_expression("v = :seen")
            .expression_attribute_values(":seen", codec::version(seen.version))
            .expression_attribute_values(":next", codec::version(seen.version + 1))
            .expression_attribute_values(":form", codec::number(seen.form))
            .expression_attribute_values(":state", codec::state(state))
            .expression_attribute_values(":memory", codec::state(&aside.state))
            .expression_attribute_values(":aside", codec::mailbox(&aside.mailbox));
        if !mailbox.is_empty() {
            request = request
                .expression_attribute_values(":mailbox", codec::mailbox(mailbox))
                .expression_attribute_values(":parked", AttributeValue::S(PARKED.to_owned()))
                .expression_attribute_values(":now", codec::number(now));
        }
        Ok(matches!(Self::write(request).await?, Write::Done(_)))
    }

    async fn end_handover(&self, key: &Key) -> Result<(), StoreError> {
        let request = self
            .update(key)
            .update_expression("REMOVE memory_aside, mailbox_aside")
            .condition_expression("attribute_exists(pk)");
        Self::write(request).await.map(drop)
    }
}

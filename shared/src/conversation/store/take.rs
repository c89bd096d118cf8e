//! Taking over a conversation that waits, or whose holder is gone.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::message::DeliveryId;

use super::{Held, Key, Lease, Store, StoreError, Write, codec};

impl Store {
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
            .update_expression(
                "SET v = v + :one, lost = if_not_exists(lost, lease), lease = :mine, \
                 due_at = :until",
            )
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
                    lost: before.lost.clone().or_else(|| Some(before.lease.clone())),
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
}

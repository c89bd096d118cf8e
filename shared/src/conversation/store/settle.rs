//! The last write of an event: what became of it, and the conversation left.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::message::DeliveryId;

use super::super::seen::{self, Seen};
use super::{Held, KEPT_SECONDS, Leave, Settled, Store, StoreError, Write, codec};

impl Store {
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
        let lease = held.lease_after(leave);
        let accepted = accepted(held, markers, now);
        let days: Vec<i64> = accepted.keys().copied().collect();
        let expression = settle_expression(leave, &days, &outdated);
        let mut request = self
            .update(&held.key)
            .update_expression(expression)
            .condition_expression("v = :seen AND lease = :held")
            .expression_attribute_values(":seen", codec::version(held.version))
            .expression_attribute_values(":next", codec::version(held.version + 1))
            .expression_attribute_values(":held", AttributeValue::S(held.lease.clone()))
            .expression_attribute_values(":form", codec::number(held.form))
            .expression_attribute_values(":state", codec::state(&held.state))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS));
        if let Leave::Working { until, .. } | Leave::Parked(until) = leave {
            request = request
                .expression_attribute_values(":mailbox", codec::mailbox(&held.mailbox))
                .expression_attribute_values(":lease", AttributeValue::S(lease.clone()))
                .expression_attribute_values(":due", codec::number(until))
                .expression_attribute_values(
                    ":shard",
                    codec::number(i64::from(held.due_shard(leave))),
                );
        }
        for (day, markers) in accepted {
            let name = format!(":{}", codec::day_name(day));
            request = request.expression_attribute_values(name, codec::marker_set(markers));
        }
        match Self::write(request).await? {
            Write::Done(_) => {
                held.version += 1;
                held.readable = held.mailbox.len();
                held.lease = lease;
                held.lost = None;
                held.brought = Seen::default();
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
                let intended = (leave != Leave::Idle).then_some(lease.as_str());
                let theirs = codec::held(&held.key, item);
                Ok(codec::merge(held, intended.unwrap_or_default(), theirs))
            }
            Write::TooLarge => Err(StoreError::TooLarge),
        }
    }
}

/// What is to be remembered as accepted, by day.
fn accepted(held: &Held, markers: &[DeliveryId], now: i64) -> BTreeMap<i64, Vec<[u8; 8]>> {
    let brought = held.brought.by_day(now);
    let mut days: BTreeMap<i64, Vec<[u8; 8]>> = brought
        .map(|(day, markers)| (day, markers.iter().copied().collect()))
        .collect();
    if !markers.is_empty() {
        let today = days.entry(seen::day(now)).or_default();
        today.extend(markers.iter().map(DeliveryId::marker));
    }
    days.retain(|_, markers| !markers.is_empty());
    days
}

fn settle_expression(leave: Leave, accepted: &[i64], outdated: &[i64]) -> String {
    let mut expression = format!(
        "SET v = :next, form = :form, {} = :state, expires_at = :expires",
        codec::STATE
    );
    let mut remove = vec!["lost".to_owned()];
    remove.extend(outdated.iter().map(|&day| codec::day_name(day)));
    match leave {
        Leave::Working { .. } | Leave::Parked(_) => {
            expression.push_str(
                ", mailbox = :mailbox, lease = :lease, due_at = :due, due_shard = :shard",
            );
        }
        Leave::Idle => {
            remove.extend(["mailbox", "lease", "due_at", "due_shard"].map(str::to_owned));
        }
    }
    expression.push_str(&format!(" REMOVE {}", remove.join(", ")));
    for (index, day) in accepted.iter().enumerate() {
        let name = codec::day_name(*day);
        let add = if index == 0 { " ADD" } else { "," };
        expression.push_str(&format!("{add} {name} :{name}"));
    }
    expression
}

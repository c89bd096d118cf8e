//! A person changes what waits in a conversation: its pauses end, or events are taken out.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Held, PARKED, Store, StoreError, Write, codec};

impl Store {
    /// Writes back state and mailbox of a conversation that no worker holds, due now; says whether it was still
    /// as it was read. One that a worker may have vanished over, or that cannot be read whole, is left alone.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether it was written is not known then.
    pub async fn amend(&self, held: &Held, now: i64) -> Result<bool, StoreError> {
        if !held.is_parked() || held.lost.is_some() || !held.poison.is_empty() {
            return Ok(false);
        }
        let set = format!("SET v = :next, form = :form, {} = :state", codec::STATE);
        let expression = match held.mailbox.is_empty() {
            true => format!("{set} REMOVE mailbox, lease, due_at, due_shard"),
            false => format!("{set}, mailbox = :mailbox, due_at = :now"),
        };
        let mut request = self
            .update(&held.key)
            .update_expression(expression)
            .condition_expression("v = :seen AND lease = :parked AND attribute_not_exists(lost)")
            .expression_attribute_values(":seen", codec::version(held.version))
            .expression_attribute_values(":next", codec::version(held.version + 1))
            .expression_attribute_values(":parked", AttributeValue::S(PARKED.to_owned()))
            .expression_attribute_values(":form", codec::number(held.form))
            .expression_attribute_values(":state", codec::state(&held.state));
        if !held.mailbox.is_empty() {
            request = request
                .expression_attribute_values(":mailbox", codec::mailbox(&held.mailbox))
                .expression_attribute_values(":now", codec::number(now));
        }
        match Self::write(request).await? {
            Write::Done(_) => Ok(true),
            Write::Refused(_) => Ok(false),
            Write::TooLarge => Err(StoreError::TooLarge),
        }
    }
}

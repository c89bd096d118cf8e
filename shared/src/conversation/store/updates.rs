//! How many ticket updates the whole stack has made lately: one item, written only by environments that
//! make many.

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use super::{Store, StoreError, Write, codec};

/// The key of the counter.
pub const UPDATES: &str = "pace#updates";

/// The attribute that says how many updates a minute the bridge allows itself.
pub const ALLOWED: &str = "allowed";

/// How long the counter is kept, in seconds.
const KEPT: i64 = 60 * 60;

/// In front of the number of a span of time, in the name of its attribute.
const SPAN: char = 'u';

/// Updates in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Which span, counted from the epoch on.
    pub span: i64,
    /// How many.
    pub updates: i64,
}

impl Store {
    /// Counts these updates, and forgets the spans that are over; `allowed` a minute is what the bridge
    /// allows itself. Returns what is counted now. A write repeated because its answer was lost counts twice.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether they were counted is not known then.
    pub async fn count_updates(
        &self,
        more: Counted,
        over: &[i64],
        allowed: u32,
        now: i64,
    ) -> Result<Vec<Counted>, StoreError> {
        let name = |span: i64| format!("{SPAN}{span}");
        let mut expression =
            "ADD #now :more SET expires_at = :expires, allowed = :allowed".to_owned();
        let mut request = self
            .update_item(UPDATES.to_owned())
            .expression_attribute_names("#now", name(more.span))
            .expression_attribute_values(":more", codec::number(more.updates))
            .expression_attribute_values(":allowed", codec::number(allowed.into()))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT))
            .return_values(ReturnValue::AllNew);
        for (number, span) in over.iter().enumerate() {
            let before = if number == 0 { " REMOVE " } else { ", " };
            expression.push_str(&format!("{before}#over{number}"));
            request = request.expression_attribute_names(format!("#over{number}"), name(*span));
        }
        match Self::write(request.update_expression(expression)).await? {
            Write::Done(item) => Ok(item.iter().filter_map(counted).collect()),
            Write::Refused(_) | Write::TooLarge => Err(StoreError::TooLarge),
        }
    }
}

fn counted((name, value): (&String, &AttributeValue)) -> Option<Counted> {
    Some(Counted {
        span: name.strip_prefix(SPAN)?.parse().ok()?,
        updates: codec::integer(value)?,
    })
}

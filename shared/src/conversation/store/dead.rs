//! Dead letters: what can never be delivered, kept apart until a person has seen it.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::message::DeliveryId;
use crate::telemetry::metrics::{self, Metric};

use super::{Store, StoreError, codec, unavailable};

/// How long a dead letter is kept, in seconds.
const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// Something that cannot be delivered or understood.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter<'a> {
    /// Names it; the same letter is kept once.
    pub id: &'a DeliveryId,
    /// Which function it came to, or which event it was.
    pub source: &'a str,
    /// Why, without personal data.
    pub cause: &'a str,
    /// The conversation it belongs to, where known.
    pub conversation: Option<String>,
    /// The raw body, or the event as JSON.
    pub content: &'a [u8],
}

impl Store {
    /// Keeps a dead letter, and counts it where it is a new one.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether it was kept is not known then.
    pub async fn bury(&self, letter: &DeadLetter<'_>, now: i64) -> Result<(), StoreError> {
        let content = match std::str::from_utf8(letter.content) {
            Ok(text) => AttributeValue::S(text.to_owned()),
            Err(_) => AttributeValue::B(Blob::new(letter.content)),
        };
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let mut item = codec::Item::from([
            (
                "pk".to_owned(),
                AttributeValue::S(format!("dead#{}", letter.id)),
            ),
            ("source".to_owned(), text(letter.source)),
            ("cause".to_owned(), text(letter.cause)),
            ("content".to_owned(), content),
            ("buried_at".to_owned(), codec::number(now)),
            (
                "expires_at".to_owned(),
                codec::number(now / 1000 + KEPT_SECONDS),
            ),
        ]);
        if let Some(conversation) = &letter.conversation {
            item.insert("conversation".to_owned(), text(conversation));
        }
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .return_values(ReturnValue::AllOld);
        let put = put.send().await.map_err(unavailable)?;
        if put.attributes.is_none() {
            metrics::emit(&[(Metric::DeadLetters, 1)], &[]);
        }
        Ok(())
    }
}

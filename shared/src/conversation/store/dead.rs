//! Dead letters: what can never be delivered, kept apart until a person has seen it.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::message::DeliveryId;
use crate::telemetry::metrics::{self, Metric};

use super::{Store, StoreError, codec, unavailable};

/// How long a dead letter is kept, in seconds.
const KEPT_SECONDS: i64 = 90 * 24 * 60 * 60;

/// The attribute that says since when it is a dead letter.
const BURIED_AT: &str = "buried_at";

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
    /// Keeps a dead letter, and counts it where it is a new one. One that is there already is
    /// brought up to date: since when it is a dead letter stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether it was kept is not known then.
    pub async fn bury(&self, letter: &DeadLetter<'_>, now: i64) -> Result<(), StoreError> {
        let item = item(letter, now);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item.clone()))
            .condition_expression("attribute_not_exists(pk)");
        match put.send().await {
            Ok(_) => metrics::emit(&[(Metric::DeadLetters, 1)], &[]),
            Err(error) if is_there(&error) => self.renew(item).await?,
            Err(error) => return Err(unavailable(error)),
        }
        Ok(())
    }

    /// Writes a letter again: complete, should it have been removed meanwhile; a replay that
    /// brought it here has ended.
    async fn renew(&self, mut item: codec::Item) -> Result<(), StoreError> {
        let pk = item.remove("pk");
        let set = item.keys().map(|name| match name.as_str() {
            BURIED_AT => format!("#{name} = if_not_exists(#{name}, :{name})"),
            _ => format!("#{name} = :{name}"),
        });
        let set: Vec<String> = set.collect();
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(pk.map(|pk| [("pk".to_owned(), pk)].into()))
            .update_expression(format!("SET {} REMOVE replayed_at", set.join(", ")));
        let update = item.into_iter().fold(update, |update, (name, value)| {
            update
                .expression_attribute_values(format!(":{name}"), value)
                .expression_attribute_names(format!("#{name}"), name)
        });
        update.send().await.map(drop).map_err(unavailable)
    }
}

fn item(letter: &DeadLetter<'_>, now: i64) -> codec::Item {
    let content = match std::str::from_utf8(letter.content) {
        Ok(text) => AttributeValue::S(text.to_owned()),
        Err(_) => AttributeValue::B(Blob::new(letter.content)),
    };
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let mut item = codec::Item::from([
        ("pk".to_owned(), text(&format!("dead#{}", letter.id))),
        ("source".to_owned(), text(letter.source)),
        ("cause".to_owned(), text(letter.cause)),
        ("content".to_owned(), content),
        (BURIED_AT.to_owned(), codec::number(now)),
        (
            "expires_at".to_owned(),
            codec::number(now / 1000 + KEPT_SECONDS),
        ),
    ]);
    if let Some(conversation) = &letter.conversation {
        item.insert("conversation".to_owned(), text(conversation));
    }
    item
}

fn is_there(error: &SdkError<PutItemError>) -> bool {
    let refused = error.as_service_error();
    refused.is_some_and(PutItemError::is_conditional_check_failed_exception)
}

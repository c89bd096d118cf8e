//! What is watched of a customer: an item of its own, read and written back whole.
//!
//! The functions may update items and nothing else, so reading one is an update that changes nothing.

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::message::{BrazeId, Customer};

use super::super::watch::Watch;
use super::{Key, Store, StoreError, Write, codec};

/// How long it is kept, in seconds; Braze repeats events for five days.
const KEPT_SECONDS: i64 = 14 * 24 * 60 * 60;

/// What is watched of a customer, as it was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Watched {
    /// What is watched.
    pub watch: Watch,
    /// Counts the writes; `None`: there is no item yet.
    pub(super) version: Option<i64>,
}

impl Watched {
    /// Reads an item that was read elsewhere. What cannot be read is watched no more.
    pub fn read(item: &codec::Item) -> Self {
        let json = item.get(codec::STATE).and_then(codec::string);
        let watch = json.and_then(|json| serde_json::from_str(json).ok());
        Self {
            watch: watch.unwrap_or_default(),
            version: item.get("v").and_then(codec::integer),
        }
    }
}

impl Store {
    /// What is watched of a customer, if anything is.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn watched(&self, customer: &Customer) -> Result<Option<Watched>, StoreError> {
        let item = self.look(Watch::pk(customer)).await?;
        Ok(item.map(|item| Watched::read(&item)))
    }

    /// Writes down what is watched of a customer; false where another worker has since it was read.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; whether it was written is not known then.
    pub async fn watch(
        &self,
        customer: &Customer,
        watched: &Watched,
        now: i64,
    ) -> Result<bool, StoreError> {
        let json = serde_json::to_string(&watched.watch).unwrap_or_default();
        let next = watched.version.unwrap_or(0) + 1;
        let request = self
            .update_item(Watch::pk(customer))
            .expression_attribute_values(":state", AttributeValue::S(json))
            .expression_attribute_values(":next", codec::number(next))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS));
        let request = match watched.version {
            Some(version) => request
                .condition_expression("v = :seen")
                .expression_attribute_values(":seen", codec::number(version)),
            None => request.condition_expression("attribute_not_exists(pk)"),
        };
        match Self::write(due(request, customer, watched.watch.due_at(now))).await? {
            Write::Done(_) => Ok(true),
            Write::Refused(_) => Ok(false),
            Write::TooLarge => Err(StoreError::TooLarge),
        }
    }

    /// Whether there is a conversation.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn knows(&self, key: &Key) -> Result<bool, StoreError> {
        Ok(self.look(key.pk()).await?.is_some())
    }

    /// Whose conversation an anonymous profile's is, as far as it was told.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn whose(&self, profile: &BrazeId) -> Result<Option<Customer>, StoreError> {
        let item = self.look(format!("profile#{}", profile.as_str())).await?;
        let conversation = item.as_ref().and_then(|item| item.get("conversation"));
        Ok(
            match conversation.and_then(codec::string).and_then(Key::parse) {
                Some(Key::Customer(customer)) => Some(customer),
                _ => None,
            },
        )
    }

    async fn look(&self, pk: String) -> Result<Option<codec::Item>, StoreError> {
        let request = self
            .update_item(pk)
            .update_expression("SET v = if_not_exists(v, :zero)")
            .expression_attribute_values(":zero", codec::number(0))
            .condition_expression("attribute_exists(pk)")
            .return_values(ReturnValue::AllNew);
        match Self::write(request).await? {
            Write::Done(item) => Ok(Some(item)),
            Write::Refused(_) | Write::TooLarge => Ok(None),
        }
    }
}

/// The item is in the index while something is awaited or owed.
fn due(
    request: UpdateItemFluentBuilder,
    customer: &Customer,
    due_at: Option<i64>,
) -> UpdateItemFluentBuilder {
    let set = format!(
        "SET v = :next, {} = :state, expires_at = :expires",
        codec::STATE
    );
    match due_at {
        Some(at) => request
            .update_expression(format!("{set}, due_at = :due, due_shard = :shard"))
            .expression_attribute_values(":due", codec::number(at))
            .expression_attribute_values(
                ":shard",
                codec::number(i64::from(Watch::shard(customer))),
            ),
        None => request.update_expression(format!("{set} REMOVE due_at, due_shard")),
    }
}

//! The ticket's item says whose conversation is on the ticket, so that an event that names only the ticket
//! finds its customer whatever became of the user field.

use std::future::Future;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::message::{Customer, TicketId, UserId};

use super::super::step::{Anyway, Owner};
use super::{KEPT_SECONDS, Key, Store, StoreError, Write, codec};

/// What a flow needs of a table.
pub trait Claims {
    /// Writes down whose conversation is on a ticket, and who its requester is. Unless `anyway`, another
    /// conversation's claim stands, and is the answer.
    fn claim(
        &self,
        ticket: TicketId,
        owner: &Owner,
        anyway: Anyway,
        now: i64,
    ) -> impl Future<Output = Result<Option<Owner>, StoreError>> + Send;
}

impl Claims for Store {
    async fn claim(
        &self,
        ticket: TicketId,
        owner: &Owner,
        anyway: Anyway,
        now: i64,
    ) -> Result<Option<Owner>, StoreError> {
        let (own, other, who) = match &owner.customer {
            Customer::Id(id) => (codec::CUSTOMER, codec::PHONE, id.as_str()),
            Customer::Phone(phone) => (codec::PHONE, codec::CUSTOMER, phone.digits()),
        };
        let user = owner.user.map_or(0, UserId::get);
        let request = self
            .update(&Key::Ticket(ticket))
            .update_expression(
                "SET #own = :who, zendesk_user = :user, expires_at = :expires REMOVE #other",
            )
            .expression_attribute_names("#own", own)
            .expression_attribute_names("#other", other)
            .expression_attribute_values(":who", AttributeValue::S(who.to_owned()))
            .expression_attribute_values(":user", codec::version(user))
            .expression_attribute_values(":expires", codec::number(now / 1000 + KEPT_SECONDS));
        let request = match anyway {
            Anyway::Yes => request,
            Anyway::No => request.condition_expression(
                "(attribute_not_exists(#own) AND attribute_not_exists(#other)) OR #own = :who",
            ),
        };
        Ok(match Self::write(request).await? {
            Write::Refused(item) => codec::owner_of(&item),
            Write::Done(_) | Write::TooLarge => None,
        })
    }
}

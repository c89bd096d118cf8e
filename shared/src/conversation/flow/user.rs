//! The customer's user in Zendesk: as whom they write.

use crate::message::{Customer, DeliveryId, Personal, Text, UserId};

use super::super::step::Person;
use super::{Exit, Flow};

/// The customer in Zendesk.
pub(super) async fn of_customer(flow: &mut Flow<'_>, text: &Text) -> Result<UserId, Exit> {
    if let Some(user) = flow.state.user {
        return Ok(user);
    }
    let (customer, mark) = (flow.customer.clone(), flow.state.person.clone());
    let user = known_by(flow, text, customer, mark).await?;
    flow.state.user = Some(user);
    Ok(user)
}

/// The user of whom a text is, found or made by what the customer is known by. `mark`: of a number, whose it is.
pub(super) async fn known_by(
    flow: &mut Flow<'_>,
    text: &Text,
    customer: Customer,
    mark: Option<DeliveryId>,
) -> Result<UserId, Exit> {
    let person = Person {
        name: Personal::from(shown_name(&customer, text)),
        customer,
        mark,
        phone: text.profile.phone.present().map(Personal::from),
        locale: text.extras.language.clone(),
    };
    Ok(flow.upsert_user(person).await??)
}

pub(super) fn shown_name<'t>(customer: &'t Customer, text: &'t Text) -> &'t str {
    let named = [&text.profile.name, &text.profile.phone];
    let named = named.into_iter().find_map(Personal::present);
    named.unwrap_or(customer.shown())
}

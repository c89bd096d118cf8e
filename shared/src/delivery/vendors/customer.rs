//! The customer as a Zendesk user: found by external id and left as it is, or made. Never found by
//! number: two people may share one.

use crate::conversation::step::Person;
use crate::message::{Customer, ExternalUserId, Personal, UserId};
use crate::net::Deadline;
use crate::zendesk::{NewUser, ZendeskClient, ZendeskError, external_id};

/// What became of the search for a user, and of making one.
enum Tried {
    User(UserId),
    /// The external id is another user's, or Zendesk refuses the new user.
    Not(Option<ZendeskError>),
}

/// The customer's user. An end user with exactly the Braze id as external id is used as they are; where there
/// is none, one is made. Zendesk matches external ids without regard to case (documented), and staff have
/// them, too: where the id is another user's, the new user gets an external id that no other user can have.
pub(super) async fn find_or_create(
    client: &ZendeskClient,
    person: &Person,
    deadline: Deadline,
) -> Result<UserId, ZendeskError> {
    let own = match &person.customer {
        Customer::Id(id) => id.as_str().to_owned(),
        Customer::Phone(phone) => external_id::by_number(phone, person.mark.as_ref()),
    };
    let other = external_id::unlike_any_other(&own);
    if let Tried::User(user) = with_external_id(client, person, &own, deadline).await? {
        return Ok(user);
    }
    match with_external_id(client, person, &other, deadline).await? {
        Tried::User(user) => Ok(user),
        Tried::Not(refused) => Err(refused.unwrap_or(ZendeskError::Conflict)),
    }
}

/// Writes the Braze id on the user of a customer who had none: into the field, and as external id where that is
/// nobody's.
pub(super) async fn name(
    client: &ZendeskClient,
    user: UserId,
    id: &ExternalUserId,
    deadline: Deadline,
) -> Result<(), ZendeskError> {
    let is_free = client.users_with(id.as_str(), deadline).await?.is_empty();
    if is_free {
        let named = client.name_user(user, id, deadline).await;
        if !matches!(named, Err(ZendeskError::Rejected { status: 422, .. })) {
            return named;
        }
    }
    client.set_braze_id(user, id, deadline).await
}

async fn with_external_id(
    client: &ZendeskClient,
    person: &Person,
    external_id: &str,
    deadline: Deadline,
) -> Result<Tried, ZendeskError> {
    let found = client.users_with(external_id, deadline).await?;
    if let Some(user) = found.iter().find(|user| user.is_customer(external_id)) {
        let field = user.braze_id.as_ref().map(Personal::as_str);
        if let Some(id) = person.customer.id().filter(|id| field != Some(id.as_str())) {
            client.set_braze_id(user.id, id, deadline).await?;
        }
        return Ok(Tried::User(user.id));
    }
    if !found.is_empty() {
        return Ok(Tried::Not(None));
    }
    let new = NewUser {
        external_id,
        braze_id: person.customer.id(),
        name: &person.name,
        phone: person.phone.as_ref(),
        locale: person.locale.as_deref(),
    };
    let refused = match client.create_user(&new, deadline).await {
        Ok(user) => return Ok(Tried::User(user)),
        Err(refused @ ZendeskError::Rejected { status: 422, .. }) => refused,
        Err(error) => return Err(error),
    };
    // Taken: by this request itself, whose first answer was lost, or by a user the search does not show.
    let found = client.users_with(external_id, deadline).await?;
    let own = found.iter().find(|user| user.is_customer(external_id));
    Ok(own.map_or(Tried::Not(Some(refused)), |user| Tried::User(user.id)))
}

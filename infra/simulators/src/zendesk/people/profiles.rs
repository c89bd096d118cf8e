//! What agents do with users: add, correct, suspend them.

use serde_json::json;

use super::super::model::AccountUser;
use super::super::work::Work;
use super::super::{events, users};
use super::{DeskError, Person};

/// Adds a user.
pub(in super::super) fn add_user(work: &mut Work<'_>, person: Person) -> u64 {
    let id = users::add(
        work.state,
        work.now,
        &person.name,
        person.role,
        person.email,
    );
    if let Some(user) = work.state.users.get_mut(&id) {
        user.phone = person.phone;
        user.external_id = person.external_id;
        user.locale = person.locale;
        let fields = person.fields.into_iter();
        user.user_fields
            .extend(fields.map(|(key, value)| (key, value.into())));
    }
    id
}

/// Changes a user; the new name shows on tickets and comments, too.
pub(in super::super) fn edit(
    work: &mut Work<'_>,
    id: u64,
    change: impl FnOnce(&mut AccountUser),
) -> Result<(), DeskError> {
    let user = work.state.users.get_mut(&id).filter(|user| user.active);
    let user = user.ok_or(DeskError::NoUser(id))?;
    change(user);
    user.updated_at_ms = work.now;
    users::refresh(work.state, id);
    Ok(())
}

/// Suspends a user, or lets one write again.
pub(in super::super) fn suspend(
    work: &mut Work<'_>,
    id: u64,
    suspended: bool,
) -> Result<(), DeskError> {
    let before = work.user(id).map(|user| user.suspended);
    edit(work, id, |user| user.suspended = suspended)?;
    if let Some(user) = work.user(id).cloned() {
        let event = json!({"previous": before, "current": suspended});
        events::of_user(work.state, work.now, &user, "user.suspended_changed", event);
    }
    Ok(())
}

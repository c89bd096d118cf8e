//! Two users become one: the loser is gone, the winner has its tickets.

use serde_json::{Value, json};

use super::super::events;
use super::super::model::{AccountUser, Role};
use super::super::work::Work;
use super::DeskError;

/// Merges a user into another. The loser's custom fields and external id are lost, its tickets and
/// comments become the winner's, its e-mail addresses too. No trigger fires.
pub(in super::super) fn merge(
    work: &mut Work<'_>,
    loser: u64,
    winner: u64,
) -> Result<(), DeskError> {
    for id in [loser, winner] {
        let user = work.user(id).ok_or(DeskError::NoUser(id))?;
        if user.role != Role::EndUser || loser == winner {
            return Err(DeskError::NotMergeable(id));
        }
    }
    let now = work.now;
    let Some(gone) = work.state.users.get_mut(&loser) else {
        return Err(DeskError::NoUser(loser));
    };
    let before = gone.clone();
    gone.active = false;
    gone.email = None;
    gone.other_emails.clear();
    gone.phone = None;
    gone.external_id = None;
    gone.user_fields.values_mut().for_each(|v| *v = Value::Null);
    gone.updated_at_ms = now;
    let Some(left) = work.state.users.get_mut(&winner) else {
        return Err(DeskError::NoUser(winner));
    };
    left.other_emails
        .extend(before.email.iter().chain(&before.other_emails).cloned());
    if left.email.is_none() && !left.other_emails.is_empty() {
        left.email = Some(left.other_emails.remove(0));
    }
    left.updated_at_ms = now;
    let left = left.clone();
    let moved = move_tickets(work, loser, winner);
    let (about, other) = match work.config.variants.user_merged_is_about_the_winner {
        true => (&left, loser),
        false => (&before, winner),
    };
    let merged = json!({"user": {"id": other.to_string()}});
    events::of_user(work.state, now, about, "user.merged", merged);
    if work.config.variants.user_merge_fires_requester_changed {
        let event = json!({"previous": loser.to_string(), "current": winner.to_string()});
        for ticket in moved {
            let kind = "ticket.requester_changed";
            events::of_ticket(work.state, now, ticket, winner, kind, event.clone());
        }
    }
    Ok(())
}

/// Gives the loser's tickets and comments to the winner; returns the tickets whose requester changed.
fn move_tickets(work: &mut Work<'_>, loser: u64, winner: u64) -> Vec<u64> {
    let Some(author) = work.user(winner).map(AccountUser::as_author) else {
        return Vec::new();
    };
    let mut moved = Vec::new();
    for ticket in work.state.tickets.values_mut() {
        let comments = ticket.comments.iter_mut();
        for shown in comments.map(|comment| &mut comment.author) {
            if shown.id == loser {
                *shown = author.clone();
            }
        }
        if ticket.requester.id == loser {
            ticket.requester = author.clone();
            moved.push(ticket.id);
            if work.config.variants.user_merge_is_exported {
                ticket.generated_at_ms = work.now;
            }
        }
    }
    moved
}

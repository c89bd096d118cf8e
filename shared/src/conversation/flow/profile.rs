//! Who a customer is in Braze: an anonymous profile that gets an external id goes on under that id, and a number may
//! be another person's after a while.
//!
//! The profile's Braze id decides, and the number alone nothing. Without a Braze id the same number is the same
//! person until a solved ticket's time to be reopened has run out.
//!
//! A conversation that goes on under another key is taken over. What both remember becomes one memory:
//!
//! | remembered | of which |
//! |---|---|
//! | ticket, user and what belongs to them | this one; but the other, where this one has neither, or no ticket, or a solved one while the other's is open |
//! | automatic texts, messages of unknown outcome | both |
//! | opt-out, opt-in | the newest; where neither has a time, an opt-out of either |
//! | the wish for no more texts | either |
//! | language | this one, else the one that the ticket is of |
//! | what Braze said of the subscription | neither: it is asked again |
//! | whose a number was and is | this one; it is of the number |

use crate::message::{Body, BrazeId, Customer, DeliveryId, Event, Phone};

use super::super::state::{State, Taken};
use super::super::step::{Anyway, HandedOver};
use super::{Done, Exit, Flow, No, Pause, consent, reopening, user};

/// Asks whose the event is, before anything is done about it.
pub(super) async fn meet(flow: &mut Flow<'_>, event: &Event) -> Result<(), Exit> {
    let by_customer = match &event.body {
        Body::Text(_) => true,
        Body::Consent(consent) => consent.changed.is_none(),
        _ => false,
    };
    let told = event.body.braze_id();
    if let Some(moved) = &flow.state.moved {
        let of_it = match by_customer {
            true => told == Some(&moved.profile),
            false => event.ticket().is_some() && event.ticket() != flow.state.ticket,
        };
        if of_it {
            let customer = moved.to.clone();
            return Err(Done::Forward { customer }.into());
        }
    }
    if let Body::Consent(consent) = &event.body {
        consent::stop_at_once(flow, consent);
    }
    if by_customer {
        if let Customer::Phone(_) = flow.customer {
            meet_number(flow, told);
        }
        if let Some(told) = told.filter(|told| flow.state.profile.as_ref() != Some(told)) {
            meet_profile(flow, told).await?;
        }
    }
    if matches!(event.body, Body::Text(_) | Body::Note(_) | Body::Check(_)) {
        find_user_in_doubt(flow, event).await?;
        finish_take_over(flow).await?;
    }
    Ok(())
}

/// The number may be another person's now, who learns nothing of the one before, and whose texts do not go to
/// that one's user.
fn meet_number(flow: &mut Flow<'_>, told: Option<&BrazeId>) {
    let known = flow.state.profile.as_ref();
    let told_apart = known.zip(told).map(|(known, told)| known != told);
    if told_apart.unwrap_or_else(|| reopening::is_past_window(flow)) {
        let before = std::mem::take(flow.state);
        flow.state.moved = before.moved;
        flow.state.person = Some(mark(flow, told));
        // The number opted out, unless Braze made a new profile of it: that takes an opt-in.
        if told_apart.is_none() {
            flow.state.opt_out_asked = before.opt_out_asked;
            if before.opted_out {
                flow.state.opted_out = true;
                flow.state.consent_at = before.consent_at;
            }
        }
    }
    let first = flow.state.user.is_none() && flow.state.person.is_none();
    if first && (told.is_some() || flow.state.moved.is_some()) {
        flow.state.person = Some(mark(flow, told));
    }
}

fn mark(flow: &Flow<'_>, told: Option<&BrazeId>) -> DeliveryId {
    let who = told.map_or(flow.about.delivery.as_str(), BrazeId::as_str);
    DeliveryId::derive("person", &[who])
}

/// The customer's profile is named for the first time: its conversation may be under a number.
async fn meet_profile(flow: &mut Flow<'_>, told: &BrazeId) -> Result<(), Exit> {
    match flow.find_profile(told, Anyway::No).await?? {
        None => {}
        Some(Customer::Phone(from)) => take_over(flow, from, told).await?,
        Some(customer @ Customer::Id(_)) => match flow.customer {
            // A webhook from before the profile had an external id.
            Customer::Phone(_) => return Err(Done::Forward { customer }.into()),
            Customer::Id(_) => drop(flow.find_profile(told, Anyway::Yes).await??),
        },
    }
    flow.state.profile = Some(told.clone());
    Ok(())
}

async fn take_over(flow: &mut Flow<'_>, from: Phone, told: &BrazeId) -> Result<(), Exit> {
    let Some(handed) = flow.take_over(from.clone(), told).await?? else {
        // It is another profile's by now.
        flow.find_profile(told, Anyway::Yes).await??;
        return Ok(());
    };
    let HandedOver {
        state,
        mailbox,
        seen: accepted,
    } = *handed;
    let taken = Taken {
        from,
        user: state.user,
        ticket: state.ticket,
    };
    take_in_memory(flow.state, state);
    flow.state.profile = Some(told.clone());
    flow.state.taken = Some(taken);
    let seen = flow.about.seen;
    let mut waiting = mailbox;
    waiting.retain(|entry| !seen.contains(&entry.event.delivery));
    // State and events are written down together, and what waited goes first.
    Err(Exit::Pause(Pause::TakenOver(waiting, accepted)))
}

/// Two memories become one, by the table above.
fn take_in_memory(ours: &mut State, theirs: State) {
    let newest = match theirs.consent_at > ours.consent_at {
        true => &theirs,
        false => &*ours,
    };
    let undated = ours.consent_at == 0 && theirs.consent_at == 0;
    let opted_out = newest.opted_out || (undated && (ours.opted_out || theirs.opted_out));
    let consent_at = newest.consent_at;
    let asked = ours.opt_out_asked || theirs.opt_out_asked;
    let on_theirs = match (ours.ticket, theirs.ticket) {
        (None, Some(_)) => true,
        (Some(_), Some(_)) => ours.is_done() && !theirs.is_done(),
        (_, None) => false,
    };
    if on_theirs || (ours.user.is_none() && ours.ticket.is_none()) {
        let own = std::mem::replace(ours, theirs);
        ours.language = own.language.or(ours.language.take());
        ours.user = ours.user.or(own.user);
        ours.said.extend(own.said);
        ours.unconfirmed.extend(own.unconfirmed);
        // These are of the number.
        ours.person = None;
        ours.moved = None;
        ours.taken = None;
    } else {
        ours.said.extend(theirs.said);
        ours.unconfirmed.extend(theirs.unconfirmed);
        ours.opened_by_given_up = ours.opened_by_given_up.take().or(theirs.opened_by_given_up);
    }
    ours.opted_out = opted_out;
    ours.consent_at = consent_at;
    ours.opted_out_on = ours.opted_out_on.filter(|_| opted_out);
    ours.opt_out_asked = asked;
    ours.subscription = None;
}

/// A text may have opened a ticket under the number whose answer was lost: the ticket is known by the number's user,
/// which was not written down.
async fn find_user_in_doubt(flow: &mut Flow<'_>, event: &Event) -> Result<(), Exit> {
    let in_doubt =
        flow.progress.doubtful || flow.progress.unfound || flow.state.opened_by_given_up.is_some();
    let (Some(taken), Body::Text(text)) = (&flow.state.taken, &event.body) else {
        return Ok(());
    };
    if taken.user.is_some() || !in_doubt {
        return Ok(());
    }
    let number = Customer::Phone(taken.from.clone());
    let told = flow.state.profile.clone();
    let mark = mark(flow, told.as_ref());
    let user = user::known_by(flow, text, number, Some(mark)).await?;
    flow.state.user.get_or_insert(user);
    if let Some(taken) = &mut flow.state.taken {
        taken.user = Some(user);
    }
    Ok(())
}

/// Everything that names the conversation that was taken over learns where it is: the user in Zendesk, its ticket's
/// item, the profile's item. Then what was kept of it goes.
async fn finish_take_over(flow: &mut Flow<'_>) -> Result<(), Exit> {
    let Some(Taken { from, user, ticket }) = flow.state.taken.clone() else {
        return Ok(());
    };
    if let (Customer::Id(id), Some(user)) = (flow.customer, user) {
        match flow.name_user(user, id.clone()).await? {
            // What cannot be written there is looked up by the ticket's item.
            Ok(()) | Err(No::NotFound | No::Refused(_) | No::Suspended) => {}
            Err(no) => return Err(no.into()),
        }
    }
    if let (Some(ticket), Some(user)) = (ticket, user) {
        flow.claim_ticket(ticket, user, Anyway::Yes).await?;
    }
    if let Some(profile) = flow.state.profile.clone() {
        flow.find_profile(&profile, Anyway::Yes).await??;
    }
    flow.end_take_over(from).await??;
    flow.state.taken = None;
    Ok(())
}

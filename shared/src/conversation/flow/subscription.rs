//! Before a message: whether Braze may send it to this customer. Braze is the judge.

use crate::message::{Body, DeliveryId, Event};

use super::super::notes;
use super::super::state::Entry;
use super::super::subscription::{LookedUp, Subscription};
use super::consent::{OPT_OUT_ASKED_TAG, OPTED_OUT_TAG};
use super::{Done, Ended, Exit, Flow, No};

/// How long an answer of Braze counts, in milliseconds.
const COUNTS_FOR: i64 = 60 * 60 * 1000;

/// Asks Braze, at most once an hour, and believes it: who opted out and is subscribed again has taken
/// it back elsewhere. Where Braze does not say, messages are sent as if it had not been asked.
pub(super) async fn look_up(flow: &mut Flow<'_>) -> Result<(), Exit> {
    let Some(group) = flow.about.policy.subscription_group.clone() else {
        return Ok(());
    };
    if flow.state.braze_not_informed {
        return Ok(());
    }
    let (now, known) = (flow.now(), flow.state.subscription.clone());
    let fresh = |known: &LookedUp| now.saturating_sub(known.at) < COUNTS_FOR;
    if known.as_ref().is_some_and(fresh) {
        return Ok(());
    }
    let is = flow.look_up_subscription(group).await?;
    let same = known.filter(|known| known.is == is);
    flow.state.subscription = Some(LookedUp {
        is,
        at: now,
        noted_on: same.and_then(|known| known.noted_on),
    });
    if is == Subscription::Subscribed && flow.state.opted_out {
        flow.state.opted_out = false;
        flow.state.take_back_wish();
        flow.state.consent_at = now;
    }
    Ok(())
}

/// Braze has to learn that the customer opted out in other words than it acts on: until then what it says
/// of the subscription is old.
pub(super) fn to_tell(flow: &mut Flow<'_>) -> Entry {
    flow.state.braze_not_informed = true;
    flow.state.subscription = None;
    Entry::fresh(Event {
        delivery: DeliveryId::derive("unsubscribe", &[flow.about.delivery.as_str()]),
        received_at: flow.now(),
        body: Body::Unsubscribe,
    })
}

/// Tells Braze, so that its own campaigns stop as well. Where it takes no such word, the opt-out counts here
/// all the same, and the agent reads that Braze does not know.
pub(super) async fn unsubscribe(flow: &mut Flow<'_>) -> Ended {
    if !flow.state.braze_not_informed {
        return Ok(Done::ignored("Braze knows, or the customer opted in again"));
    }
    let Some(group) = flow.about.policy.unsubscribe_from.clone() else {
        return Ok(Done::ignored("OPT_OUT_WORDS is note by now"));
    };
    match flow.unsubscribe(group).await? {
        Ok(()) => {}
        Err(No::Refused(refusal)) => {
            let note = notes::braze_not_informed(flow.language());
            let note = flow.state.ticket.map(|ticket| flow.note(ticket, note, &[]));
            return Ok(flow.dead(refusal, note));
        }
        Err(no) => return Err(no.into()),
    }
    flow.state.braze_not_informed = false;
    flow.state.subscription = Some(LookedUp {
        is: Subscription::Unsubscribed,
        at: flow.now(),
        noted_on: flow.state.ticket,
    });
    Ok(Done::delivered())
}

/// Braze would send this customer nothing.
pub(super) fn is_unsubscribed(flow: &Flow<'_>) -> bool {
    let known = flow.state.subscription.as_ref();
    known.is_some_and(|known| known.is == Subscription::Unsubscribed)
        && flow.about.policy.subscription_group.is_some()
}

/// The ticket's agent knows that nothing is sent.
pub(super) fn noted(flow: &mut Flow<'_>) {
    let ticket = flow.state.ticket;
    if let Some(known) = &mut flow.state.subscription {
        known.noted_on = ticket;
    }
}

/// What the agent of the conversation's ticket has to know, once per ticket: that an opt-out was taken
/// back, or that the customer is not subscribed.
pub(super) fn note(flow: &mut Flow<'_>) -> Option<Entry> {
    let language = flow.language();
    let id = DeliveryId::derive("subscription", &[flow.about.delivery.as_str()]);
    if let Some(ticket) = flow.state.opted_out_on.filter(|_| !flow.state.opted_out) {
        flow.state.opted_out_on = None;
        let mut entry = flow.note(ticket, notes::subscribed_again(language), &[]);
        if let Body::Note(note) = &mut entry.event.body {
            note.untag = vec![OPTED_OUT_TAG.to_owned(), OPT_OUT_ASKED_TAG.to_owned()];
        }
        entry.event.delivery = id;
        return Some(entry);
    }
    let ticket = flow.state.ticket?;
    let known = flow.state.subscription.as_ref()?;
    let text = match known.is {
        Subscription::Unsubscribed if !flow.state.opted_out => {
            notes::customer_unsubscribed(language)
        }
        Subscription::Unknown => notes::customer_not_subscribed(language),
        _ => return None,
    };
    if known.noted_on == Some(ticket) || flow.about.policy.subscription_group.is_none() {
        return None;
    }
    noted(flow);
    let mut entry = flow.note(ticket, text, &[]);
    entry.event.delivery = id;
    Some(entry)
}

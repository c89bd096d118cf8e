//! The customer texted STOP, START or HELP: it counts from now on, and the agent reads so.

use crate::message::{Body, Consent, ConsentKind, DeliveryId, Event, SubscriptionChange, Text};
use crate::text::incoming;

use super::super::notes;
use super::super::state::{Entry, State};
use super::super::step::Ending;
use super::super::subscription::{LookedUp, Subscription};
use super::{Done, Flow};

/// Tag on the ticket of a customer who opted out.
pub(super) const OPTED_OUT_TAG: &str = "sms_opted_out";

/// Tag on the ticket of a customer who asked for no more texts in other words.
pub(super) const OPT_OUT_ASKED_TAG: &str = "sms_opt_out_asked";

/// Tag on the ticket of a customer who asked for help.
const HELP_TAG: &str = "sms_help";

/// Reason given for a wish before the one that is known.
const OLDER: &str = "older than what is known";

/// How long after the event export an opt-in's webhook still tells of the same, in milliseconds.
const THE_SAME: i64 = 10 * 60 * 1000;

pub(super) fn consent(flow: &mut Flow<'_>, consent: &Consent) -> Done {
    if let Some(changed) = consent.changed {
        return exported(flow, consent, changed);
    }
    let (language, at) = (flow.language(), flow.about.at);
    let state = &mut *flow.state;
    // It waited under the number, and the customer wished otherwise since.
    if flow.progress.by_ticket && at < state.consent_at && consent.what != ConsentKind::Help {
        return Done::ignored(OLDER);
    }
    let told = at.saturating_sub(state.consent_at) < THE_SAME && !asks_for_none(state);
    if consent.what == ConsentKind::OptedIn && told {
        return Done::ended(Ending::Delivered, words(flow, consent));
    }
    if consent.what != ConsentKind::Help {
        state.consent_at = at;
        state.subscription = None;
        state.braze_not_informed = false;
    }
    let (text, tags, untag): (String, &[&str], &[&str]) = match consent.what {
        ConsentKind::OptedOut => {
            if state.ticket_says_opted_out() {
                return Done::ended(Ending::Delivered, words(flow, consent));
            }
            state.opted_out = true;
            state.opted_out_on = state.ticket;
            (notes::customer_opted_out(language), &[OPTED_OUT_TAG], &[])
        }
        ConsentKind::OptedIn => {
            state.opted_out = false;
            state.opted_out_on = None;
            state.take_back_wish();
            (
                notes::customer_opted_in(language),
                &[],
                &[OPTED_OUT_TAG, OPT_OUT_ASKED_TAG],
            )
        }
        ConsentKind::Help => (notes::customer_asked_for_help(language), &[HELP_TAG], &[]),
    };
    let note = state.ticket.map(|ticket| {
        let mut entry = flow.note(ticket, text, tags);
        if let Body::Note(note) = &mut entry.event.body {
            note.untag = untag.iter().map(|&tag| tag.to_owned()).collect();
        }
        entry
    });
    let follow = note.into_iter().chain(words(flow, consent));
    Done::ended(Ending::Delivered, follow.chain(mark(flow)))
}

/// An opt-out counts also while it waits: it may have to be known first whose the profile is.
pub(super) fn stop_at_once(flow: &mut Flow<'_>, consent: &Consent) {
    let (state, at) = (&mut *flow.state, flow.about.at);
    let is_stop = consent.what == ConsentKind::OptedOut && consent.changed.is_none();
    if is_stop && at >= state.consent_at {
        state.opted_out = true;
        state.consent_at = at;
    }
}

/// A customer without external id may get one before the first text: what is remembered of them is looked for where
/// the profile has an attribute of the bridge's.
fn mark(flow: &Flow<'_>) -> Option<Entry> {
    let is_new = flow.customer.id().is_none() && flow.state.ticket.is_none();
    is_new.then(|| flow.context().attributes())
}

/// A subscription that changed in Braze, whatever changed it. The newest change counts, in whatever order they
/// are reported; what is known already gets no second note.
fn exported(flow: &mut Flow<'_>, consent: &Consent, changed: SubscriptionChange) -> Done {
    let language = flow.language();
    let state = &mut *flow.state;
    if changed.at < state.consent_at {
        return Done::ignored(OLDER);
    }
    let out = consent.what == ConsentKind::OptedOut;
    let is_news = match out {
        true => !state.opted_out,
        false => asks_for_none(state),
    };
    state.consent_at = changed.at;
    state.subscription = None;
    state.braze_not_informed = false;
    state.opted_out = out;
    if !is_news {
        return Done::delivered();
    }
    let (text, tags, untag): (String, &[&str], &[&str]) = match (out, changed.by_keyword) {
        (true, true) => (notes::customer_opted_out(language), &[OPTED_OUT_TAG], &[]),
        (true, false) => (
            notes::customer_unsubscribed(language),
            &[OPTED_OUT_TAG],
            &[],
        ),
        (false, _) => (
            notes::customer_opted_in(language),
            &[],
            &[OPTED_OUT_TAG, OPT_OUT_ASKED_TAG],
        ),
    };
    state.opted_out_on = state.ticket.filter(|_| out);
    if !out {
        state.take_back_wish();
    }
    let note = state.ticket.map(|ticket| flow.note(ticket, text, tags));
    let note = note.map(|mut entry| {
        if let Body::Note(note) = &mut entry.event.body {
            note.untag = untag.iter().map(|&tag| tag.to_owned()).collect();
        }
        entry
    });
    Done::ended(Ending::Delivered, note)
}

/// The customer gets no SMS, or none that is automatic, at their own wish or Braze's word.
fn asks_for_none(state: &State) -> bool {
    let unsubscribed = |known: &LookedUp| known.is != Subscription::Subscribed;
    state.opted_out || state.opt_out_asked || state.subscription.as_ref().is_some_and(unsubscribed)
}

/// A keyword may be the answer to an agent's question ("Yes", "CANCEL"): it goes on the ticket like any
/// text, unless it can mean nothing but an opt-out.
fn words(flow: &Flow<'_>, consent: &Consent) -> Option<Entry> {
    flow.state.ticket?;
    let words = consent.text.present()?;
    if incoming::is_only_opt_out(words) {
        return None;
    }
    Some(Entry::fresh(Event {
        delivery: DeliveryId::derive("keyword", &[flow.about.delivery.as_str()]),
        received_at: flow.about.at,
        body: Body::Text(Text {
            text: consent.text.clone(),
            ..Text::default()
        }),
    }))
}

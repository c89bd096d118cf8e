//! The customer texted STOP, START or HELP: it counts from now on, and the agent reads so.

use crate::message::{Body, Consent, ConsentKind, DeliveryId, Event, Text};
use crate::text::incoming;

use super::super::notes;
use super::super::state::Entry;
use super::super::step::Ending;
use super::{Done, Flow};

/// Tag on the ticket of a customer who opted out.
pub(super) const OPTED_OUT_TAG: &str = "sms_opted_out";

/// Tag on the ticket of a customer who asked for no more texts in other words.
pub(super) const OPT_OUT_ASKED_TAG: &str = "sms_opt_out_asked";

/// Tag on the ticket of a customer who asked for help.
const HELP_TAG: &str = "sms_help";

pub(super) fn consent(flow: &mut Flow<'_>, consent: &Consent) -> Done {
    let (language, at) = (flow.language(), flow.about.at);
    let state = &mut *flow.state;
    if consent.what != ConsentKind::Help {
        state.consent_at = at;
        state.subscription = None;
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
            state.opt_out_asked_on = None;
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
    Done::ended(
        Ending::Delivered,
        note.into_iter().chain(words(flow, consent)),
    )
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

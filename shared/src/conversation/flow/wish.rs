//! The customer asks for no more texts, in words that Braze does not act on: no automatic SMS follows, and the
//! agent reads so. Where the settings say so it counts as an opt-out, and Braze is informed.
//!
//! A wish counts from the text on, whether or not that has a ticket; the note is on every ticket the conversation
//! comes to, once.

use crate::message::{DeliveryId, Text};
use crate::text::incoming;

use super::super::notes;
use super::super::state::Entry;
use super::consent::{OPT_OUT_ASKED_TAG, OPTED_OUT_TAG};
use super::{Flow, subscription};

/// A text's wish counts from now on. What follows: Braze is informed, where it is to know.
pub(super) fn take(flow: &mut Flow<'_>, text: &Text) -> Option<Entry> {
    let unsubscribes = flow.about.policy.unsubscribe_from.is_some();
    let known = flow.state.opted_out || (flow.state.opt_out_asked && !unsubscribes);
    if known || !incoming::is_opt_out_wish(text.text.as_str()) {
        return None;
    }
    flow.state.opt_out_asked = true;
    if !unsubscribes {
        return None;
    }
    flow.state.opt_out_asked_on = None;
    flow.state.opted_out = true;
    flow.state.consent_at = flow.about.at;
    Some(subscription::to_tell(flow))
}

/// The agent of the conversation's ticket reads of the wish, once. Of a wish that counts as an opt-out and was read
/// on another ticket, the note on opt-outs tells.
pub(super) fn note(flow: &mut Flow<'_>) -> Option<Entry> {
    let ticket = flow.state.ticket?;
    let read_on = flow.state.opt_out_asked_on;
    if !flow.state.opt_out_asked || read_on == Some(ticket) {
        return None;
    }
    let language = flow.language();
    let unsubscribes = flow.about.policy.unsubscribe_from.is_some();
    let (note, tags): (String, &[&str]) = match flow.state.opted_out {
        false => {
            let note = notes::customer_asked_to_opt_out(language);
            (note, &[OPT_OUT_ASKED_TAG])
        }
        true if read_on.is_none() && unsubscribes => {
            flow.state.opted_out_on = Some(ticket);
            let note = notes::customer_opted_out_in_words(language);
            (note, &[OPT_OUT_ASKED_TAG, OPTED_OUT_TAG])
        }
        true => return None,
    };
    flow.state.opt_out_asked_on = Some(ticket);
    let mut note = flow.note(ticket, note, tags);
    // The event may have another note.
    note.event.delivery = DeliveryId::derive("opt-out-asked", &[flow.about.delivery.as_str()]);
    Some(note)
}

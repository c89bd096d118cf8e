//! The closing message: whose words it has, and how they become SMS.

use crate::message::{Personal, Solved, TicketId};
use crate::text::answer;
use crate::text::sms;

use super::super::notes;
use super::super::state::{Progress, Silent, State};
use super::super::step::{Ending, Sms, Verdict};
use super::{Case, attributes_entry, note_entry};

/// What the Braze guide's trigger says, and ours once did: nobody's own words.
const PRINTED: &str = "Your ticket has been closed";

/// The closing messages in order; none where there is nothing to say.
///
/// The trigger's own words go before the setting's.
pub(super) fn messages(case: &Case<'_>, solved: &Solved) -> Vec<String> {
    let own = solved.message.as_ref().and_then(Personal::present);
    let words = own
        .filter(|own| *own != PRINTED)
        .unwrap_or(&case.policy.solved_message);
    sms::fit_with(&answer::plain(words, ""), case.policy.style.ligatures).messages
}

/// The next of these messages, unless all were sent.
pub(super) fn sms(
    case: &Case<'_>,
    progress: &Progress,
    campaign: String,
    ticket: TicketId,
    messages: Vec<String>,
) -> Option<Sms> {
    let parts = u8::try_from(messages.len()).unwrap_or(u8::MAX);
    let message = messages.into_iter().nth(usize::from(progress.sent))?;
    Some(Sms {
        campaign,
        customer: case.customer.clone(),
        message: Personal(message),
        media: None,
        agent: Personal::default(),
        part: progress.sent.saturating_add(1),
        parts,
        ticket: Some(ticket),
        open: false,
    })
}

/// More messages than one answer may have: none is sent, and the agent is told.
pub(super) fn too_long(case: &Case<'_>, state: &State, messages: usize) -> Option<Verdict> {
    let limit = case.policy.style.max_messages;
    if messages <= limit {
        return None;
    }
    let note = notes::closing_too_long(case.policy.language, messages, limit);
    let note = state
        .ticket
        .map(|ticket| note_entry(case, ticket, note, &[]));
    Some(Verdict::Done(
        Ending::Ignored("the closing message is too long for SMS"),
        note.into_iter().chain([attributes_entry(case)]).collect(),
    ))
}

/// Why there was no closing message.
pub(super) fn silent(
    case: &Case<'_>,
    state: &State,
    solved: &Solved,
    sent: u8,
    blown: bool,
) -> Silent {
    match () {
        () if state.opted_out => Silent::OptedOut,
        // Meant: as it was when that was decided.
        () if blown => Silent::Loop,
        () if campaign(case, solved).is_none() => Silent::NoCampaign,
        // Meant: of a message that has become shorter nothing is left.
        () if messages(case, solved).len() <= usize::from(sent) && sent > 0 => Silent::Empty,
        () if messages(case, solved).is_empty() => Silent::Empty,
        () => Silent::Tag,
    }
}

/// The campaign of the closing message, where there is one.
pub(super) fn campaign(case: &Case<'_>, solved: &Solved) -> Option<String> {
    let own = solved.campaign.clone();
    own.or_else(|| case.policy.solved_campaign.clone())
}

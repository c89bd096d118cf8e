//! An answer on its way out: how it reads and what it costs, and what the agent is told of that.

use crate::message::Reply;
use crate::text::answer;
use crate::text::sms::{self, Encoding, Fitted};

use super::super::notes;
use super::super::policy::CostNote;
use super::super::state::{Entry, State};
use super::files::{self, Outgoing};
use super::{Case, note_entry};

/// The messages of an answer.
pub(super) fn fitted<'r>(case: &Case<'_>, reply: &'r Reply, text: &str) -> (Outgoing<'r>, Fitted) {
    let style = &case.policy.style;
    let outgoing = files::outgoing(case, reply, answer::plain(text, &style.signature));
    let fitted = sms::fit_with(&outgoing.text, style.ligatures);
    (outgoing, fitted)
}

/// What the agent is told of an answer that was sent: files that were not, and by a setting the cost.
pub(super) fn notes(case: &Case<'_>, state: &State, reply: &Reply) -> Vec<Entry> {
    let (Some(text), Some(ticket)) = (&reply.text, reply.ticket.or(state.ticket)) else {
        return vec![];
    };
    let (outgoing, fitted) = fitted(case, reply, text.as_str());
    let language = case.policy.language;
    let mut lines = Vec::new();
    if !outgoing.left.is_empty() {
        lines.push(notes::files_not_sent(language, &outgoing.left));
    }
    let dear = fitted.encoding == Encoding::Ucs2;
    match case.policy.style.cost_note {
        CostNote::Always => lines.push(notes::cost(language, &fitted)),
        CostNote::Ucs2 if dear => lines.push(notes::cost(language, &fitted)),
        CostNote::Ucs2 | CostNote::Never => {}
    }
    let note = (!lines.is_empty()).then(|| note_entry(case, ticket, lines.join("\n"), &[]));
    note.into_iter().collect()
}

//! An answer on its way to the phone: how it reads, what it costs, and what of it does not go.

use crate::message::{Attachment, Personal, Reply};
use crate::text::answer;
use crate::text::sms::{self, Encoding, Fitted};

use super::super::notes;
use super::super::policy::{CostNote, FilesOut, Policy};
use super::super::step::Ending;
use super::{Done, Exit, Flow};

/// Reason given where a customer's own comment was reported as an agent's.
pub(super) const BY_END_USER: &str = "comment by an end user";

/// Nothing is sent for it; Braze learns where the conversation is, which the webhook may have moved.
pub(super) fn no_answer(flow: &Flow<'_>, reason: &'static str) -> Exit {
    Done::ended(Ending::Ignored(reason), [flow.context().attributes()]).into()
}

/// An answer with what becomes of its files.
pub(super) struct Answer<'r> {
    /// Its messages.
    pub(super) fitted: Fitted,
    /// A picture that goes with the first one.
    pub(super) picture: Option<Personal>,
    /// Files that do not go.
    pub(super) left: Vec<&'r Attachment>,
}

impl Answer<'_> {
    /// How many messages it takes.
    pub(super) fn messages(&self) -> usize {
        self.fitted.messages.len()
    }
}

/// The messages of an answer.
pub(super) fn fitted<'r>(policy: &Policy, reply: &'r Reply, text: &str) -> Answer<'r> {
    let style = &policy.style;
    let mut text = answer::plain(text, &style.signature);
    let mut left: Vec<&Attachment> = reply.files.iter().flatten().collect();
    let mut picture = None;
    match style.files {
        FilesOut::Note => {}
        FilesOut::Links => {
            for file in left.drain(..) {
                if !text.contains(file.url.as_str()) {
                    text.push('\n');
                    text.push_str(file.url.as_str());
                }
            }
        }
        FilesOut::Media => {
            let first = left.iter().position(|file| file.picture);
            let sent = first.map(|index| left.remove(index));
            match sent {
                // A picture alone has no message to go with: its link is the message.
                Some(file) if text.trim().is_empty() => file.url.as_str().clone_into(&mut text),
                sent => picture = sent.map(|file| file.url.clone()),
            }
        }
    }
    // A link in the text reaches the customer anyway.
    left.retain(|file| !text.contains(file.url.as_str()));
    Answer {
        fitted: sms::fit_with(&text, style.ligatures),
        picture,
        left,
    }
}

/// What the agent reads about an answer that was sent: files that were not, and by a setting the cost.
pub(super) fn note(policy: &Policy, answer: &Answer<'_>) -> Option<String> {
    let language = policy.language;
    let mut lines = Vec::new();
    if !answer.left.is_empty() {
        lines.push(notes::files_not_sent(language, &answer.left));
    }
    let ucs2 = answer.fitted.encoding == Encoding::Ucs2;
    match policy.style.cost_note {
        CostNote::Always => lines.push(notes::cost(language, &answer.fitted)),
        CostNote::Ucs2 if ucs2 => lines.push(notes::cost(language, &answer.fitted)),
        CostNote::Ucs2 | CostNote::Never => {}
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

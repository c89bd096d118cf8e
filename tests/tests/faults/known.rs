//! Cells that are known to fail, each with the reason. Empty is the aim.
//!
//! A cell listed here is played like any other; one that has begun to hold is reported, so that
//! the list cannot outlive its reasons.

use crate::call::Call;
use crate::flow::Flow;

/// Flow, call, fault's beginning, reason.
pub const KNOWN: &[(Flow, &str, &str, &str)] = &[
    (
        Flow::Resend,
        "DynamoDB `UpdateItem`",
        "killed, call not done",
        "Zendesk repeats no webhook after an answer of 500, and no comparison looks for the tag",
    ),
    (
        Flow::SolvedAgain,
        "DynamoDB `UpdateItem`",
        "killed, call not done",
        "likewise, and what is solved and told is not compared: no second closing message",
    ),
    (
        Flow::SolvedAgain,
        "Zendesk `metrics.show`",
        "422",
        "a refused look counts as a solve that was told already: no second closing message",
    ),
    (
        Flow::FoundText,
        "Zendesk `audits.list`",
        "422",
        "the text is on the ticket; a dead letter is kept, and the note says that it is not",
    ),
    (
        Flow::FoundText,
        "Zendesk `comments.list`",
        "422",
        "likewise",
    ),
];

/// The entry that covers a cell, by its place.
pub fn entry(flow: Flow, call: &Call, name: &str) -> Option<usize> {
    KNOWN.iter().position(|(of, known, fault, _)| {
        *of == flow && call.to_string() == *known && name.starts_with(fault)
    })
}

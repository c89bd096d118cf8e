//! A write that happens once: one whose answer was lost is looked for before it is repeated.

use crate::message::TicketId;

use super::super::state::Trouble;
use super::super::step::{Comment, Written};
use super::{Call, Flow, No, REFUSED_FOR, later};

/// How long a write that got no answer may still come to act, in milliseconds: it is not looked for
/// before.
const LATE_WRITE: i64 = 60 * 1000;

/// Adds a comment to its ticket, unless it is there already. Says what the answer said of the
/// ticket, where there was one.
pub(super) async fn once(flow: &mut Flow<'_>, comment: Comment) -> Call<Option<Written>> {
    if flow.progress.doubtful {
        match flow.find_delivery(comment.ticket).await? {
            Ok(None) => flow.progress.doubtful = false,
            Ok(Some(found)) => {
                found
                    .comment
                    .into_iter()
                    .for_each(|id| flow.state.wrote(id));
                flow.progress.doubtful = false;
                flow.progress.posted = true;
                return Ok(Ok(None));
            }
            Err(No::Refused(_)) if flow.age() < REFUSED_FOR => return later(None, None),
            Err(no) => return Ok(Err(no)),
        }
    }
    Ok(append(flow, comment).await?.map(Some))
}

/// How many SMS parts went to the customer about this ticket, for the field that takes it. It goes with
/// writes that are made anyway.
pub(super) fn parts(flow: &Flow<'_>, ticket: TicketId) -> Option<(u64, i64)> {
    let field = flow.about.policy.parts_field?;
    let counted = flow.state.parts > 0 && flow.state.ticket == Some(ticket);
    counted.then(|| (field, flow.state.parts.into()))
}

/// Adds a comment to its ticket. Where no answer comes, it is in doubt.
pub(super) async fn append(flow: &mut Flow<'_>, mut comment: Comment) -> Call<Written> {
    let ticket = comment.ticket;
    comment.fields = parts(flow, ticket).into_iter().collect();
    let mut answer = flow.append(comment.clone()).await?;
    if matches!(answer, Err(No::Refused(_))) && !comment.fields.is_empty() {
        // Perhaps of the field, which is worth no comment.
        comment.fields.clear();
        answer = flow.append(comment).await?;
    }
    match answer {
        Ok(written) => {
            let comment = written.comment.into_iter();
            comment.for_each(|id| flow.state.wrote(id));
            flow.progress.posted = true;
            Ok(Ok(written))
        }
        Err(No::Unknown) => {
            flow.progress.doubtful = true;
            flow.progress.tried = Some(ticket);
            later(
                Some(flow.now().saturating_add(LATE_WRITE)),
                Some(Trouble::NoAnswer),
            )
        }
        Err(no) => Ok(Err(no)),
    }
}

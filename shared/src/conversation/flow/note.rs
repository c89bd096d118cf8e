//! An internal note for the agent: on its ticket once, then its tags.

use crate::message::Note;

use super::super::step::Comment;
use super::{Done, Ended, Exit, Flow, No, post, write};

pub(super) async fn note(flow: &mut Flow<'_>, note: &Note) -> Ended {
    match noted(flow, note).await {
        Ok(()) => Ok(Done::delivered()),
        Err(Exit::No(No::Closed | No::NotFound)) => {
            Ok(Done::ignored("the ticket takes no more notes"))
        }
        Err(Exit::No(No::Refused(refusal))) if post::is_full(&refusal) => {
            Ok(Done::ignored("the ticket takes no more notes"))
        }
        Err(stop) => Err(stop),
    }
}

async fn noted(flow: &mut Flow<'_>, note: &Note) -> Result<(), Exit> {
    if !flow.progress.posted {
        let comment = Comment {
            ticket: note.ticket,
            author: None,
            body: note.text.clone(),
            uploads: vec![],
            public: false,
            status: None,
            fields: vec![],
            marker: flow.about.marker.clone(),
        };
        write::once(flow, comment).await??;
    }
    if !note.tags.is_empty() {
        flow.add_tags(note.ticket, &note.tags).await??;
    }
    if !note.untag.is_empty() {
        flow.remove_tags(note.ticket, &note.untag).await??;
    }
    Ok(())
}

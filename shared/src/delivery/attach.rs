//! Brings a customer's pictures and files from their source into Zendesk's uploads.
//!
//! In: links and a deadline. Out: for each, in order, the upload's token or why there is none. Has
//! a time share of its own, so that no file holds up the text it came with.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::conversation::state::Attached;
use crate::media::{Fetcher, File};
use crate::message::{MediaProblem, Personal};
use crate::net::Deadline;
use crate::zendesk::{self, NewFile, ZendeskError};

/// Files taken with one text (an MMS carries up to ten).
const MAX_FILES: usize = 10;

/// Files on their way at the same time; bounds the memory in use.
const AT_ONCE: usize = 3;

/// Longest time the text waits for its files.
const TIME_SHARE: Duration = Duration::from_secs(3);

/// What became of each file, in order.
pub(super) async fn attach(
    fetcher: &Fetcher,
    zendesk: &zendesk::ZendeskClient,
    links: &[Personal],
    deadline: Deadline,
) -> Vec<Attached> {
    let deadline = deadline.capped(TIME_SHARE);
    let mut results = vec![Attached::Not(MediaProblem::TooMany); links.len()];
    let mut waiting = links.iter().cloned().enumerate().take(MAX_FILES);
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some((index, link)) = waiting.next()
        {
            let (fetcher, zendesk) = (fetcher.clone(), zendesk.clone());
            results[index] = Attached::Not(MediaProblem::Interrupted);
            running.spawn(async move {
                let uploaded = bring(&fetcher, &zendesk, index, &link, deadline).await;
                (index, uploaded)
            });
        }
        match running.join_next().await {
            None => return results,
            Some(Ok((index, uploaded))) => {
                results[index] = match uploaded {
                    Ok(attached) => attached,
                    Err(problem) => {
                        tracing::warn!(media.problem = ?problem, "media not attached");
                        Attached::Not(problem)
                    }
                };
            }
            // Never the error itself: it quotes the panic's message.
            Some(Err(error)) => {
                let panicked = error.is_panic();
                tracing::error!(panicked, "the task of a file failed");
            }
        }
    }
}

/// One file; once more where Zendesk wanted a new access token, for a stream cannot be rewound.
async fn bring(
    fetcher: &Fetcher,
    zendesk: &zendesk::ZendeskClient,
    index: usize,
    link: &Personal,
    deadline: Deadline,
) -> Result<Attached, MediaProblem> {
    let mut renewed = false;
    loop {
        let file = fetcher.fetch(link.as_str(), deadline).await?;
        if let Some(words) = file.words {
            return Ok(Attached::Words(Personal(words)));
        }
        let source = file.source();
        let name = format!("mms-{}.{}", index + 1, file.kind.ending());
        let File { kind, body, .. } = file;
        let new = NewFile {
            name: &name,
            kind: kind.mime(),
            content: body,
        };
        match zendesk.upload(new, deadline).await {
            Ok(token) => return Ok(Attached::Token(token)),
            Err(ZendeskError::Unauthorized) if !renewed => renewed = true,
            Err(error) => return Err(blame(source.problem(), deadline, &error)),
        }
    }
}

/// Whose fault it is that an upload did not work.
fn blame(source: Option<MediaProblem>, deadline: Deadline, error: &ZendeskError) -> MediaProblem {
    if let Some(problem) = source {
        return problem;
    }
    match error {
        ZendeskError::Rejected { .. } => MediaProblem::Refused,
        _ if deadline.is_over() => MediaProblem::TimedOut,
        _ => MediaProblem::NotTaken,
    }
}

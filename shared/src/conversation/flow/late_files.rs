//! Files of a text that were not there when it went to its ticket: asked for again for some minutes, and added
//! by a comment of their own. Nothing waits for them.

use crate::message::{Body, DeliveryId, Event, LateFiles, Personal, Text};

use super::super::notes;
use super::super::state::{Attached, Entry, Lane, Wait};
use super::super::step::{Comment, Ending};
use super::{Done, Ended, Exit, Flow, No, Pause, later, media, write};

/// For how long they are asked for, in milliseconds.
const ASKED_FOR: i64 = 10 * 60 * 1000;

/// When they are asked for first after the text, in milliseconds.
const FIRST: i64 = 15 * 1000;

/// The pauses before they are asked for again, in milliseconds; then no more.
const AGAIN: [i64; 5] = [45_000, 60_000, 90_000, 120_000, 180_000];

/// Files of the text that may come still, as an event of their own.
pub(super) fn follow(flow: &mut Flow<'_>, text: &Text) -> Option<Entry> {
    let ticket = flow.state.ticket?;
    let media = flow.progress.media.as_ref()?;
    let files = media.files.iter().zip(&text.media_urls);
    let links: Vec<String> = files
        .filter(|(file, _)| may_come(file))
        .map(|(_, link)| link.clone())
        .collect();
    if links.is_empty() {
        return None;
    }
    let until = flow.now().saturating_add(FIRST);
    let wait = flow.state.wait(Lane::Files);
    wait.get_or_insert(Wait { until, attempts: 0 });
    let files = LateFiles {
        ticket,
        links,
        missing: vec![],
        asked: 0,
    };
    Some(event(flow, flow.now(), files))
}

pub(super) async fn late_files(flow: &mut Flow<'_>, late: &mut LateFiles) -> Ended {
    if !flow.progress.posted {
        ask(flow, late).await?;
        let text = Text {
            text: Personal(notes::late_files(flow.language(), late.links.len())),
            media_urls: late.links.clone(),
            ..Text::default()
        };
        let comment = Comment {
            ticket: late.ticket,
            author: flow.state.user,
            body: Personal(media::comment_body(flow, &text)),
            uploads: media::uploads(flow.progress),
            public: true,
            status: None,
            fields: vec![],
            marker: flow.about.marker.clone(),
        };
        match write::once(flow, comment).await? {
            Ok(_) => {}
            Err(No::Closed | No::NotFound) => {
                return Ok(Done::ignored("the ticket takes no more comments"));
            }
            Err(No::Refused(_)) => return Ok(Done::ignored("Zendesk refused the files")),
            Err(no) => return Err(no.into()),
        }
    }
    let missing = std::mem::take(&mut late.missing);
    let rest = (!missing.is_empty()).then(|| {
        let files = LateFiles {
            ticket: late.ticket,
            links: missing,
            missing: vec![],
            asked: late.asked,
        };
        event(flow, flow.about.at, files)
    });
    Ok(Done::ended(Ending::Delivered, rest))
}

/// Asks for the files, unless some have come. What came is written down before a comment is made of it.
async fn ask(flow: &mut Flow<'_>, late: &mut LateFiles) -> Result<(), Exit> {
    if media::is_known(flow) {
        return Ok(());
    }
    let links = late.links.iter().map(|link| link.as_str().into());
    let files = flow.attach_media(links.collect()).await??;
    let asked = files.into_iter().zip(std::mem::take(&mut late.links));
    let (missing, known): (Vec<_>, Vec<_>) = asked.partition(|(file, _)| may_come(file));
    let mut missing: Vec<String> = missing.into_iter().map(|(_, link)| link).collect();
    let came = known
        .iter()
        .any(|(file, _)| !matches!(file, Attached::Not(_)));
    if !came && missing.is_empty() {
        // Named in the text's comment already.
        return Err(Done::ignored("the files cannot be attached").into());
    }
    let pause = AGAIN.get(usize::from(late.asked));
    let Some(pause) = pause.filter(|_| flow.age() < ASKED_FOR) else {
        missing.clear();
        if !came {
            return Err(Done::ignored("the files did not come").into());
        }
        return came_at_last(flow, late, known, missing);
    };
    late.asked = late.asked.saturating_add(1);
    if !came {
        late.links = missing;
        return later(Some(flow.now().saturating_add(*pause)), None);
    }
    came_at_last(flow, late, known, missing)
}

fn came_at_last(
    flow: &mut Flow<'_>,
    late: &mut LateFiles,
    known: Vec<(Attached, String)>,
    missing: Vec<String>,
) -> Result<(), Exit> {
    let (files, links) = known.into_iter().unzip();
    media::keep(flow, files);
    late.links = links;
    late.missing.extend(missing);
    Err(Exit::Pause(Pause::Checkpoint))
}

fn may_come(file: &Attached) -> bool {
    matches!(file, Attached::Not(problem) if problem.may_pass())
}

fn event(flow: &Flow<'_>, received_at: i64, files: LateFiles) -> Entry {
    Entry::fresh(Event {
        delivery: DeliveryId::derive("late-files", &[flow.about.delivery.as_str()]),
        received_at,
        body: Body::LateFiles(files),
    })
}

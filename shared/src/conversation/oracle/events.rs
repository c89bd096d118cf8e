//! Events of all eight kinds, and how far the work on them may have got.

use super::cast;
use super::state::{Attached, Entry, Media, Progress};
use super::tape::Tape;
use crate::message::{
    Body, Consent, ConsentKind, DeliveryId, Event, MediaProblem, Note, Personal, Profile, Reply,
    Resend, Solved, Text,
};

/// An event nobody worked on.
pub(super) fn fresh(tape: &mut Tape, number: usize) -> Entry {
    let body = body(tape);
    let number = number.to_string();
    let delivery = match &body {
        Body::Reply(Reply {
            comment: Some(comment),
            ..
        }) if tape.percent(75) => cast::reply_delivery(*comment),
        body => DeliveryId::derive(body.kind(), &["event", &number]),
    };
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: cast::lately(tape),
        body,
    });
    if let (Body::Note(note), true) = (&mut entry.event.body, tape.percent(20)) {
        // What a request to send again leaves: nothing to write, tags to take off.
        note.tags.clear();
        note.untag = vec!["sms_resend".to_owned(), "sms_resend_asked".to_owned()];
        entry.progress.posted = true;
        entry.progress.tagged = true;
    }
    if tape.percent(5) {
        // Replayed from a dead letter.
        entry.progress.written_as = Some(cast::named("text", tape));
    }
    if let (Body::Reply(_) | Body::Solved(_), true) = (&entry.event.body, tape.percent(10)) {
        // Sent again after some of its messages.
        entry.progress.sent = tape.pick(&[1, 2]);
    }
    entry
}

fn body(tape: &mut Tape) -> Body {
    match tape.below(20) {
        0..5 => Body::Text(text(tape)),
        5..10 => Body::Reply(reply(tape)),
        10..14 => Body::Solved(solved(tape)),
        14 | 15 => Body::Consent(Consent {
            what: tape.pick(&[
                ConsentKind::OptedOut,
                ConsentKind::OptedIn,
                ConsentKind::Help,
            ]),
            text: Personal::default(),
        }),
        16 => Body::Note(note(tape)),
        17 => Body::Resend(Resend {
            ticket: tape.maybe(80, cast::ticket),
        }),
        18 => Body::Attributes,
        _ => Body::Check,
    }
}

fn text(tape: &mut Tape) -> Text {
    let links = tape.pick(&[0, 0, 0, 1, 2, 22]);
    Text {
        text: cast::words(tape),
        media_urls: (0..links)
            .map(|n| format!("https://pictures.example/{n}.jpg"))
            .collect(),
        support: tape.percent(30),
        profile: Profile {
            name: Personal::from(tape.pick(&["Ana", ""])),
            phone: Personal::from(tape.pick(&["+15550100", "", " "])),
        },
    }
}

fn reply(tape: &mut Tape) -> Reply {
    let statuses = ["open", "solved", "pending", "closed", "New", "escalated"];
    Reply {
        ticket: tape.maybe(85, cast::ticket),
        comment: tape.maybe(80, cast::comment),
        text: tape.maybe(85, cast::words),
        files: tape.maybe(40, cast::files),
        author: Personal::from(tape.pick(&["Ann", "", " "])),
        status: tape.maybe(80, |tape| tape.pick(&statuses).to_owned()),
        asked_at: tape.maybe(70, cast::lately),
        campaign: tape.maybe(10, |_| "special".to_owned()),
    }
}

fn solved(tape: &mut Tape) -> Solved {
    Solved {
        ticket: tape.maybe(80, cast::ticket),
        asked_at: tape.maybe(70, cast::lately),
        tags: tape.maybe(40, cast::tags),
        message: tape.maybe(40, |tape| match tape.percent(30) {
            true => Personal::from("Your ticket has been closed"),
            false => cast::words(tape),
        }),
        campaign: tape.maybe(10, |_| "special".to_owned()),
    }
}

fn note(tape: &mut Tape) -> Note {
    Note {
        ticket: cast::ticket(tape),
        text: Personal::from("A note."),
        tags: cast::tags(tape),
        untag: cast::tags(tape),
    }
}

/// An event that was worked on before: what stays stored of that, by kind. Facts that only save a read
/// the second time are not among them.
pub(super) fn begun(tape: &mut Tape, entry: &mut Entry) {
    let progress = &mut entry.progress;
    if tape.percent(40) {
        progress.doubtful = true;
        progress.breaks = tape.pick(&[0, 1, 2, 7, 8]);
        progress.tried = tape.maybe(60, cast::ticket);
    }
    match &entry.event.body {
        Body::Text(text) => text_begun(tape, text.media_urls.len(), progress),
        Body::Note(note) => progress.posted |= !note.tags.is_empty() && tape.percent(30),
        Body::Reply(_) | Body::Solved(_) => progress.sent = tape.pick(&[0, 0, 1, 2]),
        Body::Consent(_) | Body::Resend(_) | Body::Attributes | Body::Check => {}
    }
}

fn text_begun(tape: &mut Tape, links: usize, progress: &mut Progress) {
    progress.heard = tape.percent(50);
    progress.too_often = progress.heard && tape.percent(20);
    progress.key = tape.pick(&[0, 0, 0, 1, 2, 3]);
    progress.follows = tape.maybe(15, cast::ticket);
    progress.create = progress.follows.is_some() || tape.percent(10);
    if tape.percent(25) {
        progress.posted = true;
        progress.reopen = tape.percent(50);
        progress.announce = tape.percent(50);
        return;
    }
    progress.unfound = tape.percent(20);
    if links > 0 && tape.percent(60) {
        progress.media = Some(media(tape, links));
    }
    progress.media_breaks = tape.pick(&[0, 0, 0, 1, 2]);
}

fn media(tape: &mut Tape, links: usize) -> Media {
    Media {
        at: cast::lately(tape),
        files: (0..links).map(|_| attached(tape)).collect(),
        used: tape.percent(20),
    }
}

pub(super) fn attached(tape: &mut Tape) -> Attached {
    match tape.below(10) {
        0..6 => Attached::Token(Personal::from("token")),
        6 | 7 => Attached::Not(MediaProblem::NotTaken),
        8 => Attached::Not(MediaProblem::TooLarge),
        _ => Attached::Not(MediaProblem::Status(404)),
    }
}

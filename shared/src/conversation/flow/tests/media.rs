//! Texts with pictures: fetched once, attached, or named with their reason.

use super::*;
use crate::conversation::step::{Comment, NewTicket};
use crate::message::MediaProblem;

const LINK: &str = "https://media.example.com/1.jpg";
const OTHER: &str = "https://media.example.com/2.jpg";

fn picture(words: &str, links: &[&str]) -> Body {
    Body::Text(Text {
        text: words.into(),
        media_urls: links.iter().map(|&link| link.to_owned()).collect(),
        ..Text::default()
    })
}

fn token(name: &str) -> Attached {
    Attached::Token(name.into())
}

fn not(problem: MediaProblem) -> Attached {
    Attached::Not(problem)
}

fn fetches(files: Vec<Attached>) -> impl FnMut(&Step) -> Outcome {
    move |step| match step {
        Step::AttachMedia(_) => Outcome::Attached(files.clone()),
        step => works(step),
    }
}

fn fetched_times(steps: &[Step]) -> usize {
    let is_fetch = |step: &&Step| matches!(step, Step::AttachMedia(_));
    steps.iter().filter(is_fetch).count()
}

fn comments(steps: &[Step]) -> Vec<&Comment> {
    let all = steps.iter().filter_map(|step| match step {
        Step::Append(comment) => Some(comment),
        _ => None,
    });
    all.collect()
}

fn tickets(steps: &[Step]) -> Vec<&NewTicket> {
    let all = steps.iter().filter_map(|step| match step {
        Step::CreateTicket(ticket) => Some(&**ticket),
        _ => None,
    });
    all.collect()
}

#[test]
fn a_picture_is_attached_to_the_comment_of_its_text() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, end) = ana.play(picture("Look", &[LINK]), fetches(vec![token("up1")]));
    assert_eq!(end, End::delivered());
    assert_eq!(steps[0], Step::AttachMedia(vec![LINK.into()]));
    let comment = comments(&steps)[0];
    assert_eq!(comment.body.as_str(), "Look");
    assert_eq!(comment.uploads, ["up1".into()]);
}

#[test]
fn a_picture_alone_opens_a_ticket_with_a_text_that_says_so() {
    let mut ana = Conversation::empty();
    let files = vec![token("up1"), token("up2")];
    let (steps, end) = ana.play(picture(" ", &[LINK, OTHER]), fetches(files));
    assert_eq!(end, End::delivered());
    let ticket = tickets(&steps)[0];
    assert_eq!(ticket.body.as_str(), "(2 files)");
    assert_eq!(ticket.uploads, ["up1".into(), "up2".into()]);
}

#[test]
fn what_cannot_be_fetched_is_named_with_reason_and_link_and_the_text_arrives() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let files = vec![not(MediaProblem::PrivateAddress), token("up2")];
    let (steps, end) = ana.play(picture("Look", &[LINK, OTHER]), fetches(files));
    assert_eq!(end, End::delivered());
    let comment = comments(&steps)[0];
    assert_eq!(
        comment.body.as_str(),
        format!("Look\nFile not attached (the link leads to a private address): {LINK}")
    );
    assert_eq!(comment.uploads, ["up2".into()]);
}

#[test]
fn the_reason_is_given_in_the_languages_there_are() {
    let mut ana = Conversation::on_ticket(Status::Open);
    ana.policy.language = crate::conversation::policy::Language::French;
    let files = vec![not(MediaProblem::Status(404))];
    let (steps, _) = ana.play(picture("Voilà", &[LINK]), fetches(files));
    assert_eq!(
        comments(&steps)[0].body.as_str(),
        format!("Voilà\nFichier non joint (son serveur a répondu 404)\u{a0}: {LINK}")
    );
}

#[test]
fn of_thousands_of_missing_files_the_first_are_named_and_the_rest_counted() {
    let links = (0..3_000).map(|n| format!("https://m.example/{n}"));
    let mut ana = Conversation::on_ticket(Status::Open);
    let body = Body::Text(Text {
        text: "hello".into(),
        media_urls: links.collect(),
        ..Text::default()
    });
    let (steps, _) = ana.play(body, |step| match step {
        Step::AttachMedia(links) => Outcome::Attached(
            links
                .iter()
                .map(|_| Attached::Not(MediaProblem::TooMany))
                .collect(),
        ),
        step => works(step),
    });
    let added = steps.iter().find_map(|step| match step {
        Step::Append(comment) => Some(comment.body.as_str()),
        _ => None,
    });
    let lines: Vec<&str> = added.expect("a comment").lines().collect();
    assert_eq!(lines.len(), 22);
    assert_eq!(lines[21], "… and 2980 more files not attached");
}

#[test]
fn a_text_without_pictures_fetches_nothing() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let (steps, _) = ana.play(text("Hi"), works);
    assert_eq!(fetched_times(&steps), 0);
}

#[test]
fn a_comment_refused_with_its_files_is_added_without_them() {
    let refusal = || Outcome::Failed(Failure::Refused(Refusal::own("uploads")));
    for mut ana in [Conversation::on_ticket(Status::Open), Conversation::empty()] {
        let (steps, end) = ana.play(picture("Look", &[LINK]), |step| match step {
            Step::AttachMedia(_) => Outcome::Attached(vec![token("up1")]),
            Step::Append(comment) if !comment.uploads.is_empty() => refusal(),
            Step::CreateTicket(ticket) if !ticket.uploads.is_empty() => refusal(),
            step => works(step),
        });
        assert_eq!(end, End::delivered());
        let bodies = comments(&steps).into_iter().map(|comment| &comment.body);
        let created = tickets(&steps);
        let last = bodies
            .chain(created.iter().map(|ticket| &ticket.body))
            .last();
        let text = last.expect("posted").as_str();
        assert!(text.contains("Look\n") && text.contains("refused") && text.contains(LINK));
        if let [first, second] = created[..] {
            assert_ne!(first.key, second.key, "another body needs another key");
        }
    }
}

#[test]
fn the_same_ticket_is_created_again_after_an_unknown_outcome() {
    let mut ana = Conversation::empty();
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: picture("Look", &[LINK]),
    });
    let mut first = |step: &Step| match step {
        Step::AttachMedia(_) => Outcome::Attached(vec![token("up1")]),
        Step::CreateTicket(_) => Outcome::Failed(Failure::Unknown),
        step => works(step),
    };
    let (before, end) = ana.resume(&mut entry, &mut first);
    assert_eq!(end, End::Later(None));
    let (after, end) = ana.resume(&mut entry, &mut fetches(vec![token("other")]));
    assert_eq!(end, End::delivered());
    assert_eq!(tickets(&before), tickets(&after));
    assert_eq!(fetched_times(&after), 0);
}

#[test]
fn a_follow_up_ticket_gets_uploads_of_its_own() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut count = 0;
    let (steps, end) = ana.play(picture("Look", &[LINK]), |step| match step {
        Step::AttachMedia(_) => {
            count += 1;
            Outcome::Attached(vec![token(&format!("up{count}"))])
        }
        Step::Append(_) => Outcome::Failed(Failure::Closed),
        Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Closed, &[]))),
        step => works(step),
    });
    assert_eq!(end, End::delivered());
    assert_eq!(tickets(&steps)[0].uploads, ["up2".into()]);
}

#[test]
fn an_upload_that_zendesk_could_not_take_is_tried_again_when_the_text_is() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: picture("Look", &[LINK]),
    });
    let mut outage = |step: &Step| match step {
        Step::AttachMedia(_) => Outcome::Attached(vec![not(MediaProblem::NotTaken)]),
        Step::Append(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    };
    let (_, end) = ana.resume(&mut entry, &mut outage);
    assert_eq!(end, End::Later(None));
    if let Some(media) = &mut entry.progress.media {
        media.at = NOW - 10_000;
    }
    let (steps, end) = ana.resume(&mut entry, &mut fetches(vec![token("up1")]));
    assert_eq!(end, End::delivered());
    assert_eq!(comments(&steps)[0].uploads, ["up1".into()]);
    assert_eq!(comments(&steps)[0].body.as_str(), "Look");
}

#[test]
fn lapsed_uploads_are_fetched_again_and_fresh_ones_are_not() {
    for (age, times) in [(10 * 60 * 1000, 0), (55 * 60 * 1000, 1)] {
        let mut ana = Conversation::on_ticket(Status::Open);
        let mut entry = Entry::fresh(Event {
            delivery: DeliveryId::derive("test", &["1"]),
            received_at: NOW,
            body: picture("Look", &[LINK]),
        });
        entry.progress.media = Some(crate::conversation::state::Media {
            at: NOW - age,
            files: vec![token("up1")],
            used: false,
        });
        let (steps, _) = ana.resume(&mut entry, &mut fetches(vec![token("up2")]));
        assert_eq!(fetched_times(&steps), times);
    }
}

#[test]
fn a_file_that_ends_the_process_twice_is_left_out_the_third_time() {
    let mut ana = Conversation::on_ticket(Status::Open);
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: picture("Look", &[LINK]),
    });
    // The process died within `AttachMedia`; what was written down before is what remains.
    for breaks in 1..=2 {
        entry.progress.doubtful = true;
        entry.progress.breaks = breaks;
        let mut dies = |step: &Step| match step {
            Step::AttachMedia(_) => Outcome::Failed(Failure::Later(None, Trouble::Other)),
            step => works(step),
        };
        let (steps, _) = ana.resume(&mut entry.clone(), &mut dies);
        assert_eq!(fetched_times(&steps), usize::from(breaks < 2));
    }
    let (steps, end) = ana.resume(&mut entry, &mut works);
    assert_eq!((fetched_times(&steps), end), (0, End::delivered()));
    assert!(comments(&steps)[0].body.as_str().contains(LINK));
}

//! Which event of the mailbox is next, and when a waiting one may be tried again. Pure.

use std::collections::HashSet;

use crate::message::{Body, CommentId, DeliveryId, Reply, Solved, TicketId};

use super::state::{Entry, Lane, State, Status, Wait};

/// First pause after a failed attempt, in milliseconds; each further one doubles it.
const FIRST_PAUSE: i64 = 2_000;

/// Longest pause, in milliseconds.
const LONGEST_PAUSE: i64 = 10 * 60 * 1000;

/// How long after a solve a reply of unknown status still belongs to the same submit, in
/// milliseconds.
const SAME_SUBMIT: i64 = 2 * 60 * 1000;

/// The event to work on now: the first of a lane that does not wait, a STOP or START before all others.
pub fn pick(mailbox: &[Entry], state: &State, now: i64) -> Option<usize> {
    let ready = |entry: &Entry| state.waits_until(entry.lane()) <= now;
    let is_consent =
        |entry: &Entry| matches!(entry.event.body, Body::Consent(_)) && entry.lane() == Lane::Own;
    let first = |wanted: &dyn Fn(&Entry) -> bool| {
        mailbox
            .iter()
            .position(|entry| ready(entry) && wanted(entry))
    };
    let index = first(&is_consent).or_else(|| first(&|_| true))?;
    Some(goes_first(mailbox, index))
}

/// The first event of each lane, whether it waits or not.
pub fn heads(mailbox: &[Entry]) -> Vec<usize> {
    let first = |lane| mailbox.iter().position(|entry| entry.lane() == lane);
    let heads = Lane::ALL.into_iter().filter_map(first);
    heads.map(|index| goes_first(mailbox, index)).collect()
}

/// When the first waiting lane may be tried again, in milliseconds since the epoch.
pub fn due_at(mailbox: &[Entry], state: &State) -> i64 {
    mailbox
        .iter()
        .map(|entry| state.waits_until(entry.lane()))
        .min()
        .unwrap_or(0)
}

/// The lane whose pause ends first.
pub fn due_lane(mailbox: &[Entry], state: &State) -> Option<Lane> {
    let lanes = mailbox.iter().map(Entry::lane);
    lanes.min_by_key(|&lane| state.waits_until(lane))
}

/// Takes out what is in the mailbox already: a delivery that has waited for longer than deliveries are
/// remembered may come once more.
pub fn drop_repeats(mailbox: &mut Vec<Entry>) {
    if mailbox.len() < 2 {
        return;
    }
    let mut known = HashSet::new();
    mailbox.retain(|entry| known.insert(entry.event.delivery.clone()));
}

/// Makes a lane wait: doubling pauses with jitter, never before the time the vendor gave.
pub fn postpone(
    state: &mut State,
    lane: Lane,
    delivery: &DeliveryId,
    now: i64,
    not_before: Option<i64>,
) {
    let wait = state.wait(lane);
    let attempts = wait.map_or(0, |wait| wait.attempts);
    let pause = FIRST_PAUSE
        .saturating_mul(1 << attempts.min(20))
        .min(LONGEST_PAUSE);
    let until = now.saturating_add(pause + jitter(delivery, attempts, pause));
    let until = not_before.map_or(until, |at| at.max(now.saturating_add(1)));
    *wait = Some(Wait {
        until,
        attempts: attempts.saturating_add(1),
    });
}

/// What goes before this event though its webhook came later, else the event itself.
fn goes_first(mailbox: &[Entry], index: usize) -> usize {
    let index = answer_before_closing(mailbox, index).unwrap_or(index);
    answer_written_earlier(mailbox, index).unwrap_or(index)
}

/// Answers on a ticket go out in the order in which they were written, whenever their webhooks came. One
/// that was begun is finished first.
fn answer_written_earlier(mailbox: &[Entry], index: usize) -> Option<usize> {
    let (ticket, comment) = place(&mailbox[index])?;
    let progress = &mailbox[index].progress;
    if progress.sent > 0 || progress.doubtful {
        return None;
    }
    let behind = mailbox.iter().enumerate().skip(index + 1);
    let earlier = behind.filter_map(|(index, entry)| {
        let (on, written) = place(entry)?;
        (on == ticket && written < comment).then_some((written, index))
    });
    earlier.min().map(|(_, index)| index)
}

/// An answer's ticket and comment.
fn place(entry: &Entry) -> Option<(Option<TicketId>, CommentId)> {
    match &entry.event.body {
        Body::Reply(reply) => reply.comment.map(|comment| (reply.ticket, comment)),
        _ => None,
    }
}

/// One submit can cause both webhooks, and the second to arrive may be the answer.
fn answer_before_closing(mailbox: &[Entry], index: usize) -> Option<usize> {
    let Body::Solved(solved) = &mailbox[index].event.body else {
        return None;
    };
    let solved_at = mailbox[index].event.received_at;
    let same_submit = |entry: &Entry| match &entry.event.body {
        Body::Reply(reply) => belongs_to(
            reply,
            solved,
            entry.event.received_at.saturating_sub(solved_at),
        ),
        _ => false,
    };
    let behind = || mailbox.iter().enumerate().skip(index + 1);
    let (last, _) = behind().find(|(_, entry)| same_submit(entry))?;
    // Answers on the same ticket that came between were written earlier: none overtakes another.
    let on_ticket = |entry: &Entry| match &entry.event.body {
        Body::Reply(reply) => same_ticket(reply, solved),
        _ => false,
    };
    behind()
        .take_while(|(index, _)| *index <= last)
        .find(|(_, entry)| on_ticket(entry))
        .map(|(index, _)| index)
}

/// Takes older answers of the same ticket that wait behind `index` (their webhooks came late) out of the mailbox, and
/// returns them together with those that were found, oldest first.
pub fn pull_older_answers_forward(
    mailbox: &mut Vec<Entry>,
    index: usize,
    found: Vec<Entry>,
) -> Vec<Entry> {
    let newest = found
        .iter()
        .filter_map(place)
        .max_by_key(|(_, comment)| *comment);
    let Some((ticket, newest)) = newest else {
        return found;
    };
    let older =
        |entry: &Entry| place(entry).is_some_and(|(on, comment)| on == ticket && comment < newest);
    let behind = mailbox.split_off(index.min(mailbox.len()));
    let (mut answers, rest): (Vec<Entry>, Vec<Entry>) = behind.into_iter().partition(older);
    mailbox.extend(rest);
    answers.extend(found);
    answers.sort_by_key(|entry| place(entry).map(|(_, comment)| comment));
    answers
}

fn belongs_to(reply: &Reply, solved: &Solved, later: i64) -> bool {
    let written_before = reply
        .asked_at
        .zip(solved.asked_at)
        .is_some_and(|(reply, solved)| reply <= solved);
    let same_submit = match reply.status.as_deref().and_then(Status::parse) {
        Some(status) => status.is_done(),
        None => later <= SAME_SUBMIT,
    };
    same_ticket(reply, solved) && (written_before || same_submit)
}

fn same_ticket(reply: &Reply, solved: &Solved) -> bool {
    match (reply.ticket, solved.ticket) {
        (Some(reply), Some(solved)) => reply == solved,
        _ => true,
    }
}

/// Up to a quarter of the pause, different for every delivery and attempt.
fn jitter(delivery: &DeliveryId, attempts: u32, pause: i64) -> i64 {
    let marker = delivery.marker();
    let byte = marker[usize::try_from(attempts % 8).unwrap_or(0)];
    pause * i64::from(byte) / 1024
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Consent, ConsentKind, Event, Personal, Text};

    fn entry(id: &str, body: Body) -> Entry {
        Entry::fresh(Event {
            delivery: DeliveryId::derive("t", &[id]),
            received_at: 1000,
            body,
        })
    }

    fn reply(status: Option<&str>) -> Body {
        Body::Reply(Reply {
            ticket: TicketId::new(1),
            status: status.map(str::to_owned),
            ..Reply::default()
        })
    }

    fn solved() -> Body {
        Body::Solved(Solved {
            ticket: TicketId::new(1),
            ..Solved::default()
        })
    }

    #[test]
    fn the_answer_of_the_same_submit_goes_before_the_closing_message() {
        let mailbox = [entry("a", solved()), entry("b", reply(Some("solved")))];
        assert_eq!(pick(&mailbox, &State::default(), 2000), Some(1));
    }

    #[test]
    fn the_answer_of_the_same_submit_does_not_overtake_an_earlier_one() {
        let mailbox = [
            entry("a", solved()),
            entry("b", reply(Some("pending"))),
            entry("c", reply(Some("solved"))),
        ];
        assert_eq!(pick(&mailbox, &State::default(), 2000), Some(1));
    }

    #[test]
    fn an_answer_after_a_reopening_stays_behind_the_closing_message() {
        let mailbox = [entry("a", solved()), entry("b", reply(Some("open")))];
        assert_eq!(pick(&mailbox, &State::default(), 2000), Some(0));
    }

    #[test]
    fn an_answer_written_earlier_goes_first_unless_the_later_one_was_begun() {
        let answer = |id: u64| {
            let body = Body::Reply(Reply {
                ticket: TicketId::new(1),
                comment: CommentId::new(id),
                ..Reply::default()
            });
            entry(&id.to_string(), body)
        };
        let mut mailbox = [answer(903), answer(902), answer(901), entry("s", solved())];
        assert_eq!(pick(&mailbox, &State::default(), 2000), Some(2));
        assert_eq!(heads(&mailbox), [2]);
        mailbox[0].progress.sent = 1;
        assert_eq!(pick(&mailbox, &State::default(), 2000), Some(0));
        let elsewhere = [answer(903), entry("x", reply(None)), entry("s", solved())];
        assert_eq!(pick(&elsewhere, &State::default(), 2000), Some(0));
    }

    #[test]
    fn a_stop_counts_before_what_is_not_sent_yet() {
        let stop = Body::Consent(Consent {
            what: ConsentKind::OptedOut,
            text: Personal::default(),
            braze_id: None,
            changed: None,
        });
        let mailbox = [entry("a", reply(None)), entry("b", stop)];
        assert_eq!(pick(&mailbox, &State::default(), 2000), Some(1));
    }

    #[test]
    fn what_waits_already_does_not_wait_twice() {
        let mut first = entry("a", reply(None));
        first.progress.doubtful = true;
        let mut mailbox = vec![first.clone(), entry("b", solved()), entry("a", reply(None))];
        drop_repeats(&mut mailbox);
        assert_eq!(mailbox, [first, entry("b", solved())]);
    }

    #[test]
    fn one_vendors_outage_does_not_hold_up_the_other() {
        let mailbox = [
            entry("a", reply(None)),
            entry("b", Body::Text(Text::default())),
        ];
        let mut state = State::default();
        postpone(
            &mut state,
            Lane::Braze,
            &mailbox[0].event.delivery,
            1000,
            None,
        );
        assert_eq!(pick(&mailbox, &state, 1000), Some(1));
        assert_eq!(
            due_at(&mailbox[..1], &state),
            state.waits_until(Lane::Braze)
        );
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_a_vendors_time_is_kept() {
        let mut state = State::default();
        let id = DeliveryId::derive("t", &["x"]);
        let mut last = 0;
        for _ in 0..30 {
            postpone(&mut state, Lane::Zendesk, &id, 0, None);
            let until = state.waits_until(Lane::Zendesk);
            assert!(until <= LONGEST_PAUSE + LONGEST_PAUSE / 4);
            assert!(until >= last || until >= LONGEST_PAUSE);
            last = until;
        }
        postpone(&mut state, Lane::Zendesk, &id, 0, Some(77_000));
        assert_eq!(state.waits_until(Lane::Zendesk), 77_000);
    }
}

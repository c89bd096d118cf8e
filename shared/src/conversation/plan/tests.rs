//! The decisions, driven step by step: what is called in which case, and what is remembered.

mod check;
mod closing;
mod files;
mod give_up;
mod late;
mod media;
mod quiet;

use super::give_up::MOST_BREAKS;
use super::*;
use crate::conversation::flow::script::Script;
use crate::conversation::flow::{self, Done, Pause};
use crate::conversation::policy::OpenOn;
use crate::conversation::state::{Attached, Status, Trouble};
use crate::conversation::step::{Attributes, FetchedComment, Refusal, TicketFacts};
use crate::message::{CommentId, Personal, Reply, Resend, Solved, Text, UserId};

const NOW: i64 = 1_790_000_000_000;
const HOUR: i64 = 60 * 60 * 1000;

fn ticket(id: u64) -> TicketId {
    TicketId::new(id).expect("id")
}

fn comment(id: u64) -> CommentId {
    CommentId::new(id).expect("id")
}

/// A conversation on ticket 35, and the policy that decides about it.
struct Table {
    state: State,
    policy: Policy,
    seen: Seen,
    customer: ExternalUserId,
}

impl Table {
    fn empty() -> Self {
        Self {
            state: State::default(),
            policy: Policy {
                reply_campaign: Some("reply".to_owned()),
                solved_campaign: Some("solved".to_owned()),
                ..Policy::default()
            },
            seen: Seen::default(),
            customer: "ana".parse().expect("id"),
        }
    }

    fn on_ticket(status: Status) -> Self {
        let mut table = Self::empty();
        table.state.user = UserId::new(7);
        table.state.move_to(ticket(35), Some(status), NOW - HOUR);
        if status.is_done() {
            table.state.solved_at = Some(NOW - HOUR);
            table.state.closing_told = true;
        }
        table
    }

    /// Plays an event to its end; `answer` says how each step goes.
    fn play(
        &mut self,
        body: Body,
        mut answer: impl FnMut(&Step) -> Outcome + Send,
    ) -> (Vec<Step>, Verdict) {
        let delivery = DeliveryId::derive("test", &["1"]);
        let mut entry = Entry::fresh(Event {
            delivery,
            received_at: NOW,
            body,
        });
        self.resume(&mut entry, &mut answer)
    }

    fn resume(
        &mut self,
        entry: &mut Entry,
        answer: &mut (impl FnMut(&Step) -> Outcome + Send),
    ) -> (Vec<Step>, Verdict) {
        if flow::tells(&entry.event.body) {
            return self.run_flow(entry, answer);
        }
        let mut steps = Vec::new();
        for _ in 0..20 {
            let context = Context {
                customer: &self.customer,
                policy: &self.policy,
                seen: &self.seen,
                now: NOW,
            };
            let step = match next(&context, &mut self.state, entry) {
                Next::Settled(verdict) => return (steps, verdict),
                Next::Step(step) => step,
            };
            let outcome = answer(&step);
            steps.push(step.clone());
            match apply(&context, &mut self.state, entry, &step, outcome) {
                Verdict::Again | Verdict::Checkpoint => {}
                verdict => return (steps, verdict),
            }
        }
        panic!("no end: {steps:?}");
    }
}

impl Table {
    fn run_flow(
        &mut self,
        entry: &mut Entry,
        answer: &mut (impl FnMut(&Step) -> Outcome + Send),
    ) -> (Vec<Step>, Verdict) {
        let mut answer = |step: &Step| Some(answer(step));
        let mut script = Script::new(NOW, &mut answer);
        for _ in 0..20 {
            let context = flow::Context {
                customer: &self.customer,
                policy: &self.policy,
                seen: &self.seen,
            };
            let ended = script.run(context, &mut self.state, entry);
            let verdict = match ended {
                Ok(Done::Ended { ending, follow }) => Verdict::Done(ending, follow),
                Ok(Done::Dead {
                    refusal, follow, ..
                }) => Verdict::Done(Ending::Dead(refusal), follow),
                Err(Pause::Later(not_before, _)) => Verdict::Wait(not_before),
                Err(Pause::After(entries)) => Verdict::After(entries),
                Err(Pause::Checkpoint) => continue,
                Err(Pause::OutOfTime) => panic!("time is not limited"),
            };
            return (script.steps, verdict);
        }
        panic!("no end: {:?}", script.steps);
    }
}

fn works(step: &Step) -> Outcome {
    match step {
        Step::UpsertUser(_) => Outcome::User(UserId::new(7).expect("id")),
        Step::CreateTicket(_) => Outcome::Posted {
            ticket: ticket(35),
            status: Some(Status::New),
            comment: None,
        },
        Step::Append(new) => Outcome::Posted {
            ticket: new.ticket,
            status: new.status.or(Some(Status::New)),
            comment: CommentId::new(900),
        },
        Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Open, &[]))),
        Step::FetchComments(_) => Outcome::Comments(vec![]),
        Step::LookUpSolve(_) => Outcome::SolvedAt(Some(NOW - HOUR)),
        Step::FindDelivery { .. } => Outcome::Absent,
        Step::FindTicket(_) | Step::FindMergeTarget(_) => Outcome::Ticket(None),
        _ => Outcome::Done,
    }
}

fn facts(id: TicketId, status: Status, tags: &[&str]) -> TicketFacts {
    TicketFacts {
        ticket: id,
        status: Some(status),
        requester: UserId::new(7),
        customer: None,
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
    }
}

fn text(words: &str) -> Body {
    Body::Text(Text {
        text: words.into(),
        ..Text::default()
    })
}

fn reply(id: u64, words: &str) -> Reply {
    Reply {
        ticket: Some(ticket(35)),
        comment: Some(comment(id)),
        text: Some(words.into()),
        status: Some("open".to_owned()),
        ..Reply::default()
    }
}

fn solved() -> Body {
    Body::Solved(Solved {
        ticket: Some(ticket(35)),
        ..Solved::default()
    })
}

fn names(steps: &[Step]) -> Vec<&'static str> {
    steps.iter().map(Step::name).collect()
}

#[test]
fn a_first_text_makes_the_customer_the_ticket_and_the_attributes() {
    let mut table = Table::empty();
    let (steps, verdict) = table.play(text("SUPPORT"), works);
    assert_eq!(
        names(&steps),
        ["upsert_user", "create_ticket", "set_attributes"]
    );
    assert_eq!(verdict, Verdict::delivered());
    assert_eq!(table.state.ticket, Some(ticket(35)));
    let Step::SetAttributes(Attributes {
        ticket: told, open, ..
    }) = &steps[2]
    else {
        panic!()
    };
    assert_eq!((*told, *open), (Some(ticket(35)), true));
}

#[test]
fn a_text_on_an_open_ticket_is_one_call_and_opens_it() {
    let mut table = Table::on_ticket(Status::Pending);
    let (steps, _) = table.play(text("hello"), works);
    assert_eq!(names(&steps), ["append"]);
    let Step::Append(new) = &steps[0] else {
        panic!()
    };
    assert_eq!(
        (new.status, new.author, new.public),
        (Some(Status::Open), UserId::new(7), true)
    );
}

#[test]
fn a_new_ticket_stays_new_unless_the_answer_shows_that_it_is_not() {
    let mut table = Table::on_ticket(Status::New);
    let (steps, _) = table.play(text("one"), works);
    assert!(matches!(&steps[..], [Step::Append(new)] if new.status.is_none()));
    let (steps, _) = table.play(text("two"), |step| match step {
        Step::Append(new) => Outcome::Posted {
            ticket: new.ticket,
            status: Some(Status::Pending),
            comment: None,
        },
        step => works(step),
    });
    assert_eq!(names(&steps), ["append", "set_status"]);
    assert_eq!(table.state.status, Some(Status::Open));
}

#[test]
fn a_text_after_solved_reopens_and_tells_braze() {
    let mut table = Table::on_ticket(Status::Solved);
    let (steps, _) = table.play(text("it broke again"), works);
    assert_eq!(names(&steps), ["append", "set_attributes"]);
    assert!(!table.state.closing_told, "the next solve is told again");
}

#[test]
fn a_bare_thank_you_after_solved_does_not_reopen() {
    let mut table = Table::on_ticket(Status::Solved);
    let (steps, _) = table.play(text("Thanks!"), |step| match step {
        Step::Append(new) => Outcome::Posted {
            ticket: new.ticket,
            status: Some(Status::Solved),
            comment: None,
        },
        step => works(step),
    });
    assert!(
        matches!(&steps[..], [Step::Append(new)] if new.status.is_none()),
        "{steps:?}"
    );
    assert!(table.state.is_done() && table.state.closing_told);
}

#[test]
fn a_text_past_the_window_opens_a_new_ticket() {
    let mut table = Table::on_ticket(Status::Solved);
    table.state.solved_at = Some(NOW - 29 * 24 * HOUR);
    let (steps, _) = table.play(text("hello"), works);
    assert_eq!(names(&steps), ["create_ticket", "set_attributes"]);
}

#[test]
fn a_closed_ticket_gets_a_follow_up_and_a_deleted_one_a_new_ticket() {
    for (failure, follows) in [
        (Failure::Closed, Some(ticket(35))),
        (Failure::NotFound, None),
    ] {
        let mut table = Table::on_ticket(Status::Solved);
        table.policy.open_on = OpenOn::Keyword;
        let (steps, verdict) = table.play(text("hello"), |step| match step {
            Step::Append(_) => Outcome::Failed(failure.clone()),
            Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Closed, &[]))),
            Step::CreateTicket(_) => Outcome::Posted {
                ticket: ticket(36),
                status: None,
                comment: None,
            },
            step => works(step),
        });
        let created = steps.iter().find_map(|step| match step {
            Step::CreateTicket(new) => Some(new.follows),
            _ => None,
        });
        assert_eq!((created, verdict), (Some(follows), Verdict::delivered()));
        assert_eq!(table.state.ticket, Some(ticket(36)));
    }
}

#[test]
fn a_merged_ticket_continues_on_its_target() {
    let mut table = Table::on_ticket(Status::Open);
    let (steps, _) = table.play(text("hello"), |step| match step {
        Step::Append(new) if new.ticket == ticket(35) => Outcome::Failed(Failure::Closed),
        Step::LookUpTicket(id) => {
            Outcome::Ticket(Some(facts(*id, Status::Closed, &["closed_by_merge"])))
        }
        Step::FindMergeTarget(_) => Outcome::Ticket(Some(facts(ticket(40), Status::Open, &[]))),
        step => works(step),
    });
    assert_eq!(
        names(&steps),
        [
            "append",
            "look_up_ticket",
            "find_merge_target",
            "append",
            "set_attributes"
        ]
    );
    assert_eq!(table.state.ticket, Some(ticket(40)));
}

#[test]
fn a_lost_append_is_looked_up_before_it_is_repeated() {
    let mut table = Table::on_ticket(Status::Open);
    let delivery = DeliveryId::derive("test", &["1"]);
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: NOW,
        body: text("hello"),
    });
    let (_, verdict) = table.resume(&mut entry, &mut |_: &Step| {
        Outcome::Failed(Failure::Unknown)
    });
    // Zendesk may still be at it.
    assert_eq!(verdict, Verdict::Wait(Some(NOW + 60_000)));
    let (steps, verdict) = table.resume(&mut entry, &mut |step: &Step| match step {
        Step::FindDelivery { .. } => Outcome::Present(None),
        step => works(step),
    });
    assert_eq!(names(&steps), ["find_delivery"]);
    assert_eq!(verdict, Verdict::delivered());
}

#[test]
fn a_lost_creation_is_looked_up_and_repeated_under_the_same_key() {
    let mut table = Table::empty();
    let delivery = DeliveryId::derive("test", &["1"]);
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: NOW,
        body: text("hello"),
    });
    let mut keys = Vec::new();
    let mut answer = |step: &Step| match step {
        Step::CreateTicket(new) => {
            keys.push(new.key.clone());
            if keys.len() == 1 {
                Outcome::Failed(Failure::Unknown)
            } else {
                works(step)
            }
        }
        step => works(step),
    };
    assert_eq!(table.resume(&mut entry, &mut answer).1, Verdict::Wait(None));
    let (steps, _) = table.resume(&mut entry, &mut answer);
    assert_eq!(
        names(&steps),
        ["find_ticket", "create_ticket", "set_attributes"]
    );
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn under_the_keyword_policy_a_strangers_text_opens_nothing() {
    let mut table = Table::empty();
    table.policy.open_on = OpenOn::Keyword;
    let (steps, verdict) = table.play(text("hello"), works);
    assert!(steps.is_empty() && matches!(verdict, Verdict::Done(Ending::Ignored(_), _)));
    let support = Body::Text(Text {
        text: "hello".into(),
        support: true,
        ..Text::default()
    });
    assert_eq!(table.play(support, works).1, Verdict::delivered());
}

#[test]
fn brazes_outage_does_not_keep_a_text_from_the_ticket() {
    let mut table = Table::empty();
    let (_, verdict) = table.play(text("SUPPORT"), |step| match step {
        Step::SetAttributes(_) => Outcome::Failed(Failure::Later(None, Trouble::Unavailable)),
        step => works(step),
    });
    let Verdict::Done(Ending::Delivered, follow) = verdict else {
        panic!("{verdict:?}")
    };
    assert!(matches!(
        &follow[..],
        [Entry {
            event: Event {
                body: Body::Attributes,
                ..
            },
            ..
        }]
    ));
}

#[test]
fn a_reply_is_one_call_with_the_attributes_in_it() {
    let mut table = Table::on_ticket(Status::New);
    let (steps, verdict) = table.play(Body::Reply(reply(501, "Hello")), works);
    let [Step::SendSms(sms)] = &steps[..] else {
        panic!("{steps:?}")
    };
    assert_eq!(
        (sms.message.as_str(), sms.ticket, sms.open),
        ("Hello", Some(ticket(35)), true)
    );
    assert_eq!(verdict, Verdict::delivered());
    assert_eq!(table.state.status, Some(Status::Open));
}

#[test]
fn an_sms_of_unknown_outcome_is_not_repeated_and_the_agent_is_told() {
    let mut table = Table::on_ticket(Status::Open);
    let (_, verdict) = table.play(Body::Reply(reply(501, "Hello")), |_| {
        Outcome::Failed(Failure::Unknown)
    });
    let Verdict::Done(Ending::Unknown, follow) = verdict else {
        panic!("{verdict:?}")
    };
    let [
        Entry {
            event: Event {
                body: Body::Note(note),
                ..
            },
            ..
        },
        attributes,
    ] = &follow[..]
    else {
        panic!()
    };
    assert!(note.ticket == ticket(35) && note.text.as_str().contains("don't know"));
    assert_eq!(attributes.event.body, Body::Attributes);
}

#[test]
fn what_may_not_have_arrived_is_sent_once_more_when_the_agent_asks() {
    let mut table = Table::on_ticket(Status::Open);
    let lost = |_: &Step| Outcome::Failed(Failure::Unknown);
    table.play(Body::Reply(reply(501, "Hello")), lost);
    let ask = || {
        Body::Resend(Resend {
            ticket: Some(ticket(35)),
        })
    };
    let (_, verdict) = table.play(ask(), works);
    let Verdict::Done(Ending::Delivered, mut again) = verdict else {
        panic!("{verdict:?}")
    };
    assert_ne!(
        again[0].event.delivery,
        DeliveryId::derive("test", &["1"]),
        "a new delivery"
    );
    let (steps, verdict) = table.resume(&mut again[0], &mut |step: &Step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![FetchedComment {
            files: vec![],
            comment: comment(501),
            by_agent: true,
            public: true,
            text: "Hello".into(),
            author: Personal::default(),
            created_at: NOW,
        }]),
        step => works(step),
    });
    assert_eq!(
        (names(&steps), verdict),
        (vec!["fetch_comments", "send_sms"], Verdict::delivered())
    );
    let (steps, verdict) = table.play(ask(), works);
    assert!(steps.is_empty());
    let Verdict::Done(Ending::Ignored(_), mut follow) = verdict else {
        panic!("{verdict:?}")
    };
    let (steps, verdict) = table.resume(&mut follow[0], &mut works);
    assert_eq!(
        (names(&steps), verdict),
        (vec!["remove_tags"], Verdict::delivered())
    );
}

#[test]
fn a_closing_message_can_be_asked_for_again() {
    let mut table = Table::on_ticket(Status::Open);
    table.play(solved(), |step| match step {
        Step::SendSms(_) => Outcome::Failed(Failure::Unknown),
        step => works(step),
    });
    assert!(table.state.closing_told);
    let (_, verdict) = table.play(Body::Resend(Resend::default()), works);
    let Verdict::Done(_, mut again) = verdict else {
        panic!("{verdict:?}")
    };
    let (steps, _) = table.resume(&mut again[0], &mut works);
    assert_eq!(
        names(&steps),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
}

#[test]
fn an_interrupted_send_counts_as_unknown() {
    let mut table = Table::on_ticket(Status::Open);
    let delivery = DeliveryId::derive("test", &["1"]);
    let body = Body::Reply(reply(501, "Hello"));
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: NOW,
        body,
    });
    entry.progress.doubtful = true;
    let (steps, verdict) = table.resume(&mut entry, &mut works);
    assert!(steps.is_empty() && matches!(verdict, Verdict::Done(Ending::Unknown, _)));
}

#[test]
fn a_customer_who_opted_out_gets_nothing_and_the_agent_is_told() {
    let mut table = Table::on_ticket(Status::Open);
    table.state.opted_out = true;
    let (steps, verdict) = table.play(Body::Reply(reply(501, "Hello")), works);
    let Verdict::Done(Ending::Ignored(_), follow) = verdict else {
        panic!("{verdict:?}")
    };
    assert!(steps.is_empty() && follow.len() == 2);
}

#[test]
fn an_endless_answer_is_not_sent_and_the_agent_is_told() {
    let mut table = Table::on_ticket(Status::Open);
    let (steps, verdict) = table.play(Body::Reply(reply(501, &"word ".repeat(4_000))), works);
    let Verdict::Done(Ending::Ignored(_), follow) = verdict else {
        panic!("{verdict:?}")
    };
    assert!(steps.is_empty() && follow.len() == 2);
}

#[test]
fn a_long_answer_is_sent_in_order_and_each_message_is_written_down() {
    let mut table = Table::on_ticket(Status::Open);
    let (steps, verdict) = table.play(Body::Reply(reply(501, &"word ".repeat(600))), works);
    let parts: Vec<_> = steps
        .iter()
        .map(|step| match step {
            Step::SendSms(sms) => (sms.part, sms.parts),
            _ => (0, 0),
        })
        .collect();
    assert_eq!(parts, [(1, 2), (2, 2)]);
    assert_eq!(verdict, Verdict::delivered());
}

#[test]
fn the_bridges_own_comment_is_not_texted_back() {
    let mut table = Table::on_ticket(Status::Open);
    table.play(text("hello"), works);
    let (steps, _) = table.play(Body::Reply(reply(900, "hello")), works);
    assert!(steps.is_empty());
}

#[test]
fn the_conversation_follows_the_ticket_answered_last() {
    let mut table = Table::on_ticket(Status::Open);
    let other = Reply {
        ticket: Some(ticket(77)),
        ..reply(501, "Hello")
    };
    table.play(Body::Reply(other), works);
    assert_eq!(table.state.ticket, Some(ticket(77)));
    let (steps, verdict) = table.play(solved(), works);
    assert!(steps.is_empty() && matches!(verdict, Verdict::Done(Ending::Ignored(_), _)));
}

#[test]
fn solved_sends_missed_answers_first() {
    let mut table = Table::on_ticket(Status::Open);
    table
        .seen
        .insert(0, DeliveryId::derive("reply", &["501"]).marker());
    let fetched = |id, public, by_agent, age| FetchedComment {
        files: vec![],
        comment: comment(id),
        by_agent,
        public,
        text: Personal::from("words"),
        author: Personal::default(),
        created_at: NOW - age,
    };
    let (_, verdict) = table.play(solved(), |step| match step {
        Step::FetchComments(_) => Outcome::Comments(vec![
            fetched(505, true, true, 1),
            fetched(504, true, true, 2),
            fetched(503, true, false, 3),
            fetched(502, false, true, 4),
            fetched(501, true, true, 5),
            fetched(400, true, true, 2 * HOUR),
        ]),
        step => works(step),
    });
    let Verdict::After(first) = verdict else {
        panic!("{verdict:?}")
    };
    let ids: Vec<_> = first
        .iter()
        .map(|entry| match &entry.event.body {
            Body::Reply(reply) => reply.comment.map(CommentId::get),
            _ => None,
        })
        .collect();
    assert_eq!(
        ids,
        [Some(504), Some(505)],
        "oldest first; seen, private, customer's, old ones not"
    );
}

#[test]
fn solving_twice_closes_once_and_again_after_a_reopening() {
    let mut table = Table::on_ticket(Status::Open);
    let (steps, _) = table.play(solved(), works);
    assert_eq!(
        names(&steps),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
    let Step::SendSms(sms) = &steps[2] else {
        panic!()
    };
    assert_eq!(
        (sms.message.as_str(), sms.open),
        ("Your ticket has been closed", false)
    );
    let (steps, verdict) = table.play(solved(), works);
    assert_eq!(names(&steps), ["look_up_solve"]);
    assert!(matches!(verdict, Verdict::Done(Ending::Duplicate, _)));
    table.play(text("again"), works);
    assert_eq!(
        names(&table.play(solved(), works).0),
        ["fetch_comments", "look_up_ticket", "send_sms"]
    );
}

#[test]
fn without_a_closing_campaign_only_the_attribute_is_set() {
    let mut table = Table::on_ticket(Status::Open);
    table.policy.solved_campaign = None;
    let (steps, verdict) = table.play(solved(), works);
    assert_eq!(names(&steps), ["fetch_comments", "set_attributes"]);
    assert_eq!(verdict, Verdict::delivered());
}

#[test]
fn an_event_tried_for_a_day_becomes_a_dead_letter_with_a_note() {
    let mut table = Table::on_ticket(Status::Open);
    let delivery = DeliveryId::derive("test", &["1"]);
    let event = Event {
        delivery,
        received_at: NOW - 25 * HOUR,
        body: text("hello"),
    };
    let mut entry = Entry::fresh(event);
    let (_, verdict) = table.resume(&mut entry, &mut |_: &Step| {
        Outcome::Failed(Failure::Later(None, Trouble::Unavailable))
    });
    let Verdict::Done(Ending::Dead(_), follow) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(follow.len(), 1);
}

#[test]
fn an_event_over_which_workers_vanish_again_and_again_becomes_a_dead_letter_with_a_note() {
    let mut table = Table::on_ticket(Status::Open);
    let event = Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: text("hello"),
    };
    let mut entry = Entry::fresh(event);
    entry.progress.doubtful = true;
    entry.progress.breaks = MOST_BREAKS - 1;
    let (steps, _) = table.resume(&mut entry.clone(), &mut works);
    assert!(!steps.is_empty(), "it is looked for and tried again");
    entry.progress.breaks = MOST_BREAKS;
    let (steps, verdict) = table.resume(&mut entry, &mut works);
    assert!(steps.is_empty());
    let Verdict::Done(Ending::Dead(_), follow) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(follow.len(), 1);
}

#[test]
fn one_text_in_two_renderings_has_one_fingerprint() {
    assert_eq!(
        fingerprint("Hello\r\n\r\n you\u{a0}"),
        fingerprint("Hello\nyou")
    );
    assert_ne!(fingerprint("Hello"), fingerprint("Hallo"));
}

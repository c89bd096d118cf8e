//! Comparing a conversation with a ticket that was closed or merged behind our back.

use super::*;

fn answer(id: u64, at: i64) -> FetchedComment {
    FetchedComment {
        comment: comment(id),
        by_agent: true,
        public: true,
        text: Personal::from("Missed"),
        files: vec![],
        author: Personal::default(),
        created_at: at,
    }
}

fn closed(tags: &[&str]) -> Outcome {
    Outcome::Ticket(Some(facts(ticket(35), Status::Closed, tags)))
}

fn bodies(verdict: &Verdict) -> Vec<&'static str> {
    match verdict {
        Verdict::Done(_, entries) | Verdict::After(entries) => {
            entries.iter().map(|e| e.event.body.kind()).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_missed_on_a_ticket_that_is_closed_meanwhile_is_found() {
    let mut table = Table::on_ticket(Status::Open);
    let (steps, verdict) = table.play(Body::Check, |step| match step {
        Step::LookUpTicket(_) => closed(&[]),
        Step::FetchComments(_) => Outcome::Comments(vec![answer(901, NOW - HOUR / 2)]),
        step => works(step),
    });
    assert_eq!(names(&steps), ["look_up_ticket", "fetch_comments"]);
    assert_eq!(bodies(&verdict), ["reply", "attributes"]);
    assert_eq!(table.state.status, Some(Status::Closed));
}

#[test]
fn a_conversation_goes_on_where_its_ticket_was_merged_into_after_what_was_missed_before() {
    let mut table = Table::on_ticket(Status::Open);
    let merged_at = NOW - HOUR / 4;
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("test", &["1"]),
        received_at: NOW,
        body: Body::Check,
    });
    let mut answers = |step: &Step| match step {
        Step::LookUpTicket(id) if *id == ticket(35) => closed(&["closed_by_merge"]),
        Step::FindMergeTarget(_) => Outcome::Ticket(Some(facts(ticket(40), Status::Open, &[]))),
        Step::FetchComments(id) if *id == ticket(35) => Outcome::Comments(vec![
            FetchedComment {
                public: false,
                ..answer(902, merged_at)
            },
            answer(901, NOW - HOUR / 2),
        ]),
        // One from before the merge, which was no SMS, and one after.
        Step::FetchComments(_) => Outcome::Comments(vec![
            answer(905, NOW - HOUR / 8),
            answer(880, NOW - HOUR / 2),
        ]),
        step => works(step),
    };
    let (_, verdict) = table.resume(&mut entry, &mut answers);
    assert_eq!(bodies(&verdict), ["reply"], "on the first ticket");
    let (steps, verdict) = table.resume(&mut entry, &mut answers);
    assert_eq!(
        names(&steps),
        ["find_merge_target", "look_up_ticket", "fetch_comments"]
    );
    assert_eq!(bodies(&verdict), ["reply", "attributes"]);
    assert_eq!(table.state.ticket, Some(ticket(40)));
    assert_eq!(table.state.status, Some(Status::Open));
}

#[test]
fn a_merge_whose_target_cannot_be_looked_up_now_is_looked_up_later() {
    let mut table = Table::on_ticket(Status::Open);
    let (_, _) = table.play(Body::Check, |step| match step {
        Step::LookUpTicket(_) => closed(&["closed_by_merge"]),
        Step::FindMergeTarget(_) => Outcome::Failed(Failure::Later(None, Trouble::Limited)),
        step => works(step),
    });
    assert_eq!(table.state.status, Some(Status::Open));
}

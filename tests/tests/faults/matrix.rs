//! One test per flow: every outside call of it × every fault, the process killed in it among them.

use crate::call::{Call, Party};
use crate::fault;
use crate::flow::Flow;
use crate::run::{self, Cell};
use crate::sample;
use crate::table;

async fn matrix(flow: Flow) {
    let started = std::time::Instant::now();
    let (calls, tickets) = run::discover(flow).await;
    let played = run::all(flow, tickets, sample::of(flow, cells(&calls))).await;
    println!("{}: {:?}", flow.name(), started.elapsed());
    run::judge(flow, &played);
    table::check(flow, &calls, &played);
}

/// Every call × every fault of it, alone and with one of the table's, and the process killed in it.
fn cells(calls: &[Call]) -> Vec<Cell> {
    let mut cells: Vec<Cell> = calls
        .iter()
        .flat_map(|call| {
            let cell = |case| Cell::new(call, case);
            let pair = |(case, also)| Cell {
                also: Some(also),
                ..Cell::new(call, case)
            };
            let pairs = fault::pairs(call).into_iter().map(pair);
            let crashes = fault::crashes(call).into_iter().map(cell);
            let faults = fault::of(call).into_iter().map(cell);
            faults.chain(pairs).chain(crashes)
        })
        .collect();
    for party in [Party::Zendesk, Party::Braze] {
        if let Some(call) = calls.iter().find(|call| call.party == party) {
            let all = Call {
                operation: "*".to_owned(),
                ..call.clone()
            };
            cells.push(Cell::new(&all, fault::refused_connection()));
        }
    }
    cells
}

macro_rules! flows {
    ($($test:ident: $flow:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            matrix(Flow::$flow).await;
        })*
        #[test]
        fn every_flow_has_its_matrix() {
            assert_eq!([$(Flow::$flow),*], Flow::ALL);
        }
    };
}

flows! {
    a_first_text_survives_every_fault: FirstText,
    a_text_on_an_open_ticket_survives_every_fault: TextOnOpen,
    a_text_on_a_solved_ticket_survives_every_fault: TextOnSolved,
    a_text_on_a_closed_ticket_survives_every_fault: TextOnClosed,
    a_text_on_a_deleted_ticket_survives_every_fault: TextOnDeleted,
    an_opt_out_survives_every_fault: OptOut,
    an_answer_survives_every_fault: Reply,
    a_long_answer_survives_every_fault: LongReply,
    an_answer_without_the_customers_id_survives_every_fault: NamelessReply,
    an_answer_to_someone_who_opted_out_survives_every_fault: ReplyAfterOptOut,
    a_solve_survives_every_fault: Solved,
    a_solve_with_a_missed_answer_survives_every_fault: SolvedWithMissedReply,
    redelivery_of_a_text_survives_every_fault: RedeliveredText,
    redelivery_of_an_answer_survives_every_fault: RedeliveredReply,
    an_sms_asked_for_once_more_survives_every_fault: Resend,
    the_comparison_survives_every_fault: Comparison,
    an_opt_in_survives_every_fault: OptIn,
    a_call_for_help_survives_every_fault: Help,
    a_text_on_a_merged_ticket_survives_every_fault: TextOnMerged,
    a_text_with_a_picture_survives_every_fault: Picture,
    a_text_in_doubt_that_is_there_survives_every_fault: FoundText,
    a_text_in_doubt_that_is_not_there_survives_every_fault: MissingText,
    a_ticket_in_doubt_survives_every_fault: FoundTicket,
    a_second_solve_survives_every_fault: SolvedAgain,
    a_second_solve_that_is_found_survives_every_fault: FoundSolve,
    a_request_that_is_found_survives_every_fault: FoundRequest,
    a_wish_to_opt_out_that_braze_is_told_of_survives_every_fault: OptOutInWords,
}

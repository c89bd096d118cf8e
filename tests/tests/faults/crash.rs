//! The process is killed while it waits for an answer: at every outside call of the flows.

use crate::call::Party;
use crate::fault;
use crate::flow::Flow;
use crate::run::{self, Cell};

async fn crashes(flow: Flow) {
    let (calls, tickets) = run::discover(flow).await;
    let cells = calls
        .iter()
        .filter(|call| call.party != Party::Secrets)
        .flat_map(|call| {
            let cell = |case| Cell::new(call, case);
            fault::crashes().into_iter().map(cell)
        });
    let played = run::all(flow, tickets, cells.collect()).await;
    run::judge(flow, &played);
}

macro_rules! flows {
    ($($test:ident: $flow:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            crashes(Flow::$flow).await;
        })*
        #[test]
        fn every_flow_has_its_crashes() {
            assert_eq!([$(Flow::$flow),*], Flow::ALL);
        }
    };
}

flows! {
    a_first_text_survives_a_crash_at_every_call: FirstText,
    a_text_on_an_open_ticket_survives_a_crash_at_every_call: TextOnOpen,
    a_text_on_a_solved_ticket_survives_a_crash_at_every_call: TextOnSolved,
    a_text_on_a_closed_ticket_survives_a_crash_at_every_call: TextOnClosed,
    a_text_on_a_deleted_ticket_survives_a_crash_at_every_call: TextOnDeleted,
    an_opt_out_survives_a_crash_at_every_call: OptOut,
    an_answer_survives_a_crash_at_every_call: Reply,
    a_long_answer_survives_a_crash_at_every_call: LongReply,
    an_answer_without_the_customers_id_survives_a_crash_at_every_call: NamelessReply,
    an_answer_to_someone_who_opted_out_survives_a_crash_at_every_call: ReplyAfterOptOut,
    a_solve_survives_a_crash_at_every_call: Solved,
    a_solve_with_a_missed_answer_survives_a_crash_at_every_call: SolvedWithMissedReply,
    redelivery_of_a_text_survives_a_crash_at_every_call: RedeliveredText,
    redelivery_of_an_answer_survives_a_crash_at_every_call: RedeliveredReply,
    an_sms_asked_for_once_more_survives_a_crash_at_every_call: Resend,
    the_comparison_survives_a_crash_at_every_call: Comparison,
    an_opt_in_survives_a_crash_at_every_call: OptIn,
    a_call_for_help_survives_a_crash_at_every_call: Help,
    a_text_on_a_merged_ticket_survives_a_crash_at_every_call: TextOnMerged,
    a_text_with_a_picture_survives_a_crash_at_every_call: Picture,
    a_text_in_doubt_that_is_there_survives_a_crash_at_every_call: FoundText,
    a_text_in_doubt_that_is_not_there_survives_a_crash_at_every_call: MissingText,
    a_ticket_in_doubt_survives_a_crash_at_every_call: FoundTicket,
    a_second_solve_survives_a_crash_at_every_call: SolvedAgain,
    a_second_solve_that_is_found_survives_a_crash_at_every_call: FoundSolve,
    a_request_that_is_found_survives_a_crash_at_every_call: FoundRequest,
}

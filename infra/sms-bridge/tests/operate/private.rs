//! No text, name or number is shown unless it was asked for.

use e2e::send::{inbound, text};
use e2e::{ANA, ANA_PHONE, settled, with_ticket};
use simulators::zendesk::Comment;
use simulators::{Effect, Fault};

use crate::kit::Live;

const MARKS: [&str; 5] = ["XTEXTX", "XWAITX", "XANSWERX", "Silva", "XBODYX"];

#[tokio::test(flavor = "multi_thread")]
async fn texts_names_and_numbers_show_only_with_text() {
    let live = Live::start().await;
    let ticket = with_ticket(&live.stack).await;
    live.refused_texts(&["XTEXTX"]).await;
    let answer = inbound(&live.stack, r#"{"message": XBODYX, "phone":"+15550100001""#).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let outages = ["tickets.*", "campaigns.*"];
    live.stack
        .zendesk
        .fault(Fault::always(outages[0], Effect::status(503)));
    live.stack
        .braze
        .fault(Fault::always(outages[1], Effect::status(503)));
    text(&live.stack, ANA, "XWAITX").await;
    live.stack
        .zendesk
        .agent_comments(ticket, Comment::public("XANSWERX"))
        .unwrap();
    settled(&live.stack).await;
    live.stack.zendesk.clear_faults();
    let ids = live.ids().await;
    assert_eq!(ids.len(), 2);
    let mut shown = String::new();
    for arguments in ["status", "trace ana", "dead-letters list"]
        .into_iter()
        .map(str::to_owned)
        .chain(ids.iter().map(|id| format!("dead-letters show {id}")))
    {
        for more in ["", " --json", " --verbose"] {
            let said = live.run(&format!("{arguments}{more}")).await;
            assert_eq!(said.code, Some(0), "{said:?}");
            shown += &format!("{arguments}{more}\n{}{}", said.out, said.err);
        }
    }
    let mut with_text = String::new();
    for id in &ids {
        with_text += &live.well(&format!("dead-letters show {id} --text")).await;
    }
    with_text += &live.well("trace ana --text").await;
    let said = live.run("dead-letters replay --all --yes --verbose").await;
    shown += &format!("{}{}", said.out, said.err);
    for mark in MARKS.into_iter().chain([ANA_PHONE]) {
        assert!(!shown.contains(mark), "{mark} is shown in\n{shown}");
        assert!(
            with_text.contains(mark),
            "{mark} is not shown in\n{with_text}"
        );
    }
}

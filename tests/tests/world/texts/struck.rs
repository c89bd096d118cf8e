//! What was struck out is not read as if it held.

use super::{examples, texted};

/// The customer is not told this as if it were true; marked or gone, both will do.
#[track_caller]
fn never_reads(comment: &str, as_if_it_held: &str, what_holds: &str) {
    let read = texted(comment).text;
    assert!(!read.contains(as_if_it_held), "{read:?}");
    assert!(read.contains(what_holds), "{read:?}");
}

#[test]
fn an_old_price_is_not_read_as_the_price() {
    e2e::case!(async {
        never_reads("<p>Your price: <s>$50</s> $40</p>", "price: $50 $40", "$40");
    });
}

#[test]
fn a_deleted_price_is_not_read_as_the_price() {
    e2e::case!(async {
        never_reads(
            "<p>Your price: <del>$50</del> $40</p>",
            "price: $50 $40",
            "$40",
        );
    });
}

#[test]
fn an_old_date_is_not_read_as_the_date() {
    e2e::case!(async {
        never_reads(
            "<p>We come on <strike>Monday 3 May</strike> Tuesday 4 May.</p>",
            "on Monday 3 May Tuesday",
            "Tuesday 4 May.",
        );
    });
}

#[test]
fn an_address_that_was_struck_out_by_style_is_not_read_as_the_address() {
    e2e::case!(async {
        never_reads(
            "<p>Send it to <span style=\"text-decoration: line-through;\">12 Old Lane</span> 7 New Road</p>",
            "to 12 Old Lane 7 New Road",
            "7 New Road",
        );
    });
}

#[test]
fn a_style_of_several_parts_strikes_out_too() {
    e2e::case!(async {
        never_reads(
            "<div>Code <span style='color:red;TEXT-DECORATION:underline line-through'>AAAA</span> BBBB</div>",
            "Code AAAA BBBB",
            "BBBB",
        );
    });
}

#[test]
fn markdown_strikes_out_too() {
    e2e::case!(async {
        never_reads("Your price: ~~$50~~ $40", "price: $50 $40", "$40");
        never_reads("Your price: ~~$50~~ $40", "~~", "$40");
    });
}

examples! {
    what_was_inserted_is_read: "<p>We come on <ins>Tuesday</ins></p>" => "We come on Tuesday";

    what_is_only_underlined_is_read:
        "<p>Press <span style=\"text-decoration:underline\">both</span> keys</p>" => "Press both keys";
}

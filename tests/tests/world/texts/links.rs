//! A link is told once, and phones can open it.

use super::{examples, texted};

/// Behind each address comes white space or the end.
#[track_caller]
fn can_be_tapped(comment: &str, address: &str) {
    let read = texted(comment).text;
    assert_eq!(read.matches(address).count(), 1, "{read:?}");
    let behind = read
        .split_once(address)
        .map(|(_, rest)| rest)
        .unwrap_or_default();
    assert!(
        behind.chars().next().is_none_or(char::is_whitespace),
        "what follows the address is opened with it: {read:?}"
    );
}

#[test]
fn a_bracket_behind_an_address_is_not_part_of_it() {
    e2e::case!(async {
        can_be_tapped(
            "<p>See <a href=\"https://x.example/a\">the page</a>.</p>",
            "https://x.example/a",
        );
    });
}

#[test]
fn a_full_stop_behind_a_bare_link_is_not_part_of_it() {
    e2e::case!(async {
        can_be_tapped(
            "<p>See <a href=\"https://x.example/a\">https://x.example/a</a>.</p>",
            "https://x.example/a",
        );
    });
}

#[test]
fn a_link_of_markdown_can_be_tapped() {
    e2e::case!(async {
        can_be_tapped(
            "See [the page](https://x.example/a), please.",
            "https://x.example/a",
        );
    });
}

#[test]
fn two_links_in_a_row_can_be_tapped() {
    e2e::case!(async {
        let comment = "<p><a href=\"https://x.example/a\">A</a>, <a href=\"https://x.example/b\">B</a>; bye</p>";
        can_be_tapped(comment, "https://x.example/a");
        can_be_tapped(comment, "https://x.example/b");
    });
}

examples! {
    a_number_to_call_is_told_once: "<p>Call <a href=\"tel:+15550100\">+1 555 0100</a> now</p>"
        => "Call +1 555 0100 now" | "Call +15550100 now";

    an_address_to_write_to_is_told_once: "<p>Write to <a href=\"mailto:help@x.example\">help@x.example</a> please</p>"
        => "Write to help@x.example please";

    an_address_to_write_to_with_a_subject_is_told_once:
        "<p>Write to <a href=\"mailto:help@x.example?subject=Order%201\">help@x.example</a> please</p>"
        => "Write to help@x.example please";

    a_link_shown_without_its_scheme_is_told_once: "<p>Go to <a href=\"https://x.example/\">x.example</a> today</p>"
        => "Go to x.example today" | "Go to https://x.example/ today" | "Go to https://x.example today";
}

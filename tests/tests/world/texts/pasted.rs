//! Lists pasted from Word, Outlook or Google Docs are lists, and no character of them makes the
//! message dear.

use super::{examples, texted};

/// A list paragraph as Word and Outlook write it.
fn word(sign: &str, font: &str, text: &str) -> String {
    let blanks = "&nbsp;".repeat(8);
    format!(
        "<p class=MsoListParagraph style='text-indent:-.25in;mso-list:l0 level1 lfo1'>\
         <![if !supportLists]><span style='font-family:{font}'><span style='mso-list:Ignore'>{sign}\
         <span style='font:7.0pt \"Times New Roman\"'>{blanks} </span></span></span><![endif]>\
         {text}<o:p></o:p></p>"
    )
}

/// Both items are read on lines of their own, without a run of blanks, in GSM-7.
#[track_caller]
fn is_a_cheap_list(comment: &str) {
    let read = texted(comment);
    assert!(read.gsm, "UCS-2: {:?}", read.text);
    assert!(
        !read.text.contains("  "),
        "a run of blanks: {:?}",
        read.text
    );
    let lines: Vec<&str> = read.text.lines().filter(|line| !line.is_empty()).collect();
    let [receipt, bag] = lines.as_slice() else {
        panic!("two lines expected: {lines:?}");
    };
    assert!(receipt.ends_with(" Bring the receipt"), "{lines:?}");
    assert!(bag.ends_with(" Bring the box"), "{lines:?}");
}

#[test]
fn a_list_out_of_word_is_a_list_and_cheap() {
    e2e::case!(async {
        let items = ["Bring the receipt", "Bring the box"];
        is_a_cheap_list(&items.map(|item| word("\u{b7}", "Symbol", item)).concat());
    });
}

#[test]
fn a_list_with_the_square_of_wingdings_is_cheap() {
    e2e::case!(async {
        let items = ["Bring the receipt", "Bring the box"];
        is_a_cheap_list(&items.map(|item| word("\u{a7}", "Wingdings", item)).concat());
    });
}

#[test]
fn a_list_with_the_tick_of_wingdings_is_cheap() {
    e2e::case!(async {
        let items = ["Bring the receipt", "Bring the box"];
        is_a_cheap_list(&items.map(|item| word("\u{fc}", "Wingdings", item)).concat());
    });
}

#[test]
fn a_plain_text_with_the_bullets_of_google_docs_is_cheap() {
    e2e::case!(async {
        is_a_cheap_list("\u{25cf}\tBring the receipt\n\u{25cf}\tBring the box");
    });
}

#[test]
fn a_plain_text_with_words_middle_dots_is_cheap() {
    e2e::case!(async {
        is_a_cheap_list(
            "\u{b7}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0} Bring the receipt\n\u{b7}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0} Bring the box",
        );
    });
}

#[test]
fn ticks_arrows_and_squares_as_bullets_are_cheap() {
    e2e::case!(async {
        for sign in [
            "\u{2713}", "\u{2714}", "\u{27a2}", "\u{25aa}", "\u{25e6}", "\u{25a0}", "\u{2043}",
            "\u{2192}",
        ] {
            is_a_cheap_list(&format!("{sign} Bring the receipt\n{sign} Bring the box"));
        }
    });
}

#[test]
fn a_list_out_of_google_docs_is_cheap() {
    e2e::case!(async {
        let item = |text: &str| {
            format!(
                "<li dir=\"ltr\" style=\"list-style-type:disc;\" aria-level=\"1\"><p dir=\"ltr\" \
                 role=\"presentation\"><span style=\"font-size:11pt;white-space:pre-wrap;\">{text}</span></p></li>"
            )
        };
        is_a_cheap_list(&format!(
            "<b style=\"font-weight:normal;\" id=\"docs-internal-guid-1\"><ul>{}{}</ul></b>",
            item("Bring the receipt"),
            item("Bring the box"),
        ));
    });
}

examples! {
    a_numbered_list_out_of_word_keeps_its_numbers:
        &format!("{}{}", word("1.", "Calibri", "Bring the receipt"), word("2.", "Calibri", "Bring the box"))
        => "1. Bring the receipt\n2. Bring the box" | "1. Bring the receipt\n\n2. Bring the box";

    a_middle_dot_between_two_words_stays: "Tue\u{b7}Wed" => "Tue\u{b7}Wed" | "Tue-Wed" | "Tue.Wed" | "Tue - Wed";
}

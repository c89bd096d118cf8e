//! Lists pasted from Word, Outlook, Google Docs and the like.

use super::{is_gsm7, reads, stays, texted};

/// An item as Word writes it into HTML.
fn word(bullet: &str, level: usize, text: &str) -> String {
    format!(
        "<p class=MsoListParagraph style='text-indent:-.25in;mso-list:l0 level{level} lfo1'>\
         <![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>{bullet}\
         <span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span>\
         <![endif]>{text}<o:p></o:p></p>"
    )
}

#[test]
fn a_list_out_of_word_is_a_list_and_cheap() {
    for bullet in [
        "\u{b7}", "o", "§", "\u{f0b7}", "\u{f0a7}", "v", "Ø", "ü", "-", "•",
    ] {
        let comment = [
            word(bullet, 1, "Bring the receipt"),
            word(bullet, 1, "Bring the box"),
        ]
        .concat();
        assert_eq!(
            texted(&comment),
            "- Bring the receipt\n- Bring the box",
            "{bullet}"
        );
        is_gsm7(&comment);
    }
    let nested = [
        "<p class=MsoNormal>Bring:</p>".to_owned(),
        word("\u{b7}", 1, "the receipt"),
        word("o", 2, "or a copy"),
        word("§", 3, "in colour"),
        word("\u{b7}", 1, "the box"),
        "<p class=MsoNormal>Thanks</p>".to_owned(),
    ]
    .concat();
    assert_eq!(
        texted(&nested),
        "Bring:\n\n- the receipt\n  - or a copy\n    - in colour\n- the box\n\nThanks"
    );
    let numbered = [
        word("1.", 1, "Open"),
        word("2.", 1, "Wait"),
        word("a)", 2, "a minute"),
    ]
    .concat();
    assert_eq!(texted(&numbered), "1. Open\n2. Wait\n  a) a minute");
}

#[test]
fn a_list_pasted_as_text_is_a_list() {
    reads(&[
        (
            "·         Bring the receipt\n·         Bring the box",
            "- Bring the receipt\n- Bring the box",
        ),
        (
            "•\tBring the receipt\n•\tBring the box",
            "- Bring the receipt\n- Bring the box",
        ),
        (
            "\u{b7}\u{a0}\u{a0}\u{a0}\u{a0} One\n\no\u{a0}\u{a0} Two\n\n§\u{a0}\u{a0} Three\n\n\u{b7}\u{a0}\u{a0}\u{a0} Four",
            "- One\n  - Two\n    - Three\n- Four",
        ),
        ("▪ One\n▪ Two", "- One\n- Two"),
        ("● One\n   ○ Two\n● Three", "- One\n  - Two\n- Three"),
        (
            "Bring:\n◦ One\n◦ Two\nThanks",
            "Bring:\n- One\n- Two\nThanks",
        ),
        ("➢ One\n➢ Two", "- One\n- Two"),
        ("✓ One\n✓ Two", "- One\n- Two"),
        ("\u{f0b7}\tOne\n\u{f0b7}\tTwo", "- One\n- Two"),
        ("1.       Open\n2.       Wait", "1. Open\n2. Wait"),
        ("1)\tOpen\na)\tWait\niv.\tGo", "1) Open\na) Wait\niv. Go"),
        ("– One\n– Two", "- One\n- Two"),
        ("■ One\n□ Two\n‣ Three", "- One\n  - Two\n    - Three"),
    ]);
}

#[test]
fn a_list_of_paragraphs_with_bullets_is_a_list() {
    reads(&[
        (
            "<p>·&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; One</p><p>·&nbsp;&nbsp;&nbsp;&nbsp;&nbsp; Two</p><p>Thanks</p>",
            "- One\n- Two\n\nThanks",
        ),
        (
            "<div>•<span style=\"white-space:pre\">\t</span>One</div><div>•<span style=\"white-space:pre\">\t</span>Two</div>",
            "- One\n- Two",
        ),
        ("<p>●&nbsp;One<br>●&nbsp;Two</p>", "- One\n- Two"),
        (
            "<ul style=\"margin-top:0\"><li dir=\"ltr\" style=\"list-style-type:disc\" aria-level=\"1\"><p dir=\"ltr\" role=\"presentation\"><span>One</span></p></li><li dir=\"ltr\" style=\"list-style-type:disc\" aria-level=\"1\"><p dir=\"ltr\" role=\"presentation\"><span>Two</span></p></li></ul>",
            "- One\n- Two",
        ),
        (
            "<p>1.&nbsp;&nbsp;&nbsp;&nbsp; Open</p><p>2.&nbsp;&nbsp;&nbsp;&nbsp; Wait</p>",
            "1. Open\n2. Wait",
        ),
    ]);
}

#[test]
fn what_is_no_bullet_stays() {
    stays(&[
        "§ 5 BGB applies",
        "§ 5\n§ 6",
        "o clock",
        "v 2.0 is out",
        "- one\n- two",
        "* one\n* two",
        "5. Oct",
    ]);
    reads(&[
        ("✓ paid\n✗ sent", "✓ paid\n✗ sent"),
        ("– he said –", "- he said -"),
        ("a · b · c", "a - b - c"),
        ("<p>a&nbsp;&nbsp;&nbsp;&nbsp;b</p>", "a b"),
    ]);
}

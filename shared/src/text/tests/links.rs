//! Links are told once, and phones can open them.

use super::{reads, stays, texted};

#[test]
fn a_link_shows_its_address_where_that_says_more() {
    reads(&[
        (
            "<p>See <a href=\"https://x.example/a?b=1&amp;c\">the page</a> now</p>",
            "See the page: https://x.example/a?b=1&c now",
        ),
        (
            "<p><a href=\"https://x.example/a\">Track: </a></p>",
            "Track: https://x.example/a",
        ),
        (
            "<p><a href=\"https://x.example/i\"><img src=\"i\"></a></p>",
            "https://x.example/i",
        ),
        ("<p><a href=\"tel:+1555\">call</a></p>", "call: +1555"),
        ("<p><a href=\"javascript:alert(1)\">press</a></p>", "press"),
        (
            "<p><a href=\"https://x.example/a\">one</a><a href=\"https://x.example/b\">two</a></p>",
            "one: https://x.example/a two: https://x.example/b",
        ),
    ]);
}

#[test]
fn a_number_or_an_address_of_mail_is_told_once() {
    reads(&[
        (
            "<p><a href=\"mailto:a@x.example\">a@x.example</a></p>",
            "a@x.example",
        ),
        (
            "<p><a href=\"mailto:A@x.example?subject=Hi\">a@x.example</a></p>",
            "a@x.example",
        ),
        (
            "<p><a href=\"mailto:a@x.example?subject=Hi\">write</a></p>",
            "write: a@x.example",
        ),
        (
            "<p><a href=\"tel:+15550100009\">+1 (555) 010-0009</a></p>",
            "+1 (555) 010-0009",
        ),
        (
            "<p><a href=\"tel:+15550100009\">(555) 010-0009</a></p>",
            "(555) 010-0009",
        ),
        (
            "<p><a href=\"tel:+493012345678\">030 12345678</a></p>",
            "030 12345678",
        ),
        (
            "<p><a href=\"tel:+1-555-010-0009\">Call +1 555 010 0009</a></p>",
            "Call +1 555 010 0009",
        ),
        (
            "<p><a href=\"sms:+15550100009\">text us</a></p>",
            "text us: +15550100009",
        ),
        ("[a@x.example](mailto:a@x.example)", "a@x.example"),
        ("[+1 555 010 0009](tel:+15550100009)", "+1 555 010 0009"),
    ]);
}

#[test]
fn a_link_is_told_once() {
    reads(&[
        (
            "<p><a href=\"https://x.example/\">https://x.example</a></p>",
            "https://x.example",
        ),
        (
            "<p><a href=\"https://www.x.example\">x.example</a></p>",
            "x.example",
        ),
        (
            "<p><a href=\"http://x.example/a\">https://x.example/a/</a></p>",
            "https://x.example/a/",
        ),
        (
            "<p><a href=\"https://x.example/a%20b\">https://x.example/a b</a></p>",
            "https://x.example/a%20b",
        ),
        (
            "<p><a href=\"https://x.example/very/long/path?id=1\">x.example/very/lo…</a></p>",
            "https://x.example/very/long/path?id=1",
        ),
        (
            "<p><a href=\"https://x.example/very/long/path\">https://x.example/very...</a></p>",
            "https://x.example/very/long/path",
        ),
        (
            "<p><a href=\"https://eu.safelinks.example/?url=https%3A%2F%2Fx.example%2Fa&amp;data=1\">https://x.example/a</a></p>",
            "https://x.example/a",
        ),
        (
            "<p>Visit <a href=\"https://x.example/a\">https://x.example/a</a>.</p>",
            "Visit https://x.example/a",
        ),
    ]);
}

#[test]
fn an_address_is_followed_by_white_space_or_the_end() {
    reads(&[
        (
            "<p>See <a href=\"https://x.example/a\">this</a>.</p>",
            "See this: https://x.example/a",
        ),
        (
            "<p>See <a href=\"https://x.example/a\">this</a>. Then call.</p>",
            "See this: https://x.example/a . Then call.",
        ),
        (
            "<p>Did you see <a href=\"https://x.example/a\">this</a>?</p>",
            "Did you see this: https://x.example/a ?",
        ),
        (
            "<p>(see <a href=\"https://x.example/a\">this</a>)</p>",
            "(see this: https://x.example/a )",
        ),
    ]);
}

#[test]
fn an_address_that_was_typed_is_followed_by_white_space_or_the_end() {
    reads(&[
        ("Go to https://x.example/a.", "Go to https://x.example/a"),
        (
            "Go to https://x.example/a. Then wait.",
            "Go to https://x.example/a . Then wait.",
        ),
        (
            "Go to https://x.example/a, then wait",
            "Go to https://x.example/a , then wait",
        ),
        (
            "Our page (https://x.example/a).",
            "Our page https://x.example/a",
        ),
        (
            "Our page (https://x.example/a) says so",
            "Our page https://x.example/a says so",
        ),
        (
            "Our page (see https://x.example/a) says so",
            "Our page (see https://x.example/a ) says so",
        ),
        ("\"https://x.example/a\"", "https://x.example/a"),
        ("https://x.example/w_(b) c", "https://x.example/w_(b) c"),
        (
            "https://x.example/a;https://x.example/b",
            "https://x.example/a ;https://x.example/b",
        ),
        (
            "Open **https://x.example/a**, please",
            "Open https://x.example/a , please",
        ),
        ("www.x.example/a.", "www.x.example/a"),
        ("https://x.example/a!", "https://x.example/a !"),
        ("https://x.example/a...", "https://x.example/a"),
        (
            "Voir « https://x.example/a ».",
            "Voir \" https://x.example/a \".",
        ),
        ("https://x.example/a.\nNext", "https://x.example/a\nNext"),
        (
            "见https://x.example/a。谢谢",
            "见https://x.example/a 。谢谢",
        ),
    ]);
    stays(&[
        "https://x.example/a?b=c&d=e#f is it",
        "https://x.example/a.pdf and v1.2",
        "a@x.example.",
        "http is a protocol.",
    ]);
}

#[test]
fn brackets_around_an_address_of_mail_go() {
    reads(&[
        ("Questions? <a@x.example>", "Questions? a@x.example"),
        ("Mail <a@x.example> or call", "Mail a@x.example or call"),
        ("**Mail:** <a.b_c@x.example>", "Mail: a.b_c@x.example"),
    ]);
}

#[test]
fn the_exact_address_is_kept_whatever_it_ends_in() {
    for (comment, address) in [
        (
            "<p><a href=\"https://x.example/a.\">this</a> now</p>",
            "https://x.example/a%2E",
        ),
        (
            "<p><a href=\"https://x.example/a)\">this</a> now</p>",
            "https://x.example/a%29",
        ),
        (
            "<p><a href=\"https://x.example/a(b)\">this</a> now</p>",
            "https://x.example/a(b)",
        ),
    ] {
        let text = texted(comment);
        assert!(text.split(' ').any(|word| word == address), "{text}");
    }
}

use proptest::prelude::*;

use super::*;
use crate::text::tests::growth;

#[test]
fn a_comment_reads_as_it_looks() {
    for (html, want) in [
        ("<p>One</p><p>Two<br>lines</p>", "One\n\nTwo\nlines"),
        (
            "<div class=\"zd-comment\" dir=\"auto\"><p dir=\"auto\">Hi <b>Ana</b>,<br>\n bye</p></div>",
            "Hi Ana,\nbye",
        ),
        (
            "<div>One</div><div>Two</div><div><br></div><div>Three</div>",
            "One\nTwo\n\nThree",
        ),
        (
            "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>end",
            "- a\n- b\n  - c\n\nend",
        ),
        (
            "<ol start=\"3\"><li><p>a</p></li><li>b</li></ol>",
            "3. a\n4. b",
        ),
        (
            "<p>Said:</p><blockquote><p>yes</p><p>no</p></blockquote><p>ok</p>",
            "Said:\n\n> yes\n\n> no\n\nok",
        ),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("<p>use <code>x  y</code></p>", "use x y"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "a | b\n1 | 2",
        ),
        (
            "<p>5 &lt; 6 &amp;&amp; &eacute;&#128512;&nbsp;&euro;</p>",
            "5 < 6 && é😀\u{a0}€",
        ),
        (
            "<p>شكرا \u{200f}Ana\u{200d}</p>",
            "شكرا \u{200f}Ana\u{200d}",
        ),
        (
            "<p>a</p><script>b<p>c</script><style>d</style><p>e</p>",
            "a\n\ne",
        ),
        ("<p>x<!-- y -->z</p>", "xz"),
        ("<img src=\"x\" alt=\"A cat\"><br>", "A cat"),
        ("<p>  </p><p>&nbsp;</p>", ""),
        ("<p>a</p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>&nbsp;</div><div>b</div>", "a\n\nb"),
        ("<p>a<br>&nbsp;b</p>", "a\n\u{a0}b"),
        ("<ul><li></li></ul><p>end</p>", "end"),
        ("<ul><li>a</li><li> </li></ul>end", "- a\n\nend"),
        ("", ""),
        ("<p>open <b>never closed", "open never closed"),
    ] {
        assert_eq!(to_text(html), want, "{html}");
    }
}

#[test]
fn a_row_of_a_table_is_a_line_whatever_its_cells_hold() {
    for (html, want) in [
        (
            "<table><tr><th><p>a</p></th><th><div>b</div></th></tr>\
             <tr><td><p>1</p></td><td><p>2</p></td></tr></table><p>c</p>",
            "a | b\n1 | 2\n\nc",
        ),
        (
            "<table><tr><td>a</td></tr><tr><td></td><td>b</td></tr></table>",
            "a\n| b",
        ),
        (
            "<table><tr><td><p>One</p><p>Two</p></td></tr><tr><td>Three</td></tr></table>",
            "One\n\nTwo\n\nThree",
        ),
    ] {
        assert_eq!(to_text(html), want, "{html}");
    }
}

#[test]
fn a_link_shows_its_address_where_that_says_more() {
    for (html, want) in [
        (
            "See <a href=\"https://x.example/a?b=1&amp;c\">the page</a>.",
            "See the page: https://x.example/a?b=1&c.",
        ),
        (
            "<a href=\"https://x.example/\">https://x.example</a>",
            "https://x.example",
        ),
        (
            "<a href=\"https://www.x.example\">x.example</a>",
            "x.example",
        ),
        (
            "<a href=\"mailto:a@x.example\">a@x.example</a>",
            "a@x.example",
        ),
        ("<a href=\"tel:+1555\">call</a>", "call: +1555"),
        ("<a href=\"javascript:alert(1)\">press</a>", "press"),
        ("<a href=\" JAVASCRIPT:alert(1)\">press</a>", "press"),
        (
            "<a href=\"/agent/users/7\" class=\"mention\">@Jo</a> hi",
            "@Jo hi",
        ),
        (
            "<a href=\"https://x.example/i\"><img src=\"i\"></a>",
            "https://x.example/i",
        ),
        ("<a name=\"top\">top</a>", "top"),
        (
            "<a href=\"https://x.example/a b\">file</a>",
            "file: https://x.example/a%20b",
        ),
        ("<a href=\"//x.example/y\">y</a>", "y: https://x.example/y"),
        (
            "<a href=\"https://x.example/a\nb\">c</a>",
            "c: https://x.example/ab",
        ),
        (
            "<a href=\"https://a.example\">a<a href=\"https://b.example\">b</a>",
            "a: https://a.example b: https://b.example",
        ),
    ] {
        assert_eq!(to_text(html), want, "{html}");
    }
}

#[test]
fn a_text_about_html_is_not_taken_for_html() {
    for plain in [
        "Use <b> for bold",
        "<b> makes it bold",
        "a < b > c",
        "<3 thanks",
        "<- see </p>",
        "# Title\n* one\n**two**",
        "",
        "<",
        "<p",
        "<unknown>x</unknown>",
        "use <br> for a new line",
        "write \"<b>\" before it and \"</b>\" behind it",
        "the tags `<p>` and `</p>`, (<div>), (</div>)",
        "```\n<p>Hi</p>\n```",
        "5 <a and b> 3 </a",
    ] {
        assert_eq!(readable(plain), plain);
    }
    assert_eq!(readable(" <p>Hi</p>\n"), "Hi");
    assert_eq!(readable("<DIV>Hi<br/>you</DIV>"), "Hi\nyou");
}

#[test]
fn html_with_text_around_it_shows_no_tags() {
    for (html, want) in [
        ("<p>Hi</p> Thanks", "Hi\n\nThanks"),
        (
            "Hello,<br>your parcel&nbsp;is <b>here</b>",
            "Hello,\nyour parcel\u{a0}is here",
        ),
        ("<!DOCTYPE html><html><body><p>Hi</p></body></html>", "Hi"),
        ("<!-- x --><p>Hi</p>", "Hi"),
        ("<hr><p>Hi</p>", "Hi"),
        ("<section>Hi</section>", "Hi"),
        ("<p>Hi</p>\n-- \nJo", "Hi\n\n--\nJo"),
        (
            "One\n\n<p>Two</p>\n<p>Three</p>\n\nFour\nFive",
            "One\n\nTwo\n\nThree\n\nFour\nFive",
        ),
        (
            "See <a href=\"https://x.example\">this</a>.",
            "See this: https://x.example.",
        ),
    ] {
        assert_eq!(readable(html), want, "{html}");
    }
}

#[test]
fn a_quarter_of_a_megabyte_of_anything_is_read_in_linear_time() {
    let units = [
        "<div>",
        "<ul><li>",
        "<blockquote>",
        "<b>x",
        "<a href=https://x.example>y",
        "<p",
        "&amp",
        "</",
        "<!--",
        "<pre>\n",
        "<td>",
        "<table><tr>",
        "\u{0}",
        "<a b=c d=e ",
        "<br>",
        "é&nbsp;",
        "&nbsp;\n",
        "<div><blockquote><ul>",
        "1<sup>1</sup>",
        "(a<sup>2</sup>",
        "x<sub>1</sub>",
    ];
    growth::grows_as_the_text(&units, |html| to_text(html).len());
    growth::grows_as_the_text(&units, |html| readable(html).len());
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(html in "(<[a-z/!]{0,4}|>|=|\"|&[a-z#]{0,3};?|\\PC| |\n){0,60}") {
        let _ = to_text(&html);
        let _ = readable(&html);
    }

    #[test]
    fn escaped_words_come_back(words in prop::collection::vec("[^\\s\\p{Cc}<&]{1,12}", 1..20)) {
        let text = words.join(" ");
        let escaped = text.replace('>', "&gt;");
        prop_assert_eq!(to_text(&format!("<div><p>{escaped}</p></div>")), text);
    }
}

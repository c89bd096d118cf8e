//! Entities in texts without tags, and texts about entities.

use super::{reads, stays};

#[test]
fn entities_are_read() {
    reads(&[
        (
            "Don&#39;t worry,&nbsp;all is &quot;fine&quot; &amp; paid",
            "Don't worry, all is \"fine\" & paid",
        ),
        ("It&#x27;s ready", "It's ready"),
        (
            "Caf&eacute; &agrave; Paris, &Uuml;ber",
            "Café à Paris, Über",
        ),
        ("5 &lt; 6 &gt; 4", "5 < 6 > 4"),
        ("&pound;5 or &euro;6", "£5 or €6"),
        ("Tom &amp; Jerry&rsquo;s", "Tom & Jerry's"),
        ("9&ndash;5 &hellip;", "9-5 ..."),
        ("&lt;b&gt;bold&lt;/b&gt;", "<b>bold</b>"),
        (
            "https://x.example/?a=1&amp;b=2",
            "https://x.example/?a=1&b=2",
        ),
        ("&#128512; hi", "😀 hi"),
        ("one&nbsp;&nbsp;&nbsp;two", "one two"),
        ("L&apos;h&ocirc;tel", "L'hôtel"),
        ("**A &amp; B** &gt; C", "A & B > C"),
        ("R&amp;D; that&#8217;s us", "R&D; that's us"),
        // A program escaped twice what stands at a word.
        ("We don&amp;#39;t know", "We don't know"),
        ("5&amp;nbsp;&amp;euro; each", "5 € each"),
        ("the &amp;quot;blue&amp;quot; one", "the \"blue\" one"),
        ("Gr&amp;uuml;&amp;szlig;e", "Grüße"),
        // Elsewhere one level only: the rest is what was written.
        ("Write &amp;eacute; there", "Write &eacute; there"),
        ("&amp;lt;b&amp;gt; is a tag", "&lt;b&gt; is a tag"),
        ("The code is &amp;amp;", "The code is &amp;"),
    ]);
}

#[test]
fn a_text_about_entities_keeps_them() {
    reads(&[
        ("Write `&amp;` for &", "Write &amp; for &"),
        ("```\n&nbsp;\n```", "&nbsp;"),
    ]);
    stays(&[
        "Type &amp; instead of &",
        "Use \"&nbsp;\" to keep words together",
        "write '&lt;' there",
        "&lt;br&gt; is shown where <br> is meant",
        "(&copy;) gives ©",
    ]);
}

#[test]
fn what_is_no_entity_stays() {
    stays(&[
        "AT&T",
        "&nosuch;",
        "a & b; c",
        "&#;",
        "fish &chips;",
        "?a=1&copy=2",
        "Q&A",
        "&",
    ]);
}

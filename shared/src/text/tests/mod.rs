//! What agents write, and what the customer's phone shows: one table of examples per kind.

mod agents;
mod customers;
mod entities;
pub(in crate::text) mod growth;
mod held_out;
mod hidden;
mod links;
mod lists;
mod markdown;
mod scripts;

use proptest::prelude::*;

use super::answer;
use super::sms::{self, Encoding};

/// The text of a comment as the phone shows it, several messages one below the other.
fn texted(comment: &str) -> String {
    sms::fit(&answer::plain(comment, "")).messages.join("\n")
}

/// Each comment is read as it should be; every comment that is not is named.
fn reads(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(comment, want)| {
            let got = texted(comment);
            (got != *want).then(|| format!("{comment:?}\n  is  {got:?}\n  not {want:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each comment reaches the phone as it was written.
fn stays(comments: &[&str]) {
    let table: Vec<(&str, &str)> = comments.iter().map(|text| (*text, *text)).collect();
    reads(&table);
}

fn is_gsm7(comment: &str) {
    let fitted = sms::fit(&answer::plain(comment, ""));
    assert_eq!(fitted.encoding, Encoding::Gsm7, "{:?}", fitted.messages);
}

/// What could make a reader walk back.
const WORST: &[&str] = &[
    "*",
    "**",
    "_",
    "*a_",
    "**a ",
    "_a ",
    "*a**b",
    "[",
    "![",
    "[a](",
    "[a][",
    "[a]: ",
    "](http",
    "`",
    "``a",
    "`a``",
    "~~",
    "~~a",
    "\\",
    "\\*",
    "# ",
    "#\n",
    "---\n",
    "> ",
    ">> ",
    "- ",
    "1. ",
    "\n",
    "    a\n",
    "\t",
    "|",
    "|-\n",
    "a|b\n-|-\n",
    "&amp;",
    "&amp",
    "&",
    "&#39;",
    "<",
    "<a",
    "<!--",
    "<a@b",
    "<https://",
    "<b>*",
    "</b>",
    "a\n=\n",
    "\u{b7} a\n",
    "o  \n",
    "https://a.",
    "https://a)",
    "(https://a",
    "www.",
    "<sup>1",
    "<s>",
    "<ol reversed>",
    "<ol reversed><li>",
    "<li value=9>",
    "<p hidden>",
    "<p style='display:none'>",
    "<span style=mso-list:Ignore>",
    "<a href=tel:1>1",
    "\u{a0}",
    "\u{a0} ",
    "e\u{301}",
    "[a]: https://x\n",
    "[1]\n\n[1]: https://x\n\n",
    "a*a ",
    "x_y ",
    "\\a\\*",
    "(",
    ")",
    "- - ",
    "- - -\n",
    "☐ a\n",
    "▪\u{fe0f} ",
    "<q>",
    "</q>",
    "<noscript>",
    "4<sup>99</sup> €",
    "4⁹⁹ €",
    "<tr><td>a<br>b<td>",
    "<table><tr><td>a<td>b</table>",
    "<tr><td>a<td>\n</tr>",
];

#[test]
fn a_quarter_of_a_megabyte_of_the_worst_is_read_in_linear_time() {
    growth::grows_as_the_text(WORST, |text| answer::plain(text, "--").len());
    growth::grows_as_the_text(WORST, |text| {
        answer::plain(&format!("<p>{text}</p>"), "").len()
    });
}

proptest! {
    #[test]
    fn any_comment_is_read_and_nothing_is_glued_to_an_address(
        comment in "(\\*{1,3}|_{1,2}|`{1,3}|~~|\\[|\\]|\\]\\(|\\(|\\)|https://x\\.example|www\\.x\\.example/|\\.|,|&amp;|&#39;|\\\\|<p>|</p>|<s>|</s>|<sup>|</sup>|<a href=https://y\\.example>|</a>|<p hidden>|#|-|>|\\||\u{b7}|\u{a0}|o|1|é| |\n|\n\n|\t){0,40}",
    ) {
        let text = answer::plain(&comment, "");
        prop_assert_eq!(&text, &answer::plain(&comment, ""));
        prop_assert!(!text.contains(super::struck::SIGN));
        for word in text.split_whitespace().filter(|word| word.starts_with("https://x")) {
            prop_assert!(!word.ends_with(['.', ',']), "{text:?}");
        }
    }
}

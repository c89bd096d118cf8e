//! Marks of Markdown, and what merely looks like them.

use super::{reads, stays};

#[test]
fn marks_do_not_reach_the_phone() {
    reads(&[
        (
            "**Important:** use this code: `1234`",
            "Important: use this code: 1234",
        ),
        (
            "Please *do not* press the **red** button.",
            "Please do not press the red button.",
        ),
        (
            "__Bold__ and _italic_ and ***both***",
            "Bold and italic and both",
        ),
        (
            "**Hello Ana,**\n\nthanks for *writing to us*.",
            "Hello Ana,\n\nthanks for writing to us.",
        ),
        (
            "- **Name**: Ana\n- **Order**: 12",
            "- Name: Ana\n- Order: 12",
        ),
        (
            "1. **Open** the app\n2. Tap *Settings*",
            "1. Open the app\n2. Tap Settings",
        ),
        ("> quoted **text**\n> more", "> quoted text\n> more"),
        ("(*net* price, **\"fixed\"**)", "(net price, \"fixed\")"),
        ("**Total**:5 EUR", "Total:5 EUR"),
        ("**N**ame and re**start**", "Name and restart"),
        ("one *two\nthree* four", "one two\nthree four"),
        (
            "Nested **bold with _italic_ inside**",
            "Nested bold with italic inside",
        ),
        ("Réponse : **très** _vite_", "Réponse : très vite"),
    ]);
}

#[test]
fn headings_rules_and_code_are_plain_lines() {
    reads(&[
        (
            "# Opening hours\n\nMon to Fri",
            "Opening hours\n\nMon to Fri",
        ),
        ("## Step 2 ##\nUnplug it", "Step 2\nUnplug it"),
        ("### **Delivery**\n- Monday", "Delivery\n- Monday"),
        (
            "Opening hours\n=============\nMon to Fri",
            "Opening hours\nMon to Fri",
        ),
        (
            "Opening hours\n---\nMon to Fri",
            "Opening hours\nMon to Fri",
        ),
        ("One\n\n---\n\nTwo", "One\n\nTwo"),
        ("One\n***\nTwo", "One\n\nTwo"),
        ("One\n\n* * *\nTwo", "One\n\nTwo"),
        ("___\nOne", "One"),
        ("```sh\nsudo reboot\n```", "sudo reboot"),
        (
            "Type:\n\n~~~\na *b* c\n~~~\nand wait",
            "Type:\n\na *b* c\nand wait",
        ),
        ("Use ``a ` b`` or `x`", "Use a ` b or x"),
        ("`snake_case` and `**kwargs`", "snake_case and **kwargs"),
    ]);
}

#[test]
fn escapes_line_breaks_and_tables_are_read() {
    reads(&[
        (
            "Price \\*net\\*, file report\\_final.pdf",
            "Price *net*, file report_final.pdf",
        ),
        (
            "1\\. Restart \\#12 \\- now \\[sic\\]",
            "1. Restart #12 - now [sic]",
        ),
        (
            "Line one  \nLine two\\\nLine three",
            "Line one\nLine two\nLine three",
        ),
        (
            "| Day | Hours |\n|---|:-:|\n| Mon | 9-5 |\n| Tue | **10-4** |",
            "Day | Hours\nMon | 9-5\nTue | 10-4",
        ),
        ("Day|Hours\n---|---\nMon|9-5", "Day|Hours\nMon|9-5"),
        ("\\> not a quotation", "> not a quotation"),
    ]);
}

#[test]
fn what_was_struck_out_is_not_texted() {
    stays(&["Password: a~~9~~d", "x~~y~~2"]);
    reads(&[
        ("Your price: ~~$50~~ $40", "Your price: $40"),
        ("On ~~Monday~~ **Tuesday** at 9", "On Tuesday at 9"),
        ("~~Call us.~~ Write to us.", "Write to us."),
        ("- ~~Restart~~\n- Unplug", "- Unplug"),
        (
            "Send it to ~~1 Old Street~~, 5 New Road",
            "Send it to 5 New Road",
        ),
    ]);
}

#[test]
fn links_of_every_notation_are_told() {
    reads(&[
        (
            "See [the guide](https://x.example/a).",
            "See the guide: https://x.example/a",
        ),
        (
            "See [the guide][1] or [this][faq] now.\n\n[1]: https://x.example/a\n[faq]: https://x.example/b \"FAQ\"",
            "See the guide: https://x.example/a or this: https://x.example/b now.",
        ),
        (
            "See [guide] now.\n\n[guide]: <https://x.example/a>",
            "See guide: https://x.example/a now.",
        ),
        (
            "[guide][]\n\n[guide]: https://x.example/a",
            "guide: https://x.example/a",
        ),
        (
            "<https://x.example/a> is the page",
            "https://x.example/a is the page",
        ),
        (
            "![Where the switch is](https://x.example/i.png)",
            "Where the switch is: https://x.example/i.png",
        ),
        (
            "[**Track** it](https://x.example/t \"Parcel\") today",
            "Track it: https://x.example/t today",
        ),
        (
            "[a](https://x.example/w_(b)) c",
            "a: https://x.example/w_(b) c",
        ),
        (
            "[https://x.example](https://x.example/)",
            "https://x.example",
        ),
        ("[write](mailto:a@x.example)", "write: a@x.example"),
        ("[call us](tel:+1555)", "call us: +1555"),
    ]);
}

#[test]
fn what_merely_looks_like_a_mark_stays() {
    stays(&[
        "snake_case_name and my_file_v2_final.docx",
        "2*3*4 = 24, a*b*c, L*W*H",
        "5 * 3 * 2 = 30",
        "x**2 + y**2",
        "open __init__.py and __main__",
        "a_b_c",
        "You are #1 in the queue, ticket #35",
        "#hashtag, C# and F#",
        "5 > 3 and 2 < 4",
        "in C:\\path\\to\\_temp or C:\\_temp",
        "\\\\server\\share\\_new",
        "dial *100*1# or *21*+15550100009# or **61*11*20#",
        "*args and **kwargs",
        "card **** **** **** 1234 or XXXX-****-1234-****",
        "what the f*** and p*ssw*rd",
        "price* plus tax, *see below",
        "about ~10 min or ~15 min, 5~10 EUR",
        "~/.profile and ~/bin",
        "https://x.example/a_b_c/_d_/e*f*g and more",
        "first_last_name@x.example",
        "[x] done, [ ] open",
        "a[0](see below)",
        "^_^ and -_- and *_* and o_O",
        "*** NEW ***",
        "1) first\n2) second",
        "- one\n- two\n  - three",
        "1. one\n1. two",
        "=> go on, <= stop",
        "regex \\d+\\.\\d* here",
        "-1 degrees\n+1 for it",
        "Hello,\n\n  indented\n\nbye",
        "Note]: x [1",
        "[Note]: please call",
        "it's 5 o'clock",
    ]);
}

#[test]
fn a_grave_accent_between_letters_is_an_apostrophe() {
    reads(&[
        ("it`s fine, don`t worry", "it's fine, don't worry"),
        ("perche` e` tutto ok", "perche' e' tutto ok"),
    ]);
    stays(&["¯\\_(ツ)_/¯"]);
}

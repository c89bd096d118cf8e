//! Small letters above and below the line, struck-out text, and numbers of lists.

use super::{is_gsm7, reads};

#[test]
fn an_exponent_is_no_digit_of_its_base() {
    reads(&[
        (
            "<p>The limit is 10<sup>6</sup> rows</p>",
            "The limit is 10^6 rows",
        ),
        (
            "<p>20 m<sup>2</sup> and 3 cm<sup>3</sup></p>",
            "20 m^2 and 3 cm^3",
        ),
        ("<p>10<sup>-6</sup> m</p>", "10^-6 m"),
        ("<p>x<sup>n</sup> + y<sup>n+1</sup></p>", "x^n + y^n+1"),
        ("<p>(a+b)<sup>2</sup></p>", "(a+b)^2"),
        ("<p>10<sup>6</sup>5</p>", "10^6 5"),
        ("20 m², 5 km² and 10⁻⁶", "20 m^2, 5 km^2 and 10^-6"),
    ]);
}

#[test]
fn ordinals_footnotes_and_prices_read_as_they_are_meant() {
    reads(&[
        (
            "<p>the 1<sup>st</sup> and 2<sup>nd</sup></p>",
            "the 1st and 2nd",
        ),
        (
            "<p>le 2<sup>e</sup> et M<sup>me</sup> Lot</p>",
            "le 2e et Mme Lot",
        ),
        ("<p>Acme<sup>TM</sup></p>", "AcmeTM"),
        (
            "<p>Free delivery<sup>1</sup>, always<sup>2)</sup></p>",
            "Free delivery (1), always (2)",
        ),
        ("<p>Price<sup>*</sup></p>", "Price*"),
        (
            "<p>Conditions apply.<sup>[3]</sup></p>",
            "Conditions apply.[3]",
        ),
        ("<p>only $19<sup>99</sup></p>", "only $19.99"),
        ("<p>a<sup></sup>b</p>", "ab"),
        (
            "<p><sup>1</sup> Conditions apply</p>",
            "(1) Conditions apply",
        ),
    ]);
}

#[test]
fn an_index_is_told_from_a_number() {
    reads(&[
        ("<p>CO<sub>2</sub> and H<sub>2</sub>O</p>", "CO2 and H2O"),
        ("<p>x<sub>1</sub>, x<sub>i</sub></p>", "x1, xi"),
        ("<p>101<sub>2</sub></p>", "101_2"),
        ("<p>log<sub>10</sub>100</p>", "log10 100"),
        ("CO₂ and H₂O", "CO2 and H2O"),
    ]);
    is_gsm7("CO₂, m², 10³");
}

#[test]
fn what_was_struck_out_is_not_texted() {
    reads(&[
        ("<p>Your price: <s>$50</s> $40</p>", "Your price: $40"),
        ("<p>Your price: <del>$50</del> $40</p>", "Your price: $40"),
        ("<p>On <strike>Monday</strike> Tuesday</p>", "On Tuesday"),
        (
            "<p>On <span style=\"text-decoration: line-through\">Monday</span> Tuesday</p>",
            "On Tuesday",
        ),
        (
            "<p>On <span style='color:red; text-decoration-line : LINE-THROUGH'>Monday</span> Tuesday</p>",
            "On Tuesday",
        ),
        (
            "<p>On <span style=\"text-decoration:underline line-through\">Mon<b>day</b></span> Tuesday</p>",
            "On Tuesday",
        ),
        (
            "<ul><li><s>Restart</s></li><li>Unplug</li></ul>",
            "- Unplug",
        ),
        ("<p><s>1 Old Street</s><br>5 New Road</p>", "5 New Road"),
        ("<p>new: <ins>5 New Road</ins></p>", "new: 5 New Road"),
        ("<p>a <s>b <s>c</s> d</s> e</p>", "a e"),
        ("<p>Pay <u>now</u></p>", "Pay now"),
    ]);
}

#[test]
fn a_list_keeps_its_numbers() {
    reads(&[
        ("<ol start=\"3\"><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        (
            "<ol><li>a</li><li value=\"7\">b</li><li>c</li></ol>",
            "1. a\n7. b\n8. c",
        ),
        ("<ol type=\"a\"><li>x</li><li>y</li></ol>", "a. x\nb. y"),
        (
            "<ol type=A start=26><li>x</li><li>y</li></ol>",
            "Z. x\nAA. y",
        ),
        (
            "<ol type=\"i\" start=\"3\"><li>x</li><li>y</li></ol>",
            "iii. x\niv. y",
        ),
        (
            "<ol type=\"I\"><li>x</li><li value=9>y</li></ol>",
            "I. x\nIX. y",
        ),
        (
            "<ol reversed><li>a</li><li>b</li><li>c</li></ol>",
            "3. a\n2. b\n1. c",
        ),
        (
            "<ol reversed start=10><li>a</li><li>b</li></ol>",
            "10. a\n9. b",
        ),
        (
            "<ol start=0><li>a</li></ol><ol start=-1><li>b</li><li>c</li></ol>",
            "0. a\n\n-1. b\n0. c",
        ),
        (
            "<ol><li>a<ol type=a><li>b</li></ol></li><li>c</li></ol>",
            "1. a\n  a. b\n2. c",
        ),
        (
            "<ol style=\"list-style-type: lower-roman\"><li>a</li><li>b</li></ol>",
            "i. a\nii. b",
        ),
        (
            "<ol><li style=\"list-style-type:upper-alpha\">a</li><li style=\"list-style-type:upper-alpha\">b</li></ol>",
            "A. a\nB. b",
        ),
        ("<ol style=\"list-style-type:disc\"><li>a</li></ol>", "- a"),
        (
            "<ul style=\"list-style-type:none\"><li>a</li><li>b</li></ul>",
            "a\nb",
        ),
        ("<ol start=x type=q><li>a</li></ol>", "1. a"),
        (
            "<ol start=2147483647><li>a</li><li>b</li></ol>",
            "2147483647. a\n2147483647. b",
        ),
    ]);
}

#[test]
fn a_reading_stands_in_brackets_once() {
    reads(&[
        (
            "<p><ruby>漢字<rt>かんじ</rt></ruby>です</p>",
            "漢字(かんじ)です",
        ),
        (
            "<p><ruby>東<rt>とう</rt>京<rt>きょう</rt></ruby></p>",
            "東(とう)京(きょう)",
        ),
        (
            "<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>と<ruby>京<rt>きょう</ruby></p>",
            "東京(とうきょう)と京(きょう)",
        ),
    ]);
}

#[test]
fn a_box_says_whether_it_is_ticked() {
    reads(&[
        (
            "<ul><li><input type=\"checkbox\" checked> Paid</li><li><input type=CHECKBOX>Sent</li></ul>",
            "- [x] Paid\n- [ ] Sent",
        ),
        (
            "<p><input type=\"text\" checked value=\"x\">Name</p>",
            "Name",
        ),
    ]);
}

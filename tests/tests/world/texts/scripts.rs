//! Raised and lowered figures keep their meaning.

use super::examples;

examples! {
    an_exponent_is_no_digit: "<p>The limit is 10<sup>6</sup> rows</p>"
        => "The limit is 10^6 rows" | "The limit is 10\u{2076} rows";

    square_metres_are_no_thirty_two:
        "<p>The room has 23 m<sup>2</sup>, the hall 105 m<sup>2</sup>.</p>"
        => "The room has 23 m^2, the hall 105 m^2." | "The room has 23 m\u{b2}, the hall 105 m\u{b2}.";

    a_negative_exponent_keeps_its_sign: "<div>At most 5&times;10<sup>-3</sup> mol</div>"
        => "At most 5x10^-3 mol" | "At most 5\u{d7}10^-3 mol" | "At most 5\u{d7}10\u{207b}\u{b3} mol"
        | "At most 5x10\u{207b}\u{b3} mol";

    a_footnotes_number_is_not_part_of_the_price: "<p>Only &euro;49<sup>1</sup> a month</p>"
        => "Only €49^1 a month" | "Only €49\u{b9} a month" | "Only €49 (1) a month"
        | "Only €49 [1] a month" | "Only €49(1) a month" | "Only €49[1] a month";

    a_power_of_two_in_bold_is_one: "<p>It holds <b>2<sup>10</sup></b> entries.</p>"
        => "It holds 2^10 entries." | "It holds 2\u{b9}\u{2070} entries.";

    the_index_of_a_formula_may_stand_on_the_line: "<p>CO<sub>2</sub> and H<sub>2</sub>O</p>"
        => "CO2 and H2O" | "CO\u{2082} and H\u{2082}O" | "CO_2 and H_2O";

    an_ordinals_letters_need_no_mark: "<p>See you on the 3<sup>rd</sup> of May</p>"
        => "See you on the 3rd of May";

    a_trade_mark_needs_no_mark: "<p>Use the Foo<sup>TM</sup> app</p>"
        => "Use the FooTM app" | "Use the Foo\u{2122} app" | "Use the Foo(TM) app" | "Use the Foo TM app";
}

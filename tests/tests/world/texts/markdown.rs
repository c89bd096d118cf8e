//! The marks of Markdown do not reach the phone; what merely looks like them stays.

use super::{examples, texted};

#[test]
fn a_link_by_reference_is_told_with_its_address() {
    e2e::case!(async {
        let read = texted("Read the [guide][1] first.\n\n[1]: https://x.example/guide").text;
        assert!(read.starts_with("Read the guide"), "{read:?}");
        assert_eq!(
            read.matches("https://x.example/guide").count(),
            1,
            "{read:?}"
        );
        assert!(!read.contains("[1]"), "{read:?}");
    });
}

examples! {
    emphasis_and_code_are_read_without_their_marks: "**Important:** use this code: `1234`"
        => "Important: use this code: 1234";

    underscores_around_words_are_emphasis: "Please _do not_ restart it, __really__."
        => "Please do not restart it, really.";

    a_heading_is_a_line: "## Your order\nIt left today." => "Your order\nIt left today." | "Your order\n\nIt left today.";

    what_was_escaped_is_read_as_it_was_typed: "1\\. Press \\*any\\* key \\_now\\_"
        => "1. Press *any* key _now_";

    a_rule_between_two_paragraphs_is_no_text: "Hello\n\n---\n\nGoodbye" => "Hello\n\nGoodbye" | "Hello\nGoodbye";

    a_rule_of_stars_is_no_text: "Hello\n\n***\n\nGoodbye" => "Hello\n\nGoodbye" | "Hello\nGoodbye";

    a_fenced_block_is_read_without_its_fence: "Run this:\n```\nreset all\n```\nand wait"
        => "Run this:\nreset all\nand wait" | "Run this:\n\nreset all\n\nand wait";

    a_quotation_mark_of_code_in_code_is_read: "Type ``a`b`` there" => "Type a`b there";

    bold_and_italic_at_once_is_read: "This is ***final***." => "This is final.";

    names_of_files_and_identifiers_stay: "Set snake_case_name in file__name.txt and __init__.py"
        => "Set snake_case_name in file__name.txt and __init__.py";

    arithmetic_stays: "5 * 3 * 2 = 30, and 2*3*4 = 24; 3 ~ 4 ~ 5" => "5 * 3 * 2 = 30, and 2*3*4 = 24; 3 ~ 4 ~ 5";

    a_number_sign_within_a_line_stays: "Order #12345 is #1 on our list\n#12 is next"
        => "Order #12345 is #1 on our list\n#12 is next";

    a_path_of_windows_stays: "Open C:\\Users\\ana\\file.txt" => "Open C:\\Users\\ana\\file.txt";

    a_mask_of_a_number_stays: "Your card ends in **** 1234" => "Your card ends in **** 1234";

    an_address_with_underscores_stays: "See https://x.example/a_b_c/_d_?q=*x*" => "See https://x.example/a_b_c/_d_?q=*x*";
}

//! Ordered lists keep their numbers.

use super::examples;

examples! {
    a_list_that_starts_later_does: "<p>Now:</p><ol start=\"3\"><li>Press A</li><li>Press B</li></ol>"
        => "Now:\n\n3. Press A\n4. Press B" | "Now:\n3. Press A\n4. Press B";

    an_item_with_a_number_of_its_own_has_it: "<ol><li>One</li><li value=\"7\">Seven</li><li>Eight</li></ol>"
        => "1. One\n7. Seven\n8. Eight";

    a_list_of_letters_has_letters: "<ol type=\"a\"><li>Red</li><li>Blue</li></ol>" => "a. Red\nb. Blue" | "a) Red\nb) Blue";

    a_list_of_roman_numbers_has_them: "<ol type=\"I\" start=\"3\"><li>Red</li><li>Blue</li></ol>"
        => "III. Red\nIV. Blue" | "III) Red\nIV) Blue";

    a_reversed_list_counts_down: "<ol reversed><li>Ready</li><li>Steady</li><li>Go</li></ol>"
        => "3. Ready\n2. Steady\n1. Go";
}

//! Character references are read where no element shows that the text is HTML.

use super::examples;

examples! {
    a_plain_text_is_read_through_its_references:
        "Don&#39;t worry,&nbsp;all is &quot;fine&quot; &amp; paid"
        => "Don't worry, all is \"fine\" & paid";

    comparisons_are_read: "It works if 5 &lt; x &amp;&amp; x &gt; 3" => "It works if 5 < x && x > 3";

    hexadecimal_and_currency_references_are_read: "It&#x27;s &euro;20, &pound;18 or &#8364;21"
        => "It's €20, £18 or €21";

    letters_of_a_name_are_read: "Caf&eacute; M&uuml;ller, Malm&ouml;" => "Café Müller, Malmö";

    dashes_and_dots_are_read_and_stay_cheap: "Open 9&ndash;17 h&hellip; see you&rsquo;re welcome"
        => "Open 9-17 h... see you're welcome";

    a_reference_that_was_escaped_twice_is_read_once: "Terms &amp;amp; conditions apply"
        => "Terms &amp; conditions apply" | "Terms & conditions apply";

    an_ampersand_in_a_name_stays: "AT&T, R&D and B&Q are closed; Q&A at 5" => "AT&T, R&D and B&Q are closed; Q&A at 5";

    an_address_with_parameters_stays: "See https://x.example/?a=1&copy=2&lt=3&reg=4 today"
        => "See https://x.example/?a=1&copy=2&lt=3&reg=4 today";

    a_word_about_references_stays: "Write `&amp;` for the sign and `&lt;` for less"
        => "Write &amp; for the sign and &lt; for less" | "Write `&amp;` for the sign and `&lt;` for less";

    what_is_no_reference_stays: "Tom &amper; Jerry &#xZZ; &;" => "Tom &amper; Jerry &#xZZ; &;";
}

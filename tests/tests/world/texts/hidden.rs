//! What the agent's screen does not show is not texted.

use super::examples;

examples! {
    an_element_that_is_not_displayed_is_not_read:
        "<div>Hello<span style=\"display:none\">secret reference 4711</span> Ana</div>" => "Hello Ana";

    a_preheader_is_not_read:
        "<div style=\"display: none; max-height:0; overflow:hidden\">Your weekly news</div><p>Hello Ana</p>" => "Hello Ana";

    a_hidden_attribute_hides: "<p hidden>internal</p><p>Hello Ana</p>" => "Hello Ana";

    what_is_invisible_is_not_read: "<p>Hello<span style='visibility:hidden'> x-track</span> Ana</p>" => "Hello Ana";

    an_office_island_is_not_read:
        "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--><p>Hello Ana</p>"
        => "Hello Ana";

    the_xml_of_word_is_not_read:
        "<xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><p>Hello Ana</p>"
        => "Hello Ana";

    a_comment_is_not_read: "<p>Hello <!-- ask legal first -->Ana</p>" => "Hello Ana";

    a_style_that_only_looks_hidden_is_read: "<p style=\"font-family:display; color:none\">Hello Ana</p>" => "Hello Ana";
}

//! What nobody sees on the screen is not texted.

use super::reads;

#[test]
fn hidden_elements_are_left_out() {
    reads(&[
        ("<div style=\"display:none\">preview</div><p>Hi</p>", "Hi"),
        (
            "<div style=\"DISPLAY : NONE !important; max-height:0\">preview<div>x</div>y</div><p>Hi</p>",
            "Hi",
        ),
        ("<p>a <span style='visibility:hidden'>b</span> c</p>", "a c"),
        ("<p>a <span style=\"font-size:0\">b</span> c</p>", "a c"),
        (
            "<p>a <span style=\"font-size:0px;line-height:0\">b</span> c</p>",
            "a c",
        ),
        ("<p>a <span style=\"mso-hide:all\">b</span> c</p>", "a c"),
        ("<p hidden>a</p><p>b</p>", "b"),
        ("<p>x <img hidden alt='logo' src=i> y</p>", "x y"),
        (
            "<p>x <img style='display:none' alt=pixel src=i> y</p>",
            "x y",
        ),
        (
            "<div style='max-height:0;overflow:hidden'>preview &zwnj;&nbsp;&zwnj;&nbsp;</div><p>Hi</p>",
            "Hi",
        ),
        ("<div style='opacity:0'>x</div><p>Hi</p>", "Hi"),
        (
            "<div class=\"preheader\">Your ticket was updated</div><p>Hi</p>",
            "Hi",
        ),
        ("<div><p hidden>a<p>b</div>", "b"),
        ("<div><span style='display:none'>a</div><p>b</p>", "b"),
        ("<ul><li hidden>a<li>b</ul>", "- b"),
        (
            "<table><tr><td style='display:none'>a<td>b</tr></table>",
            "b",
        ),
    ]);
}

#[test]
fn what_is_seen_stays() {
    reads(&[
        ("<p style='font-size:0.9em'>a</p>", "a"),
        ("<p style='font-size:08pt'>a</p>", "a"),
        ("<p style='display:block;visibility:visible'>a</p>", "a"),
        ("<p style='opacity:0.8'>a</p>", "a"),
        ("<p style='max-height:0.5em'>a</p>", "a"),
        ("<p aria-hidden=true>a</p>", "a"),
        ("<p style=\"background:url('display:none')\">a</p>", "a"),
        (
            "<p title='display:none' data-style='display:none'>a</p>",
            "a",
        ),
        ("<p style='--x:none;display:'>a</p>", "a"),
        (
            "<div style='font-size:0'><span style='font-size:14px'>a</span></div>",
            "a",
        ),
        (
            "<div style='visibility:hidden'><b style='visibility:visible'>a</b>b</div><p>c</p>",
            "a\n\nc",
        ),
    ]);
}

#[test]
fn scripts_comments_and_islands_are_left_out() {
    reads(&[
        (
            "<p>a</p><script>b<p>c</script><style>d</style><p>e</p>",
            "a\n\ne",
        ),
        ("<p>x<!-- y -->z</p>", "xz"),
        (
            "<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--><p>Hi</p>",
            "Hi",
        ),
        ("<!--[if !mso]><!--><p>Hi</p><!--<![endif]-->", "Hi"),
        ("<![if !mso]><p>Hi</p><![endif]>", "Hi"),
        (
            "<xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><p>Hi</p>",
            "Hi",
        ),
        ("<p class=MsoNormal>Hi<o:p>&nbsp;</o:p></p>", "Hi"),
        (
            "<html><head><title>T</title><meta name=x content=y></head><body><p>Hi</p></body></html>",
            "Hi",
        ),
        ("<p>Hi</p><template><p>x</p></template>", "Hi"),
        (
            "<p>Hi</p><svg><title>icon</title><desc>an icon</desc></svg>",
            "Hi",
        ),
        (
            "<p>Hi</p><iframe src=x>no frames</iframe><object>x</object>",
            "Hi",
        ),
        (
            "<p>Hi <select><option>x</option></select> <textarea>y</textarea></p>",
            "Hi",
        ),
        (
            "<p>Hi</p><video><p>no video</p></video><audio>no</audio>",
            "Hi",
        ),
    ]);
}

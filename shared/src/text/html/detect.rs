//! Whether a text is HTML. In doubt not: an agent may well write about `<b>`.

/// Elements of which a comment may be made, and that are closed.
const CLOSED: &[&str] = &[
    "p",
    "div",
    "span",
    "a",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "strike",
    "del",
    "ins",
    "small",
    "sub",
    "sup",
    "font",
    "center",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "caption",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "figure",
    "figcaption",
    "address",
    "html",
    "body",
];

/// Whether a text is HTML: somewhere it opens an element and closes it, or breaks a line.
///
/// A tag that stands between spaces, quotes or the like is a word of the text ("use <br> here"), unless
/// the text is HTML from its beginning to its end.
pub fn is_html(text: &str) -> bool {
    let text = text.trim();
    if text.contains("```") {
        return false;
    }
    let wrapped = text.starts_with('<') && text.ends_with('>');
    let mut opened = 0_u64;
    let mut from = 0;
    while let Some(at) = text[from..].find('<') {
        let start = from + at;
        from = start + 1;
        let Some(tag) = Tag::at(text, start) else {
            continue;
        };
        if !wrapped && tag.end.is_some_and(|end| is_word(text, start, end)) {
            continue;
        }
        if tag.name.eq_ignore_ascii_case("br") {
            return true;
        }
        let known = |name: &&str| name.eq_ignore_ascii_case(tag.name);
        let Some(index) = CLOSED.iter().position(known) else {
            continue;
        };
        if tag.closes && opened & (1 << index) != 0 {
            return true;
        }
        opened |= u64::from(!tag.closes) << index;
    }
    false
}

struct Tag<'t> {
    name: &'t str,
    closes: bool,
    /// Behind it, where it has no attributes.
    end: Option<usize>,
}

impl<'t> Tag<'t> {
    fn at(text: &'t str, start: usize) -> Option<Self> {
        let inner = &text[start + 1..];
        let closes = inner.starts_with('/');
        let inner = &inner[usize::from(closes)..];
        let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let name = &inner[..length];
        let rest = &inner[length..];
        let at = start + 1 + usize::from(closes) + length;
        let short = ["/>", ">", " />"]
            .into_iter()
            .find(|end| rest.starts_with(*end));
        let goes_on = rest.starts_with([' ', '\n', '\t', '\r']) && !closes && has_attribute(rest);
        (short.is_some() || goes_on).then_some(Self {
            name,
            closes,
            end: short.map(|end| at + end.len()),
        })
    }
}

/// Whether what follows a tag's name is an attribute: a letter, and soon an equals sign or the end.
fn has_attribute(rest: &str) -> bool {
    let rest = rest.trim_start();
    let name = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b':');
    let length = rest.bytes().take(64).take_while(name).count();
    length > 0 && rest[length..].trim_start().starts_with(['=', '>'])
}

/// Whether a tag stands in a text as a word does.
fn is_word(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let opens = |c: char| matches!(c, ' ' | '`' | '"' | '\'' | '(' | '“' | '‘' | '«' | '\u{a0}');
    let ends = |c: char| c.is_whitespace() || ".,;:!?`\"')”’»".contains(c);
    before.is_none_or(opens) && after.is_none_or(ends)
}

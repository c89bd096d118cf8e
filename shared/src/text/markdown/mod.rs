//! Markdown as an SMS can show it: the words stay, the marks go.
//!
//! A CommonMark parser says where the marks are. Only they are taken out of the text, so whatever is no
//! mark keeps its spaces and line ends. What the parser takes for a mark and a person would not, such as
//! the underscores of `__init__.py`, is decided in [`marks`].

mod entity;
mod marks;

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::link::{self, Told};
use super::struck;

/// From here on no more of a link's words is compared with its address, in bytes.
const MAX_SHOWN_BYTES: usize = 2_048;

/// A text without marks of Markdown, its entities read.
pub fn readable(text: &str) -> Cow<'_, str> {
    if may_hold(text, b"*_`~#[\\&<|") {
        Cow::Owned(Reader::new(text, false).read())
    } else {
        Cow::Borrowed(text)
    }
}

/// HTML without marks of Markdown: those between its blocks, where Markdown may stand beside tags.
pub(super) fn inside_html(html: &str) -> Cow<'_, str> {
    if may_hold(html, b"*_`~#[\\") {
        Cow::Owned(Reader::new(html, true).read())
    } else {
        Cow::Borrowed(html)
    }
}

fn may_hold(text: &str, marks: &[u8]) -> bool {
    text.bytes().any(|byte| marks.contains(&byte)) || text.contains("---") || text.contains("===")
}

/// A piece of the text, and what stands in its place.
struct Edit<'t> {
    range: Range<usize>,
    with: Cow<'t, str>,
    /// A paragraph's border goes with it: nothing is left of its lines.
    apart: bool,
}

/// A link or picture that is open.
struct Open<'t> {
    start: usize,
    address: CowStr<'t>,
    /// The reference's name, where its address stands elsewhere.
    reference: Option<CowStr<'t>>,
    /// What is shown of it.
    shown: String,
    picture: bool,
}

struct Reader<'t> {
    text: &'t str,
    /// The text is HTML and stays so.
    html: bool,
    entities: entity::Entities<'t>,
    edits: Vec<Edit<'t>>,
    links: Vec<Open<'t>>,
    /// Names of references that were told with their link.
    told: Vec<CowStr<'t>>,
    /// Where the last thing shown ended.
    end: usize,
    /// Where the open heading or fenced code begins, while nothing of it was shown yet.
    unshown: Option<usize>,
    fenced: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, html: bool) -> Self {
        Self {
            text,
            html,
            entities: entity::Entities::of(text),
            edits: Vec::new(),
            links: Vec::new(),
            told: Vec::new(),
            end: 0,
            unshown: None,
            fenced: false,
        }
    }

    fn read(mut self) -> String {
        let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
        let mut events = Parser::new_ext(self.text, options).into_offset_iter();
        for (event, range) in events.by_ref() {
            self.event(event, range);
        }
        let references = events.reference_definitions();
        for name in std::mem::take(&mut self.told) {
            if let Some(definition) = references.get(&name) {
                self.apart(definition.span.clone(), "\n\n");
            }
        }
        self.apply()
    }

    fn event(&mut self, event: Event<'t>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.close(tag, range),
            Event::Text(text) => self.text(&text, range),
            Event::Code(code) => self.code(code, range),
            Event::SoftBreak | Event::HardBreak => {
                self.hard_break(&range);
                self.end = range.end;
            }
            Event::Rule => self.apart(range, if self.html { "\n<hr>\n" } else { "\n\n" }),
            _ => self.shown(&range),
        }
    }

    fn start(&mut self, tag: Tag<'t>, range: Range<usize>) {
        match tag {
            Tag::Emphasis => self.marks(range, 1),
            Tag::Strong => self.marks(range, 2),
            Tag::Strikethrough if self.text[range.clone()].starts_with("~~") => {
                let with = if self.html { "<s></s>" } else { struck::SIGN };
                self.edit(range, with);
            }
            Tag::Link {
                link_type,
                dest_url,
                id,
                ..
            } => self.link(link_type, dest_url, id, range),
            Tag::Image {
                link_type,
                dest_url,
                id,
                ..
            } => {
                self.open(link_type, dest_url, id, range.start, true);
            }
            Tag::Heading { .. } => self.unshown = Some(range.start),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => {
                self.unshown = Some(range.start);
                self.fenced = true;
            }
            Tag::TableHead | Tag::TableRow => self.row(&range),
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => self.end = range.end,
            TagEnd::Heading(_) => self.end_heading(&range),
            TagEnd::CodeBlock if self.fenced => self.end_code(&range),
            TagEnd::Link | TagEnd::Image => self.end_link(range.end),
            TagEnd::TableHead => {
                // The line below the head is all marks.
                let line = self.text[range.end..].find('\n');
                let end = line.map_or(self.text.len(), |at| range.end + at + 1);
                self.edit(range.end..end, "");
            }
            _ => {}
        }
    }

    fn edit(&mut self, range: Range<usize>, with: impl Into<Cow<'t, str>>) {
        let with = with.into();
        self.edits.push(Edit {
            range,
            with,
            apart: false,
        });
    }

    fn apart(&mut self, range: Range<usize>, with: &'static str) {
        self.edits.push(Edit {
            range,
            with: with.into(),
            apart: true,
        });
    }

    /// Something of the text is shown here.
    fn shown(&mut self, range: &Range<usize>) {
        if let Some(start) = self.unshown.take() {
            self.edit(start..range.start, "");
        }
        self.end = range.end;
    }

    fn show_in_link(&mut self, text: &str) {
        if let Some(open) = self
            .links
            .last_mut()
            .filter(|open| open.shown.len() < MAX_SHOWN_BYTES)
        {
            open.shown.push_str(text);
        }
    }

    /// The marks around emphasis.
    fn marks(&mut self, range: Range<usize>, width: usize) {
        if marks::are_marks(self.text, &range, width) {
            self.edit(range.start..range.start + width, "");
            self.edit(range.end - width..range.end, "");
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        let before = self.end;
        self.shown(&range);
        self.show_in_link(text);
        let source = &self.text[range.clone()];
        if self.fenced {
            if self.html {
                self.edit(range, escaped(source));
            }
        } else if text != source {
            if !self.html && !self.entities.is_meant(&range, text) {
                self.edit(range, text.to_owned());
            }
        } else {
            if range.start > before && self.text[..range.start].ends_with('\\') {
                self.escape(range.start - 1);
            }
            self.apostrophes(&range);
        }
    }

    /// A backslash that only says that the next character is no mark.
    fn escape(&mut self, at: usize) {
        if !marks::is_escape(self.text, at) {
            return;
        }
        let with = match self.text.as_bytes().get(at + 1) {
            Some(b'<') if self.html => "&lt;",
            Some(b'&') if self.html => "&amp;",
            _ => return self.edit(at..at + 1, ""),
        };
        self.edit(at..at + 2, with);
    }

    fn hard_break(&mut self, range: &Range<usize>) {
        if self.text[range.clone()].starts_with('\\') {
            self.edit(range.start..range.start + 1, "");
        }
    }

    fn code(&mut self, code: CowStr<'t>, range: Range<usize>) {
        self.shown(&range);
        self.show_in_link(&code);
        if marks::is_code(self.text, range.start) {
            let code = self.written(&code);
            self.edit(range, code);
        } else {
            self.apostrophes(&range);
        }
    }

    /// Grave accents behind letters, which some keyboards write for apostrophes.
    fn apostrophes(&mut self, range: &Range<usize>) {
        for (at, _) in self.text[range.clone()].match_indices('`') {
            let at = range.start + at;
            if self.text[..at].ends_with(char::is_alphabetic) {
                self.edit(at..at + 1, "'");
            }
        }
    }

    fn end_heading(&mut self, range: &Range<usize>) {
        if self.unshown.take().is_some() {
            return;
        }
        let rest = &self.text[self.end..range.end];
        let marks = rest.trim_end_matches(['\n', '\r']);
        // A line of one or two signs below a text may as well be the text's.
        if !marks.trim_start().starts_with(['-', '=']) || marks.trim().len() > 2 {
            self.edit(self.end..self.end + marks.len(), "");
        }
    }

    fn end_code(&mut self, range: &Range<usize>) {
        self.fenced = false;
        let start = self
            .unshown
            .take()
            .unwrap_or(self.end)
            .clamp(range.start, range.end);
        let behind = usize::from(self.text[range.end..].starts_with('\n'));
        self.edit(start..range.end + behind, "");
    }

    fn row(&mut self, range: &Range<usize>) {
        let row = &self.text[range.clone()];
        let inner = row.trim_start_matches([' ', '\t', '|']);
        let start = range.start + row.len() - inner.len();
        self.edit(range.start..start, "");
        let end = start + inner.trim_end_matches([' ', '\t', '|', '\n', '\r']).len();
        let line = start + inner.trim_end_matches(['\n', '\r']).len();
        self.edit(end..line, "");
    }

    fn link(&mut self, kind: LinkType, address: CowStr<'t>, id: CowStr<'t>, range: Range<usize>) {
        match kind {
            LinkType::Autolink | LinkType::Email => self.autolink(kind, range),
            _ => self.open(kind, address, id, range.start, false),
        }
    }

    /// An address in angle brackets.
    fn autolink(&mut self, kind: LinkType, range: Range<usize>) {
        let address = &self.text[range.start + 1..range.end - 1];
        match kind {
            LinkType::Autolink if link::address(address).is_some() => {
                let address = self.written(address);
                self.edit(range, address);
            }
            _ if self.html => self.edit(range, format!("&lt;{}&gt;", escaped(address))),
            _ => {}
        }
    }

    fn open(
        &mut self,
        kind: LinkType,
        address: CowStr<'t>,
        id: CowStr<'t>,
        start: usize,
        picture: bool,
    ) {
        let inline = matches!(kind, LinkType::Inline);
        self.links.push(Open {
            start,
            address,
            reference: (!inline).then_some(id),
            shown: String::new(),
            picture,
        });
    }

    fn end_link(&mut self, end: usize) {
        // The empty brackets of a collapsed reference are not in its range.
        let end = if self.text[end..].starts_with("[]") {
            end + 2
        } else {
            end
        };
        let inner_end = std::mem::replace(&mut self.end, end);
        if !self.text[..end].ends_with([')', ']']) {
            return;
        }
        let Some(open) = self.links.pop() else { return };
        self.show_in_link(&open.shown);
        let Some(address) = link::address(&open.address) else {
            return;
        };
        let told = match open.picture && !self.links.is_empty() {
            true => Told::Nothing,
            false => address.told(&open.shown),
        };
        let inner = open.start + if open.picture { 2 } else { 1 };
        let tail = inner_end.clamp(inner, end);
        let addition = match told {
            Told::Instead => {
                let address = self.written(address.as_str());
                self.edit(open.start..end, address);
                String::new()
            }
            Told::Nothing => String::new(),
            Told::After(addition) => self.written(&addition),
        };
        self.edit(open.start..inner, "");
        let glued =
            self.text[end..].starts_with(|c: char| c.is_alphanumeric() || "[!<".contains(c));
        let space = if glued && !addition.is_empty() {
            " "
        } else {
            ""
        };
        self.edit(tail..end, addition + space);
        self.told.extend(open.reference);
    }

    fn written(&self, text: &str) -> String {
        if self.html {
            escaped(text)
        } else {
            text.to_owned()
        }
    }

    fn apply(mut self) -> String {
        self.edits.sort_by_key(|edit| edit.range.start);
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for edit in &self.edits {
            if edit.range.start < at || edit.range.end < edit.range.start {
                continue;
            }
            out.push_str(&self.text[at..edit.range.start]);
            at = edit.range.end;
            if edit.apart {
                out.truncate(out.trim_end().len());
                if !out.is_empty() {
                    out.push_str(&edit.with);
                }
                let rest = &self.text[at..];
                at += rest.len() - rest.trim_start_matches(['\n', '\r']).len();
            } else {
                out.push_str(&edit.with);
            }
        }
        out.push_str(&self.text[at..]);
        marks::without_strays(out)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

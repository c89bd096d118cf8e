//! Markdown as an SMS can show it: the words stay, the marks go.
//!
//! A CommonMark parser says where the marks are. Only they are taken out of the text, so whatever is no
//! mark keeps its spaces and line ends. What the parser takes for a mark and a person would not, such as
//! the underscores of `__init__.py`, is decided in [`marks`].

mod edits;
mod entity;
mod links;
mod marks;

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use super::struck;
use edits::Edits;
use entity::Entities;
use links::{Links, Open};

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
    let lines = [*b"---", *b"===", *b"- -"];
    let bytes = text.as_bytes();
    bytes.iter().any(|byte| marks.contains(byte))
        || bytes
            .windows(3)
            .any(|three| lines.iter().any(|line| line == three))
}

struct Reader<'t> {
    text: &'t str,
    edits: Edits<'t>,
    entities: Entities<'t>,
    signs: marks::Signs,
    links: Links<'t>,
    /// Where the last thing shown ended.
    end: usize,
    /// Where the open heading or fenced code begins, while nothing of it was shown yet.
    unshown: Option<usize>,
    fenced: bool,
    /// Where the last entity ended that was escaped twice.
    twice: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, html: bool) -> Self {
        Self {
            text,
            edits: Edits::of(text, html),
            entities: Entities::of(text),
            signs: marks::Signs::of(text),
            links: Links::default(),
            end: 0,
            unshown: None,
            fenced: false,
            twice: 0,
        }
    }

    fn read(mut self) -> String {
        let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
        let mut events = Parser::new_ext(self.text, options).into_offset_iter();
        for (event, range) in events.by_ref() {
            self.event(event, range);
        }
        let references = events.reference_definitions();
        for definition in self
            .links
            .told
            .iter()
            .filter_map(|name| references.get(name))
        {
            self.edits.replace_block(definition.span.clone(), "\n\n");
        }
        marks::without_strays(self.edits.apply())
    }

    fn event(&mut self, event: Event<'t>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.close(tag, range),
            Event::Text(text) => self.text(text, range),
            Event::Code(code) => self.code(&code, range),
            Event::SoftBreak | Event::HardBreak => {
                if self.text[range.clone()].starts_with('\\') {
                    self.edits.replace(range.start..range.start + 1, "");
                }
                self.end = range.end;
            }
            Event::Rule => {
                let with = if self.edits.html { "\n<hr>\n" } else { "\n\n" };
                self.edits.replace_block(range, with);
            }
            _ => self.shown(&range),
        }
    }

    fn start(&mut self, tag: Tag<'t>, range: Range<usize>) {
        match tag {
            Tag::Emphasis => self.marks(range, 1),
            Tag::Strong => self.marks(range, 2),
            Tag::Strikethrough if marks::strike(self.text, &range) => {
                let with = if self.edits.html {
                    "<s></s>"
                } else {
                    struck::SIGN
                };
                self.edits.replace(range, with);
            }
            Tag::Link {
                link_type,
                dest_url,
                id,
                ..
            } => {
                links::auto(link_type, range.clone(), &mut self.edits);
                self.links.begin(Open {
                    kind: link_type,
                    address: dest_url,
                    name: id,
                    picture: false,
                    start: range.start,
                    shown: String::new(),
                });
            }
            Tag::Image {
                link_type,
                dest_url,
                id,
                ..
            } => self.links.begin(Open {
                kind: link_type,
                address: dest_url,
                name: id,
                picture: true,
                start: range.start,
                shown: String::new(),
            }),
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
            TagEnd::Link | TagEnd::Image => {
                // The empty brackets of a collapsed reference are not in its range.
                let empty = self.text[range.end..].starts_with("[]");
                let end = range.end + if empty { 2 } else { 0 };
                let shown_end = std::mem::replace(&mut self.end, end);
                self.links.end(shown_end, end, &mut self.edits);
            }
            TagEnd::TableHead => {
                // The line below the head is all marks.
                let line = self.text[range.end..].find('\n');
                let end = line.map_or(self.text.len(), |at| range.end + at + 1);
                self.edits.replace(range.end..end, "");
            }
            _ => {}
        }
    }

    /// Something of the text is shown here.
    fn shown(&mut self, range: &Range<usize>) {
        if let Some(start) = self.unshown.take() {
            self.edits.replace(start..range.start, "");
        }
        self.end = range.end;
    }

    /// The marks around emphasis.
    fn marks(&mut self, range: Range<usize>, width: usize) {
        if marks::are_marks(self.text, self.signs, &range, width) {
            self.edits.replace(range.start..range.start + width, "");
            self.edits.replace(range.end - width..range.end, "");
        }
    }

    fn text(&mut self, text: CowStr<'t>, range: Range<usize>) {
        let before = self.end;
        self.shown(&range);
        self.links.show(&text);
        let source = &self.text[range.clone()];
        if self.fenced {
            self.edits.write(range, source);
            return;
        }
        if *text != *source {
            if !self.edits.html && !self.entities.is_meant(&range, &text) {
                self.entity(range, text);
            }
            return;
        }
        if range.start > before && self.text[..range.start].ends_with('\\') {
            self.escape(range.start - 1);
        }
        self.apostrophes(&range);
    }

    /// An entity that stands for its character; one that was escaped twice stands for it all the same.
    fn entity(&mut self, range: Range<usize>, text: CowStr<'t>) {
        let glued = self.twice == range.start && self.twice > 0;
        let twice = || entity::twice(self.text, &range, glued);
        match (&*text == "&").then(twice).flatten() {
            Some((end, character)) => {
                self.twice = end;
                self.edits.replace(range.start..end, character);
            }
            None => self.edits.replace(range, text),
        }
    }

    /// A backslash that only says that the next character is no mark.
    fn escape(&mut self, at: usize) {
        if marks::is_escape(self.text, self.signs, at) {
            let escaped = self.text[at + 1..].chars().next();
            let end = at + 1 + escaped.map_or(0, char::len_utf8);
            self.edits.write(at..end, &self.text[at + 1..end]);
        }
    }

    fn code(&mut self, code: &str, range: Range<usize>) {
        self.shown(&range);
        self.links.show(code);
        if marks::is_code(self.text, range.start) {
            self.edits.write(range, code);
        } else {
            self.apostrophes(&range);
        }
    }

    /// Grave accents behind letters, which some keyboards write for apostrophes.
    fn apostrophes(&mut self, range: &Range<usize>) {
        if !self.signs.grave {
            return;
        }
        for (at, _) in self.text[range.clone()].match_indices('`') {
            let at = range.start + at;
            if self.text[..at].ends_with(char::is_alphabetic) {
                self.edits.replace(at..at + 1, "'");
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
        let is_line = marks.trim_start().starts_with(['-', '=']);
        if !is_line || marks.trim().len() > 2 {
            self.edits.replace(self.end..self.end + marks.len(), "");
        }
    }

    fn end_code(&mut self, range: &Range<usize>) {
        self.fenced = false;
        let start = self.unshown.take().unwrap_or(self.end);
        let line_end = usize::from(self.text[range.end..].starts_with('\n'));
        let start = start.clamp(range.start, range.end);
        self.edits.replace(start..range.end + line_end, "");
    }

    /// The bars around a row of a table.
    fn row(&mut self, range: &Range<usize>) {
        let row = &self.text[range.clone()];
        let inner = row.trim_start_matches([' ', '\t', '|']);
        let start = range.start + row.len() - inner.len();
        let end = start + inner.trim_end_matches([' ', '\t', '|', '\n', '\r']).len();
        let line_end = start + inner.trim_end_matches(['\n', '\r']).len();
        self.edits.replace(range.start..start, "");
        self.edits.replace(end..line_end, "");
    }
}

//! What is taken out of a text, and what is put in its place.

use std::ops::Range;

use pulldown_cmark::CowStr;

/// A piece of the text, and what stands in its place.
struct Edit<'t> {
    range: Range<usize>,
    with: CowStr<'t>,
    /// A paragraph's border goes with it: nothing is left of its lines.
    apart: bool,
}

/// The changes to a text, in any order; of two that overlap the one that begins first counts.
pub(super) struct Edits<'t> {
    pub(super) text: &'t str,
    /// The text is HTML and stays so.
    pub(super) html: bool,
    edits: Vec<Edit<'t>>,
}

impl<'t> Edits<'t> {
    pub(super) fn of(text: &'t str, html: bool) -> Self {
        let edits = Vec::new();
        Self { text, html, edits }
    }

    /// A piece is replaced.
    pub(super) fn replace(&mut self, range: Range<usize>, with: impl Into<CowStr<'t>>) {
        let with = with.into();
        let apart = false;
        self.edits.push(Edit { range, with, apart });
    }

    /// A piece is replaced by words that are not read as HTML again.
    pub(super) fn write(&mut self, range: Range<usize>, words: &str) {
        let words = self.written(words);
        self.replace(range, words);
    }

    /// A block is replaced, with the empty lines around it.
    pub(super) fn replace_block(&mut self, range: Range<usize>, with: &'static str) {
        let with = with.into();
        let apart = true;
        self.edits.push(Edit { range, with, apart });
    }

    /// Words as they are written into this text.
    pub(super) fn written(&self, words: &str) -> String {
        if self.html {
            words.replace('&', "&amp;").replace('<', "&lt;")
        } else {
            words.to_owned()
        }
    }

    /// The text with all changes.
    pub(super) fn apply(mut self) -> String {
        self.edits.sort_by_key(|edit| edit.range.start);
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for Edit { range, with, apart } in &self.edits {
            if range.start < at || range.end < range.start {
                continue;
            }
            out.push_str(&self.text[at..range.start]);
            at = range.end;
            if *apart {
                out.truncate(out.trim_end().len());
                let rest = &self.text[at..];
                at += rest.len() - rest.trim_start_matches(['\n', '\r']).len();
            }
            if !(*apart && out.is_empty()) {
                out.push_str(with);
            }
        }
        out.push_str(&self.text[at..]);
        out
    }
}

//! Lines of text as they are put together: white space collapsed, borders between paragraphs once.

/// Deepest quotation that is marked.
const MAX_QUOTES: usize = 8;

/// How far back it is looked at what a raised or lowered text stands behind, in bytes.
const REACH: usize = 128;

/// Longest row of several cells that is put onto one line, in bytes.
const MAX_ROW: usize = 160;

/// The text so far, and what stands between it and the next piece.
#[derive(Debug, Default)]
pub(super) struct Lines {
    text: String,
    /// Line ends to write before the next piece.
    breaks: usize,
    /// A space to write before the next piece.
    space: bool,
    /// What the next line begins with.
    mark: String,
    quotes: usize,
    preformatted: usize,
    /// No-break spaces at the start of a line, so far all there is of it.
    blanks: usize,
    /// A table's cell begins: no border before its text.
    cell: bool,
    /// Where the row begins.
    row: usize,
    /// What was written last must not run into what follows.
    apart: Apart,
}

/// What the end of the text must be kept apart from.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Apart {
    #[default]
    Nothing,
    /// It is a number: from another figure.
    Figure,
    /// It is an address: from everything but punctuation.
    Address,
}

impl Apart {
    fn is_from(self, piece: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Figure => piece.starts_with(char::is_numeric),
            Self::Address => {
                !piece.starts_with(|c: char| c.is_whitespace() || ".,;:!?)]}>\"'”’»…".contains(c))
            }
        }
    }
}

/// The end of a text's last line, as far as what follows it may depend on it.
fn end_of_line(text: &str) -> &str {
    let mut from = text.len().saturating_sub(REACH);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text[from..].rsplit('\n').next().unwrap_or_default()
}

impl Lines {
    /// Text: white space runs are one space, but in preformatted text. `lines`: its lines stay.
    pub(super) fn text(&mut self, text: &str, lines: bool) {
        if self.preformatted > 0 {
            for (index, line) in text.split('\n').enumerate() {
                if index > 0 {
                    self.end_line();
                }
                if !line.is_empty() {
                    self.write(line.trim_end_matches('\r'));
                }
            }
            return;
        }
        if lines && text.contains('\n') && text.contains(|c: char| !c.is_whitespace()) {
            self.lines(text);
        } else {
            self.line(text);
        }
    }

    /// Text outside of all blocks.
    fn lines(&mut self, text: &str) {
        let mut ends = 0;
        for line in text.split_inclusive('\n') {
            if !line.trim().is_empty() {
                self.borders(ends);
                ends = 0;
                self.line(line);
            }
            ends += usize::from(line.ends_with('\n'));
        }
        self.borders(ends);
    }

    fn borders(&mut self, ends: usize) {
        if ends > 0 {
            self.border(ends.min(2));
        }
    }

    fn line(&mut self, text: &str) {
        let at_start = self.breaks > 0 || self.text.is_empty();
        if at_start && !text.is_empty() && text.chars().all(|c| c == '\u{a0}') {
            self.blanks += text.chars().count();
            return;
        }
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
        if text.starts_with(blank) {
            self.space = true;
        }
        for word in text.split(blank).filter(|word| !word.is_empty()) {
            self.write(word);
            self.space = true;
        }
        self.space &= text.ends_with(blank);
    }

    /// A quotation within a line ends: its mark stands with its last word.
    pub(super) fn close_quotation(&mut self) {
        self.space = false;
        self.text("\"", false);
    }

    /// The line ends here, be it empty.
    pub(super) fn end_line(&mut self) {
        if !self.cell {
            self.end_blank();
            self.breaks += 1;
            self.space = false;
        }
    }

    /// What follows is on a line of its own.
    pub(super) fn new_line(&mut self) {
        self.border(1);
    }

    /// What follows is a paragraph of its own.
    pub(super) fn paragraph(&mut self) {
        self.border(2);
    }

    fn border(&mut self, breaks: usize) {
        if !self.cell {
            self.end_blank();
            self.breaks = self.breaks.max(breaks);
            self.space = false;
        }
    }

    /// A line of nothing but no-break spaces is an empty one.
    fn end_blank(&mut self) {
        if std::mem::take(&mut self.blanks) > 0 {
            self.breaks = self.breaks.max(2);
        }
    }

    /// A table's cell begins: what it begins with goes on where its row is.
    pub(super) fn cell(&mut self) {
        self.cell = true;
    }

    /// The cell ends.
    pub(super) fn end_cell(&mut self) {
        self.cell = false;
    }

    /// A table's row begins.
    pub(super) fn row(&mut self) {
        self.cell = false;
        self.new_line();
        self.row = self.text.len();
    }

    /// A row of several cells ends: where it is short, the lines of its cells are one. Paragraphs, items and
    /// quotations stay what they are.
    pub(super) fn end_row(&mut self) {
        let row = self.text.get(self.row..).unwrap_or_default();
        let start = self.text.len() - row.trim_start_matches('\n').len();
        let row = &self.text[start..];
        let blocks = ["\n\n", "\n- ", "\n> "];
        if row.len() <= MAX_ROW && !blocks.iter().any(|block| row.contains(block)) {
            let line = row.replace('\n', " ");
            self.text.truncate(start);
            self.text.push_str(&line);
        }
    }

    /// The cell ends, and the next one of its row follows on the same line.
    pub(super) fn join(&mut self) {
        self.cell = false;
        self.blanks = 0;
        if self.text.len() > self.row {
            self.breaks = 0;
        }
    }

    /// The border of a block: paragraphs stand apart, other blocks on lines of their own.
    pub(super) fn boundary(&mut self, name: &[u8]) {
        match name {
            b"p" | b"table" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => self.paragraph(),
            _ => self.new_line(),
        }
    }

    /// A quotation begins or ends.
    pub(super) fn quote(&mut self, begins: bool) {
        self.paragraph();
        self.quotes = if begins {
            self.quotes + 1
        } else {
            self.quotes.saturating_sub(1)
        };
    }

    /// Preformatted text begins or ends.
    pub(super) fn preformatted(&mut self, begins: bool) {
        self.paragraph();
        self.preformatted = if begins {
            self.preformatted + 1
        } else {
            self.preformatted.saturating_sub(1)
        };
    }

    /// What the next line begins with, if anything follows.
    pub(super) fn begin_with(&mut self, mark: String) {
        self.mark = mark;
    }

    /// Where the text ends now, for [`Lines::since`] and [`Lines::rewrite`].
    pub(super) fn mark(&self) -> usize {
        self.text.len()
    }

    /// What was written since.
    pub(super) fn since(&self, mark: usize) -> &str {
        self.text.get(mark..).unwrap_or_default().trim()
    }

    /// Writes what was written since in another way: of the text before it, and it itself.
    pub(super) fn rewrite(&mut self, mark: usize, write: impl FnOnce(&str, &str) -> String) {
        let written = self.text.get(mark..).unwrap_or_default();
        if written.is_empty() {
            return;
        }
        let inner = written.trim_start();
        let start = self.text.len() - inner.len();
        let inner = inner.trim_end();
        // White space before it, or a line's mark, is no text that it belongs to.
        let before = if start == mark {
            end_of_line(&self.text[..mark])
        } else {
            ""
        };
        let rewritten = write(before, inner);
        self.text.truncate(start);
        self.text.push_str(&rewritten);
    }

    /// The text so far ends in a number.
    pub(super) fn end_figure(&mut self) {
        if self.text.ends_with(char::is_numeric) {
            self.apart = Apart::Figure;
        }
    }

    /// The text so far ends in an address.
    pub(super) fn end_address(&mut self) {
        self.apart = Apart::Address;
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    fn write(&mut self, piece: &str) {
        let fresh = self.text.is_empty();
        if !fresh {
            for _ in 0..self.breaks {
                self.text.push('\n');
            }
        }
        if fresh || self.breaks > 0 {
            self.text
                .push_str(&"> ".repeat(self.quotes.min(MAX_QUOTES)));
            self.space = false;
        }
        if self.space || (self.breaks == 0 && self.apart.is_from(piece)) {
            self.text.push(' ');
        }
        self.apart = Apart::Nothing;
        self.text.push_str(&std::mem::take(&mut self.mark));
        for _ in 0..std::mem::take(&mut self.blanks) {
            self.text.push('\u{a0}');
        }
        self.text.push_str(piece);
        self.cell = false;
        self.breaks = 0;
        self.space = false;
    }
}

//! Items of a list that Word and Outlook write as paragraphs, with the bullet as text of another font.

/// Longest bullet or number kept, in bytes.
const MAX_BULLET_BYTES: usize = 24;

/// Deepest level that is indented.
const MAX_LEVEL: usize = 9;

/// A paragraph that is an item.
pub(super) struct Item {
    level: usize,
    bullet: String,
    /// Spans that are open within the one that holds the bullet, itself included.
    spans: usize,
}

impl Item {
    pub(super) fn new(level: usize) -> Self {
        Self {
            level: level.clamp(1, MAX_LEVEL),
            bullet: String::new(),
            spans: 0,
        }
    }

    /// Whether text is the bullet's.
    pub(super) fn reads_bullet(&self) -> bool {
        self.spans > 0
    }

    pub(super) fn bullet(&mut self, text: &str) {
        if self.bullet.len() < MAX_BULLET_BYTES {
            self.bullet.push_str(text.trim());
        }
    }

    /// A span begins, perhaps the one that holds the bullet.
    pub(super) fn span(&mut self, bullet: bool) {
        if self.spans > 0 || (bullet && self.bullet.is_empty()) {
            self.spans += 1;
        }
    }

    /// A span ends; where it is the bullet's, this is what the item begins with.
    pub(super) fn end_span(&mut self) -> Option<String> {
        self.spans = self.spans.checked_sub(1)?;
        if self.spans > 0 {
            return None;
        }
        let indent = "  ".repeat(self.level - 1);
        let number = self.bullet.trim();
        let is_number = number.ends_with(['.', ')']) && number.contains(char::is_alphanumeric);
        Some(format!("{indent}{} ", if is_number { number } else { "-" }))
    }
}

//! Rust source as text: string literals, and the arguments of calls.

use std::fs;
use std::path::Path;

use local::binaries::workspace_root;

/// The sources below a folder of the repository, without tests: path and text, by path.
pub fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&workspace_root().join(folder), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "tests" | "memory") {
                collect(&path, found);
            }
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "test_support.rs"
        {
            let text = fs::read_to_string(&path).expect("text");
            let code = text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            let shown = path.strip_prefix(workspace_root()).unwrap_or(&path);
            found.push((shown.display().to_string(), code.to_owned()));
        }
    }
}

/// The arguments of every call or variant whose name and bracket are `opening`, such as `ignored(`.
pub fn arguments<'s>(source: &'s str, opening: &str) -> Vec<&'s str> {
    let mut found = Vec::new();
    let mut reader = Reader::new(source);
    while let Some(at) = reader.next_code() {
        let is_word = source[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_');
        if source[at..].starts_with(opening) && !is_word {
            let begin = at + opening.len();
            found.push(&source[begin..closing(source, begin)]);
        }
    }
    found
}

/// Where the bracket that is open at `begin` closes.
fn closing(source: &str, begin: usize) -> usize {
    let mut depth = 1_usize;
    let mut reader = Reader::new(source);
    reader.at = begin;
    while let Some(at) = reader.next_code() {
        match source.as_bytes()[at] {
            b'(' => depth += 1,
            b')' if depth == 1 => return at,
            b')' => depth -= 1,
            _ => {}
        }
    }
    source.len()
}

/// The string literals of a piece of source, as they read at run time.
pub fn literals(source: &str) -> Vec<String> {
    let mut reader = Reader::new(source);
    while reader.next_code().is_some() {}
    reader.literals
}

/// The string literals that are values of a struct's fields, by the field's name.
pub fn fields(source: &str) -> Vec<(String, String)> {
    let (mut reader, mut code, mut found) = (Reader::new(source), String::new(), Vec::new());
    loop {
        let next = reader.next_code();
        for literal in reader.literals.drain(..) {
            let name = code.trim_end().trim_end_matches(':');
            let name = name
                .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
                .next();
            found.push((name.unwrap_or_default().to_owned(), literal));
        }
        match next {
            Some(at) => code.extend(source[at..].chars().next()),
            None => return found,
        }
    }
}

/// Walks through source, past comments and literals, which it collects.
struct Reader<'s> {
    source: &'s str,
    at: usize,
    literals: Vec<String>,
}

impl<'s> Reader<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            at: 0,
            literals: Vec::new(),
        }
    }

    /// The next place that is neither in a comment nor in a literal.
    fn next_code(&mut self) -> Option<usize> {
        loop {
            let rest = &self.source[self.at..];
            let first = rest.chars().next()?;
            let before = self.source[..self.at].chars().next_back();
            let raw = rest.starts_with("r\"") || rest.starts_with("r#");
            if rest.starts_with("//") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if raw && !before.is_some_and(|c| c.is_alphanumeric() || c == '_') && self.raw()
            {
            } else if first == '"' {
                self.literal();
            } else if first == '\'' && self.character() {
            } else {
                let here = self.at;
                self.at += first.len_utf8();
                return Some(here);
            }
        }
    }

    /// Goes past a raw string, if there is one.
    fn raw(&mut self) -> bool {
        let rest = &self.source[self.at + 1..];
        let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
        if !rest[hashes..].starts_with('"') {
            return false;
        }
        let end = format!("\"{}", "#".repeat(hashes));
        let begin = hashes + 1;
        let length = rest[begin..].find(&end).unwrap_or(rest.len() - begin);
        self.literals.push(rest[begin..begin + length].to_owned());
        self.at += 1 + begin + length + end.len();
        true
    }

    /// Goes past a character; a lifetime is none.
    fn character(&mut self) -> bool {
        let rest = &self.source[self.at + 1..];
        let length = match rest.strip_prefix('\\') {
            Some(escaped) => {
                escaped
                    .chars()
                    .skip(1)
                    .take_while(|c| *c != '\'')
                    .map(char::len_utf8)
                    .sum::<usize>()
                    + 1
                    + escaped.chars().next().map_or(0, char::len_utf8)
            }
            None => rest.chars().next().map_or(0, char::len_utf8),
        };
        let is_character = rest[length..].starts_with('\'');
        self.at += if is_character { length + 2 } else { 0 };
        is_character
    }

    fn literal(&mut self) {
        let mut text = String::new();
        let mut characters = self.source[self.at + 1..].char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            match character {
                '"' => {
                    self.at += offset + 2;
                    self.literals.push(text);
                    return;
                }
                '\\' => match characters.next().map(|(_, escaped)| escaped) {
                    Some('n') => text.push('\n'),
                    Some('\n') => {
                        while characters
                            .next_if(|(_, next)| next.is_whitespace())
                            .is_some()
                        {}
                    }
                    Some('u') => {
                        let digits: String = std::iter::from_fn(|| characters.next())
                            .map(|(_, digit)| digit)
                            .take_while(|digit| *digit != '}')
                            .filter(char::is_ascii_hexdigit)
                            .collect();
                        text.extend(
                            u32::from_str_radix(&digits, 16)
                                .ok()
                                .and_then(char::from_u32),
                        );
                    }
                    Some(other) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        self.at = self.source.len();
    }
}

#[test]
fn literals_are_read_as_they_are_at_run_time() {
    let source = r##"// "no"
        a("one \
           two", 'x', '"', b'\'', "three\n", r#"f"our"#, "\u{e9}");"##;
    assert_eq!(literals(source), ["one two", "three\n", "f\"our", "\u{e9}"]);
}

#[test]
fn arguments_end_at_their_own_bracket() {
    let source = "fn f() { ignored(x(1), \")\"); not_ignored(2); Self::ignored(3) }";
    assert_eq!(arguments(source, "ignored("), ["x(1), \")\"", "3"]);
}

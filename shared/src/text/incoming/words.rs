//! A text as words in one spelling, with the signs between them.

use std::cell::OnceCell;

/// Words read of a text; one that has more is no courtesy, and no short wish either.
pub(super) const MAX_WORDS: usize = 63;

/// Fewest single letters in a row that spell a word, as in `S T O P`.
const MIN_SPELLED: usize = 4;

/// Titles that end in a point and are no end of a sentence.
const TITLES: [&str; 12] = [
    "mr", "mrs", "ms", "dr", "sr", "sra", "srta", "sig", "dot", "m", "hr", "fr",
];

/// A word or a sign.
#[derive(Debug)]
pub(super) struct Word {
    /// Small letters without accents, each run of the same one once.
    pub(super) text: String,
    /// It begins with a capital, and is not written in capitals only.
    pub(super) capital: bool,
    /// A sentence or a line ended before it.
    pub(super) begins: bool,
    /// Which part of the text, between marks, it stands in.
    pub(super) clause: usize,
    /// Whether it is a name that many people have, once that was asked.
    pub(super) known: OnceCell<bool>,
}

/// The words of a text.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) list: Vec<Word>,
    /// A question mark stands in it.
    pub(super) asks: bool,
    /// A face that does not smile stands in it.
    pub(super) sad: bool,
    /// There were more words.
    pub(super) more: bool,
    /// It is written in capitals only.
    shouts: bool,
}

impl Words {
    pub(super) fn of(text: &str) -> Self {
        let mut reader = Reader {
            words: Self {
                shouts: !text.contains(char::is_lowercase),
                ..Self::default()
            },
            word: String::new(),
            capital: false,
            begins: true,
            clause: 0,
        };
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if reader.words.more {
                break;
            }
            rest = match reader.face(rest) {
                0 if rest.starts_with(" - ") => {
                    reader.end_clause(false);
                    &rest[" - ".len()..]
                }
                0 => {
                    reader.read(c);
                    &rest[c.len_utf8()..]
                }
                length => &rest[length..],
            };
        }
        reader.end_word();
        reader.words.join_letters();
        reader.words
    }

    /// Letters that stand alone one after the other are a word that was spelled.
    fn join_letters(&mut self) {
        let is_letter =
            |word: &Word| word.text.len() == 1 && word.text.as_bytes()[0].is_ascii_alphabetic();
        let count = self.list.iter().take_while(|word| is_letter(word)).count();
        if count >= MIN_SPELLED {
            let spelled: String = self.list.drain(1..count).map(|word| word.text).collect();
            self.list[0].text.push_str(&spelled);
        }
    }
}

struct Reader {
    words: Words,
    word: String,
    capital: bool,
    begins: bool,
    clause: usize,
}

impl Reader {
    fn read(&mut self, c: char) {
        match c {
            // Joiners, what chooses a picture's style, skin tones, accents of their own, keycaps.
            '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{feff}'
            | '\u{fe0e}'
            | '\u{fe0f}'
            | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{300}'..='\u{36f}'
            | '\u{20e3}'
            | '\u{ad}' => {}
            '?' | '¿' | '？' => {
                self.words.asks = true;
                self.end_clause(true);
            }
            '.' if TITLES.contains(&self.word.as_str()) || self.is_day() => self.end_word(),
            '.' | '!' | '…' | '\n' | '\r' | '。' | '！' | '¡' => self.end_clause(true),
            ',' | ';' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '–' | '—' | '/' | '"' | '“'
            | '”' | '„' | '«' | '»' | '|' | '、' | '，' => self.end_clause(false),
            c if c.is_alphanumeric() => self.letter(c),
            c if c.is_whitespace() || c.is_ascii_punctuation() || "’‘‚`´ʼ‐‑•·".contains(c) => {
                self.end_word()
            }
            sign => {
                self.end_word();
                self.word.push(sign);
                self.end_word();
            }
        }
    }

    /// Whether the word is a number of one or two digits: with a point it is a day, as in "am 20. Mai".
    fn is_day(&self) -> bool {
        matches!(self.word.len(), 1 | 2) && self.word.bytes().all(|digit| digit.is_ascii_digit())
    }

    fn letter(&mut self, c: char) {
        if self.word.is_empty() {
            self.capital = c.is_uppercase();
        }
        for c in c.to_lowercase() {
            let (letter, letters) = (fold(c), ligature(c));
            for c in letter.into_iter().chain(letters.chars()) {
                if c.is_ascii_digit() || !self.word.ends_with(c) {
                    self.word.push(c);
                }
            }
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        if self.words.list.len() == MAX_WORDS {
            self.words.more = true;
            return;
        }
        let text = std::mem::take(&mut self.word);
        let text = if text == "xd" {
            "🙂".to_owned()
        } else {
            text
        };
        self.words.list.push(Word {
            text,
            capital: self.capital && !self.words.shouts,
            begins: std::mem::take(&mut self.begins),
            clause: self.clause,
            known: OnceCell::new(),
        });
        self.capital = false;
    }

    fn end_clause(&mut self, sentence: bool) {
        self.end_word();
        self.clause += 1;
        self.begins |= sentence;
    }

    /// How long a face of signs is that the rest begins with; it is a sign like any other.
    fn face(&mut self, rest: &str) -> usize {
        if rest.starts_with("<3") {
            self.read('❤');
            return 2;
        }
        if !rest.starts_with([':', ';', '=']) {
            return 0;
        }
        let mouth = rest[1..].trim_start_matches(['-', '^', '\'']);
        let Some(sign) = mouth.chars().next().filter(char::is_ascii) else {
            return 0;
        };
        let goes_on = mouth[1..].starts_with(|c: char| c.is_alphanumeric() || c == '/');
        match sign {
            ')' | ']' | '}' | '>' | '*' => {}
            'D' | 'd' | 'P' | 'p' | '3' if !goes_on => {}
            '(' | '[' | '{' | '/' | '\\' | '|' | '<' | '@' | 'c' | 'o' | 'O' if !goes_on => {
                self.words.sad = true;
                return 0;
            }
            _ => return 0,
        }
        self.read('🙂');
        rest.len() - mouth.len() + 1
    }
}

/// A small letter without its accent; nothing where it is two letters.
pub(super) fn fold(c: char) -> Option<char> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'ß' | 'œ' | 'æ' => return None,
        _ => c,
    })
}

/// The letters of one that is two.
pub(super) fn ligature(c: char) -> &'static str {
    match c {
        'ß' => "ss",
        'œ' => "oe",
        'æ' => "ae",
        _ => "",
    }
}

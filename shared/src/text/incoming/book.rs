//! The phrases of a language. `../words/README.md` says how they are written, and what its sections are.

use std::sync::OnceLock;

use super::pattern::{Initials, Places, listed};
use super::words::Word;

/// What the phrases of a section are; `../words/README.md` says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Absent,
    Alone,
    Ask,
    Beside,
    Fine,
    Giver,
    Glue,
    Greeting,
    Keyword,
    Label,
    Lone,
    Machine,
    Noun,
    Picture,
    Polite,
    Promise,
    Tail,
    Thanks,
    Unfinished,
    Verb,
    Verdict,
    Wish,
}

/// The names of the sections, in the same order.
const SECTIONS: [&str; Section::Wish as usize + 1] = [
    "absent",
    "alone",
    "ask",
    "beside",
    "fine",
    "giver",
    "glue",
    "greeting",
    "keyword",
    "label",
    "lone",
    "machine",
    "noun",
    "picture",
    "polite",
    "promise",
    "tail",
    "thanks",
    "unfinished",
    "verb",
    "verdict",
    "wish",
];

/// The phrases of one language. A section is read when it is first used.
#[derive(Debug)]
pub(super) struct Book {
    file: &'static str,
    phrases: [OnceLock<Vec<&'static str>>; SECTIONS.len()],
    /// Name and words of each class.
    classes: OnceLock<Vec<(&'static str, &'static str)>>,
}

static LANGUAGES: [Book; 6] = [
    Book::new(include_str!("../words/en.txt")),
    Book::new(include_str!("../words/fr.txt")),
    Book::new(include_str!("../words/es.txt")),
    Book::new(include_str!("../words/de.txt")),
    Book::new(include_str!("../words/pt.txt")),
    Book::new(include_str!("../words/it.txt")),
];

static SIGNS: Book = Book::new(include_str!("../words/common.txt"));

impl Book {
    const fn new(file: &'static str) -> Self {
        Self {
            file,
            phrases: [const { OnceLock::new() }; SECTIONS.len()],
            classes: OnceLock::new(),
        }
    }

    /// The books of the languages.
    pub(super) fn of_languages() -> &'static [Book] {
        &LANGUAGES
    }

    /// The book of signs that all languages use.
    pub(super) fn of_signs() -> &'static Book {
        &SIGNS
    }

    /// The phrases of a section, those of a line that only lists some apart.
    fn phrases(&self, section: Section) -> &[&'static str] {
        let phrases = &self.phrases[section as usize];
        phrases.get_or_init(|| {
            let lines = part(
                self.file,
                &format!("\n[{}]\n", SECTIONS[section as usize]),
                "\n\n",
            )
            .lines();
            lines.flat_map(listed).collect()
        })
    }

    /// The words of a class, apart by `|`.
    pub(super) fn class(&self, class: &str) -> &'static str {
        let classes = self.classes.get_or_init(|| {
            let lines = part(self.file, "[stems]\n", "\n\n").lines();
            let lines = lines.chain(part(self.file, "[classes]\n", "\n\n").lines());
            lines.filter_map(|line| line.split_once(" = ")).collect()
        });
        let initial = class.as_bytes().first();
        let mut alike = classes
            .iter()
            .filter(|(name, _)| name.as_bytes().first() == initial);
        let found = alike.find(|(name, _)| *name == class);
        found.map_or("", |(_, words)| words)
    }

    /// Whether any word begins like one of a kind's stems, or is one that ends in a point: without one, no
    /// phrase of that kind is there.
    pub(super) fn may_hold(&self, stems: &str, words: &[Word]) -> bool {
        let stems = self.class(stems);
        stems.split(' ').any(|stem| match stem.strip_suffix('.') {
            Some(whole) => words.iter().any(|word| word.text == whole),
            None => words.iter().any(|word| word.text.starts_with(stem)),
        })
    }

    /// Where any phrase of a section ends that begins at one of the places.
    pub(super) fn after(&self, section: Section, words: &[Word], places: Places) -> Places {
        if places == 0 {
            return 0;
        }
        let initials = Initials::at(words, places);
        let mut ends = 0;
        for phrase in self
            .phrases(section)
            .iter()
            .filter(|phrase| initials.may_begin(phrase))
        {
            ends |= self.phrase(phrase, words, places);
        }
        ends
    }

    /// The places, and those behind phrases of a section that follow each other from there on.
    pub(super) fn behind_any(&self, section: Section, words: &[Word], places: Places) -> Places {
        let (mut all, mut fresh) = (places, places);
        while fresh != 0 {
            fresh = self.after(section, words, fresh) & !all;
            all |= fresh;
        }
        all
    }
}

/// What stands between a beginning and an end.
fn part(file: &'static str, beginning: &str, end: &str) -> &'static str {
    let found = file.split_once(beginning).map_or("", |(_, rest)| rest);
    found.split_once(end).map_or(found, |(part, _)| part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sections() -> impl Iterator<Item = Section> {
        use Section::*;
        [
            Absent, Alone, Ask, Beside, Fine, Giver, Glue, Greeting, Keyword, Label, Lone, Machine,
            Noun, Picture, Polite, Promise, Tail, Thanks, Unfinished, Verb, Verdict, Wish,
        ]
        .into_iter()
    }

    #[test]
    fn every_section_is_there_in_every_language_and_in_its_place() {
        for (at, section) in sections().enumerate() {
            assert_eq!(section as usize, at);
            for book in &LANGUAGES {
                assert!(
                    !book.phrases(section).is_empty(),
                    "{section:?} of {}",
                    &book.file[..12]
                );
            }
        }
    }

    #[test]
    fn every_class_is_known_and_every_bracket_closed() {
        for book in LANGUAGES.iter().chain([&SIGNS]) {
            for line in book.file.lines().filter(|line| !line.starts_with('#')) {
                let count = |sign: char| line.matches(sign).count();
                assert_eq!(count('('), count(')'), "{line}");
                assert_eq!(count('['), count(']'), "{line}");
                for class in line
                    .split('{')
                    .skip(1)
                    .filter_map(|rest| rest.split_once('}'))
                {
                    let known = ["any", "number", "name", "signer"].contains(&class.0)
                        || !book.class(class.0).is_empty();
                    assert!(known, "{} in {line}", class.0);
                }
            }
        }
    }
}

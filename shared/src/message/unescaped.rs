//! Reads a body whose sender did not escape the customer's words, by the members its template has.
//!
//! In: text that is no JSON, and the members a template may have. Out: the same as JSON, where it can be
//! read in one way only: a text ends where the members behind it go on to the body's end, each named once.

use serde::de::IgnoredAny;

use super::repair::repair;

/// What a template puts under a name.
pub(super) struct Member {
    /// The name.
    pub(super) name: &'static str,
    /// What is there.
    pub(super) holds: Holds,
}

/// What a member holds.
#[derive(Clone, Copy)]
pub(super) enum Holds {
    /// What a person wrote: any letters at all.
    Words,
    /// A scalar of the template or the vendor.
    Plain,
    /// Any value in strict JSON.
    Json,
    /// Further members.
    Object(&'static [Member]),
}

/// How a body was read.
pub(super) enum Read {
    /// In the one way there is; this is JSON.
    Surely(String),
    /// In more than one way: it is not certain where this member ends.
    Uncertain(&'static str),
    /// In none.
    Not,
}

/// Most members whose names are not known.
const MOST_UNKNOWN: u8 = 6;

/// Most places where one text may end.
const MOST_ENDS: usize = 24;

/// Most beginnings of a reading that are followed, and how many bytes are looked at for them.
const MOST_TRIED: usize = 1_000;
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Longest name of a member, in bytes.
const MAX_NAME_BYTES: usize = 64;

/// Reads a body. Of several readings the one with most of the template's members counts, and with fewest
/// texts that hold half a quotation; of these the one with fewest other members, which are the customer's words.
pub(super) fn read(text: &str, members: &'static [Member]) -> Read {
    let Some(at) = text.find('{').filter(|at| text[..*at].trim().is_empty()) else {
        return Read::Not;
    };
    let mut names = Vec::new();
    last_places(text, members, &mut names);
    let mut waiting = vec![Place::at_the_first_member(at + 1, members)];
    let mut best: Option<Place> = None;
    let mut rival = None;
    let mut left = MOST_TRIED.min(MOST_BYTES / text.len() + 8);
    while let Some(place) = waiting.pop() {
        let more = names.iter().filter(|last| **last >= place.at).count();
        let may_be_as_good = |best: &Place| place.rank_with(more) >= best.rank_with(0);
        if !best.as_ref().is_none_or(may_be_as_good) {
            continue;
        }
        match place.walk(text) {
            Walk::Nowhere => {}
            Walk::ToTheEnd(place) => match &best {
                Some(best) if place.rank_with(0) < best.rank_with(0) => {}
                Some(best) if place.rank_with(0) == best.rank_with(0) => {
                    rival = Some(difference(&best.words, &place.words));
                }
                _ => (best, rival) = (Some(place), None),
            },
            Walk::ToWords(place, name) => {
                let ends = place.ends(text, name);
                if ends.len() > MOST_ENDS || left == 0 {
                    return Read::Uncertain(name);
                }
                left -= 1;
                // The nearest first.
                waiting.extend(ends.into_iter().rev());
            }
        }
    }
    match (best, rival) {
        (None, _) => Read::Not,
        (Some(best), None) => Read::Surely(escaped(text, &best.words)),
        (Some(_), Some(name)) => Read::Uncertain(name),
    }
}

/// For each name that stands in the text where it stands last.
fn last_places(text: &str, members: &[Member], places: &mut Vec<usize>) {
    for Member { name, holds } in members {
        places.extend(text.rfind(&format!("\"{name}\"")));
        if let Holds::Object(members) = holds {
            last_places(text, members, places);
        }
    }
}

/// What a person wrote, from one byte to another.
#[derive(Clone, Copy, PartialEq)]
struct Words {
    name: &'static str,
    from: usize,
    to: usize,
}

/// The first member that two readings let end in different places.
fn difference(one: &[Words], other: &[Words]) -> &'static str {
    let mut both = one.iter().zip(other);
    let differs = both.find(|(one, other)| one != other);
    differs.map_or("body", |(one, _)| one.name)
}

/// An object that is open, and which of its members were said.
#[derive(Clone, Copy)]
struct Open {
    members: &'static [Member],
    said: u64,
}

impl Open {
    /// The member of this name, unless it was said already; `Err`: the name is not known.
    fn member(&self, name: &str) -> Result<Option<usize>, ()> {
        let index = self.members.iter().position(|member| member.name == name);
        let index = index.ok_or(())?;
        Ok((self.said & (1 << index) == 0).then_some(index))
    }
}

/// How far a reading has come.
#[derive(Clone)]
struct Place {
    at: usize,
    open: Vec<Open>,
    /// No member of the innermost object was read yet.
    first: bool,
    /// Members of the template that were read.
    known: usize,
    /// Texts with an odd number of bare quotes.
    odd: usize,
    /// How many others may still be read.
    unknown: u8,
    words: Vec<Words>,
}

enum Walk {
    Nowhere,
    ToTheEnd(Place),
    /// To the first letter of what a person wrote.
    ToWords(Place, &'static str),
}

impl Place {
    fn at_the_first_member(at: usize, members: &'static [Member]) -> Self {
        Self {
            at,
            open: vec![Open { members, said: 0 }],
            first: true,
            known: 0,
            odd: 0,
            unknown: MOST_UNKNOWN,
            words: Vec::new(),
        }
    }

    /// How good a reading it is, with so many members still to come: the higher, the better.
    fn rank_with(&self, more: usize) -> (usize, u8) {
        // An odd one begins within a quotation and another one ends there, as no two texts do.
        let likely = (self.known + more).saturating_sub(self.odd);
        (likely, self.unknown)
    }

    /// Goes on until a person's words begin, or to the end of the body.
    fn walk(mut self, text: &str) -> Walk {
        loop {
            let (at, comma) = separator(text, self.at);
            self.at = at + 1;
            match text.as_bytes().get(at) {
                Some(b'}') => {
                    self.open.pop();
                    self.first = false;
                    if self.open.is_empty() {
                        let is_end = separator(text, self.at).0 == text.len();
                        return match is_end {
                            true => Walk::ToTheEnd(self),
                            false => Walk::Nowhere,
                        };
                    }
                }
                Some(b'"') if comma || self.first => match self.member(text) {
                    Some(Some(name)) => return Walk::ToWords(self, name),
                    Some(None) => {}
                    None => return Walk::Nowhere,
                },
                _ => return Walk::Nowhere,
            }
        }
    }

    /// Reads a member, but for a person's words, whose member's name is given then; `None`: it cannot be one.
    fn member(&mut self, text: &str) -> Option<Option<&'static str>> {
        let (name, at) = name_at(text, self.at)?;
        let open = self.open.last_mut()?;
        let (holds, name) = match open.member(name) {
            Ok(index) => {
                let index = index?;
                open.said |= 1 << index;
                self.known += 1;
                (open.members[index].holds, open.members[index].name)
            }
            Err(()) => {
                self.unknown = self.unknown.checked_sub(1)?;
                (Holds::Json, "body")
            }
        };
        self.first = false;
        self.at = at + blanks(&text[at..]);
        match (holds, text.as_bytes().get(self.at)?) {
            (Holds::Words, b'"') => {
                self.at += 1;
                return Some(Some(name));
            }
            (Holds::Object(members), b'{') => {
                self.at += 1;
                self.open.push(Open { members, said: 0 });
                self.first = true;
            }
            (_, b',' | b'}') => {}
            (Holds::Plain | Holds::Words, b'{' | b'[') => return None,
            _ => self.at += value(&text[self.at..])?,
        }
        Some(None)
    }

    /// The places behind a person's words: those where the open objects may go on.
    fn ends(self, text: &str, name: &'static str) -> Vec<Self> {
        let from = self.at;
        let quotes = text[from..].match_indices('"').map(|(at, _)| from + at);
        let ends = quotes.filter(|quote| self.goes_on(text, quote + 1));
        let ends = ends.take(MOST_ENDS + 1).map(|to| {
            let mut place = self.clone();
            place.at = to + 1;
            place.odd += bare_quotes(&text[from..to]) % 2;
            place.words.push(Words { name, from, to });
            place
        });
        ends.collect()
    }

    /// Whether the open objects may end or go on with another member here.
    fn goes_on(&self, text: &str, at: usize) -> bool {
        let (mut at, mut comma) = separator(text, at);
        let mut open = self.open.as_slice();
        while text.as_bytes().get(at) == Some(&b'}') {
            let Some((_, outer)) = open.split_last() else {
                return false;
            };
            open = outer;
            (at, comma) = separator(text, at + 1);
        }
        let Some(innermost) = open.last() else {
            return at == text.len();
        };
        let is_quote = text.as_bytes().get(at) == Some(&b'"');
        if !comma || !is_quote {
            return false;
        }
        let name = name_at(text, at + 1);
        name.is_some_and(|(name, _)| match innermost.member(name) {
            Ok(member) => member.is_some(),
            Err(()) => self.unknown > 0,
        })
    }
}

/// The place behind blanks and commas, and whether there was a comma: one too many is no harm.
fn separator(text: &str, from: usize) -> (usize, bool) {
    let rest = text.get(from..).unwrap_or_default();
    let end = rest.find(|c: char| !matches!(c, ' ' | '\t' | '\r' | '\n' | ','));
    let between = &rest[..end.unwrap_or(rest.len())];
    (from + between.len(), between.contains(','))
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len()
}

/// A member's name, without its first quote, and the place behind its colon.
fn name_at(text: &str, from: usize) -> Option<(&str, usize)> {
    let rest = text.get(from..)?;
    let length = rest
        .bytes()
        .take(MAX_NAME_BYTES + 1)
        .position(|byte| byte == b'"')?;
    let behind = from + length + 1;
    let colon = behind + blanks(&text[behind..]);
    let name = &rest[..length];
    let is_name = !name.is_empty() && text.as_bytes().get(colon) == Some(&b':');
    is_name.then_some((name, colon + 1))
}

/// How many quotes in a text are not escaped.
fn bare_quotes(text: &str) -> usize {
    let mut escaped = false;
    let bare = text.bytes().filter(|byte| {
        let is_bare = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        is_bare
    });
    bare.count()
}

/// The length of a value in strict JSON.
fn value(text: &str) -> Option<usize> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    values.next()?.ok()?;
    Some(values.byte_offset())
}

/// The text with each person's words as a JSON string: those with a bare quote were not escaped at all, so
/// every letter of them is one they wrote.
fn escaped(text: &str, words: &[Words]) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut at = 0;
    for Words { from, to, .. } in words {
        // The quotes around them stand in the text.
        out.push_str(&text[at..from - 1]);
        let written = &text[*from..*to];
        let repaired = repair(&format!("\"{written}\""));
        out.push_str(&match repaired.guessed {
            true => serde_json::Value::from(written).to_string(),
            false => repaired.text,
        });
        at = to + 1;
    }
    out.push_str(&text[at..]);
    repair(&out).text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const MEMBERS: &[Member] = &[
        Member {
            name: "id",
            holds: Holds::Plain,
        },
        Member {
            name: "words",
            holds: Holds::Words,
        },
        Member {
            name: "more",
            holds: Holds::Json,
        },
        Member {
            name: "name",
            holds: Holds::Words,
        },
        Member {
            name: "inner",
            holds: Holds::Object(&[Member {
                name: "body",
                holds: Holds::Words,
            }]),
        },
    ];

    fn surely(text: &str) -> Value {
        match read(text, MEMBERS) {
            Read::Surely(json) => {
                serde_json::from_str(&json).unwrap_or_else(|e| panic!("{e}: {json}"))
            }
            Read::Uncertain(name) => panic!("uncertain {name}: {text}"),
            Read::Not => panic!("not read: {text}"),
        }
    }

    const WRITTEN: &[&str] = &[
        r#"It says {"error":"E7","code":12} on the screen"#,
        r#"{"error":"E7","id":"8","words":"no"}"#,
        r#"{"words":"a","name":"b"}"#,
        r#"The log says "failed","key": "abc" and stops"#,
        r#"print("a","b": {x}) gives an error"#,
        r#"say "yes"}, then go"#,
        r#"["a","b"], {"c":"d"}"#,
        r#"path C:\new and "x""#,
        r#"""#,
        r#"", ""#,
        "\"one\",\n\"two\": 3\n",
    ];

    #[test]
    fn words_are_read_whole_wherever_they_stand() {
        for written in WRITTEN {
            let body = format!(r#"{{"id":"7","words":"{written}","more":[1],"name":"Ann"}}"#);
            let want = json!({"id": "7", "words": written, "more": [1], "name": "Ann"});
            assert_eq!(surely(&body), want);
            let last = format!("{{ \"id\":,\"words\" : \"{written}\" , }}\n");
            assert_eq!(surely(&last), json!({"id": null, "words": written}));
            let inner = format!(r#"{{"inner":{{"body":"{written}"}},"id":7}}"#);
            assert_eq!(surely(&inner), json!({"inner": {"body": written}, "id": 7}));
            let alone = format!(r#"{{"id":"7","name":"{written}"}}"#);
            assert_eq!(surely(&alone), json!({"id": "7", "name": written}));
            let named = format!(r#"{{"id":"7","name":"{written}","words":"a \"b\" {{}}"}}"#);
            assert_eq!(
                surely(&named),
                json!({"name": written, "words": "a \"b\" {}", "id": "7"})
            );
        }
    }

    #[test]
    fn members_of_the_senders_own_do_no_harm() {
        let body = r#"{"own":1,"words":"say "hi"","id":"7","also":{"a":"b"},"name":"A "B" C"}"#;
        let read = surely(body);
        assert_eq!(
            (&read["words"], &read["name"]),
            (&json!("say \"hi\""), &json!("A \"B\" C"))
        );
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        for (body, which) in [
            (r#"{"words":"x","id":"8","name":"y","id":"7"}"#, "words"),
            (r#"{"name":"a","words":"b","name":"c","words":"d"}"#, "name"),
        ] {
            match read(body, MEMBERS) {
                Read::Uncertain(name) => assert_eq!(name, which, "{body}"),
                Read::Surely(json) => panic!("{body} became {json}"),
                Read::Not => panic!("{body}"),
            }
        }
    }

    #[test]
    fn what_is_no_body_of_the_template_is_not_read() {
        for body in [
            "",
            "x",
            "{",
            "{}}",
            "[1]",
            r#"{"words":"a" "b"}}"#,
            r#"{"words":"cut off"#,
        ] {
            assert!(matches!(read(body, MEMBERS), Read::Not), "{body}");
        }
    }

    #[test]
    fn hostile_bodies_take_linear_time() {
        let start = std::time::Instant::now();
        for unit in [
            "\"",
            "\",\"",
            "\",\"name\":\"",
            "\"},\"",
            "\"words\":",
            "\",\"x\":\"",
            "{",
            "[",
            "\" , ",
            "\\\"",
        ] {
            let body = format!(
                "{{\"id\":\"7\",\"words\":\"{}",
                unit.repeat(262_144 / unit.len())
            );
            let _ = read(&body, MEMBERS);
            let _ = read(&format!("{body}\",\"name\":\"Ann\"}}"), MEMBERS);
        }
        assert!(start.elapsed().as_secs() < 30);
    }

    proptest! {
        #[test]
        fn quoted_words_are_read_whole(parts in prop::collection::vec("[a-z]{1,6}|\"[a-z{}:,]{1,6}\"|[0-9]\"|[{},:]", 0..12)) {
            let written = parts.join(" ");
            let body = format!(r#"{{"id":"7","words":"{written}","name":"Ann"}}"#);
            let read = surely(&body);
            prop_assert_eq!(&read["words"], &Value::from(written));
            prop_assert_eq!(&read["id"], "7");
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = read(&text, MEMBERS);
            let _ = read(&format!("{{\"words\":\"{text}"), MEMBERS);
            let _ = read(&format!("{{\"words\":\"{text}\",\"name\":\"{text}\"}}"), MEMBERS);
        }
    }
}

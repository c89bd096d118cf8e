//! Whether a text is a courtesy only, which needs no answer.
//!
//! In: a customer's text. Out: yes or no; in doubt no, because a "no" loses nothing. One short list a
//! language: English, French, Spanish, German, Portuguese, Italian, and signs.

/// Longest text looked at, in bytes. Nobody says only thanks at greater length.
const MAX_BYTES: usize = 200;

/// What people of one language say.
struct Phrases {
    /// Says thanks, alone or with others.
    thanks: &'static str,
    /// May stand beside thanks.
    beside: &'static str,
}

/// One entry a language, phrases apart by `|`, in small letters without accents.
const LANGUAGES: &[Phrases] = &[
    // English
    Phrases {
        thanks: "thanks|thank you|thankyou|thank u|thx|thnx|tnx|tks|ty|tysm|tyvm|cheers|much appreciated|\
            appreciated|appreciate it|i appreciate it|many thanks",
        beside: "ok|okay|great|perfect|super|awesome|so|very|much|many|a lot|a bunch|a million|a ton|again|\
            to you|all|for your help|for the help|for all your help|for your time|for everything|\
            for your support|for the quick reply",
    },
    // French
    Phrases {
        thanks: "merci|mercis|merci bcp|mrc|je vous remercie|je te remercie|remerciements",
        beside: "beaucoup|bien|mille|infiniment|encore|a vous|a toi|pour tout|pour votre aide|\
            pour ton aide|pour votre reponse|parfait|genial|d accord|bonne journee|bonne soiree",
    },
    // Spanish
    Phrases {
        thanks: "gracias|se agradece|te lo agradezco|se lo agradezco|agradecido|agradecida",
        beside: "muchas|muchisimas|mil|por todo|por la ayuda|por su ayuda|por tu ayuda|perfecto|vale|a ti|\
            a usted|muy|muy amable|un saludo",
    },
    // German
    Phrases {
        thanks: "danke|dankeschon|dankeschoen|dankesehr|vielen dank|herzlichen dank|besten dank|lieben dank|\
            vielen lieben dank|ich danke ihnen|ich danke dir",
        beside: "schon|schoen|sehr|vielmals|nochmals|ihnen|dir|euch|fur alles|fur die hilfe|fur ihre hilfe|\
            fur deine hilfe|fur die schnelle antwort|perfekt|prima|toll|schonen tag",
    },
    // Portuguese
    Phrases {
        thanks: "obrigado|obrigada|obrigadao|obg|brigado|brigada|valeu|agradeco|agradecido|agradecida",
        beside: "muito|mesmo|por tudo|pela ajuda|pela atencao|perfeito|otimo|a voce|a voces|bom dia",
    },
    // Italian
    Phrases {
        thanks: "grazie|ti ringrazio|la ringrazio|vi ringrazio|ringrazio",
        beside: "tante|molte|infinite|per tutto|per l aiuto|per il vostro aiuto|perfetto|a lei|a te|\
            buona giornata",
    },
    // Signs
    Phrases {
        thanks: "👍|🙏|❤|♥|🤝",
        beside: "😊|🙂|😀|😃|😄|😁|☺|🤗|🥰|😍|😘|🎉|👏|💪|✨|🙌|👌|💙|💚|💛|🧡|💜|💕|🌹|💐",
    },
];

/// Whether the text says thanks and nothing else.
///
/// Case, accents, punctuation and repeated letters or words do not matter; a question mark, a sad
/// face or one further word does.
pub fn is_bare_thanks(text: &str) -> bool {
    if text.len() > MAX_BYTES || has_sad_face(text) {
        return false;
    }
    let Some(words) = words(text) else {
        return false;
    };
    let mut thanked = false;
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let thanks = longest(|language| language.thanks, rest);
        let beside = longest(|language| language.beside, rest);
        if thanks == 0 && beside == 0 {
            return false;
        }
        thanked |= thanks > 0;
        rest = &rest[thanks.max(beside)..];
    }
    thanked
}

/// Eyes, perhaps a nose, and a tear or a mouth that does not smile; or a mouth turned the other way.
fn has_sad_face(text: &str) -> bool {
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    dense.match_indices([':', '=', ';']).any(|(at, _)| {
        let (before, after) = (&dense[..at], &dense[at + 1..]);
        let mouth = after.trim_start_matches(['-', '^']);
        let sad = mouth.starts_with(['(', '/', '\\', '[', '{', '|', '<', '@', '\'', '’', '`']);
        sad || (before.trim_end_matches('-').ends_with(')') && !mouth.starts_with(')'))
    })
}

/// How many words the longest phrase takes that the words begin with.
fn longest(which: impl Fn(&Phrases) -> &'static str, words: &[String]) -> usize {
    LANGUAGES
        .iter()
        .flat_map(|language| which(language).split('|'))
        .map(|phrase| phrase.split(' ').map(squeeze).collect::<Vec<_>>())
        .filter(|phrase| words.starts_with(phrase))
        .map(|phrase| phrase.len())
        .max()
        .unwrap_or(0)
}

/// The words and signs of a text in one spelling; nothing where it holds a sign not looked for.
fn words(text: &str) -> Option<Vec<String>> {
    let mut spaced = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match fold(c) {
            // Joiners, the choice of a picture's style, skin tones, and accents of their own.
            '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' => {}
            '\u{300}'..='\u{36f}' => {}
            'ß' => spaced.push_str("ss"),
            '?' | '¿' => return None,
            c if c.is_alphanumeric() => spaced.push(c),
            c if c.is_whitespace() || is_punctuation(c) => spaced.push(' '),
            sign => {
                let known = |l: &Phrases| l.thanks.contains(sign) || l.beside.contains(sign);
                if !LANGUAGES.iter().any(known) {
                    return None;
                }
                spaced.extend([' ', sign, ' ']);
            }
        }
    }
    Some(spaced.split_whitespace().map(squeeze).collect())
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || "¡’‘“”«»…–—。！、，".contains(c)
}

/// A letter without its accent.
fn fold(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        _ => c,
    }
}

/// A word with every run of the same letter as one.
fn squeeze(word: &str) -> String {
    let mut squeezed = String::with_capacity(word.len());
    for c in word.chars() {
        if !squeezed.ends_with(c) {
            squeezed.push(c);
        }
    }
    squeezed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn thanks_in_six_languages_are_bare() {
        for text in [
            "thanks",
            "Thanks!",
            "THANK YOU!!!",
            "thaaanks",
            "thx :)",
            "thanks =)",
            "thanks :-) !",
            "(thanks) :)",
            "ok thanks",
            "Thank you so much 😊",
            "thanks a lot for your help",
            "Thanks, thanks, thanks",
            "ty",
            "Cheers",
            "I appreciate it!",
            "merci",
            "Merci beaucoup !",
            "Mille mercis",
            "je vous remercie",
            "Parfait, merci à vous 🙏",
            "gracias",
            "¡Muchas gracias!",
            "Muchísimas gracias por todo",
            "danke",
            "Vielen Dank",
            "Dankeschön!",
            "danke schön",
            "Herzlichen Dank für Ihre Hilfe",
            "obrigado",
            "Muito obrigada!",
            "Obg",
            "grazie",
            "Grazie mille!",
            "Molte grazie",
            "Merci pour votre réponse, bonne journée !",
            "Muchas gracias, muy amable",
            "Vielen lieben Dank, schönen Tag!",
            "Muito obrigado pela atenção",
            "🤝",
            "grazie per l'aiuto",
            "👍",
            "👍👍👍",
            "👍🏽",
            "🙏",
            "❤️",
            "❤",
            "merci 👍",
            "mercia\u{300}".trim_end_matches("a\u{300}"),
        ] {
            assert!(is_bare_thanks(text), "{text}");
        }
    }

    #[test]
    fn anything_else_in_the_text_needs_an_answer() {
        for text in [
            "",
            " ",
            "!",
            "ok",
            "great",
            "😊",
            "no",
            "no thanks",
            "thanks but it still fails",
            "thanks?",
            "¿gracias?",
            "thanks :(",
            "thanks 😡",
            "thanks :'(",
            "thanks :/",
            "thanks =[",
            "thanks :-|",
            "thanks ;(",
            "thanks ):",
            "merci : (",
            "thanks 👎",
            "merci mais ça ne marche pas",
            "gracias pero no",
            "danke, aber",
            "thank",
            "you",
            "thanks 2",
            "thanksgiving",
            "dank",
            "👍 when will it arrive",
            "stop",
            "yes",
            "merci de me rappeler",
            "bonne journée",
            "vielen",
            "muy amable pero no",
            "grazie, una domanda",
        ] {
            assert!(!is_bare_thanks(text), "{text}");
        }
        assert!(!is_bare_thanks(&"thanks ".repeat(100)));
    }

    proptest! {
        #[test]
        fn one_unknown_word_is_enough_to_need_an_answer(word in "[bcdfghjklmnpqrstvwxz]{5,12}", after in any::<bool>()) {
            let text = if after { format!("thanks {word}") } else { format!("{word} thanks") };
            prop_assert!(!is_bare_thanks(&text));
        }

        #[test]
        fn any_text_is_judged_without_a_panic(text in any::<String>()) {
            let _ = is_bare_thanks(&text);
        }
    }
}

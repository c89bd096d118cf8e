use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

fn plain(text: &str) -> String {
    let fitted = fit(text);
    assert_eq!(
        (fitted.encoding, fitted.forced_by),
        (Encoding::Gsm7, None),
        "{text}"
    );
    assert_eq!(fitted.messages.len(), 1, "{text}");
    fitted.messages[0].clone()
}

/// The messages without their numbers; fails where a number is wrong.
fn unnumbered(fitted: &Fitted) -> Vec<&str> {
    let count = fitted.messages.len();
    if count < 2 {
        return fitted.messages.iter().map(String::as_str).collect();
    }
    fitted
        .messages
        .iter()
        .enumerate()
        .map(|(i, message)| {
            message
                .strip_suffix(&format!(" ({}/{count})", i + 1))
                .unwrap_or_else(|| panic!("message {i} of {count} has no number"))
        })
        .collect()
}

/// Every message is within the limits and travels as said, and together they are the text, but for
/// white space where it was cut, and for what GSM-7 spells otherwise. No cut is inside of a cluster.
fn assert_complete(text: &str, fitted: &Fitted) {
    let mut clusters = text.graphemes(true);
    for (piece, encoding) in unnumbered(fitted).into_iter().zip(&fitted.encodings) {
        assert!(!piece.trim().is_empty());
        let first = piece.graphemes(true).next();
        let mut read = String::new();
        while read.len() < piece.len() {
            let cluster = clusters.next().expect("nothing is made up");
            let spelled = match encoding {
                Encoding::Ucs2 => cluster.to_owned(),
                Encoding::Gsm7 => gsm::transliterate(cluster, Ligatures::Keep).expect("GSM-7"),
            };
            let between = read.is_empty() && is_blank(cluster) && first != Some(&spelled);
            if !between {
                read.push_str(&spelled);
            }
        }
        assert_eq!(read, piece, "every message is in the text, in order");
    }
    assert!(clusters.all(is_blank), "nothing is left over");
    for (index, message) in fitted.messages.iter().enumerate() {
        let parts = fitted.segments[index];
        assert!((1..=MAX_SEGMENTS).contains(&parts));
        assert_eq!(Encoding::of(message), fitted.encodings[index]);
        assert_eq!(Cost::of(message).parts, parts);
    }
    assert_eq!(fitted.messages.len(), fitted.segments.len());
}

/// White space, or what nobody can see.
fn is_blank(cluster: &str) -> bool {
    let plain = gsm::transliterate(cluster, Ligatures::Keep);
    plain.as_deref().unwrap_or(cluster).trim().is_empty()
}

#[test]
fn a_space_that_carries_an_accent_is_no_white_space() {
    for text in [" \u{301}请看".to_owned(), " \u{301}请看 ".repeat(400)] {
        let fitted = fit(&text);
        assert!(fitted.messages[0].starts_with(" \u{301}请看"));
        assert_complete(&text, &fitted);
    }
}

#[test]
fn typography_is_replaced_where_that_makes_the_whole_text_gsm_7() {
    for (text, want) in [
        ("It’s “fine” – really… ok", "It's \"fine\" - really... ok"),
        (
            "10\u{a0}€, 5\u{202f}kg, a\u{2011}b — c",
            "10 €, 5 kg, a-b - c",
        ),
        ("« Très bien »", "\" Très bien \""),
        ("cafe\u{301} ﬁn\u{200d}e", "café fine"),
        ("• one\n• two\t3", "- one\n- two 3"),
        ("a\u{200f}b\u{fe0f}", "ab"),
        ("é è à ù ü É Ç ñ", "é è à ù ü É Ç ñ"),
        ("", ""),
    ] {
        if text.is_empty() {
            assert!(fit(text).messages.is_empty());
        } else {
            assert_eq!(plain(text), want);
        }
    }
}

#[test]
fn ligatures_are_two_letters_where_that_is_wanted_and_saves_something() {
    let split = |text| fit_with(text, Ligatures::Split);
    for (text, want) in [
        ("Ma sœur, un œuf", "Ma soeur, un oeuf"),
        ("Œuvre ŒUVRE", "Oeuvre OEUVRE"),
    ] {
        assert_eq!(fit(text).messages, [text]);
        assert_eq!(
            fit(text).forced_by,
            Some(if text.starts_with('M') { 'œ' } else { 'Œ' })
        );
        assert_eq!(split(text).messages, [want]);
        assert_eq!(split(text).encoding, Encoding::Gsm7);
    }
    let dear = "Ma sœur a reçu ça";
    assert_eq!(split(dear).messages, [dear]);
    assert_eq!(split(dear).forced_by, Some('ç'));
    // A letter of the alphabet is no ligature.
    assert_eq!(split("Æble og æble").messages, ["Æble og æble"]);
}

#[test]
fn a_text_that_needs_ucs_2_anyway_is_kept_exactly() {
    for (text, forced_by) in [
        ("It’s “fine” – really… 😀", '😀'),
        ("ça va – « oui »", 'ç'),
        ("👨\u{200d}👩\u{200d}👧 ❤\u{fe0f}", '👨'),
        ("a → b", '→'),
        ("e\u{302}", '\u{302}'),
    ] {
        let fitted = fit(text);
        assert_eq!(fitted.messages, [text]);
        assert_eq!(fitted.encoding, Encoding::Ucs2);
        assert_eq!(fitted.forced_by, Some(forced_by));
    }
}

#[test]
fn parts_are_counted_as_networks_do() {
    for (text, want) in [
        (String::new(), 0),
        ("a".repeat(160), 1),
        ("a".repeat(161), 2),
        ("a".repeat(306), 2),
        ("a".repeat(307), 3),
        ("€".repeat(80), 1),
        (format!("{}a", "€".repeat(80)), 2),
        ("é".repeat(1530), 10),
        ("a".repeat(1531), 11),
        // An extension character does not straddle two parts.
        (format!("{}{}", "€".repeat(76), "€".repeat(77)), 3),
        ("ç".repeat(70), 1),
        ("ç".repeat(71), 2),
        ("ç".repeat(134), 2),
        ("ç".repeat(135), 3),
        ("😀".repeat(35), 1),
        ("😀".repeat(36), 2),
        ("ç".repeat(670), 10),
        ("ç".repeat(671), 11),
    ] {
        assert_eq!(segments(&text), want, "{} characters", text.chars().count());
    }
}

/// What two other programs count; `shared/fixtures/sms/README.md` says which.
const VECTORS: &str = include_str!("../../../fixtures/sms/vectors.json");

#[test]
fn the_alphabet_and_the_counts_are_those_of_independent_programs() {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).expect("JSON");
    let table = |name: &str| -> Vec<u64> {
        let points = vectors[name].as_array().expect("a list");
        points
            .iter()
            .map(|point| point.as_u64().expect("a number"))
            .collect()
    };
    let (one, two) = (table("one_septet"), table("two_septets"));
    assert_eq!((one.len(), two.len()), (127, 10));
    for c in '\0'..='\u{ffff}' {
        let point = u64::from(u32::from(c));
        let want = match (one.contains(&point), two.contains(&point)) {
            (true, _) => Some(1),
            (_, true) => Some(2),
            _ => None,
        };
        assert_eq!(gsm::septets(c), want, "{c:?}");
    }
    let counts = vectors["counts"].as_array().expect("a list");
    assert!(counts.len() > 200);
    for row in counts {
        let runs = row[0].as_array().expect("runs");
        let run = |run: &serde_json::Value| {
            let times = usize::try_from(run[1].as_u64().expect("a number")).expect("small");
            run[0].as_str().expect("a unit").repeat(times)
        };
        let text: String = runs.iter().map(run).collect();
        let encoding = match Encoding::of(&text) {
            Encoding::Gsm7 => "GSM-7",
            Encoding::Ucs2 => "UCS-2",
        };
        assert_eq!(encoding, row[1], "{}", row[0]);
        assert_eq!(segments(&text) as u64, row[2], "{}", row[0]);
    }
}

#[test]
fn the_cost_names_the_character_that_makes_a_message_dear() {
    let cost = Cost::of("Hi Ana");
    assert_eq!(
        (cost.parts, cost.encoding, cost.forced_by),
        (1, "gsm7", None)
    );
    let cost = Cost::of(&"ê".repeat(71));
    assert_eq!(
        (cost.parts, cost.encoding, cost.forced_by),
        (2, "ucs2", Some(0xea))
    );
}

#[test]
fn what_was_kept_only_because_of_another_character_is_not_named_as_its_cause() {
    let forced_by = |text: &str| Cost::of(text).forced_by.and_then(char::from_u32);
    for (text, want) in [
        ("a\u{2011}b ½", '½'),
        ("“cafe\u{301}” – ça", 'ç'),
        ("Ma sœur", 'œ'),
        ("“It’s”", '“'),
    ] {
        assert_eq!(forced_by(text), Some(want), "{text}");
    }
    assert_eq!(fit("a\u{2011}b ½").forced_by, forced_by("a\u{2011}b ½"));
}

#[test]
fn one_dear_character_makes_only_its_own_message_dear() {
    let sentence = "Please restart the box and tell me what you see. ";
    let text = format!("{}😀", sentence.repeat(40));
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    assert_eq!(fitted.encodings, [Encoding::Gsm7, Encoding::Ucs2]);
    assert_eq!(fitted.encoding, Encoding::Ucs2);
    assert_eq!(fitted.forced_by, Some('😀'));
    assert!(
        unnumbered(&fitted)
            .iter()
            .all(|piece| piece.ends_with(['.', '😀']))
    );
    // 20 where all are cut as UCS-2, 30 where all travel so.
    assert_eq!(fitted.segments.iter().sum::<usize>(), 17, "{fitted:?}");

    let text = format!("It’s {}", text.trim_end());
    assert!(fit(&text).messages[0].starts_with("It's "));
}

#[test]
fn a_cheap_stretch_that_fills_no_message_changes_no_cut() {
    let text = format!("{}{}", "ça va. ".repeat(150), "It is “fine”. ".repeat(40));
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    assert_eq!(fitted.messages.len(), 3);
    assert_eq!(
        fitted.encodings,
        [Encoding::Ucs2, Encoding::Ucs2, Encoding::Gsm7]
    );
    assert!(fitted.messages[2].contains("\"fine\""));
}

#[test]
fn what_braze_takes_whole_is_one_message_without_a_number() {
    for text in [
        "a".repeat(1530),
        "ç".repeat(670),
        "word ".repeat(306).trim_end().to_owned(),
    ] {
        let fitted = fit(&text);
        assert_eq!(fitted.messages, [text.as_str()]);
        assert_eq!(fitted.segments, [10]);
    }
}

#[test]
fn a_long_text_is_cut_at_a_paragraph_then_a_sentence_then_a_word() {
    let sentence = "This is one sentence of the text, said \"so.\" ";
    let paragraph = sentence.repeat(22);
    let text = format!("{}\n\n{}", paragraph.trim_end(), paragraph.trim_end());
    let fitted = fit(&text);
    assert_eq!(
        unnumbered(&fitted),
        [paragraph.trim_end(), paragraph.trim_end()]
    );

    let text = sentence.repeat(60);
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    assert_eq!(fitted.messages.len(), 2);
    assert!(
        unnumbered(&fitted)
            .iter()
            .all(|piece| piece.ends_with("\"so.\""))
    );

    let text = "word and ".repeat(300);
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    let whole = |word: &&str| ["word", "and"].contains(word);
    assert!(
        unnumbered(&fitted)
            .iter()
            .all(|piece| piece.split(' ').all(|word| whole(&word)))
    );
}

#[test]
fn a_nicer_cut_never_costs_a_further_message() {
    let paragraph = "One more sentence of it. ".repeat(32);
    let text = [paragraph.trim_end(); 3].join("\n\n");
    assert_eq!(segments(&text), 16);
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    assert_eq!(fitted.messages.len(), 2);
    assert!(unnumbered(&fitted)[0].ends_with("it."));
}

#[test]
fn a_no_break_space_keeps_a_figure_with_its_unit() {
    let text = "ça coûte 10\u{a0}€ ou 25\u{202f}kg ".repeat(60);
    let fitted = fit(&text);
    assert_complete(text.trim_end(), &fitted);
    assert!(fitted.messages.len() > 1);
    for piece in unnumbered(&fitted) {
        assert!(!piece.starts_with(['€', 'k']) && !piece.ends_with(|c: char| c.is_ascii_digit()));
    }
}

#[test]
fn an_early_paragraph_does_not_make_a_tiny_message() {
    let text = format!("Hi Ana,\n\n{}", "One more sentence. ".repeat(160));
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    assert_eq!(fitted.segments[0], MAX_SEGMENTS);
    assert!(unnumbered(&fitted)[0].ends_with("sentence."));
}

#[test]
fn a_link_that_fits_is_never_cut() {
    let link = format!("https://example.com/{}", "a/".repeat(300));
    for (lead, tail) in [
        ("x ".repeat(600), " y".repeat(600)),
        ("x".repeat(1400), "\ny".repeat(300)),
        ("请看".repeat(200), "好的".repeat(200)),
        (String::new(), " y".repeat(600)),
    ] {
        let text = format!("{lead}{link}{tail}");
        let fitted = fit(&text);
        assert_complete(&text, &fitted);
        assert!(fitted.messages.len() > 1);
        assert!(
            fitted
                .messages
                .iter()
                .any(|message| message.contains(&link)),
            "{}",
            lead.len()
        );
    }
}

#[test]
fn a_word_longer_than_a_message_is_cut_and_fills_it() {
    let text = format!("See {}", "a".repeat(4000));
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    assert_eq!(fitted.messages.len(), 3);
    let link = format!("https://example.com/{}", "a".repeat(4000));
    assert_complete(&link, &fit(&link));
}

#[test]
fn more_than_nine_messages_are_numbered_with_two_digits() {
    let text = "Two words. ".repeat(1500);
    let fitted = fit(&text);
    assert_complete(&text, &fitted);
    assert_eq!(fitted.messages.len(), 11);
    assert!(fitted.messages[0].ends_with(" (1/11)"));
}

#[test]
fn a_cluster_longer_than_a_message_does_not_stop_the_split() {
    let text = format!("a{}", "\u{302}".repeat(2000));
    let fitted = fit(&text);
    assert_eq!(unnumbered(&fitted).concat(), text);
    assert_eq!(fitted.messages.len(), 4);
}

#[test]
fn a_text_of_256_kb_is_cut_in_linear_time() {
    for unit in [
        "a",
        "a ",
        "😀",
        "https://",
        "é\n",
        "。",
        "\u{302}",
        "a. \n\n",
        "€",
        "ça va ",
        "œ",
        "[{€}]",
        "e\u{302}",
        "aé",
        "👨\u{200d}👩",
        "🇫🇷",
        "1\u{fe0f}\u{20e3}",
        "a\n\u{308}",
    ] {
        let time = |length: usize, times: usize| {
            let text = unit.repeat(length / unit.len());
            let start = std::time::Instant::now();
            for _ in 0..times {
                assert!(!fit(&text).messages.is_empty(), "{unit}");
            }
            start.elapsed()
        };
        // As long as eight texts of an eighth; a walk over the rest for every message takes eight times that.
        let linear = (0..4).any(|_| time(262_144, 1) < time(32_768, 8) * 3);
        assert!(linear, "{unit}");
    }
}

#[test]
fn the_text_does_not_show_in_debug_output() {
    assert!(!format!("{:?}", fit("secret 😀")).contains("secret"));
}

fn long_text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "word",
        "a",
        " ",
        "  ",
        "\n",
        "\n\n",
        ". ",
        "! ",
        "€",
        "[x]",
        "é",
        "ç",
        "😀",
        "👨‍👩‍👧",
        "e\u{301}",
        "🇫🇷",
        "https://example.com/a/b?c=d",
        "请看",
        "。",
        "’",
        "…",
        "\u{a0}",
        "\u{200b}",
        "\r\n",
        "(1/2)",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        " \u{301}",
        "\u{600} ",
    ];
    prop_oneof![
        prop::collection::vec(prop::sample::select(pieces), 0..1200)
            .prop_map(|parts| parts.concat()),
        prop::collection::vec(
            prop::sample::select(vec!["word ", "a", "€", ". ", "\n"]),
            0..2500
        )
        .prop_map(|parts| parts.concat()),
        any::<String>(),
    ]
}

/// Units of a text as a network counts them, by another way than the counter's.
fn units(text: &str, encoding: Encoding) -> usize {
    let part = encoding.part();
    let mut parts = vec![0];
    for c in text.chars() {
        let cost = match encoding {
            Encoding::Ucs2 => c.encode_utf16(&mut [0; 2]).len(),
            Encoding::Gsm7 if "^{}\\[~]|€".contains(c) => 2,
            Encoding::Gsm7 => 1,
        };
        if parts.last().is_some_and(|filled| filled + cost > part) {
            parts.push(0);
        }
        *parts.last_mut().expect("never empty") += cost;
    }
    (parts.len() - 1) * part + parts.last().expect("never empty")
}

/// Whether one message with a number of so many digits holds a text.
fn holds(text: &str, way: Way, digits: usize) -> bool {
    let fits = |encoding: Encoding| {
        units(text, encoding) <= MAX_SEGMENTS * encoding.part() - 4 - 2 * digits
    };
    match way {
        Way::Whole(encoding) => fits(encoding),
        Way::Own(_) if Encoding::of(text) == Encoding::Gsm7 => fits(Encoding::Gsm7),
        Way::Own(_) => fits(Encoding::Ucs2),
    }
}

/// The fewest messages for words that are never cut: filled from the start as far as it goes.
fn fewest(text: &str, way: Way, digits: usize) -> usize {
    let words: Vec<(usize, &str)> = text
        .split_whitespace()
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
        .collect();
    let mut count = 1;
    let mut start = words[0].0;
    for (at, word) in words {
        if !holds(&text[start..at + word.len()], way, digits) {
            count += 1;
            start = at;
        }
    }
    count
}

fn words_and_links() -> impl Strategy<Value = (String, Vec<String>)> {
    let word = prop_oneof![
        4 => "[a-z]{1,12}[.!,]?".prop_map(|word| (word, false)),
        1 => "[a-zé€\\[\\]]{1,40}".prop_map(|word| (word, false)),
        1 => "https://example\\.com/[a-z0-9/?=&.%-]{1,200}".prop_map(|link| (link, true)),
    ];
    let gap = prop::sample::select(vec![" ", " ", " ", "  ", "\n", "\n\n"]);
    let dear = prop_oneof![Just(""), Just("ça "), Just("😀 ")];
    (
        prop::collection::vec((word, gap), 1..500),
        dear,
        any::<prop::sample::Index>(),
    )
        .prop_map(|(words, dear, place)| {
            let links = words.iter().filter(|((_, link), _)| *link);
            let links = links.map(|((link, _), _)| link.clone()).collect();
            let mut text: Vec<String> = words
                .iter()
                .map(|((word, _), gap)| format!("{word}{gap}"))
                .collect();
            text.insert(place.index(words.len() + 1), dear.to_owned());
            (text.concat().trim_end().to_owned(), links)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn there_are_as_few_messages_as_whole_words_and_links_allow((text, links) in words_and_links()) {
        let fitted = fit(&text);
        assert_complete(&text, &fitted);
        let count = fitted.messages.len();
        let total: usize = fitted.segments.iter().sum();
        if segments(&text) <= MAX_SEGMENTS {
            prop_assert_eq!(count, 1);
        } else {
            let encoding = Encoding::of(&text);
            for way in [Way::Whole(encoding), Way::Own(Ligatures::Keep)] {
                let pieces = split::split(&text, &split::words(&text), way);
                prop_assert_eq!(pieces.len(), fewest(&text, way, pieces.len().to_string().len()));
                let numbered = pieces.iter().zip(1..);
                let cost = numbered.map(|(piece, n)| segments(&format!("{piece} ({n}/{})", pieces.len())));
                prop_assert!(total <= cost.sum());
            }
        }
        // Each message takes the fewest parts that carry it, so splitting costs a part a cut at most.
        let measured = fitted.messages.iter().zip(&fitted.encodings);
        let fewest = measured.map(|(message, how)| units(message, *how).div_ceil(how.part()));
        prop_assert!(total <= fewest.sum());
        for link in links {
            prop_assert!(fitted.messages.iter().any(|message| message.contains(&link)), "{}", link);
        }
    }

    #[test]
    fn every_text_arrives_whole_within_the_limits_and_cut_between_clusters(text in long_text()) {
        let fitted = fit(&text);
        let clean = clean::clean(&text);
        assert_complete(&clean, &fitted);
        prop_assert_eq!(fitted.forced_by.is_some(), fitted.encoding == Encoding::Ucs2);
        prop_assert_eq!(fitted.messages.is_empty(), is_blank(&clean));
    }

    #[test]
    fn what_is_gsm_7_already_is_never_changed(text in "[a-zA-Z0-9 ,.?éèàùÇñ€\\[\\]]{0,140}[a-z]") {
        prop_assert_eq!(&fit(&text).messages, &[text.trim_start()]);
    }
}

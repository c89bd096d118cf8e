//! What customers send, held against texts that were written before the rules. The files are read as they stand;
//! `\n` in them is a line end.

use proptest::prelude::*;

use super::growth;
use crate::text::incoming::{
    TextKind, asks, classify, is_blank, is_courtesy, is_only_opt_out, is_opt_out_wish, rating,
};

/// The texts of a file.
fn texts(file: &str) -> Vec<String> {
    let lines = file
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.replace("\\n", "\n")).collect()
}

/// All texts of a file are of one kind; those that are not are named.
fn are(file: &str, kind: &str) {
    let texts = texts(file);
    let wrong: Vec<String> = texts
        .iter()
        .map(|text| (text, kind_of(text)))
        .filter(|(_, found)| *found != kind)
        .map(|(text, found)| format!("{text:?} is {found}, not {kind}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        texts.len(),
        wrong.join("\n")
    );
}

fn kind_of(text: &str) -> &'static str {
    match classify(text) {
        TextKind::Blank => "blank",
        TextKind::Reaction(_) => "a reaction",
        TextKind::AutomaticReply => "automatic",
        TextKind::OptOutWish => "an opt-out",
        TextKind::ThankYou => "a courtesy",
        TextKind::Ordinary => "ordinary",
    }
}

#[test]
fn reactions_of_phones_are_known() {
    are(
        include_str!("../../../fixtures/texts/reactions.txt"),
        "a reaction",
    );
}

#[test]
fn answers_of_machines_are_known() {
    are(
        include_str!("../../../fixtures/texts/automatic.txt"),
        "automatic",
    );
}

#[test]
fn courtesies_are_known() {
    are(
        include_str!("../../../fixtures/texts/thanks.txt"),
        "a courtesy",
    );
}

#[test]
fn wishes_to_get_no_more_texts_are_known() {
    are(
        include_str!("../../../fixtures/texts/opt_out.txt"),
        "an opt-out",
    );
}

#[test]
fn a_text_that_somebody_has_to_read_is_ordinary() {
    are(
        include_str!("../../../fixtures/texts/ordinary.txt"),
        "ordinary",
    );
}

#[test]
fn a_text_that_shows_nothing_is_blank() {
    for blank in [
        "",
        " ",
        "\n\t",
        "\u{200b}",
        "\u{3164}",
        "\u{a0}\u{2003}",
        "\u{feff}\u{200d}",
        "\u{2800}",
        "\u{fffc}",
        "\u{e0020}",
    ] {
        assert!(is_blank(blank), "{blank:?}");
        assert_eq!(classify(blank), TextKind::Blank);
    }
    for shown in [".", "a\u{200b}", "👍", "0", "\u{200b}?"] {
        assert!(!is_blank(shown), "{shown:?}");
    }
}

#[test]
fn a_reaction_names_the_message_it_is_to() {
    let quoted = |text| match classify(text) {
        TextKind::Reaction(reaction) => reaction.quoted.map(str::to_owned),
        other => panic!("{other:?}"),
    };
    assert_eq!(quoted("Liked “All done.”").as_deref(), Some("All done."));
    assert_eq!(
        quoted("a attribué la mention « J’aime » à « C’est réglé »").as_deref(),
        Some("C’est réglé")
    );
    assert_eq!(quoted("Liked “cut short…").as_deref(), Some("cut short…"));
    assert_eq!(quoted("Liked an image"), None);
}

#[test]
fn a_rating_is_a_number_stars_or_a_thumb_and_nothing_else() {
    for (text, want) in [
        ("5", Some(5)),
        ("1", Some(1)),
        (" 3 ", Some(3)),
        ("5!", Some(5)),
        ("5 stars", Some(5)),
        ("5 stars!!", Some(5)),
        ("4 ⭐", Some(4)),
        ("⭐⭐⭐", Some(3)),
        ("★★★★☆", Some(4)),
        ("👍", Some(5)),
        ("👎👎", Some(1)),
        ("5️⃣", Some(5)),
        ("4/5", Some(4)),
        ("4 out of 5", Some(4)),
        ("five", Some(5)),
        ("Five stars, thank you Ada!", Some(5)),
        ("5 - great service", Some(5)),
        ("I give it a 4", Some(4)),
        ("cinq", Some(5)),
        ("5 étoiles", Some(5)),
        ("4 sur 5", Some(4)),
        ("cinco estrellas", Some(5)),
        ("fünf Sterne", Some(5)),
        ("4 von 5", Some(4)),
        ("quatro", Some(4)),
        ("cinque stelle", Some(5)),
        ("5 merci", Some(5)),
        ("5/5", Some(5)),
        ("10/10", None),
        ("10", None),
        ("0", None),
        ("6", None),
        ("8/10", None),
        ("5/10", None),
        ("4.5", None),
        ("4 or 5", None),
        ("1 thing is missing", None),
        ("2 of 3 arrived", None),
        ("5?", None),
        ("5 days and no answer", None),
        ("👍👎", None),
        ("⭐⭐⭐⭐⭐⭐", None),
        ("great", None),
        ("", None),
        ("order 5", None),
        ("5th of May", None),
        ("-1", Some(1)),
    ] {
        assert_eq!(rating::rating(text), want, "{text}");
    }
}

#[test]
fn a_quarter_of_a_megabyte_of_anything_is_judged_in_linear_time() {
    let units = [
        "a ",
        "stop ",
        "thanks ",
        "(",
        "\u{201c}",
        "Liked \u{201c}",
        "S T O P ",
        "please ",
        "no ",
        "👍",
        "don't ",
        "merci et ",
        "stop, ",
        "stop. ",
        "\u{200b}",
        ":",
        ":-",
        "<",
        "5 ",
        "⭐",
        "I'm driving. ",
        "\"",
        "\u{301}",
        "ß",
        "~",
        "unsubscribe ",
        "sto",
        "ja ",
        "please stop ",
        "liked a ",
        "- stop\n",
    ];
    let judge = |text: &str| {
        let kind = classify(text);
        let _ = (kind, is_courtesy(text), is_opt_out_wish(text), asks(text));
        let _ = (is_only_opt_out(text), rating::rating(text), is_blank(text));
        0
    };
    for unit in units {
        judge(&unit.repeat(290 / unit.len()));
    }
    growth::grows_as_the_text(&units, judge);
}

proptest! {
    #[test]
    fn any_text_is_judged_without_a_panic(text in any::<String>()) {
        let _ = (classify(&text), is_courtesy(&text), rating::rating(&text));
    }

    #[test]
    fn one_unknown_word_is_enough_to_need_an_answer(word in "[bcdfghjklmnpqrstvwxz]{2}qxk[bcdfghjklmnpqrstvwxz]{3,8}", after in any::<bool>()) {
        let text = if after { format!("thanks {word}") } else { format!("{word} thanks") };
        prop_assert!(!is_courtesy(&text));
    }

    #[test]
    fn a_question_a_number_or_a_sad_face_makes_no_courtesy(
        thanks in prop::sample::select(vec!["thanks", "merci beaucoup", "ok danke", "perfetto grazie", "👍"]),
        more in prop::sample::select(vec!["?", " :(", " 2", " :'(", " ¿", " 😡", " =[", " but"]),
    ) {
        prop_assert!(is_courtesy(thanks));
        let text = format!("{thanks}{more}");
        prop_assert!(!is_courtesy(&text));
    }

    #[test]
    fn words_of_courtesies_in_any_order_ask_for_no_opt_out(
        words in prop::collection::vec(prop::sample::select(vec!["thanks", "ok", "great", "please", "no", "more", "list", "me", "the", "text"]), 1..6),
    ) {
        let text = words.join(" ");
        prop_assume!(!text.contains("no more"));
        prop_assert!(!is_opt_out_wish(&text));
    }
}

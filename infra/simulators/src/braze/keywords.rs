//! Keyword categories: which one a text belongs to, and what Braze answers by itself.

use serde::{Deserialize, Serialize};

/// Name of the custom category behind the support campaign.
pub const SUPPORT: &str = "support";

/// Opt-out keywords that every workspace has.
const OPT_OUT: [&str; 6] = ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"];
const OPT_IN: [&str; 3] = ["START", "YES", "UNSTOP"];
const HELP: [&str; 2] = ["HELP", "INFO"];

const OPT_OUT_ANSWER: &str = "You have successfully been unsubscribed. You will not receive any \
    more messages from this number. Reply START to resubscribe.";
const OPT_IN_ANSWER: &str = "You have successfully been re-subscribed to messages from this \
    number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
const HELP_ANSWER: &str = "Reply STOP to unsubscribe. Msg&Data Rates May Apply.";
const SUPPORT_ANSWER: &str = "Thank you. We will get back to you here.";
const FUZZY_ANSWER: &str = "To unsubscribe from all messages, reply with the word STOP.";

const MOST_CUSTOM: usize = 25;
const MOST_KEYWORDS: usize = 20;
const LONGEST_KEYWORD: usize = 34;
const LONGEST_ANSWER: usize = 300;

/// Keyword categories of inbound texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// STOP and the like.
    OptOut,
    /// START and the like.
    OptIn,
    /// HELP and INFO.
    Help,
    /// The custom category of the support keywords.
    Support,
    /// Any other custom category.
    Custom,
    /// Everything else.
    Other,
    /// From a number that Braze does not know: ignored.
    UnknownUser,
}

/// A category with its keywords and the automatic answer to each text of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeywordCategory {
    /// Name.
    pub name: String,
    /// Kind.
    pub category: Category,
    /// Whole messages of one word, whatever their case.
    pub keywords: Vec<String>,
    /// What the customer gets at once.
    pub answer: String,
}

/// A workspace's keyword categories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Keywords(Vec<KeywordCategory>);

impl Default for Keywords {
    fn default() -> Self {
        let category = |name: &str, category, keywords: &[&str], answer: &str| KeywordCategory {
            name: name.to_owned(),
            category,
            keywords: keywords.iter().map(|k| (*k).to_owned()).collect(),
            answer: answer.to_owned(),
        };
        Self(vec![
            category("opt-out", Category::OptOut, &OPT_OUT, OPT_OUT_ANSWER),
            category("opt-in", Category::OptIn, &OPT_IN, OPT_IN_ANSWER),
            category("help", Category::Help, &HELP, HELP_ANSWER),
        ])
    }
}

impl Keywords {
    /// The category whose keyword a text is. The first three come before the custom ones.
    pub(super) fn find(&self, text: &str) -> Option<&KeywordCategory> {
        let word = text.trim().to_uppercase();
        let is = |keyword: &String| keyword.to_uppercase() == word;
        self.0.iter().find(|known| known.keywords.iter().any(is))
    }

    /// Sets the keywords of the support campaign's category.
    pub(super) fn set_support(&mut self, keywords: &[String]) {
        self.0.retain(|known| known.name != SUPPORT);
        self.0.push(KeywordCategory {
            name: SUPPORT.to_owned(),
            category: Category::Support,
            keywords: keywords.to_vec(),
            answer: SUPPORT_ANSWER.to_owned(),
        });
    }

    /// Removes a custom category.
    pub(super) fn remove(&mut self, name: &str) {
        let is_custom = |known: &KeywordCategory| known.category == Category::Custom;
        self.0
            .retain(|known| known.name != name || !is_custom(known));
    }

    /// Adds a custom category.
    ///
    /// # Errors
    /// What the dashboard refuses: too many categories or keywords, a keyword with spaces, too long
    /// or taken, an answer that is empty or too long.
    pub(super) fn add(&mut self, name: &str, words: &[&str], answer: &str) -> Result<(), String> {
        let custom =
            |k: &&KeywordCategory| matches!(k.category, Category::Custom | Category::Support);
        if self.0.iter().filter(custom).count() >= MOST_CUSTOM {
            return Err(format!("at most {MOST_CUSTOM} custom keyword categories"));
        }
        if words.is_empty() || words.len() > MOST_KEYWORDS {
            return Err(format!("{name}: 1 to {MOST_KEYWORDS} keywords"));
        }
        for word in words {
            let length = word.chars().count();
            if !(1..=LONGEST_KEYWORD).contains(&length) || word.contains(char::is_whitespace) {
                return Err(format!(
                    "{word}: a keyword is one word of at most {LONGEST_KEYWORD} characters"
                ));
            }
            if self.find(word).is_some() {
                return Err(format!("{word}: another category has this keyword"));
            }
        }
        if !(1..=LONGEST_ANSWER).contains(&answer.chars().count()) {
            return Err(format!(
                "{name}: the answer has 1 to {LONGEST_ANSWER} characters"
            ));
        }
        self.0.push(KeywordCategory {
            name: name.to_owned(),
            category: Category::Custom,
            keywords: words.iter().map(|word| (*word).to_owned()).collect(),
            answer: answer.to_owned(),
        });
        Ok(())
    }

    /// Braze's answer to a text that holds an opt-out keyword, or misses one by a neighbouring key,
    /// where fuzzy opt-out is on.
    pub(super) fn fuzzy(&self, text: &str) -> Option<&'static str> {
        let text = text.trim().to_uppercase();
        let opt_out = self.0.iter().find(|k| k.category == Category::OptOut)?;
        let close = |word: &String| text.contains(word.as_str()) || one_key_off(&text, word);
        let found = opt_out.keywords.iter().any(close);
        found.then_some(FUZZY_ANSWER)
    }
}

/// Whether a text is a keyword but for one letter, which is next to the right one on the keyboard.
fn one_key_off(text: &str, keyword: &str) -> bool {
    const ROWS: [&str; 3] = ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"];
    let neighbours = |a: char, b: char| {
        ROWS.iter().any(|row| {
            let place = |letter| row.find(letter);
            matches!((place(a), place(b)), (Some(a), Some(b)) if a.abs_diff(b) == 1)
        })
    };
    let mut wrong = text.chars().zip(keyword.chars()).filter(|(a, b)| a != b);
    text.chars().count() == keyword.chars().count()
        && matches!((wrong.next(), wrong.next()), (Some((a, b)), None) if neighbours(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuzzy_opt_out_takes_parts_of_words_and_neighbouring_keys() {
        let keywords = Keywords::default();
        for fuzzy in [
            "See you at the weekend",
            "cancelled?",
            "Please stopppp",
            "stoo",
        ] {
            assert!(keywords.fuzzy(fuzzy).is_some(), "{fuzzy}");
        }
        for plain in ["Where is my parcel?", "ztop", "shop"] {
            assert_eq!(keywords.fuzzy(plain), None, "{plain}");
        }
    }

    #[test]
    fn what_the_dashboard_refuses_is_refused() {
        let mut keywords = Keywords::default();
        assert_eq!(
            keywords.add("promo", &["DEAL"], "Ten per cent off."),
            Ok(())
        );
        for (words, answer) in [
            (&["TWO WORDS"][..], "x"),
            (&[""], "x"),
            (&["deal"], "x"),
            (&["STOP"], "x"),
            (&[], "x"),
            (&["NEW"], ""),
            (&["NEW"], &*"x".repeat(301)),
        ] {
            assert!(keywords.add("other", words, answer).is_err(), "{words:?}");
        }
        for number in 1..MOST_CUSTOM {
            let word = format!("WORD{number}");
            assert_eq!(keywords.add(&word, &[&word], "x"), Ok(()));
        }
        assert!(keywords.add("one-more", &["ONEMORE"], "x").is_err());
    }
}

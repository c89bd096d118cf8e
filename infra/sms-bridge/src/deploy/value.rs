//! Values of the template's parameters: whether they may be, and how SAM wants them written.

use local::template::Parameter;
use shared::net::BaseUrl;

use crate::Failure;

/// `NAME=VALUE` of an option.
pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = pair.ok_or("write NAME=VALUE")?;
    Ok((name.trim().to_owned(), value.to_owned()))
}

/// The parameter of this name.
pub(super) fn known<'a>(parameters: &'a [Parameter], name: &str) -> Result<&'a Parameter, Failure> {
    let found = parameters.iter().find(|parameter| parameter.name == name);
    found.ok_or_else(|| {
        let mut names = parameters.iter().map(|parameter| &parameter.name);
        let alike = names.find(|other| other.eq_ignore_ascii_case(name));
        let hint = match alike {
            Some(other) => format!("; it is called {other}"),
            None => ": docs/settings.md lists all of them".to_owned(),
        };
        Failure::Usage(format!("the template has no parameter {name}{hint}"))
    })
}

/// What is wrong with a value, in a sentence that names its parameter. CloudFormation checks the rest.
pub(super) fn check(parameter: &Parameter, value: &str) -> Result<(), String> {
    let name = &parameter.name;
    if value.contains('\\') || value.chars().any(char::is_control) {
        return Err(format!(
            "{name}: SAM cannot pass on a backslash or a line break"
        ));
    }
    if value.is_empty() && parameter.default.is_none() {
        return Err(format!("{name} is required"));
    }
    if !parameter.allowed.is_empty() && !parameter.allowed.iter().any(|one| one == value) {
        return Err(format!("{name} is one of {}", parameter.allowed.join(", ")));
    }
    if name.ends_with("BaseUrl")
        && let Err(error) = value.parse::<BaseUrl>()
    {
        return Err(format!("{name} {error}"));
    }
    let id = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    if name.ends_with("CampaignId") && !value.chars().all(id) {
        return Err(format!(
            "{name} is an id of letters, digits and hyphens, as Braze shows it with the campaign"
        ));
    }
    Ok(())
}

/// A parameter as SAM reads it from a list: without quotes of its own a value ends at its first blank,
/// and an empty one is refused.
pub(super) fn for_sam(name: &str, value: &str) -> String {
    format!("{name}=\"{}\"", value.replace('"', "\\\""))
}

/// The names and values that SAM reads from a text; `None` where it would misread it.
pub(super) fn of_sam(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, value) = rest.split_once('=')?;
        if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
            return None;
        }
        let quote = value
            .chars()
            .next()
            .filter(|first| matches!(first, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => quoted(&value[1..], quote)?,
            None => {
                let end = value.find(' ').unwrap_or(value.len());
                (value[..end].to_owned(), &value[end..])
            }
        };
        pairs.push((name.to_owned(), value));
        rest = after.trim_start();
    }
    Some(pairs)
}

/// A quoted value without its first quote, and what comes after the last.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Some((value, &text[at + 1..])),
            '\\' => match letters.next()?.1 {
                escaped @ (' ' | '"' | '\'') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_blanks_and_quotes_come_back_as_they_were() {
        for value in [
            "Thanks, bye!",
            "It's closed",
            "say \"bye\"",
            "\"all\"",
            "",
            "plain",
        ] {
            let text = for_sam("SolvedMessage", value);
            let back = of_sam(&text).unwrap();
            assert_eq!(back, [pair("SolvedMessage", value)], "{text}");
        }
        assert_eq!(for_sam("A", "Thanks, bye!"), "A=\"Thanks, bye!\"");
        assert_eq!(for_sam("A", ""), "A=\"\"");
    }

    #[test]
    fn an_unquoted_value_ends_at_its_first_blank_as_in_sam() {
        let read = of_sam("SolvedMessage=Thanks, OpenOn=any").unwrap();
        let cut = [pair("SolvedMessage", "Thanks,"), pair("OpenOn", "any")];
        assert_eq!(read, cut);
        // SAM passes over what follows the blank without a word.
        assert_eq!(of_sam("SolvedMessage=Thanks, bye!"), None);
    }

    /// As `sam deploy --guided` keeps them.
    #[test]
    fn one_text_of_all_parameters_is_read() {
        let read = of_sam("OpenOn=\"any\" SolvedMessage=\"It's \\\"done\\\" = bye\" Language=\"\"");
        let all = [
            pair("OpenOn", "any"),
            pair("SolvedMessage", "It's \"done\" = bye"),
            pair("Language", ""),
        ];
        assert_eq!(read.unwrap(), all);
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    fn parameter(name: &str, default: Option<&str>, allowed: &[&str]) -> Parameter {
        Parameter {
            name: name.to_owned(),
            description: String::new(),
            default: default.map(str::to_owned),
            allowed: allowed.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn a_wrong_value_is_refused_by_name() {
        for (name, default, allowed, value, told) in [
            (
                "ZendeskBaseUrl",
                None,
                &[][..],
                "",
                "ZendeskBaseUrl is required",
            ),
            (
                "OpenOn",
                Some("any"),
                &["any", "keyword"][..],
                "all",
                "OpenOn is one of any, keyword",
            ),
            (
                "SolvedMessage",
                Some(""),
                &[][..],
                "a\\b",
                "SolvedMessage: SAM cannot pass on a backslash",
            ),
            (
                "BrazeReplyCampaignId",
                Some(""),
                &[][..],
                "a b",
                "BrazeReplyCampaignId is an id",
            ),
            (
                "BrazeBaseUrl",
                None,
                &[][..],
                "rest.iad-01.braze.com",
                "BrazeBaseUrl ",
            ),
        ] {
            let wrong = check(&parameter(name, default, allowed), value).unwrap_err();
            assert!(wrong.starts_with(told), "{wrong}");
        }
        assert!(check(&parameter("BrazeReplyCampaignId", Some(""), &[]), "").is_ok());
    }
}

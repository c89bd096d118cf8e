//! Reads typed values through a lookup and collects every problem.
//!
//! In: names. Out: values, and [`ConfigErrors`] that names settings and never shows a value.
//! Imports only `hours` and `net`, and from
//! `message` what a campaign id is.

use std::fmt;
use std::ops::RangeInclusive;

use crate::hours::{Hours, NotHours};
use crate::message::{NOT_A_CAMPAIGN, is_campaign};
use crate::net::BaseUrl;

/// Every missing or wrong setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors {
    /// In the order of reading, at least one.
    pub problems: Vec<Problem>,
}

/// One missing or wrong setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable's name.
    pub name: &'static str,
    /// What is wrong, continuing a sentence that begins with the name.
    pub problem: String,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("settings are missing or wrong: ")?;
        for (index, Problem { name, problem }) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{name} {problem}")?;
        }
        Ok(())
    }
}

/// Reads settings and remembers what was wrong.
pub(super) struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            lookup,
            problems: Vec::new(),
        }
    }

    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, ConfigErrors> {
        match value {
            Some(value) if self.problems.is_empty() => Ok(value),
            _ => Err(ConfigErrors {
                problems: self.problems,
            }),
        }
    }

    pub(super) fn optional(&self, name: &'static str) -> Option<String> {
        (self.lookup)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn required(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name);
        if value.is_none() {
            self.wrong(name, "is required");
        }
        value
    }

    pub(super) fn base_url(&mut self, name: &'static str) -> Option<BaseUrl> {
        let parsed = self.required(name)?.parse();
        parsed
            .map_err(|error: crate::net::BaseUrlError| self.wrong(name, error.to_string()))
            .ok()
    }

    /// An AWS endpoint: an absolute http or https URL.
    pub(super) fn endpoint(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name)?;
        let fits = reqwest::Url::parse(&value)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !fits {
            self.wrong(name, "is not an http or https URL");
        }
        fits.then_some(value)
    }

    pub(super) fn campaign(&mut self, name: &'static str) -> Option<String> {
        let value = self.optional(name)?;
        let fits = is_campaign(&value);
        if !fits {
            self.wrong(name, format!("is {NOT_A_CAMPAIGN}"));
        }
        fits.then_some(value)
    }

    pub(super) fn hours(&mut self, name: &'static str) -> Option<Hours> {
        let parsed = self.optional(name)?.parse();
        parsed
            .map_err(|problem: NotHours| self.wrong(name, problem.to_string()))
            .ok()
    }

    /// Comma-separated campaign ids; `None` where the setting is absent.
    pub(super) fn campaigns(&mut self, name: &'static str) -> Option<Vec<String>> {
        let value = self.optional(name)?;
        let ids: Vec<String> = value
            .split(',')
            .map(|id| id.trim().to_owned())
            .filter(|id| !id.is_empty())
            .collect();
        if !ids.iter().all(|id| is_campaign(id)) {
            self.wrong(name, format!("has an entry that is {NOT_A_CAMPAIGN}"));
        }
        Some(ids)
    }

    pub(super) fn choice<T: Clone>(
        &mut self,
        name: &'static str,
        default: T,
        choices: &[(&str, T)],
    ) -> T {
        let Some(value) = self.optional(name) else {
            return default;
        };
        match choices
            .iter()
            .find(|(word, _)| value.eq_ignore_ascii_case(word))
        {
            Some((_, choice)) => choice.clone(),
            None => {
                let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
                self.wrong(name, format!("must be one of {}", words.join(", ")));
                default
            }
        }
    }

    pub(super) fn number(
        &mut self,
        name: &'static str,
        default: u32,
        range: RangeInclusive<u32>,
    ) -> u32 {
        let Some(value) = self.optional(name) else {
            return default;
        };
        match value.parse() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (least, most) = (range.start(), range.end());
                self.wrong(
                    name,
                    format!("must be a whole number from {least} to {most}"),
                );
                default
            }
        }
    }

    /// The id of a ticket field.
    pub(super) fn id(&mut self, name: &'static str) -> Option<u64> {
        let value = self.optional(name)?;
        let id = value.parse().ok().filter(|id| *id > 0);
        if id.is_none() {
            self.wrong(name, "must be the number of a ticket field");
        }
        id
    }

    /// Comma-separated tags; Zendesk splits a tag at white space, so none may hold any.
    pub(super) fn tags(&mut self, name: &'static str, default: &str) -> Vec<String> {
        let value = self.optional(name).unwrap_or_else(|| default.to_owned());
        let tags: Vec<String> = value
            .split(',')
            .map(|tag| tag.trim().to_owned())
            .filter(|tag| !tag.is_empty())
            .collect();
        if tags
            .iter()
            .any(|tag| tag.chars().any(|c| c.is_whitespace() || c.is_control()))
        {
            self.wrong(name, "has a tag with white space in it");
        }
        tags
    }

    pub(super) fn wrong(&mut self, name: &'static str, problem: impl Into<String>) {
        self.problems.push(Problem {
            name,
            problem: problem.into(),
        });
    }
}

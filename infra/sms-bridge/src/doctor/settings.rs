//! The settings in force: what differs from the template's defaults, and values that look cut at a blank.
//!
//! In: the stack's parameters. Out: findings. SAM ends a value at its first blank where no quotes are part of it, without
//! a word, and a customer reads what is left.

use local::template::{Parameter, parameters};

use super::Finding;
use crate::account::Deployed;
use crate::deploy::misread;

const AREA: &str = "settings";
const TEMPLATE: &str = include_str!("../../../../template.yaml");
/// Parameters whose value is a sentence that people read begin so.
const TEXTS: [&str; 2] = ["SolvedMessage", "TicketSubject"];

pub(super) fn check(stack: &Deployed) -> Vec<Finding> {
    let known = parameters(TEMPLATE).unwrap_or_default();
    let given = known.iter().filter_map(|parameter| {
        let value = stack.given(&parameter.name)?;
        (parameter.default.as_deref() != Some(value)).then_some((parameter, value))
    });
    let given: Vec<(&Parameter, &str)> = given.collect();
    let own = given
        .iter()
        .map(|(parameter, value)| shown(&parameter.name, value));
    let own: Vec<String> = own.collect();
    let what = match own.is_empty() {
        true => "all have their defaults".to_owned(),
        false => format!(
            "in force, all others have their defaults: {}",
            own.join(", ")
        ),
    };
    let mut findings = vec![Finding::good(AREA, what)];
    findings.extend(
        given
            .into_iter()
            .filter_map(|(parameter, value)| cut(parameter, value)),
    );
    if let Some(wrong) = misread() {
        let remedy = "write it so, then `sms-bridge deploy`";
        findings.push(Finding::bad(AREA, "samconfig.toml", wrong, remedy));
    }
    findings
}

fn shown(name: &str, value: &str) -> String {
    match value.is_empty() || value.contains(char::is_whitespace) {
        true => format!("{name}=\"{value}\""),
        false => format!("{name}={value}"),
    }
}

/// Whether a value looks as if the rest of it had been lost.
fn cut(parameter: &Parameter, value: &str) -> Option<Finding> {
    if value.is_empty() || value.contains(char::is_whitespace) {
        return None;
    }
    let name = &parameter.name;
    let usual = parameter.default.as_deref().unwrap_or_default();
    let quote = value.starts_with(['"', '\'']) && value.chars().next() != value.chars().last();
    let remedy = format!(
        "`sms-bridge deploy --set '{name}=…'` with all of it; by SAM alone {name}=\"…\", quotes and all"
    );
    let bad = |why: &str| {
        let what = format!("{name} is {value}, {why}: SAM ends a value at its first blank");
        Some(Finding::bad(AREA, name, what, &remedy))
    };
    if quote {
        return bad("which begins with a quote that does not end");
    }
    if value.ends_with([',', ';', ':']) {
        return bad("which does not end there");
    }
    if usual
        .split_once(' ')
        .is_some_and(|(first, _)| first == value)
    {
        return bad("the first word of its default");
    }
    TEXTS.iter().any(|text| name.starts_with(text)).then(|| {
        Finding::note(
            AREA,
            format!(
                "{name} is the one word {value}. If it was more, SAM ended it at its first blank: `sms-bridge deploy --set \
                 '{name}=…'`"
            ),
        )
    })
}

//! What the probe says: what it will make, what it does, what it found out.

use serde_json::Value;

use super::Made;
use super::facts::{FACTS, Finding, Group};
use super::transcript::Redactor;
use crate::account::talk;
use crate::columns::{hanging, terminal, wrapped};

/// What the person agrees to.
pub(super) fn consent(made: &Made) -> String {
    let mut parts = vec!["This is for trial accounts that nobody works in.".to_owned()];
    if let Some(lab) = &made.lab {
        parts.push(format!(
            "It makes in Zendesk, {}: up to seven users without an e-mail address, whose names begin with \
             \"sms-bridge probe\"; about ten tickets of theirs with the tag sms_bridge_probe; two webhooks that post \
             to {}, with invented text only; and a trigger that runs for those tickets. It merges two of its users, \
             suspends one, closes a ticket, uploads a file of 25 bytes, and updates one ticket until Zendesk refuses \
             more for ten minutes. It sends your own name and address to Zendesk as they are there already.",
            lab.base, lab.endpoint
        ));
        parts.push(
            "Agents may see notices of new tickets. All is deleted at the end, also after Ctrl-C; after a crash the \
             next run does it. Zendesk keeps deleted tickets for 30 days."
                .to_owned(),
        );
    }
    if let Some(workspace) = &made.workspace {
        let texts = match &made.inbox {
            Some(_) => {
                "It asks you to make a webhook campaign and to text from a phone, makes a content block \
                 sms_bridge_probe, and sends at most two SMS, to that phone, each after a question. The block is \
                 emptied at the end; to archive it is yours, Braze's API cannot."
            }
            None => "It makes nothing there, and no call reaches anybody.",
        };
        parts.push(format!("In Braze, {}: {texts}", workspace.base));
    }
    let told =
        "It takes from three to ten minutes, and writes a transcript without anybody's data.";
    parts.push(told.to_owned());
    let parts = parts
        .iter()
        .map(|part| wrapped(part, terminal()).join("\n"));
    parts.collect::<Vec<_>>().join("\n\n")
}

/// What is being done.
pub(super) fn doing(group: Group) -> &'static str {
    match group {
        Group::Merge => "Two users become one",
        Group::Scopes => "Tokens with few scopes",
        Group::Users => "How users are found and refused",
        Group::Tickets => "Comments and a closed ticket",
        Group::Bodies => "What a trigger sends",
        Group::Limits => "The limit of updates of one ticket",
        Group::Search => "How late a search is, meanwhile",
        Group::Workspace => "What Braze's API tells",
        Group::Texts => "Texts from your phone",
    }
}

/// Each fact with its answer, and how many there are.
pub(super) fn summary(findings: &[Finding], redactor: &Redactor, out: &str) {
    for fact in FACTS {
        let Some(finding) = findings.iter().find(|finding| finding.fact == fact.key) else {
            continue;
        };
        let seen = redactor.hide(&finding.seen);
        let answer = finding.answer.as_ref().map_or_else(
            || format!("not found out: {seen}"),
            |answer| format!("{} ({seen})", word(answer)),
        );
        let question = wrapped(fact.question, terminal()).into_iter();
        for line in question.chain(hanging("  ", &answer, terminal())) {
            talk::say(&line);
        }
    }
    let told = findings.iter().filter(|finding| finding.answer.is_some());
    let told = format!(
        "{} of {} facts were found out. The transcript is {out}: please look at it and send it, CONTRIBUTING.md says \
         where.",
        told.count(),
        findings.len()
    );
    talk::say(&format!("\n{}", wrapped(&told, terminal()).join("\n")));
}

/// An answer in a word.
fn word(answer: &Value) -> String {
    match answer {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Null => "never".to_owned(),
        Value::String(word) => word.clone(),
        other => other.to_string(),
    }
}

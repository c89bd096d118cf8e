//! `docs/messages.md`: everything the bridge says to people, taken from the code.
//!
//! With `UPDATE_DOCS=1` in the environment the page is rewritten.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use local::binaries::workspace_root;
use shared::http::{Known, WebhookAnswer};
use shared::message::{DeliveryId, Malformed, TicketId};

use super::source::{arguments, fields, literals, sources};

const HEAD: &str = "\
# Messages

Every note, message and answer that people read, as the code has it. This page is written by a test, so a sentence
is changed where it stands in the code, and then here by

```sh
UPDATE_DOCS=1 cargo test -p e2e --test world documents::messages
```

Words in braces are filled in.
";

#[test]
fn the_page_says_what_the_code_says() {
    let path = workspace_root().join("docs/messages.md");
    let page = [
        HEAD.to_owned(),
        notes(),
        answers(),
        reasons(),
        alarms(),
        tool(),
        log_lines(),
    ]
    .join("\n");
    let documented = fs::read_to_string(&path).unwrap_or_default();
    if std::env::vars_os().any(|(name, value)| name == "UPDATE_DOCS" && value == "1") {
        fs::write(&path, page).expect("the page can be written");
        return;
    }
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
        (documented.lines().collect(), page.lines().collect());
    let gone: Vec<&&str> = old.difference(&new).collect();
    let added: Vec<&&str> = new.difference(&old).collect();
    assert!(
        documented == page,
        "docs/messages.md is not what the code says; UPDATE_DOCS=1 rewrites it.\nonly there: {gone:#?}\nonly here: {added:#?}"
    );
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace_root().join(path)).expect("a file of the repository")
}

/// What agents read on tickets and customers by SMS, in each language.
fn notes() -> String {
    let texts = |language| {
        fields(&read(&format!(
            "shared/src/conversation/notes/{language}.rs"
        )))
    };
    let (english, french) = (texts("english"), texts("french"));
    let mut page = "## Notes on tickets, and texts to customers\n\n\
        `closing` goes to the customer, the rest on the ticket. `before`, `advice` and `why` are filled in by other rows.\n\n\
        | text | English | French |\n|---|---|---|\n"
        .to_owned();
    for ((name, english), (other, french)) in english.iter().zip(&french) {
        assert_eq!(
            name, other,
            "the languages have their texts in different orders"
        );
        let _ = writeln!(page, "| `{name}` | {} | {} |", cell(english), cell(french));
    }
    assert_eq!(english.len(), french.len());
    page
}

/// What the three routes answer.
fn answers() -> String {
    let delivery = DeliveryId::derive("text", &["example"]);
    let known = || Known::new(delivery.clone(), TicketId::new(35));
    let malformed = Malformed {
        field: "ticket_id",
        problem: "is not a number".to_owned(),
    };
    let all = [
        WebhookAnswer::Delivered(known()),
        WebhookAnswer::Queued(known()),
        WebhookAnswer::Duplicate(known()),
        WebhookAnswer::Ignored("comment by an end user".into(), Known::default()),
        WebhookAnswer::Malformed(malformed),
        WebhookAnswer::NotAuthentic,
        WebhookAnswer::TooLarge(shared::http::MAX_BODY_BYTES),
        WebhookAnswer::NotServed,
        WebhookAnswer::Unavailable,
    ];
    let mut page = "## Answers to Zendesk and Braze\n\n| status | type | `Retry-After` | body |\n|---|---|---|---|\n".to_owned();
    for answer in &all {
        is_among_them(answer);
        let response = answer.response();
        let header = |name: &str| {
            let value = response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let body = std::str::from_utf8(response.body()).unwrap_or_default();
        let _ = writeln!(
            page,
            "| {} | {} | {} | `{body}` |",
            response.status().as_u16(),
            header("content-type"),
            header("retry-after"),
        );
    }
    page
}

/// A new answer has to be added to the list above.
fn is_among_them(answer: &WebhookAnswer) {
    match answer {
        WebhookAnswer::Delivered(_)
        | WebhookAnswer::Queued(_)
        | WebhookAnswer::Duplicate(_)
        | WebhookAnswer::Ignored(..)
        | WebhookAnswer::Malformed(_)
        | WebhookAnswer::NotAuthentic
        | WebhookAnswer::TooLarge(_)
        | WebhookAnswer::NotServed
        | WebhookAnswer::Unavailable => {}
    }
}

/// The sentences that such an answer may hold.
fn reasons() -> String {
    let code = sources("shared/src");
    let within = |openings: &[&str]| -> BTreeSet<String> {
        let all = code.iter().flat_map(|(_, text)| {
            let calls = openings.iter().flat_map(|opening| arguments(text, opening));
            calls
                .map(|inner| literals(inner).join(" "))
                .collect::<Vec<_>>()
        });
        all.filter(|text| text.contains(' ')).collect()
    };
    let mut ignored = within(&["ignored(", "Ignored(", "NotForUs(", "not_sent("]);
    // Those that several places give, in a constant of that description.
    for (_, text) in &code {
        let constants = text.split("/// Reason given").skip(1);
        let named = constants.filter_map(|rest| literals(rest.split_once(';')?.0).pop());
        ignored.extend(named);
    }
    let malformed = within(&["malformed("]);
    format!(
        "## Why an event is ignored\n\nThe `reason` of an answer 200 `ignored`, and of event lines.\n\n{}\n\
         ## What is wrong with a body\n\nThe `detail` of an answer 400. The field's name is in front of a sentence that has none.\n\n{}",
        list(&ignored),
        list(&malformed)
    )
}

/// What operators read when an alarm rings.
fn alarms() -> String {
    let mut page = "## Alarms\n\n| alarm | description |\n|---|---|\n".to_owned();
    let template = read("template.yaml");
    let mut resource = "";
    for line in template.lines() {
        if let Some(name) = line
            .strip_prefix("  ")
            .and_then(|line| line.strip_suffix(':'))
        {
            resource = if name.starts_with(' ') {
                resource
            } else {
                name
            };
        }
        if let Some(description) = line.trim_start().strip_prefix("AlarmDescription: ") {
            let _ = writeln!(page, "| `{resource}` | {} |", cell(description));
        }
    }
    page
}

/// What the tool prints: every literal of three words or more.
fn tool() -> String {
    let mut page =
        "## The tool `sms-bridge`\n\nErrors, results and help, by file. `⏎` is a line's end.\n"
            .to_owned();
    for (path, text) in sources("infra/sms-bridge/src") {
        let sentences: BTreeSet<String> = literals(&text)
            .into_iter()
            .filter(|text| is_prose(text))
            .collect();
        if !sentences.is_empty() {
            let name = path.trim_start_matches("infra/sms-bridge/src/");
            let _ = write!(page, "\n### {name}\n\n```text\n");
            for sentence in sentences {
                let _ = writeln!(page, "{}", sentence.replace('\n', "⏎"));
            }
            page.push_str("```\n");
        }
    }
    page
}

fn is_prose(text: &str) -> bool {
    let words = text
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphabetic));
    words.count() >= 3
}

/// What the functions log, beside the event line.
fn log_lines() -> String {
    let mut page = "## Log lines of the functions\n\n| level | message |\n|---|---|\n".to_owned();
    let code = [sources("shared/src"), sources("functions")].concat();
    for level in ["error", "warn", "info", "debug"] {
        let opening = format!("{level}!(");
        let lines = code.iter().flat_map(|(_, text)| arguments(text, &opening));
        let lines: BTreeSet<String> = lines.filter_map(|inner| literals(inner).pop()).collect();
        for line in lines.iter().filter(|line| line.contains(' ')) {
            let _ = writeln!(page, "| {level} | {} |", cell(line));
        }
    }
    page
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('\n', "⏎")
        .trim()
        .to_owned()
}

fn list(texts: &BTreeSet<String>) -> String {
    texts
        .iter()
        .map(|text| format!("* {}\n", cell(text)))
        .collect()
}

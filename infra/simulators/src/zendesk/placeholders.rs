//! The bodies of triggers: a template with placeholders and loops, filled in for one ticket.
//!
//! Every value is plain text, JSON-escaped in a webhook's body where the account does that; unknown
//! and empty ones render as nothing.

use serde_json::Value;

use super::config::AccountConfig;
use super::model::{AccountState, Attachment, Ticket, TicketComment};

mod dates;
mod values;

const END: &str = "endfor";

/// What a template may speak of.
pub(super) struct Page<'a> {
    pub(super) state: &'a AccountState,
    pub(super) config: &'a AccountConfig,
    pub(super) ticket: &'a Ticket,
    /// Who made the change.
    pub(super) by: u64,
    /// Whether values are JSON-escaped.
    pub(super) escapes: bool,
}

/// What a loop walks over.
#[derive(Clone, Copy)]
enum Item<'a> {
    Comment(&'a TicketComment),
    File(&'a Attachment),
}

/// The names that loops gave to their items, the innermost last.
type Names<'t, 'a> = Vec<(&'t str, Item<'a>)>;

impl<'a> Page<'a> {
    /// The template with its placeholders filled in.
    pub(super) fn render(&self, template: &str) -> String {
        let mut rendered = String::new();
        self.render_into(&mut rendered, template, &mut Vec::new());
        rendered
    }

    fn render_into<'t>(&self, out: &mut String, template: &'t str, names: &mut Names<'t, 'a>) {
        let mut rest = template;
        while let Some(start) = rest.find('{') {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            if let Some((name, after)) = inside(rest, "{{", "}}") {
                let name = name.split('|').next().unwrap_or_default().trim();
                let value = self.value(name, names).unwrap_or_default();
                out.push_str(&self.escaped(value));
                rest = after;
            } else if let Some((head, body, after)) = for_loop(rest) {
                for item in self.items(head, names) {
                    names.push((head.name, item));
                    self.render_into(out, body, names);
                    names.pop();
                }
                rest = after;
            } else {
                out.push('{');
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
    }

    fn escaped(&self, value: String) -> String {
        if !self.escapes {
            return value;
        }
        let quoted = Value::String(value).to_string();
        quoted[1..quoted.len() - 1].to_owned()
    }

    /// Comments are listed newest first.
    fn items(&self, head: Head<'_>, names: &Names<'_, 'a>) -> Vec<Item<'a>> {
        let ticket: &'a Ticket = self.ticket;
        let comments = ticket.comments.iter().rev();
        let list: Vec<Item<'a>> = match head.list {
            "ticket.comments" => comments.map(Item::Comment).collect(),
            "ticket.public_comments" => comments
                .filter(|comment| comment.public)
                .map(Item::Comment)
                .collect(),
            list => {
                let of = list.strip_suffix(".attachments");
                let comment = of.and_then(|name| self.comment(name, names));
                comment.map_or_else(Vec::new, |comment| {
                    comment.attachments.iter().map(Item::File).collect()
                })
            }
        };
        let limit = head.limit.unwrap_or(usize::MAX);
        list.into_iter().skip(head.offset).take(limit).collect()
    }
}

/// The head of a loop: `for NAME in LIST offset:0 limit:3`.
#[derive(Clone, Copy)]
struct Head<'t> {
    name: &'t str,
    list: &'t str,
    offset: usize,
    limit: Option<usize>,
}

/// The loop that a template begins with: head, body, and what follows it.
fn for_loop(template: &str) -> Option<(Head<'_>, &str, &str)> {
    let (head, rest) = tag(template)?;
    let mut words = head.split_whitespace();
    let (name, list) = match (words.next()?, words.next()?, words.next()?, words.next()?) {
        ("for", name, "in", list) => (name, list),
        _ => return None,
    };
    let number = |key: &str| {
        let mut words = head.split_whitespace();
        words.find_map(|word| word.strip_prefix(key)?.strip_prefix(':')?.parse().ok())
    };
    let (body, after) = to_end(rest)?;
    let head = Head {
        name,
        list,
        offset: number("offset").unwrap_or(0),
        limit: number("limit"),
    };
    Some((head, body, after))
}

/// What lies before the end of the loop, and after it; loops inside have ends of their own.
fn to_end(template: &str) -> Option<(&str, &str)> {
    let (mut at, mut open) = (0, 1);
    while let Some(next) = template[at..].find("{%") {
        at += next;
        let (words, after) = tag(&template[at..])?;
        open = match words.split_whitespace().next() {
            Some("for") => open + 1,
            Some(END) => open - 1,
            _ => open,
        };
        if open == 0 {
            return Some((&template[..at], after));
        }
        at = template.len() - after.len();
    }
    None
}

/// The words of the tag that a template begins with, and what follows.
fn tag(template: &str) -> Option<(&str, &str)> {
    let (words, after) = inside(template, "{%", "%}")?;
    Some((words.trim_matches('-').trim(), after))
}

fn inside<'t>(template: &'t str, open: &str, close: &str) -> Option<(&'t str, &'t str)> {
    template.strip_prefix(open)?.split_once(close)
}

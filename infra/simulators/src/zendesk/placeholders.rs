//! Placeholders in a trigger's webhook body.
//!
//! In: a template with `{{…}}`. Out: text, every value plain, JSON-escaped where the account does
//! that; unknown and empty ones render as nothing. Imports the model.

use serde_json::Value;
use time::OffsetDateTime;

use super::config::{Config, DateStyle};
use super::model::{State, Ticket, TicketComment, User};

/// What a template may speak of.
pub(super) struct Page<'a> {
    pub(super) state: &'a State,
    pub(super) config: &'a Config,
    pub(super) ticket: &'a Ticket,
    pub(super) by: u64,
}

impl Page<'_> {
    /// The template with its placeholders filled in.
    pub(super) fn render(&self, template: &str) -> String {
        let template = self.looped(template);
        let mut rendered = String::new();
        let mut rest = template.as_str();
        while let Some(start) = rest.find("{{") {
            let Some(length) = rest[start..].find("}}") else {
                break;
            };
            rendered += &rest[..start];
            let name = rest[start + 2..start + length]
                .split('|')
                .next()
                .unwrap_or_default();
            let value = self.value(name.trim()).unwrap_or_default();
            rendered += &if self.config.variants.json_escaping {
                escape(&value)
            } else {
                value
            };
            rest = &rest[start + length + 2..];
        }
        rendered + rest
    }

    /// The one loop known: over the files of the latest public comment.
    fn looped(&self, template: &str) -> String {
        const END: &str = "{% endfor %}";
        let Some((before, rest)) = template.split_once("{% for ") else {
            return template.to_owned();
        };
        let Some((head, rest)) = rest.split_once(" %}") else {
            return template.to_owned();
        };
        let Some((body, after)) = rest.split_once(END) else {
            return template.to_owned();
        };
        let Some(name) = head.strip_suffix(" in ticket.latest_public_comment.attachments") else {
            return template.to_owned();
        };
        let comment = self.ticket.latest_public_comment();
        let files = comment.map_or(&[][..], |comment| &comment.attachments);
        let shown = files.iter().map(|file| {
            body.replace(&format!("{{{{{name}.url}}}}"), &file.content_url)
                .replace(&format!("{{{{{name}.filename}}}}"), &file.file_name)
        });
        format!("{before}{}{after}", shown.collect::<String>())
    }

    fn value(&self, name: &str) -> Option<String> {
        let ticket = self.ticket;
        let (object, path) = name.split_once('.')?;
        match (object, path) {
            ("current_user", field) => person(self.state.users.get(&self.by)?, field),
            ("ticket", "id") => Some(ticket.id.to_string()),
            ("ticket", "status") if self.config.variants.status_capitalised => {
                Some(capitalised(ticket.status.as_str()))
            }
            ("ticket", "status") => Some(ticket.status.as_str().to_owned()),
            ("ticket", "title" | "subject") => Some(ticket.subject.clone()),
            ("ticket", "tags") => Some(ticket.tags.join(" ")),
            ("ticket", "external_id") => ticket.external_id.clone(),
            ("ticket", "priority") => ticket.priority.clone(),
            ("ticket", "via") => Some(ticket.via.clone()),
            ("ticket", "description") => Some(ticket.comments.first()?.plain_body.clone()),
            ("ticket", path) => {
                if let Some(field) = path.strip_prefix("requester.") {
                    return person(self.state.users.get(&ticket.requester.id)?, field);
                }
                self.comment(path)
            }
            _ => None,
        }
    }

    fn comment(&self, path: &str) -> Option<String> {
        let (which, field) = path.split_once('.').unwrap_or((path, ""));
        let comment = match which {
            "latest_public_comment" | "latest_public_comment_html" => {
                self.ticket.latest_public_comment()?
            }
            "latest_comment" | "latest_comment_html" => self.ticket.comments.last()?,
            _ => return None,
        };
        match field {
            "" => Some(self.with_header(comment)),
            "value" => Some(comment.plain_body.clone()),
            "id" => Some(comment.id.to_string()),
            "is_public" => Some(comment.public.to_string()),
            "created_at" => Some(self.date(comment.created_at_ms)),
            field => {
                let field = field.strip_prefix("author.")?;
                person(self.state.users.get(&comment.author.id)?, field)
            }
        }
    }

    /// Dashes, blank line, `Name, Date`, blank line, the message.
    fn with_header(&self, comment: &TicketComment) -> String {
        let dashes = "-".repeat(46);
        let date = self.date(comment.created_at_ms);
        format!(
            "{dashes}\n\n{}, {date}\n\n{}\n",
            comment.author.name, comment.plain_body
        )
    }

    fn date(&self, at_ms: i64) -> String {
        let Ok(at) = OffsetDateTime::from_unix_timestamp(at_ms.div_euclid(1000)) else {
            return String::new();
        };
        let (year, day, hour, minute) = (at.year(), at.day(), at.hour(), at.minute());
        let month = u8::from(at.month());
        match self.config.variants.date_style {
            DateStyle::English => {
                let name = at.month().to_string();
                format!("{} {day}, {year}, {hour:02}:{minute:02}", &name[..3])
            }
            DateStyle::French => {
                const NAMES: [&str; 12] = [
                    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.",
                    "oct.", "nov.", "déc.",
                ];
                let name = NAMES[usize::from(month - 1)];
                format!("{day} {name} {year} à {hour:02}:{minute:02}")
            }
            DateStyle::Iso => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
        }
    }
}

fn person(user: &User, field: &str) -> Option<String> {
    match field {
        "id" => Some(user.id.to_string()),
        "name" => Some(user.name.clone()),
        "first_name" => user.name.split(' ').next().map(str::to_owned),
        "email" => user.email.clone(),
        "phone" => user.phone.clone(),
        "external_id" => user.external_id.clone(),
        "role" => Some(user.role.as_str().to_owned()),
        field => match user
            .user_fields
            .get(field.strip_prefix("custom_fields.")?)?
        {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            other => Some(other.to_string()),
        },
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn escape(value: &str) -> String {
    let quoted = Value::String(value.to_owned()).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

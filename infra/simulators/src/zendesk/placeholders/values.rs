//! What each placeholder renders.

use serde_json::Value;

use crate::clock::rfc3339;

use super::super::channel::Channel;
use super::super::model::{AccountUser, Attachment, Role, TicketComment};
use super::super::variants::Language;
use super::dates::date;
use super::{Item, Names, Page};

impl<'a> Page<'a> {
    /// The value of `ticket.id`, `current_user.role`, `comment.value` and the like.
    pub(super) fn value(&self, name: &str, names: &Names<'_, 'a>) -> Option<String> {
        let (object, path) = name.split_once('.').unwrap_or((name, ""));
        if let Some((_, item)) = names.iter().rev().find(|(name, _)| *name == object) {
            return match item {
                Item::Comment(comment) => self.of_comment(comment, path),
                Item::File(file) => of_file(file, path),
            };
        }
        match object {
            "current_user" => self.person(self.state.users.get(&self.by)?, path),
            "ticket" => self.of_ticket(path, names),
            _ => None,
        }
    }

    fn of_ticket(&self, path: &str, names: &Names<'_, 'a>) -> Option<String> {
        let ticket = self.ticket;
        let name_of = |list: &[super::super::model::Named], id: u64| {
            let named = list.iter().find(|named| named.id == id);
            named.map(|named| named.name.clone())
        };
        match path {
            "id" => Some(ticket.id.to_string()),
            "status" if self.config.variants.status_capitalised => {
                Some(capitalised(ticket.status.as_str()))
            }
            "status" => Some(ticket.status.as_str().to_owned()),
            "title" | "subject" => Some(ticket.subject.clone()),
            "tags" => Some(ticket.tags.join(" ")),
            "external_id" => ticket.external_id.clone(),
            "priority" => ticket.priority.clone(),
            "via" => Some(Channel::of(&ticket.via)?.title().to_owned()),
            "brand.id" => Some(ticket.brand_id.to_string()),
            "brand.name" => name_of(&self.state.brands, ticket.brand_id),
            "group.id" => Some(ticket.group_id?.to_string()),
            "group.name" => name_of(&self.state.groups, ticket.group_id?),
            "ticket_form" => name_of(&self.state.ticket_forms, ticket.ticket_form_id),
            "description" => Some(ticket.comments.first()?.plain_body.clone()),
            "updated_at_with_timestamp" => Some(self.stamp()),
            "created_at_with_timestamp" => Some(rfc3339(ticket.created_at_ms)),
            path => {
                if let Some(field) = path.strip_prefix("requester.") {
                    return self.person(self.state.users.get(&ticket.requester.id)?, field);
                }
                if let Some(field) = path.strip_prefix("ticket_field_") {
                    return plain(ticket.custom_fields.get(&field.parse().ok()?)?);
                }
                let (which, field) = path.split_once('.').unwrap_or((path, ""));
                let comment = self.comment(&format!("ticket.{which}"), names)?;
                self.of_comment(comment, field)
            }
        }
    }

    /// A comment by its name: the latest, the latest public one, or that of a loop.
    pub(super) fn comment(&self, name: &str, names: &Names<'_, 'a>) -> Option<&'a TicketComment> {
        match name {
            "ticket.latest_public_comment" | "ticket.latest_public_comment_html" => {
                self.ticket.latest_public_comment()
            }
            "ticket.latest_comment" | "ticket.latest_comment_html" => self.ticket.comments.last(),
            name => names.iter().rev().find_map(|(known, item)| match item {
                Item::Comment(comment) if *known == name => Some(*comment),
                _ => None,
            }),
        }
    }

    fn of_comment(&self, comment: &TicketComment, field: &str) -> Option<String> {
        match field {
            "" => Some(self.with_header(comment)),
            "value" => Some(comment.plain_body.clone()),
            "id" => Some(comment.id.to_string()),
            "is_public" => Some(comment.public.to_string()),
            "created_at" => Some(self.date(comment.created_at_ms)),
            field => {
                let field = field.strip_prefix("author.")?;
                self.person(self.state.users.get(&comment.author.id)?, field)
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
        date(self.config.variants.date_style, at_ms)
    }

    /// The ticket's `updated_at`, of this change or of the one before.
    fn stamp(&self) -> String {
        let audits = self.ticket.audits.iter().rev();
        let before = audits.map(|audit| audit.created_at_ms).nth(1);
        let before = before.filter(|_| !self.config.variants.trigger_stamp_is_the_tickets);
        let stamp = rfc3339(before.unwrap_or(self.ticket.updated_at_ms));
        match stamp.rsplit_once(':') {
            Some((minute, _)) if !self.config.variants.trigger_stamp_has_seconds => {
                format!("{minute}Z")
            }
            _ => stamp,
        }
    }

    fn person(&self, user: &AccountUser, field: &str) -> Option<String> {
        match field {
            "id" => Some(user.id.to_string()),
            "name" => Some(user.name.clone()),
            "first_name" => user.name.split(' ').next().map(str::to_owned),
            "email" => user.email.clone(),
            "phone" => user.phone.clone(),
            "external_id" => user.external_id.clone(),
            "locale" => Some(user.locale.clone()),
            "role" => Some(role(self.config.variants.role_language, user.role).to_owned()),
            field => plain(
                user.user_fields
                    .get(field.strip_prefix("custom_fields.")?)?,
            ),
        }
    }
}

fn of_file(file: &Attachment, field: &str) -> Option<String> {
    match field {
        "url" => Some(file.content_url.clone()),
        "filename" => Some(file.file_name.clone()),
        _ => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// A role in the words of the account's language; only the English ones were seen.
fn role(language: Language, role: Role) -> &'static str {
    let (end_user, agent, admin) = match language {
        Language::English => ("End-user", "Agent", "Admin"),
        Language::French => ("Utilisateur final", "Agent", "Administrateur"),
        Language::German => ("Endbenutzer", "Agent", "Administrator"),
        Language::Spanish => ("Usuario final", "Agente", "Administrador"),
        Language::Portuguese => ("Usuário final", "Agente", "Administrador"),
        Language::Italian => ("Utente finale", "Agente", "Amministratore"),
        Language::Japanese => ("エンドユーザー", "エージェント", "管理者"),
    };
    match role {
        Role::EndUser => end_user,
        Role::Agent => agent,
        Role::Admin => admin,
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

//! What `sms-bridge probe` asks, and the answers.
//!
//! In: what a group of facts saw. Out: one finding for each fact. Pure.

use serde_json::Value;

/// A fact about a vendor that nobody has verified, or that differs between accounts.
pub(crate) struct Fact {
    /// Its name: the vendor, and the simulator's switch for it.
    pub(crate) key: &'static str,
    /// What is asked, for people.
    pub(crate) question: &'static str,
    /// Who answers it.
    pub(crate) group: Group,
}

/// Facts that are looked at together, because they need the same things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Group {
    /// Tokens with few scopes.
    Scopes,
    /// Two users become one; the export of a minute later.
    Merge,
    /// Users that are made, found and suspended.
    Users,
    /// Comments, uploads, a closed ticket.
    Tickets,
    /// The body that a trigger sends.
    Bodies,
    /// How a limit is told.
    Limits,
    /// How late a search is.
    Search,
    /// What Braze's API tells by itself.
    Workspace,
    /// What a person's texts show.
    Texts,
}

impl Group {
    /// All of them, in the order they are looked at. The merge comes first: what the export tells of it is
    /// there a minute later.
    pub(crate) const ALL: [Self; 9] = [
        Self::Merge,
        Self::Scopes,
        Self::Users,
        Self::Tickets,
        Self::Bodies,
        Self::Limits,
        Self::Search,
        Self::Workspace,
        Self::Texts,
    ];

    /// Whether Braze is asked.
    pub(crate) fn is_brazes(self) -> bool {
        matches!(self, Self::Workspace | Self::Texts)
    }
}

const fn fact(group: Group, key: &'static str, question: &'static str) -> Fact {
    Fact {
        key,
        question,
        group,
    }
}

/// Every fact.
pub(crate) const FACTS: &[Fact] = &[
    fact(
        Group::Merge,
        "zendesk.merged_user",
        "What does GET /users/{id} answer for a user who was merged into another?",
    ),
    fact(
        Group::Merge,
        "zendesk.user_merge_fires_requester_changed",
        "Does a merge of users fire ticket.requester_changed?",
    ),
    fact(
        Group::Merge,
        "zendesk.user_merged_is_about_the_winner",
        "Is the event user.merged about the user who is left?",
    ),
    fact(
        Group::Merge,
        "zendesk.user_merge_is_exported",
        "Is a ticket that a merge of users moved in the incremental export?",
    ),
    fact(
        Group::Scopes,
        "zendesk.token_says_expires_in",
        "Does the answer with a token say how long it lives?",
    ),
    fact(
        Group::Scopes,
        "zendesk.token_life",
        "How many seconds does a token live where nothing is asked for?",
    ),
    fact(
        Group::Scopes,
        "zendesk.metrics_take_ticket_scopes",
        "Is GET /tickets/{id}/metrics content with tickets:read?",
    ),
    fact(
        Group::Scopes,
        "zendesk.audits_need_global_read",
        "Does GET /tickets/{id}/audits refuse tickets:read?",
    ),
    fact(
        Group::Scopes,
        "zendesk.uploads_take_ticket_scopes",
        "Is POST /uploads content with tickets:write?",
    ),
    fact(
        Group::Scopes,
        "zendesk.forbidden_names_scopes",
        "Does the body of a 403 name the missing scopes?",
    ),
    fact(
        Group::Users,
        "zendesk.user_search_ignores_case",
        "Does GET /users/search?external_id= ignore case?",
    ),
    fact(
        Group::Users,
        "zendesk.phone_must_be_e164",
        "Is a phone number that is not E.164 refused?",
    ),
    fact(
        Group::Users,
        "zendesk.phone_must_be_unique",
        "Is a phone number refused that another user has?",
    ),
    fact(
        Group::Users,
        "zendesk.upsert_changes_staff",
        "Does create_or_update change an administrator?",
    ),
    fact(
        Group::Users,
        "zendesk.suspended_author_refused",
        "Is a comment refused whose author is suspended?",
    ),
    fact(
        Group::Tickets,
        "zendesk.comment_metadata",
        "Do comments show their update's own metadata?",
    ),
    fact(
        Group::Tickets,
        "zendesk.bad_upload_refused",
        "Is a comment refused that names an unknown upload?",
    ),
    fact(
        Group::Tickets,
        "zendesk.closed_key",
        "Under which key does a closed ticket refuse an update?",
    ),
    fact(
        Group::Bodies,
        "zendesk.json_escaping",
        "Are values escaped in the JSON body of a webhook?",
    ),
    fact(
        Group::Bodies,
        "zendesk.status_capitalised",
        "Is a status written with a capital letter there?",
    ),
    fact(
        Group::Bodies,
        "zendesk.date_style",
        "How is the date above a comment written there?",
    ),
    fact(
        Group::Bodies,
        "zendesk.role_language",
        "In which language is a role written there?",
    ),
    fact(
        Group::Bodies,
        "zendesk.trigger_stamp_is_the_tickets",
        "Is the ticket's time of change there the one that the API shows of this change?",
    ),
    fact(
        Group::Bodies,
        "zendesk.trigger_stamp_has_seconds",
        "Is that time written with its seconds?",
    ),
    fact(
        Group::Bodies,
        "zendesk.triggers_move_the_stamp",
        "Does a change by a trigger move the ticket's time of change on?",
    ),
    fact(
        Group::Limits,
        "zendesk.make_private_is_an_update",
        "Does making a comment private count as an update of its ticket?",
    ),
    fact(
        Group::Limits,
        "zendesk.limit_headers",
        "Which header says what limit a 429 is about?",
    ),
    fact(
        Group::Search,
        "zendesk.search_lag",
        "After how many seconds does a search find a new ticket?",
    ),
    fact(
        Group::Workspace,
        "braze.missing_permission",
        "With which status is a key without the permission refused?",
    ),
    fact(
        Group::Workspace,
        "braze.export_needs_fields",
        "Does users/export/ids refuse a request that names no fields?",
    ),
    fact(
        Group::Workspace,
        "braze.stopped_campaigns_refuse",
        "Is a send to a stopped campaign refused?",
    ),
    fact(
        Group::Texts,
        "braze.dispatch_id_per_attempt",
        "Does a webhook that is tried again have another dispatch id?",
    ),
    fact(
        Group::Texts,
        "braze.dispatch_id_per_user_and_campaign",
        "Do two texts of one customer have the same dispatch id?",
    ),
    fact(
        Group::Texts,
        "braze.sms_in_content_blocks",
        "Does sms.* render in a content block?",
    ),
    fact(
        Group::Texts,
        "braze.inbound_cut",
        "After how many characters is a text cut?",
    ),
    fact(
        Group::Texts,
        "braze.media_style",
        "How are several pictures written?",
    ),
    fact(
        Group::Texts,
        "braze.fuzzy_opt_out",
        "What becomes of a text with part of an opt-out keyword?",
    ),
    fact(
        Group::Texts,
        "braze.status_names_phone",
        "Is a subscription that is asked for by number told by number?",
    ),
    fact(
        Group::Texts,
        "braze.over_ten_parts",
        "What becomes of an SMS of more than ten parts?",
    ),
    fact(
        Group::Texts,
        "braze.currents.own_dispatch_ids",
        "Do Currents' events have another dispatch id than the API's answer?",
    ),
];

/// What became of a fact.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// Its name.
    pub(crate) fact: &'static str,
    /// The value of the simulator's switch; `None`: not found out.
    pub(crate) answer: Option<Value>,
    /// What was seen, or why nothing was. Nothing of anybody's.
    pub(crate) seen: String,
}

/// The findings so far.
#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    /// A fact is so.
    pub(crate) fn told(&mut self, fact: &'static str, answer: impl Into<Value>, seen: &str) {
        self.add(fact, Some(answer.into()), seen);
    }

    /// A fact could not be found out.
    pub(crate) fn open(&mut self, fact: &'static str, why: &str) {
        self.add(fact, None, why);
    }

    fn add(&mut self, fact: &'static str, answer: Option<Value>, seen: &str) {
        if !self.0.iter().any(|known| known.fact == fact) {
            let seen = seen.to_owned();
            self.0.push(Finding { fact, answer, seen });
        }
    }

    /// A fact by the status of an answer: one status means yes, another no.
    pub(crate) fn by_status(&mut self, fact: &'static str, status: u16, yes: &[u16], no: &[u16]) {
        let seen = format!("answered {status}");
        match status {
            status if yes.contains(&status) => self.told(fact, true, &seen),
            status if no.contains(&status) => self.told(fact, false, &seen),
            _ => self.open(fact, &seen),
        }
    }

    /// Whatever of a group nobody has said anything about could not be found out.
    pub(crate) fn rest(&mut self, group: Group, why: &str) {
        for fact in FACTS.iter().filter(|fact| fact.group == group) {
            self.open(fact.key, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_fact_and_its_question() {
        let page = include_str!("../../../../docs/probe.md");
        for Fact { key, question, .. } in FACTS {
            let row = format!("| `{key}` | {question} |");
            assert!(page.contains(&row), "{row}");
        }
    }
}

//! One switch per fact about Zendesk that differs between accounts or that nobody has verified.
//!
//! The defaults are what the vendor documents, or what is likeliest where it documents nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The switches; tests set them through [`AccountConfig`](super::AccountConfig), programs through
/// `PATCH /_sim/switches`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountVariants {
    /// Placeholder values in a JSON webhook body are JSON-escaped (deduced, no official statement).
    pub json_escaping: bool,
    /// Comments show their audit's custom metadata.
    pub comment_metadata: bool,
    /// The key in `details` under which a closed ticket refuses an update; it varies.
    pub closed_key: String,
    /// `{{ticket.status}}` renders as `Open`, not `open`.
    pub status_capitalised: bool,
    /// How the dashed header of a comment placeholder writes its date; follows the account's
    /// language and time zone.
    pub date_style: DateStyle,
    /// The language in which `{{current_user.role}}` renders; English is what third parties saw.
    pub role_language: Language,
    /// A phone number that is not E.164 is refused with 422; some accounts do.
    pub phone_must_be_e164: bool,
    /// A phone number another user has is refused with 422; some accounts do.
    pub phone_must_be_unique: bool,
    /// `GET /tickets/{id}/audits` wants the global `read` scope; `tickets:read` is not enough
    /// (the vendor's reference page on ticket audits).
    pub audits_need_global_read: bool,
    /// `GET /tickets/{id}/metrics` is content with `tickets:read`; unverified.
    pub metrics_take_ticket_scopes: bool,
    /// `POST /uploads` is content with `tickets:write`; unverified.
    pub uploads_take_ticket_scopes: bool,
    /// The body of a 403 names the missing scopes, as third parties saw.
    pub forbidden_names_scopes: bool,
    /// An unknown or expired upload token is refused with 422 instead of being left out silently.
    pub bad_upload_refused: bool,
    /// The token answer says `expires_in`.
    pub token_says_expires_in: bool,
    /// Life of an access token.
    #[serde(with = "seconds")]
    pub token_life: Duration,
    /// Which header says what limit a 429 is about; unverified.
    pub limit_headers: LimitHeaders,
    /// `PUT /tickets/{id}/comments/{comment_id}/make_private` counts as a ticket update;
    /// unverified.
    pub make_private_is_an_update: bool,
    /// `GET /users/search?external_id=` ignores case; unverified (`create_or_update` does, by the
    /// vendor's page).
    pub user_search_ignores_case: bool,
    /// `create_or_update` changes agents and administrators as it changes end users; unverified.
    /// Off: it answers 403 for them.
    pub upsert_changes_staff: bool,
    /// A comment whose `author_id` is a suspended user is refused with 422, as the creation of a
    /// ticket for one always is; seen by third parties for creation, by analogy for this.
    pub suspended_author_refused: bool,
    /// What `GET /users/{id}` answers for a user who was merged into another; unverified.
    pub merged_user: MergedUser,
    /// The event type `user.merged` describes the user who is left, not the one who is gone;
    /// unverified.
    pub user_merged_is_about_the_winner: bool,
    /// A merge of users fires `ticket.requester_changed` for each ticket that moves; unverified.
    pub user_merge_fires_requester_changed: bool,
    /// A ticket that a merge of users moved is in the incremental export from then on; unverified.
    pub user_merge_is_exported: bool,
    /// `{{ticket.updated_at_with_timestamp}}` in a trigger's body is the `updated_at` that the API
    /// shows of this change; unverified. Off: it is the one before.
    pub trigger_stamp_is_the_tickets: bool,
    /// That time is written with its seconds; the vendor's page on placeholders shows one to the minute
    /// (`2013-12-12T05:35Z`), unverified.
    pub trigger_stamp_has_seconds: bool,
    /// A trigger's own changes move `updated_at` on, by a second here; unverified.
    pub triggers_move_the_stamp: bool,
    /// How long `GET /search` does not see a change; documented as minutes.
    #[serde(with = "seconds")]
    pub search_lag: Duration,
}

/// Date styles of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateStyle {
    /// `Nov 22, 2026, 15:04`
    English,
    /// `22 nov. 2026 à 15:04`
    French,
    /// `2026-11-22 15:04`
    Iso,
}

/// Languages of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "a language's name says it")]
pub enum Language {
    English,
    French,
    German,
    Spanish,
    Portuguese,
    Italian,
    Japanese,
}

/// Which header says what limit a 429 is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitHeaders {
    /// `x-rate-limit-remaining` is always about the account's requests: above 0 means that another
    /// limit was met.
    Account,
    /// The same, and calls that an endpoint's own limit covers carry
    /// `zendesk-ratelimit-…: total=100; remaining=0; resets=41`, as documented for lists and
    /// exports.
    Endpoint,
    /// `x-rate-limit-remaining` is 0 on every 429, whatever limit was met.
    Exhausted,
}

/// What `GET /users/{id}` answers for a user who was merged into another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergedUser {
    /// 404 `RecordNotFound`.
    NotFound,
    /// 200 with `"active": false`.
    Inactive,
}

impl Default for AccountVariants {
    fn default() -> Self {
        Self {
            json_escaping: true,
            comment_metadata: true,
            closed_key: "status".to_owned(),
            status_capitalised: true,
            date_style: DateStyle::English,
            role_language: Language::English,
            phone_must_be_e164: true,
            phone_must_be_unique: false,
            audits_need_global_read: true,
            metrics_take_ticket_scopes: true,
            uploads_take_ticket_scopes: true,
            forbidden_names_scopes: true,
            bad_upload_refused: false,
            token_says_expires_in: true,
            token_life: Duration::from_secs(30 * 60),
            limit_headers: LimitHeaders::Account,
            make_private_is_an_update: true,
            user_search_ignores_case: true,
            upsert_changes_staff: true,
            suspended_author_refused: true,
            merged_user: MergedUser::NotFound,
            user_merged_is_about_the_winner: false,
            user_merge_fires_requester_changed: false,
            user_merge_is_exported: true,
            trigger_stamp_is_the_tickets: true,
            trigger_stamp_has_seconds: true,
            triggers_move_the_stamp: false,
            search_lag: Duration::from_secs(3 * 60),
        }
    }
}

mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_u64(value.as_secs())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
        Ok(Duration::from_secs(u64::deserialize(d)?))
    }
}

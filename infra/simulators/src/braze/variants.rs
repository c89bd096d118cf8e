//! One switch for each fact about Braze that is unverified or differs between workspaces.
//!
//! Tests change them at any time (`Braze::vary`), a program through `/_sim/variants`.

use serde::{Deserialize, Serialize};

use super::currents::CurrentsVariants;

/// Facts of a simulated workspace that a client must be able to live with either way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WorkspaceVariants {
    /// How `{{sms.${inbound_media_urls}}}` renders several URLs.
    pub media_style: MediaStyle,
    /// Characters after which `{{sms.${inbound_message_body}}}` is cut; `None`: never. Braze
    /// documents 256 for event properties.
    pub inbound_cut: Option<usize>,
    /// `{{campaign.${dispatch_id}}}` is one per user and campaign, not one per message: Braze's
    /// pages say both.
    pub dispatch_id_per_user_and_campaign: bool,
    /// A retry of a webhook renders a new dispatch id.
    pub dispatch_id_per_attempt: bool,
    /// What becomes of a text that holds part of an opt-out keyword.
    pub fuzzy_opt_out: FuzzyOptOut,
    /// Which profile a text belongs to where several have its number and nothing else decides.
    pub shared_number: SharedNumber,
    /// Status that refuses a REST key without the permission of a call: 401 or 403.
    pub missing_permission: u16,
    /// A send to a campaign that is stopped, archived or a draft is refused with 400; else it is
    /// accepted and nothing is sent.
    pub stopped_campaigns_refuse: bool,
    /// `subscription/status/get` asked by phone names the number, not the external id.
    pub status_names_phone: bool,
    /// `users/export/ids` without `fields_to_export` is refused, as in newer workspaces.
    pub export_needs_fields: bool,
    /// `{{sms.…}}` renders in a content block that a webhook's body includes; unverified.
    pub sms_in_content_blocks: bool,
    /// What becomes of a message of more than ten parts.
    pub over_ten_parts: OverTenParts,
    /// The export of events.
    pub currents: CurrentsVariants,
}

impl Default for WorkspaceVariants {
    fn default() -> Self {
        Self {
            media_style: MediaStyle::Commas,
            inbound_cut: None,
            dispatch_id_per_user_and_campaign: false,
            dispatch_id_per_attempt: false,
            fuzzy_opt_out: FuzzyOptOut::Off,
            shared_number: SharedNumber::Oldest,
            missing_permission: 401,
            stopped_campaigns_refuse: false,
            status_names_phone: false,
            export_needs_fields: true,
            sms_in_content_blocks: false,
            over_ten_parts: OverTenParts::Sent,
            currents: CurrentsVariants::default(),
        }
    }
}

/// Ways several media URLs might be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaStyle {
    /// `a,b`
    Commas,
    /// `a b`
    Spaces,
    /// One per line.
    Lines,
    /// `["a","b"]`
    JsonArray,
}

/// The workspace's setting for texts such as `cancelled` or `weekend`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FuzzyOptOut {
    /// They are texts like any other.
    Off,
    /// Braze answers them itself, and they reach their campaign all the same.
    Answers,
    /// Braze answers them itself, and no campaign gets them.
    Swallows,
}

/// Which of several profiles with one number a text belongs to, where Braze chooses at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharedNumber {
    /// The one that was made first.
    Oldest,
    /// The one that was made last.
    Newest,
}

/// What might become of a message above Braze's maximum of ten parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverTenParts {
    /// It is sent whole.
    Sent,
    /// It is not sent.
    Aborted,
}

//! Steps that switch a feature on, as somebody does in Zendesk, Braze or the deployment.

use serde::{Deserialize, Serialize};

/// The trigger of an automatic first answer, as `sms-bridge setup zendesk --auto-reply` makes it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct AutoReply {
    /// Its words; left out, the tool's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) say: Option<String>,
}

/// An inbound campaign in Braze: members are added to its body.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Campaign {
    /// The keyword of a category of its own, which is made with its campaign; left out, the support keyword's campaign
    /// is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) keyword: Option<String>,
    /// What Braze answers to that keyword by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) answer: Option<String>,
    /// What is pasted before the body's last brace. `{brand:NAME}`, `{group:NAME}` and `{form:NAME}` stand for the id
    /// of one of this name, which is made where there is none.
    pub(crate) adds: String,
}

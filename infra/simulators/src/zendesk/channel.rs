//! The channels a ticket, a comment or a change comes by.

/// A channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// The web: a form a customer fills in, or an agent's screens.
    Web,
    /// E-mail.
    Email,
    /// Chat.
    Chat,
    /// The API: "web service" in trigger conditions.
    Api,
    /// Zendesk's own automations and merges.
    Rule,
}

impl Channel {
    const ALL: [Self; 5] = [Self::Web, Self::Email, Self::Chat, Self::Api, Self::Rule];

    /// The number in `via_id` and `current_via_id` conditions.
    pub(super) fn id(self) -> u64 {
        match self {
            Self::Web => 0,
            Self::Email => 4,
            Self::Api => 5,
            Self::Rule => 8,
            Self::Chat => 29,
        }
    }

    /// The API's word in `via.channel`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Email => "email",
            Self::Chat => "chat",
            Self::Api => "api",
            Self::Rule => "rule",
        }
    }

    /// What `{{ticket.via}}` renders.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Web => "Web form",
            Self::Email => "Mail",
            Self::Chat => "Chat",
            Self::Api => "Web service",
            Self::Rule => "Rule",
        }
    }

    /// The channel of this name in the API.
    pub(super) fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

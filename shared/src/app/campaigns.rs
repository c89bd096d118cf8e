//! Which campaigns an event may name.
//!
//! In: the settings, an event. Out: the event, or malformed where it names a campaign that no setting
//! listed. Without a list every campaign is accepted where the body is signed, and none but the configured
//! ones where it is not.

use std::collections::BTreeSet;

use crate::config::BrazeSettings;
use crate::message::{Body, Malformed, Parsed};

use super::receive::Proven;

/// The campaigns an event may name.
#[derive(Debug)]
pub(super) struct Campaigns {
    named: BTreeSet<String>,
    /// The settings have a list: no others are accepted.
    listed: bool,
}

impl Campaigns {
    pub(super) fn of(settings: &BrazeSettings) -> Self {
        let configured = [&settings.reply_campaign, &settings.solved_campaign];
        let listed = settings.allowed_campaigns.iter().flatten();
        let configured = configured.into_iter().flatten();
        Self {
            named: listed.chain(configured).cloned().collect(),
            listed: settings.allowed_campaigns.is_some(),
        }
    }

    /// Refuses an event of a campaign that is not listed.
    pub(super) fn admit(&self, parsed: Parsed, proven: Proven) -> Parsed {
        let Parsed::Event(incoming) = &parsed else {
            return parsed;
        };
        if !self.listed && proven == Proven::Yes {
            return parsed;
        }
        let named = match &incoming.event.body {
            Body::Reply(reply) => reply.campaign.as_ref(),
            Body::Solved(solved) => solved.campaign.as_ref(),
            Body::Say(say) => say.campaign.as_ref(),
            Body::Text(_)
            | Body::Consent(_)
            | Body::Attributes
            | Body::Unsubscribe
            | Body::LateFiles(_)
            | Body::Note(_)
            | Body::Resend(_)
            | Body::Check(_)
            | Body::Other => None,
        };
        if named.is_none_or(|campaign| self.named.contains(campaign)) {
            return parsed;
        }
        Parsed::Malformed(Malformed {
            field: "campaign_id",
            problem: "is not one of the configured campaigns".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::zendesk_reply;

    fn problem(listed: Option<&[&str]>, campaign: &str) -> Option<String> {
        problem_of(listed, campaign, Proven::Yes)
    }

    fn problem_of(listed: Option<&[&str]>, campaign: &str, proven: Proven) -> Option<String> {
        let settings = BrazeSettings {
            base: "https://rest.example.com".parse().expect("a base URL"),
            reply_campaign: Some("reply".to_owned()),
            solved_campaign: None,
            subscription_group: None,
            unsubscribe_from: None,
            check_withheld: false,
            allowed_campaigns: listed
                .map(|listed| listed.iter().map(|id| (*id).to_owned()).collect()),
        };
        let body = format!(
            r#"{{"ticket_id":"35","comment_id":"7","text":"x","campaign_id":"{campaign}"}}"#
        );
        let parsed = zendesk_reply(body.as_bytes(), None, 0);
        match Campaigns::of(&settings).admit(parsed, proven) {
            Parsed::Malformed(malformed) => Some(malformed.to_string()),
            Parsed::Event(_) => None,
            Parsed::NotForUs(reason, _) => panic!("{reason}"),
        }
    }

    #[test]
    fn without_a_list_an_event_may_name_any_campaign() {
        assert_eq!(problem(None, "other"), None);
    }

    #[test]
    fn what_nobody_signed_may_name_the_configured_campaigns_alone() {
        assert_eq!(problem_of(None, "reply", Proven::No), None);
        assert!(problem_of(None, "other", Proven::No).is_some());
    }

    #[test]
    fn with_a_list_only_the_listed_and_the_configured_campaigns_are_accepted() {
        let listed: Option<&[&str]> = Some(&["promo"]);
        for accepted in ["promo", "reply", ""] {
            assert_eq!(problem(listed, accepted), None, "{accepted}");
        }
        assert_eq!(
            problem(listed, "other").as_deref(),
            Some("campaign_id is not one of the configured campaigns")
        );
    }
}

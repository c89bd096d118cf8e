//! Which tickets are texted about: a webhook whose body says that its ticket does not carry the tag is not
//! for us, before anything is stored or asked.
//!
//! In: the settings, an event. Out: the event, or the reason why it is not for us.

use crate::conversation::policy::{UNTAGGED, carries};
use crate::message::{Parsed, TicketId};

/// Lets through what is of a ticket with the tag, and what does not tell its ticket's tags: that one is
/// looked up. `tag`: `None` where every ticket is texted about.
pub(super) fn admit(mut parsed: Parsed, tag: Option<&str>) -> Parsed {
    let (Some(tag), Parsed::Event(incoming)) = (tag, &mut parsed) else {
        return parsed;
    };
    let ticket = incoming.event.ticket();
    let said = incoming.event.body.tags().and_then(|tags| tags.as_ref());
    match said {
        Some(tags) if !carries(tags, tag) => not_for_us(ticket),
        _ => parsed,
    }
}

fn not_for_us(ticket: Option<TicketId>) -> Parsed {
    Parsed::NotForUs(UNTAGGED, ticket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::zendesk_reply;

    fn is_let_through(body: &str, tag: Option<&str>) -> bool {
        let parsed = zendesk_reply(body.as_bytes(), Some("01A"), 0);
        match admit(parsed, tag) {
            Parsed::Event(_) => true,
            Parsed::NotForUs(reason, ticket) => {
                assert_eq!(reason, UNTAGGED);
                assert_eq!(ticket.map(TicketId::get), Some(35));
                false
            }
            Parsed::Malformed(malformed) => panic!("{malformed}"),
        }
    }

    #[test]
    fn a_body_that_names_other_tags_is_not_for_us() {
        for (tags, expected) in [
            (r#""vip newsletter""#, false),
            (r#""""#, false),
            (r#""braze_sms_not vip""#, false),
            (r#""vip braze_sms""#, true),
            (r#""vip, Braze_SMS""#, true),
            (r#"["vip","braze_sms"]"#, true),
            // Not in the body: looked up.
            ("null", true),
            (r#""{{ticket.tags}}""#, true),
        ] {
            let body = format!(r#"{{"ticket_id":"35","comment_id":"7","text":"x","tags":{tags}}}"#);
            assert_eq!(is_let_through(&body, Some("braze_sms")), expected, "{tags}");
            assert!(is_let_through(&body, None), "{tags}");
        }
    }

    #[test]
    fn a_request_to_send_again_is_of_a_ticket_too() {
        let body = r#"{"ticket_id":"35","resend":"true","tags":"sms_resend_asked"}"#;
        assert!(!is_let_through(body, Some("braze_sms")));
    }
}

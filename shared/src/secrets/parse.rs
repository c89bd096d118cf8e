//! The contract's JSON object becomes [`Secrets`].
//!
//! In: the secret's text. Out: [`Secrets`], or the name of the key that is wrong, never its value.
//! Unknown keys are ignored, empty strings count as absent.

use serde_json::{Map, Value};

use super::{Rotating, Secret, Secrets, SecretsError, ZendeskCredentials};

/// Signs the requests of Zendesk's "test webhook" button; public, so it proves nothing.
const PUBLIC_TEST_SECRET: &str = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==";

impl Secrets {
    /// Reads the secret's JSON.
    ///
    /// # Errors
    /// [`SecretsError::Malformed`] naming the key, or `secret` where it is no JSON object.
    pub fn parse(json: &str) -> Result<Self, SecretsError> {
        let object: Map<String, Value> =
            serde_json::from_str(json).map_err(|_| SecretsError::Malformed { field: "secret" })?;
        let get = |key| value(&object, key);
        Ok(Self {
            zendesk: zendesk(&object)?,
            braze_api_key: get("braze_api_key")?,
            zendesk_reply: Rotating {
                current: signing(get("zendesk_reply_signing_secret")?),
                previous: signing(get("zendesk_reply_signing_secret_previous")?),
            },
            zendesk_solved: Rotating {
                current: signing(get("zendesk_solved_signing_secret")?),
                previous: signing(get("zendesk_solved_signing_secret_previous")?),
            },
            zendesk_events: Rotating {
                current: signing(get("zendesk_events_signing_secret")?),
                previous: signing(get("zendesk_events_signing_secret_previous")?),
            },
            braze_inbound: Rotating {
                current: get("braze_inbound_token")?,
                previous: get("braze_inbound_token_previous")?,
            },
            pseudonym_key: get("pseudonym_key")?,
            braze_events: Rotating {
                current: get("braze_events_token")?,
                previous: get("braze_events_token_previous")?,
            },
        })
    }
}

fn zendesk(object: &Map<String, Value>) -> Result<Option<ZendeskCredentials>, SecretsError> {
    let oauth = (
        value(object, "zendesk_oauth_client_id")?,
        value(object, "zendesk_oauth_client_secret")?,
    );
    let legacy = (
        value(object, "zendesk_email")?,
        value(object, "zendesk_api_token")?,
    );
    Ok(match (oauth, legacy) {
        ((Some(client_id), Some(client_secret)), _) => Some(ZendeskCredentials::OAuth {
            client_id,
            client_secret,
        }),
        (_, (Some(email), Some(token))) => Some(ZendeskCredentials::Legacy { email, token }),
        _ => None,
    })
}

fn value(object: &Map<String, Value>, key: &'static str) -> Result<Option<Secret>, SecretsError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim())
            .filter(|text| !text.is_empty())
            .map(Secret::new)),
        Some(_) => Err(SecretsError::Malformed { field: key }),
    }
}

fn signing(secret: Option<Secret>) -> Option<Secret> {
    secret.filter(|secret| secret.expose() != PUBLIC_TEST_SECRET)
}

#[cfg(test)]
mod tests {
    use super::super::Need;
    use super::*;

    #[test]
    fn unknown_keys_are_ignored_and_empty_ones_count_as_absent() {
        let secrets = Secrets::parse(
            r#"{"braze_api_key":" key ","braze_inbound_token":"","zendesk_email":null,"x":{"y":1}}"#,
        )
        .expect("valid");
        assert_eq!(secrets.braze_api_key, Some(Secret::new("key")));
        assert_eq!(
            secrets.missing(&[Need::Zendesk, Need::Braze, Need::BrazeInbound]),
            [
                "zendesk_oauth_client_id",
                "zendesk_oauth_client_secret",
                "braze_inbound_token"
            ]
        );
    }

    #[test]
    fn oauth_is_preferred_and_half_of_it_falls_back_to_the_legacy_token() {
        let both = r#"{"zendesk_oauth_client_id":"i","zendesk_oauth_client_secret":"s",
            "zendesk_email":"e","zendesk_api_token":"t"}"#;
        assert!(matches!(
            Secrets::parse(both).expect("valid").zendesk,
            Some(ZendeskCredentials::OAuth { .. })
        ));
        let half = r#"{"zendesk_oauth_client_id":"i","zendesk_oauth_client_secret":"",
            "zendesk_email":"e","zendesk_api_token":"t"}"#;
        assert!(matches!(
            Secrets::parse(half).expect("valid").zendesk,
            Some(ZendeskCredentials::Legacy { .. })
        ));
    }

    #[test]
    fn the_public_test_secret_opens_no_route() {
        let json = format!(
            r#"{{"zendesk_reply_signing_secret":"{PUBLIC_TEST_SECRET}",
                "zendesk_solved_signing_secret":"own","zendesk_solved_signing_secret_previous":" {PUBLIC_TEST_SECRET} "}}"#
        );
        let secrets = Secrets::parse(&json).expect("valid");
        assert!(secrets.zendesk_reply.is_empty());
        let live: Vec<_> = secrets.zendesk_solved.live().map(Secret::expose).collect();
        assert_eq!(live, ["own"]);
    }

    #[test]
    fn a_wrong_type_is_reported_by_key_and_nothing_shows_a_value() {
        let error = Secrets::parse(r#"{"braze_api_key":["hush"]}"#).expect_err("wrong type");
        assert!(matches!(
            error,
            SecretsError::Malformed {
                field: "braze_api_key"
            }
        ));
        assert!(matches!(
            Secrets::parse("hush"),
            Err(SecretsError::Malformed { field: "secret" })
        ));
        let secrets = Secrets::parse(r#"{"braze_api_key":"hush"}"#).expect("valid");
        assert!(!format!("{secrets:?} {error:?} {error}").contains("hush"));
    }
}

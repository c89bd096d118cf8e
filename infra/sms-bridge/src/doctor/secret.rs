//! The secret's shape: what the functions would lack.

use serde_json::{Map, Value};
use shared::secrets::{Need, Secrets, SecretsError};

use super::{Finding, of_failure};
use crate::account::Account;
use crate::setup::merge::get;

const AREA: &str = "secret";

const NEEDS: [Need; 5] = [
    Need::Zendesk,
    Need::Braze,
    Need::ZendeskReply,
    Need::ZendeskSolved,
    Need::BrazeInbound,
];

/// The secret as it stands, empty where it cannot be read, and what is wrong with it.
pub(super) async fn check(account: &Account) -> (Map<String, Value>, Vec<Finding>) {
    let object = async { account.secret().await?.read().await };
    let object = match object.await {
        Ok(object) => object,
        Err(failure) => return (Map::new(), vec![of_failure(AREA, "SecretArn", failure)]),
    };
    let secrets = match Secrets::parse(&Value::from(object.clone()).to_string()) {
        Ok(secrets) => secrets,
        Err(SecretsError::Malformed { field }) => {
            let what = "its value is no text".to_owned();
            let finding = Finding::bad(AREA, field, what, "sms-bridge setup secret");
            return (object, vec![finding]);
        }
        Err(error) => {
            let finding = Finding::bad(
                AREA,
                "SecretArn",
                error.to_string(),
                "sms-bridge setup secret",
            );
            return (object, vec![finding]);
        }
    };
    let missing = secrets.missing(&NEEDS);
    let mut findings: Vec<Finding> = missing.iter().map(|key| lacks(key)).collect();
    let previous = object.keys().filter(|key| key.ends_with("_previous"));
    for key in previous.filter(|key| get(&object, key).is_some()) {
        findings.push(Finding::note(
            AREA,
            format!(
                "a rotation is under way: {key} is still accepted; `sms-bridge setup secret \
                --end-rotation` ends the rotation"
            ),
        ));
    }
    if get(&object, "zendesk_oauth_client_secret").is_none() && secrets.zendesk.is_some() {
        let what =
            "it signs in to Zendesk with an API token; all API tokens stop working on 2027-04-30";
        findings.push(Finding::note(AREA, what.to_owned()));
    }
    if missing.is_empty() {
        findings.insert(0, Finding::good(AREA, "nothing is missing".to_owned()));
    }
    (object, findings)
}

fn lacks(key: &str) -> Finding {
    let remedy = if key.contains("signing") {
        "sms-bridge setup zendesk"
    } else {
        "sms-bridge setup secret"
    };
    Finding::bad(AREA, key, format!("{key} is missing"), remedy)
}

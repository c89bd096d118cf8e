//! The stack's secret, read and written.
//!
//! In: its name or ARN. Out: its JSON object as it stands, or as the functions would read it.
//! Values are never shown.

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use serde_json::{Map, Value};
use shared::aws::AwsParts;
use shared::secrets::{Need, Secrets};

use super::Terms;
use super::refusal::Wanted;
use crate::Failure;

/// The secret, not read yet.
pub(crate) struct SecretValue {
    client: Client,
    id: String,
    terms: Terms,
}

impl SecretValue {
    pub(super) fn new(parts: &AwsParts, sdk: &SdkConfig, id: String, terms: &Terms) -> Self {
        let mut config = aws_sdk_secretsmanager::config::Builder::from(sdk);
        config.set_endpoint_url(parts.secretsmanager_endpoint.clone());
        Self {
            client: Client::from_conf(config.build()),
            id,
            terms: terms.clone(),
        }
    }

    /// Its name or ARN, as it was given.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Its name for people, also where an ARN was given, which is wider than a terminal.
    pub(crate) fn name(&self) -> &str {
        name_of(&self.id)
    }

    /// Its ARN, which says the account and the region.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) async fn arn(&self) -> Result<String, Failure> {
        if self.id.starts_with("arn:") {
            return Ok(self.id.clone());
        }
        let answer = self.client.get_secret_value().secret_id(&self.id).send();
        let answer = answer.await.map_err(|error| self.unreadable(&error))?;
        Ok(answer.arn().unwrap_or_default().to_owned())
    }

    fn unreadable(&self, error: &SdkError<GetSecretValueError>) -> Failure {
        let thing = format!("secret {}", self.name());
        let wanted = Wanted {
            thing: &thing,
            permission: "secretsmanager:GetSecretValue",
            option: "--secret",
        };
        self.terms.refused(&wanted, error)
    }

    /// The keys and values as they stand; a secret without a value is empty.
    ///
    /// # Errors
    /// No such secret, not allowed, no answer, or no JSON object.
    pub(crate) async fn read(&self) -> Result<Map<String, Value>, Failure> {
        self.read_or_broken().await?.ok_or_else(|| {
            Failure::Usage(format!(
                "the secret {} is no JSON object: `sms-bridge setup secret` writes one",
                self.name()
            ))
        })
    }

    /// The same; `None` where the value is no JSON object.
    ///
    /// # Errors
    /// No such secret, not allowed, no answer.
    pub(crate) async fn read_or_broken(&self) -> Result<Option<Map<String, Value>>, Failure> {
        let answer = self.client.get_secret_value().secret_id(&self.id).send();
        let answer = match answer.await {
            Ok(answer) => answer,
            // The same code tells that there is no secret and that nothing was ever put into it.
            Err(error) if error.message().is_some_and(|m| m.contains("staging label")) => {
                return Ok(Some(Map::new()));
            }
            Err(error) => return Err(self.unreadable(&error)),
        };
        let text = answer.secret_string().unwrap_or_default();
        Ok(serde_json::from_str(text).ok())
    }

    /// Writes the whole object as a new version; the one before stays as AWSPREVIOUS.
    ///
    /// # Errors
    /// No such secret, not allowed, no answer.
    #[allow(dead_code, reason = "written by `sms-bridge setup`")]
    pub(crate) async fn write(&self, object: &Map<String, Value>) -> Result<(), Failure> {
        let text = Value::from(object.clone()).to_string();
        let request = self.client.put_secret_value().secret_id(&self.id);
        let answer = request.secret_string(text).send().await;
        answer.map_err(|error| {
            let thing = format!("secret {}", self.name());
            let wanted = Wanted {
                thing: &thing,
                permission: "secretsmanager:PutSecretValue",
                option: "--secret",
            };
            self.terms.refused(&wanted, &error)
        })?;
        Ok(())
    }

    /// The secret as the functions read it, with all that is needed filled in.
    ///
    /// # Errors
    /// As [`Self::read`]; what is missing is named, all of it together.
    pub(crate) async fn secrets(&self, needs: &[Need]) -> Result<Secrets, Failure> {
        let object = Value::from(self.read().await?).to_string();
        let secrets = Secrets::parse(&object).map_err(|error| Failure::Usage(error.to_string()))?;
        let missing = secrets.missing(needs);
        if missing.is_empty() {
            return Ok(secrets);
        }
        Err(Failure::Usage(format!(
            "the secret {} lacks {}: `sms-bridge setup secret` asks for it",
            self.name(),
            missing.join(", ")
        )))
    }
}

/// The name in an ARN, which ends with six characters of AWS's own.
fn name_of(id: &str) -> &str {
    let Some((_, name)) = id.split_once(":secret:") else {
        return id;
    };
    name.rsplit_once('-').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_told_by_its_name_however_it_was_given() {
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:sms/all-keys-AbCdEf";
        assert_eq!(name_of(arn), "sms/all-keys");
        assert_eq!(name_of("sms/all-keys"), "sms/all-keys");
    }
}

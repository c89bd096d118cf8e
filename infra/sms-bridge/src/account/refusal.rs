//! What AWS's refusals mean to a person.
//!
//! In: an SDK's error, what was wanted. Out: one sentence that names the setting, the option or the
//! permission, with the exit code's kind; causes only where they were asked for.

use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::Failure;

/// Where the account is and how much is printed.
#[derive(Clone)]
pub(crate) struct Terms {
    /// The region.
    pub region: String,
    /// Causes, too.
    pub verbose: bool,
}

/// What a call was about.
pub(super) struct Wanted<'a> {
    /// Such as `the table live`.
    pub thing: &'a str,
    /// Such as `dynamodb:GetItem`.
    pub permission: &'a str,
    /// Which option names the thing.
    pub option: &'a str,
}

impl Terms {
    /// A sentence about a refusal, with the kind of failure it is.
    pub(super) fn refused<E>(&self, wanted: &Wanted<'_>, error: &SdkError<E>) -> Failure
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        let Wanted {
            thing,
            permission,
            option,
        } = wanted;
        let region = &self.region;
        let usage = |sentence| Failure::Usage(self.told(sentence, error));
        match error.code() {
            Some(
                "UnrecognizedClientException"
                | "InvalidClientTokenId"
                | "InvalidAccessKeyId"
                | "InvalidSignatureException"
                | "SignatureDoesNotMatch"
                | "IncompleteSignature",
            ) => usage(
                "AWS does not know these credentials: check --profile, or AWS_ACCESS_KEY_ID, \
                 AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
                    .to_owned(),
            ),
            Some(code) if has_expired(code) => usage(
                "the AWS credentials have expired: sign in again, for example with `aws sso login`, then run this again"
                    .to_owned(),
            ),
            Some("AccessDenied" | "AccessDeniedException") => usage(format!(
                "these credentials may not use {thing}: their policy has to allow {permission}"
            )),
            Some("ResourceNotFoundException" | "StackNotFound") => usage(format!(
                "there is no {thing} in this account in {region}: check {option}, --region and \
                 --profile"
            )),
            Some(code) => {
                let sentence = format!("{thing}: AWS refused with {code}");
                Failure::Broken(self.told(sentence, error))
            }
            None if matches!(
                error,
                SdkError::ServiceError(_) | SdkError::ResponseError(_)
            ) =>
            {
                let sentence = format!("{thing}: AWS gave an answer that cannot be understood");
                Failure::Broken(self.told(sentence, error))
            }
            None => usage(format!(
                "AWS gave no answer in region {region}: check --region (or AWS_REGION) and the \
                 network"
            )),
        }
    }

    /// A sentence, with its causes where they were asked for.
    pub(crate) fn told(&self, sentence: String, error: &(dyn Error + 'static)) -> String {
        because(sentence, error, self.verbose)
    }
}

/// Whether this code says that a session is over.
pub(super) fn has_expired(code: &str) -> bool {
    matches!(
        code,
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired"
    )
}

/// Adds an error and its causes to a sentence, a line each.
pub(crate) fn because(sentence: String, error: &(dyn Error + 'static), verbose: bool) -> String {
    let mut told = sentence;
    let mut cause = verbose.then_some(error);
    while let Some(error) = cause {
        told.push_str(&format!("\n  because: {error}"));
        cause = error.source();
    }
    told
}

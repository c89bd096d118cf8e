//! The deployed stack, as CloudFormation describes it, and gives it other parameters.
//!
//! In: its name. Out: outputs and parameters by name. The name comes from `--stack`, else from what
//! `sam deploy` keeps in `samconfig.toml` in the current directory.

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::error::ProvideErrorMetadata;
use aws_sdk_cloudformation::types::{Capability, Parameter};

use super::refusal::{Wanted, has_expired};
use super::{Options, Terms, endpoint, names};
use crate::Failure;

/// As in the repository's `samconfig.toml`.
const USUAL_NAME: &str = "braze-zendesk-bridge";

/// What is known of the stack.
pub(crate) struct Deployed {
    /// Its name.
    pub name: String,
    /// How far CloudFormation has come with it, such as `CREATE_COMPLETE`.
    status: String,
    outputs: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
}

impl Deployed {
    /// An output, such as `TableName` or `ZendeskReplyUrl`.
    ///
    /// # Errors
    /// When the stack has none of that name: it is another one's, or half made.
    pub(crate) fn output(&self, name: &str) -> Result<&str, Failure> {
        self.outputs.get(name).map(String::as_str).ok_or_else(|| {
            Failure::Usage(self.unfinished().unwrap_or_else(|| {
                format!(
                    "the stack {} has no output {name}: check --stack, and that its deployment ended well",
                    self.name
                )
            }))
        })
    }

    /// Why its last deployment is no whole one, and what to do; `None`: it ended well, or as before.
    pub(crate) fn unfinished(&self) -> Option<String> {
        let (name, status) = (&self.name, self.status.as_str());
        Some(match status {
            "REVIEW_IN_PROGRESS" => format!(
                "the stack {name} was planned but never created ({status}): run `sms-bridge deploy`, and answer y where \
                 SAM asks whether to deploy"
            ),
            "UPDATE_ROLLBACK_FAILED" => format!(
                "AWS could not revert the last update of the stack {name} ({status}): run `aws cloudformation \
                 continue-update-rollback --stack-name {name}`, wait until it has ended, then run this again"
            ),
            _ if status.ends_with("_IN_PROGRESS") => format!(
                "AWS is still working on the stack {name} ({status}), even if the deployment was \
                 interrupted here: wait until it has finished (`aws cloudformation describe-stacks --stack-name {name}` shows it), then \
                 run this again"
            ),
            "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED" | "DELETE_FAILED" => format!(
                "the stack {name} was never completed, or not completely removed ({status}), and \
                 AWS cannot update such a stack: run `sam delete --stack-name {name}`, then `sms-bridge deploy` creates it again"
            ),
            _ => return None,
        })
    }

    /// Why AWS would refuse to deploy to it now, and what to do.
    pub(crate) fn refuses_deployment(&self) -> Option<String> {
        // What was only planned is deployed.
        self.unfinished()
            .filter(|_| self.status != "REVIEW_IN_PROGRESS")
    }

    /// A parameter's value as it stands, also an empty one; `None`: the stack's template has none of that name.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// A parameter's value, such as `ZendeskBaseUrl`; an empty one is `None`.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let value = self.parameters.get(name)?.as_str();
        (!value.is_empty()).then_some(value)
    }
}

/// The stack's name as the options or `samconfig.toml` give it.
pub(super) fn name(options: &Options) -> String {
    let named = options.stack.clone();
    let kept = || samconfig("stack_name");
    named.or_else(kept).unwrap_or_else(|| USUAL_NAME.to_owned())
}

/// What `sam deploy` uses, from the current directory's file.
pub(super) fn samconfig(key: &str) -> Option<String> {
    let text = std::fs::read_to_string("samconfig.toml").ok()?;
    let file: toml::Table = text.parse().ok()?;
    let of = |command: &str| {
        let value = file
            .get("default")?
            .get(command)?
            .get("parameters")?
            .get(key);
        value?.as_str().map(str::to_owned)
    };
    of("deploy").or_else(|| of("global"))
}

/// Why a stack could not be described.
pub(super) struct Refusal {
    pub(super) failure: Failure,
    /// There is no such stack: its name is wrong, or it was deleted.
    pub(super) is_gone: bool,
    /// Whoever asks has to sign in again.
    pub(super) is_expired: bool,
}

/// Gives the stack these parameters; its template and its other parameters stay as they are. CloudFormation goes on by
/// itself after the answer.
///
/// # Errors
/// Not allowed, refused (the stack is being changed), no answer.
pub(super) async fn fill(
    sdk: &SdkConfig,
    deployed: &Deployed,
    values: &[(&str, &str)],
    terms: &Terms,
) -> Result<(), Failure> {
    let kept = deployed.parameters.keys().map(String::as_str);
    let kept = kept.filter(|name| values.iter().all(|(new, _)| new != name));
    let kept = kept.map(|name| {
        Parameter::builder()
            .parameter_key(name)
            .use_previous_value(true)
    });
    let new = values.iter().map(|(name, value)| {
        let named = Parameter::builder().parameter_key(*name);
        named.parameter_value(*value)
    });
    let parameters = kept.chain(new).map(|parameter| parameter.build()).collect();
    let thing = format!("stack {}", deployed.name);
    let wanted = Wanted {
        thing: &thing,
        permission: "cloudformation:UpdateStack",
        option: "--stack",
    };
    let answer = client(sdk)
        .update_stack()
        .stack_name(&deployed.name)
        .use_previous_template(true)
        .set_parameters(Some(parameters))
        .capabilities(Capability::CapabilityIam)
        .capabilities(Capability::CapabilityNamedIam)
        .capabilities(Capability::CapabilityAutoExpand)
        .send();
    match answer.await {
        Ok(_) => Ok(()),
        Err(error) => Err(terms.refused(&wanted, &error)),
    }
}

fn client(sdk: &SdkConfig) -> aws_sdk_cloudformation::Client {
    let mut config = aws_sdk_cloudformation::config::Builder::from(sdk);
    config.set_endpoint_url(endpoint("CLOUDFORMATION"));
    aws_sdk_cloudformation::Client::from_conf(config.build())
}

pub(super) async fn describe(
    sdk: &SdkConfig,
    name: String,
    terms: &Terms,
) -> Result<Deployed, Refusal> {
    if let Err(wrong) = names::stack(&name) {
        return Err(Refusal {
            failure: Failure::Usage(format!("the stack's name {name:?} is not valid: {wrong}")),
            is_gone: false,
            is_expired: false,
        });
    }
    let client = client(sdk);
    let thing = format!("stack {name}");
    let wanted = Wanted {
        thing: &thing,
        permission: "cloudformation:DescribeStacks",
        option: "--stack (or give --table and --secret)",
    };
    let answer = client.describe_stacks().stack_name(&name).send().await;
    let answer = answer.map_err(|error| {
        // CloudFormation has no code of its own for a stack that is not there.
        let gone = error
            .message()
            .is_some_and(|m| m.contains("does not exist"));
        if error.code() == Some("ValidationError") && gone {
            let sentence = absent(&name, &terms.region, samconfig("region"));
            return Refusal {
                failure: Failure::Usage(terms.told(sentence, &error)),
                is_gone: true,
                is_expired: false,
            };
        }
        Refusal {
            failure: terms.refused(&wanted, &error),
            is_gone: false,
            is_expired: error.code().is_some_and(has_expired),
        }
    })?;
    let stack = answer.stacks().first();
    let outputs = stack.map_or(&[][..], |stack| stack.outputs());
    let parameters = stack.map_or(&[][..], |stack| stack.parameters());
    let pair =
        |name: Option<&str>, value: Option<&str>| Some((name?.to_owned(), value?.to_owned()));
    let status = stack.and_then(|stack| stack.stack_status());
    Ok(Deployed {
        name,
        status: status
            .map(|status| status.as_str().to_owned())
            .unwrap_or_default(),
        outputs: outputs
            .iter()
            .filter_map(|output| pair(output.output_key(), output.output_value()))
            .collect(),
        parameters: parameters
            .iter()
            .filter_map(|one| pair(one.parameter_key(), one.parameter_value()))
            .collect(),
    })
}

/// There is no such stack in this region; the file beside may say in which one it is.
fn absent(name: &str, region: &str, kept: Option<String>) -> String {
    match kept.filter(|kept| kept != region) {
        Some(kept) => format!(
            "there is no stack {name} in this account in {region}; samconfig.toml here deploys to {kept}: give \
             --region {kept}"
        ),
        None => format!(
            "there is no stack {name} in this account in {region}: check --stack, --region and --profile, or give \
             --table and --secret"
        ),
    }
}

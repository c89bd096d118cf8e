//! Region and credentials, found as AWS's own tools find them.
//!
//! In: options, environment, configuration files, single sign-on, the machine's role. Out: what
//! the clients sign with. Credentials are asked for once: a `credential_process` may ask a person.

use std::time::Duration;

use aws_config::Region;
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::imds;
use aws_config::meta::region::ProvideRegion;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_credential_types::provider::error::CredentialsError;
use shared::config::{AwsEnv, environment};
use shared::secrets::Secret;

use super::refusal::because;
use super::{Options, endpoint, names, stack};
use crate::Failure;

/// The HTTP client as the SDKs want it.
type Client = aws_sdk_dynamodb::config::SharedHttpClient;

/// How long the metadata service of a virtual machine may take, where there is one.
const METADATA: Duration = Duration::from_secs(1);

pub(super) async fn sign_in(options: &Options, client: &Client) -> Result<AwsEnv, Failure> {
    let region = region(options).await?;
    let config = ProviderConfig::without_region()
        .with_region(Some(Region::new(region.clone())))
        .with_http_client(client.clone());
    let found = match &options.profile {
        // A profile asked for by name goes before the variables, as in AWS's own tool.
        Some(name) => {
            let profile = ProfileFileCredentialsProvider::builder().configure(&config);
            profile
                .profile_name(name)
                .build()
                .provide_credentials()
                .await
        }
        None => {
            let metadata = imds::Client::builder().configure(&config);
            let metadata = metadata.max_attempts(1).connect_timeout(METADATA);
            let metadata = metadata
                .read_timeout(METADATA)
                .operation_timeout(METADATA)
                .build();
            let chain = DefaultCredentialsChain::builder().imds_client(metadata);
            chain
                .configure(config)
                .build()
                .await
                .provide_credentials()
                .await
        }
    };
    let found = found.map_err(|error| {
        let sentence = without_credentials(options, &error);
        Failure::Usage(because(sentence, &error, options.verbose))
    })?;
    Ok(AwsEnv {
        access_key_id: found.access_key_id().to_owned(),
        secret_access_key: Secret::new(found.secret_access_key()),
        session_token: found.session_token().map(Secret::new),
        region,
        dynamodb_endpoint: endpoint("DYNAMODB"),
        secretsmanager_endpoint: endpoint("SECRETS_MANAGER"),
    })
}

async fn region(options: &Options) -> Result<String, Failure> {
    known_region(options).await.ok_or_else(|| {
        Failure::Usage(
            "no AWS region: give --region, or set AWS_REGION or the profile's".to_owned(),
        )
    })
}

/// The region that the options, the environment, the profile or `samconfig.toml` say.
pub(crate) async fn known_region(options: &Options) -> Option<String> {
    let given = |region: &String| !region.trim().is_empty();
    let named = options.region.clone().filter(given);
    let variable = || environment("AWS_REGION").filter(given);
    let older = || environment("AWS_DEFAULT_REGION").filter(given);
    if let Some(region) = named.or_else(variable).or_else(older) {
        return Some(region.trim().to_owned());
    }
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &options.profile {
        profile = profile.profile_name(name);
    }
    let region = profile.build().region().await;
    let region = region.map(|region| region.to_string());
    region.or_else(|| stack::samconfig("region"))
}

fn without_credentials(options: &Options, error: &CredentialsError) -> String {
    let profile = options.profile.clone();
    let profile = profile.or_else(|| environment("AWS_PROFILE").filter(|name| !name.is_empty()));
    match (profile, error) {
        (Some(name), _) => {
            let word = names::shell(&name);
            format!(
                "the profile {name} gives no AWS credentials: look at `aws configure list --profile {word}`, or sign \
                 in with `aws sso login --profile {word}`, then run this again"
            )
        }
        (None, CredentialsError::CredentialsNotLoaded(_)) => {
            "no AWS credentials: give --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY"
                .to_owned()
        }
        (None, _) => {
            "the AWS credentials cannot be loaded: look at `aws configure list`, or give --profile"
                .to_owned()
        }
    }
}

//! How every command reaches the deployed bundle in the user's AWS account, and talks to a person.
//!
//! In: the options all commands share. Out: the stack's outputs and parameters, its table, its
//! secret; failures as one sentence. Nothing is asked of AWS before it is needed.

pub(crate) mod names;
mod refusal;
mod secret;
mod sign_in;
mod stack;
mod table;
pub(crate) mod talk;

use std::sync::Arc;
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{Region, SdkConfig};
use clap::Args;
use shared::aws::{AwsParts, http_client};
use shared::config::environment;
use shared::net::{BaseUrl, Http};
use shared::secrets::{Need, SecretStore};
use shared::zendesk;
use tokio::sync::OnceCell;

use crate::Failure;

pub(crate) use refusal::Terms;
pub(crate) use secret::SecretValue;
pub(crate) use sign_in::known_region;
pub(crate) use stack::Deployed;
pub(crate) use table::{Item, Table, number, text};

/// Longest one attempt at an AWS call takes: a person's network may be slow.
const ATTEMPT: Duration = Duration::from_secs(15);
/// Longest an AWS call takes, its attempts together.
const OPERATION: Duration = Duration::from_secs(40);

const HEADING: &str = "Account and output";

/// Which account, which stack, and how to talk about it.
#[derive(Args, Clone, Default)]
pub(crate) struct Options {
    /// Profile of the AWS configuration files [default: AWS_PROFILE, or AWS's own chain].
    #[arg(long, value_name = "NAME", help_heading = HEADING)]
    pub profile: Option<String>,
    /// AWS region [default: AWS_REGION, the profile's, or samconfig.toml's].
    #[arg(long, value_name = "NAME", help_heading = HEADING, value_parser = names::region)]
    pub region: Option<String>,
    /// The CloudFormation stack [default: stack_name of samconfig.toml, or braze-zendesk-bridge].
    #[arg(long, value_name = "NAME", help_heading = HEADING, value_parser = names::stack)]
    pub stack: Option<String>,
    /// The table, instead of the one the stack names.
    #[arg(long, value_name = "NAME", help_heading = HEADING, value_parser = names::table)]
    pub table: Option<String>,
    /// Name or ARN of the secret, instead of the one the stack names.
    #[arg(long, value_name = "ID", help_heading = HEADING, value_parser = names::secret)]
    pub secret: Option<String>,
    /// Print JSON.
    #[arg(long, help_heading = HEADING)]
    pub json: bool,
    /// Tell the causes of a failure as well.
    #[arg(long, help_heading = HEADING)]
    pub verbose: bool,
}

/// The account as these options reach it.
pub(crate) struct Account {
    options: Options,
    parts: AwsParts,
    http: Http,
    terms: Terms,
    deployed: OnceCell<Deployed>,
}

impl Options {
    /// Finds region and credentials; nothing is asked of the account yet.
    ///
    /// # Errors
    /// No region, no credentials, an unusable `EXTRA_CA_FILE`.
    pub(crate) async fn connect(&self) -> Result<Account, Failure> {
        let http = self.http()?;
        let env = sign_in::sign_in(self, &http_client(&http, ATTEMPT)).await?;
        let usual = AwsParts::new(&env, &http);
        Ok(Account {
            options: self.clone(),
            terms: Terms {
                region: env.region,
                verbose: self.verbose,
            },
            parts: AwsParts {
                http_client: http_client(&http, ATTEMPT),
                retry: RetryConfig::standard()
                    .with_max_attempts(4)
                    .with_initial_backoff(Duration::from_millis(200)),
                timeouts: TimeoutConfig::builder()
                    .operation_attempt_timeout(ATTEMPT)
                    .operation_timeout(OPERATION)
                    .build(),
                ..usual
            },
            http,
            deployed: OnceCell::new(),
        })
    }

    /// The HTTP client alone, for who needs no account.
    ///
    /// # Errors
    /// An unusable `EXTRA_CA_FILE`.
    pub(crate) fn http(&self) -> Result<Http, Failure> {
        let file = environment("EXTRA_CA_FILE").filter(|file| !file.is_empty());
        let http = Http::new(file.as_deref().map(AsRef::as_ref));
        http.map_err(|error| {
            Failure::Usage(refusal::because(error.to_string(), &error, self.verbose))
        })
    }
}

impl Account {
    /// What CloudFormation says of the stack; asked once.
    ///
    /// # Errors
    /// No such stack, not allowed, no answer.
    pub(crate) async fn deployed(&self) -> Result<&Deployed, Failure> {
        let described = self.described().await;
        described.map_err(|refusal| refusal.failure)
    }

    /// The same; `None` where there is no such stack, and `--secret` says what is left of it.
    ///
    /// # Errors
    /// As [`Self::deployed`].
    pub(crate) async fn deployed_unless_gone(&self) -> Result<Option<&Deployed>, Failure> {
        match self.described().await {
            Ok(stack) => Ok(Some(stack)),
            Err(refusal) if refusal.is_gone && self.options.secret.is_some() => Ok(None),
            Err(refusal) => Err(refusal.failure),
        }
    }

    /// Why AWS would refuse to deploy to the stack now, and what to do; nothing where there is none yet, or where
    /// that cannot be asked: SAM says so then.
    ///
    /// # Errors
    /// The credentials have expired, which is better known before a build.
    pub(crate) async fn refuses_deployment(&self) -> Result<Option<String>, Failure> {
        match self.described().await {
            Ok(stack) => Ok(stack.refuses_deployment()),
            Err(refusal) if refusal.is_expired => Err(refusal.failure),
            Err(_) => Ok(None),
        }
    }

    async fn described(&self) -> Result<&Deployed, stack::Refusal> {
        let sdk = sdk(&self.parts);
        let ask = || stack::describe(&sdk, self.stack_name(), &self.terms);
        self.deployed.get_or_try_init(ask).await
    }

    /// Gives the stack these parameters and leaves everything else of it as it is.
    ///
    /// # Errors
    /// Not allowed, refused, no answer.
    pub(crate) async fn fill(&self, values: &[(&str, &str)]) -> Result<(), Failure> {
        let deployed = self.deployed().await?;
        stack::fill(&sdk(&self.parts), deployed, values, &self.terms).await
    }

    /// The stack's name, whether it is there or not.
    pub(crate) fn stack_name(&self) -> String {
        stack::name(&self.options)
    }

    /// The table that `--table` or the stack names.
    ///
    /// # Errors
    /// As [`Self::deployed`].
    pub(crate) async fn table(&self) -> Result<Table, Failure> {
        let name = match &self.options.table {
            Some(name) => name.clone(),
            None => self.deployed().await?.output("TableName")?.to_owned(),
        };
        Ok(Table::new(
            &self.parts,
            &sdk(&self.parts),
            name,
            &self.terms,
        ))
    }

    /// The secret that `--secret` or the stack names; not read yet.
    ///
    /// # Errors
    /// As [`Self::deployed`].
    pub(crate) async fn secret(&self) -> Result<SecretValue, Failure> {
        let id = match &self.options.secret {
            Some(id) => id.clone(),
            None => self.deployed().await?.output("SecretArn")?.to_owned(),
        };
        Ok(SecretValue::new(
            &self.parts,
            &sdk(&self.parts),
            id,
            &self.terms,
        ))
    }

    /// The HTTP client, for the vendors and the stack's own URLs.
    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    /// Where it is and how much is printed, for sentences of the caller's own.
    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Zendesk, as the functions reach it: at the stack's address, with the secret's credentials.
    ///
    /// # Errors
    /// No address, a secret without credentials, and as [`Self::deployed`].
    pub(crate) async fn zendesk(&self) -> Result<zendesk::ZendeskClient, Failure> {
        let given = environment("ZENDESK_BASE_URL").filter(|url| !url.trim().is_empty());
        let url = match given {
            Some(url) => url,
            None => {
                let url = self.deployed().await?.parameter("ZendeskBaseUrl");
                let url = url.ok_or_else(|| {
                    let sentence =
                        "the stack has no parameter ZendeskBaseUrl: set ZENDESK_BASE_URL";
                    Failure::Usage(sentence.to_owned())
                })?;
                url.to_owned()
            }
        };
        let base: BaseUrl = url
            .parse()
            .map_err(|error| Failure::Usage(format!("ZendeskBaseUrl {error}")))?;
        let secret = self.secret().await?;
        secret.secrets(&[Need::Zendesk]).await?;
        let store = Arc::new(SecretStore::new(&self.parts, secret.id()));
        Ok(zendesk::ZendeskClient::new(self.http.clone(), base, store))
    }
}

fn sdk(parts: &AwsParts) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(parts.behavior)
        .region(Region::new(parts.region.clone()))
        .credentials_provider(parts.credentials.clone())
        .http_client(parts.http_client.clone())
        .retry_config(parts.retry.clone())
        .timeout_config(parts.timeouts.clone())
        .build()
}

/// Another address of a service, from the SDKs' own variables.
fn endpoint(service: &str) -> Option<String> {
    let named = environment(&format!("AWS_ENDPOINT_URL_{service}"));
    let given = |url: &String| !url.trim().is_empty();
    named
        .filter(given)
        .or_else(|| environment("AWS_ENDPOINT_URL").filter(given))
}

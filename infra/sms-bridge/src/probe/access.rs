//! How the probe reaches the vendors: through the deployed stack, or with addresses and a file of credentials alone.

use serde_json::{Map, Value};
use shared::net::{BaseUrl, Http};

use super::Probe;
use crate::Failure;
use crate::account::{Table, Terms};
use crate::setup::merge::get;
use crate::setup::read;
use crate::zendesk::{Credentials, credentials};

/// The vendors, as far as they are known.
pub(crate) struct Access {
    pub(crate) http: Http,
    pub(crate) zendesk: Option<(BaseUrl, Credentials)>,
    /// The REST endpoint and the key.
    pub(crate) braze: Option<(BaseUrl, String)>,
    /// Every value of the credentials, and the accounts' names.
    pub(crate) private: Vec<String>,
    pub(crate) terms: Terms,
    /// The stack's route for texts, where it is asked for: its address, its token, the table.
    pub(crate) door: Option<(String, String, Table)>,
}

/// Where and as whom, before it is looked at.
struct Given {
    http: Http,
    terms: Terms,
    secret: Map<String, Value>,
    zendesk: Option<String>,
    braze: Option<String>,
    door: Option<(String, String, Table)>,
}

impl Access {
    /// Without `--from`, the stack's parameters and secret say where and as whom.
    ///
    /// # Errors
    /// As everything that reads the stack; no address or no credentials for any vendor.
    pub(crate) async fn of(probe: &Probe) -> Result<Self, Failure> {
        let given = match &probe.from {
            Some(file) => from_file(probe, file)?,
            None => from_stack(probe).await?,
        };
        let secret = &given.secret;
        let zendesk = match (given.zendesk, credentials(secret)) {
            (Some(url), Some(credentials)) => Some((base("--zendesk", &url)?, credentials)),
            _ => None,
        };
        let braze = match (given.braze, get(secret, "braze_api_key")) {
            (Some(url), Some(key)) => Some((base("--braze", &url)?, key.to_owned())),
            _ => None,
        };
        if zendesk.is_none() && braze.is_none() {
            return Err(Failure::Usage(NOBODY.to_owned()));
        }
        let values = secret.keys().filter_map(|key| get(secret, key));
        let mut private: Vec<String> = values.map(str::to_owned).collect();
        private.extend(zendesk.iter().flat_map(|(base, _)| names(base)));
        private.extend(braze.iter().flat_map(|(base, _)| names(base)));
        Ok(Self {
            http: given.http,
            zendesk,
            braze,
            private,
            terms: given.terms,
            door: given.door,
        })
    }
}

const NOBODY: &str = "there is no terminal to ask on: give --from FILE and --zendesk URL (the file has \
    zendesk_oauth_client_id and zendesk_oauth_client_secret) or --braze URL (it has braze_api_key), or have a stack \
    whose parameters and secret have them";

fn from_file(probe: &Probe, file: &str) -> Result<Given, Failure> {
    let values = read::file(file)?.into_iter();
    let values = values.map(|(name, value)| (name.to_owned(), Value::from(value)));
    Ok(Given {
        http: probe.account.http()?,
        terms: Terms {
            region: String::new(),
            verbose: probe.account.verbose,
        },
        secret: values.collect(),
        zendesk: probe.zendesk.clone(),
        braze: probe.braze.clone(),
        door: None,
    })
}

/// What is named alone is asked alone.
async fn from_stack(probe: &Probe) -> Result<Given, Failure> {
    let account = probe.account.connect().await?;
    let stack = account.deployed().await?;
    let named = probe.zendesk.is_some() || probe.braze.is_some();
    let parameter = |given: &Option<String>, name: &str| match named {
        true => given.clone(),
        false => stack.parameter(name).map(str::to_owned),
    };
    let secret = account.secret().await?.read().await?;
    let door = match (probe.through_stack, get(&secret, "braze_inbound_token")) {
        (false, _) => None,
        (true, None) => {
            let sentence =
                "the secret lacks braze_inbound_token: `sms-bridge setup secret` makes it";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        (true, Some(token)) => {
            let url = stack.output("BrazeInboundUrl")?.to_owned();
            Some((url, token.to_owned(), account.table().await?))
        }
    };
    Ok(Given {
        http: account.http().clone(),
        terms: account.terms().clone(),
        door,
        zendesk: parameter(&probe.zendesk, "ZendeskBaseUrl"),
        braze: parameter(&probe.braze, "BrazeBaseUrl"),
        secret,
    })
}

fn base(option: &str, url: &str) -> Result<BaseUrl, Failure> {
    url.parse()
        .map_err(|error| Failure::Usage(format!("{option} {error}")))
}

/// What tells whose account it is: the address, and the first part of its host.
fn names(base: &BaseUrl) -> Vec<String> {
    let url = base.at("/");
    let host = url.host_str().unwrap_or_default().to_owned();
    let first = host.split('.').next().unwrap_or_default().to_owned();
    vec![base.to_string(), host, first]
}

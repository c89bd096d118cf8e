//! `sms-bridge deploy`: asks for what SAM needs and does not have yet, keeps it in `samconfig.toml`, and
//! runs SAM. What is kept is not asked again, so a deployment that ended early goes on from there.

use std::path::{Path, PathBuf};

use clap::Args;
use local::archive::TEMPLATE;
use local::template::{Parameter, parameters};

use crate::Failure;
use crate::account::{self, names, talk};

mod ask;
mod sam;
mod samconfig;
mod value;

use samconfig::SamConfig;

/// For `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  sms-bridge deploy
  sms-bridge deploy --set 'SolvedMessage=Thanks, bye!' --set OpenOn=keyword
  sms-bridge deploy --region eu-west-1 --yes \\
    --set ZendeskBaseUrl=https://acme.zendesk.com \\
    --set BrazeBaseUrl=https://rest.iad-01.braze.com \\
    --set BrazeReplyCampaignId=00000000-0000-0000-0000-000000000000

Run it in the unpacked release or in a clone. Values are kept in samconfig.toml
there, quoted as SAM wants them; `sam deploy` by hand uses the same file.";

/// Asked for although the template has a default: without it no answer is texted.
const WANTED: &str = "BrazeReplyCampaignId";

/// Deploy the bundle, or update it: asks for what is missing, then runs SAM.
#[derive(Args)]
pub(crate) struct Deploy {
    /// A parameter of the template, all of which docs/settings.md lists; repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = value::assignment)]
    set: Vec<(String, String)>,
    /// Profile of the AWS configuration files [default: AWS_PROFILE, or AWS's own chain].
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// AWS region [default: samconfig.toml's, AWS_REGION, or the profile's].
    #[arg(long, value_name = "NAME", value_parser = names::region)]
    region: Option<String>,
    /// Name of the CloudFormation stack [default: stack_name of samconfig.toml].
    #[arg(long, value_name = "NAME", value_parser = names::stack)]
    stack: Option<String>,
    /// Write samconfig.toml and print SAM's commands, but do not run them.
    #[arg(long)]
    dry_run: bool,
    /// Let SAM change the stack without asking.
    #[arg(long)]
    yes: bool,
}

impl Deploy {
    /// Writes `samconfig.toml` and runs SAM.
    ///
    /// # Errors
    /// No template here, a value that is missing or wrong, a file that cannot be written, SAM's failure.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let place = place()?;
        let text = read(&place.join(TEMPLATE))?;
        let parameters =
            parameters(&text).map_err(|error| Failure::Usage(format!("{TEMPLATE}: {error}")))?;
        let mut config = SamConfig::read(&place)?;
        self.settle_stack(&mut config)?;
        self.settle_region(&mut config).await?;
        for (name, given) in &self.set {
            let parameter = value::known(&parameters, name)?;
            value::check(parameter, given).map_err(Failure::Usage)?;
            config.set_parameter(name, given);
        }
        for parameter in missing(&parameters, &config) {
            let typed = ask::parameter(parameter)?;
            config.set_parameter(&parameter.name, &typed);
        }
        if config.write()? {
            talk::say(&format!("Kept in {}.", config.path().display()));
        }
        let sam = sam::Sam {
            place: &place,
            builds: text.contains("BuildMethod:"),
            config: &config,
            profile: self.profile.as_deref(),
            confirms: !self.yes,
        };
        if self.dry_run {
            talk::say(&sam.shown());
            return Ok(());
        }
        if let Some(refused) = self.refused(&config).await? {
            return Err(Failure::Usage(refused));
        }
        if let Err(failure) = sam.run().await {
            // What SAM left may need more than another run.
            let left = self.refused(&config).await.ok().flatten();
            return Err(match (failure, left) {
                (Failure::Broken(told), Some(left)) => {
                    Failure::Broken(format!("{told}. Now {left}"))
                }
                (failure, _) => failure,
            });
        }
        talk::say(NEXT);
        Ok(())
    }

    /// Why AWS would not deploy to the stack as it is now, as far as that can be asked, and what to do.
    async fn refused(&self, config: &SamConfig) -> Result<Option<String>, Failure> {
        let options = account::Options {
            region: config.region(),
            profile: self.profile.clone(),
            stack: config.stack_name(),
            ..account::Options::default()
        };
        match options.connect().await {
            Ok(account) => account.refuses_deployment().await,
            // SAM says what it wants.
            Err(_) => Ok(None),
        }
    }

    fn settle_stack(&self, config: &mut SamConfig) -> Result<(), Failure> {
        let kept = config.stack_name();
        match (&self.stack, kept) {
            // Without a region the file has deployed nothing yet.
            (Some(given), Some(kept)) if *given != kept && config.region().is_some() => {
                Err(another("stack", &kept, given))
            }
            (Some(given), _) => {
                config.set_global("stack_name", given);
                Ok(())
            }
            (None, Some(kept)) => names::stack(&kept).map(drop).map_err(|wrong| {
                Failure::Usage(format!("stack_name of samconfig.toml is {kept:?}: {wrong}"))
            }),
            (None, None) => Ok(()),
        }
    }

    /// SAM reads no region but its own; what the tool's other commands would use is kept for it.
    async fn settle_region(&self, config: &mut SamConfig) -> Result<(), Failure> {
        match (&self.region, config.region()) {
            (Some(given), Some(kept)) if *given != kept => Err(another("region", &kept, given)),
            (None, Some(kept)) => names::region(&kept).map(drop).map_err(|wrong| {
                Failure::Usage(format!("region of samconfig.toml is {kept:?}: {wrong}"))
            }),
            (given, _) => {
                let options = account::Options {
                    region: given.clone(),
                    profile: self.profile.clone(),
                    ..account::Options::default()
                };
                let region = match account::known_region(&options).await {
                    Some(region) => region,
                    None => ask::region()?,
                };
                config.set_global("region", &region);
                Ok(())
            }
        }
    }
}

const NEXT: &str = "
Next, in this directory:
  sms-bridge setup      credentials, Zendesk, the campaigns to paste into Braze,
                        and a check of every hop";

/// Parameters without a value: those without a default, and the one nothing works without.
fn missing<'a>(parameters: &'a [Parameter], config: &SamConfig) -> Vec<&'a Parameter> {
    let wanted = |parameter: &&Parameter| parameter.default.is_none() || parameter.name == WANTED;
    let unknown = |parameter: &&Parameter| config.parameter(&parameter.name).is_none();
    parameters.iter().filter(wanted).filter(unknown).collect()
}

/// What SAM would misread in the file of the current directory.
pub(crate) fn misread() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let read = SamConfig::read(&here).err()?;
    Some(read.told().to_owned())
}

/// Where the template is: here, or beside the program.
fn place() -> Result<PathBuf, Failure> {
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    let beside = program.as_deref().and_then(Path::parent);
    let places = here.as_deref().into_iter().chain(beside);
    let mut found = places.filter(|place| is_ours(&place.join(TEMPLATE)));
    found.next().map(Path::to_owned).ok_or_else(|| {
        let sentence = "the bundle's template.yaml is not in this directory: run this in the \
                        unpacked release, or in a clone";
        Failure::Usage(sentence.to_owned())
    })
}

fn is_ours(template: &Path) -> bool {
    std::fs::read_to_string(template).is_ok_and(|text| text.contains("ZendeskBaseUrl:"))
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))
}

fn another(what: &str, kept: &str, given: &str) -> Failure {
    Failure::Usage(format!(
        "samconfig.toml deploys to the {what} {kept}; {given} would be a second bundle with a table and a \
         secret of its own. For that, copy this directory, take {what} out of its samconfig.toml, and run this there"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Parameters:\n  ZendeskBaseUrl: { Type: String }\n  BrazeReplyCampaignId: { Type: String, Default: '' }\n  Language: { Type: String, Default: en }\n";

    #[test]
    fn what_has_a_value_is_not_asked_again() {
        let parameters = parameters(TEXT).unwrap();
        let place = tempfile::tempdir().unwrap();
        let mut config = SamConfig::read(place.path()).unwrap();
        let names = |config: &SamConfig| -> Vec<String> {
            let missing = missing(&parameters, config).into_iter();
            missing.map(|parameter| parameter.name.clone()).collect()
        };
        assert_eq!(names(&config), ["ZendeskBaseUrl", "BrazeReplyCampaignId"]);
        config.set_parameter("ZendeskBaseUrl", "https://acme.zendesk.com");
        config.set_parameter("BrazeReplyCampaignId", "");
        assert!(names(&config).is_empty(), "an empty value is one, too");
    }
}

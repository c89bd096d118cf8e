//! `sms-bridge probe`: asks a trial account what nobody here could verify.
//!
//! In: trial accounts' addresses and credentials. Out: an answer for each fact that an API or a person can tell, a
//! transcript that can be sent, and the accounts as they were before. `facts` and `transcript` are pure.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use clap::builder::PossibleValuesParser;
use time::OffsetDateTime;
use tokio::signal::unix::{SignalKind, signal};

mod access;
mod braze;
mod facts;
mod like;
mod show;
mod transcript;
mod zendesk;

pub(crate) use like::like;

use access::Access;
use braze::{Door, Inbox, Port, Workspace};
use facts::{FACTS, Finding, Findings, Group};
use transcript::Redactor;
use zendesk::{Lab, Lag, Moved};

use crate::Failure;
use crate::account::{self, Table, talk};
use crate::columns::{terminal, wrapped};
use crate::zendesk::{SETUP_SCOPES, Trouble, sign_in};

/// For `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  sms-bridge probe                       with the deployed stack's credentials
  sms-bridge probe --zendesk https://acme-trial.zendesk.com --from trial.env
  sms-bridge probe --through-stack       Braze's webhooks, without a tunnel
  sms-bridge probe --only zendesk.merged_user
  sms-bridge probe --clean               remove what an interrupted run left

Only for trial accounts. It says what it will make, asks, and removes it again.
trial.env holds zendesk_oauth_client_id=… and zendesk_oauth_client_secret=… of a
client that an administrator made, and braze_api_key=…. The transcript holds no
address, token, name, number or text; please send it (CONTRIBUTING.md says where).";

/// How long the export is waited for beyond the patience: it leaves the last minute out.
const EXPORT: Duration = Duration::from_secs(100);

/// For how many times the patience a search is tried: its index is minutes behind.
const SEARCHES: u32 = 6;

/// Ask trial accounts what nobody has verified yet.
#[derive(Args)]
pub(crate) struct Probe {
    /// The Zendesk account [default: the stack's].
    #[arg(long, value_name = "URL")]
    zendesk: Option<String>,
    /// Braze's REST endpoint [default: the stack's].
    #[arg(long, value_name = "URL")]
    braze: Option<String>,
    /// A file with the credentials, instead of the stack's secret (`-`: standard input).
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    /// Only this fact; repeatable.
    #[arg(long, value_name = "FACT", hide_possible_values = true, value_parser = keys())]
    only: Vec<String>,
    /// Where the transcript goes.
    #[arg(long, value_name = "FILE", default_value = "probe-transcript.jsonl")]
    out: PathBuf,
    /// Where Zendesk's webhooks post to; whatever answers, Zendesk keeps what it sent [default: the account's own
    /// address, which refuses them].
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// A port of this machine, such as 127.0.0.1:8080, for Braze's webhooks.
    #[arg(long, value_name = "ADDRESS", requires = "public_url")]
    listen: Option<String>,
    /// The address at which a tunnel of yours brings that port to the internet (`{port}` in it becomes the port).
    #[arg(long, value_name = "URL", requires = "listen")]
    public_url: Option<String>,
    /// Braze's webhooks go to the deployed stack, which keeps what it does not understand (its alarm for dead
    /// letters may ring); they are removed at the end.
    #[arg(long, conflicts_with_all = ["from", "listen"])]
    through_stack: bool,
    /// Seconds to wait for a webhook that may never come.
    #[arg(long, value_name = "SECONDS", default_value_t = 45)]
    patience: u64,
    /// Only remove what an earlier run left.
    #[arg(long)]
    clean: bool,
    /// Do not ask whether to begin.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    account: account::Options,
}

fn keys() -> PossibleValuesParser {
    FACTS.iter().map(|fact| fact.key).collect::<Vec<_>>().into()
}

/// What is worked with.
struct Made {
    lab: Option<Lab>,
    workspace: Option<Workspace>,
    inbox: Option<Inbox>,
}

impl Probe {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let mut access = Access::of(&self).await?;
        let made = Made {
            lab: self.lab(&access).await?,
            workspace: self.workspace(&access),
            inbox: self.inbox(access.door.take()).await?,
        };
        if !self.yes {
            eprintln!("{}\n", show::consent(&made));
            talk::confirm("Go on?")?;
        }
        let told = |trouble: Trouble| trouble.told(&access.terms);
        let left = clean(&made).await.map_err(told)?;
        if left > 0 {
            eprintln!("Removed {left} objects that an earlier run left.");
        }
        if self.clean {
            if let Some(left) = self.left(&made).await {
                talk::warn(&wrapped(&left, terminal()).join("\n"));
            }
            return Ok(());
        }
        let mut findings = Findings::default();
        let interrupted = tokio::select! {
            () = self.measure(&made, &mut findings) => false,
            () = interruption() => true,
        };
        let removed = clean(&made).await;
        if let Some(Inbox::Stack(door)) = &made.inbox {
            door.clean().await?;
        }
        let left = self.left(&made).await;
        for group in self.groups(&made) {
            findings.rest(
                group,
                if interrupted {
                    "interrupted"
                } else {
                    "not seen"
                },
            );
        }
        let all = findings.0.into_iter();
        let asked: Vec<Finding> = all.filter(|found| self.asks(found.fact)).collect();
        self.write(&asked, &access)?;
        if let Some(left) = &left {
            talk::warn(&wrapped(left, terminal()).join("\n"));
        }
        removed.map_err(told)?;
        match (interrupted, left) {
            (true, None) => Err(Failure::Broken(
                "interrupted; what was made is removed".to_owned(),
            )),
            (true, Some(_)) => Err(Failure::Broken(
                "interrupted; what was made is removed, but for what is named above".to_owned(),
            )),
            (false, _) => Ok(()),
        }
    }

    /// What is left in Braze, whose API deletes nothing, and how to remove it.
    async fn left(&self, made: &Made) -> Option<String> {
        let workspace = made.workspace.as_ref()?;
        let texts = self.clean || self.groups(made).contains(&Group::Texts);
        match texts {
            true => braze::left(workspace).await,
            false => None,
        }
    }

    async fn lab(&self, access: &Access) -> Result<Option<Lab>, Failure> {
        let Some((base, credentials)) = &access.zendesk else {
            return Ok(None);
        };
        let signed_in = async {
            let admin = sign_in(&access.http, base, credentials, &SETUP_SCOPES).await?;
            match admin.me().await?.0 {
                role if role == "admin" => Ok(admin),
                role => Err(Trouble::NotAdmin(admin.kind(), role)),
            }
        };
        let admin = signed_in
            .await
            .map_err(|trouble: Trouble| trouble.told(&access.terms))?;
        let own = || base.at("/sms-bridge-probe").to_string();
        let patience = Duration::from_secs(self.patience);
        Ok(Some(Lab {
            http: access.http.clone(),
            base: base.clone(),
            credentials: credentials.clone(),
            admin,
            endpoint: self.endpoint.clone().unwrap_or_else(own),
            patience,
            export_patience: patience + EXPORT,
            search_patience: patience * SEARCHES,
        }))
    }

    fn workspace(&self, access: &Access) -> Option<Workspace> {
        let (base, key) = access.braze.clone()?;
        Some(Workspace {
            http: access.http.clone(),
            base,
            key,
            patience: Duration::from_secs(self.patience),
            has_block: AtomicBool::new(false),
        })
    }

    async fn inbox(&self, door: Option<(String, String, Table)>) -> Result<Option<Inbox>, Failure> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret)
            .map_err(|error| Failure::Broken(format!("no random bytes are available: {error}")))?;
        let mark: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        if let Some((url, token, table)) = door {
            return Ok(Some(Inbox::Stack(Door {
                url,
                token,
                mark,
                table,
            })));
        }
        let (Some(address), Some(public)) = (&self.listen, &self.public_url) else {
            return Ok(None);
        };
        let port = Port::start(address, public, &mark).await;
        let port = port.map_err(|error| Failure::Usage(format!("--listen {address}: {error}")))?;
        Ok(Some(Inbox::Port(port)))
    }

    /// Looks at all groups, and meanwhile for a ticket by search.
    async fn measure(&self, made: &Made, findings: &mut Findings) {
        let fact = "zendesk.search_lag";
        let (lag, ()) = tokio::join!(self.lag(made, fact), self.measure_groups(made, findings));
        match lag {
            Some(Ok(seconds)) => findings.told(fact, seconds, "a new ticket was found"),
            Some(Err(why)) => findings.open(fact, &why),
            None => {}
        }
    }

    /// How late a search is; `None`: it is not asked for.
    async fn lag(&self, made: &Made, fact: &str) -> Option<Lag> {
        let lab = made.lab.as_ref().filter(|_| self.asks(fact))?;
        let looked = zendesk::search(lab).await;
        Some(looked.unwrap_or_else(|trouble| Err(trouble.what())))
    }

    /// Trouble with one of the groups is told there, and the next is looked at.
    async fn measure_groups(&self, made: &Made, findings: &mut Findings) {
        let mut moved: Option<Moved> = None;
        for group in self.groups(made) {
            eprintln!("{} …", show::doing(group));
            if let (true, Some(workspace)) = (group.is_brazes(), &made.workspace) {
                braze::look(workspace, made.inbox.as_ref(), group, findings).await;
            } else if let Some(lab) = &made.lab
                && let Err(trouble) = zendesk::look(lab, group, &mut moved, findings).await
            {
                findings.rest(group, &trouble.what());
            }
        }
        if let (Some(moved), Some(lab)) = (&moved, &made.lab)
            && self.asks("zendesk.user_merge_is_exported")
        {
            eprintln!("The export, which is a minute late …");
            if let Err(trouble) = zendesk::exported(lab, moved, findings).await {
                findings.rest(Group::Merge, &trouble.what());
            }
        }
    }

    fn asks(&self, fact: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == fact)
    }

    /// The groups that are asked for, of vendors that are known.
    fn groups(&self, made: &Made) -> Vec<Group> {
        let known = |group: &Group| match group.is_brazes() {
            true => made.workspace.is_some(),
            false => made.lab.is_some(),
        };
        let asked = |group: &Group| {
            let mut facts = FACTS.iter().filter(|fact| fact.group == *group);
            facts.any(|fact| self.asks(fact.key))
        };
        let all = Group::ALL.into_iter();
        all.filter(known).filter(asked).collect()
    }

    /// The transcript into its file, the summary on the screen.
    fn write(&self, findings: &[Finding], access: &Access) -> Result<(), Failure> {
        let redactor = Redactor::of(access.private.iter().cloned());
        let day = OffsetDateTime::now_utc().date().to_string();
        let lines = transcript::lines(findings, &day, &redactor);
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let file = self.out.display().to_string();
        std::fs::write(&self.out, text)
            .map_err(|error| Failure::Broken(format!("{file} cannot be written: {error}")))?;
        match self.account.json {
            true => talk::say_json(&lines),
            false => show::summary(findings, &redactor, &file),
        }
        Ok(())
    }
}

/// Removes what the probe made in Zendesk; how many objects that were.
async fn clean(made: &Made) -> Result<usize, Trouble> {
    match &made.lab {
        Some(lab) => zendesk::clean(lab).await,
        None => Ok(0),
    }
}

/// Ctrl-C, or the end of the session.
async fn interruption() {
    let (Ok(mut int), Ok(mut term)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = int.recv() => {}
        _ = term.recv() => {}
    }
}

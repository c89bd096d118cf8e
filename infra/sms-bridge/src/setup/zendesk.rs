//! `sms-bridge setup zendesk`: what the bridge needs in Zendesk, made, repaired or removed.
//!
//! In: the stack, its secret. Out: the difference shown, a question, the changes made, and a second
//! look that everything is as wanted.

use clap::Args;
use serde_json::{Map, Value};
use shared::config::environment;

use super::apply::{ADDRESS, apply};
use super::brands;
use super::found::Found;
use super::merge::get;
use super::plan::{Part, Plan, plan};
use super::read;
use super::removal::removal;
use super::show::{done, shown};
use super::wanted::Wanted;
use crate::Failure;
use crate::account::{self, Account, Deployed, SecretValue, talk};
use crate::columns;
use crate::zendesk::{self, Admin, Credentials, SETUP_SCOPES, Trouble, credentials};

/// For `--help`.
pub(crate) const EXAMPLES: &str = "\
Examples:
  sms-bridge setup zendesk --dry-run          show what would change
  sms-bridge setup zendesk                    show it, ask, and do it
  sms-bridge setup zendesk --auto-reply       with an automatic first answer, too
  sms-bridge setup zendesk --macro            with a macro that starts a conversation
  sms-bridge setup zendesk --exclude-mail     no e-mail beside the SMS
  sms-bridge setup zendesk --brand Acme       tickets of this brand only
  sms-bridge setup zendesk --yes --json       for scripts
  sms-bridge setup zendesk --remove           take out what it made
  sms-bridge setup zendesk --remove --stack NAME --secret ID
                                              also after the stack was deleted
  sms-bridge setup zendesk --client admin.env sign in with another OAuth client

Only objects with this stack's mark in their description are changed or removed;
with --exclude-mail one condition is added to others' triggers, as shown before.
It signs in with the secret's OAuth client and asks for the scopes `read write`;
an administrator has to have made it. With --client another one does, which is
not stored: then the secret's may be an agent's, who can set nothing up.";

/// Make or repair what the bridge needs in Zendesk.
#[derive(Args, Default)]
pub(crate) struct Zendesk {
    /// Remove what this stack made; the user field stays.
    #[arg(long)]
    remove: bool,
    /// Also make a trigger that texts a first answer to customers who open a ticket by text; edit its words in
    /// Zendesk, and delete it there to stop it.
    #[arg(long, conflicts_with = "remove")]
    auto_reply: bool,
    /// Also make a macro by which an agent starts a conversation: it adds the tag of tickets that are texted about.
    #[arg(long = "macro", conflicts_with = "remove")]
    with_macro: bool,
    /// Add the condition that a ticket lacks that tag to others' triggers that mail the requester, so that nobody gets
    /// an answer by SMS and by e-mail.
    #[arg(long, conflicts_with = "remove")]
    exclude_mail: bool,
    /// Text about tickets of this brand only, by name or id; repeatable. It stays until another is given; `all` takes the
    /// condition out of the triggers.
    #[arg(long = "brand", value_name = "NAME", conflicts_with = "remove")]
    brands: Vec<String>,
    /// Only show what would change.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// A file with an administrator's zendesk_oauth_client_id and zendesk_oauth_client_secret, used
    /// instead of the secret's and not stored (`-`: standard input).
    #[arg(long, value_name = "FILE")]
    client: Option<String>,
    #[command(flatten)]
    account: account::Options,
    /// It is a step of the walk, which says itself what is next.
    #[arg(skip)]
    in_the_walk: bool,
}

impl Zendesk {
    /// The walk's step.
    pub(super) fn in_the_walk(yes: bool, account: account::Options) -> Self {
        Self {
            yes,
            account,
            in_the_walk: true,
            ..Self::default()
        }
    }

    pub(crate) async fn run(self) -> Result<(), Failure> {
        let account = self.account.connect().await?;
        let secret = account.secret().await?;
        let stack = match self.remove {
            true => account.deployed_unless_gone().await?,
            false => Some(account.deployed().await?),
        };
        let mut wanted = match stack {
            Some(stack) => Wanted::of(stack)?,
            None => Wanted::of_gone(account.stack_name(), &secret.arn().await?)?,
        };
        wanted.auto_reply = self.auto_reply;
        wanted.with_macro = self.with_macro;
        wanted.excludes_mail = self.exclude_mail;
        if self.with_macro && wanted.starts.is_none() {
            return Err(Failure::Usage(EVERY_TICKET.to_owned()));
        }
        let base = address(stack, &secret).await?;
        let admin = sign_in(&account, &base, &secret, self.client.as_deref()).await?;
        let found = found(&wanted, &admin, &account).await?;
        let asked = match self.in_the_walk && !self.yes {
            true => brands::asked(&wanted.owner, &found)?,
            false => self.brands.clone(),
        };
        wanted.brands = brands::chosen(&asked, &wanted.owner, &found)?;
        wanted.keep_conditions(&found);
        let plan = self.planned(&wanted, &found, &secret).await?;
        let changes = plan.to_do().count();
        let acts = changes > 0 && !self.dry_run;
        let text = shown(&plan, &base, &wanted.owner.stack);
        if !self.account.json {
            talk::say(&text);
        } else if acts && !self.yes {
            eprintln!("{text}");
        }
        if acts {
            let secret = (&secret, base.as_str());
            self.act(changes, &plan, &wanted, &admin, secret, &account)
                .await?;
        }
        if self.account.json {
            talk::say_json(&super::show::json(&plan, acts));
        } else if acts && self.in_the_walk {
            talk::say("Zendesk is as wanted.");
        } else if acts {
            talk::say(if self.remove { REMOVED } else { NEXT });
        }
        Ok(())
    }

    async fn act(
        &self,
        changes: usize,
        plan: &Plan,
        wanted: &Wanted,
        admin: &Admin,
        (secret, base): (&SecretValue, &str),
        account: &Account,
    ) -> Result<(), Failure> {
        if !self.yes {
            let s = if changes == 1 { "" } else { "s" };
            talk::confirm(&format!("Make {changes} change{s}?"))?;
        }
        let refused = apply(plan, wanted, admin, secret, base, |change| {
            if !self.account.json {
                talk::say(&done(change));
            }
        })
        .await?;
        let found = found(wanted, admin, account).await?;
        let mut left = self.planned(wanted, &found, secret).await?;
        for (id, title, why) in refused.mail {
            let tag = wanted.first_tag.as_deref().unwrap_or_default();
            let told = format!(
                "The trigger \"{title}\" was not changed: {why}. Add the condition \"Tags contain none of the \
                 following: {tag}\" by hand in Admin Center > Objects and rules > Triggers."
            );
            talk::warn(&columns::wrapped(&told, columns::terminal()).join("\n"));
            left.without(Part::Mail, id.as_deref());
        }
        if let Some(why) = refused.events {
            let told = format!(
                "The webhook for event types was not made: {why}. The bridge works without it: a ticket that \
                 was given to another requester, merged or deleted is noticed with the next text or answer on it."
            );
            talk::warn(&columns::wrapped(&told, columns::terminal()).join("\n"));
            left.without_events();
        }
        let Some(change) = left.to_do().next() else {
            return Ok(());
        };
        let fields: Vec<_> = change.fields.iter().map(|field| field.field).collect();
        Err(Failure::Broken(format!(
            "Zendesk accepted everything, but the {} {} is still not as it should be ({})",
            change.part.kind(),
            change.name,
            fields.join(", ")
        )))
    }

    async fn planned(
        &self,
        wanted: &Wanted,
        found: &Found,
        secret: &SecretValue,
    ) -> Result<Plan, Failure> {
        if self.remove {
            return Ok(removal(wanted, found));
        }
        Ok(plan(wanted, found, &secret.read().await?))
    }
}

async fn found(wanted: &Wanted, admin: &Admin, account: &Account) -> Result<Found, Failure> {
    let found = Found::read(admin, wanted).await;
    found.map_err(|trouble| trouble.told(account.terms()))
}

const NEXT: &str = "Zendesk is as wanted.\n\
    With --macro it also makes a macro by which an agent starts a conversation.\n\
    Next: sms-bridge setup braze, then sms-bridge doctor.";
const EVERY_TICKET: &str = "--macro: the parameter TextTickets is any, so answers on every ticket \
    of a customer with a Braze id go out by SMS, and no tag is needed to start a conversation";
const REMOVED: &str = "Removed, except for the objects listed above.";

/// The OAuth client in a file.
pub(crate) fn given(file: &str) -> Result<Credentials, Failure> {
    let values = read::file(file)?.into_iter();
    let values = values.map(|(name, value)| (name.to_owned(), Value::from(value)));
    all_of(&values.collect(), file)
}

fn all_of(keys: &Map<String, Value>, holder: &str) -> Result<Credentials, Failure> {
    credentials(keys).ok_or_else(|| {
        Failure::Usage(format!(
            "{holder} lacks zendesk_oauth_client_id or zendesk_oauth_client_secret: `sms-bridge \
             setup secret` asks for them"
        ))
    })
}

/// Where Zendesk is: as the stack says, and where that is gone as `ZENDESK_BASE_URL` or its secret does.
async fn address(stack: Option<&Deployed>, secret: &SecretValue) -> Result<String, Failure> {
    if let Some(stack) = stack {
        return Ok(stack
            .parameter("ZendeskBaseUrl")
            .unwrap_or_default()
            .to_owned());
    }
    let given = environment("ZENDESK_BASE_URL").filter(|url| !url.trim().is_empty());
    let kept = || async {
        let object = secret.read().await?;
        Ok::<_, Failure>(get(&object, ADDRESS).map(str::to_owned))
    };
    match given {
        Some(url) => Ok(url.trim().to_owned()),
        None => kept()
            .await?
            .ok_or_else(|| Failure::Usage(NOWHERE.to_owned())),
    }
}

const NOWHERE: &str =
    "the stack is gone and its secret does not say where Zendesk is: set ZENDESK_BASE_URL";

/// A program that may set things up.
async fn sign_in(
    account: &Account,
    base: &str,
    secret: &SecretValue,
    client: Option<&str>,
) -> Result<Admin, Failure> {
    let base = base
        .parse()
        .map_err(|error| Failure::Usage(format!("the stack's parameter ZendeskBaseUrl {error}")))?;
    let credentials = match client {
        Some(file) => given(file)?,
        None => {
            let holder = format!("the secret {}", secret.name());
            all_of(&secret.read().await?, &holder)?
        }
    };
    let signed_in = async {
        let admin = zendesk::sign_in(account.http(), &base, &credentials, &SETUP_SCOPES).await?;
        match admin.me().await?.0 {
            role if role == "admin" => Ok(admin),
            role => Err(Trouble::NotAdmin(admin.kind(), role)),
        }
    };
    signed_in
        .await
        .map_err(|trouble: Trouble| trouble.told(account.terms()))
}

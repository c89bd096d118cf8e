//! `sms-bridge sandbox`: the stack for a person, or under a conversation file.
//!
//! In: options. Out: addresses and lines to try until Ctrl-C, or a transcript and a verdict.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use local::cloudformation::CloudFormation;
use local::dynamo::DynamoError;
use local::logs::Logs;
use local::stack::StackError;
use local::{Options, Stack};
use simulators::braze::{SMS_GROUP, User};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::conversation::Conversation;
use crate::page::{About, Page};
use crate::places::show;
use crate::probe::like;
use crate::{Failure, open, player, ports};

const USUAL_PORT: u16 = 8700;
/// How long the vendors wait before they repeat a webhook, compared with reality.
const RETRY_WAIT_SCALE: f64 = 1.0 / 50.0;

/// Options of `sms-bridge sandbox`.
#[derive(Args)]
pub(crate) struct Sandbox {
    /// Port of the page; the front and the simulators take the next ones. A taken port is passed
    /// over.
    #[arg(long, value_name = "N", default_value_t = USUAL_PORT)]
    port: u16,
    /// Keep the state in this directory over restarts; without it, it is in memory.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Play a conversation file, print the transcript, check its expectations and end.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Begin as on the first day after a deployment: Zendesk is not set up and the secret is empty.
    #[arg(long, conflicts_with_all = ["script", "data"])]
    first_day: bool,
    /// Vendors like those that a transcript of `sms-bridge probe` tells of.
    #[arg(long, value_name = "FILE")]
    like: Option<PathBuf>,
    /// A setting of the functions, such as CSAT=on (docs/settings.md); repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// Do not open the page in a browser.
    #[arg(long)]
    no_open: bool,
    /// Show the functions' own output.
    #[arg(long)]
    verbose: bool,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self {
            port: USUAL_PORT,
            data: None,
            script: None,
            first_day: false,
            like: None,
            set: Vec::new(),
            no_open: false,
            verbose: false,
        }
    }
}

impl Sandbox {
    /// Runs until Ctrl-C, or to the end of the conversation.
    ///
    /// # Errors
    /// A wrong file or directory, a stack that does not start, an expectation that fails.
    pub(crate) async fn run(self) -> Result<(), Failure> {
        let conversation = match &self.script {
            Some(path) => Some(Conversation::read(path).map_err(Failure::Usage)?),
            None => None,
        };
        let (page, mut options) = self.options()?;
        if let Some(transcript) = &self.like {
            like(transcript, &mut options)?;
        }
        options.variables = settings(&self.set.iter().cloned().collect());
        if let Some(conversation) = &conversation {
            options.variables.extend(settings(&conversation.settings));
            options.port = 0;
            options.zendesk.port = 0;
            options.braze.port = 0;
            // Retries of the vendors, which last half an hour, pass in seconds.
            options.zendesk.retry_wait_scale = 0.001;
            options.braze.retry_wait_scale = 0.001;
        }
        let stack = Arc::new(Stack::start(options).await.map_err(failure)?);
        let result = match &conversation {
            Some(conversation) => player::play(&stack, conversation)
                .await
                .map_err(Failure::Broken),
            None => Box::pin(self.keep_open(&stack, page)).await,
        };
        let stopped = stack.stop().await;
        result?;
        stopped.map_err(|error| Failure::Broken(format!("the state could not be kept: {error}")))
    }

    fn options(&self) -> Result<(u16, Options), Failure> {
        let mut taken = Vec::new();
        let mut next = self.port;
        for what in [
            "the page",
            "the front",
            "the Zendesk simulator",
            "the Braze simulator",
        ] {
            let port = ports::free(next, &taken).ok_or_else(|| no_port(self.port, what))?;
            if port != next && self.script.is_none() {
                eprintln!("Port {next} is taken: {what} gets {port}.");
            }
            taken.push(port);
            next = if port == 0 { 0 } else { port.saturating_add(1) };
        }
        let copy: Option<Box<dyn Write + Send>> = match self.verbose {
            true => Some(Box::new(std::io::stderr())),
            false => None,
        };
        let mut options = Options {
            port: taken[1],
            data: self.data.clone(),
            first_day: self.first_day,
            // The page runs redelivery itself, to record it.
            schedule: None,
            pictures: true,
            zendesk_events: true,
            exports: !self.first_day,
            logs: Logs::new(copy),
            show_build: true,
            ..Options::default()
        };
        if !self.first_day {
            let group = ("BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP);
            let checks = ("CHECK_SUBSCRIPTION", "on");
            let own =
                [group, checks].map(|(name, value)| (name.to_owned(), Some(value.to_owned())));
            options.variables.extend(own);
        }
        options.zendesk.port = taken[2];
        options.braze.port = taken[3];
        // Half an hour of retries passes in half a minute.
        options.zendesk.retry_wait_scale = RETRY_WAIT_SCALE;
        options.braze.retry_wait_scale = RETRY_WAIT_SCALE;
        Ok((taken[0], options))
    }

    /// Starts the page, says where everything is, and waits for Ctrl-C.
    async fn keep_open(&self, stack: &Arc<Stack>, port: u16) -> Result<(), Failure> {
        let no_port = |error: std::io::Error| {
            Failure::Broken(format!("the page cannot listen on port {port}: {error}"))
        };
        // Before anything is printed: its reader may press Ctrl-C at once.
        let mut ends = Ends::listen()?;
        first_customers(stack);
        let listener = simulators::serve::bind(port).await.map_err(no_port)?;
        let about = About {
            kept: self.kept(),
            faster: 1.0 / RETRY_WAIT_SCALE,
        };
        let page = Page::start(listener, Arc::clone(stack), about).map_err(no_port)?;
        let account = CloudFormation::of(stack).await.map_err(no_port)?;
        let shown = show(stack, &account, &page.url(), &self.kept(), self.first_day);
        shown.map_err(|error| Failure::Broken(format!("cannot print: {error}")))?;
        if !self.no_open {
            open::in_a_browser(&page.url());
        }
        let mut trouble = stack.trouble();
        let tell = async {
            while trouble.changed().await.is_ok() {
                if let Some(sentence) = &*trouble.borrow_and_update() {
                    eprintln!("sms-bridge: {sentence}");
                }
            }
            std::future::pending().await
        };
        tokio::select! {
            () = ends.come() => Ok(()),
            () = tell => Ok(()),
        }
    }

    fn kept(&self) -> String {
        match &self.data {
            Some(directory) => directory.display().to_string(),
            None if self.first_day => "in memory, gone at the end".to_owned(),
            None => "in memory, gone at the end (--data DIR keeps it)".to_owned(),
        }
    }
}

/// A customer to text as, where there is none yet.
pub(crate) fn first_customers(stack: &Stack) {
    if !stack.braze.users().is_empty() {
        return;
    }
    for (id, first, last, phone) in [
        ("ada", "Ada", "Lovelace", "+15005550006"),
        ("grace", "Grace", "Hopper", "+15005550007"),
    ] {
        stack.braze.add_user(User::new(id, first, last, phone));
    }
}

fn no_port(from: u16, what: &str) -> Failure {
    Failure::Broken(format!(
        "no port from {from} upwards is free for {what}: choose another one with --port"
    ))
}

fn setting(given: &str) -> Result<(String, String), String> {
    let pair = given
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty());
    let (name, value) = pair.ok_or_else(|| format!("{given} is not NAME=VALUE"))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn settings(settings: &BTreeMap<String, String>) -> BTreeMap<String, Option<String>> {
    let some = |(name, value): (&String, &String)| (name.clone(), Some(value.clone()));
    settings.iter().map(some).collect()
}

fn failure(error: StackError) -> Failure {
    match error {
        StackError::Data(_) | StackError::Dynamo(DynamoError::File { .. }) => {
            Failure::Usage(error.to_string())
        }
        other => Failure::Broken(other.to_string()),
    }
}

/// Ctrl-C and the end that other programs ask for.
struct Ends(Signal, Signal);

impl Ends {
    /// Listens from now on.
    fn listen() -> Result<Self, Failure> {
        let to = |kind| {
            signal(kind).map_err(|error: std::io::Error| {
                Failure::Broken(format!("Ctrl-C cannot be awaited: {error}"))
            })
        };
        Ok(Self(
            to(SignalKind::interrupt())?,
            to(SignalKind::terminate())?,
        ))
    }

    async fn come(&mut self) {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
    }
}

//! CloudFormation on a loopback port: one stack that can be described, and given other parameters.
//!
//! In: `Action=DescribeStacks`, `Action=UpdateStack` with the previous template. Out: the stack's parameters and
//! outputs as CloudFormation's XML, or its refusals: another name, an unknown access key, nothing to change.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use tokio::net::TcpListener;

use crate::caller;
use crate::faults::Faults;
use crate::options::{REPLY_CAMPAIGN, SOLVED_CAMPAIGN, TABLE_NAME};
use crate::stack::Stack;
use simulators::serve::{self, Reply, Request, Server};

/// The stack's name where a test does not care.
pub const STACK_NAME: &str = "braze-zendesk-bridge";

/// What CloudFormation knows of a stack.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// The stack's name.
    pub name: String,
    /// The region it is in; empty: in every one.
    pub region: String,
    /// Its status; empty: `CREATE_COMPLETE`.
    pub status: String,
    /// Parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// Outputs by name.
    pub outputs: BTreeMap<String, String>,
}

impl Described {
    /// What the template's outputs and parameters would say of a running stack.
    #[must_use]
    pub fn of(stack: &Stack) -> Self {
        let url = |path: &str| format!("{}{path}", stack.front_url());
        let named = |pairs: &[(&str, String)]| {
            let owned = pairs.iter().map(|(n, v)| ((*n).to_owned(), v.clone()));
            owned.collect::<BTreeMap<_, _>>()
        };
        Self {
            name: STACK_NAME.to_owned(),
            region: String::new(),
            status: String::new(),
            parameters: named(&[
                ("ZendeskBaseUrl", stack.zendesk.base_url()),
                ("BrazeBaseUrl", stack.braze.base_url()),
                ("BrazeReplyCampaignId", REPLY_CAMPAIGN.to_owned()),
                ("BrazeSolvedCampaignId", SOLVED_CAMPAIGN.to_owned()),
                ("OpenOn", "any".to_owned()),
            ]),
            outputs: named(&[
                ("ZendeskReplyUrl", url("/zendesk/reply")),
                ("ZendeskSolvedUrl", url("/zendesk/solved")),
                ("ZendeskEventsUrl", url("/zendesk/events")),
                ("BrazeInboundUrl", url("/braze/inbound")),
                ("BrazeEventsUrl", url("/braze/events")),
                ("TableName", TABLE_NAME.to_owned()),
                ("SecretArn", stack.secrets.arn()),
            ]),
        }
    }
}

/// A running CloudFormation; dropping it closes its port.
pub struct CloudFormation {
    server: Server,
    stack: Arc<Mutex<Described>>,
    faults: Faults,
}

impl CloudFormation {
    /// Serves one stack.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn start(listener: TcpListener, stack: Described) -> std::io::Result<Self> {
        let (stack, faults) = (Arc::new(Mutex::new(stack)), Faults::default());
        let (told, armed) = (Arc::clone(&stack), faults.clone());
        let server = Server::start(listener, 64 * 1024, move |request| {
            let (stack, faults) = (Arc::clone(&told), armed.clone());
            async move {
                let form = form(&request);
                let operation = form.get("Action").cloned().unwrap_or_default();
                let act = || async {
                    let mut stack = locked(&stack);
                    answer(&mut stack, &request, &form)
                };
                faults.around(&operation, act).await.0
            }
        })?;
        Ok(Self {
            server,
            stack,
            faults,
        })
    }

    /// Changes what is told of the stack from now on.
    pub fn edit(&self, change: impl FnOnce(&mut Described)) {
        change(&mut locked(&self.stack));
    }

    /// Serves a running stack on any free port.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn of(stack: &Stack) -> std::io::Result<Self> {
        Self::start(serve::bind(0).await?, Described::of(stack))
    }

    /// What `AWS_ENDPOINT_URL_CLOUDFORMATION` is set to.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// A parameter of the stack as it is now.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        let stack = locked(&self.stack);
        stack.parameters.get(name).cloned()
    }

    /// The faults of this stand-in (operations `DescribeStacks`, `UpdateStack`).
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The variables by which a person reaches this account.
    #[must_use]
    pub fn environment(&self, stack: &Stack) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "AKIDLOCAL".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
            ("AWS_ENDPOINT_URL_CLOUDFORMATION", self.url()),
            ("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamo.url()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", stack.secrets.url()),
        ]
    }
}

fn locked(stack: &Mutex<Described>) -> MutexGuard<'_, Described> {
    stack.lock().unwrap_or_else(PoisonError::into_inner)
}

fn form(request: &Request) -> BTreeMap<String, String> {
    let body = String::from_utf8_lossy(&request.body);
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(n, v)| (n.to_owned(), plain(v))).collect()
}

/// A form's value: only what stack names and ARNs need is decoded.
fn plain(value: &str) -> String {
    value.replace("%3A", ":").replace("%2F", "/")
}

fn answer(stack: &mut Described, request: &Request, form: &BTreeMap<String, String>) -> Reply {
    if !caller::is_known(request) {
        let said = "The security token included in the request is invalid.";
        return refused(StatusCode::FORBIDDEN, "InvalidClientTokenId", said);
    }
    let action = form.get("Action").map(String::as_str);
    if !matches!(action, Some("DescribeStacks" | "UpdateStack")) {
        let said = "Could not find operation";
        return refused(StatusCode::BAD_REQUEST, "InvalidAction", said);
    }
    let name = form.get("StackName").cloned().unwrap_or_default();
    let elsewhere = !stack.region.is_empty() && caller::region(request) != stack.region;
    if name != stack.name || elsewhere {
        let said = format!("Stack with id {name} does not exist");
        return refused(StatusCode::BAD_REQUEST, "ValidationError", &said);
    }
    if action == Some("UpdateStack") {
        return updated(stack, form);
    }
    let members = |pairs: &BTreeMap<String, String>, kind: &str| {
        let member = |(name, value): (&String, &String)| {
            let value = escaped(value);
            format!(
                "<member><{kind}Key>{name}</{kind}Key><{kind}Value>{value}</{kind}Value></member>"
            )
        };
        pairs.iter().map(member).collect::<String>()
    };
    xml(
        StatusCode::OK,
        format!(
            "<DescribeStacksResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">\
             <DescribeStacksResult><Stacks><member><StackName>{}</StackName>\
             <CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>{}</StackStatus>\
             <Parameters>{}</Parameters><Outputs>{}</Outputs></member></Stacks>\
             </DescribeStacksResult></DescribeStacksResponse>",
            stack.name,
            match stack.status.as_str() {
                "" => "CREATE_COMPLETE",
                status => status,
            },
            members(&stack.parameters, "Parameter"),
            members(&stack.outputs, "Output"),
        ),
    )
}

/// `UpdateStack` with the template as it is: parameters that are not named fall back to their defaults, which a stack
/// of this stand-in does not have, so all have to be named.
fn updated(stack: &mut Described, form: &BTreeMap<String, String>) -> Reply {
    let invalid = |said: &str| refused(StatusCode::BAD_REQUEST, "ValidationError", said);
    let is = |name: &str| form.get(name).map(String::as_str) == Some("true");
    let capabilities = form.iter().filter(|(n, _)| n.starts_with("Capabilities"));
    let capabilities: Vec<&str> = capabilities.map(|(_, v)| v.as_str()).collect();
    if !is("UsePreviousTemplate") {
        return invalid("this stand-in knows the previous template only");
    }
    let needed = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"];
    if !needed.iter().all(|one| capabilities.contains(one)) {
        let said = "Requires capabilities : [CAPABILITY_IAM, CAPABILITY_AUTO_EXPAND]";
        return refused(
            StatusCode::BAD_REQUEST,
            "InsufficientCapabilitiesException",
            said,
        );
    }
    let mut parameters = BTreeMap::new();
    for number in 1.. {
        let member = |what: &str| form.get(&format!("Parameters.member.{number}.{what}"));
        let Some(key) = member("ParameterKey") else {
            break;
        };
        let value = match is(&format!("Parameters.member.{number}.UsePreviousValue")) {
            true => stack.parameters.get(key),
            false => member("ParameterValue"),
        };
        parameters.insert(key.clone(), value.cloned().unwrap_or_default());
    }
    if stack
        .parameters
        .keys()
        .any(|key| !parameters.contains_key(key))
    {
        return invalid("a parameter would fall back to its default");
    }
    if parameters == stack.parameters {
        return invalid("No updates are to be performed.");
    }
    stack.parameters = parameters;
    xml(
        StatusCode::OK,
        "<UpdateStackResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\">\
         <UpdateStackResult><StackId>arn:aws:cloudformation:us-east-1:000000000000:stack/local/1</StackId>\
         </UpdateStackResult></UpdateStackResponse>"
            .to_owned(),
    )
}

fn refused(status: StatusCode, code: &str, message: &str) -> Reply {
    let message = escaped(message);
    xml(
        status,
        format!(
            "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>00000000</RequestId></ErrorResponse>"
        ),
    )
}

fn xml(status: StatusCode, text: String) -> Reply {
    let mut response = Response::new(Bytes::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/xml");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, kind);
    Reply::Answer(response)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

//! The stack's outputs and parameters.

use shared::net::BaseUrl;

use super::Finding;
use crate::account::Deployed;

const AREA: &str = "stack";

const OUTPUTS: [&str; 5] = [
    "ZendeskReplyUrl",
    "ZendeskSolvedUrl",
    "BrazeInboundUrl",
    "TableName",
    "SecretArn",
];

/// What is wrong with the deployment's settings.
pub(super) fn check(stack: &Deployed) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in OUTPUTS {
        if stack.output(name).is_err() {
            findings.push(Finding::bad(
                AREA,
                name,
                "this output is missing: this is another stack, or one that was only partly deployed".to_owned(),
                "check --stack, and that the last `sam deploy` ended well",
            ));
        }
    }
    for name in ["ZendeskBaseUrl", "BrazeBaseUrl"] {
        let value = stack.parameter(name).unwrap_or_default();
        if let Err(error) = value.parse::<BaseUrl>() {
            let what = format!("this parameter {error}");
            findings.push(Finding::bad(
                AREA,
                name,
                what,
                "deploy with the right value",
            ));
        }
    }
    if stack.parameter("SignatureMode") == Some("observe") {
        findings.push(Finding::bad(
            AREA,
            "SignatureMode",
            "it is observe: anyone who knows the URLs can send".to_owned(),
            "deploy with SignatureMode=enforce",
        ));
    }
    if findings.is_empty() {
        let what = format!("{}: outputs and parameters are complete", stack.name);
        findings.push(Finding::good(AREA, what));
    }
    findings
}

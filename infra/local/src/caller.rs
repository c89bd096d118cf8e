//! Whose credentials a request is signed with, for the AWS stand-ins.
//!
//! In: the `Authorization` header of signature version 4. Out: whether the access key is one of
//! ours. Signatures are not checked; unsigned requests are let through.

use http::StatusCode;
use serde_json::json;

use simulators::serve::{Reply, Request};

/// The access keys of this account.
const KEYS: [&str; 2] = ["AKIDLOCAL", "AKIDBENCH"];

pub(crate) fn is_known(request: &Request) -> bool {
    let credential = request
        .header("authorization")
        .and_then(|header| header.split_once("Credential="));
    credential.is_none_or(|(_, credential)| {
        let key = credential.split('/').next().unwrap_or_default();
        KEYS.contains(&key)
    })
}

/// The region that a request is signed for; empty where it is not signed.
pub(crate) fn region(request: &Request) -> String {
    let scope = request
        .header("authorization")
        .and_then(|header| header.split_once("Credential="));
    let region = scope.and_then(|(_, scope)| scope.split('/').nth(2));
    region.unwrap_or_default().to_owned()
}

/// What the services of AWS's JSON protocols answer to an access key nobody has.
pub(crate) fn unknown(content_type: &'static str) -> Reply {
    let body = json!({"__type": "UnrecognizedClientException",
        "message": "The security token included in the request is invalid."});
    Reply::json(StatusCode::BAD_REQUEST, content_type, &body)
}

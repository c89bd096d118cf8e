//! A function's answer as an HTTP response.
//!
//! In: the bytes the function posted. Out: the response API Gateway makes of them, or
//! [`BadAnswer`]. No I/O.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

/// The HTTP response of a function's answer; an answer without `statusCode` is a 200 with itself
/// as the body, as in AWS.
///
/// # Errors
/// When the answer is no JSON or has parts of a wrong kind: API Gateway then says 500.
pub fn response(answer: &[u8]) -> Result<Response<Bytes>, BadAnswer> {
    let answer: Value = serde_json::from_slice(answer).map_err(|_| BadAnswer)?;
    let Some(status) = answer.get("statusCode") else {
        let mut response = Response::new(Bytes::from(answer.to_string()));
        let json = HeaderValue::from_static("application/json");
        response
            .headers_mut()
            .insert(http::header::CONTENT_TYPE, json);
        return Ok(response);
    };
    let status = status
        .as_u64()
        .or_else(|| status.as_str()?.parse().ok())
        .and_then(|status| u16::try_from(status).ok())
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or(BadAnswer)?;
    let mut response = Response::new(body(&answer)?);
    *response.status_mut() = status;
    add_headers(response.headers_mut(), &answer)?;
    Ok(response)
}

/// The function's answer is not one API Gateway understands.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the function's answer is not in payload format 2.0")]
pub struct BadAnswer;

fn body(answer: &Value) -> Result<Bytes, BadAnswer> {
    match answer.get("body") {
        None | Some(Value::Null) => Ok(Bytes::new()),
        Some(Value::String(text)) if answer["isBase64Encoded"] == json!(true) => {
            let bytes = STANDARD.decode(text).map_err(|_| BadAnswer)?;
            Ok(bytes.into())
        }
        Some(Value::String(text)) => Ok(text.clone().into()),
        Some(_) => Err(BadAnswer),
    }
}

fn add_headers(headers: &mut HeaderMap, answer: &Value) -> Result<(), BadAnswer> {
    let object = |name: &str| answer.get(name).and_then(Value::as_object);
    let single = object("headers").into_iter().flatten();
    for (name, value) in single {
        add(headers, name, &text(value)?)?;
    }
    let own: Vec<HeaderName> = headers.keys().cloned().collect();
    for (name, values) in object("multiValueHeaders").into_iter().flatten() {
        if own
            .iter()
            .any(|own| own.as_str().eq_ignore_ascii_case(name))
        {
            continue;
        }
        for value in values.as_array().ok_or(BadAnswer)? {
            add(headers, name, &text(value)?)?;
        }
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        add(headers, "set-cookie", &text(cookie)?)?;
    }
    if !headers.contains_key(http::header::CONTENT_TYPE) {
        let plain = HeaderValue::from_static("text/plain;charset=UTF-8");
        headers.insert(http::header::CONTENT_TYPE, plain);
    }
    // Set by the server from the real body.
    headers.remove(http::header::CONTENT_LENGTH);
    Ok(())
}

fn text(value: &Value) -> Result<String, BadAnswer> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => Err(BadAnswer),
    }
}

fn add(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), BadAnswer> {
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| BadAnswer)?;
    let value = HeaderValue::from_str(value).map_err(|_| BadAnswer)?;
    headers.append(name, value);
    Ok(())
}

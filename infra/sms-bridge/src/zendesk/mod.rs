//! Zendesk as an administrator's program sees it: what is set up, read and changed.
//!
//! In: the account's address, the secret's credentials. Out: JSON as the API shows it, or a
//! [`Trouble`] in one sentence that names the setting. Writes are sent once. Knows nothing of what
//! the bridge wants to have there.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use shared::net::{Answer, BaseUrl, Deadline, Http, NoAnswer, Repeat, Request};

mod sign_in;
mod trouble;

pub(crate) use sign_in::{Credentials, Kind, SETUP_SCOPES, credentials, sign_in};
pub(crate) use trouble::{OAUTH_CLIENTS, Trouble};

/// Longest one call takes.
const LIMIT: Duration = Duration::from_secs(20);
/// Longest wait for the rate limit, in seconds.
const LONGEST_WAIT: u64 = 60;
/// How often a call is made that the rate limit refuses.
const TRIES: usize = 3;

/// A signed-in program.
pub(crate) struct Admin {
    http: Http,
    base: BaseUrl,
    header: HeaderValue,
    kind: Kind,
}

/// An answer that went well.
pub(crate) struct Told {
    /// The body; null where there is none.
    pub(crate) body: Value,
    /// The headers.
    pub(crate) headers: HeaderMap,
}

impl Admin {
    /// The kind of credentials it signs in with.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The role of the user the calls are made as, and the answer's headers. To answer as to an
    /// anonymous user is Zendesk's way to refuse a token here.
    pub(crate) async fn me(&self) -> Result<(String, HeaderMap), Trouble> {
        let (user, headers) = self.user().await?;
        let role = user["role"].as_str().unwrap_or_default();
        Ok((role.to_owned(), headers))
    }

    /// All that Zendesk tells of whoever the calls are made as.
    pub(crate) async fn user(&self) -> Result<(Value, HeaderMap), Trouble> {
        let mut told = self.get("/users/me", &[]).await?;
        let user = told.body["user"].take();
        let is_somebody = user["role"].is_string() && user["id"].is_u64();
        if !is_somebody {
            return Err(Trouble::Anonymous(self.kind));
        }
        Ok((user, told.headers))
    }

    /// Reads one page.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Told, Trouble> {
        self.call(Method::GET, path, query, None).await
    }

    /// Reads all rows of a list.
    pub(crate) async fn list(&self, path: &str, name: &str) -> Result<Vec<Value>, Trouble> {
        let mut rows = Vec::new();
        let mut after = String::new();
        loop {
            let mut query = vec![("page[size]", "100")];
            if !after.is_empty() {
                query.push(("page[after]", &after));
            }
            let told = self.get(path, &query).await?;
            if let Value::Array(page) = &told.body[name] {
                rows.extend(page.iter().cloned());
            }
            let next = told.body["meta"]["after_cursor"].as_str();
            match next.filter(|next| told.body["meta"]["has_more"] == true && *next != after) {
                Some(next) => after = next.to_owned(),
                None => return Ok(rows),
            }
        }
    }

    /// Makes, changes or removes something. What Zendesk drops without a word is a trouble.
    pub(crate) async fn change(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        let told = self.call(method, path, &[], body).await?;
        let warning = told.headers.get("x-zendesk-api-warn");
        match warning.and_then(|warning| warning.to_str().ok()) {
            Some(warning) => Err(Trouble::Dropped(format!("{path}: {warning}"))),
            None => Ok(told.body),
        }
    }

    /// Any answer at all, as it came: for who asks how Zendesk answers. The rate limit is an answer, too.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Trouble> {
        let request = self.request(method, path, query, body);
        self.send(request).await
    }

    /// Sends a file, and gives whatever is answered.
    pub(crate) async fn upload(&self, name: &str, bytes: &'static [u8]) -> Result<Answer, Trouble> {
        let request = self.request(Method::POST, "/uploads", &[("filename", name)], None);
        let plain = HeaderValue::from_static("text/plain");
        self.send(request.bytes(bytes).header("content-type", plain))
            .await
    }

    /// Uploads a file, which is on no ticket; its token.
    pub(crate) async fn uploaded(
        &self,
        name: &str,
        bytes: &'static [u8],
    ) -> Result<String, Trouble> {
        let call = "POST /uploads";
        let told = told(call, self.kind, self.upload(name, bytes).await?)?;
        let token = told.body["upload"]["token"].as_str().map(str::to_owned);
        token.ok_or_else(|| Trouble::NotZendesk(call.to_owned()))
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Request {
        let mut url = self.base.at(&format!("/api/v2{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let repeat = if method == Method::GET {
            Repeat::Safe
        } else {
            Repeat::Never
        };
        let mut request = Request::new(method, url, repeat);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.header("authorization", self.header.clone())
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Told, Trouble> {
        let name = format!("{method} {path}");
        let request = self.request(method, path, query, body);
        for _ in 1..TRIES {
            let answer = self.send(request.clone()).await?;
            if answer.status != StatusCode::TOO_MANY_REQUESTS {
                return told(&name, self.kind, answer);
            }
            let seconds = wait(&answer);
            if seconds > LONGEST_WAIT {
                return Err(Trouble::Busy(seconds));
            }
            eprintln!("Zendesk limits the rate; continuing in {seconds} s.");
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        told(&name, self.kind, self.send(request).await?)
    }

    async fn send(&self, request: Request) -> Result<Answer, Trouble> {
        let sent = self.http.send(request, Deadline::after(LIMIT)).await;
        sent.map_err(|failure| unreachable(&self.base, failure))
    }
}

fn unreachable(base: &BaseUrl, failure: NoAnswer) -> Trouble {
    Trouble::Unreachable {
        base: base.to_string(),
        cause: failure,
    }
}

/// The wait that an answer of the rate limit asks for, in seconds.
fn wait(answer: &Answer) -> u64 {
    let seconds = answer.header("retry-after").and_then(|s| s.parse().ok());
    seconds.unwrap_or(LONGEST_WAIT)
}

fn busy(answer: &Answer) -> Trouble {
    Trouble::Busy(wait(answer))
}

fn told(call: &str, kind: Kind, answer: Answer) -> Result<Told, Trouble> {
    let headers = answer.headers.clone();
    match answer.status {
        status if status.is_success() => {}
        StatusCode::UNAUTHORIZED => return Err(Trouble::Credentials(kind)),
        StatusCode::FORBIDDEN => {
            let words = trouble::words(answer.body.as_deref().unwrap_or_default());
            return Err(Trouble::Forbidden(kind, call.to_owned(), words));
        }
        StatusCode::TOO_MANY_REQUESTS => return Err(busy(&answer)),
        status if status.is_server_error() => return Err(Trouble::Down(status.as_u16())),
        status => {
            return Err(Trouble::Refused {
                call: call.to_owned(),
                status: status.as_u16(),
                text: trouble::words(answer.body.as_deref().unwrap_or_default()),
            });
        }
    }
    if answer.body.as_ref().is_ok_and(Vec::is_empty) {
        let body = Value::Null;
        return Ok(Told { body, headers });
    }
    let body = answer.json();
    let body = body.map_err(|_| Trouble::NotZendesk(call.to_owned()))?;
    Ok(Told { body, headers })
}

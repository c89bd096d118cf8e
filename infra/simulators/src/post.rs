//! Outgoing requests: the vendors' webhooks.
//!
//! In: URL, headers, body, time-out. Out: status, `Retry-After` and body, or why there is none.
//! Must not import a vendor.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;

/// What came back.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<u64>,
    pub(crate) body: String,
}

/// Why nothing came back.
pub(crate) enum NoAnswer {
    TimedOut,
    Unreachable(String),
}

/// Posts webhooks, each on its own connection, following no redirect.
#[derive(Clone)]
pub(crate) struct Poster {
    client: reqwest::Client,
}

impl Poster {
    /// A poster that reaches plain http, and no https host: there are no roots to trust.
    pub(crate) fn new() -> std::io::Result<Self> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(std::io::Error::other)?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .no_proxy()
            .build()
            .map_err(std::io::Error::other)?;
        Ok(Self { client })
    }

    pub(crate) async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: &str,
        timeout: Duration,
    ) -> Result<Answered, NoAnswer> {
        let mut request = self.client.post(url).timeout(timeout).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let failed = |error: reqwest::Error| match error.is_timeout() {
            true => NoAnswer::TimedOut,
            false => NoAnswer::Unreachable(error.without_url().to_string()),
        };
        let response = request.send().await.map_err(failed)?;
        let retry_after = response.headers().get("retry-after");
        Ok(Answered {
            status: response.status().as_u16(),
            retry_after: retry_after
                .and_then(|v| v.to_str().ok())
                .and_then(|v| v.parse().ok()),
            body: response.text().await.map_err(failed)?,
        })
    }
}

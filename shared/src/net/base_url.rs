//! A vendor's address, checked once at start.
//!
//! In: a setting's text. Out: [`BaseUrl`]. Imports nothing of this crate.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// Scheme, host and port of a vendor: https, or plain http on a loopback address.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is not a base URL. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not an absolute URL.
    #[error("is not a URL like https://host")]
    NotAUrl,
    /// Plain http to another machine, or another scheme.
    #[error("must begin with https:// (http:// is accepted for loopback addresses only)")]
    NotHttps,
    /// Has a path, query, fragment, or user information.
    #[error("must be scheme and host only, without path, query or user name")]
    NotBare,
}

impl BaseUrl {
    /// The URL of a path at this address; `path` begins with a slash and holds no outside text.
    pub fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(path);
        url
    }

    /// Whether a URL has this scheme, host and port.
    pub fn has_origin_of(&self, url: &Url) -> bool {
        self.0.origin() == url.origin()
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| BaseUrlError::NotAUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if url.host_str().is_some_and(is_loopback) => {}
            "http" => return Err(BaseUrlError::NotHttps),
            _ if url.has_host() => return Err(BaseUrlError::NotHttps),
            _ => return Err(BaseUrlError::NotAUrl),
        }
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if bare {
            Ok(Self(url))
        } else {
            Err(BaseUrlError::NotBare)
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_and_loopback_http_are_accepted_with_or_without_a_trailing_slash() {
        for good in [
            "https://acme.zendesk.com",
            "https://acme.zendesk.com/",
            " https://rest.iad-01.braze.com ",
            "https://proxy.internal:8443",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://localhost:1/",
            "http://[::1]:80",
        ] {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        let base: BaseUrl = "https://acme.zendesk.com/".parse().expect("valid");
        assert_eq!(base.to_string(), "https://acme.zendesk.com");
        assert_eq!(
            base.at("/api/v2/tickets").as_str(),
            "https://acme.zendesk.com/api/v2/tickets"
        );
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for (bad, why) in [
            ("", BaseUrlError::NotAUrl),
            ("acme.zendesk.com", BaseUrlError::NotAUrl),
            ("mailto:a@b.c", BaseUrlError::NotAUrl),
            ("http://acme.zendesk.com", BaseUrlError::NotHttps),
            ("http://127.0.0.1.evil.example", BaseUrlError::NotHttps),
            ("http://10.0.0.1", BaseUrlError::NotHttps),
            ("ftp://acme.zendesk.com", BaseUrlError::NotHttps),
            ("https://acme.zendesk.com/api/v2", BaseUrlError::NotBare),
            ("https://acme.zendesk.com?x=1", BaseUrlError::NotBare),
            ("https://acme.zendesk.com/#x", BaseUrlError::NotBare),
            ("https://user:pass@acme.zendesk.com", BaseUrlError::NotBare),
        ] {
            assert_eq!(bad.parse::<BaseUrl>(), Err(why), "{bad}");
        }
    }
}

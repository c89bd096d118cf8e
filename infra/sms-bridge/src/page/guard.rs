//! Who may drive the page: this machine, and no other site's page in its browser.
//!
//! In: requests. Out: the same, or 403 and 421; every answer with headers that keep a browser from
//! running or embedding anything but the page's own files.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob: http://localhost:*; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Lets a request of the page itself through.
pub(super) async fn check(port: u16, request: Request, next: Next) -> Response {
    let mut response = match refusal(port, request.method(), request.headers()) {
        Some((status, why)) => (status, why).into_response(),
        None => next.run(request).await,
    };
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    for (name, value) in fixed {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn refusal(port: u16, method: &Method, headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
    let text = |name: HeaderName| {
        let value = headers.get(name);
        value.map(|value| value.to_str().unwrap_or("?"))
    };
    let own = |host: &str| {
        let (name, at) = host.rsplit_once(':').unwrap_or((host, "80"));
        matches!(name, "127.0.0.1" | "localhost" | "[::1]") && at == port.to_string()
    };
    if !text(header::HOST).is_some_and(own) {
        return Some((StatusCode::MISDIRECTED_REQUEST, "not this page's address"));
    }
    let origin = text(header::ORIGIN);
    if !origin.is_none_or(|origin| origin.strip_prefix("http://").is_some_and(own)) {
        return Some((StatusCode::FORBIDDEN, "not from this page"));
    }
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let elsewhere = site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
    // A link to the page from elsewhere is fine; anything else from elsewhere is not.
    let navigation = text(HeaderName::from_static("sec-fetch-mode")) == Some("navigate");
    if elsewhere && !(navigation && method == Method::GET) {
        return Some((StatusCode::FORBIDDEN, "not from this page"));
    }
    let json =
        || text(header::CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    if method != Method::GET && !json() {
        return Some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "JSON, please"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, headers: &[(&str, &str)]) -> Option<u16> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.insert(name, value.parse().unwrap());
        }
        refusal(8700, &method, &map).map(|(status, _)| status.as_u16())
    }

    #[test]
    fn the_page_itself_is_let_in() {
        for host in ["127.0.0.1:8700", "localhost:8700", "[::1]:8700"] {
            assert_eq!(asked(Method::GET, &[("host", host)]), None, "{host}");
        }
        let own = [
            ("host", "127.0.0.1:8700"),
            ("origin", "http://127.0.0.1:8700"),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
        ];
        assert_eq!(asked(Method::POST, &own), None);
    }

    #[test]
    fn another_name_for_this_machine_is_refused() {
        for host in [
            "evil.example:8700",
            "127.0.0.1.evil.example:8700",
            "127.0.0.1:80",
            "localhost",
            "",
        ] {
            assert_eq!(asked(Method::GET, &[("host", host)]), Some(421), "{host}");
        }
        assert_eq!(asked(Method::GET, &[]), Some(421));
    }

    #[test]
    fn another_sites_page_is_refused() {
        let host = ("host", "127.0.0.1:8700");
        let json = ("content-type", "application/json");
        for origin in [
            "http://evil.example",
            "null",
            "https://127.0.0.1:8700",
            "http://127.0.0.1:9",
        ] {
            assert_eq!(
                asked(Method::POST, &[host, json, ("origin", origin)]),
                Some(403),
                "{origin}"
            );
        }
        let elsewhere = [
            host,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ];
        assert_eq!(asked(Method::GET, &elsewhere), Some(403));
        let link = [
            host,
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ];
        assert_eq!(asked(Method::GET, &link), None);
    }

    #[test]
    fn a_form_cannot_act() {
        let form = [("host", "127.0.0.1:8700"), ("content-type", "text/plain")];
        assert_eq!(asked(Method::POST, &form), Some(415));
    }
}

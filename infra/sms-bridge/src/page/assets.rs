//! The page's files, part of the program.
//!
//! In: a path. Out: a file and its media type. Everything the page needs is here: it works without
//! a network.

/// A file of the page: media type and text.
pub(super) fn file(path: &str) -> Option<(&'static str, &'static str)> {
    const HTML: &str = "text/html; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    Some(match path {
        "/" => (HTML, include_str!("files/index.html")),
        "/look.css" => (STYLE, include_str!("files/look.css")),
        "/parts.css" => (STYLE, include_str!("files/parts.css")),
        "/main.js" => (SCRIPT, include_str!("files/main.js")),
        "/dom.js" => (SCRIPT, include_str!("files/dom.js")),
        "/live.js" => (SCRIPT, include_str!("files/live.js")),
        "/sms.js" => (SCRIPT, include_str!("files/sms.js")),
        "/phone.js" => (SCRIPT, include_str!("files/phone.js")),
        "/desk.js" => (SCRIPT, include_str!("files/desk.js")),
        "/people.js" => (SCRIPT, include_str!("files/people.js")),
        "/bridge.js" => (SCRIPT, include_str!("files/bridge.js")),
        "/words.js" => (SCRIPT, include_str!("files/words.js")),
        "/stored.js" => (SCRIPT, include_str!("files/stored.js")),
        "/weather.js" => (SCRIPT, include_str!("files/weather.js")),
        "/icon.svg" => ("image/svg+xml", include_str!("files/icon.svg")),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    /// A role on a list takes the list away from its items, which a screen reader then does not count (WCAG 1.3.1).
    #[test]
    fn lists_of_the_page_keep_their_own_role() {
        let (_, page) = super::file("/").unwrap();
        let lists = ["<ol", "<ul"]
            .iter()
            .flat_map(|tag| page.split(tag).skip(1));
        let heads: Vec<&str> = lists.filter_map(|rest| rest.split('>').next()).collect();
        assert!(heads.len() >= 3, "{heads:?}");
        for head in heads {
            assert!(!head.contains("role="), "{head}");
        }
        for name in ["messages", "comments"] {
            let around = "<div class=\"around\" role=\"log\" aria-label=";
            let (before, _) = page.split_once(&format!("id=\"{name}\"")).unwrap();
            assert!(
                before.rsplit('\n').next().unwrap().contains(around),
                "{name}"
            );
        }
    }
}

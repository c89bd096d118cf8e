//! What a comment looks like: Markdown to HTML, HTML to the text an agent reads.
//!
//! In: `body` or `html_body` as sent. Out: HTML and text. Pure; imports nothing.

/// Escapes text for HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// An agent's text from the web editor: paragraphs, nothing formatted.
pub(super) fn from_editor(text: &str) -> String {
    let paragraph = |part: &str| {
        format!(
            "<p dir=\"auto\">{}</p>",
            escape(part.trim_matches('\n')).replace('\n', "<br>")
        )
    };
    let paragraphs: Vec<String> = text
        .split("\n\n")
        .filter(|part| !part.trim().is_empty())
        .map(paragraph)
        .collect();
    wrap(&paragraphs.concat())
}

/// `body` is read as Markdown: headings, lists, `*emphasis*`, `**strong**`.
pub(super) fn from_markdown(text: &str) -> String {
    let mut html = String::new();
    for part in text.replace("\r\n", "\n").split("\n\n") {
        let part = part.trim_matches('\n');
        if let Some(heading) = part.strip_prefix("# ") {
            html += &format!("<h1 dir=\"auto\">{}</h1>", inline(heading));
        } else if !part.is_empty() && part.lines().all(is_item) {
            let items: Vec<String> = part
                .lines()
                .map(|line| format!("<li>{}</li>", inline(&line[2..])))
                .collect();
            html += &format!("<ul dir=\"auto\">{}</ul>", items.concat());
        } else if !part.is_empty() {
            let lines: Vec<String> = part.lines().map(inline).collect();
            html += &format!("<p dir=\"auto\">{}</p>", lines.join("<br>"));
        }
    }
    wrap(&html)
}

/// `html_body`, as shown.
pub(super) fn from_html(html: &str) -> String {
    wrap(html)
}

fn wrap(html: &str) -> String {
    format!("<div class=\"zd-comment\" dir=\"auto\">{html}</div>")
}

fn is_item(line: &str) -> bool {
    line.starts_with("* ") || line.starts_with("- ")
}

fn inline(line: &str) -> String {
    let line = escape(line);
    let strong = pairs(&line, "**", "strong");
    let stars = pairs(&strong, "*", "em");
    pairs(&stars, "_", "em")
}

/// Turns `mark…mark` around words into an element.
fn pairs(line: &str, mark: &str, element: &str) -> String {
    let Some(start) = line.find(mark) else {
        return line.to_owned();
    };
    let rest = &line[start + mark.len()..];
    let end = rest
        .find(mark)
        .filter(|end| *end > 0 && !rest.starts_with(' '));
    match end {
        Some(end) if !rest[..end].ends_with(' ') => format!(
            "{}<{element}>{}</{element}>{}",
            &line[..start],
            &rest[..end],
            pairs(&rest[end + mark.len()..], mark, element)
        ),
        _ => format!("{}{mark}{}", &line[..start], pairs(rest, mark, element)),
    }
}

/// The text an agent reads.
pub(super) fn to_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text += &rest[..start].replace(['\n', '\r'], " ");
        let Some(end) = rest[start..].find('>') else {
            break;
        };
        let tag = rest[start + 1..start + end].to_lowercase();
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap_or_default();
        match (name, tag.starts_with('/')) {
            ("br", _) | ("li" | "div" | "tr", true) => text.push('\n'),
            ("p" | "h1" | "h2" | "h3" | "ul" | "ol" | "blockquote", true) => text += "\n\n",
            _ => {}
        }
        rest = &rest[start + end + 1..];
    }
    if !rest.starts_with('<') {
        text += rest;
    }
    unescape(&text).trim().to_owned()
}

fn unescape(text: &str) -> String {
    numbered(text)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

/// Letters by their number, such as `&#123;`.
fn numbered(text: &str) -> String {
    let mut parts = text.split("&#");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let letter = part.split_once(';').and_then(|(number, rest)| {
            let letter = number.parse().ok().and_then(char::from_u32)?;
            Some((letter, rest))
        });
        match letter {
            // An ampersand would begin another one.
            Some(('&', rest)) => shown += &format!("&amp;{rest}"),
            Some((letter, rest)) => shown += &format!("{letter}{rest}"),
            None => shown += &format!("&#{part}"),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_by_number_are_shown_as_letters() {
        assert_eq!(
            to_text("<p>&#123;{7*7}} &#38;lt; &#x; &#</p>"),
            "{{7*7}} &lt; &#x; &#"
        );
    }
}

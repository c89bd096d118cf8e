//! The picture for the README.
//!
//! In: figures. Out: SVG, bars for the time to the first answer and for memory; readable on light
//! and dark pages.

use std::fmt::Write as _;

use crate::figures::Figures;

const WIDTH: f64 = 760.0;
/// Where the bars begin.
const LEFT: f64 = 150.0;
/// Room for the numbers behind the bars.
const RIGHT: f64 = 130.0;
const ROW: f64 = 26.0;
const BAR: f64 = 16.0;

/// A program's bar.
struct Bar<'a> {
    name: &'a str,
    value: f64,
    told: String,
    kind: &'static str,
}

/// Draws the comparison: the floor, ours, the peers.
pub fn svg(floor: &Figures, ours: &[Figures], peers: &[Figures], machine: &str) -> String {
    let kinds = std::iter::once((floor, "floor"))
        .chain(ours.iter().map(|one| (one, "ours")))
        .chain(peers.iter().map(|one| (one, "peer")));
    let all: Vec<(&Figures, &'static str)> = kinds.collect();
    let answers: Vec<Bar<'_>> = all
        .iter()
        .map(|(one, kind)| Bar {
            name: &one.name,
            value: one.answer(),
            told: format!(
                "{} ms · {:.1} ×",
                rounded(one.answer()),
                one.answer() / floor.answer()
            ),
            kind,
        })
        .collect();
    let memory: Vec<Bar<'_>> = all
        .iter()
        .map(|(one, kind)| Bar {
            name: &one.name,
            value: one.memory(),
            told: format!("{} MB", rounded(one.memory())),
            kind,
        })
        .collect();
    let mut body = String::new();
    let mut y = 8.0;
    chart(
        &mut body,
        &mut y,
        "Cold start to the first answer",
        &answers,
    );
    y += 14.0;
    chart(&mut body, &mut y, "Peak memory", &memory);
    let _ = writeln!(
        body,
        r#"<text class="small" x="8" y="{:.0}">Medians of {} starts, interleaved, over TLS · × a bare lambda_runtime · {}</text>"#,
        y + 18.0,
        floor.starts.len(),
        escaped(machine)
    );
    let height = y + 32.0;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0} {height:.0}" width="{WIDTH:.0}" height="{height:.0}" role="img" aria-label="Time to the first answer and peak memory, side by side">
<style>
text {{ font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f }}
.title {{ font-weight: 600; font-size: 15px }}
.small {{ font-size: 11px; fill: #57606a }}
.back {{ fill: #ffffff }}
.floor {{ fill: #8c959f }} .ours {{ fill: #1f883d }} .peer {{ fill: #bf8700 }}
@media (prefers-color-scheme: dark) {{
.back {{ fill: #0d1117 }} text {{ fill: #e6edf3 }} .small {{ fill: #9198a1 }}
.ours {{ fill: #3fb950 }} .peer {{ fill: #d29922 }} }}
</style>
<rect class="back" width="100%" height="100%" rx="6"/>
{body}</svg>
"#
    )
}

fn chart(body: &mut String, y: &mut f64, title: &str, bars: &[Bar<'_>]) {
    let longest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let _ = writeln!(
        body,
        r#"<text class="title" x="8" y="{:.0}">{title}</text>"#,
        *y + 14.0
    );
    *y += 26.0;
    for bar in bars {
        let length = ((WIDTH - LEFT - RIGHT) * bar.value / longest).max(1.5);
        let text = *y + BAR - 3.5;
        let _ = writeln!(
            body,
            r#"<text x="{:.0}" y="{text:.1}" text-anchor="end">{}</text><rect class="{}" x="{LEFT:.0}" y="{:.1}" width="{length:.1}" height="{BAR:.0}" rx="2"/><text x="{:.1}" y="{text:.1}">{}</text>"#,
            LEFT - 8.0,
            escaped(bar.name),
            bar.kind,
            *y,
            LEFT + length + 6.0,
            escaped(&bar.told)
        );
        *y += ROW;
    }
}

fn rounded(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_the_picture() {
        assert_eq!(escaped("a<b & c"), "a&lt;b &amp; c");
    }
}

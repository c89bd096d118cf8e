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

/// A chart's title, what it shows, and how that is told.
type Chart = (&'static str, fn(&Figures) -> f64, fn(f64, f64) -> String);

const CHARTS: [Chart; 3] = [
    ("Cold start to the first answer", Figures::answer, time),
    ("Processor time of it", Figures::cpu, time),
    ("Peak memory", Figures::memory, size),
];

/// Draws the comparison: the floor, ours, the peers. `machine` says what it was measured on.
pub fn svg(floor: &Figures, ours: &[Figures], peers: &[Figures], machine: &str) -> String {
    let all: Vec<(&str, &Figures, &'static str)> =
        std::iter::once(("bare runtime", floor, "floor"))
            .chain(ours.iter().map(|one| (one.name.as_str(), one, "ours")))
            .chain(peers.iter().map(|one| (one.name.as_str(), one, "peer")))
            .collect();
    let mut body = String::new();
    let mut y = 8.0;
    for (title, value, told) in CHARTS {
        let bar = |&(name, one, kind)| Bar {
            name,
            value: value(one),
            told: told(value(one), value(floor)),
            kind,
        };
        let bars: Vec<Bar<'_>> = all.iter().map(bar).collect();
        chart(&mut body, &mut y, title, &bars);
        y += 14.0;
    }
    let method = format!(
        "Medians of {} starts, interleaved, over TLS; × is to a bare lambda_runtime.",
        floor.starts.len()
    );
    for line in std::iter::once(method.as_str()).chain(machine.lines()) {
        let _ = writeln!(
            body,
            r#"<text class="small" x="8" y="{y:.0}">{}</text>"#,
            escaped(line)
        );
        y += 16.0;
    }
    page(&body, y)
}

fn time(value: f64, floor: f64) -> String {
    format!("{} ms · {:.1} ×", rounded(value), value / floor)
}

fn size(value: f64, _: f64) -> String {
    format!("{} MB", rounded(value))
}

fn page(body: &str, height: f64) -> String {
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0} {height:.0}" width="{WIDTH:.0}" height="{height:.0}" role="img" aria-label="Time to the first answer, processor time and peak memory, side by side">
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
"##
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

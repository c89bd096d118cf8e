//! Small letters above and below the line, written on it so that they mean the same.

const CURRENCIES: [char; 4] = ['$', '€', '£', '¥'];

/// Names of currencies that stand in front of a sum or behind it.
const CODES: [&str; 6] = ["EUR", "USD", "GBP", "CHF", "CAD", "BRL"];

/// What a raised text becomes behind the text before it.
pub(super) fn raised(before: &str, raised: &str) -> String {
    let plain = || raised.to_owned();
    let base = before.chars().next_back();
    if raised.is_empty() || raised.chars().count() > 12 {
        return plain();
    }
    if is_number(raised) && raised.len() == 2 {
        if is_price(before) {
            return format!(".{raised}");
        }
        if before.ends_with(CURRENCIES) {
            return plain();
        }
    }
    if is_power(before, raised) {
        return power(raised);
    }
    if is_footnote(raised) {
        let number = raised.trim_matches(['(', ')']);
        let apart = base.is_some_and(|c| !c.is_whitespace());
        return format!("{}({number})", if apart { " " } else { "" });
    }
    plain()
}

/// What a lowered text becomes behind the text before it.
pub(super) fn lowered(before: &str, lowered: &str) -> String {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let joins = digit(before.chars().next_back()) && digit(lowered.chars().next());
    format!("{}{lowered}", if joins { "_" } else { "" })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text ends in a sum of money, whose pence are raised.
fn is_price(before: &str) -> bool {
    let rest = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let sign = rest.trim_end();
    let named = CODES.iter().any(|code| sign.ends_with(code));
    rest.len() < before.len() && (sign.ends_with(CURRENCIES) || named)
}

/// The text with a point before raised pence whose currency stands behind them, as in `4⁹⁹ €`.
pub(super) fn priced(text: String) -> String {
    if !text.contains(|c| figure(c).is_some()) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c| figure(c).is_some()) {
        let (before, raised) = rest.split_at(at);
        let end = raised.find(|c| figure(c).is_none());
        let (raised, after) = raised.split_at(end.unwrap_or(raised.len()));
        out.push_str(before);
        if is_pence(before, raised, after) {
            out.push('.');
            out.extend(raised.chars().filter_map(figure));
        } else {
            out.push_str(raised);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether two raised figures stand between a number and a currency. Powers of ten are none.
fn is_pence(before: &str, raised: &str, after: &str) -> bool {
    let word = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &before[word.len()..];
    let behind = after.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
    let currency =
        behind.starts_with(CURRENCIES) || CODES.iter().any(|code| behind.starts_with(code));
    raised.chars().count() == 2 && (1..=6).contains(&number.len()) && number != "10" && currency
}

/// The figure that a small one above the line stands for.
fn figure(c: char) -> Option<char> {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let value = RAISED.iter().position(|raised| *raised == c)?;
    char::from_digit(value as u32, 10)
}

/// Whether a number is raised behind what has powers: a number, a unit, a variable, a bracket.
fn is_power(before: &str, raised: &str) -> bool {
    let word = before
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let sum = || {
        before
            .rsplit('(')
            .next()
            .is_some_and(|inner| inner.len() < 40 && inner.contains(['+', '-', '*', '/']))
    };
    let has_power = match before.chars().next_back() {
        Some(c) if c.is_ascii_digit() => true,
        Some(')') => sum(),
        Some(_) => (1..=2).contains(&word.chars().count()),
        None => false,
    };
    let exponent = |c: char| c.is_ascii_digit() || "+-−nx".contains(c);
    has_power && raised.chars().all(exponent)
}

/// An exponent in the small figures of Unicode, which stay readable where the alphabet has none.
fn power(exponent: &str) -> String {
    let small = |c: char| match c {
        '0' => Some('⁰'),
        '1' => Some('¹'),
        '2' => Some('²'),
        '3' => Some('³'),
        '4'..='9' => char::from_u32('⁴' as u32 + c as u32 - '4' as u32),
        '+' => Some('⁺'),
        '-' | '−' => Some('⁻'),
        'n' => Some('ⁿ'),
        _ => None,
    };
    let figures: Option<String> = exponent.chars().map(small).collect();
    figures.unwrap_or_else(|| format!("^{exponent}"))
}

/// `1`, `12`, `2)`, `(3)`, `a)`
fn is_footnote(raised: &str) -> bool {
    let inner = raised.trim_start_matches('(').trim_end_matches(')');
    let letter = inner.len() == 1
        && raised.ends_with(')')
        && inner.bytes().all(|byte| byte.is_ascii_alphabetic());
    (is_number(inner) && inner.len() < 3) || letter
}

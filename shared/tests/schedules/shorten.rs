//! Makes a failing list of acts short: leaves out ever smaller pieces as long as it still fails.

use super::act::Act;

pub fn shorten(mut acts: Vec<Act>, fails: impl Fn(&[Act]) -> bool) -> Vec<Act> {
    let mut piece = acts.len() / 2;
    while piece > 0 {
        let mut at = 0;
        while at < acts.len() {
            let end = (at + piece).min(acts.len());
            let without: Vec<Act> = acts[..at].iter().chain(&acts[end..]).copied().collect();
            if fails(&without) {
                acts = without;
            } else {
                at += piece;
            }
        }
        piece /= 2;
    }
    acts
}

//! JSON of what has not changed is not made again: a long conversation costs each change little.
//!
//! In: things by name. Out: their JSON, made now or before. Knows nothing of what they say.

use std::collections::BTreeMap;

use serde_json::Value;

/// The JSON made last, with what it was made of.
pub(super) struct Made<T>(BTreeMap<String, (T, i64, String)>);

impl<T> Default for Made<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: PartialEq> Made<T> {
    /// The JSON of a thing at the sandbox's time.
    pub(super) fn json(
        &mut self,
        name: &str,
        thing: T,
        ahead: i64,
        make: impl FnOnce(&T) -> Value,
    ) -> String {
        if let Some((known, at, json)) = self.0.get(name)
            && *known == thing
            && *at == ahead
        {
            return json.clone();
        }
        let json = make(&thing).to_string();
        self.0.insert(name.to_owned(), (thing, ahead, json.clone()));
        json
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_changed_is_made_again() {
        let mut made = Made::default();
        let mut count = 0;
        let mut look = |things: &[u32], ahead: i64| {
            for (at, thing) in things.iter().enumerate() {
                let shown = made.json(&at.to_string(), *thing, ahead, |thing| {
                    count += 1;
                    json!([thing, ahead])
                });
                assert_eq!(shown, format!("[{thing},{ahead}]"));
            }
            std::mem::take(&mut count)
        };
        assert_eq!(look(&[1, 2, 3], 0), 3);
        assert_eq!(look(&[1, 2, 3, 4], 0), 1, "one more");
        assert_eq!(look(&[1, 7, 3, 4], 0), 1, "one changed");
        assert_eq!(look(&[1, 7, 3, 4], 60), 4, "another time");
    }
}

//! A wish for no more texts in other words counts as well.

use super::*;

/// Who may open no ticket is heard all the same: the wish counts, and the first ticket says so.
#[test]
fn a_wish_without_a_ticket_counts_and_the_first_ticket_says_so() {
    for group in [None, Some("sms".to_owned())] {
        let mut ana = Conversation::empty();
        ana.policy.open_on = OpenOn::Keyword;
        ana.policy.unsubscribe_from = group.clone();
        let (steps, end) = ana.play(text("please stop texting me"), works);
        let End::Done(Ending::Ignored(_), follow) = end else {
            panic!("{end:?}")
        };
        assert!(steps.is_empty() && ana.state.opt_out_asked);
        let told = follow
            .iter()
            .filter(|entry| entry.event.body == Body::Unsubscribe);
        assert_eq!(told.count(), usize::from(group.is_some()));
        assert_eq!(ana.state.opted_out, group.is_some());
        let support = Body::Text(Text {
            text: "SUPPORT".into(),
            support: true,
            ..Text::default()
        });
        let (_, end) = ana.play(support, works);
        let End::Done(Ending::Delivered, follow) = end else {
            panic!("{end:?}")
        };
        let notes: Vec<_> = follow
            .iter()
            .filter_map(|entry| match &entry.event.body {
                Body::Note(note) => Some(note.tags.join(",")),
                _ => None,
            })
            .collect();
        let tags = match group {
            None => "sms_opt_out_asked",
            Some(_) => "sms_opt_out_asked,sms_opted_out",
        };
        assert_eq!(notes, [tags]);
        let (_, end) = ana.play(text("anybody there?"), works);
        assert_eq!(end, End::delivered());
    }
}

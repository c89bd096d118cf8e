//! What a language has to bring.
//!
//! In: nothing. Out: [`Texts`]. A further language is a file like `english.rs` and an arm in
//! `Texts::of`; the compiler names every text that it lacks, and a test every place that is not filled.

/// Every fixed text in one language. `{name}` in braces is filled in.
pub(super) struct Texts {
    /// How every note begins that says that a message was not sent.
    pub(super) not_sent: &'static str,
    pub(super) not_theirs: &'static str,
    pub(super) unknown_requester: &'static str,
    /// `{tag}`
    pub(super) untagged: &'static str,
    /// `{ticket}`
    pub(super) text_moved: &'static str,
    pub(super) text_left: &'static str,
    pub(super) opted_out: &'static str,
    pub(super) unsubscribed: &'static str,
    pub(super) customer_unsubscribed: &'static str,
    pub(super) customer_not_subscribed: &'static str,
    pub(super) subscribed_again: &'static str,
    pub(super) answer_sent_after_all: &'static str,
    pub(super) closing_sent_after_all: &'static str,
    pub(super) text_added_after_all: &'static str,
    pub(super) no_text: &'static str,
    /// `{messages}`, `{limit}`
    pub(super) too_long: &'static str,
    /// `{at}`, `{before}`, `{advice}`
    pub(super) unknown: &'static str,
    /// Stands for `{before}` where one message went before.
    pub(super) sent_before_one: &'static str,
    /// `{sent}`: stands for `{before}` where several went before.
    pub(super) sent_before: &'static str,
    pub(super) add_the_tag: &'static str,
    pub(super) answer_again: &'static str,
    /// `{messages}`, `{limit}`
    pub(super) closing_too_long: &'static str,
    /// Before the text.
    pub(super) said: &'static str,
    /// `{at}`; before the text.
    pub(super) say_unknown: &'static str,
    /// `{messages}`, `{limit}`
    pub(super) say_too_long: &'static str,
    /// `{parts}`, `{spent}`, `{limit}`, `{advice}`
    pub(super) over_customers_limit: &'static str,
    /// `{parts}`, `{limit}`, `{advice}`
    pub(super) over_hours_limit: &'static str,
    /// `{at}`
    pub(super) ask_again_at: &'static str,
    pub(super) ask_in_an_hour: &'static str,
    pub(super) ask_never: &'static str,
    /// `{at}`, `{advice}`
    pub(super) closing_unknown: &'static str,
    /// `{why}`, `{before}`
    pub(super) refused: &'static str,
    /// `{what}`, `{why}`, `{code}`
    pub(super) not_delivered: &'static str,
    /// `{what}`, `{why}`, `{code}`
    pub(super) rejected: &'static str,
    /// `{what}`, `{why}`, `{code}`
    pub(super) aborted: &'static str,
    /// `{what}`
    pub(super) withheld: &'static str,
    /// `{what}`, `{why}`
    pub(super) not_received: &'static str,
    /// Stands for `{why}`.
    pub(super) unknown_to_braze: &'static str,
    /// Stands for `{why}`.
    pub(super) in_control_group: &'static str,
    /// Stands for `{why}`.
    pub(super) may_be_withheld: &'static str,
    /// `{what}`
    pub(super) sent_after_all: &'static str,
    /// `{at}`, `{part}`: stands for `{what}`.
    pub(super) answer_of: &'static str,
    /// `{at}`, `{part}`: stands for `{what}`.
    pub(super) message_of: &'static str,
    /// `{part}`, `{parts}`
    pub(super) part_of: &'static str,
    /// `{code}`
    pub(super) provider_code: &'static str,
    /// `{code}`
    pub(super) braze_code: &'static str,
    pub(super) phone_unreachable: &'static str,
    pub(super) phone_blocks: &'static str,
    pub(super) number_unknown: &'static str,
    pub(super) landline: &'static str,
    pub(super) filtered: &'static str,
    pub(super) no_reason: &'static str,
    pub(super) braze_answered: &'static str,
    /// `{hours}`
    pub(super) text_given_up: &'static str,
    /// `{status}`
    pub(super) text_refused: &'static str,
    pub(super) text_in_doubt: &'static str,
    /// `{ticket}`
    pub(super) continues: &'static str,
    /// `{status}`
    pub(super) solve_unclear: &'static str,
    /// `{hours}`, `{before}`
    pub(super) answer_given_up: &'static str,
    pub(super) not_found: &'static str,
    pub(super) broke_off: &'static str,
    pub(super) customer_opted_out: &'static str,
    pub(super) customer_opted_in: &'static str,
    pub(super) customer_asked_for_help: &'static str,
    pub(super) customer_asked_to_opt_out: &'static str,
    pub(super) customer_opted_out_in_words: &'static str,
    pub(super) braze_not_informed: &'static str,
    pub(super) closing: &'static str,
    /// `{why}`, `{link}`
    pub(super) file_not_attached: &'static str,
    /// `{count}`: follows those.
    pub(super) more_not_attached: &'static str,
    pub(super) one_file: &'static str,
    /// `{count}`
    pub(super) files: &'static str,
    /// `{names}`
    pub(super) file_not_sent: &'static str,
    pub(super) one_late_file: &'static str,
    /// `{count}`
    pub(super) late_files: &'static str,
    /// `{count}`, `{names}`
    pub(super) files_not_sent: &'static str,
    /// `{parts}`, `{messages}`, `{encoding}`
    pub(super) cost: &'static str,
    /// Stands for `{parts}`, as the next one does.
    pub(super) one_part: &'static str,
    /// `{count}`
    pub(super) parts: &'static str,
    /// Stands for `{messages}`, as the next one does.
    pub(super) one_message: &'static str,
    /// `{count}`
    pub(super) messages: &'static str,
    /// `{character}`: follows the cost.
    pub(super) cost_forced_by: &'static str,
    /// `{count}`
    pub(super) loop_fuse: &'static str,
    /// Before names and values.
    pub(super) context: &'static str,
    /// `{names}`
    pub(super) left_out: &'static str,
    pub(super) media: Media,
}

/// Why a file of the customer's is not on the ticket.
pub(super) struct Media {
    pub(super) bad_link: &'static str,
    pub(super) not_https: &'static str,
    pub(super) private_address: &'static str,
    pub(super) too_many_redirects: &'static str,
    pub(super) unreachable: &'static str,
    pub(super) timed_out: &'static str,
    /// `{status}`
    pub(super) status: &'static str,
    pub(super) encoded: &'static str,
    pub(super) empty: &'static str,
    pub(super) too_large: &'static str,
    pub(super) type_not_allowed: &'static str,
    pub(super) not_its_type: &'static str,
    pub(super) too_many: &'static str,
    pub(super) not_taken: &'static str,
    pub(super) refused: &'static str,
    pub(super) interrupted: &'static str,
}

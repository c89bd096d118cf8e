//! The fixed texts in English. In: nothing. Out: [`TEXTS`].

use super::texts::{Media, Texts};

pub(super) static TEXTS: Texts = Texts {
    opted_out: "SMS not sent: the customer opted out of SMS. They can opt in again by texting START.",
    no_text: "SMS not sent: the comment has no text.",
    too_long: "SMS not sent: the comment is too long. It would take {messages} messages of ten parts, \
        at most {limit} are sent. Please shorten it, or send the rest another way.",
    unknown: "SMS: it is not known whether this answer was sent; Braze did not confirm it at {at}. It \
        was not sent again, so that the customer does not get it twice.{before} If the customer does \
        not react, {advice}.",
    sent_before: " The first {sent} message(s) of this answer were sent.",
    add_the_tag: "add the tag sms_resend to this ticket to have it sent once more",
    answer_again: "please answer again",
    closing_too_long: "SMS not sent: the closing message is too long. It would take {messages} messages of \
        ten parts, at most {limit} are sent. Please tell your administrator.",
    closing_unknown: "SMS: it is not known whether the closing message was sent; Braze did not confirm \
        it at {at}. It was not sent again. If that matters, {advice}.",
    refused: "SMS not sent: {why}.{before} It will not be tried again; please tell your administrator.",
    braze_answered: "Braze answered",
    text_given_up: "SMS: a text of the customer could not be added to this ticket, although it was \
        tried for {hours} h. It is kept as a dead letter; please tell your administrator.",
    text_refused: "SMS: a text of the customer could not be added to this ticket: Zendesk refused it \
        ({status}). It is kept as a dead letter; please tell your administrator.",
    text_in_doubt: "SMS: a text of the customer may be missing on this ticket. Zendesk did not confirm \
        that it took it, and could not be asked. It is kept as a dead letter, and is not added twice \
        when that is replayed; please tell your administrator.",
    solve_unclear: "SMS: no closing message was sent. Zendesk refused ({status}) to say whether the ticket \
        was solved anew, and the customer has been told of a solve before. Please tell your administrator.",
    answer_given_up: "SMS not sent: Braze could not be reached for {hours} h.{before} The message is kept \
        as a dead letter; please tell your administrator.",
    not_found: "SMS not sent: the comment to be sent is not among the newest of this ticket. Please \
        answer again.",
    broke_off: "SMS: the work on a message of this ticket broke off again and again, so it is not \
        known whether it arrived. It is kept as a dead letter; please tell your administrator.",
    customer_opted_out: "The customer opted out of SMS. Answers on this ticket are not sent until they \
        text START.",
    customer_opted_in: "The customer opted in to SMS again. Answers on this ticket are sent.",
    customer_asked_for_help: "The customer texted HELP. Braze answered with the help message.",
    closing: "Your ticket has been closed",
    file_not_attached: "File not attached ({why}): {link}",
    more_not_attached: "… and {count} more files not attached",
    one_file: "(1 file)",
    files: "({count} files)",
    file_not_sent: "Attachment of the answer: file not sent by SMS{names}. Please send it another way, \
        for example as a link.",
    files_not_sent: "Attachments of the answer: {count} files not sent by SMS{names}. Please send them \
        another way, for example as links.",
    cost: "SMS cost: {parts} part(s) in {messages} message(s), {encoding}",
    cost_forced_by: ", because of the character {character}",
    loop_fuse: "SMS: the customer's number sent the same text {count} times within an hour, as an \
        automatic answer does. No further automatic SMS (the closing message) goes to it until \
        another text comes, or an hour has passed without one. Your own answers are sent.",
    media: Media {
        bad_link: "the link cannot be used",
        not_https: "the link is not https",
        private_address: "the link leads to a private address",
        too_many_redirects: "too many redirects",
        unreachable: "not reachable",
        timed_out: "it took too long",
        status: "its server answered {status}",
        encoded: "the content is compressed",
        empty: "it is empty",
        too_large: "it is larger than 8 MB",
        type_not_allowed: "its type is not accepted",
        not_its_type: "its content is not of its type",
        too_many: "more than ten files",
        not_taken: "Zendesk could not take it",
        refused: "Zendesk refused it",
        interrupted: "fetching it failed",
    },
};

//! The fixed texts in English. In: nothing. Out: [`TEXTS`].

use super::texts::{Media, Texts};

pub(super) static TEXTS: Texts = Texts {
    not_theirs: "SMS not sent: this ticket's requester is not the customer the message was addressed to. \
        That happens after the requester was changed. If the requester of this ticket should get it by \
        SMS, please answer again.",
    unknown_requester: "SMS not sent: this ticket's requester has no Braze ID, so we don't know which phone \
        to text. Please answer another way, or ask your administrator to fill in the requester's field \
        \"Braze external ID\" and answer again.",
    untagged: "Your answers on this ticket are not sent by SMS, because it no longer has the tag {tag}. The \
        customer's texts still arrive here. To answer by SMS again, add the tag and answer.",
    text_moved: "A text from the former requester of this ticket arrived here after the requester was \
        changed. It was made private, and is now on ticket #{ticket}, with that customer's further texts.",
    text_left: "A text from the former requester of this ticket arrived here after the requester was \
        changed. It was made private. That customer's further texts no longer come here.",
    opted_out: "SMS not sent: the customer opted out of SMS. You can reach them by SMS again \
        once they text START.",
    unsubscribed: "SMS not sent: the customer is unsubscribed from these SMS in Braze. You can reach them \
        by SMS again once they text START, or once they are subscribed in Braze at their wish; then \
        please answer again.",
    customer_unsubscribed: "The customer is unsubscribed from these SMS in Braze. Your answers on this ticket \
        will not be sent until they text START, or are subscribed in Braze at their wish.",
    customer_not_subscribed: "The customer may not receive your answers: Braze has no SMS subscription of \
        theirs. Your answers are sent all the same. Please ask the customer to text START, or to be \
        subscribed in Braze.",
    subscribed_again: "The customer opted out of SMS and has since been subscribed again in Braze. Your \
        answers on this ticket will be sent.",
    answer_sent_after_all: "SMS sent: an answer on this ticket that was reported as not sent, or not \
        confirmed, has now been sent to the customer. Please do not send it again.",
    closing_sent_after_all: "SMS sent: the closing message that was reported as not sent, or not confirmed, \
        has now been sent to the customer.",
    text_added_after_all: "A text from the customer that could not be added before is now on this ticket.",
    no_text: "SMS not sent: your comment contains no text.",
    too_long: "SMS not sent: your comment is too long. It would take {messages} messages of ten \
        parts each, and at most {limit} are sent. Please shorten it, or send the rest another \
        way.",
    unknown: "We don't know whether the customer received this answer: Braze did not confirm it \
        at {at}. It was not sent again, so that the customer does not get it twice.{before} If \
        the customer does not react, {advice}.",
    sent_before: " The first {sent} message(s) of this answer were sent.",
    add_the_tag: "add the tag sms_resend to this ticket, and it will be sent again",
    answer_again: "please answer again",
    closing_too_long: "SMS not sent: the closing message is too long. It would take {messages} \
        messages of ten parts each, and at most {limit} are sent. Please tell your \
        administrator.",
    said: "The customer was texted this automatically:",
    say_unknown: "SMS: it is not known whether this automatic text was sent; Braze did not confirm it at {at}. \
        It was not sent again. If it matters, please write to the customer yourself:",
    say_too_long: "SMS not sent: an automatic text is too long. It would take {messages} messages of ten parts, \
        and {limit} at most are sent. Please tell your administrator.",
    over_customers_limit: "SMS not sent: it would take {parts} SMS parts, this customer got {spent} within a day, and \
        the limit is {limit} (PARTS_PER_CUSTOMER_DAY). {advice}",
    over_hours_limit: "SMS not sent: it would take {parts} SMS parts, and with them the bridge would send more \
        than its limit of {limit} within an hour (PARTS_PER_HOUR). {advice}",
    ask_again_at: "To send it all the same, add the tag sms_resend to this ticket after {at}, or ask your \
        administrator to raise the limit.",
    ask_in_an_hour: "To send it all the same, add the tag sms_resend to this ticket in an hour, or ask your \
        administrator to raise the limit.",
    ask_never: "It can only be sent once your administrator has raised the limit: then add the tag sms_resend to \
        this ticket. Or write it shorter.",
    closing_unknown: "We don't know whether the customer received the closing message: Braze did \
        not confirm it at {at}. It was not sent again. If it matters, {advice}.",
    refused: "SMS not sent: {why}.{before} We will not try again. Please tell your administrator.",
    not_delivered: "SMS not delivered: {what} did not reach the customer's phone. Reason: {why}{code}. It is not \
        sent again. Please answer again later, or reach the customer another way.",
    rejected: "SMS not delivered: the carrier refused {what}. Reason: {why}{code}. It is not sent again. \
        Please reach the customer another way, or tell your administrator if it happens to others as well.",
    aborted: "SMS not sent: Braze gave up {what} before sending it. Reason: {why}{code}. It is not sent again. \
        Please tell your administrator.",
    withheld: "Braze withheld this SMS: {what} was accepted, and ten minutes later nothing had been sent to the \
        customer. Braze does not say why. Possible reasons: the customer is not subscribed to the campaign's SMS \
        group, is not known to Braze or has no valid number; is in the global control group or on a suppression \
        list; or a frequency cap, quiet hours or the campaign's re-eligibility held it back. If every SMS is said \
        to be withheld, Braze's event export (Currents) does not work. Please reach the customer another way, or \
        ask your administrator to look at the customer in Braze.",
    sent_after_all: "SMS sent after all: Braze has now sent {what}, which this ticket said it had not. Please do \
        not send it again.",
    answer_of: "the answer accepted at {at}{part}",
    message_of: "the SMS accepted at {at}{part}",
    part_of: " (message {part} of {parts})",
    provider_code: " (provider's code {code})",
    braze_code: " ({code})",
    phone_unreachable: "the phone is switched off or has no signal",
    phone_blocks: "the number does not accept messages from yours, or messages to it are blocked",
    number_unknown: "the number does not exist, or is not in use any more",
    landline: "the number is a landline, or its carrier takes no SMS",
    filtered: "the carrier took it for unwanted or against its rules",
    no_reason: "none was given",
    braze_answered: "Braze answered",
    text_given_up: "A text from the customer is missing on this ticket: it could not be added, \
        although we tried for {hours} hours. It is kept as a dead letter. Please ask your \
        administrator to replay it.",
    text_refused: "A text from the customer is missing on this ticket: Zendesk refused it (HTTP \
        {status}). It is kept as a dead letter. Please tell your administrator.",
    text_in_doubt: "A text from the customer may be missing on this ticket: Zendesk did not \
        confirm it, and we could not check. It is kept as a dead letter. Please ask your \
        administrator to replay it; it will not be added twice.",
    continues: "This ticket continues ticket #{ticket}, which has as many comments as Zendesk allows. \
        Please answer here.",
    solve_unclear: "We couldn't confirm with Zendesk (HTTP {status}) that this ticket was solved \
        again. The customer already received a closing message earlier, so no new one was sent. \
        Please tell your administrator.",
    answer_given_up: "SMS not sent: Braze could not be reached for {hours} hours.{before} The \
        message is kept as a dead letter. Please ask your administrator to replay it.",
    not_found: "SMS not sent: your comment is no longer among the newest of this ticket. Please \
        answer again.",
    broke_off: "Processing a message on this ticket failed repeatedly, so we don't know whether \
        it was delivered. It is kept as a dead letter. Please tell your administrator.",
    customer_opted_out: "The customer opted out of SMS. Your answers on this ticket will not be \
        sent until they text START.",
    customer_opted_in: "The customer opted in to SMS again. Your answers on this ticket will be \
        sent.",
    customer_asked_for_help: "The customer texted HELP, and Braze answered with its help message.",
    customer_asked_to_opt_out: "The customer seems to ask for no more texts, but did not text STOP, so \
        Braze still counts them as subscribed. They get no automatic SMS any more, such as the closing \
        message. Your own answers on this ticket are still sent. If they want no texts at all, please \
        unsubscribe them in Braze.",
    customer_opted_out_in_words: "The customer asked for no more texts, in other words than STOP. It counts as an \
        opt-out: your answers on this ticket will not be sent until they text START, and Braze is told to \
        unsubscribe them.",
    braze_untold: "Braze could not be told that the customer wants no more texts. The bridge sends them nothing, \
        but campaigns of Braze's may: please unsubscribe them in Braze, and tell your administrator. The key \
        needs the permission subscription.status.set, and the setting BRAZE_SUBSCRIPTION_GROUP_ID a group that \
        exists.",
    closing: "Your ticket has been closed",
    file_not_attached: "File not attached ({why}): {link}",
    more_not_attached: "… and {count} more files not attached",
    one_file: "(1 file)",
    files: "({count} files)",
    one_late_file: "(1 file that was not attached above)",
    late_files: "({count} files that were not attached above)",
    file_not_sent: "Attachment of the answer: file not sent by SMS{names}. Please send it another way, \
        for example as a link.",
    files_not_sent: "Attachments of the answer: {count} files not sent by SMS{names}. Please send them \
        another way, for example as links.",
    cost: "SMS cost: {parts} part(s) in {messages} message(s), {encoding}",
    cost_forced_by: ", because of the character {character}",
    loop_fuse: "The customer's number sent the same text {count} times within an hour, as an \
        automatic reply does. It gets no more automatic SMS (the closing message) until a \
        different text arrives, or an hour passes without one. Your own answers are still sent.",
    context: "Customer context from Braze:",
    left_out: "This ticket was opened without parts of what Braze's campaign asked for, because they are not \
        valid or Zendesk refused them: {names}. Check the campaign's webhook body.",
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

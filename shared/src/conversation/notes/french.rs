//! The fixed texts in French. In: nothing. Out: [`TEXTS`].
//!
//! Typography: a no-break space before `:`, `;`, `?`, `!` and `»`, and the apostrophe `’`.

use super::texts::{Media, Texts};

pub(super) static TEXTS: Texts = Texts {
    not_sent: "SMS non envoyé :",
    not_theirs: "SMS non envoyé : le message était destiné à un client qui n’est pas le demandeur de ce ticket. \
        C’est le cas lorsque le demandeur a été modifié. Pour écrire au demandeur actuel, veuillez répondre à \
        nouveau.",
    unknown_requester: "SMS non envoyé : le demandeur de ce ticket n’a pas d’identifiant Braze, nous ne savons \
        donc pas à quel numéro écrire. Veuillez contacter le client par un autre moyen. Pour utiliser les SMS, \
        demandez à votre administrateur de renseigner le champ utilisateur « Braze external ID » du demandeur, \
        puis répondez à nouveau.",
    untagged: "Vos réponses sur ce ticket ne parviennent plus au téléphone du client, car le ticket n’a plus le \
        marqueur {tag}. Les messages du client arrivent toujours ici. Pour répondre par SMS, ajoutez d’abord le \
        marqueur, puis répondez à nouveau.",
    text_moved: "L’ancien demandeur de ce ticket a envoyé un SMS, arrivé ici après le changement de demandeur. \
        Nous l’avons rendu privé. Il se trouve désormais sur le ticket n° {ticket}, où arriveront les prochains \
        messages de ce client.",
    text_left: "L’ancien demandeur de ce ticket a envoyé un SMS, arrivé ici après le changement de demandeur. \
        Nous l’avons rendu privé. Les prochains messages de ce client n’arriveront plus ici.",
    opted_out: "SMS non envoyé : le client s’est désabonné des SMS. Veuillez le contacter par un autre moyen. \
        Vous pourrez de nouveau lui répondre par SMS dès qu’il aura envoyé START.",
    unsubscribed: "SMS non envoyé : le client est désabonné de ces SMS dans Braze. Veuillez le contacter par un \
        autre moyen. Vous pourrez de nouveau lui répondre par SMS dès qu’il aura envoyé START, ou qu’il aura été \
        réabonné dans Braze à sa demande.",
    customer_unsubscribed: "Le client est désabonné de ces SMS dans Braze. Vos réponses sur ce ticket ne \
        parviendront pas à son téléphone tant qu’il n’aura pas envoyé START ou demandé à être réabonné dans \
        Braze. D’ici là, veuillez le contacter par un autre moyen.",
    customer_not_subscribed: "Vos réponses risquent de ne pas parvenir au téléphone du client : il ne s’est \
        jamais abonné aux SMS dans Braze. Nous les envoyons malgré tout. Par précaution, veuillez demander au \
        client d’envoyer START ou d’accepter d’être abonné dans Braze.",
    subscribed_again: "Le client s’était désabonné des SMS et vient d’être réabonné dans Braze. Vos prochaines \
        réponses sur ce ticket lui seront envoyées par SMS.",
    answer_sent_after_all: "SMS envoyé : une réponse signalée sur ce ticket comme non envoyée ou non confirmée \
        vient d’être envoyée au client. Veuillez ne pas la renvoyer.",
    closing_sent_after_all: "SMS envoyé : le message de clôture signalé sur ce ticket comme non envoyé ou non \
        confirmé vient d’être envoyé au client.",
    text_added_after_all: "Un message du client qui manquait sur ce ticket vient d’être ajouté. Il peut être \
        antérieur aux commentaires qui le précèdent.",
    no_text: "SMS non envoyé : votre commentaire ne contient pas de texte. Le client n’a rien reçu.",
    too_long: "SMS non envoyé : votre commentaire est trop long. Il faudrait {messages} messages longs (de dix \
        SMS au plus chacun), et la limite est de {limit}. Le client n’en a rien reçu. Veuillez le raccourcir ou \
        l’envoyer par un autre moyen.",
    unknown: "Nous ne savons pas si le client a reçu cette réponse : Braze ne l’a pas confirmée ({at}). Nous ne \
        l’avons pas renvoyée, car le client risquerait de la recevoir deux fois.{before} Si le client ne réagit \
        pas, {advice}.",
    sent_before_one: " Le premier message de cette réponse a été envoyé au client.",
    sent_before: " Les {sent} premiers messages de cette réponse ont été envoyés au client.",
    add_the_tag: "ajoutez le marqueur sms_resend à ce ticket et nous ferons un nouvel envoi",
    answer_again: "veuillez répondre à nouveau",
    closing_too_long: "SMS non envoyé : le message de clôture est trop long. Il faudrait {messages} messages \
        longs (de dix SMS au plus chacun), et la limite est de {limit}. Le client n’a rien reçu. Veuillez \
        prévenir votre administrateur.",
    said: "Ce SMS automatique a été envoyé au client :",
    say_unknown: "Nous ne savons pas si le client a reçu ce SMS automatique : Braze ne l’a pas confirmé ({at}). \
        Nous ne l’avons pas renvoyé. Si le client en a besoin, veuillez lui écrire vous-même :",
    say_too_long: "SMS non envoyé : un message automatique est trop long. Il faudrait {messages} messages longs \
        (de dix SMS au plus chacun), et la limite est de {limit}. Le client n’a rien reçu. Veuillez prévenir \
        votre administrateur.",
    over_customers_limit: "SMS non envoyé : ce client a atteint la limite quotidienne. Le message compte {parts} \
        segments SMS, {spent} ont été envoyés en une journée, et la limite est de {limit} \
        (PARTS_PER_CUSTOMER_DAY). {advice}",
    over_hours_limit: "SMS non envoyé : la limite horaire commune à tous les clients est atteinte. Le message \
        compte {parts} segments SMS, et la limite est de {limit} par heure (PARTS_PER_HOUR). {advice}",
    ask_again_at: "Pour l’envoyer malgré tout, ajoutez le marqueur sms_resend à ce ticket après le {at}, ou \
        demandez à votre administrateur de relever la limite.",
    ask_in_an_hour: "Pour l’envoyer malgré tout, ajoutez le marqueur sms_resend à ce ticket dans une heure, ou \
        demandez à votre administrateur de relever la limite.",
    ask_never: "À lui seul, le message dépasse la limite. Veuillez en écrire un plus court. Vous pouvez aussi \
        demander à votre administrateur de relever la limite, puis ajouter le marqueur sms_resend à ce ticket.",
    closing_unknown: "Nous ne savons pas si le client a reçu le message de clôture : Braze ne l’a pas confirmé \
        ({at}). Nous ne l’avons pas renvoyé. Si c’est important, {advice}.",
    refused: "SMS non envoyé : {why}.{before} Nous ne ferons pas d’autre tentative. Veuillez prévenir votre \
        administrateur.",
    not_delivered: "SMS non distribué : {what} n’est pas parvenu au téléphone du client. Motif : {why}{code}. \
        Nous ne le renvoyons pas. Veuillez répondre à nouveau plus tard, ou contacter le client par un autre \
        moyen.",
    rejected: "SMS non distribué : l’opérateur a refusé {what}. Motif : {why}{code}. Nous ne le renvoyons pas. \
        Veuillez contacter le client par un autre moyen. Si d’autres clients sont concernés, prévenez votre \
        administrateur.",
    aborted: "SMS non envoyé : Braze a renoncé à envoyer {what}. Motif : {why}{code}. Nous ne le renvoyons pas. \
        Veuillez contacter le client par un autre moyen et prévenir votre administrateur.",
    withheld: "Braze a retenu ce SMS : dix minutes après avoir été accepté par Braze, {what} n’était toujours pas \
        parti. Le client ne l’a pas reçu. Braze n’indique pas pourquoi. Motifs possibles : le client n’est pas \
        abonné au groupe SMS de la campagne, n’est pas connu de Braze ou n’a pas de numéro valide ; il fait \
        partie du groupe de contrôle global ou d’une liste de suppression ; une limite de fréquence, les heures \
        calmes ou le réglage de rééligibilité de la campagne ont bloqué le SMS. Veuillez contacter le client par \
        un autre moyen, ou demander à votre administrateur de vérifier le client dans Braze. Si tous les SMS sont \
        signalés comme retenus, indiquez à votre administrateur que l’export d’événements de Braze (Currents) est \
        peut-être arrêté.",
    not_received: "Braze a retenu ce SMS : dix minutes après avoir été accepté par Braze, {what} n’était toujours pas \
        parti, d’après la fiche du client dans Braze. Le client ne l’a pas reçu. {why} Veuillez contacter le client \
        par un autre moyen, ou demander à votre administrateur de vérifier le client dans Braze.",
    unknown_to_braze: "Motif : Braze ne connaît pas ce client.",
    in_control_group: "Motif : le client fait partie d’un groupe de contrôle.",
    may_be_withheld: "Braze n’indique pas pourquoi. Motifs possibles : le client n’est pas abonné au groupe SMS de la \
        campagne ou n’a pas de numéro valide ; il fait partie du groupe de contrôle global ou d’une liste de \
        suppression ; une limite de fréquence, les heures calmes ou le réglage de rééligibilité de la campagne ont \
        bloqué le SMS.",
    sent_after_all: "SMS finalement envoyé : Braze vient d’envoyer {what}, que ce ticket signalait comme retenu. \
        Veuillez ne pas le renvoyer.",
    answer_of: "le SMS de réponse du {at}{part}",
    message_of: "le SMS du {at}{part}",
    part_of: " (message {part} sur {parts})",
    provider_code: " (code de l’opérateur {code})",
    braze_code: " ({code})",
    phone_unreachable: "le téléphone est éteint ou hors réseau",
    phone_blocks: "le numéro bloque vos messages ou n’accepte pas les SMS",
    number_unknown: "le numéro n’existe pas ou n’est plus attribué",
    landline: "le numéro est une ligne fixe, ou son opérateur ne prend pas en charge les SMS",
    filtered: "l’opérateur l’a filtré comme indésirable ou contraire à ses règles",
    no_reason: "non précisé",
    braze_answered: "Braze a répondu",
    text_given_up: "Il manque un message du client sur ce ticket : nous avons essayé pendant {hours} heures sans \
        pouvoir l’ajouter. Le message est conservé. Veuillez demander à votre administrateur de l’ajouter \
        (sms-bridge dead-letters).",
    text_refused: "Il manque un message du client sur ce ticket : Zendesk l’a refusé (HTTP {status}). Le message \
        est conservé. Veuillez prévenir votre administrateur (sms-bridge dead-letters).",
    text_in_doubt: "Il manque peut-être un message du client sur ce ticket : Zendesk ne l’a pas confirmé, et nous \
        n’avons pas pu le vérifier. Le message est conservé. Veuillez demander à votre administrateur de le \
        rejouer (sms-bridge dead-letters). Il ne sera pas ajouté deux fois.",
    continues: "Ce ticket fait suite au ticket n° {ticket}, qui a atteint le nombre de commentaires autorisé par \
        Zendesk. Veuillez répondre ici.",
    solve_unclear: "SMS non envoyé : Zendesk n’a pas pu nous confirmer (HTTP {status}) que ce ticket a été résolu \
        à nouveau. Le client avait déjà reçu un message de clôture lors de la résolution précédente, nous n’en \
        avons donc pas envoyé de second. Veuillez prévenir votre administrateur.",
    answer_given_up: "SMS non envoyé : nous n’avons pas pu joindre Braze pendant {hours} heures.{before} Le \
        message est conservé. Si le client en a encore besoin, veuillez demander à votre administrateur de \
        l’envoyer (sms-bridge dead-letters).",
    not_found: "SMS non envoyé : nous n’avons pas trouvé le commentaire à envoyer parmi les derniers commentaires \
        de ce ticket. Veuillez répondre à nouveau.",
    broke_off: "Nous ne savons pas si un message de ce ticket a été transmis : son traitement a échoué à \
        plusieurs reprises. Le message est conservé. Veuillez prévenir votre administrateur (sms-bridge \
        dead-letters).",
    customer_opted_out: "Le client s’est désabonné des SMS. Vos réponses sur ce ticket ne parviendront pas à son \
        téléphone tant qu’il n’aura pas envoyé START. D’ici là, veuillez le contacter par un autre moyen.",
    customer_opted_in: "Le client s’est réabonné aux SMS. Vos prochaines réponses sur ce ticket lui seront \
        envoyées par SMS.",
    customer_asked_for_help: "Le client a envoyé HELP, et Braze lui a répondu par son message d’aide.",
    customer_asked_to_opt_out: "Le client semble ne plus vouloir de SMS, mais il n’a pas envoyé STOP : pour \
        Braze, il est toujours abonné. Nous ne lui envoyons plus de SMS automatiques, comme le message de \
        clôture. Vos propres réponses sur ce ticket lui sont toujours envoyées. S’il ne veut plus aucun SMS, \
        veuillez le désabonner dans Braze.",
    customer_opted_out_in_words: "Le client a demandé à ne plus recevoir de SMS, sans employer le mot STOP. Nous \
        considérons qu’il s’est désabonné et demandons à Braze de le désabonner. Vos réponses sur ce ticket ne \
        parviendront pas à son téléphone tant qu’il n’aura pas envoyé START.",
    braze_not_informed: "Nous n’avons pas pu indiquer à Braze que le client ne veut plus de SMS. Nous ne lui \
        envoyons plus rien, mais d’autres campagnes Braze pourraient le faire. Veuillez le désabonner dans Braze. \
        Veuillez aussi prévenir votre administrateur : la clé Braze doit avoir l’autorisation \
        subscription.status.set, et le réglage BRAZE_SUBSCRIPTION_GROUP_ID doit désigner un groupe existant.",
    closing: "Votre demande a été clôturée",
    file_not_attached: "Fichier non joint ({why}) : {link}",
    more_not_attached: "… et {count} autres fichiers non joints",
    one_file: "(1 fichier)",
    files: "({count} fichiers)",
    one_late_file: "(1 fichier qui n’avait pas été joint plus haut)",
    late_files: "({count} fichiers qui n’avaient pas été joints plus haut)",
    file_not_sent: "Le fichier joint à votre réponse n’a pas été envoyé par SMS{names}. Veuillez l’envoyer par un \
        autre moyen, par exemple sous forme de lien.",
    files_not_sent: "{count} fichiers joints à votre réponse n’ont pas été envoyés par SMS{names}. Veuillez les \
        envoyer par un autre moyen, par exemple sous forme de liens.",
    cost: "Coût du SMS : {parts} en {messages}, {encoding}",
    one_part: "1 segment",
    parts: "{count} segments",
    one_message: "1 message",
    messages: "{count} messages",
    cost_forced_by: ", à cause du caractère {character}",
    loop_fuse: "Le numéro du client a envoyé {count} fois le même texte en une heure, comme le ferait une réponse \
        automatique. Nous ne lui envoyons plus de SMS automatiques (comme le message de clôture) tant qu’un autre \
        texte n’est pas arrivé ou qu’une heure ne s’est pas écoulée sans message. Vos propres réponses lui sont \
        toujours envoyées.",
    context: "Contexte du client dans Braze :",
    left_out: "Ce ticket a été ouvert sans une partie de ce que la campagne Braze demandait, car ces éléments ne \
        sont pas valides ou Zendesk les a refusés : {names}. Veuillez demander à votre administrateur de vérifier \
        le corps du webhook de la campagne.",
    media: Media {
        bad_link: "lien inutilisable",
        not_https: "le lien n’est pas en https",
        private_address: "le lien mène à une adresse privée",
        too_many_redirects: "trop de redirections",
        unreachable: "son serveur est injoignable",
        timed_out: "délai dépassé",
        status: "son serveur a répondu {status}",
        encoded: "contenu compressé",
        empty: "fichier vide",
        too_large: "il dépasse 8 Mo",
        type_not_allowed: "type non accepté",
        not_its_type: "son contenu ne correspond pas à son type",
        too_many: "plus de dix fichiers",
        not_taken: "Zendesk n’a pas pu l’accepter",
        refused: "refusé par Zendesk",
        interrupted: "échec du téléchargement",
    },
};

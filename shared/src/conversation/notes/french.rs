//! The fixed texts in French. In: nothing. Out: [`TEXTS`].

use super::texts::{Media, Texts};

pub(super) static TEXTS: Texts = Texts {
    not_theirs: "SMS non envoyé : le demandeur de ce ticket n'est pas le client à qui le message était \
        adressé. C'est le cas après un changement de demandeur. Si le demandeur de ce ticket doit le \
        recevoir par SMS, veuillez répondre à nouveau.",
    unknown_requester: "SMS non envoyé : le demandeur de ce ticket n'a pas d'identifiant Braze, et nous ne \
        savons pas à quel téléphone écrire. Veuillez répondre autrement, ou demander à votre \
        administrateur de remplir le champ « Braze external ID » du demandeur, puis répondre à nouveau.",
    untagged: "Les réponses de ce ticket ne sont pas envoyées par SMS, car il n'a plus le tag {tag}. Les \
        messages du client arrivent toujours ici. Pour répondre de nouveau par SMS, ajoutez le tag et \
        répondez.",
    text_moved: "Un message de l'ancien demandeur de ce ticket est arrivé ici après le changement de \
        demandeur. Il a été rendu privé et se trouve maintenant sur le ticket n° {ticket}, où arrivent aussi \
        les messages suivants de ce client.",
    text_left: "Un message de l'ancien demandeur de ce ticket est arrivé ici après le changement de \
        demandeur. Il a été rendu privé. Les messages suivants de ce client n'arrivent plus ici.",
    opted_out: "SMS non envoyé : le client s'est désinscrit des SMS. Il peut se réinscrire en envoyant \
        START.",
    unsubscribed: "SMS non envoyé : le client est désinscrit de ces SMS dans Braze. Il peut se réinscrire en \
        envoyant START, ou être inscrit dans Braze à sa demande ; veuillez alors répondre à nouveau.",
    customer_unsubscribed: "Le client est désinscrit de ces SMS dans Braze. Les réponses de ce ticket ne sont \
        pas envoyées tant qu'il n'envoie pas START ou n'est pas inscrit dans Braze à sa demande.",
    customer_not_subscribed: "Le client ne recevra peut-être pas vos réponses : Braze n'a pas d'inscription \
        aux SMS pour lui. Elles sont envoyées quand même. Veuillez lui demander d'envoyer START, ou \
        d'être inscrit dans Braze.",
    subscribed_again: "Le client s'était désinscrit des SMS et a depuis été réinscrit dans Braze. Les \
        réponses de ce ticket sont envoyées.",
    answer_sent_after_all: "SMS envoyé : une réponse de ce ticket signalée comme non envoyée, ou non \
        confirmée, vient d'être envoyée au client. Veuillez ne pas la renvoyer.",
    closing_sent_after_all: "SMS envoyé : le message de clôture signalé comme non envoyé, ou non confirmé, \
        vient d'être envoyé au client.",
    text_added_after_all: "Un message du client qui n'avait pas pu être ajouté se trouve maintenant sur ce \
        ticket.",
    no_text: "SMS non envoyé : le commentaire ne contient pas de texte.",
    too_long: "SMS non envoyé : le commentaire est trop long. Il faudrait {messages} messages de dix \
        parties, {limit} au plus sont envoyés. Veuillez le raccourcir, ou envoyer la suite autrement.",
    unknown: "SMS : on ne sait pas si cette réponse a été envoyée ; Braze ne l'a pas confirmée à {at}. \
        Elle n'a pas été renvoyée, pour que le client ne la reçoive pas deux fois.{before} Si le client \
        ne réagit pas, {advice}.",
    sent_before: " Les {sent} premier(s) message(s) de cette réponse ont été envoyés.",
    add_the_tag: "ajoutez le tag sms_resend à ce ticket pour qu'il soit envoyé une fois de plus",
    answer_again: "veuillez répondre à nouveau",
    closing_too_long: "SMS non envoyé : le message de clôture est trop long. Il faudrait {messages} messages \
        de dix parties, {limit} au plus sont envoyés. Veuillez prévenir votre administrateur.",
    said: "Le client a reçu ce SMS automatique :",
    say_unknown: "SMS : on ne sait pas si ce message automatique a été envoyé ; Braze ne l'a pas confirmé à {at}. \
        Il n'a pas été renvoyé. Si c'est important, veuillez écrire vous-même au client :",
    say_too_long: "SMS non envoyé : un message automatique est trop long. Il faudrait {messages} messages de dix \
        parties, {limit} au plus sont envoyés. Veuillez prévenir votre administrateur.",
    over_customers_limit: "SMS non envoyé : il prendrait {parts} parties, ce client en a reçu {spent} en un jour, et \
        la limite est de {limit} (PARTS_PER_CUSTOMER_DAY). {advice}",
    over_hours_limit: "SMS non envoyé : il prendrait {parts} parties, et dépasserait ainsi la limite de {limit} \
        parties envoyées en une heure (PARTS_PER_HOUR). {advice}",
    ask_again_at: "Pour l'envoyer quand même, ajoutez le tag sms_resend à ce ticket après {at}, ou demandez à votre \
        administrateur de relever la limite.",
    ask_in_an_hour: "Pour l'envoyer quand même, ajoutez le tag sms_resend à ce ticket dans une heure, ou demandez à \
        votre administrateur de relever la limite.",
    ask_never: "Il ne peut être envoyé qu'une fois la limite relevée par votre administrateur : ajoutez alors le tag \
        sms_resend à ce ticket. Sinon, écrivez plus court.",
    closing_unknown: "SMS : on ne sait pas si le message de clôture a été envoyé ; Braze ne l'a pas \
        confirmé à {at}. Il n'a pas été renvoyé. Si c'est important, {advice}.",
    refused: "SMS non envoyé : {why}.{before} Il n'y aura pas d'autre essai ; veuillez prévenir votre \
        administrateur.",
    not_delivered: "SMS non remis : {what} n'est pas parvenu au téléphone du client. Raison : {why}{code}. Il n'est \
        pas renvoyé. Veuillez répondre à nouveau plus tard, ou joindre le client autrement.",
    rejected: "SMS non remis : l'opérateur a refusé {what}. Raison : {why}{code}. Il n'est pas renvoyé. Veuillez \
        joindre le client autrement, ou prévenir votre administrateur si d'autres clients sont concernés.",
    aborted: "SMS non envoyé : Braze a abandonné {what} avant l'envoi. Raison : {why}{code}. Il n'est pas renvoyé. \
        Veuillez prévenir votre administrateur.",
    withheld: "Braze a retenu ce SMS : {what} a été accepté, et rien n'était envoyé au client dix minutes plus tard. \
        Braze ne dit pas pourquoi. Raisons possibles : le client n'est pas inscrit au groupe SMS de la campagne, \
        n'est pas connu de Braze ou n'a pas de numéro valable ; il est dans le groupe de contrôle global ou sur une \
        liste de suppression ; un plafond de fréquence, les heures calmes ou la rééligibilité de la campagne l'ont \
        arrêté. Si tous les SMS sont dits retenus, l'export d'événements de Braze (Currents) ne fonctionne pas. \
        Veuillez joindre le client autrement, ou demander à votre administrateur de vérifier le client dans Braze.",
    sent_after_all: "SMS envoyé malgré tout : Braze vient d'envoyer {what}, que ce ticket disait retenu. Veuillez ne \
        pas le renvoyer.",
    answer_of: "le message de réponse accepté à {at}{part}",
    message_of: "le SMS accepté à {at}{part}",
    part_of: " (message {part} sur {parts})",
    provider_code: " (code du fournisseur {code})",
    braze_code: " ({code})",
    phone_unreachable: "le téléphone est éteint ou hors de portée",
    phone_blocks: "le numéro n'accepte pas vos messages, ou ils sont bloqués",
    number_unknown: "le numéro n'existe pas, ou n'est plus attribué",
    landline: "le numéro est un fixe, ou son opérateur ne prend pas de SMS",
    filtered: "l'opérateur l'a jugé indésirable ou contraire à ses règles",
    no_reason: "aucune n'a été donnée",
    braze_answered: "Braze a répondu",
    text_given_up: "SMS : un message du client n'a pas pu être ajouté à ce ticket, malgré des essais \
        pendant {hours} h. Il est conservé ; veuillez prévenir votre administrateur.",
    text_refused: "SMS : un message du client n'a pas pu être ajouté à ce ticket : Zendesk l'a refusé \
        ({status}). Il est conservé ; veuillez prévenir votre administrateur.",
    text_in_doubt: "SMS : il manque peut-être un message du client sur ce ticket. Zendesk n'a pas \
        confirmé l'avoir reçu, et n'a pas pu être interrogé. Le message est conservé, et ne sera pas \
        ajouté deux fois s'il est rejoué ; veuillez prévenir votre administrateur.",
    continues: "Ce ticket est la suite du ticket #{ticket}, qui compte autant de commentaires que Zendesk en \
        accepte. Veuillez répondre ici.",
    solve_unclear: "SMS : aucun message de clôture n'a été envoyé. Zendesk a refusé ({status}) de dire si \
        le ticket a été résolu à nouveau, et le client a déjà été informé d'une clôture. Veuillez \
        prévenir votre administrateur.",
    answer_given_up: "SMS non envoyé : Braze est resté injoignable pendant {hours} h.{before} Le message \
        est conservé ; veuillez prévenir votre administrateur.",
    not_found: "SMS non envoyé : le commentaire à envoyer n'est plus parmi les derniers de ce \
        ticket. Veuillez répondre à nouveau.",
    broke_off: "SMS : le traitement d'un message de ce ticket s'est interrompu à plusieurs reprises ; \
        on ne sait pas s'il est arrivé. Il est conservé ; veuillez prévenir votre administrateur.",
    customer_opted_out: "Le client s'est désinscrit des SMS. Les réponses de ce ticket ne sont pas \
        envoyées tant qu'il n'envoie pas START.",
    customer_opted_in: "Le client s'est réinscrit aux SMS. Les réponses de ce ticket sont envoyées.",
    customer_asked_for_help: "Le client a envoyé HELP. Braze a répondu avec le message d'aide.",
    customer_asked_to_opt_out: "Le client semble demander de ne plus recevoir de SMS, mais n'a pas envoyé \
        STOP : pour Braze, il reste inscrit. Il ne reçoit plus de SMS automatique, comme le message de \
        clôture. Vos propres réponses sur ce ticket sont toujours envoyées. S'il ne veut plus aucun SMS, \
        veuillez le désinscrire dans Braze.",
    customer_opted_out_in_words: "Le client demande de ne plus recevoir de SMS, en d'autres mots que STOP. Cela vaut \
        désinscription : les réponses de ce ticket ne sont plus envoyées tant qu'il n'a pas envoyé START, et \
        Braze est averti pour le désinscrire.",
    braze_untold: "Braze n'a pas pu être averti que le client ne veut plus de SMS. Le pont ne lui envoie rien, mais \
        des campagnes de Braze le peuvent : veuillez le désinscrire dans Braze et prévenir votre \
        administrateur. La clé a besoin de l'autorisation subscription.status.set, et le réglage \
        BRAZE_SUBSCRIPTION_GROUP_ID d'un groupe qui existe.",
    closing: "Votre demande a été clôturée",
    file_not_attached: "Fichier non joint ({why}) : {link}",
    more_not_attached: "… et {count} autres fichiers non joints",
    one_file: "(1 fichier)",
    files: "({count} fichiers)",
    one_late_file: "(1 fichier non joint plus haut)",
    late_files: "({count} fichiers non joints plus haut)",
    file_not_sent: "Pièce jointe de la réponse : fichier non envoyé par SMS{names}. Veuillez l'envoyer \
        autrement, par exemple par un lien.",
    files_not_sent: "Pièces jointes de la réponse : {count} fichiers non envoyés par SMS{names}. \
        Veuillez les envoyer autrement, par exemple par des liens.",
    cost: "Coût du SMS : {parts} partie(s) en {messages} message(s), {encoding}",
    cost_forced_by: ", à cause du caractère {character}",
    loop_fuse: "SMS : le numéro du client a envoyé {count} fois le même texte en une heure, comme le \
        fait un répondeur. Aucun autre SMS automatique (le message de clôture) n'y est envoyé avant \
        qu'un autre texte arrive, ou qu'une heure passe sans aucun. Vos propres réponses sont envoyées.",
    context: "Contexte du client dans Braze :",
    left_out: "Ce ticket a été ouvert sans une partie de ce que la campagne Braze demandait, parce qu'elle \
        n'est pas valable ou que Zendesk l'a refusée : {names}. Vérifiez le corps du webhook de la campagne.",
    media: Media {
        bad_link: "lien inutilisable",
        not_https: "le lien n'est pas en https",
        private_address: "le lien mène à une adresse privée",
        too_many_redirects: "trop de redirections",
        unreachable: "injoignable",
        timed_out: "délai dépassé",
        status: "son serveur a répondu {status}",
        encoded: "contenu compressé",
        empty: "fichier vide",
        too_large: "il dépasse 8 Mo",
        type_not_allowed: "type non accepté",
        not_its_type: "son contenu ne correspond pas à son type",
        too_many: "plus de dix fichiers",
        not_taken: "Zendesk n'a pas pu le recevoir",
        refused: "refusé par Zendesk",
        interrupted: "échec de la récupération",
    },
};

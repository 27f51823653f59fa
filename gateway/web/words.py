"""Every word of the pages, in French and English. A phrase stands in both or in neither."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.web.words_alerts import ALERTS
from gateway.web.words_clicker import CLICKER
from gateway.web.words_floor import FLOOR
from gateway.web.words_walk import WALK

LANGUAGES = ("fr", "en")

_BOTH: dict[str, tuple[str, str]] = {
    # navigation and frame
    "glance": ("Aperçu", "At a glance"),
    "stock": ("Stock", "Stock"),
    "doors": ("Entrées", "Doors"),
    "devices": ("Appareils", "Devices"),
    "skip": ("Aller au contenu", "Skip to content"),
    "other_language": ("English", "Français"),
    "pages": ("Pages", "Pages"),
    # live state
    "served_at": ("État à {time}", "As of {time}"),
    "live": ("En direct", "Live"),
    "not_live": ("Pas en direct depuis {time}", "Not live since {time}"),
    # figures
    "figures": ("En ce moment", "Right now"),
    "entries_today": ("Entrées aujourd’hui", "Entries today"),
    "staff_out": ("{visitors} hors personnel", "{visitors} without staff"),
    "occupancy": ("Dans le magasin", "In the store"),
    "occupancy_note": ("personnes, estimation", "people, believed"),
    "conversion": ("Conversion", "Conversion"),
    "conversion_window": ("de {since} à {until}", "{since} to {until}"),
    "between": ("entre {low} et {high}", "between {low} and {high}"),
    "estimated": ("estimé", "estimated"),
    "too_few": ("trop peu de visiteurs pour le dire", "too few visitors to say"),
    "devices_ok": ("Appareils à l’écoute", "Devices listening"),
    "devices_all": ("tous répondent", "all answer"),
    "devices_not": ("{count} à voir", "{count} to look at"),
    "devices_none": ("aucun configuré", "none configured"),
    "feed": ("Liaison siège", "Feed to HQ"),
    "feed_on": ("Connectée", "Connected"),
    "feed_off": ("Coupée", "Down"),
    "feed_none": ("Aucune", "None"),
    "feed_none_note": ("ce magasin travaille seul", "this store works alone"),
    "feed_waiting_one": ("1 message en attente", "1 message waiting"),
    "feed_waiting": ("{count} messages en attente", "{count} messages waiting"),
    "feed_empty": ("rien en attente", "nothing waiting"),
    "feed_broker": (
        "reçu dès que le courtier MQTT l’a ; le siège ne confirme pas",
        "received once the MQTT broker has it; HQ does not confirm",
    ),
    "feed_refused": ("refusé par le courtier MQTT : {what}", "refused by the MQTT broker: {what}"),
    "feed_part_birth": ("présence", "presence"),
    "feed_part_changes": ("stock", "stock"),
    "feed_part_snapshot": ("stock complet", "whole stock"),
    "feed_part_digest": ("sommes de contrôle", "digest"),
    "feed_part_footfall": ("fréquentation", "footfall"),
    "feed_part_event": ("événements EPCIS", "EPCIS events"),
    "feed_part_alert": ("alertes", "alerts"),
    "feed_part_command": ("commandes du siège", "commands from HQ"),
    "feed_part_answer": ("réponses au siège", "answers to HQ"),
    # alerts
    "alerts": ("À regarder", "Look at this"),
    "no_alerts": ("Rien à signaler.", "Nothing needs a look."),
    "since": ("depuis {time}", "since {time}"),
    # shelves
    "shelves": ("Rayons", "Shelves"),
    "shelves_note": (
        "Unités attendues sur place ; le trait plein montre la part de la capacité.",
        "Units expected in place; the bar is their share of the capacity.",
    ),
    "of_capacity": ("sur {count}", "of {count}"),
    "gaps_one": ("1 article manque", "1 article missing"),
    "gaps": ("{count} articles manquent", "{count} articles missing"),
    "no_gaps": ("rien ne manque", "nothing missing"),
    "unseen_one": ("1 inconnu", "1 unknown"),
    "unseen": ("{count} inconnus", "{count} unknown"),
    "kind_shelf": ("rayon", "shelf"),
    "kind_backroom": ("réserve", "back room"),
    "kind_fitting": ("cabines", "fitting room"),
    "kind_hold": ("mises de côté", "hold bay"),
    "kind_till": ("caisse", "till"),
    "kind_exit": ("sortie", "exit"),
    "no_zones": ("Aucune zone n’est configurée.", "No zone is configured."),
    # articles
    "articles": ("Articles", "Articles"),
    "articles_caption": ("Ce qui manque d’abord, puis par nom", "Missing first, then by name"),
    "search": ("Nom, taille ou code", "Name, size or code"),
    "every_state": ("Tous les états", "Every state"),
    "every_zone": ("Toutes les zones", "Every zone"),
    "state_label": ("État", "State"),
    "zone_label": ("Zone", "Zone"),
    "filter": ("Filtrer", "Filter"),
    "clear": ("Tout afficher", "Show all"),
    "article": ("Article", "Article"),
    "state": ("État", "State"),
    "on_hand": ("En magasin", "On hand"),
    "available": ("Promis", "Promise"),
    "sure": ("Au moins un", "At least one"),
    "where": ("Où", "Where"),
    "sure_help": (
        "« Promis » : ce qu’on garantit au client ; « au moins un » : la certitude d’en trouver.",
        "“Promise”: what a customer is guaranteed; “at least one”: how sure it is to find one.",
    ),
    "unknown": ("inconnu", "unknown"),
    "in_stock": ("en stock", "in stock"),
    "low": ("bas", "low"),
    "out_of_stock": ("rupture", "out"),
    "no_match": ("Aucun article ne correspond.", "No article matches."),
    "no_articles": ("Le catalogue est vide.", "The catalogue is empty."),
    "range": ("{first}–{last} sur {total}", "{first}–{last} of {total}"),
    "previous": ("Précédents", "Previous"),
    "next": ("Suivants", "Next"),
    "held_one": ("1 réservé", "1 held"),
    "held": ("{count} réservés", "{count} held"),
    # devices
    "device": ("Appareil", "Device"),
    "heard": ("Entendu", "Heard"),
    "rate": ("Lectures/s", "Reads/s"),
    "reads": ("Lectures", "Reads"),
    "faults": ("Défauts", "Faults"),
    "facts": ("Matériel", "Hardware"),
    "antenna": ("antenne {number}", "antenna {number}"),
    "device_ok": ("à l’écoute", "listening"),
    "device_silent": ("muet", "silent"),
    "device_offline": ("hors ligne", "offline"),
    "device_unknown": ("inconnu", "unknown"),
    "no_devices": ("Aucun appareil ne s’est encore présenté.", "No device has shown itself yet."),
    "devices_caption": ("Chaque appareil et chaque antenne", "Every device and antenna"),
    "never": ("jamais", "never"),
    "just_now": ("à l’instant", "just now"),
    "minutes_ago": ("il y a {count} min", "{count} min ago"),
    "hours_ago": ("il y a {count} h", "{count} h ago"),
    "days_ago": ("il y a {count} j", "{count} d ago"),
    # one article
    "pair": ("{label} : {value}", "{label}: {value}"),
    "back": ("Retour aux articles", "Back to the articles"),
    "code": ("Code", "Code"),
    "expected": ("Moyenne attendue", "Expected mean"),
    "reserved": ("Réservés", "Held"),
    "unavailable": ("Hors vente", "Not sellable"),
    "capacity": ("Capacité", "Capacity"),
    "count": ("Attendus", "Expected"),
    "zone": ("Zone", "Zone"),
    "rests_on": ("D’après", "Rests on"),
    "last_evidence": ("Dernière preuve", "Newest evidence"),
    "source_tags": ("étiquettes", "tags"),
    "source_book": ("écritures", "book"),
    "source_scale": ("balance", "scale"),
    "nowhere": ("Vu nulle part.", "Seen nowhere."),
    "variants": ("Autres tailles et couleurs", "Other sizes and colours"),
    "history": ("Historique", "History"),
    "history_caption": ("Les mouvements les plus récents d’abord", "Newest movements first"),
    "no_history": ("Aucun mouvement noté.", "No movement noted."),
    "when": ("Quand", "When"),
    "what": ("Quoi", "What"),
    "qty": ("Quantité", "Quantity"),
    "ref": ("Référence", "Reference"),
    "reason_sold": ("vendu", "sold"),
    "reason_returned": ("retourné", "returned"),
    "reason_received": ("reçu", "received"),
    "reason_counted": ("compté", "counted"),
    "reason_arrived": ("arrivé", "arrived"),
    "reason_moved": ("déplacé", "moved"),
    "reason_departed": ("parti", "departed"),
    "reason_held": ("mis de côté", "held"),
    "reason_released": ("libéré", "released"),
    "reason_collected": ("remis au client", "handed over"),
    # doors
    "today_by_hour": ("Aujourd’hui, heure par heure", "Today, hour by hour"),
    "hour": ("Heure", "Hour"),
    "in": ("Entrées", "In"),
    "out": ("Sorties", "Out"),
    "visitors": ("Visiteurs", "Visitors"),
    "inside": ("Présents", "Inside"),
    "transactions": ("Ventes", "Sales"),
    "interval": ("Intervalle 95 %", "95% interval"),
    "units_a_ticket": ("Articles par ticket", "Units a ticket"),
    "a_visitor": ("{count} par visiteur", "{count} a visitor"),
    "average_ticket": ("Ticket moyen", "Average ticket"),
    "residual": ("écart à la dernière remise à zéro : {count}", "error at the last reset: {count}"),
    "groups": ("Groupes", "Groups"),
    "outside_hours": ("{count} entrées hors ouverture", "{count} came in out of hours"),
    "reentries": ("{count} ressortis et revenus", "{count} went out and came back"),
    "reentries_one": ("1 ressorti et revenu", "1 went out and came back"),
    "outside_hours_one": ("1 entrée hors ouverture", "1 came in out of hours"),
    "flag_too_few": ("trop peu de visiteurs pour le dire", "too few visitors to say"),
    "flag_more_sales_than_visitors": (
        "plus de ventes que de visiteurs",
        "more sales than visitors",
    ),
    "flag_sales_without_visitors": ("ventes sans visiteurs", "sales without visitors"),
    "flag_visit_length_unknown": (
        "durée des visites inconnue",
        "visit length not known yet",
    ),
    "draw_title": ("Ce qui attire", "What draws people in"),
    "draw_note": (
        "D’après les paniers, aujourd’hui ; jamais moins de {count} à la fois.",
        "Told from baskets, today; never fewer than {count} at once.",
    ),
    "draw_in": ("Part des paniers", "Share of baskets"),
    "dwell": ("Durée moyenne", "Mean stay"),
    "plot": ("Visiteurs par heure", "Visitors by hour"),
    "no_footfall": ("Aucun passage compté aujourd’hui.", "No passage counted today."),
}  # fmt: skip

WORDS: Mapping[str, Mapping[str, str]] = {
    lang: {key: both[place] for key, both in (_BOTH | FLOOR | CLICKER | WALK | ALERTS).items()}
    for place, lang in enumerate(LANGUAGES)
}


def language(asked: str | None, accepted: str) -> str:
    """The page's language: `asked` if we speak it, else the best of an Accept-Language header.

    English where neither names a language of ours (RFC 9110, section 12.5.4).
    """
    if asked in LANGUAGES:
        return asked
    best, lang = 0.0, "en"
    for part in accepted.split(",")[:20]:
        name, _, parameter = part.strip().partition(";")
        tag = name.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if tag in LANGUAGES and weight > best:
            best, lang = weight, tag
    return lang


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0

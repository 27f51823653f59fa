"""The words of the page for the installer's walk: French, English. Part of `words`."""

from __future__ import annotations

WALK: dict[str, tuple[str, str]] = {
    "walk": ("Tour des antennes", "Antenna walk"),
    "walk_link": ("Faire le tour des antennes", "Walk round the antennas"),
    "walk_how": (
        ("Posez les mêmes étiquettes dans chaque zone : la passerelle mesure ce que chaque antenne"
        " en entend."),
        "Lay the same tags into each zone: the gateway measures what every antenna hears of them.",
    ),
    "walk_no_antennas": ("Aucune antenne n’est configurée.", "No antenna is configured."),
    "walk_which": ("Vos étiquettes", "Your tags"),
    "walk_count": ("Combien en avez-vous ?", "How many do you have?"),
    "walk_count_help": (
        ("Prenez-en 5 à 20 qui ne sont pas des articles du magasin, et laissez-les d’abord hors de"
        " portée : dehors, ou dans une boîte en métal."),
        ("Take 5 to 20 that are no goods of this store, and leave them out of earshot at first:"
        " outside, or in a metal box."),
    ),
    "walk_epcs": ("Ou leurs EPC, un par ligne", "Or their EPCs, one a line"),
    "walk_epcs_help": (
        "Plus sûr, et nécessaire si ce sont des articles du magasin.",
        "Surer, and needed if they are goods of this store.",
    ),
    "walk_start": ("Commencer", "Start"),
    "walk_listening": (
        "Laissez les étiquettes hors de portée : encore {seconds} s.",
        "Keep the tags out of earshot for another {seconds} s.",
    ),
    "walk_ready": (
        "Posez les étiquettes dans une zone, écartées, puis touchez son nom et reculez.",
        "Lay the tags into a zone, spread out, then tap its name and step back.",
    ),
    "walk_laid": (
        "Elles sont dans {zone} : ne touchez à rien, encore {seconds} s.",
        "They lie in {zone}: touch nothing for another {seconds} s.",
    ),
    "walk_heard": (
        "{heard} étiquettes entendues sur {count}",
        "{heard} of {count} tags heard",
    ),
    "walk_known": (
        "{known} étiquettes reconnues sur {count}",
        "{known} of {count} tags made out",
    ),
    "walk_zones": ("Zones", "Zones"),
    "walk_not_yet": ("à faire", "to do"),
    "walk_done": ("{heard} sur {laid} entendues", "{heard} of {laid} heard"),
    "walk_in_force": ("appliqué", "in force"),
    "walk_no_antenna": ("sans antenne", "no antenna"),
    "walk_result": ("Ce que chaque antenne entend", "What every antenna hears"),
    "walk_own": ("Sa zone", "Its zone"),
    "walk_tags": ("Entendues", "Heard"),
    "walk_rate": ("Lues par tour", "Read a round"),
    "walk_verdict": ("Verdict", "Verdict"),
    "walk_verdict_good": ("bonne", "good"),
    "walk_verdict_weak": (
        "faible : entend peu de sa zone",
        "weak: hears little of its zone",
    ),
    "walk_verdict_elsewhere": ("entend mieux {zone}", "hears {zone} better"),
    "walk_verdict_deaf": (
        "sourde : tourne et n’entend rien",
        "deaf: goes round and hears nothing",
    ),
    "walk_verdict_silent": (
        "muette : aucun tour",
        "silent: no round",
    ),
    "walk_verdict_unsure": ("trop peu de tours : recommencez", "too few rounds: do it again"),
    "walk_verdict_waiting": ("pas encore mesurée", "not measured yet"),
    "walk_fix": (
        ("Sourde : voyez le câble. Entend mieux ailleurs : câbles échangés ou antenne mal tournée."
        " Muette : voyez le lecteur et store.toml. Puis refaites cette zone."),
        ("Deaf: look at its cable. Hears elsewhere better: swapped cables, or it looks the wrong"
        " way. Silent: look at the reader and store.toml. Then do that zone again."),
    ),
    "walk_apply": ("Appliquer ces mesures", "Put these in force"),
    "walk_applied": (
        "Mesures appliquées : le stock s’y fie dès maintenant.",
        "In force: the stock goes by them from now on.",
    ),
    "walk_discard": ("Finir le tour", "End the walk"),
    "walk_sure": (
        "Finir ? Ce qui n’est pas appliqué est perdu.",
        "End it? What is not in force is lost.",
    ),
    "walk_why_not_started": ("Commencez d’abord le tour.", "Start the walk first."),
    "walk_why_listening": (
        "Attendez : la passerelle écoute encore ce qui est déjà là.",
        "Wait: the gateway still listens to what is there anyway.",
    ),
    "walk_why_laid": ("Attendez la fin de la mesure.", "Wait for the end of the measurement."),
    "walk_why_nothing": ("Rien n’est encore mesuré.", "Nothing was measured yet."),
    "walk_why_no_readers": ("Aucun lecteur n’est configuré.", "No reader is configured."),
    "walk_why_tags": (
        "Un EPC n’est pas lisible : 4 à 124 chiffres hexadécimaux.",
        "An EPC cannot be read: 4 to 124 hex digits.",
    ),
    "walk_why_count": ("Il faut 3 à 50 étiquettes.", "It takes 3 to 50 tags."),
    "walk_needs_token": (
        "Le tour demande un jeton : saisissez le vôtre plus bas.",
        "The walk needs a token: enter yours below.",
    ),
    "walk_forbidden": ("Ce jeton ne le permet pas.", "This token may not do that."),
    "walk_failed": (
        "Rien n’a été enregistré. Réessayez.",
        "Nothing was recorded. Try again.",
    ),
    "walk_noscript": ("Le tour demande JavaScript.", "The walk needs JavaScript."),
}  # fmt: skip

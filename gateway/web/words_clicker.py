"""The words of the page for the person with the clicker: French, English. Part of `words`."""

from __future__ import annotations

CLICKER: dict[str, tuple[str, str]] = {
    "clicker": ("Comptage", "Clicker"),
    "clicker_link": ("Compter à la main", "Count by hand"),
    "clicker_title": ("Compter à la main : {door}", "Count by hand: {door}"),
    "clicker_none": ("Aucune porte n’est configurée.", "No door is configured."),
    "clicker_how": (
        "Postez-vous à la porte, touchez « Commencer », puis un bouton à chaque passage.",
        "Stand at the door, tap “Start”, then a button each time somebody passes.",
    ),
    "clicker_several": (
        "À plusieurs, un sens chacun : touché sur deux téléphones, un passage compte deux fois.",
        "Several of you? One way each: a crossing tapped on two phones counts twice.",
    ),
    "clicker_in": ("Entre", "In"),
    "clicker_out": ("Sort", "Out"),
    "clicker_undo": ("Annuler le dernier", "Undo the last"),
    "clicker_start": ("Commencer", "Start"),
    "clicker_pause": ("Faire une pause", "Pause"),
    "clicker_running": ("Comptage en cours", "Counting now"),
    "clicker_stopped": ("Comptage arrêté", "Counting stopped"),
    "clicker_waiting_one": (
        "Pas de connexion : 1 passage attend sur ce téléphone.",
        "No connection: 1 crossing waits on this phone.",
    ),
    "clicker_waiting": (
        "Pas de connexion : {count} passages attendent sur ce téléphone.",
        "No connection: {count} crossings wait on this phone.",
    ),
    "clicker_result": ("Résultat", "Result"),
    "clicker_progress": (
        "En {minutes} min : {crossings} à la main (au moins {needed}), {counted} par la porte.",
        "In {minutes} min: {crossings} by hand (at least {needed}), {counted} by the door.",
    ),
    "clicker_minute": (
        "Les derniers passages s’ajoutent ici chaque minute.",
        "The latest crossings are added here every minute.",
    ),
    "clicker_why_few": (
        "Pas encore de facteur : comptez encore.",
        "No factor yet: count some more.",
    ),
    "clicker_why_nobody": (
        "La porte n’a compté personne : vérifiez le capteur.",
        "The door counted nobody: check the sensor.",
    ),
    "clicker_why_swapped": (
        "La porte compte les entrées comme des sorties : écrivez invert = true.",
        "The door counts people in as going out: write invert = true.",
    ),
    "clicker_why_factor": (
        "Refusé : un facteur de {factor} est hors de 0,8 à 1,5. Posez mieux le capteur.",
        "Refused: a factor of {factor} is outside 0.8 to 1.5. Mount the sensor anew.",
    ),
    "clicker_why_impossible": ("Ces chiffres sont impossibles.", "These counts are impossible."),
    "clicker_flow": ("Passages par minute", "Passages a minute"),
    "clicker_flow_from": ("à partir de {flow}", "{flow} and more"),
    "clicker_factor": ("Facteur", "Factor"),
    "clicker_offered": ("Facteurs trouvés", "Factors found"),
    "clicker_in_force": ("Facteurs en vigueur", "Factors in force"),
    "clicker_rules": (
        "Ils remplacent calibration = {calibration} de store.toml, sauf si cette clé change.",
        "They stand instead of calibration = {calibration} in store.toml, until that key changes.",
    ),
    "clicker_config": (
        "La porte compte avec calibration = {calibration} de store.toml.",
        "The door counts by calibration = {calibration} in store.toml.",
    ),
    "clicker_apply": ("Appliquer ces facteurs", "Apply these factors"),
    "clicker_applied": ("Facteurs appliqués.", "Factors applied."),
    "clicker_discard": ("Recommencer à zéro", "Start over"),
    "clicker_sure": ("Effacer ce comptage ?", "Throw this count away?"),
    "clicker_forget": ("Revenir à store.toml", "Back to store.toml"),
    "clicker_needs_token": (
        "Compter demande un jeton : saisissez le vôtre plus bas.",
        "Counting needs a token: enter yours below.",
    ),
    "clicker_forbidden": ("Ce jeton ne permet pas de compter.", "This token may not count."),
    "clicker_failed": (
        "Rien n’a été enregistré. Réessayez.",
        "Nothing was recorded. Try again.",
    ),
    "clicker_noscript": ("Le comptage demande JavaScript.", "Counting needs JavaScript."),
}  # fmt: skip

"""What a person should look at, said as a sentence: French, English. Part of `words`.

For each kind a heading (`alert_…`) and what it means for this store (`look_…`), with the name of
what it is about; the numbers behind it follow from `words_details`.
"""

from __future__ import annotations

ALERTS: dict[str, tuple[str, str]] = {
    "alert_device_silent": ("Appareil muet", "Device silent"),
    "look_device_silent": ("{subject} ne dit plus rien.", "{subject} says nothing any more."),
    "alert_device_offline": ("Appareil hors ligne", "Device offline"),
    "look_device_offline": ("{subject} ne répond pas.", "{subject} does not answer."),
    "alert_device_attention": ("Appareil à vérifier", "Device needs attention"),
    "look_device_attention": (
        "{subject} fonctionne, mais demande un regard.",
        "{subject} works, but wants a look.",
    ),
    "alert_too_warm": ("Trop chaud", "Too warm"),
    "look_too_warm": ("{subject} est trop chaud.", "{subject} is too warm."),
    "alert_too_cold": ("Trop froid", "Too cold"),
    "look_too_cold": ("{subject} est trop froid.", "{subject} is too cold."),
    "alert_left_open": ("Resté ouvert", "Left open"),
    "look_left_open": ("{subject} est resté ouvert.", "{subject} was left open."),
    "alert_phantom_stock": ("Stock fantôme", "Phantom stock"),
    "look_phantom_stock": (
        "{subject} : à recompter, il en manque.",
        "{subject}: count it, some are missing.",
    ),
    "alert_shelf_empty": ("Rayon vide, stock en réserve", "Shelf empty, stock in the back"),
    "look_shelf_empty": (
        "{subject} : à remettre en rayon.",
        "{subject}: bring some to the shelf.",
    ),
    "alert_shelf_short": ("Rayon à compléter", "Shelf to be filled"),
    "look_shelf_short": (
        "{subject} : en remettre en rayon, la réserve en a.",
        "{subject}: bring more to the shelf, the back room has some.",
    ),
    "alert_misplaced": ("Article mal rangé", "Misplaced article"),
    "look_misplaced": (
        "{subject} : à remettre dans son rayon.",
        "{subject}: put it back on its own shelf.",
    ),
    "alert_cloned_tag": ("Étiquette en double", "Tag copied"),
    "look_cloned_tag": (
        "{subject} : lue à deux endroits à la fois ; chercher l’étiquette copiée.",
        "{subject}: read in two places at once; look for the copied tag.",
    ),
    "alert_back_on_shelf": ("De retour en rayon", "Back on the shelf"),
    "look_back_on_shelf": (
        "{subject} : quelqu’un l’attendait.",
        "{subject}: somebody waited for it.",
    ),
    "alert_clock_wrong": ("Horloge fausse", "Clock wrong"),
    "look_clock_wrong": (
        "L’heure de {subject} n’est pas juste.",
        "The time of {subject} is not right.",
    ),
    "alert_disk_filling": ("Disque presque plein", "Disk filling"),
    "look_disk_filling": (
        "Le disque de {subject} est presque plein.",
        "The disk of {subject} is nearly full.",
    ),
    "alert_in_out_swapped": ("Entrées et sorties inversées", "In and out swapped"),
    "look_in_out_swapped": (
        "{subject} : un compteur semble monté à l’envers, voir invert.",
        "{subject}: a counter seems to be mounted backwards, see invert.",
    ),
    "alert_door_zero_run": ("Porte qui ne compte plus", "Door counts nobody"),
    "look_door_zero_run": (
        "{subject} parle, mais ne compte personne : vérifiez le capteur.",
        "{subject} speaks, but counts nobody: check the sensor.",
    ),
    "alert_footfall_busy": ("Affluence inhabituelle", "Unusually busy"),
    "look_footfall_busy": (
        "{subject} reçoit bien plus de monde que d’habitude.",
        "{subject} has far more visitors than usual.",
    ),
    "alert_footfall_dead": ("Calme inhabituel", "Unusually quiet"),
    "look_footfall_dead": (
        "{subject} reçoit bien moins de monde que d’habitude.",
        "{subject} has far fewer visitors than usual.",
    ),
    "alert_footfall_busy_day": ("Journée très fréquentée", "Unusually busy day"),
    "look_footfall_busy_day": (
        "{subject} reçoit aujourd’hui bien plus de monde que d’habitude.",
        "{subject} has far more visitors today than usual.",
    ),
    "alert_footfall_dead_day": ("Journée très calme", "Unusually quiet day"),
    "look_footfall_dead_day": (
        "{subject} reçoit aujourd’hui bien moins de monde que d’habitude.",
        "{subject} has far fewer visitors today than usual.",
    ),
}  # fmt: skip

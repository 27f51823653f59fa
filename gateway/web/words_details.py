"""What devices and engines say of themselves, in French and English.

Drivers and engines speak one plain English line with its numbers in it. Here stands what each such
line looks like and how the same is said in French; what stands in braces is carried over. A line
that is not here is shown as it is, and said to be English.
"""

from __future__ import annotations

import re
from functools import cache

_DETAILS: tuple[tuple[str, str], ...] = (
    # any device
    ("the driver failed; see the log", "le pilote a échoué ; voir le journal"),
    ("ended", "terminé"),
    ("the port was closed", "le port a été fermé"),
    ("battery low: {which}", "pile faible : {which}"),
    # doors
    ("no heartbeat for {n} s", "aucun signe de vie depuis {n} s"),
    (
        "nothing on the port speaks as a Shelfcast counter does",
        "rien sur ce port ne parle comme un compteur Shelfcast",
    ),
    (
        "the port has unit {n}, the config says unit {other}",
        "ce port a l’unité {n}, la configuration dit {other}",
    ),
    (
        "it is unit {n}, before it was unit {other}",
        "c’est l’unité {n}, avant c’était l’unité {other}",
    ),
    ("stuck: {beams}", "bloqué : {beams}"),
    ("{where} does not answer: {why}", "{where} ne répond pas : {why}"),
    (
        "{where} refuses the user name or password",
        "{where} refuse le nom d’utilisateur ou le mot de passe",
    ),
    ("{where} answers {status}", "{where} répond {status}"),
    ("no such chip {chip}", "pas de puce {chip}"),
    (
        "{chip} may not be opened: is the user in the group gpio?",
        "{chip} ne peut être ouvert : l’utilisateur est-il du groupe gpio ?",
    ),
    (
        "another program has the pins {pins} of {chip}",
        "un autre programme tient les broches {pins} de {chip}",
    ),
    ("{chip} has no pins {pins}", "{chip} n’a pas les broches {pins}"),
    ("people leave before they come", "on y sort avant d’entrer"),
    ("nobody counted where {n} are usual", "personne compté, d’habitude {n}"),
    (
        "{count} came where {usual} are usual, p = {p}",
        "{count} entrées, d’habitude {usual}, p = {p}",
    ),
    # readers
    ("no answer from {where}", "aucune réponse de {where}"),
    ("cannot connect to {where}: {why}", "connexion à {where} impossible : {why}"),
    ("the reader sees no antenna on this port", "le lecteur ne voit pas d’antenne sur ce port"),
    ("the reader does not answer", "le lecteur ne répond pas"),
    ("the RFID module does not answer", "le module RFID ne répond pas"),
    ("the reader closed the connection", "le lecteur a fermé la connexion"),
    ("the reader has been silent for {n} s", "le lecteur se tait depuis {n} s"),
    (
        "the reader took the connection and said nothing",
        "le lecteur a pris la connexion et n’a rien dit",
    ),
    ("the reader did not answer {what}", "le lecteur n’a pas répondu à {what}"),
    ("the reader takes no more messages", "le lecteur ne prend plus de messages"),
    (
        "the reader has {n} antennas, there is no antenna {which}",
        "le lecteur a {n} antennes, il n’y a pas d’antenne {which}",
    ),
    (
        "readers of this kind have {n} antennas at most",
        "les lecteurs de ce type ont {n} antennes au plus",
    ),
    ("this is no LLRP reader: {why}", "ce n’est pas un lecteur LLRP : {why}"),
    (
        "the reader has no region set, so it may not send",
        "le lecteur n’a pas de région réglée, il ne doit donc pas émettre",
    ),
    (
        "the reader reads by itself; set it to answer mode",
        "le lecteur lit de lui-même ; réglez-le pour qu’il réponde",
    ),
    (
        ("its search mode cannot be set: single target or TagFocus would keep tags silent"
        " that are there; set dual target on the reader"),
        ("son mode de recherche ne peut pas être réglé : « single target » ou TagFocus ferait taire"
        " des étiquettes présentes ; réglez « dual target » sur le lecteur"),
    ),
    (
        ("session {n} keeps a tag silent for a while after it was heard;"
        " take session out of the config, or set it to 0 or 1"),
        ("la session {n} fait taire une étiquette un moment après chaque lecture ;"
        " retirez session de la configuration, ou mettez 0 ou 1"),
    ),
    ("the reader has no antenna port {n}", "le lecteur n’a pas de port d’antenne {n}"),
    ("the reader finds no antenna on this port", "le lecteur ne trouve pas d’antenne sur ce port"),
    (
        "the reader measures no antenna on this port",
        "le lecteur ne mesure pas d’antenne sur ce port",
    ),
    ("this reader has one antenna", "ce lecteur a une seule antenne"),
    ("another program holds the reader", "un autre programme tient le lecteur"),
    (
        "another program holds the reader (a connection that the reader made itself)",
        "un autre programme tient le lecteur (une connexion que le lecteur a ouverte lui-même)",
    ),
    (
        "the reader refused the connection without saying why",
        "le lecteur a refusé la connexion sans dire pourquoi",
    ),
    (
        "another program tried to take the reader over",
        "un autre programme a essayé de prendre le lecteur",
    ),
    # Bluetooth and brokers
    ("another program scans with {adapter}", "un autre programme utilise {adapter}"),
    ("{adapter} is switched off", "{adapter} est éteint"),
    ("bluetoothd is not running", "bluetoothd ne tourne pas"),
    ("no D-Bus system bus", "pas de bus système D-Bus"),
    ("no Bluetooth adapter {adapter}", "pas d’adaptateur Bluetooth {adapter}"),
    (
        "no advert for {n} s on {adapter}; it was switched off and on",
        "plus rien entendu depuis {n} s sur {adapter} ; il a été redémarré",
    ),
    ("no advert for {n} s on {adapter}", "plus rien entendu depuis {n} s sur {adapter}"),
    ("{adapter} does not begin to scan", "{adapter} ne se met pas à écouter"),
    ("it was not scanning", "il n’écoutait pas"),
    (
        "{broker} refuses the subscription to {topics}",
        "{broker} refuse l’abonnement à {topics}",
    ),
    ("{broker} does not answer", "{broker} ne répond pas"),
    ("{broker} does not answer as an MQTT broker", "{broker} ne répond pas en MQTT"),
    ("{broker}: there is no host of this name", "{broker} : aucune machine de ce nom"),
    (
        "{broker} refuses: no broker listens there",
        "{broker} refuse : aucun courtier MQTT n’y écoute",
    ),
    (
        "{broker} shows a certificate that does not check: {why}",
        "{broker} montre un certificat qui ne se vérifie pas : {why}",
    ),
    (
        "{broker} refuses the user name or password (not authorised)",
        "{broker} refuse l’utilisateur ou le mot de passe (non autorisé)",
    ),
    (
        "{broker} refuses the user name or password of {user}",
        "{broker} refuse l’utilisateur ou le mot de passe de {user}",
    ),
    ("{broker} refuses the client id", "{broker} refuse notre identifiant"),
    ("{broker} is not available now", "{broker} n’est pas disponible"),
    ("{broker} is shutting down", "{broker} s’arrête"),
    ("{broker} has banned this store", "{broker} a exclu ce magasin"),
    (
        "{broker} gave the connection to another client of the same id: a second gateway?",
        "{broker} a donné la connexion à un autre client de même nom : une autre passerelle ?",
    ),
    ("{broker} is gone: {why}", "{broker} est parti : {why}"),
    ("not tried yet", "pas encore essayé"),
    ("{broker} cannot be reached: {why}", "{broker} est injoignable : {why}"),
    # scales, fridges, doors left open
    (
        "not calibrated: see its raw reading and docs/devices/shelf-scale.md",
        "non calibrée : voir sa valeur brute et docs/devices/shelf-scale.md",
    ),
    (
        "its load cell does not answer: look at the two wires to the HX711",
        "sa cellule de charge ne répond pas : voir les deux fils vers le HX711",
    ),
    (
        "its amplifier is at its end: too much lies on it, or a wire of the cell is off",
        "son amplificateur est en butée : trop de poids, ou un fil de la cellule débranché",
    ),
    ("{value} °C, at most {limit} °C", "{value} °C, au plus {limit} °C"),
    ("{value} °C, at least {limit} °C", "{value} °C, au moins {limit} °C"),
    ("for {n} min", "depuis {n} min"),
    # the machine
    ("{n} GB free of {all} GB", "{n} Go libres sur {all} Go"),
    # stock
    ("none on the shelf, {n} in the back", "rien en rayon, {n} en réserve"),
    (
        "{n} of {room} on the shelf, {back} in the back",
        "{n} en rayon pour {room} places, {back} en réserve",
    ),
    ("{where}; planned on {planned}", "{where} ; prévu sur {planned}"),
    ("read in {here} and {there} at once", "lue à la fois dans {here} et {there}"),
    (
        "the book says {book}, the sensors {seen}",
        "{book} d’après les écritures, {seen} d’après les capteurs",
    ),
)  # fmt: skip

NO_HELP = " did not help"

_INSIDE = (
    ("lane", "voie"),
    ("beam", "faisceau"),
    ("Connection refused", "connexion refusée"),
    ("No route to host", "pas de chemin vers cette machine"),
    ("Network is unreachable", "réseau injoignable"),
    ("unspecified error", "connexion coupée"),
    ("No such file or directory", "aucun appareil de ce nom"),
    ("timed out", "délai dépassé"),
    ("a new scan", "une nouvelle écoute"),
    ("switching it off and on", "l’éteindre et le rallumer"),
    ("looking for it under another name", "le chercher sous un autre nom"),
    ("and", "et"),
    ("on", "sur"),
)
"""Words within what is carried over."""


def in_french(detail: str) -> str | None:
    """A device's or an engine's line in French; None for a line that nobody has translated."""
    what, _, tried = detail.removesuffix(NO_HELP).rpartition(", and ")
    if detail.endswith(NO_HELP) and what:
        said = in_french(what)
        return None if said is None else f"{said} ; {_inside(tried)} n’y a rien changé"
    for pattern, french in _patterns():
        if (found := pattern.fullmatch(detail)) is not None:
            carried = {name: _inside(text) for name, text in found.groupdict().items()}
            return french.format(**carried)
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(english), french) for english, french in _DETAILS)


def _pattern(english: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", english)
    text = "".join(
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile(text, re.DOTALL)


def _inside(text: str) -> str:
    if re.fullmatch(r"-?\d+\.\d+", text):
        return text.replace(".", ",")
    for english, french in _INSIDE:
        text = re.sub(rf"\b{english}\b", french, text)
    return text

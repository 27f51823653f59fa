"""What drivers and engines say is said in French, too: read from their own code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from drivers.ble.scanner import TRIED
from drivers.door.session import BARE_CELL, OVERLOADED_CELL, SILENT_CELL
from drivers.rfid.llrp.events import CONNECTION_REFUSED
from gateway.changes import Alert
from gateway.desk import Sample
from gateway.footfall.day import BUSY_DAY, DEAD_DAY
from gateway.footfall.unusual import BUSY, DEAD
from gateway.web.speech import Speech
from gateway.web.words import LANGUAGES, WORDS
from gateway.web.words_details import in_french
from tests.gateway.web.conftest import Bench
from tests.gateway.web.desk import NOW, SCARF, shop

ROOT = Path(__file__).parents[3]
REASONS = {"SourceLost", "ReaderLost", "ModuleLost", "SessionLost", "ScanFailed"}
SETTING_UP = ("pip install", "the reader has no mode", "inputs, there is no input", "(status ")
"""Said to whoever edits the config or opens the log: these stay English."""


def said_in(path: Path) -> Iterator[str]:
    """The lines that a driver gives as its reason, a 7 where it fills something in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in REASONS and node.args:
            yield from line_of(node.args[0])
        if name == "_missing" and len(node.args) == 2:
            yield from line_of(node.args[1])


def line_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from line_of(node.body)
        yield from line_of(node.orelse)
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = [str(p.value) if isinstance(p, ast.Constant) else "7" for p in node.values]
        yield "".join(parts)


def drivers_lines() -> list[str]:
    lines = {line for path in (ROOT / "drivers").rglob("*.py") for line in said_in(path)}
    # A source puts its own name first; what comes behind is what is said.
    plain = {re.sub(r"^7: ", "", line) for line in lines}
    return sorted(
        line
        for line in plain
        if re.search("[a-z]{3}", line) and not any(text in line for text in SETTING_UP)
    )


@pytest.mark.parametrize("line", drivers_lines())
def test_a_drivers_reason_is_said_in_french(line: str) -> None:
    assert in_french(line) is not None


@pytest.mark.parametrize(
    ("line", "french"),
    [
        ("stuck: lane 1 beam A, lane 2 beam B", "bloqué : voie 1 faisceau A, voie 2 faisceau B"),
        ("stuck: beam A and B", "bloqué : faisceau A et B"),
        ("no heartbeat for 2.5 s", "aucun signe de vie depuis 2,5 s"),
        (
            "cannot connect to 192.168.1.20:5084: Connection refused",
            "connexion à 192.168.1.20:5084 impossible : connexion refusée",
        ),
        ("nobody counted where 180 are usual", "personne compté, d’habitude 180"),
        (
            "no advert for 60 s on hci0, and a new scan, switching it off and on did not help",
            (
                "plus rien entendu depuis 60 s sur hci0 ; une nouvelle écoute,"
                " l’éteindre et le rallumer n’y a rien changé"
            ),
        ),
        ("8.2 °C, at most 7 °C", "8,2 °C, au plus 7 °C"),
        ("none on the shelf, 12 in the back", "rien en rayon, 12 en réserve"),
    ],
)
def test_what_stands_in_a_line_is_carried_over(line: str, french: str) -> None:
    assert in_french(line) == french


@pytest.mark.parametrize(
    "line", [BARE_CELL, SILENT_CELL, OVERLOADED_CELL, *CONNECTION_REFUSED.values()]
)
def test_fixed_lines_are_known(line: str) -> None:
    assert in_french(line) is not None


def test_every_attempt_has_words() -> None:
    for tried in TRIED.values():
        said = in_french(f"bluetoothd is not running, and {tried} did not help")
        assert said is not None
        assert tried not in said


def kinds() -> set[str]:
    """Kinds of alerts, from the calls that make them and the constants that they name."""
    found = {BUSY, DEAD, BUSY_DAY, DEAD_DAY}
    found |= {"device_silent", "device_offline", "phantom_stock", "shelf_empty"}
    for path in (ROOT / "gateway").rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r'(?:Alert|_Watch)\((?:\w+, )?"(\w+)"', text))
        found |= set(re.findall(r'_weigh\(now, "(\w+)"', text))
    return found


def test_every_kind_of_alert_has_a_heading_and_a_sentence() -> None:
    assert {"in_out_swapped", "door_zero_run", "footfall_busy", "too_warm"} <= kinds()
    for lang in LANGUAGES:
        for kind in kinds():
            assert f"alert_{kind}" in WORDS[lang], kind
            assert "{subject}" in WORDS[lang][f"look_{kind}"], kind


async def test_the_french_page_has_no_english_line(bench: Bench, here: httpx.AsyncClient) -> None:
    bench.desk.board.apply(
        [
            Alert(NOW, "shelf_empty", SCARF, "none on the shelf, 3 in the back"),
            Alert(NOW, "in_out_swapped", "store", "people leave before they come"),
            Alert(NOW, "device_offline", "door-main", "door-main: no heartbeat for 2.5 s"),
            Alert(NOW, "device_silent", "reader-1/3", "a line that nobody knows"),
        ]
    )
    french = (await here.get("/?lang=fr")).text
    for sentence in (
        "Écharpe laine : à remettre en rayon.",
        "rien en rayon, 3 en réserve",
        "Paris Rivoli : un compteur semble monté à l’envers, voir invert.",
        "aucun signe de vie depuis 2,5 s",
        "reader-1, antenne 3 ne dit plus rien.",
        '<span lang="en">a line that nobody knows</span>',
    ):
        assert sentence in french
    english = (await here.get("/?lang=en")).text
    assert "Wool scarf: bring some to the shelf." in english
    assert "no heartbeat for 2.5 s" in english
    assert "door-main: no heartbeat" not in english


@pytest.mark.parametrize(("waiting", "said"), [(1, "1 message waiting"), (2, "2 messages waiting")])
async def test_one_message_waits_and_two_do(
    bench: Bench, here: httpx.AsyncClient, waiting: int, said: str
) -> None:
    bench.desk.told = [
        Sample("uplink_connected", "gauge", "", 0.0),
        Sample("outbox_rows", "gauge", "", float(waiting)),
    ]
    assert said in (await here.get("/?lang=en")).text


async def test_the_line_to_hq_says_what_is_wrong_with_it(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    refused = "hq.example:8883 refuses the user name or password (not authorised)"
    bench.desk.told = [
        Sample("uplink_connected", "gauge", "", 0.0),
        Sample("uplink_ack_by_broker", "gauge", "", 1.0),
        Sample("uplink_refused", "gauge", "", 1.0, (("topic", "event"),)),
        Sample("uplink_refused", "gauge", "", 1.0, (("topic", "footfall"),)),
        Sample("uplink_trouble", "gauge", "", 1.0, (("line", refused),)),
    ]
    english, french = [(await here.get(f"/?lang={lang}")).text for lang in ("en", "fr")]
    assert "received once the MQTT broker has it; HQ does not confirm" in english
    assert "refused by the MQTT broker: EPCIS events, footfall" in english
    assert refused in english
    assert "refusé par le courtier MQTT : événements EPCIS, fréquentation" in french
    assert "hq.example:8883 refuse l’utilisateur ou le mot de passe (non autorisé)" in french


async def test_a_line_to_hq_that_is_well_says_no_more(
    bench: Bench, here: httpx.AsyncClient
) -> None:
    bench.desk.told = [
        Sample("uplink_connected", "gauge", "", 1.0),
        Sample("uplink_ack_by_broker", "gauge", "", 0.0),
    ]
    page = (await here.get("/?lang=en")).text
    assert "received once" not in page
    assert "refused by" not in page


def test_a_phrase_for_one_has_one_for_many() -> None:
    speech = Speech("fr", shop().clock, NOW)
    for key in WORDS["fr"]:
        if key.endswith("_one"):
            assert speech.plural(key.removesuffix("_one"), 1)
            assert speech.plural(key.removesuffix("_one"), 2)

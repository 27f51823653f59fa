"""Every way in which the config knows a beacon, in a recorded day as over the air."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drivers.ble.advertising import parse_payload
from drivers.ble.eid import eid_at
from drivers.ble.receivers import BleReceivers
from drivers.ble.scanner import BleSource
from drivers.observations import Advert
from gateway.capture.faults import CaptureFaults
from gateway.capture.lines import read_capture
from gateway.config.faults import ConfigError
from gateway.config.load import load_store
from gateway.config.model_ble import FORWARDED
from gateway.devices import sources_of
from gateway.roster import receivers_of, roster_of
from tests.drivers.ble import vectors

STORE = '[store]\nid = "X"\n[[zone]]\nid = "a"\n[ble]\n'
NOW = 1_763_740_800.0
KEY = vectors.EID_KEY.hex()
EID = "30e3" + eid_at(vectors.EID_KEY, 10, 100_000).hex()
SINCE = NOW - 100_000


def frames(text: str) -> dict[str, dict[str, str]]:
    found = parse_payload(bytes.fromhex(text))
    return {
        "manufacturer": {str(company): data.hex() for company, data in found.manufacturer.items()},
        "service": {uuid: data.hex() for uuid, data in found.service.items()},
    }


def store(folder: Path, match: str, more: str = "") -> Path:
    path = folder / "store.toml"
    beacon = f'[[ble.beacon]]\nid = "b"\nrole = "basket"\nmatch = {{ {match} }}\n{more}\n'
    path.write_text(STORE + beacon, "utf-8")
    (folder / "b.key").write_text(KEY + "\n")
    return path


@pytest.mark.parametrize(
    ("match", "more", "heard"),
    [
        (
            'ibeacon = "41424344-4546-4748-4940-414243444546", major = 1, minor = 2',
            "",
            frames(vectors.LETTERS),
        ),
        (
            'altbeacon = "2f234454-cf6d-4a0f-adf2-f4911ba9ffa6", major = 1, minor = 2',
            "",
            frames(vectors.ALTBEACON),
        ),
        (
            'eddystone = "12345678901234678901", instance = "000000000001"',
            "",
            frames(vectors.EDDYSTONE_UID),
        ),
        (f"eid = 10, since = {SINCE}", 'key_file = "b.key"', {"service": {"feaa": EID}}),
        (
            'eid = 10, since = "2025-11-20T12:13:20Z"',
            'key_file = "b.key"',
            {"service": {"feaa": EID}},
        ),
        ('address = "c4-7c-8d-6a-11-02"', "", {}),
    ],
)
def test_live_and_in_replay(
    tmp_path: Path, match: str, more: str, heard: dict[str, dict[str, str]]
) -> None:
    loaded = load_store(store(tmp_path, match, more))
    line = {"kind": "advert", "t": NOW, "src": "ble", "addr": "C4:7C:8D:6A:11:02", "rssi": -60}
    roster = roster_of(loaded)
    (replayed,) = read_capture([json.dumps(line | heard)], roster.hear, CaptureFaults())
    live = roster_of(loaded).hear(
        "C4:7C:8D:6A:11:02",
        -60.0,
        {int(k): bytes.fromhex(v) for k, v in heard.get("manufacturer", {}).items()},
        {k: bytes.fromhex(v) for k, v in heard.get("service", {}).items()},
        src="ble",
        t=NOW,
        at=NOW,
    )
    assert live == [replayed]
    assert isinstance(replayed, Advert)
    assert replayed.beacon == "b"


@pytest.mark.parametrize(
    ("match", "more", "fault"),
    [
        ("eid = 10, since = 0", "", "ble.beacon[b].key_file: missing; an eid is told by its key"),
        ("eid = 10", 'key_file = "b.key"', "ble.beacon[b].match.since: missing"),
        ("eid = 16, since = 0", 'key_file = "b.key"', "match.eid: 16 cannot stand here"),
        ('eid = 10, since = "noon"', 'key_file = "b.key"', '"noon" is no date and time'),
        (
            'eid = 10, since = "2025-11-20T12:13:20"',
            'key_file = "b.key"',
            "does not say in which time zone",
        ),
        ('address = "C4:7C:8D:6A:11:02", since = 5', "", "address has no since"),
    ],
)
def test_what_does_not_check(tmp_path: Path, match: str, more: str, fault: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        load_store(store(tmp_path, match, more))
    assert fault in str(wrong.value)


def test_other_receivers_share_the_scanners_list(tmp_path: Path) -> None:
    path = store(tmp_path, 'address = "C4:7C:8D:6A:11:02"')
    assert receivers_of(load_store(path), []) == []
    path.write_text(path.read_text().replace("[ble]\n", "[ble]\nreceivers = true\n", 1))
    loaded = load_store(path)
    sources = sources_of(loaded)
    (scanner,) = (one for one in sources if isinstance(one, BleSource))
    (receivers,) = receivers_of(loaded, sources)
    assert isinstance(receivers, BleReceivers)
    assert receivers.name == FORWARDED
    assert receivers.beacons is scanner.beacons
    (alone,) = receivers_of(loaded, [])
    assert isinstance(alone, BleReceivers)
    assert alone.facts == {"broker": "127.0.0.1:1883"}

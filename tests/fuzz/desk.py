"""What the gateway itself reads: captures, HQ's commands, the store's files."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Awaitable, Coroutine
from pathlib import Path
from typing import Any

from drivers.observations import TagReads
from gateway.capture.faults import CaptureFaults
from gateway.capture.lines import deaf, read_capture
from gateway.config.catalogue import read_catalogue
from gateway.config.faults import ConfigError
from gateway.config.load import parse_config
from gateway.config.locate import line_of, lines_of
from gateway.uplink.commands import AckRefused, Commands
from tests.fuzz.target import Take, Target
from tests.gateway.uplink.stage import MemoryDesk

ROOT = Path(__file__).parents[2]
CONFIGS = ("config/minimal/store.toml", "config/example/store.toml")


def _capture() -> Take:
    faults = CaptureFaults()

    def take(data: bytes) -> None:
        for by_second in (False, True):
            for said in read_capture(data.split(b"\n"), deaf, faults, by_second=by_second):
                if isinstance(said, TagReads):
                    assert len(said) == len(said.epcs()) == len(said.antenna)
                    assert int(said.n.min()) >= 1

    return take


def _commands() -> Take:
    desk = MemoryDesk()
    commands = Commands(desk, _clear, lambda _buckets: ["part"], Counter())

    def take(data: bytes) -> None:
        _at_once(commands.take(data))
        desk.asked.clear()

    return take


async def _clear(boot: int, seq: int) -> int:
    if boot > 17 or seq > 1_000:
        raise AckRefused("nothing as late as that went up")
    return seq


def _at_once(work: Coroutine[Any, Any, object] | Awaitable[object]) -> None:
    """Run what waits for nothing."""
    assert isinstance(work, Coroutine)
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("a command waited")


def _config(data: bytes) -> None:
    text = data.decode("utf-8", errors="replace")
    try:
        parse_config(text, "store.toml", {"NAME": "value"})
    except ConfigError as wrong:
        faults = wrong.faults
    else:
        return
    last = text.count("\n") + 1
    assert faults
    assert all(0 <= fault.line <= last and fault.wrong for fault in faults)


def _locate(data: bytes) -> None:
    """Every key of a valid document is found, on a line that the document has."""
    text = data.decode("utf-8", errors="replace")
    lines = lines_of(text)
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    last = text.count("\n") + 1
    assert all(1 <= line <= last for line in lines.values())
    assert all(1 <= line_of(lines, (key,)) <= last for key in document)


def _catalogue(data: bytes) -> None:
    articles, faults = read_catalogue(data, "catalogue.csv")
    assert all(len(gtin) == 14 for gtin in articles)
    assert all(fault.wrong for fault in faults)


_CAPTURE = (
    b"""{"kind": "tag", "t": 1.5, "src": "r", "antenna": 1, "epc": "3034F4A1", "rssi": -54, "n": 3}
{"kind": "round", "t": 1.9, "src": "r", "antenna": 1}
{"kind": "count", "t": 2, "src": "d", "boot": 17, "in": 1204, "out": 1180}
{"kind": "advert", "t": 2, "src": "ble", "addr": "C4:7C:8D:6A:11:02", "rssi": -71,
 "manufacturer": {"76": "0215"}, "service": {"fcd2": "40"}}
{"kind": "device", "t": 2, "src": "r", "state": "offline", "antenna": 3}
""".replace(b",\n ", b", "),
    b"""{"kind": "weight", "t": 2, "src": "s", "grams": 1840.0}
{"kind": "sale", "t": 3, "src": "till", "id": "R", "lines": [{"gtin": "03453120000011", "qty": 1}]}
{"kind": "stocktake", "t": 3, "src": "b", "zone": "a", "gtin": "03453120000011", "qty": 7}
""",
)
_COMMANDS = (
    b'{"id": "c1", "do": "ack", "boot": 17, "seq": 120}',
    b'{"id": "c2", "do": "resync"}',
    b'{"id": "c3", "do": "hold", "gtin": "03453120000011", "qty": 1, "minutes": 30, "order": "o"}',
    b'{"id": "c4", "do": "release", "hold": "h"}',
    b'{"id": "c5", "do": "buckets", "buckets": [1, 2, 3]}',
    b'{"id": "c6", "do": "config", "set": {}}',
)
_CATALOGUE = (
    b"""gtin,name,name_en,variant_of,attributes,unit_grams,low,safety
03453120000011,Pull,Jumper,,"color=red;size=M",220,2,1
""",
)
_TOML = tuple((ROOT / name).read_bytes() for name in CONFIGS if (ROOT / name).exists())
_ODD_TOML = (
    b'a = """x\n"""\n[[b]]\nc.d = [1, # no\n 2]\n"e.f" = {g = \'h\'}\n[b.i]\nj = 1979-05-27\n'
)

DESK = (
    Target("capture", _capture, _CAPTURE),
    Target("commands", _commands, _COMMANDS),
    Target("config", lambda: _config, _TOML),
    Target("locate", lambda: _locate, (*_TOML, _ODD_TOML)),
    Target("catalogue", lambda: _catalogue, _CATALOGUE),
)

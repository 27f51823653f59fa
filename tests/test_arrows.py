"""The import arrows of the architecture page, read from the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WORDS = {
    "drivers.observations",
    "drivers.gtin",
    "gateway.changes",
    "gateway.requests",
}
"""The vocabularies that every engine may speak."""

ALLOWED: dict[str, set[str]] = {
    "gateway.stock": WORDS,
    "gateway.footfall": WORDS,
    "gateway.health": WORDS,
    "gateway.conditions": WORDS,
    "gateway.once": WORDS,
    "gateway.alerts": WORDS,
    "gateway.changes": set(),
    "gateway.requests": set(),
    "gateway.board": WORDS,
    "gateway.desk": WORDS | {"gateway.board"},
    "gateway.storage": WORDS,
    "gateway.uplink": WORDS
    | {
        "gateway.desk",
        "gateway.board",
        "gateway.storage.rows",
        "drivers.source",
        "drivers.gtin",
        "gateway",
    },
    "gateway.web": WORDS
    | {"gateway.desk", "gateway.board", "drivers.pos", "drivers.gtin", "gateway"},
    "gateway.config": {"drivers.gtin", "gateway.stock.layout"},
    "gateway.core": WORDS
    | {
        "drivers.pos",
        "gateway.stock",
        "gateway.footfall",
        "gateway.health",
        "gateway.conditions",
        "gateway.once",
        "gateway.alerts",
    },
}
"""What a room may import of ours beside itself; rooms in no row wire others together."""

WIRING = {
    "gateway.program",
    "gateway.cli",
    "gateway.demo",
    "gateway.__main__",
}
"""Only these may know the program."""


def modules() -> list[tuple[str, Path]]:
    found = []
    for top in ("drivers", "gateway"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            assert node.module is not None
            yield node.module


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def ours(name: str) -> bool:
    return within(name, "drivers") or within(name, "gateway")


def test_there_is_something_to_check() -> None:
    assert len(modules()) > 40


@pytest.mark.parametrize(("name", "path"), modules(), ids=lambda value: str(value))
def test_arrows(name: str, path: Path) -> None:
    for imported in filter(ours, imports(path)):
        if within(name, "drivers"):
            assert within(imported, "drivers"), f"{name} must not know {imported}"
        if within(imported, "gateway.program") or within(imported, "gateway.demo"):
            assert any(within(name, room) for room in WIRING), f"{name} must not know {imported}"
        room = next((room for room in ALLOWED if within(name, room)), None)
        if room is None or within(imported, room):
            continue
        good = any(
            within(imported, may) if may != "gateway" else imported == may for may in ALLOWED[room]
        )
        assert good, f"{name} must not know {imported}"


@pytest.mark.parametrize("family", ["rfid", "ble", "door", "scale", "pos"])
def test_driver_families_know_nothing_of_each_other(family: str) -> None:
    for name, path in modules():
        if not within(name, f"drivers.{family}"):
            continue
        for imported in imports(path):
            for other in {"rfid", "ble", "door", "scale", "pos"} - {family}:
                assert not within(imported, f"drivers.{other}"), f"{name} must not know {imported}"


def test_engines_read_no_clock_and_use_no_randomness() -> None:
    forbidden = {"time", "random", "secrets", "asyncio", "threading", "socket", "os", "sqlite3"}
    for name, path in modules():
        if any(
            within(name, room)
            for room in ("gateway.stock", "gateway.footfall", "gateway.conditions", "gateway.core")
        ):
            assert not forbidden & set(imports(path)), f"{name} must be pure"

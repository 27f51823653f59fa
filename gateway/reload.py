"""A changed config beside the one in force: what can be applied while running, and what cannot.

Pure. What is applied: names, the catalogue and the planogram, the promise, calibration of doors,
who may read, where callbacks may go. The rest (devices, zones, page's address, feed) holds
connections, files or memory of the old shape, and waits for a restart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.config.load import Store

_LIVE = re.compile(
    r"store\.name|promise\..*|zone\[[^]]*\]\.name|door\[[^]]*\]\.calibration"
    r"|web\.open_reading|web\.open_callbacks"
)
CATALOGUE, PLANOGRAM = "catalogue", "planogram"


@dataclass(frozen=True, slots=True)
class Plan:
    """What differs, by key as `store.toml` names it, and the store as it can be from now on."""

    applied: tuple[str, ...]
    restart_needed: tuple[str, ...]
    store: Store


def plan(old: Store, new: Store) -> Plan:
    """Compare `new` with `old`, which is in force."""
    before, after = dict(_keys(old)), dict(_keys(new))
    differ = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    store = merged(old, new)
    # A device or zone that is new waits as a whole, with its name and its calibration.
    held = {
        key
        for key in differ
        if key.startswith("catalogue.") or (key in before and key in after and _LIVE.fullmatch(key))
    }
    files = {
        name
        for name, one, other in (
            (CATALOGUE, old.catalogue, store.catalogue),
            (PLANOGRAM, old.planogram, store.planogram),
        )
        if one != other
    }
    applied = {key for key in held if not key.startswith("catalogue.")} | files
    waiting = {_whole(key, before, after) for key in differ - held}
    return Plan(tuple(sorted(applied)), tuple(sorted(waiting)), store)


def merged(old: Store, new: Store) -> Store:
    """`old` with everything of `new` that can be applied while running."""
    was, now = old.config, new.config
    names = {zone.id: zone.name for zone in now.zone}
    calibrations = {door.id: door.calibration for door in now.door}
    reading = {
        "open_reading": now.web.open_reading,
        "open_callbacks": now.web.open_callbacks,
    }
    config = was.model_copy(
        update={
            "store": was.store.model_copy(update={"name": now.store.name}),
            "zone": tuple(
                zone.model_copy(update={"name": names.get(zone.id, zone.name)}) for zone in was.zone
            ),
            "door": tuple(
                door.model_copy(update={"calibration": calibrations.get(door.id, door.calibration)})
                for door in was.door
            ),
            "catalogue": now.catalogue,
            "promise": now.promise,
            "web": was.web.model_copy(update=reading),
        }
    )
    zones = {zone.id for zone in was.zone}
    return replace(
        old,
        config=config,
        catalogue=new.catalogue,
        planogram={place: n for place, n in new.planogram.items() if place[0] in zones},
        row_faults=new.row_faults,
        warnings=new.warnings,
        digest=new.digest,
    )


def _keys(store: Store) -> Iterator[tuple[str, object]]:
    yield from _flat("", store.config.model_dump())


def _flat(path: str, value: Any) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, Sequence) and value and isinstance(value[0], Mapping):
        for place, inner in enumerate(value):
            name = inner.get("id", inner.get("number", f"#{place + 1}"))
            yield from _flat(f"{path}[{name}]", inner)
    elif value is not None and value != ():
        # What is absent or empty has no key: a table that comes or goes is then seen as a whole.
        yield path, value


def _whole(key: str, before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """The table that came or went as a whole, instead of each of its keys."""
    if key in before and key in after:
        return key
    known = after if key in before else before
    parts = re.split(r"(?<=\])(?=\.)|(?<!\])(?=\.)", key)
    for end in range(1, len(parts)):
        table = "".join(parts[:end])
        if not any(name == table or name.startswith((f"{table}.", f"{table}[")) for name in known):
            return table
    return key

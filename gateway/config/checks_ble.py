"""What the Bluetooth devices and receivers of `store.toml` must be together.

Like `checks`, this works on the file's plain tables and passes over what has the wrong type.
"""

from __future__ import annotations

from collections.abc import Collection

from gateway.config.faults import proposal, shown
from gateway.config.locate import Path
from gateway.config.model_ble import OWN_RADIOS
from gateway.config.tables import Report, Table, known_zone, tables

MATCHES = {
    "ibeacon": ("major", "minor"),
    "altbeacon": ("major", "minor"),
    "eddystone": ("instance",),
    "eid": ("since",),
    "address": (),
}

TRANSPORTS = ("usb", "pyusb", "serial", "hci-socket", "tcp-client")
"""The ways to a dongle, by bumble's names."""
GOODS_ROLES = {"scale": "on it", "pusher": "in it"}
ROLE_KEYS = {
    "warmest": ("fridge",),
    "coldest": ("fridge",),
    "alarm_after": ("fridge", "opener"),
    "also": ("scale",),
    "unit_mm": ("pusher",),
    "empty_mm": ("pusher",),
}
"""By key of a beacon: the roles that it is for."""


def check_ble(raw: Table, zones: Collection[str], report: Report) -> None:
    """Report every fault of `[ble]` in `raw`."""
    for path, beacon in tables(raw, ("ble", "beacon")):
        _beacon(path, beacon, zones, report)
    _beacons_apart(raw, report)
    _dongle(raw, report)
    _receivers(raw, zones, report)


def warn_of_ble(raw: Table, report: Report) -> None:
    """Report what stands, but is hardly what was meant: badges, and a door where none is heard."""
    ble = raw.get("ble")
    worn = any(beacon.get("role") == "staff" for _, beacon in tables(raw, ("ble", "beacon")))
    if not worn or not isinstance(ble, dict) or ble.get("receivers") is True:
        return
    on = (ble.get("enabled") is not False, bool(ble.get("dongle")))
    own = {name for name, listens in zip(OWN_RADIOS, on, strict=True) if listens}
    placed = {
        str(receiver.get("id")): receiver.get("door")
        for _, receiver in tables(raw, ("ble", "receiver"))
        if receiver.get("door") or receiver.get("zone") not in (None, *_exits(raw))
    }
    for path, door in tables(raw, ("door",)):
        if own <= placed.keys() and door.get("id") not in placed.values():
            right = "add door to the [[ble.receiver]] that hangs there"
            report(path, "no receiver is at this door, so no badge counts at it", right)


def _exits(raw: Table) -> list[object]:
    return [zone.get("id") for _, zone in tables(raw, ("zone",)) if zone.get("kind") == "exit"]


def _beacon(path: Path, beacon: Table, zones: Collection[str], report: Report) -> None:
    known_zone(path, beacon, zones, report)
    role = beacon.get("role")
    if isinstance(role, str) and role in GOODS_ROLES:
        lies = f"what lies {GOODS_ROLES[role]}"
        for key, right in (("zone", "where it stands"), ("gtin", lies)):
            if not beacon.get(key):
                report((*path, key), "missing", f"a {role} needs {key}: {right}")
    _role_keys(path, beacon, report)
    match = beacon.get("match")
    if isinstance(match, dict):
        _match((*path, "match"), match, report)
        if "eid" in match and not beacon.get("key_file"):
            report((*path, "key_file"), "missing", "an eid is told by its key: name a file of hex")


def _match(path: Path, match: Table, report: Report) -> None:
    ways = [way for way in MATCHES if way in match]
    if len(ways) != 1:
        wrong = f"{' and '.join(ways)} at once" if ways else "nothing to know the beacon by"
        report(path, wrong, "write exactly one of " + ", ".join(MATCHES))
        return
    for key in MATCHES[ways[0]]:
        if key not in match:
            report((*path, key), "missing", f"{ways[0]} needs {key} beside it")
    others = {key for keys in MATCHES.values() for key in keys} - set(MATCHES[ways[0]])
    for key in sorted(others & set(match)):
        report((*path, key), f"{ways[0]} has no {key}", f"take {key} out")


def _beacons_apart(raw: Table, report: Report) -> None:
    """Two beacons that are known by the same thing cannot be told apart."""
    seen: dict[str, object] = {}
    for path, beacon in tables(raw, ("ble", "beacon")):
        match = beacon.get("match")
        if not isinstance(match, dict):
            continue
        known_by = repr(sorted((key, str(value).upper()) for key, value in match.items()))
        if match and known_by in seen:
            report((*path, "match"), f"same as that of {seen[known_by]}", "give each its own")
        seen.setdefault(known_by, shown(beacon.get("id", "another beacon")))


def _role_keys(path: Path, beacon: Table, report: Report) -> None:
    role = beacon.get("role")
    for key, roles in ROLE_KEYS.items():
        if key in beacon and isinstance(role, str) and role not in roles:
            wrong = f"a beacon with role {shown(role)} has no {key}"
            report((*path, key), wrong, f"it is for {' and '.join(roles)}; take it out")
    if "empty_mm" in beacon and "unit_mm" not in beacon:
        report((*path, "unit_mm"), "missing beside empty_mm", "add the depth of one unit, in mm")
    warmest, coldest = beacon.get("warmest"), beacon.get("coldest")
    if isinstance(warmest, int | float) and isinstance(coldest, int | float) and warmest <= coldest:
        wrong = f"no warmer than coldest ({coldest})"
        report((*path, "warmest"), wrong, "it is the upper limit, coldest the lower one")


def _dongle(raw: Table, report: Report) -> None:
    ble = raw.get("ble")
    dongle = ble.get("dongle") if isinstance(ble, dict) else None
    if not isinstance(dongle, str) or not dongle:
        return
    scheme, colon, place = dongle.partition(":")
    if scheme not in TRANSPORTS or not (colon and place):
        right = f'write one of {", ".join(TRANSPORTS)}, a colon and where it is, as in "usb:0"'
        report(("ble", "dongle"), f"{shown(dongle)} is no place of a dongle", right)


def _receivers(raw: Table, zones: Collection[str], report: Report) -> None:
    """Each receiver stands in a zone or at a door that exist, and is one that is listened to."""
    doors = [str(door["id"]) for _, door in tables(raw, ("door",)) if "id" in door]
    ble = raw.get("ble")
    forwarding = isinstance(ble, dict) and ble.get("receivers") is True
    seen: set[str] = set()
    for path, receiver in tables(raw, ("ble", "receiver")):
        known_zone(path, receiver, zones, report)
        name, door = receiver.get("id"), receiver.get("door")
        if isinstance(door, str) and door and door not in doors:
            report((*path, "door"), f"no door {shown(door)}", proposal(door, doors))
        if not isinstance(name, str):
            continue
        if name in seen:
            report((*path, "id"), f"{shown(name)} stands twice", "name each receiver once")
        seen.add(name)
        if name not in OWN_RADIOS and not forwarding:
            right = "add receivers = true to [ble]"
            own = f'(this machine\'s own adapter is "{OWN_RADIOS[0]}")'
            report((*path, "id"), "nobody listens to other receivers", f"{right} {own}")

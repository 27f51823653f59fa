"""What several keys of `store.toml` must be together.

Works on the file's plain tables, not on the checked model, so that one wrong key elsewhere hides no
fault here. What has the wrong type is passed over: the model has said so already.
"""

from __future__ import annotations

from collections.abc import Collection

from drivers.gtin import check_digit
from gateway.config.checks_ble import check_ble, warn_of_ble
from gateway.config.checks_scale import check_scales, warn_of_scales
from gateway.config.faults import WrongValue, shown
from gateway.config.locate import Path
from gateway.config.tables import Report, Table, known_zone, tables
from gateway.config.values import pins

READERS = ("llrp", "m100", "a0", "uhf288", "m6e", "chainway")
REGIONS = {
    "m6e": ("au", "eu", "in", "jp", "kr", "na", "nz", "prc"),
    "m100": ("eu", "kr", "na", "prc"),
}
"""Readers whose region is set by their driver; that of the others is set on them."""
DOOR_NEEDS = {
    "shelfcast": ("port",),
    "gpio": ("unit",),
    "axis": ("address",),
    "milesight": ("unit", "topic", "address"),
    "xovis": ("unit", "topic", "address"),
}
"""One of these. Milesight and xovis call us, or a broker: an address beside it is a note."""


def cross_check(raw: Table, report: Report) -> None:
    """Report every fault between the keys of `raw`."""
    zones = [str(zone["id"]) for _, zone in tables(raw, ("zone",)) if "id" in zone]
    _unique_zones(raw, report)
    _unique_devices(raw, report)
    for path, reader in tables(raw, ("reader",)):
        _reader_wire(path, reader, report)
        _antennas(path, reader, zones, report)
    for path, door in tables(raw, ("door",)):
        _door_wire(path, door, report)
    _ports_apart(raw, report)
    check_ble(raw, zones, report)
    check_scales(raw, zones, report)
    _uplink(raw, report)
    _till(raw, report)
    _web_sockets(raw, report)


def warn(raw: Table, report: Report) -> None:
    """Report what stands, but is hardly what was meant."""
    store = raw.get("store")
    gln = store.get("gln") if isinstance(store, dict) else None
    if isinstance(gln, str) and len(gln) == 13 and gln.isascii() and gln.isdigit():
        right = check_digit(gln[:-1])
        if int(gln[-1]) != right:
            report(("store", "gln"), "wrong check digit", f"the last digit should be {right}")
    if not any(key in raw for key in ("reader", "door", "scale", "till")) and not _beacons(raw):
        report(
            (),
            "no device: no reader, no door, no scale, no beacon",
            "add one, or [till] to say that stock comes from the till alone",
        )
    for path, reader in tables(raw, ("reader",)):
        if not reader.get("antenna"):
            report(
                path, "a reader without an antenna hears nothing", "add [[reader.antenna]] below it"
            )
        if "trigger" in reader:
            _waits_over_goods(path, reader, raw, report)
    warn_of_scales(raw, report)
    warn_of_ble(raw, report)


def _waits_over_goods(path: Path, reader: Table, raw: Table, report: Report) -> None:
    goods = {
        zone.get("id")
        for _, zone in tables(raw, ("zone",))
        if zone.get("kind", "shelf") in ("shelf", "backroom") and isinstance(zone.get("id"), str)
    }
    zones = [one.get("zone") for _, one in tables(reader, ("antenna",))]
    over = sorted(zone for zone in zones if isinstance(zone, str) and zone in goods)
    if over:
        wrong = f"while it waits for its input nothing is known of {', '.join(over)}"
        report((*path, "trigger"), wrong, "take trigger out, or let it hear exits and tills alone")


def _beacons(raw: Table) -> list[tuple[Path, Table]]:
    ble = raw.get("ble")
    enabled = isinstance(ble, dict) and ble.get("enabled") is not False
    return list(tables(raw, ("ble", "beacon"))) if enabled else []


def _unique_zones(raw: Table, report: Report) -> None:
    seen: dict[str, Path] = {}
    for path, zone in tables(raw, ("zone",)):
        _once(zone, path, seen, "zone", report)


def _unique_devices(raw: Table, report: Report) -> None:
    seen: dict[str, Path] = {}
    for keys in (("reader",), ("door",), ("scale",), ("ble", "beacon")):
        for path, device in tables(raw, keys):
            _once(device, path, seen, "device", report)


def _once(table: Table, path: Path, seen: dict[str, Path], what: str, report: Report) -> None:
    name = table.get("id")
    if not isinstance(name, str):
        return
    if name in seen:
        first = ".".join(str(part) for part in seen[name] if isinstance(part, str))
        report(
            (*path, "id"),
            f"{shown(name)} is the id of another {what} already",
            f"give this one an id of its own (the other is a [[{first}]])",
        )
    else:
        seen[name] = path


def _reader_wire(path: Path, reader: Table, report: Report) -> None:
    driver, by_net, by_port = (
        reader.get("driver", "llrp"),
        reader.get("address"),
        reader.get("port"),
    )
    if driver not in READERS:
        return
    if driver == "llrp":
        if by_port:
            report((*path, "port"), "an LLRP reader is on the network", "write address instead")
        elif not by_net:
            report((*path, "address"), "missing", 'add address = "192.168.1.20:5084"')
    elif bool(by_net) == bool(by_port):
        wrong = "both address and port" if by_net else "missing"
        right = "keep one of them" if by_net else 'add port = "/dev/serial/by-id/…"'
        report((*path, "port"), wrong, right)
    elif isinstance(by_net, str) and ":" not in by_net:
        report((*path, "address"), "no TCP port", f'write for example "{by_net}:4001"')
    if reader.get("tls") is True and driver != "llrp":
        report((*path, "tls"), f"driver {shown(driver)} has no TLS", "take tls out")
    for key, what in (("mode", "modes"), ("trigger", "inputs")):
        if key in reader and driver != "llrp":
            report((*path, key), f"driver {shown(driver)} has no {what}", f"take {key} out")
    _radio_rules(path, reader, str(driver), report)


def _radio_rules(path: Path, reader: Table, driver: str, report: Report) -> None:
    """What is written and cannot be set on that reader is refused, never passed over."""
    region = reader.get("region")
    if region is not None and driver not in REGIONS:
        wrong = f"the region of driver {shown(driver)} is set on the reader"
        report((*path, "region"), wrong, "take region out; use the maker's program")
    elif isinstance(region, str) and region not in REGIONS.get(driver, (region,)):
        words = ", ".join(map(shown, REGIONS[driver]))
        report(
            (*path, "region"), f"driver {shown(driver)} has no {shown(region)}", f"write {words}"
        )
    if driver == "m100" and reader.get("session"):
        report(
            (*path, "session"), "these modules are read in their own session", "take session out"
        )
    powers = [(path, reader)]
    powers += [((*path, *place), antenna) for place, antenna in tables(reader, ("antenna",))]
    for where, table in powers if driver == "m100" else ():
        if isinstance(dbm := table.get("power_dbm"), int | float) and dbm < 0:
            report((*where, "power_dbm"), f"{dbm:g} is too little", "write 0 to 36")


def _antennas(path: Path, reader: Table, zones: Collection[str], report: Report) -> None:
    seen: set[int] = set()
    for place, antenna in tables(reader, ("antenna",)):
        where = (*path, *place)
        known_zone(where, antenna, zones, report)
        number = antenna.get("number")
        if isinstance(number, int) and number in seen:
            report((*where, "number"), f"antenna {number} stands twice", "number each once")
        elif isinstance(number, int):
            seen.add(number)


def _ports_apart(raw: Table, report: Report) -> None:
    """One port is one device's, but for the scales on a counter's wire."""
    seen: dict[str, str] = {}
    for keys in (("reader",), ("door",)):
        for path, device in tables(raw, keys):
            port, name = device.get("port"), str(device.get("id", ""))
            if not isinstance(port, str) or not port:
                continue
            if port in seen:
                report(
                    (*path, "port"),
                    f"{shown(port)} is the port of {shown(seen[port])} already",
                    "write the port that this device hangs on",
                )
            seen.setdefault(port, name)


def _door_wire(path: Path, door: Table, report: Report) -> None:
    driver, unit = str(door.get("driver", "shelfcast")), door.get("unit")
    needs = DOOR_NEEDS.get(driver)
    if driver == "gpio" and isinstance(unit, str) and unit:
        try:
            pins(unit)
        except WrongValue as wrong:
            report((*path, "unit"), wrong.wrong, wrong.right)
    if driver == "shelfcast" and isinstance(unit, str) and not unit.isdecimal() and unit:
        report((*path, "unit"), f"{shown(unit)} is no unit number", 'write it as in unit = "17"')
    if (topic := door.get("topic")) and needs is not None:
        _topic((*path, "topic"), driver, str(topic), report)
    if needs is None or any(door.get(key) for key in needs):
        return
    example = {
        "port": '"/dev/serial/by-id/…"',
        "address": '"192.168.1.30"',
        "unit": {"gpio": '"17,27"', "xovis": '"Line 0"'}.get(driver, '"1"'),
        "topic": '"shop/door"',
    }
    wanted = [key for key in needs if key != "address"] or needs
    right = " or ".join(f"add {key} = {example[key]}" for key in wanted)
    report((*path, needs[0]), "missing", right)


def _topic(path: Path, driver: str, topic: str, report: Report) -> None:
    if "topic" not in DOOR_NEEDS[driver]:
        report(path, f"driver {shown(driver)} publishes nothing", "take topic out")
    elif set("+#\0") & set(topic):
        report(path, f"{shown(topic)} is no single topic", "write one topic without + and #")


def _uplink(raw: Table, report: Report) -> None:
    uplink = raw.get("uplink")
    if not isinstance(uplink, dict):
        return
    for one, other in (("client_cert", "client_key"), ("client_key", "client_cert")):
        if uplink.get(one) and not uplink.get(other):
            report(("uplink", other), f"missing beside {one}", f"add {other}, or take {one} out")
    if uplink.get("password") and uplink.get("password_file"):
        report(("uplink", "password"), "stands beside password_file", "keep one of them")


TILL_KEYS = {
    "folder": "file",
    "mqtt_url": "mqtt",
    "mqtt_username": "mqtt",
    "mqtt_password_file": "mqtt",
    "mqtt_ca_file": "mqtt",
}
"""By key of `[till]`: the source that it is for."""


def _till(raw: Table, report: Report) -> None:
    till = raw.get("till")
    if not isinstance(till, dict):
        return
    sources = till.get("sources", ["http"])
    for key, source in TILL_KEYS.items():
        if till.get(key) and isinstance(sources, list) and source not in sources:
            right = f'add "{source}" to sources, or take {key} out'
            report(("till", key), f'sources has no "{source}"', right)
        elif key.startswith("mqtt_") and till.get(key) and not till.get("mqtt_url"):
            report(("till", key), "no broker of its own to use it with", "add mqtt_url")


def _web_sockets(raw: Table, report: Report) -> None:
    """What publishes in the store and would do so at HQ's broker, which only the feed can reach."""
    till, ble, uplink = (raw.get(name) for name in ("till", "ble", "uplink"))
    url = uplink.get("url") if isinstance(uplink, dict) else None
    if not isinstance(url, str) or not url.startswith(("ws:", "wss:")):
        return
    sources: object = []
    if isinstance(till, dict):
        if till.get("mqtt_url"):
            return
        sources = till.get("sources")
    own = 'mqtt_url = "mqtt://127.0.0.1:1883"'
    wrong, right = (
        f"HQ's broker is over web sockets ({shown(url)})",
        f"name another in [till]: {own}",
    )
    if isinstance(sources, list) and "mqtt" in sources:
        report(("till", "sources"), wrong, f"add {own}")
        return
    right += ', and add "mqtt" to its sources'
    for path, door in tables(raw, ("door",)):
        if door.get("topic"):
            report((*path, "topic"), wrong, right)
    if isinstance(ble, dict) and ble.get("receivers") is True:
        report(("ble", "receivers"), wrong, right)

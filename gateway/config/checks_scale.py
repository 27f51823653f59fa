"""What the scales of `store.toml` must be together, with what else hangs on their wires.

Like `checks`, this works on the file's plain tables and passes over what has the wrong type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from gateway.config.faults import shown
from gateway.config.locate import Path
from gateway.config.tables import Report, Table, known_zone, tables

CALIBRATION = ("empty", "loaded", "grams")
BAUD = 57_600


def check_scales(raw: Table, zones: Collection[str], report: Report) -> None:
    """Report every fault of the wired scales of `raw`."""
    cells: dict[tuple[str, int], str] = {}
    wires = _wires(raw)
    for path, scale in tables(raw, ("scale",)):
        known_zone(path, scale, zones, report)
        _calibration(path, scale, report)
        port, cell = scale.get("port"), scale.get("cell", 0)
        if not (isinstance(port, str) and isinstance(cell, int)):
            continue
        _wire(path, port, scale, wires, report)
        other = cells.setdefault((port, cell), str(scale.get("id")))
        if other != str(scale.get("id")):
            wrong = f"cell {cell} of that board is {shown(other)} already"
            report((*path, "cell"), wrong, "number the board's cells from 0")


def warn_of_scales(raw: Table, report: Report) -> None:
    """Report what stands, but is hardly what was meant: scales by wire and by radio."""
    for path, scale in tables(raw, ("scale",)):
        if not any(key in scale for key in CALIBRATION):
            wrong = "not calibrated, it says no weight"
            report(path, wrong, "add empty, loaded and grams (docs/devices/shelf-scale.md)")
    weighed: dict[str, tuple[str, bool]] = {}
    for path, scale in _all_scales(raw):
        also = scale.get("also")
        others = [one for one in also if isinstance(one, str)] if isinstance(also, list) else []
        name = str(scale.get("id"))
        for gtin in (scale.get("gtin"), *others):
            if not isinstance(gtin, str):
                continue
            first, mixed = weighed.setdefault(gtin.zfill(14), (name, bool(others)))
            if first != name and (mixed or others):
                wrong = f"{shown(first)} weighs {gtin} already; of a tray that several share"
                wrong += " the newest weight is taken alone"
                key = "gtin" if gtin == scale.get("gtin") else "also"
                report((*path, key), wrong, "let one scale weigh it, or give it trays of its own")


def _all_scales(raw: Table) -> Iterator[tuple[Path, Table]]:
    yield from tables(raw, ("scale",))
    for path, beacon in tables(raw, ("ble", "beacon")):
        if beacon.get("role") in ("scale", "pusher"):
            yield path, beacon


def _calibration(path: Path, scale: Table, report: Report) -> None:
    missing = [key for key in CALIBRATION if key not in scale]
    some = len(missing) < len(CALIBRATION)
    if missing and (some or "tare" in scale):
        beside = next((key for key in (*CALIBRATION, "tare") if key in scale), "tare")
        wrong = f"missing beside {beside}"
        report((*path, missing[0]), wrong, "a calibration is empty, loaded and grams together")
    elif some and scale["empty"] == scale["loaded"]:
        wrong = "the cell read the same with and without the weight"
        report((*path, "loaded"), wrong, "read it again with a heavier weight")


def _wires(raw: Table) -> dict[str, tuple[str, object, object]]:
    """What else hangs on a serial port: its id, what it speaks, its speed."""
    found: dict[str, tuple[str, object, object]] = {}
    for keys, usual in ((("reader",), "llrp"), (("door",), "shelfcast")):
        for _, device in tables(raw, keys):
            port = device.get("port")
            if isinstance(port, str) and port:
                driver = device.get("driver", usual)
                found[port] = (str(device.get("id")), driver, device.get("baud", BAUD))
    return found


def _wire(
    path: Path,
    port: str,
    scale: Table,
    wires: dict[str, tuple[str, object, object]],
    report: Report,
) -> None:
    own = (str(scale.get("id")), "shelfcast", scale.get("baud", BAUD))
    name, driver, baud = wires.setdefault(port, own)
    if driver != "shelfcast":
        wrong = f"{shown(name)} is on that port, with driver {shown(driver)}"
        report((*path, "port"), wrong, "write the port of the scale's own board")
    elif baud != own[2]:
        wrong = f"{shown(name)} is on the same port with {baud} baud"
        report((*path, "baud"), wrong, f"write baud = {baud}")

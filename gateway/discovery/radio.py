"""Bluetooth devices in range that could be the store's own: beacons and sensors, never phones.

A phone speaks from a private address that changes. Such an address is dropped in the scanner's
callback, as is whatever is no iBeacon, AltBeacon, Eddystone, BTHome or Ruuvi device; neither is
kept or printed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from uuid import UUID

from drivers.ble import bthome, eddystone
from drivers.ble.advertising import short_uuid
from drivers.ble.altbeacon import AltBeacon, decode_altbeacon
from drivers.ble.ibeacon import APPLE, IBeacon, decode_ibeacon
from drivers.ble.lasting_scan import LastingScan
from drivers.ble.ruuvi import RUUVI, decode_ruuvi
from drivers.ble.scan import OpenScan, ScanFailed
from gateway.discovery.found import Found, quoted

LISTEN_SECONDS = 12.0
"""A real chip may report a constant beacon once in 10 s."""
MOST = 200


async def in_range(
    adapter: str, seconds: float = LISTEN_SECONDS, scan: OpenScan = LastingScan
) -> list[Found]:
    """Listen for `seconds`; who was heard, by how strong, strongest first.

    Raises:
        ScanFailed: the adapter cannot scan.
    """
    heard: dict[str, tuple[float, Found]] = {}

    def hear(
        address: str,
        rssi: float,
        manufacturer: Mapping[int, bytes],
        service: Mapping[str, bytes],
    ) -> None:
        found = device_of(address, manufacturer, service)
        if found is not None and (found.where in heard or len(heard) < MOST):
            heard[found.where] = (rssi, found)

    listening = scan(adapter, hear)
    await listening.start()
    await asyncio.sleep(seconds)
    # What was heard was heard, though the adapter was switched off meanwhile.
    with contextlib.suppress(ScanFailed):
        await listening.stop()
    strongest = sorted(heard.values(), key=lambda one: (-one[0], one[1].where))
    return [
        Found(one.kind, one.where, one.driver, {**one.facts, "rssi": f"{rssi:.0f} dBm"}, one.keys)
        for rssi, one in strongest
    ]


def device_of(
    address: str, manufacturer: Mapping[int, bytes], service: Mapping[str, bytes]
) -> Found | None:
    """The device that an advert is of; None for what is neither beacon nor sensor."""
    beacon = decode_ibeacon(manufacturer.get(APPLE, b""))
    if beacon is not None:
        return _numbered("ibeacon", beacon)
    for data in manufacturer.values():
        if (other := decode_altbeacon(data)) is not None:
            return _numbered("altbeacon", other)
    said = {short_uuid(uuid): data for uuid, data in service.items()}
    by_address = (f"match = {{ address = {quoted(address)} }}",)
    if bthome.SERVICE in said:
        return Found("beacon", address, "bthome", {}, by_address)
    if decode_ruuvi(manufacturer.get(RUUVI, b"")) is not None:
        return Found("beacon", address, "ruuvi", {}, by_address)
    frame = eddystone.decode_eddystone(said.get(eddystone.SERVICE, b""))
    if isinstance(frame, eddystone.Uid):
        namespace, instance = frame.namespace.hex(), frame.instance.hex()
        match = f'{{ eddystone = "{namespace}", instance = "{instance}" }}'
        where = f"{namespace} {instance}"
        return Found("beacon", where, "eddystone", {}, (f"match = {match}",))
    if frame is not None:
        return Found("beacon", address, "eddystone", {}, by_address)
    return None


def _numbered(kind: str, beacon: IBeacon | AltBeacon) -> Found:
    """A beacon with an identity of its own and two numbers."""
    uuid = str(UUID(bytes=beacon.uuid))
    match = f'{{ {kind} = "{uuid}", major = {beacon.major}, minor = {beacon.minor} }}'
    where = f"{uuid} {beacon.major} {beacon.minor}"
    return Found("beacon", where, kind, {}, (f"match = {match}",))

"""The radio of the virtual store, at the scanner's seam: badges, scales, and strangers' phones."""

from __future__ import annotations

import random
import struct

from drivers.ble.scan import Hear, Scan
from drivers.observations import Advert, Weight

BTHOME = "0000fcd2-0000-1000-8000-00805f9b34fb"
_PLAIN_V2, _PACKET_ID, _COUNT_S32 = 0x40, 0x00, 0x5B
SCALE_DBM, PHONE_DBM = -70.0, -75.0


class Ear:
    """Whoever scans hears what `advert`, `weight` and `phone` say. `open` is an `OpenScan`."""

    def __init__(self) -> None:
        self._hearers: list[Hear] = []
        self._packet = 0

    def open(self, adapter: str, hear: Hear) -> Scan:
        """A scan, as the radio's driver opens it; there is one adapter, whatever its name."""
        del adapter
        return _EarScan(self._hearers, hear)

    def advert(self, advert: Advert) -> None:
        """One of the store's own devices is heard."""
        self._say(advert.addr, advert.rssi, dict(advert.manufacturer), dict(advert.service))

    def weight(self, weight: Weight, address: str) -> None:
        """A shelf scale says its grams: BTHome v2, plain, packet id and a signed count."""
        self._packet = (self._packet + 1) & 0xFF
        grams = struct.pack("<i", round(weight.grams))
        data = bytes((_PLAIN_V2, _PACKET_ID, self._packet, _COUNT_S32)) + grams
        self._say(address, SCALE_DBM, {}, {BTHOME: data})

    def phone(self, rng: random.Random) -> None:
        """A visitor's phone is heard, under an address that it will never use again."""
        raw = bytearray(rng.randbytes(6))
        raw[0] = raw[0] & 0x3F | 0x40  # resolvable private (Core 5.4, vol 6, part B, 1.3.2.2)
        apple = b"\x10\x05" + rng.randbytes(5)
        self._say(raw.hex(":").upper(), PHONE_DBM, {0x004C: apple}, {})

    def _say(
        self, address: str, rssi: float, manufacturer: dict[int, bytes], service: dict[str, bytes]
    ) -> None:
        for hear in list(self._hearers):
            hear(address, rssi, manufacturer, service)


class _EarScan:
    def __init__(self, hearers: list[Hear], hear: Hear) -> None:
        self._hearers, self._hear = hearers, hear

    async def start(self) -> None:
        """Begin to hear."""
        self._hearers.append(self._hear)

    async def stop(self) -> None:
        """Hear no more."""
        self._hearers.remove(self._hear)

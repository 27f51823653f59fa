"""The seam of a radio: whatever scans calls `hear` for each advert, in the event loop.

BlueZ stands behind it in a store (`bleak_scan`, `bluez_adapters`), or bumble (`bumble_scan`); a
test or a virtual store puts its own there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Protocol, TypeAlias

Hear: TypeAlias = Callable[[str, float, Mapping[int, bytes], Mapping[str, bytes]], None]
"""Called with address, RSSI in dBm, manufacturer data by company id and service data by UUID."""


class Step(IntEnum):
    """What may bring a scan back, from the mildest to the last."""

    SCAN = 1
    """A new scan: bleak does not notice that BlueZ was restarted."""
    POWER = 2
    """The adapter switched off and on: its chip hangs, or somebody switched it off."""
    FIND = 3
    """The adapter looked for by its own address: it came back under another name."""


class ScanFailed(Exception):
    """A scan cannot begin or end; one plain line for the installer, without any address.

    Attributes:
        cure: the mildest step that may help; None where none does, for the reason is elsewhere.
    """

    def __init__(self, line: str, cure: Step | None = None) -> None:
        super().__init__(line)
        self.cure = cure


class Scan(Protocol):
    """One scan of one adapter; made anew for each attempt."""

    async def start(self) -> None:
        """Begin to hear. Raises `ScanFailed`."""

    async def stop(self) -> None:
        """Hear no more. Raises `ScanFailed`."""


class Adapters(Protocol):
    """The adapters of this machine, by name and by address."""

    async def address_of(self, name: str) -> str | None:
        """The own address of the adapter of that name. Raises `ScanFailed`."""

    async def name_of(self, address: str) -> str | None:
        """What the adapter of that own address is called now. Raises `ScanFailed`."""

    async def power(self, name: str, *, on: bool) -> None:
        """Switch an adapter on or off. Raises `ScanFailed`."""


OpenScan: TypeAlias = Callable[[str, Hear], Scan]
"""Makes a scan of the adapter of that name (`hci0`)."""

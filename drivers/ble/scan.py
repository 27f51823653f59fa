"""The seam of a radio: whatever scans calls `hear` for each advert, in the event loop.

BlueZ stands behind it in a store (`bleak_scan`); a test or a virtual store puts its own there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias

Hear: TypeAlias = Callable[[str, float, Mapping[int, bytes], Mapping[str, bytes]], None]
"""Called with address, RSSI in dBm, manufacturer data by company id and service data by UUID."""


class ScanFailed(Exception):
    """A scan cannot begin or end; one plain line for the installer, without any address."""


class Scan(Protocol):
    """One scan of one adapter; made anew for each attempt."""

    async def start(self) -> None:
        """Begin to hear. Raises `ScanFailed`."""

    async def stop(self) -> None:
        """Hear no more. Raises `ScanFailed`."""


OpenScan: TypeAlias = Callable[[str, Hear], Scan]
"""Makes a scan of the adapter of that name (`hci0`)."""

"""A scan that reports only devices whose address lasts: never a phone's.

A public address is its maker's. Of random addresses the two top bits say the kind: 11 is static and
lasts, 01 (resolvable) and 00 are private and change (Bluetooth Core Specification 5.4, vol 6,
part B, section 1.3.2).
"""

from __future__ import annotations

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from drivers.ble.bleak_scan import BleakScan

_STATIC = 0b11


def lasting(address: str, kind: str | None) -> bool:
    """Whether `address` lasts; `kind` is BlueZ's AddressType. What is not known does not."""
    if kind == "public":
        return True
    try:
        return kind == "random" and int(address[:2], 16) >> 6 == _STATIC
    except ValueError:
        return False


class LastingScan(BleakScan):
    """A scan through BlueZ in which strangers with private addresses are dropped unheard."""

    def _heard(self, device: BLEDevice, advert: AdvertisementData) -> None:
        details = device.details if isinstance(device.details, dict) else {}
        kind = details.get("props", {}).get("AddressType")
        if lasting(device.address, kind):
            super()._heard(device, advert)

"""The one module that knows bleak: a scan of one adapter that reports every advert.

BlueZ reports a constant beacon once and freezes its RSSI unless it is asked for duplicates and
given an RSSI filter; passive scanning does the same whatever it is asked. So: active scanning,
`DuplicateData`, and an RSSI filter that lets everything pass.
"""

from __future__ import annotations

import logging

from bleak import BleakScanner
from bleak.args.bluez import BlueZScannerArgs
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakDBusError, BleakError

from drivers.ble.scan import Hear, ScanFailed, Step


class BleakScan:
    """A scan through BlueZ."""

    def __init__(self, adapter: str, hear: Hear) -> None:
        _quieten()
        self._adapter = adapter
        self._hear = hear
        self._scanner = BleakScanner(self._heard, bluez=scan_settings(adapter))

    async def start(self) -> None:
        """Begin to hear.

        Raises:
            ScanFailed: no BlueZ, no such adapter, switched off, or in use by another scanner.
        """
        try:
            await self._scanner.start()
        except (BleakError, OSError, EOFError) as wrong:
            raise self._failed(wrong) from wrong

    async def stop(self) -> None:
        """Hear no more.

        Raises:
            ScanFailed: BlueZ was restarted or the adapter switched off meanwhile; nothing is left
                to be stopped then.
        """
        try:
            await self._scanner.stop()
        # bleak removes its callback from a list that a lost bus has emptied.
        except (BleakError, OSError, EOFError, ValueError, AssertionError) as wrong:
            raise self._failed(wrong) from wrong

    def _heard(self, device: BLEDevice, advert: AdvertisementData) -> None:
        self._hear(device.address, advert.rssi, advert.manufacturer_data, advert.service_data)

    def _failed(self, wrong: Exception) -> ScanFailed:
        if isinstance(wrong, BleakDBusError):
            match wrong.dbus_error:
                case "org.bluez.Error.InProgress":
                    return ScanFailed(f"another program scans with {self._adapter}")
                case "org.bluez.Error.NotReady":
                    return ScanFailed(f"{self._adapter} is switched off", Step.POWER)
                case "org.freedesktop.DBus.Error.ServiceUnknown":
                    return ScanFailed("bluetoothd is not running")
            return ScanFailed(f"{self._adapter}: {wrong.dbus_error}", Step.SCAN)
        if isinstance(wrong, FileNotFoundError | ConnectionError):
            return ScanFailed("no D-Bus system bus")
        if isinstance(wrong, BleakError) and "not found" in str(wrong.args[:1]):
            return ScanFailed(f"no Bluetooth adapter {self._adapter}", Step.FIND)
        return ScanFailed(f"{self._adapter}: {type(wrong).__name__}", Step.SCAN)


def scan_settings(adapter: str) -> BlueZScannerArgs:
    """What BlueZ must be told so that every advert is reported."""
    return {"adapter": adapter, "filters": {"RSSI": -127, "DuplicateData": True}}


def _quieten() -> None:
    # At DEBUG bleak logs every signal of BlueZ, with the address of every stranger in it.
    logger = logging.getLogger("bleak")
    if logger.getEffectiveLevel() < logging.INFO:
        logger.setLevel(logging.INFO)

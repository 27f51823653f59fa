"""The one module that knows bumble: a scan with a dongle that is ours alone, without BlueZ.

bumble (Apache-2.0) opens the dongle (`usb:0`, `serial:…`, `hci-socket:0`, `tcp-client:…`), loads
its firmware where it needs one, and sends our commands. Adverts are taken from the wire before it
looks at them (`hci`): its own device keeps something of every sender, and at DEBUG it logs them.
Not installed by default: `pip install 'shelfcast[bumble]'`.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

import usb1
from bumble import hci as words
from bumble.core import BaseBumbleError
from bumble.host import Host
from bumble.transport import open_transport
from bumble.transport.common import Transport

from drivers.ble.advertising import parse_payload
from drivers.ble.hci import is_advert, reports_in
from drivers.ble.scan import Hear, ScanFailed, Step

ANSWER_SECONDS = 5.0
LET_GO_SECONDS = 0.1
INTERVAL = WINDOW = 96
"""60 ms in units of 0.625 ms: always listening."""


class Sink(Protocol):
    """Whoever takes the packets of a controller."""

    def on_packet(self, packet: bytes) -> None:
        """One packet, with its indicator."""


class BumbleScan:
    """A scan with a dongle of our own; `transport` is bumble's name of it."""

    def __init__(self, transport: str, hear: Hear) -> None:
        _quieten()
        self._name = transport
        self._hear = hear
        self._transport: Transport | None = None
        self._host: Host | None = None

    async def start(self) -> None:
        """Begin to hear.

        Raises:
            ScanFailed: there is no such dongle, it may not be opened, or it does not answer.
        """
        try:
            self._transport = await open_transport(self._name)
            self._host = Host(self._transport.source, self._transport.sink)
            await self._host.reset()
            await self._scan(on=True)
            self._transport.source.set_packet_sink(_Tap(self._hear, self._host))
        except (BaseBumbleError, usb1.USBError, OSError, ValueError, AssertionError) as wrong:
            await self._close()
            raise ScanFailed(f"{self._name}: {_reason(wrong)}", Step.SCAN) from wrong
        except asyncio.CancelledError:
            await self._close()
            raise

    async def stop(self) -> None:
        """Hear no more.

        Raises:
            ScanFailed: the dongle is gone or does not answer.
        """
        if self._host is None:
            raise ScanFailed(f"{self._name}: it was not scanning")
        try:
            await self._scan(on=False)
        except (BaseBumbleError, usb1.USBError, OSError) as wrong:
            raise ScanFailed(f"{self._name}: {_reason(wrong)}") from wrong
        finally:
            await self._close()

    async def _scan(self, *, on: bool) -> None:
        assert self._host is not None
        extended = self._host.supports_le_features(words.LeFeatureMask.LE_EXTENDED_ADVERTISING)
        for command in _extended(on=on) if extended else _legacy(on=on):
            await self._host.send_sync_command(command, response_timeout=ANSWER_SECONDS)

    async def _close(self) -> None:
        transport, self._transport, self._host = self._transport, None, None
        if transport is not None:
            await transport.close()
            # The other end must have seen it before the same dongle is opened again.
            await asyncio.sleep(LET_GO_SECONDS)


class _Tap:
    """Takes adverts off the wire, and leaves the rest to `host`."""

    def __init__(self, hear: Hear, host: Sink) -> None:
        self._hear = hear
        self._host = host

    def on_packet(self, packet: bytes) -> None:
        """One packet of the controller."""
        if not is_advert(packet):
            self._host.on_packet(packet)
            return
        for report in reports_in(packet):
            said = parse_payload(report.data)
            self._hear(report.address, report.rssi, said.manufacturer, said.service)


def _legacy(*, on: bool) -> list[words.HCI_SyncCommand[words.HCI_StatusReturnParameters]]:
    enable = words.HCI_LE_Set_Scan_Enable_Command(le_scan_enable=int(on), filter_duplicates=0)
    if not on:
        return [enable]
    active = words.HCI_LE_Set_Scan_Parameters_Command.ACTIVE_SCANNING
    parameters = words.HCI_LE_Set_Scan_Parameters_Command(
        le_scan_type=active,
        le_scan_interval=INTERVAL,
        le_scan_window=WINDOW,
        own_address_type=words.OwnAddressType.PUBLIC,
        scanning_filter_policy=0,
    )
    return [parameters, enable]


def _extended(*, on: bool) -> list[words.HCI_SyncCommand[words.HCI_StatusReturnParameters]]:
    enable = words.HCI_LE_Set_Extended_Scan_Enable_Command(
        enable=int(on), filter_duplicates=0, duration=0, period=0
    )
    if not on:
        return [enable]
    active = words.HCI_LE_Set_Extended_Scan_Parameters_Command.ACTIVE_SCANNING
    parameters = words.HCI_LE_Set_Extended_Scan_Parameters_Command(
        own_address_type=words.OwnAddressType.PUBLIC,
        scanning_filter_policy=0,
        scanning_phys=1 << words.HCI_LE_1M_PHY_BIT,
        scan_types=[active],
        scan_intervals=[INTERVAL],
        scan_windows=[WINDOW],
    )
    return [parameters, enable]


def _reason(wrong: Exception) -> str:
    if isinstance(wrong, PermissionError | usb1.USBErrorAccess):
        return "it may not be opened (see the udev rule in docs/devices/ble.md)"
    if isinstance(wrong, TimeoutError):
        return "it does not answer"
    # Of what bumble says of a fault only its kind: a packet may stand in the words.
    return f"it cannot be used ({type(wrong).__name__})"


def _quieten() -> None:
    # What bumble logs may hold whole packets, with the address of every stranger in them.
    logging.getLogger("bumble").setLevel(logging.CRITICAL)

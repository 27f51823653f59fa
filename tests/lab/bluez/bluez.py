"""A pretended BlueZ on a private D-Bus: one adapter, adverts by word, and the real one's silence.

It speaks as much of `org.bluez` as a scan needs, and keeps back what the real one keeps back: data
that did not change unless the scan asked for `DuplicateData`, and an RSSI that changed unless the
scan gave an RSSI filter.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

ADAPTER = "/org/bluez/hci0"
DEVICE = "org.bluez.Device1"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"


@contextlib.asynccontextmanager
async def private_bus() -> AsyncIterator[str]:
    """A bus daemon of our own; its address."""
    command = ("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1")
    daemon = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert daemon.stdout is not None
    try:
        async with asyncio.timeout(10):
            yield (await daemon.stdout.readline()).decode().strip()
    finally:
        daemon.terminate()
        await daemon.wait()


class Bluez:
    """The pretended daemon.

    Attributes:
        scans: the filter of every discovery that was started, oldest first.
        scanning: somebody listens now.
        refusal: the D-Bus error by which StartDiscovery is refused, None to grant it.
    """

    def __init__(self, address: str) -> None:
        self.scans: list[dict[str, Any]] = []
        self.scanning = False
        self.refusal: str | None = None
        self._filter: dict[str, Any] = {}
        self._devices: dict[str, dict[str, Variant]] = {}
        self._bus = MessageBus(bus_address=address, bus_type=BusType.SYSTEM)

    async def start(self) -> None:
        """Appear on the bus."""
        await self._bus.connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name("org.bluez")

    async def stop(self) -> None:
        """Vanish, as a daemon that was killed."""
        self._bus.disconnect()
        with contextlib.suppress(EOFError, OSError):
            await self._bus.wait_for_disconnect()

    def forget(self) -> None:
        """Scan no more, and say nothing: what a power cycle or a restart does to a client."""
        self.scanning = False
        self._devices.clear()

    async def advert(
        self,
        address: str,
        rssi: int,
        manufacturer: Mapping[int, bytes] | None = None,
        service: Mapping[str, bytes] | None = None,
    ) -> None:
        """An advert is in the air; who scans is told of it as the real daemon would."""
        if not self.scanning:
            return
        said = {"RSSI": Variant("n", rssi)}
        if manufacturer:
            data = {company: Variant("ay", raw) for company, raw in manufacturer.items()}
            said["ManufacturerData"] = Variant("a{qv}", data)
        if service:
            blocks = {uuid: Variant("ay", raw) for uuid, raw in service.items()}
            said["ServiceData"] = Variant("a{sv}", blocks)
        path = f"{ADAPTER}/dev_{address.replace(':', '_')}"
        if path not in self._devices:
            await self._add(path, address, said)
            return
        changed = {name: value for name, value in said.items() if self._told(path, name, value)}
        self._devices[path].update(said)
        if changed:
            await self._signal(
                path, PROPERTIES, "PropertiesChanged", "sa{sv}as", DEVICE, changed, []
            )

    async def no_rssi(self, address: str) -> None:
        """What a power-off says of each device: its RSSI is no more."""
        path = f"{ADAPTER}/dev_{address.replace(':', '_')}"
        await self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", DEVICE, {}, ["RSSI"])

    def _told(self, path: str, name: str, value: Variant) -> bool:
        if name == "RSSI":
            return "RSSI" in self._filter and self._devices[path].get(name) != value
        return bool(self._filter.get("DuplicateData")) or self._devices[path].get(name) != value

    async def _add(self, path: str, address: str, said: dict[str, Variant]) -> None:
        self._devices[path] = {
            "Address": Variant("s", address),
            "AddressType": Variant("s", "random"),
            "Alias": Variant("s", address.replace(":", "-")),
            "Adapter": Variant("o", ADAPTER),
            "Connected": Variant("b", False),
            "Paired": Variant("b", False),
            **said,
        }
        interfaces = {DEVICE: self._devices[path]}
        await self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", path, interfaces)

    async def _signal(self, path: str, interface: str, name: str, kind: str, *body: Any) -> None:
        await self._bus.send(Message.new_signal(path, interface, name, kind, list(body)))

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        match message.member:
            case "GetManagedObjects":
                return Message.new_method_return(message, "a{oa{sa{sv}}}", [self._objects()])
            case "SetDiscoveryFilter":
                self._filter = {name: value.value for name, value in message.body[0].items()}
            case "StartDiscovery" if self.refusal:
                return Message.new_error(message, self.refusal, "refused")
            case "StartDiscovery":
                self.scans.append(self._filter)
                self.scanning = True
            case "StopDiscovery" if not self.scanning:
                return Message.new_error(message, "org.bluez.Error.Failed", "No discovery started")
            case "StopDiscovery":
                self.scanning = False
            case _:
                return None
        return Message.new_method_return(message)

    def _objects(self) -> dict[str, Any]:
        adapter = {
            "Address": Variant("s", "00:00:5E:00:53:01"),
            "Powered": Variant("b", True),
            "Roles": Variant("as", ["central"]),
        }
        devices = {path: {DEVICE: props} for path, props in self._devices.items()}
        return {ADAPTER: {"org.bluez.Adapter1": adapter}, **devices}

"""A pretended BlueZ on a private D-Bus: an adapter, adverts by word, and the real one's silence.

It speaks as much of `org.bluez` as a scan needs, and keeps back what the real one keeps back: data
that did not change unless the scan asked for `DuplicateData`, and an RSSI that changed unless the
scan gave an RSSI filter. Its adapter has a switch, may hang, and may come back under another name.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

ADAPTER = "org.bluez.Adapter1"
OWN_ADDRESS = "00:00:5E:00:53:01"
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
        name: what the adapter is called; None while it is unplugged.
        powered: its switch. `switched`: every time that somebody used it.
        blocked: by rfkill; it cannot be switched on.
        hung: its chip hears nothing until it was switched off and on.
    """

    def __init__(self, address: str) -> None:
        self.scans: list[dict[str, Any]] = []
        self.scanning = False
        self.refusal: str | None = None
        self.name: str | None = "hci0"
        self.powered = True
        self.switched: list[bool] = []
        self.blocked = False
        self.hung = False
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

    async def unplug(self) -> None:
        """The adapter is gone, as after a reset of its USB port."""
        gone, self.name = self._path, None
        self.forget()
        await self._signal("/", OBJECTS, "InterfacesRemoved", "oas", gone, [ADAPTER])

    async def plug(self, name: str) -> None:
        """It is back, under this name."""
        self.name = name
        interfaces = {ADAPTER: self._adapter()}
        await self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", self._path, interfaces)

    @property
    def _path(self) -> str:
        return f"/org/bluez/{self.name}"

    async def advert(
        self,
        address: str,
        rssi: int,
        manufacturer: Mapping[int, bytes] | None = None,
        service: Mapping[str, bytes] | None = None,
    ) -> None:
        """An advert is in the air; who scans is told of it as the real daemon would."""
        if not self.scanning or self.hung:
            return
        said = {"RSSI": Variant("n", rssi)}
        if manufacturer:
            data = {company: Variant("ay", raw) for company, raw in manufacturer.items()}
            said["ManufacturerData"] = Variant("a{qv}", data)
        if service:
            blocks = {uuid: Variant("ay", raw) for uuid, raw in service.items()}
            said["ServiceData"] = Variant("a{sv}", blocks)
        path = f"{self._path}/dev_{address.replace(':', '_')}"
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
        path = f"{self._path}/dev_{address.replace(':', '_')}"
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
            "Adapter": Variant("o", self._path),
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
        if message.path.startswith("/org/bluez/") and message.path != self._path:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownObject", "gone")
        match message.member:
            case "Set" if message.body[1] == "Powered":
                if self.blocked and message.body[2].value:
                    return Message.new_error(message, "org.bluez.Error.Blocked", "by rfkill")
                self._switch(on=message.body[2].value)
            case "StartDiscovery" if not self.powered:
                return Message.new_error(message, "org.bluez.Error.NotReady", "not powered")
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

    def _switch(self, *, on: bool) -> None:
        self.switched.append(on)
        self.powered = on
        self.forget()
        if not on:
            self.hung = False

    def _adapter(self) -> dict[str, Variant]:
        return {
            "Address": Variant("s", OWN_ADDRESS),
            "Powered": Variant("b", self.powered),
            "Roles": Variant("as", ["central"]),
        }

    def _objects(self) -> dict[str, Any]:
        devices = {path: {DEVICE: props} for path, props in self._devices.items()}
        here = {} if self.name is None else {self._path: {ADAPTER: self._adapter()}}
        return {**here, **devices}

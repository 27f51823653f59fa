"""The adapters of this machine through BlueZ: their names, their own addresses, their switch.

bleak has no word for any of it, so this asks `org.bluez` itself. What an adapter is called (hci0)
may change when it is plugged in again; its own address does not.

Source: BlueZ, doc/org.bluez.Adapter.rst (`Address`, `Powered`).
"""

from __future__ import annotations

import asyncio
from typing import Any

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from drivers.ble.scan import ScanFailed

ADAPTER = "org.bluez.Adapter1"
ANSWER_SECONDS = 10.0
_BLOCKED = "org.bluez.Error.Blocked"


class BluezAdapters:
    """Adapters by D-Bus; a connection for each question, for they are rare."""

    async def address_of(self, name: str) -> str | None:
        """The own address of the adapter of that name. Raises `ScanFailed`."""
        return (await self._all()).get(name)

    async def name_of(self, address: str) -> str | None:
        """What the adapter of that own address is called now. Raises `ScanFailed`."""
        for name, own in sorted((await self._all()).items()):
            if own.upper() == address.upper():
                return name
        return None

    async def power(self, name: str, *, on: bool) -> None:
        """Switch an adapter on or off. Raises `ScanFailed`."""
        body = [ADAPTER, "Powered", Variant("b", on)]
        path = f"/org/bluez/{name}"
        await self._ask(path, "org.freedesktop.DBus.Properties", "Set", "ssv", body)

    async def _all(self) -> dict[str, str]:
        found = await self._ask("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
        return {
            path.rpartition("/")[2]: parts[ADAPTER]["Address"].value
            for path, parts in found.body[0].items()
            if "Address" in parts.get(ADAPTER, {})
        }

    async def _ask(
        self, path: str, interface: str, member: str, kind: str = "", body: list[Any] | None = None
    ) -> Message:
        bus = MessageBus(bus_type=BusType.SYSTEM)
        ask = Message("org.bluez", path, interface, member, signature=kind, body=body or [])
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await bus.connect()
                answer = await bus.call(ask)
        except (OSError, EOFError) as wrong:
            raise ScanFailed(f"no answer from BlueZ: {type(wrong).__name__}") from wrong
        finally:
            bus.disconnect()
        if answer.message_type is MessageType.ERROR:
            blocked = " (rfkill list says by what)" if answer.error_name == _BLOCKED else ""
            raise ScanFailed(f"{path.rpartition('/')[2] or 'BlueZ'}: {answer.error_name}{blocked}")
        return answer

"""From `[[door]]` to the source that counts there."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from drivers.door.axis_source import AxisDoor, Login
from drivers.door.gpio_source import GpioDoor
from drivers.door.milesight import read_milesight
from drivers.door.mqtt_source import MqttDoors
from drivers.door.push_source import PushDoor
from drivers.door.source import DoorSource
from drivers.door.xovis import read_xovis
from drivers.source import Source
from gateway.config.load import Store
from gateway.config.model_devices import DoorSection
from gateway.config.values import pins
from gateway.scales import cells_on
from gateway.till import broker_of

CHIP = "/dev/gpiochip0"
MQTT = "doors-mqtt"
"""The name as a device of what hears counters that publish."""


def door_source_of(store: Store, door: DoorSection) -> Source | None:
    """The source of one door; None where the config does not say how to reach it."""
    match door.driver:
        case "shelfcast" if door.port is not None:
            cells = cells_on(store, door.port)
            unit = None if door.unit is None else int(door.unit)
            return DoorSource(door.id, door.port, baud=door.baud, cells=cells, unit=unit)
        case "milesight":
            return PushDoor(door.id, read_milesight, door.unit)
        case "xovis":
            return PushDoor(door.id, read_xovis, door.unit)
        case "axis" if door.host_port is not None:
            zone = ZoneInfo(store.config.store.timezone)
            return AxisDoor(door.id, *door.host_port, _login(store, door), zone=zone)
        case "gpio" if door.unit is not None:
            return GpioDoor(door.id, door.port or CHIP, *pins(door.unit))
        case _:
            return None


def mqtt_doors_of(store: Store, sources: Iterable[Source]) -> list[Source]:
    """One source for all doors whose counter publishes; none where there is no such door.

    Not among `devices.sources_of`: the broker knows one session a store, and a recorder beside the
    gateway would take it away.
    """
    doors = {one.name: one for one in sources if isinstance(one, PushDoor)}
    takes = {
        door.topic: doors[door.id].take
        for door in store.config.door
        if door.topic is not None and door.id in doors
    }
    if not takes:
        return []
    return [MqttDoors(MQTT, store.config.store.id, broker_of(store), takes)]


def _login(store: Store, door: DoorSection) -> Login:
    file = store.path(door.password_file) if door.password_file else None
    return Login(door.username or "", door.password or "", file)

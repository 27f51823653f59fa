"""What the board shows of devices beside their state, which the engines tell."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.ble.receivers import BleReceivers
from drivers.ble.scanner import BleSource
from drivers.door.source import DoorSource
from drivers.source import Source
from gateway.board import Board
from gateway.config.model import StoreConfig
from gateway.health import Health


def name_devices(config: StoreConfig, board: Board) -> None:
    """What never changes while the program runs: driver and zone."""
    for reader in config.reader:
        board.device(reader.id).driver = reader.driver
        for antenna in reader.antenna:
            board.device(reader.id, antenna.number).zone = antenna.zone
    for door in config.door:
        board.device(door.id).driver = door.driver
    for scale in config.scale:
        status = board.device(scale.id)
        status.driver, status.zone = "scale", scale.zone
    for beacon in config.ble.beacon:
        if beacon.role != "staff":
            status = board.device(beacon.id)
            status.driver, status.zone = beacon.role, beacon.zone


def show_devices(health: Health, sources: Iterable[Source], board: Board) -> None:
    """What changes each second: heard, reads, faults, facts."""
    for (name, antenna), watched in health.watched.items():
        status = board.device(name, antenna)
        status.heard, status.reads = watched.heard, watched.reads
    for source in sources:
        status = board.device(source.name)
        status.faults, status.facts = source.faults, source.facts
        if isinstance(source, BleSource | BleReceivers):
            for beacon, facts in source.beacons.items():
                board.device(beacon).facts = facts
        if isinstance(source, DoorSource):
            for cell in source.cells.values():
                board.device(cell.id).facts = source.facts | cell.facts

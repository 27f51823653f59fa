"""From `[[scale]]` to load cells on their boards' wires."""

from __future__ import annotations

from collections.abc import Callable

from drivers.door.session import Cell
from drivers.door.source import DoorSource
from drivers.scale.calibration import Calibration, calibrate
from drivers.source import Source
from gateway.config.load import Store
from gateway.config.model_devices import ScaleSection


def cells_on(store: Store, port: str) -> dict[int, Cell]:
    """The scales of one board, by the number of the cell."""
    return {
        scale.cell: Cell(scale.id, _grams(scale))
        for scale in store.config.scale
        if scale.port == port
    }


def scale_sources_of(store: Store) -> list[Source]:
    """A source for each board that carries scales alone; it bears the name of the first of them."""
    counters = {door.port for door in store.config.door if door.driver == "shelfcast"}
    first: dict[str, ScaleSection] = {}
    for scale in store.config.scale:
        if scale.port not in counters:
            first.setdefault(scale.port, scale)
    return [
        DoorSource(one.id, port, baud=one.baud, cells=cells_on(store, port))
        for port, one in first.items()
    ]


def _grams(scale: ScaleSection) -> Callable[[int], float] | None:
    """From raw steps; None for a scale that nobody has calibrated."""
    if scale.empty is None or scale.loaded is None or scale.grams is None:
        return None
    found = calibrate(scale.empty, scale.loaded, scale.grams)
    tare = found.tare if scale.tare is None else scale.tare
    return Calibration(tare, found.factor).grams

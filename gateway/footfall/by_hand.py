"""Doors calibrated by hand: whose counts stand against which manual count, and what rules.

The newest word rules: factors found by hand rule over the config's `calibration` until they are
forgotten or that key is changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, replace

from drivers.observations import Count
from gateway.changes import Change, Remember
from gateway.footfall.calibration import (
    FEWEST_CROSSINGS,
    Band,
    Manual,
    NotCalibrated,
    calibrate,
)
from gateway.footfall.clicker import Clicker, Totals
from gateway.footfall.doors import Door
from gateway.requests import FlowFactor, ManualAct, ManualCount, ManualStep


class ByHand:
    """The manual counts of a store's doors, by the `src` of their own counts."""

    def __init__(self, doors: Mapping[str, Door]) -> None:
        self._doors = doors
        self._clickers = {src: Clicker() for src in doors}
        self._said: list[Change] = []

    def restore(self, memory: Mapping[str, str]) -> None:
        """Take back what the `Remember` changes of `changes` kept."""
        for src, door in self._doors.items():
            if (text := memory.get(f"clicker/{src}")) is not None:
                stretches = memory.get(f"stretches/{src}", "[]")
                self._clickers[src] = Clicker.remembered(text, stretches)
            if (text := memory.get(f"bands/{src}")) is not None:
                over, bands = _read(text)
                if over is None or over == door.rule.calibration:
                    door.rule = replace(door.rule, bands=bands)
                else:
                    self._said.append(Remember("footfall", f"bands/{src}", None))

    def count(self, count: Count) -> None:
        """The door behind `count` has taken it."""
        clicker, door = self._clickers[count.src], self._doors[count.src]
        if not clicker.watching or door.boot != count.boot:
            return
        passed = (door.exits, door.entries) if door.rule.inverted else (door.entries, door.exits)
        # By arrival: a press is known by the gateway's clock, a counter's own may be hours off.
        if clicker.count(Totals(count.at, count.boot, *passed)):
            self._keep(count.src, stretches=True)

    def step(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`."""
        for clicker in self._clickers.values():
            clicker.step(seconds, now)

    def configured(self, calibrations: Mapping[str, float]) -> None:
        """The config says so now; what is new in it rules over what was found by hand before."""
        for src, calibration in calibrations.items():
            door = self._doors.get(src)
            if door is not None and door.rule.calibration != calibration:
                door.rule = replace(door.rule, calibration=calibration, bands=())
                self._said.append(Remember("footfall", f"bands/{src}", None))

    def calibrate(self, src: str, counts: Sequence[Manual]) -> tuple[Band, ...]:
        """Put factors in force. Raises `KeyError`: no such door; `NotCalibrated`: none is found."""
        door = self._doors[src]
        door.rule = replace(door.rule, bands=calibrate(counts))
        kept = {"over": door.rule.calibration, "bands": [astuple(one) for one in door.rule.bands]}
        self._said.append(Remember("footfall", f"bands/{src}", json.dumps(kept)))
        return door.rule.bands

    def act(self, src: str, act: ManualAct, now: float) -> ManualCount:
        """A step of the person with the clicker. Raises `KeyError`: no such door."""
        clicker = self._clickers[src]
        late = clicker.press(act.phone, act.taps, now) if act.taps else False
        match act.step:
            case ManualStep.START:
                clicker.start(now)
            case ManualStep.PAUSE:
                clicker.pause(now)
            case ManualStep.TAPS:
                clicker.heard = now
            case ManualStep.APPLY:
                return self._apply(src)
            case ManualStep.DISCARD:
                self._clickers[src] = Clicker(phones=clicker.phones)
            case ManualStep.FORGET:
                self._forget(src)
        self._keep(src, stretches=late or act.step is not ManualStep.TAPS)
        return self.state(src)

    def state(self, src: str) -> ManualCount:
        """How the manual count of a door stands. Raises `KeyError`: no such door."""
        clicker, rule = self._clickers[src], self._doors[src].rule
        said = ManualCount(
            src,
            clicker.watching,
            clicker.pressed[0],
            clicker.pressed[1],
            clicker.crossings,
            clicker.counted,
            clicker.seconds,
            FEWEST_CROSSINGS,
            rule.calibration,
            in_force=_factors(rule.bands),
        )
        try:
            return replace(said, offered=_factors(calibrate(clicker.manual())))
        except NotCalibrated as no:
            return replace(said, why=no.why, given=no.given, text=str(no))

    def states(self) -> list[ManualCount]:
        """Of all doors, in the config's order."""
        return [self.state(src) for src in self._doors]

    def changes(self) -> list[Change]:
        """What is to be remembered, once."""
        said, self._said = self._said, []
        return said

    def _apply(self, src: str) -> ManualCount:
        clicker = self._clickers[src]
        try:
            self.calibrate(src, clicker.manual())
        except NotCalibrated:
            self._keep(src, stretches=True)
            return self.state(src)
        self._clickers[src] = Clicker(phones=clicker.phones)
        self._keep(src, stretches=True)
        # What was applied is answered once more: the count itself begins anew.
        state = self.state(src)
        return replace(state, offered=state.in_force, why="", given={}, text="")

    def _forget(self, src: str) -> None:
        door = self._doors[src]
        door.rule = replace(door.rule, bands=())
        self._said.append(Remember("footfall", f"bands/{src}", None))

    def _keep(self, src: str, *, stretches: bool) -> None:
        clicker = self._clickers[src]
        self._said.append(Remember("footfall", f"clicker/{src}", clicker.memory()))
        if stretches:
            self._said.append(Remember("footfall", f"stretches/{src}", clicker.long_memory()))


def _read(text: str) -> tuple[float | None, tuple[Band, ...]]:
    """What `calibrate` kept; an early version kept the bands alone."""
    kept = json.loads(text)
    over, bands = (None, kept) if isinstance(kept, list) else (kept["over"], kept["bands"])
    return over, tuple(Band(*one) for one in bands)


def _factors(bands: Iterable[Band]) -> tuple[FlowFactor, ...]:
    return tuple(FlowFactor(one.flow, one.factor, one.low, one.high) for one in bands)

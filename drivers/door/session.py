"""One connection to our own counter: frames in, observations out, no port and no clock.

How a `Count` names the life of its totals: `boot` = life << 56 | unit << 32 | the firmware's boot
id. The same unit in the same boot is the same number after any restart of the gateway, so nobody
who passed meanwhile is lost; a swapped unit or a new boot is another number and so a new base.
`life` is 0, and one more for a firmware whose totals began again without a new boot id. The unit
stands in HELLO alone, so there are no counts before the first HELLO; totals lose nobody by that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drivers.door.frames import Frame
from drivers.door.messages import Event, Hello, Pong, RawWeight, State, read_message
from drivers.observations import Count, Device, DeviceState, Observation, Weight

PASSAGES_MOST = 8
"""A second and lane; more is a beam that flutters, not people."""
HEARTBEAT_SECONDS = 1.0
"""Until HELLO says otherwise."""
HEARTBEAT_LEAST = 0.1
"""A unit that claims to speak faster is held to this: the line carries no more."""

RESETS = {1: "power-on", 2: "reset line", 3: "brown-out", 4: "watchdog", 5: "software"}

SILENT_CELL = "its load cell does not answer: look at the two wires to the HX711"
OVERLOADED_CELL = "its amplifier is at its end: too much lies on it, or a wire of the cell is off"
BARE_CELL = "not calibrated: see its raw reading and docs/devices/shelf-scale.md"
RAW_LEAST, RAW_MOST = -0x80_0000, 0x7F_FFFF
"""What an HX711 says at either end of its 24 bits (its data sheet, "Output data")."""

_U16, _U32 = 0xFFFF, 0xFFFF_FFFF
_UNIT_BITS, _LIFE_BITS = 0xFF_FFFF, 0x7F


@dataclass(frozen=True, slots=True)
class Cell:
    """A load cell on the counter's wire.

    Attributes:
        id: the scale's, from the config.
        grams: from raw steps; None while nobody has calibrated it: then it says no weight.
        facts: its raw reading, for whoever calibrates it; kept up to date by the session.
    """

    id: str
    grams: Callable[[int], float] | None
    facts: dict[str, str] = field(default_factory=dict)


class DoorSession:
    """What is known of one counter since its port was opened.

    Attributes:
        hello: who it is; None until it said so.
        heartbeat: seconds between its signs of life, by its own word.
        facts: firmware, unit and state in words, for the device page.
        faults: counted drops and oddities by reason.
        stranger: why this unit is not to be believed; empty while it is.
    """

    def __init__(
        self,
        name: str,
        faults: Counter[str],
        facts: dict[str, str],
        cells: Mapping[int, Cell] | None = None,
        unit: int | None = None,
    ) -> None:
        self.stranger = ""
        self._wanted = unit
        self.hello: Hello | None = None
        self.heartbeat = HEARTBEAT_SECONDS
        self.facts, self.faults = facts, faults
        self._name = name
        self._cells = dict(cells or {})
        self._online = False
        self._seq: int | None = None
        self._life = 0
        self._last: tuple[Frame, State] | None = None
        self._stuck = 0
        self._troubles: dict[str, str] = {}

    def take(self, frame: Frame, now: float) -> list[Observation]:
        """What a frame that arrived at `now` says; the first good one also that the unit is there.

        A `Count`'s event time is its arrival: it crosses the wire in milliseconds, and the unit
        has no calendar.
        """
        message = read_message(frame)
        if isinstance(message, str):
            self.faults[message] += 1
            return []
        self._follow(frame)
        said: list[Observation] = []
        if not self._online:
            self._online = True
            said.append(Device(self._name, now, now, DeviceState.ONLINE))
        match message:
            case Hello():
                said += self._meet(message, now)
            case State():
                said += self._count(frame, message, now)
                said += self._beams(message, now)
            case RawWeight():
                said += self._weight(message, now)
            case Event() | Pong():
                pass  # totals say the same as events, and survive a lost frame
            case _:
                self.faults["unexpected"] += 1
        return said

    def _follow(self, frame: Frame) -> None:
        """Count frames that were lost on the way by the gaps in their numbers."""
        if self._seq is not None:
            missed = (frame.seq - self._seq - 1) & _U16
            # A larger step is a unit that began again at 0, not thirty thousand lost frames.
            if 0 < missed < 0x8000:
                self.faults["lost_frames"] += missed
        self._seq = frame.seq

    def _meet(self, hello: Hello, now: float) -> list[Observation]:
        # The facts outlive the connection: a board that was swapped while the cable was out shows.
        before, here = self.facts.get("unit"), str(hello.unit)
        if self._wanted is not None and hello.unit != self._wanted:
            self.faults["other_unit"] += 1
            self.stranger = f"the port has unit {here}, the config says unit {self._wanted}"
            return []
        changed = before is not None and before != here
        if changed:
            self.faults["unit_changed"] += 1
            self._last = None
        self.hello = hello
        if hello.heartbeat_ms:
            self.heartbeat = max(hello.heartbeat_ms / 1000, HEARTBEAT_LEAST)
        self.facts["firmware"] = f"{hello.name} {'.'.join(map(str, hello.version))}"
        self.facts["unit"] = str(hello.unit)
        self.facts["lanes"] = str(hello.lanes)
        self.facts["last reset"] = RESETS.get(hello.reset_cause, "unknown")
        detail = f"it is unit {here}, before it was unit {before}" if changed else ""
        return [Device(self._name, now, now, DeviceState.ONLINE, detail=detail)] if changed else []

    def _count(self, frame: Frame, state: State, now: float) -> list[Observation]:
        if self.hello is None or self.stranger:
            return []
        if self._last is not None and not self._continues(*self._last, frame, state):
            self.faults["stale"] += 1
            return []
        self._last = (frame, state)
        life = (self._life & _LIFE_BITS) << 56
        boot = life | (self.hello.unit & _UNIT_BITS) << 32 | frame.boot
        return [Count(self._name, now, now, boot, state.entries, state.exits)]

    def _continues(self, before: Frame, then: State, frame: Frame, state: State) -> bool:
        """Whether these totals may follow those; begins a new life where the old one is over."""
        if frame.boot != before.boot:
            self.faults["boots"] += 1
            self._life = 0
            return True
        ahead = _ahead(before.uptime_ms, frame.uptime_ms)
        entries, exits = _ahead(then.entries, state.entries), _ahead(then.exits, state.exits)
        if ahead is None:
            self.faults["resets"] += 1
        if entries is None or exits is None:
            if ahead is not None:
                return False
            # Uptime went back too: the totals really began again, and nobody gave them a boot id.
            self._life += 1
            return True
        if ahead is not None and entries + exits > self._most(ahead / 1000):
            self.faults["too_fast"] += 1
        return True

    def _most(self, seconds: float) -> float:
        lanes = self.hello.lanes if self.hello else 1
        # A passage at the edge of two states may fall into either.
        return PASSAGES_MOST * max(lanes, 1) * max(seconds, 1.0)

    def _beams(self, state: State, now: float) -> list[Observation]:
        for name, value in (("edges dropped", state.dropped), ("frames not sent", state.tx_lost)):
            if value:
                self.facts[name] = str(value)
        if state.stuck == self._stuck:
            return []
        self._stuck = state.stuck
        stuck = [
            f"lane {bit // 2 + 1} beam {'AB'[bit % 2]}"
            for bit in range(8)
            if state.stuck >> bit & 1
        ]
        detail = f"stuck: {', '.join(stuck)}" if stuck else ""
        if stuck:
            self.faults["stuck"] += 1
        return [Device(self._name, now, now, DeviceState.ONLINE, detail=detail)]

    def _weight(self, weight: RawWeight, now: float) -> list[Observation]:
        cell = self._cells.get(weight.cell)
        if cell is None:
            self.faults["unknown_cell"] += 1
            return []
        fault, trouble = _judged(weight)
        if fault:
            self.faults[fault] += 1
            return self._cell_is(cell, DeviceState.OFFLINE, trouble, now)
        cell.facts["raw"] = f"{weight.raw}, {weight.n} samples"
        if cell.grams is None:
            # Said with each reading, so that it does not count as silent.
            return [Device(cell.id, now, now, DeviceState.ONLINE, detail=BARE_CELL)]
        grams = cell.grams(weight.raw)
        cell.facts["grams"] = f"{grams:.1f}"
        return [
            *self._cell_is(cell, DeviceState.ONLINE, "", now),
            Weight(cell.id, now, now, grams),
        ]

    def _cell_is(
        self, cell: Cell, state: DeviceState, trouble: str, now: float
    ) -> list[Observation]:
        """A cell's state, where it is not what was said of it last."""
        if self._troubles.get(cell.id) == trouble:
            return []
        self._troubles[cell.id] = trouble
        return [Device(cell.id, now, now, state, detail=trouble)]


def _judged(weight: RawWeight) -> tuple[str, str]:
    """Why a reading is no weight: the fault, and one plain line; both empty where it is one."""
    if not weight.n:
        return "empty_weight", SILENT_CELL
    if not RAW_LEAST < weight.raw < RAW_MOST:
        return "overloaded_cell", OVERLOADED_CELL
    return "", ""


def _ahead(before: int, after: int) -> int | None:
    """How far a 32-bit counter moved on; None where it went back (more than half its range)."""
    step = (after - before) & _U32
    return step if step < 0x8000_0000 else None

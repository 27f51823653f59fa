"""Two beams on this machine's own pins as a door counter."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections import Counter

from drivers.door.beams import A, B, Happening, Lane
from drivers.door.gpio_lines import Lines, OpenLines, gpiod_lines
from drivers.observations import Count, Device, DeviceState
from drivers.source import Clock, Emit, SourceLost

HEARTBEAT_SECONDS = 1.0
SETTLE_MS = 1
"""Edges of the present millisecond may still be on their way from the kernel."""


class GpioDoor:
    """A door with two beams on GPIO pins.

    Args:
        name: the door's id from the config.
        chip: such as `/dev/gpiochip0`.
        first: the pin of the outer beam, A: from A to B is in.
        second: the pin of the inner beam, B.
        open_lines: opens the pins; gpiod's by default.
    """

    def __init__(
        self,
        name: str,
        chip: str,
        first: int,
        second: int,
        *,
        open_lines: OpenLines = gpiod_lines,
    ) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {"pins": f"{chip} {first}, {second}"}
        self._chip, self._first, self._second = chip, first, second
        self._open = open_lines
        self._boot: int | None = None
        self._entries = self._exits = 0

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Count until cancelled; totals are said each second and go on after a fall.

        Raises:
            SourceLost: gpiod is not installed, no such chip or pin, or it went away.
        """
        if self._boot is None:
            self._boot = int(clock.wall() * 1000)
        with contextlib.ExitStack() as stack:
            try:
                lines = stack.enter_context(self._open(self._chip, self._first, self._second))
            except OSError as error:
                raise SourceLost(self._why(error)) from error
            now = clock.wall()
            emit(Device(self.name, now, now, DeviceState.ONLINE))
            watching = _Watching(self, lines, clock)
            while True:
                self._say(emit, clock.wall())
                await watching.for_a_while()
                if (detail := watching.news()) is not None:
                    now = clock.wall()
                    emit(Device(self.name, now, now, DeviceState.ONLINE, detail=detail))

    def count(self, happening: Happening) -> None:
        """Take what a lane says into the totals."""
        match happening:
            case Happening.IN:
                self._entries += 1
            case Happening.OUT:
                self._exits += 1
            case _:
                self.faults[str(happening)] += 1

    def _why(self, error: OSError) -> str:
        pins = f"{self._first}, {self._second}"
        match error.errno:
            case errno.ENOENT | errno.ENODEV:
                return f"no such chip {self._chip}"
            case errno.EACCES | errno.EPERM:
                return f"{self._chip} may not be opened: is the user in the group gpio?"
            case errno.EBUSY:
                return f"another program has the pins {pins} of {self._chip}"
            case errno.EINVAL:
                return f"{self._chip} has no pins {pins}"
        return f"{self._chip} does not open: {error.strerror or error}"

    def _say(self, emit: Emit, now: float) -> None:
        assert self._boot is not None
        emit(Count(self.name, now, now, self._boot, self._entries, self._exits))


class _Watching:
    """The open pins and the lane behind them."""

    def __init__(self, door: GpioDoor, lines: Lines, clock: Clock) -> None:
        self._door, self._lines, self._clock = door, lines, clock
        self._lane = Lane()
        self._stuck = 0
        self._lost: OSError | None = None
        for beam, broken in zip((A, B), lines.broken(), strict=True):
            self._take(self._lane.edge(beam, broken=broken, at=self._now_ms()))

    async def for_a_while(self) -> None:
        """Take edges as they come for a second."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._lines.fileno, self._read)
        try:
            await self._clock.sleep(HEARTBEAT_SECONDS)
        finally:
            loop.remove_reader(self._lines.fileno)
        if self._lost is not None:
            raise SourceLost(f"{self._door.name}: {self._lost}") from self._lost
        self._take(self._lane.advance(self._now_ms() - SETTLE_MS))

    def news(self) -> str | None:
        """What to tell a person of stuck beams; None when nothing changed."""
        if self._lane.stuck == self._stuck:
            return None
        self._stuck = self._lane.stuck
        names = [name for name, bit in (("A", A), ("B", B)) if self._stuck & bit]
        return f"stuck: beam {' and '.join(names)}" if names else ""

    def _read(self) -> None:
        try:
            edges = self._lines.read()
        except OSError as error:
            self._lost = error
            asyncio.get_running_loop().remove_reader(self._lines.fileno)
            return
        for edge in edges:
            beam = A if edge.first else B
            self._take(self._lane.edge(beam, broken=edge.broken, at=edge.at_ms))

    def _take(self, happenings: list[Happening]) -> None:
        for happening in happenings:
            self._door.count(happening)

    def _now_ms(self) -> int:
        return int(self._clock.monotonic() * 1000)

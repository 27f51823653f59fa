"""Two beams on pins that a pipe plays."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import gpiod
import pytest

from drivers.door.gpio_lines import Edge, Lines, gpiod_lines
from drivers.door.gpio_source import GpioDoor
from drivers.observations import Count, Device, Observation
from drivers.source import SourceLost
from tests.drivers.hand_clock import HandClock


class Pins:
    """Pins whose file descriptor is a pipe."""

    def __init__(self) -> None:
        self.fileno, self._write = os.pipe()
        self.waiting: list[Edge] = []
        self.now = (False, False)
        self.gone = False

    def broken(self) -> tuple[bool, bool]:
        return self.now

    def read(self) -> list[Edge]:
        if self.gone:
            raise OSError(19, "No such device")
        os.read(self.fileno, 1_000)
        edges, self.waiting = self.waiting, []
        return edges

    def edges(self, *edges: tuple[bool, bool, int]) -> None:
        self.waiting += [Edge(*edge) for edge in edges]
        os.write(self._write, b"!")

    def close(self) -> None:
        os.close(self.fileno)
        os.close(self._write)


class Bench:
    def __init__(self, pins: Pins) -> None:
        self.pins, self.clock = pins, HandClock()
        self.heard: list[Observation] = []
        self.door = GpioDoor("door", "/dev/gpiochip0", 17, 27, open_lines=self._open)
        self.task = asyncio.create_task(self.door.run(self.heard.append, self.clock))

    @contextlib.contextmanager
    def _open(self, _chip: str, first: int, second: int) -> Iterator[Lines]:
        assert (first, second) == (17, 27)
        yield self.pins

    async def turn(self, seconds: float) -> None:
        for _ in range(50):
            await asyncio.sleep(0)
        self.clock.now += seconds
        for _ in range(50):
            await asyncio.sleep(0)

    @property
    def totals(self) -> tuple[int, int]:
        counts = [o for o in self.heard if isinstance(o, Count)]
        return counts[-1].entries, counts[-1].exits


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    pins = Pins()
    one = Bench(pins)
    await asyncio.sleep(0)
    yield one
    one.task.cancel()
    await asyncio.wait({one.task})
    pins.close()


IN = ((True, True, 100), (False, True, 200), (True, False, 300), (False, False, 400))


async def test_a_passage_is_in_the_next_second(bench: Bench) -> None:
    assert isinstance(bench.heard[0], Device)
    assert bench.totals == (0, 0)
    bench.pins.edges(*IN)
    await bench.turn(1)
    assert bench.totals == (1, 0)
    bench.pins.edges(*((not first, broken, at + 1_000) for first, broken, at in IN))
    await bench.turn(1)
    assert bench.totals == (1, 1)
    assert len({o.boot for o in bench.heard if isinstance(o, Count)}) == 1


async def test_a_stuck_beam_is_said_and_over(bench: Bench) -> None:
    bench.pins.edges((True, True, 100))
    await bench.turn(1)
    await bench.turn(31)
    assert isinstance(bench.heard[-2], Device)
    assert bench.heard[-2].detail == "stuck: beam A"
    assert bench.door.faults == {"stuck": 1}
    bench.pins.edges((True, False, 33_000))
    await bench.turn(3)
    assert [o.detail for o in bench.heard if isinstance(o, Device)] == ["", "stuck: beam A", ""]


async def test_a_chip_that_goes_away(bench: Bench) -> None:
    bench.pins.gone = True
    bench.pins.edges((True, True, 100))
    await bench.turn(1)
    with pytest.raises(SourceLost, match=r"door: .*No such device"):
        bench.task.result()


async def test_without_gpiod_one_plain_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)
    door = GpioDoor("door", "/dev/gpiochip0", 17, 27)
    with pytest.raises(SourceLost, match="gpio needs the package gpiod"):
        await door.run(lambda _: None, HandClock())


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (errno.ENOENT, "no such chip /dev/c"),
        (errno.EACCES, "/dev/c may not be opened: is the user in the group gpio?"),
        (errno.EBUSY, "another program has the pins 17, 27 of /dev/c"),
        (errno.EINVAL, "/dev/c has no pins 17, 27"),
        (errno.EIO, "/dev/c does not open: Input/output error"),
    ],
)
async def test_pins_that_do_not_open_are_one_plain_line(number: int, line: str) -> None:
    def refused(*_: object) -> contextlib.AbstractContextManager[Lines]:
        raise OSError(number, os.strerror(number))

    door = GpioDoor("door", "/dev/c", 17, 27, open_lines=refused)
    with pytest.raises(SourceLost) as lost:
        await door.run(lambda _: None, HandClock())
    assert str(lost.value) == line


class Request:
    """Two open lines, as the real gpiod hands them out: beam A broken, then clear again."""

    fd = 3

    def get_values(self, lines: list[int]) -> list[gpiod.line.Value]:
        assert lines == [17, 27]
        return [gpiod.line.Value.ACTIVE, gpiod.line.Value.INACTIVE]

    def read_edge_events(self) -> list[gpiod.EdgeEvent]:
        kinds = gpiod.EdgeEvent.Type.RISING_EDGE, gpiod.EdgeEvent.Type.FALLING_EDGE
        return [
            gpiod.EdgeEvent(kind, (5 + i) * 1_000_000, pin, i, i)
            for i, (kind, pin) in enumerate(zip(kinds, (17, 27), strict=True))
        ]

    def __enter__(self) -> Request:
        return self

    def __exit__(self, *_: object) -> None:
        return


def test_the_real_gpiod_is_asked_for_two_pins_and_understood(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def request_lines(chip: str, *, consumer: str, config: dict[Any, Any]) -> Request:
        asked.append((chip, consumer, config))
        return Request()

    monkeypatch.setattr(gpiod, "request_lines", request_lines)
    with gpiod_lines("/dev/gpiochip0", 17, 27) as lines:
        assert lines.broken() == (True, False)
        assert lines.read() == [Edge(True, True, 5), Edge(False, False, 6)]
    ((chip, consumer, config),) = asked
    assert (chip, consumer, list(config)) == ("/dev/gpiochip0", "shelfcast", [(17, 27)])
    (settings,) = config.values()
    assert settings.active_low
    assert settings.bias is gpiod.line.Bias.PULL_UP
    assert settings.edge_detection is gpiod.line.Edge.BOTH


def test_a_chip_that_is_not_there_is_an_error_of_the_system() -> None:
    with pytest.raises(FileNotFoundError), gpiod_lines("/dev/gpiochip-none", 17, 27):
        pass

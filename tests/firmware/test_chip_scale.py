"""The shelf scale's ELF on an emulated chip with HX711 amplifiers on its pins."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from drivers.door.frames import FrameReader
from drivers.door.messages import Get, Hello, RawWeight, read_message, write_message
from drivers.door.session import Cell, DoorSession
from drivers.observations import Weight
from drivers.scale.calibration import calibrate
from tests.firmware.chip import Chip, build_elf
from tests.firmware.conftest import need_chip

pytestmark = pytest.mark.needs("avr-gcc")

BITS, PULSES = 24, 25


class Hx711:
    """The amplifier as its datasheet has it: data falls when ready, 25 pulses, then busy again."""

    def __init__(self, chip: Chip, cell: int) -> None:
        self._chip, self._cell = chip, cell
        self.raw = 0
        self.reads = 0
        self._pulses = PULSES
        chip.follow(2 * cell, self._clocked)
        self.away()

    def ready(self) -> None:
        """A conversion is done; the data line falls."""
        self._pulses = 0
        self._latched = self.raw & 0xFFFFFF
        self._say(0)

    def away(self) -> None:
        self._pulses = PULSES
        self._say(1)

    def stuck_low(self) -> None:
        """A short: the data line says ready for ever."""
        self.away()
        self._say(0)

    def _clocked(self, high: int) -> None:
        if not high or self._pulses >= PULSES:
            return
        self._pulses += 1
        if self._pulses == PULSES:
            self.reads += 1
            self._say(1)
        else:
            self._say(self._latched >> (BITS - self._pulses) & 1)

    def _say(self, bit: int) -> None:
        self._chip.drive(2 * self._cell + 1, bit)


class Bench:
    """Two cells at ten samples a second."""

    def __init__(self, folder: Path) -> None:
        self.chip = Chip(build_elf(folder, "shelf_scale", UNIT=31, CELLS=2), driven=False)
        self.cells = [Hx711(self.chip, cell) for cell in range(2)]
        self.present = [True, True]

    def run(self, seconds: float) -> list[object]:
        for _ in range(round(seconds * 10)):
            for cell, there in zip(self.cells, self.present, strict=True):
                if there:
                    cell.ready()
            self.chip.run(100)
        faults: Counter[str] = Counter()
        frames = FrameReader(faults).feed(self.chip.take())
        assert not faults
        return [read_message(frame) for frame in frames]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    need_chip()
    return Bench(tmp_path)


def weights(said: list[object], cell: int = 0) -> list[RawWeight]:
    return [one for one in said if isinstance(one, RawWeight) and one.cell == cell]


@pytest.mark.parametrize("raw", [0, 1, -1, 123_456, -654_321, 2**23 - 1, -(2**23)])
def test_every_bit_of_a_sample_arrives(bench: Bench, raw: int) -> None:
    bench.cells[0].raw = raw
    bench.cells[1].raw = ~raw
    bench.run(2)
    said = bench.run(1.1)
    assert (weights(said)[-1].raw, weights(said, 1)[-1].raw) == (raw, ~raw)
    assert 9 <= weights(said)[-1].n <= 11


def test_the_mean_of_a_noisy_cell(bench: Bench) -> None:
    dice = random.Random(4)
    bench.cells[0].raw = 100_000
    bench.run(2)
    for _ in range(30):
        bench.cells[0].raw = 100_000 + dice.randint(-500, 500)
        said = bench.run(0.1)
        assert all(abs(one.raw - 100_000) < 400 for one in weights(said))


def test_a_cell_that_is_away_or_shorted_says_so(bench: Bench) -> None:
    bench.cells[0].raw = bench.cells[1].raw = 777
    bench.run(2)
    bench.present[1] = False
    bench.run(1.5)
    assert weights(bench.run(2), 1)[-1].n == 0
    bench.cells[1].stuck_low()
    said = bench.run(2)
    assert weights(said, 1)[-1].n == 0
    assert weights(said)[-1] == RawWeight(0, 777, weights(said)[-1].n)
    bench.present[1] = True
    bench.run(2)
    assert weights(bench.run(1.1), 1)[-1].raw == 777


def test_from_the_cell_to_grams_with_two_points(bench: Bench) -> None:
    said = bench.run(0.1)
    hello = next(one for one in said if isinstance(one, Hello))
    assert (hello.unit, hello.lanes, hello.name) == (31, 0, "shelfcast-scale")
    bench.cells[0].raw = 84_210
    bench.run(2)
    (empty, *_) = weights(bench.run(1.1))
    bench.cells[0].raw = 84_210 + 430 * 500
    bench.run(1)
    (loaded, *_) = weights(bench.run(1.1))
    calibration = calibrate(empty.raw, loaded.raw, 500.0)
    session = DoorSession("scale-1", Counter(), {}, {0: Cell("shelf-a", calibration.grams)})
    bench.cells[0].raw = 84_210 + 430 * 250
    bench.run(1)
    bench.chip.take()
    bench.chip.send(write_message(Get()))
    for cell in bench.cells:
        cell.ready()
    bench.chip.run(1_100)
    frames = FrameReader(Counter()).feed(bench.chip.take())
    said = [one for frame in frames for one in session.take(frame, 5.0)]
    grams = [one.grams for one in said if isinstance(one, Weight)]
    assert grams
    assert grams[-1] == pytest.approx(250.0, abs=0.01)

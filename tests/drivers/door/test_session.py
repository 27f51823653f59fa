"""One counter's session: whose totals they are, and that damage loses nobody."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.door.frames import Frame, FrameReader
from drivers.door.messages import Event, Pong, RawWeight
from drivers.door.session import Cell, DoorSession
from drivers.observations import Count, Device, DeviceState, Observation, Weight
from drivers.scale.calibration import Calibration
from tests.drivers.door.virtual import VirtualCounter

BOOT_17 = 4711 << 32 | 17


class Line:
    """A session at the end of a line."""

    def __init__(self, cells: dict[int, Cell] | None = None) -> None:
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self.session = DoorSession("door-main", self.faults, self.facts, cells)
        self.reader = FrameReader(self.faults)

    def hear(self, wire: bytes, now: float = 50.0) -> list[Observation]:
        frames = self.reader.feed(wire)
        return [said for frame in frames for said in self.session.take(frame, now)]

    def counts(self, wire: bytes) -> list[tuple[int, int, int]]:
        said = self.hear(wire)
        return [(one.boot, one.entries, one.exits) for one in said if isinstance(one, Count)]


@pytest.fixture
def unit() -> VirtualCounter:
    return VirtualCounter()


@pytest.fixture
def line() -> Line:
    return Line()


def test_the_first_good_frame_is_online_and_a_state_is_a_count(
    unit: VirtualCounter, line: Line
) -> None:
    assert line.hear(unit.hello()) == [Device("door-main", 50.0, 50.0, DeviceState.ONLINE)]
    unit.pass_by(3, 1)
    assert line.hear(unit.state(), 51.0) == [Count("door-main", 51.0, 51.0, BOOT_17, 3, 1)]
    assert line.facts == {
        "firmware": "virtual-door 1.2.0",
        "unit": "4711",
        "lanes": "1",
        "last reset": "power-on",
    }
    assert not line.faults


def test_no_count_before_it_is_known_which_unit_counts(unit: VirtualCounter, line: Line) -> None:
    unit.pass_by(3, 1)
    assert line.counts(unit.state()) == []
    assert line.counts(unit.hello() + unit.state()) == [(BOOT_17, 3, 1)]


def test_the_same_unit_and_boot_have_one_number_after_any_restart(unit: VirtualCounter) -> None:
    numbers = {Line().counts(unit.hello() + unit.state())[0][0] for _ in range(3)}
    assert numbers == {BOOT_17}


def test_another_unit_or_another_boot_is_another_number() -> None:
    units = [VirtualCounter(4711, 17), VirtualCounter(4712, 17), VirtualCounter(4711, 18)]
    numbers = [Line().counts(unit.hello() + unit.state())[0][0] for unit in units]
    assert len(set(numbers)) == 3
    assert all(0 <= number < 2**63 for number in numbers)


def test_the_largest_unit_and_boot_fit_a_signed_64_bit_number() -> None:
    unit = VirtualCounter(2**32 - 1, 2**32 - 1)
    ((number, *_),) = Line().counts(unit.hello() + unit.state())
    assert number < 2**63


def test_a_warm_reset_loses_nobody(unit: VirtualCounter, line: Line) -> None:
    unit.pass_by(5, 2)
    line.hear(unit.hello() + unit.state())
    unit.pass_by(2, 0)
    unit.reset()
    assert line.counts(unit.hello() + unit.state()) == [(BOOT_17, 7, 2)]
    assert line.faults == {"resets": 1}


def test_totals_that_begin_again_have_another_boot(unit: VirtualCounter, line: Line) -> None:
    unit.pass_by(5, 2)
    line.hear(unit.hello() + unit.state())
    unit.reset(boot=18)
    assert line.counts(unit.hello() + unit.state()) == [(BOOT_17 + 1, 0, 0)]
    assert line.faults == {"boots": 1}


def test_totals_that_begin_again_without_a_new_boot_id_get_a_life_of_their_own(
    unit: VirtualCounter, line: Line
) -> None:
    unit.pass_by(5, 2)
    line.hear(unit.hello() + unit.state())
    unit.reset(boot=17)
    assert line.counts(unit.hello() + unit.state()) == [(1 << 56 | BOOT_17, 0, 0)]


def test_a_stale_frame_is_dropped(unit: VirtualCounter, line: Line) -> None:
    unit.pass_by(5, 2)
    line.hear(unit.hello() + unit.state())
    unit.pass_by(-1, 0)
    assert line.counts(unit.state()) == []
    assert line.faults == {"stale": 1}
    unit.pass_by(2, 0)
    assert line.counts(unit.state()) == [(BOOT_17, 6, 2)]


def test_totals_and_uptime_wrap(unit: VirtualCounter, line: Line) -> None:
    unit.entries = unit.uptime_ms = 2**32 - 1
    line.hear(unit.hello() + unit.state())
    unit.pass_by(3, 0)
    assert line.counts(unit.state()) == [(BOOT_17, 2, 0)]
    assert not line.faults


def test_more_passages_than_people_can_make_are_a_fault(unit: VirtualCounter, line: Line) -> None:
    line.hear(unit.hello() + unit.state())
    unit.pass_by(4, 4)
    line.hear(unit.state())
    assert not line.faults
    unit.pass_by(5, 4)
    assert len(line.counts(unit.state())) == 1
    assert line.faults == {"too_fast": 1}
    unit.pass_by(60, 20, seconds=10)
    line.hear(unit.state())
    assert line.faults == {"too_fast": 1}


def test_a_stuck_beam_is_said_once_and_when_it_is_free(unit: VirtualCounter, line: Line) -> None:
    line.hear(unit.hello())
    unit.stuck = 0b1001
    said = [one for one in line.hear(unit.state() + unit.state()) if isinstance(one, Device)]
    assert [one.detail for one in said] == ["stuck: lane 1 beam A, lane 2 beam B"]
    unit.stuck = 0
    said = [one for one in line.hear(unit.state()) if isinstance(one, Device)]
    assert [one.detail for one in said] == [""]


def test_events_and_pongs_say_nothing_and_questions_are_not_for_us(
    unit: VirtualCounter, line: Line
) -> None:
    line.hear(unit.hello())
    assert line.hear(unit.say(Event(1, 600, 9, 9)) + unit.say(Pong(1))) == []
    assert not line.faults


def test_a_weight_needs_a_cell_that_is_listed(unit: VirtualCounter) -> None:
    line = Line({0: Cell("scale-3", Calibration(1_000, 0.5).grams)})
    line.hear(unit.hello())
    said = line.hear(unit.say(RawWeight(0, 4_680, 10)))
    online = Device("scale-3", 50.0, 50.0, DeviceState.ONLINE)
    assert said == [online, Weight("scale-3", 50.0, 50.0, 1_840.0)]
    said = line.hear(unit.say(RawWeight(0, 4_682, 10)) + unit.say(RawWeight(1, 4_680, 10)))
    assert said == [Weight("scale-3", 50.0, 50.0, 1_841.0)]
    assert line.faults == {"unknown_cell": 1}


@pytest.mark.parametrize(
    ("reading", "fault", "why"),
    [
        (RawWeight(0, 0, 0), "empty_weight", "does not answer"),
        (RawWeight(0, 0x7F_FFFF, 10), "overloaded_cell", "at its end"),
        (RawWeight(0, -0x80_0000, 10), "overloaded_cell", "at its end"),
    ],
)
def test_a_cell_that_cannot_be_believed_is_offline_until_it_weighs_again(
    unit: VirtualCounter, reading: RawWeight, fault: str, why: str
) -> None:
    line = Line({0: Cell("scale-3", Calibration(0, 1.0).grams)})
    line.hear(unit.hello() + unit.say(RawWeight(0, 10, 10)))
    (said,) = line.hear(unit.say(reading) + unit.say(reading))
    assert isinstance(said, Device)
    assert (said.src, said.state) == ("scale-3", DeviceState.OFFLINE)
    assert why in said.detail
    assert line.faults == {fault: 2}
    back = line.hear(unit.say(RawWeight(0, 11, 10)))
    assert back == [
        Device("scale-3", 50.0, 50.0, DeviceState.ONLINE),
        Weight("scale-3", 50.0, 50.0, 11.0),
    ]


def test_a_cell_that_nobody_calibrated_shows_its_reading_and_says_no_weight(
    unit: VirtualCounter,
) -> None:
    cell = Cell("scale-3", None)
    line = Line({0: cell})
    line.hear(unit.hello())
    for _ in range(2):
        (said,) = line.hear(unit.say(RawWeight(0, 81_234, 10)))
        assert isinstance(said, Device)
        assert (said.state, "not calibrated" in said.detail) == (DeviceState.ONLINE, True)
    assert cell.facts == {"raw": "81234, 10 samples"}


def test_a_heartbeat_by_the_units_own_word_within_reason(unit: VirtualCounter, line: Line) -> None:
    for said, held in ((0, 1.0), (5_000, 5.0), (1, 0.1)):
        unit.heartbeat_ms = said
        line.hear(unit.hello())
        assert line.session.heartbeat == held


def damaged(wire: bytes, dice: random.Random) -> bytes:
    """A frame as a bad cable leaves it."""
    raw = bytearray(wire)
    match dice.randrange(5):
        case 0:
            raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
        case 1:
            del raw[dice.randrange(len(raw))]
        case 2:
            raw.insert(dice.randrange(len(raw)), dice.randrange(256))
        case 3:
            raw = raw[: dice.randrange(len(raw))]
        case _:
            raw = bytearray(dice.randbytes(len(raw)))
    return bytes(raw)


@pytest.mark.parametrize("seed", range(20))
def test_a_fifth_of_the_frames_damaged_loses_nobody(seed: int) -> None:
    dice = random.Random(seed)
    unit, line = VirtualCounter(), Line()
    seen: list[tuple[int, int, int]] = []
    truth: list[tuple[int, int, int]] = []
    for second in range(600):
        unit.pass_by(dice.randrange(3), dice.randrange(3))
        frames = [unit.state()]
        if second % 30 == 0:
            frames.insert(0, unit.hello())
        if dice.random() < 0.5:
            frames.append(unit.say(Event(1, 500, *unit.totals)))
        wire = b"".join(damaged(one, dice) if dice.random() < 0.2 else one for one in frames)
        truth.append((BOOT_17, *unit.totals))
        new = line.counts(wire)
        # A frame that lost its last delimiter ends with the first one of the next second.
        assert set(new) <= set(truth[-2:])
        seen += new
    seen += line.counts(b"\x00" + unit.hello() + unit.state())
    assert seen[-1] == (BOOT_17, *unit.totals)
    assert seen == sorted(seen)
    assert line.faults["lost_frames"] > 0
    assert line.faults["stale"] == line.faults["boots"] == 0


def test_noise_makes_no_frame() -> None:
    dice, line = random.Random(7), Line()
    for _ in range(60):
        assert line.hear(dice.randbytes(10_000)) == []


@given(
    st.lists(
        st.builds(
            Frame,
            st.sampled_from([1, 2, 3, 4, 16, 129, 7]),
            st.integers(0, 65_535),
            st.integers(0, 3),
            st.integers(0, 2**32 - 1),
            st.binary(max_size=30),
        ),
        max_size=12,
    )
)
def test_any_frames_give_counts_that_never_are_negative(frames: list[Frame]) -> None:
    line = Line({0: Cell("s", float)})
    for frame in frames:
        for said in line.session.take(frame, 1.0):
            if isinstance(said, Count):
                assert 0 <= said.boot < 2**63
                assert said.entries >= 0
                assert said.exits >= 0

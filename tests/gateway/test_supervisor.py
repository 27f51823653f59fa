"""Sources that fall are started again, and not sooner than makes sense."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest

from drivers.observations import Device, DeviceState, Observation
from drivers.source import Clock, Emit, SourceLost
from gateway.supervisor import LONGEST_WAIT_SECONDS, supervise


class Falling:
    """Falls at once, with one error after the other; then it is cancelled."""

    def __init__(self, *errors: Exception) -> None:
        self.name = "reader-1"
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._errors = list(errors)

    async def run(self, emit: Emit, clock: Clock) -> None:
        if not self._errors:
            raise asyncio.CancelledError
        raise self._errors.pop(0)


class Living:
    """Tries for `trying` seconds, is online for `online`, says that it is gone, and falls."""

    def __init__(self, *lives: tuple[float, float]) -> None:
        self.name = "reader-1"
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._lives = list(lives)

    async def run(self, emit: Emit, clock: Clock) -> None:
        assert isinstance(clock, NotedClock)
        if not self._lives:
            raise asyncio.CancelledError
        trying, online = self._lives.pop(0)
        clock.now += trying
        emit(Device(self.name, 0.0, 0.0, DeviceState.ONLINE, antenna=1))
        if online:
            emit(Device(self.name, 0.0, 0.0, DeviceState.ONLINE))
            clock.now += online
            emit(Device(self.name, 0.0, 0.0, DeviceState.ONLINE, detail="hot"))
            emit(Device(self.name, 0.0, 0.0, DeviceState.OFFLINE))
        raise SourceLost("gone")


class NotedClock:
    """Does not wait, and notes how long it should have."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.now = 100.0

    def wall(self) -> float:
        return 100.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def waits_of(*errors: Exception) -> tuple[list[float], list[Observation]]:
    clock, said = NotedClock(), list[Observation]()
    with pytest.raises(asyncio.CancelledError):
        await supervise(Falling(*errors), said.append, clock, random.Random(1))
    return clock.waits, said


async def test_waits_grow_from_fall_to_fall() -> None:
    waits, said = await waits_of(*(SourceLost("reader-1: gone") for _ in range(10)))
    assert waits[0] <= 1.0
    assert 30.0 <= waits[-1] <= LONGEST_WAIT_SECONDS
    assert said[0] == Device("reader-1", 100.0, 100.0, DeviceState.OFFLINE, detail="gone")


@pytest.mark.parametrize(
    ("life", "forgiven"),
    [((0.0, 60.0), True), ((0.0, 59.0), False), ((500.0, 0.0), False), ((500.0, 1.0), False)],
)
async def test_only_a_healthy_time_shortens_the_next_wait(
    life: tuple[float, float], forgiven: bool
) -> None:
    clock = NotedClock()
    source = Living(*[(0.0, 0.0)] * 6, life)
    with pytest.raises(asyncio.CancelledError):
        await supervise(source, lambda _: None, clock, random.Random(1))
    assert (clock.waits[-1] <= 1.0) is forgiven
    assert clock.waits[-2] >= 16.0


async def test_who_is_told_to_wait_does() -> None:
    waits, _ = await waits_of(SourceLost("held", at_least=30.0), OSError("broken"))
    assert waits[0] == 30.0
    assert waits[1] <= 2.0


async def test_a_drivers_own_fault_is_no_end(caplog: pytest.LogCaptureFixture) -> None:
    waits, said = await waits_of(RuntimeError("a bug"))
    assert len(waits) == 1
    assert isinstance(said[0], Device)
    assert said[0].detail == "the driver failed; see the log"
    assert "a bug" in caplog.text

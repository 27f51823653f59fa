"""Token buckets and read rates: time is an argument."""

from __future__ import annotations

import pytest

from gateway.board import DeviceStatus
from gateway.web.rates import Buckets
from gateway.web.reads import ReadRates


def test_a_burst_then_the_rate() -> None:
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("till", 0.0) for _ in range(3)] == [0.0] * 3
    assert buckets.take("till", 0.0) == pytest.approx(0.5)
    assert buckets.take("till", 0.5) == 0.0
    assert buckets.take("till", 0.5) > 0.0


def test_clients_are_bounded() -> None:
    buckets = Buckets(rate=1, burst=1, keep=2)
    assert [buckets.take(name, 0.0) for name in "abc"] == [0.0] * 3
    assert buckets.take("a", 0.0) == 0.0, "forgotten, so full again"
    assert buckets.take("c", 0.0) > 0.0


def test_read_rates_come_from_counters() -> None:
    reads, antenna = ReadRates(), DeviceStatus("reader-1", 1)
    reads.look(100.0, [antenna])
    assert reads.rate("reader-1", 1) is None
    antenna.reads = 50
    reads.look(101.0, [antenna])
    assert reads.rate("reader-1", 1) is None, "too soon to say"
    reads.look(110.0, [antenna])
    assert reads.rate("reader-1", 1) == 5.0
    assert reads.rate("reader-2", 1) is None
    for later in range(115, 400, 5):
        reads.look(float(later), [antenna])
    assert reads.rate("reader-1", 1) == 0.0, "the last minute alone"


def test_one_look_an_hour_still_has_a_rate() -> None:
    reads, antenna = ReadRates(), DeviceStatus("reader-1", 1)
    for hour in range(3):
        antenna.reads = 3_600 * hour
        reads.look(3_600.0 * hour, [antenna])
    assert reads.rate("reader-1", 1) == 1.0

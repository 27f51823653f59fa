from __future__ import annotations

import pytest

from gateway.config import values
from gateway.config.faults import WrongValue


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m", 600),
        ("30s", 30),
        ("2h", 7200),
        ("1h30m", 5400),
        ("1.5 h", 5400),
        (45, 45),
        (0.5, 0.5),
    ],
)
def test_durations(text: object, seconds: float) -> None:
    assert values.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "10", "m", "10 fortnights", "-5m", "0s", 0, True, [], "1m x"])
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(WrongValue):
        values.duration(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("256MB", 256_000_000), ("1GiB", 2**30), ("1.5 kB", 1500), (4096, 4096)],
)
def test_sizes(text: object, size: int) -> None:
    assert values.size(text) == size


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("10:00-20:00", 600, 1200), ("18:00-02:00", 1080, 1560), ("0:00-24:00", 0, 1440)],
)
def test_openings(text: str, start: int, end: int) -> None:
    assert values.opening(text) == values.Opening(start, end)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("192.168.1.20:5084", "192.168.1.20", 5084),
        ("reader.local", "reader.local", None),
        ("[fe80::1%eth0]:5084", "fe80::1%eth0", 5084),
    ],
)
def test_addresses(text: str, host: str, port: int | None) -> None:
    assert values.host_port(text) == values.HostPort(host, port)


@pytest.mark.parametrize("text", ["", "a b", "http://x", "x:0", "x:70000", "x:", "x:1:2", "\n"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(WrongValue):
        values.host_port(text)


@pytest.mark.parametrize("text", ["0.0.0.0:8080", "127.0.0.1:0", "[::]:8080"])
def test_where_to_listen(text: str) -> None:
    assert values.listen(text) == text


@pytest.mark.parametrize("text", ["mqtt://", "hq:8883", "mqtt://h:x", "", "mqtt://[::1", "://"])
def test_what_is_no_broker(text: str) -> None:
    with pytest.raises(WrongValue):
        values.broker_url(text)

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.requests import HoldRequest, HoldVerdict, NotStored
from gateway.uplink.commands import ANSWERS_KEPT, LARGEST_COMMAND, AckRefused, Commands
from tests.gateway.uplink.stage import MemoryDesk

GTIN = "03453120000011"


class Bench:
    def __init__(self) -> None:
        self.desk = MemoryDesk()
        self.cleared: list[tuple[int, int]] = []
        self.asked: list[Sequence[int] | None] = []
        self.trouble: Exception | None = None
        self.faults: Counter[str] = Counter()
        self.commands = Commands(self.desk, self.clear, self.snapshot, self.faults)

    async def clear(self, boot: int, seq: int) -> int:
        if self.trouble:
            raise self.trouble
        self.cleared.append((boot, seq))
        return 4

    def snapshot(self, buckets: Sequence[int] | None) -> list[str]:
        self.asked.append(buckets)
        return ["part 1", "part 2"]

    async def say(self, **body: Any) -> dict[str, Any] | None:
        return await self.raw(json.dumps(body).encode())

    async def raw(self, payload: bytes) -> dict[str, Any] | None:
        answer = (await self.commands.take(payload)).answer
        return None if answer is None else json.loads(answer)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_an_ack_without_an_id_is_done_and_not_answered(bench: Bench) -> None:
    assert await bench.say(do="ack", boot=17, seq=120) is None
    assert bench.cleared == [(17, 120)]


async def test_an_ack_with_an_id_is_answered_and_done_each_time(bench: Bench) -> None:
    for _ in range(2):
        answer = await bench.say(id="a", do="ack", boot=17, seq=120)
        assert answer == {"id": "a", "ok": True, "cleared": 4}
    assert len(bench.cleared) == 2


async def test_an_ack_that_cannot_be_is_refused_and_counted(bench: Bench) -> None:
    bench.trouble = AckRefused("nothing as late as that went up")
    answer = await bench.say(id="a", do="ack", boot=17, seq=9)
    assert answer == {"id": "a", "ok": False, "error": "nothing as late as that went up"}
    assert bench.faults["ack_refused"] == 1


async def test_resync_and_buckets_bring_snapshots(bench: Bench) -> None:
    reply = await bench.commands.take(b'{"id":"r","do":"resync"}')
    assert reply.snapshots == ["part 1", "part 2"]
    assert json.loads(reply.answer or "") == {"id": "r", "ok": True, "parts": 2}
    await bench.say(id="b", do="buckets", buckets=[3, 60])
    assert bench.asked == [None, [3, 60]]


async def test_the_same_id_is_answered_the_same_and_not_done_again(bench: Bench) -> None:
    order = {"id": "h1", "do": "hold", "gtin": "3453120000011", "qty": 2, "minutes": 30}
    first = await bench.say(**order)
    assert await bench.say(**order) == first
    assert bench.desk.asked == [HoldRequest("h1", GTIN, 2, 30.0)]
    assert first == {
        "id": "h1",
        "ok": True,
        "available": 3,
        "hold": {
            "id": "h1",
            "gtin": GTIN,
            "qty": 2,
            "state": "open",
            "expires": 1763742600.0,
        },
    }
    assert bench.desk.board.alerts == {}


async def test_a_hold_may_have_an_id_of_its_own(bench: Bench) -> None:
    await bench.say(
        id="c1", do="hold", hold="h9", gtin=GTIN, qty=1, minutes=5, channel="web", order="o"
    )
    await bench.say(id="c2", do="release", hold="h9")
    assert bench.desk.asked == [HoldRequest("h9", GTIN, 1, 5.0, "web", "o"), "h9"]


async def test_what_cannot_be_promised_is_refused_with_what_is_there(bench: Bench) -> None:
    bench.desk.verdict = HoldVerdict.INSUFFICIENT
    answer = await bench.say(id="h", do="hold", gtin=GTIN, qty=9, minutes=5)
    assert answer == {"id": "h", "ok": False, "error": "insufficient", "available": 2}


async def test_a_passing_failure_is_not_the_answer_for_ever(bench: Bench) -> None:
    bench.desk.failure = NotStored()
    order = {"id": "h", "do": "hold", "gtin": GTIN, "qty": 1, "minutes": 5}
    answer = await bench.say(**order)
    assert answer == {"id": "h", "ok": False, "error": "not stored: ask again"}
    bench.desk.failure = None
    answer = await bench.say(**order)
    assert answer is not None
    assert answer["ok"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"do": "hold", "gtin": "3453120000012", "qty": 1, "minutes": 5}, "gtin"),
        ({"do": "hold", "gtin": GTIN, "qty": 0, "minutes": 5}, "qty"),
        ({"do": "hold", "gtin": GTIN, "qty": 1}, "minutes"),
        ({"do": "ack", "boot": True, "seq": 1}, "boot"),
        ({"do": "ack", "boot": 1, "seq": "9"}, "seq"),
        ({"do": "buckets", "buckets": [64]}, "buckets"),
        ({"do": "config", "toml": ""}, "not started from a config file"),
        ({"do": "dance"}, "do"),
        ({}, "do"),
    ],
)
async def test_what_is_wrong_is_said_when_there_is_an_id(
    bench: Bench, body: dict[str, Any], error: str
) -> None:
    answer = await bench.say(id="x", **body)
    assert answer is not None
    assert not answer["ok"]
    assert error in answer["error"]
    assert "\n" not in answer["error"]
    assert bench.cleared == []


@pytest.mark.parametrize(
    "payload", [b"", b"{", b"\xff\xfe", b"[1]", b"null", b'{"do":"resync"}', b"[" * 60_000]
)
async def test_what_cannot_be_answered_is_counted(bench: Bench, payload: bytes) -> None:
    assert await bench.raw(payload) is None
    assert bench.faults["command_malformed"] == 1


async def test_what_is_too_large_is_not_even_read(bench: Bench) -> None:
    assert await bench.raw(b'{"id":"x","do":"' + b"a" * LARGEST_COMMAND + b'"}') is None
    assert bench.faults["command_too_large"] == 1


async def test_the_memory_of_answers_is_bounded(bench: Bench) -> None:
    for i in range(ANSWERS_KEPT + 1):
        await bench.say(id=f"r{i}", do="resync")
    await bench.say(id=f"r{ANSWERS_KEPT}", do="resync")
    assert len(bench.asked) == ANSWERS_KEPT + 1
    await bench.say(id="r0", do="resync")
    assert len(bench.asked) == ANSWERS_KEPT + 2


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    payload=st.binary()
    | st.fixed_dictionaries(
        {},
        optional={
            key: json_values | st.sampled_from(["ack", "hold", "release", "resync", "buckets"])
            for key in ("id", "do", "boot", "seq", "gtin", "qty", "minutes", "hold", "buckets")
        },
    ).map(lambda body: json.dumps(body).encode())
)
async def test_nothing_makes_it_fall_over(payload: bytes) -> None:
    reply = await Bench().commands.take(payload)
    assert reply.answer is None or set(json.loads(reply.answer)) >= {"id", "ok"}

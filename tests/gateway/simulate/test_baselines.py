"""The rules that the table sets beside ours do what their sources say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from drivers.observations import (
    Delivery,
    DeliveryLine,
    Line,
    Observation,
    Sale,
    Stocktake,
    TagReads,
)
from gateway.simulate.baselines import (
    GARMENT,
    BookStock,
    EdgeX,
    LastWellRead,
    Rule,
    Smurf,
    Window,
    rules,
)
from gateway.simulate.baselines.tags import TagRule
from gateway.simulate.epcs import memory_of, urn_of
from gateway.simulate.plan import AntennaPlan, ArticlePlan, StorePlan, ZonePlan
from gateway.simulate.random_plans import gtin_of

G = gtin_of(1)
PLAN = StorePlan(
    "S",
    (ZonePlan("a"), ZonePlan("b"), ZonePlan("t", "till"), ZonePlan("x", "exit")),
    antennas=tuple(AntennaPlan("r", i + 1, z) for i, z in enumerate("abtx")),
    articles=(ArticlePlan(G),),
)


def read(t: float, antenna: int, *serials: int, rssi: float = -50.0, n: int = 1) -> TagReads:
    size = len(serials)
    epc = np.frombuffer(b"".join(memory_of(G, s) for s in serials), np.uint8).reshape(size, 12)
    return TagReads(
        "r", t, np.full(size, t), np.full(size, antenna, np.int32), epc,
        np.full(size, 12, np.int32), np.full(size, rssi, np.float32), np.full(size, n, np.int32),
    )  # fmt: skip


def sale(t: float, epc: str | None = None) -> Sale:
    return Sale("till", t, t, f"R-{t}", (Line(G, 1, epc),))


def told(rule: Rule, until: int, *observations: Observation) -> dict[str, Any]:
    last: dict[str, Any] = {"on_hand": 0}
    left = list(observations)
    for second in range(until + 1):
        while left and left[0].at <= second:
            rule.observe(left.pop(0))
        for line in rule.advance(float(second)):
            last = line
    return last


def test_book_stock_adds_and_takes_away() -> None:
    delivery = Delivery("b", 2.0, 2.0, "D", (DeliveryLine(G, 5),))
    line = told(BookStock(), 5, Stocktake("b", 1.0, 1.0, G, 3), delivery, sale(3.0))
    assert (line["on_hand"], "zones" in line) == (7, False)
    assert told(BookStock(), 5, Stocktake("b", 1.0, 1.0, G, 0), sale(3.0))["on_hand"] == 0


def test_a_window_forgets_after_its_time() -> None:
    rule = Window(PLAN, 25.0)
    assert told(rule, 26, read(1.0, 1, 7, 8))["on_hand"] == 2
    assert told(Window(PLAN, 25.0), 27, read(1.0, 1, 7, 8))["on_hand"] == 0


def test_a_window_puts_a_tag_where_most_reads_are() -> None:
    line = told(Window(PLAN, 25.0), 5, read(1.0, 1, 7), read(2.0, 2, 7, n=3), read(3.0, 1, 7))
    assert line["zones"] == {"b": 1}


def test_edgex_moves_on_a_stronger_mean_only() -> None:
    first = [read(t, 1, 7, rssi=-60.0) for t in (1.0, 1.2, 1.4)]
    weak = [read(1.6, 2, 7, rssi=-55.0), read(1.7, 2, 7, rssi=-55.0)]
    strong = [read(1.6, 2, 7, rssi=-53.0), read(1.7, 2, 7, rssi=-53.0)]
    assert told(EdgeX(PLAN), 3, *first, *weak)["zones"] == {"a": 1}
    assert told(EdgeX(PLAN), 3, *first, *strong)["zones"] == {"b": 1}
    assert told(EdgeX(PLAN), 3, *first, strong[0])["zones"] == {"a": 1}, "two reads are needed"


def test_edgex_lets_an_old_place_go_by_its_slope() -> None:
    weak = [read(3.0, 2, 7, rssi=-66.0), read(3.1, 2, 7, rssi=-66.0)]
    line = told(EdgeX(PLAN), 5, read(1.0, 1, 7, rssi=-60.0), *weak)
    assert line["zones"] == {"b": 1}, "2.1 s after the last read the offset is 6 - 8 x 1.6 dB"


def test_edgex_for_garments_holds_an_old_place_for_a_minute() -> None:
    def later(t: float) -> list[Observation]:
        return [read(1.0, 1, 7, rssi=-60.0), *(read(t + i, 2, 7, rssi=-66.0) for i in (0.0, 0.1))]

    assert told(EdgeX(PLAN, profile=GARMENT), 60, *later(55.0))["zones"] == {"a": 1}
    line = told(EdgeX(PLAN, profile=GARMENT), 90, *later(86.0))
    assert line["zones"] == {"b": 1}, "85 s after the last read the offset is 6 - 0.5 x 25 dB"


def test_edgex_departs_at_the_next_check() -> None:
    assert told(EdgeX(PLAN, departs=40.0), 59, read(1.0, 1, 7))["on_hand"] == 1
    assert told(EdgeX(PLAN, departs=40.0), 60, read(1.0, 1, 7))["on_hand"] == 0


def test_last_well_read_keeps_what_is_silent_until_it_is_sold() -> None:
    rule = LastWellRead(PLAN)
    assert told(rule, 5000, read(1.0, 1, 7, 8))["on_hand"] == 2
    rule.observe(sale(5001.0, urn_of(G, 8)))
    assert [line["on_hand"] for line in rule.advance(5001.0)] == [1]


def test_last_well_read_sells_what_the_till_heard() -> None:
    rule = LastWellRead(PLAN)
    reads = [read(1.0, 1, 7, n=3), read(1.0, 2, 8, n=3), read(5.0, 3, 8)]
    line = told(rule, 20, *reads, sale(10.0))
    assert line["zones"] == {"a": 1}


def test_last_well_read_sees_things_leave() -> None:
    line = told(LastWellRead(PLAN), 60, read(1.0, 1, 7), read(20.0, 4, 7, n=2), read(21.0, 4, 7))
    assert line["on_hand"] == 0


def test_smurf_gives_a_well_read_tag_a_short_window() -> None:
    every_second = [read(t + 0.5, 1, 7) for t in range(60)]
    assert told(Smurf(PLAN), 62, *every_second)["on_hand"] == 1
    assert told(Smurf(PLAN), 65, *every_second)["on_hand"] == 0


def test_smurf_gives_a_badly_read_tag_a_long_one() -> None:
    seldom = [read(t + 0.5, 1, 7) for t in [*range(10), *range(20, 300, 10)]]
    assert told(Smurf(PLAN), 305, *seldom)["on_hand"] == 1
    assert told(Smurf(PLAN), 340, *seldom)["on_hand"] == 0


def test_every_rule_of_the_table_is_there() -> None:
    assert [rule.name for rule in rules(PLAN)] == [
        "book stock",
        "window 25 s",
        "window 600 s",
        "EdgeX 600 s shipped",
        "EdgeX 600 s garment",
        "EdgeX 60 s shipped",
        "EdgeX 60 s garment",
        "last well read",
    ]


def test_a_rule_about_tags_says_how_it_hears() -> None:
    with pytest.raises(TypeError, match="abstract"):
        TagRule(PLAN)  # type: ignore[abstract]  # that is what is tested

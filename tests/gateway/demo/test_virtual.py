"""The virtual store in step with a clock, and what it tells whom."""

from __future__ import annotations

import pytest

from drivers.observations import Count, Sale, Stocktake
from drivers.rfid.naming import EpcNaming
from gateway.config.load import load_store
from gateway.demo.files import Wires, write_store
from gateway.demo.virtual import Told, VirtualStore
from gateway.simulate.plan import plan_of

NOON = 1_763_726_400.0


class Everybody:
    def __init__(self) -> None:
        self.counts: list[Count] = []
        self.facts: list = []
        self.badges: list = []
        self.weights: list = []
        self.phones = 0

    def advert(self, advert) -> None:
        self.badges.append(advert)

    def weight(self, weight, address) -> None:
        self.weights.append((weight, address))

    def phone(self, rng) -> None:
        self.phones += 1


@pytest.fixture
def stage(tmp_path):
    path = write_store(tmp_path, Wires(0, "127.0.0.1:1", "/dev/x", "127.0.0.1:2"), "Etc/UTC")
    people = Everybody()
    told = Told(people.counts.append, people, people.facts.append)
    return VirtualStore(plan_of(load_store(path, {})), NOON, told), people


def test_everybody_is_told_their_part(stage):
    virtual, people = stage
    for step in range(1, 1201):
        virtual.advance(NOON + step / 2)
    assert sum(isinstance(fact, Stocktake) for fact in people.facts) >= 24
    assert any(isinstance(fact, Sale) for fact in people.facts)
    assert people.counts[-1].entries - people.counts[0].entries > 20
    assert {advert.beacon for advert in people.badges} == {"badge-1", "badge-2"}
    assert people.weights[0][1] == "C4:7C:8D:6A:11:02"
    assert people.phones > 100


def test_its_first_minute_is_worth_looking_at(stage):
    virtual, _ = stage
    virtual.advance(NOON + 60)
    truth = virtual.truth()
    assert truth["people"]["in"] >= 3
    assert 300 <= sum(one["on_hand"] for one in truth["stock"].values()) <= 800


def test_a_shelf_is_heard_and_its_tags_are_the_stores(stage):
    virtual, _ = stage
    naming = EpcNaming()
    heard = [
        seen for n in range(1, 60) for seen in virtual.hear(1, NOON + n / 5, NOON + n / 5 + 0.2)
    ]
    items = {naming.of_bytes(seen.epc) for seen in heard}
    assert None not in items
    gtins = {item.gtin for item in items if item is not None}
    assert len(gtins & set(virtual.truth()["stock"])) >= 6
    assert all(-90 < seen.rssi < -15 for seen in heard)
    assert all(NOON < seen.first <= seen.last <= NOON + 12 for seen in heard)


def test_an_antenna_that_the_store_has_not_hears_nothing(stage):
    virtual, _ = stage
    assert virtual.hear(9, NOON, NOON + 1) == ()


def test_time_never_runs_back(stage):
    virtual, _ = stage
    virtual.advance(NOON + 10)
    virtual.advance(NOON + 5)
    assert virtual.truth()["t"] == NOON + 10


def test_it_can_run_for_hours_without_running_dry(stage):
    virtual, _ = stage
    for step in range(1, 241):
        virtual.advance(NOON + 60 * step)
    stock = [one["on_hand"] for one in virtual.truth()["stock"].values()]
    assert 200 < sum(stock) < 1_500
    assert sum(count > 0 for count in stock) > 18

"""The virtual store: the same seed gives the same day, and no unit is lost or made up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from drivers.observations import Count, Delivery, Device, DeviceState, Return, Sale, Stocktake
from drivers.rfid.naming import EpcNaming
from gateway.simulate.goods import FOREIGN, Where
from gateway.simulate.plan import AntennaPlan, ArticlePlan, StorePlan, ZonePlan
from gateway.simulate.random_plans import gtin_of, random_plan
from gateway.simulate.scenario import CALM, USUAL, Book, Scenario
from gateway.simulate.shop import AntennaRound
from gateway.simulate.world import Step, World

BUSY = Scenario(visitors_per_hour=120.0, thieves=0.1, returns=40.0, deliveries=20.0)


def flat(step: Step) -> list[str]:
    return [
        repr((e.began, e.reads.t.tolist(), e.reads.epc.tobytes(), e.reads.rssi.tolist(), e.ended))
        if isinstance(e, AntennaRound)
        else repr(e)
        for e in step.emissions
    ]


def run(world: World, seconds: float, step: float = 60.0) -> Step:
    emissions, truth = [], []
    until = world.start + seconds
    while world.shop.now < until:
        part = world.step(min(world.shop.now + step, until))
        emissions += part.emissions
        truth += part.truth
    return Step(until, emissions, truth)


def test_the_same_seed_gives_the_same_day_however_it_is_cut() -> None:
    plan = random_plan(4, 3, 80)
    once = run(World(plan, 11, BUSY), 400.0, 400.0)
    again = run(World(plan, 11, BUSY), 400.0, 7.3)
    other = run(World(plan, 12, BUSY), 400.0)
    assert flat(once) == flat(again)
    assert once.truth == again.truth
    assert flat(once) != flat(other)


def test_truth_and_emissions_are_in_time_order() -> None:
    step = run(World(random_plan(4, 3, 80), 3, BUSY), 900.0)
    times = [float(line["t"]) for line in step.truth]  # type: ignore[arg-type]  # a JSON value
    assert times == sorted(times)
    arrivals = [e.ended.at if isinstance(e, AntennaRound) else e.at for e in step.emissions]
    assert arrivals == sorted(arrivals)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_unit_is_accounted_for(seed: int) -> None:
    world = World(random_plan(seed, 4, 150), seed, BUSY)
    goods = world.shop.goods
    first = int(goods.on_hand.sum())
    received = sold = returned = stolen = 0
    while world.shop.now < world.start + 3600.0:
        step = world.step(world.shop.now + 30.0)
        sold += sum(line.qty for e in step.emissions if isinstance(e, Sale) for line in e.lines)
        returned += sum(
            line.qty for e in step.emissions if isinstance(e, Return) for line in e.lines
        )
        stolen += sum(line.get("event") == "stolen" for line in step.truth)
        n = goods.size
        ours = (goods.gtin[:n] != FOREIGN) & ~goods.sold[:n] & (goods.where[:n] != Where.AWAY)
        on_the_street = [p.slot for p in world.shop.crowd.people if p is not None and not p.inside]
        ours &= ~((goods.where[:n] == Where.CARRIED) & np.isin(goods.holder[:n], on_the_street))
        assert int(goods.on_hand.sum()) == int(ours.sum())
        resting = ours & (goods.where[:n] == Where.RESTING)
        assert int(goods.at.sum()) == int(resting.sum())
        assert (goods.at >= 0).all()
    received = int((goods.gtin[: goods.size] != FOREIGN).sum()) - first - _sold_before(world)
    assert int(goods.on_hand.sum()) == first + received + returned - sold - stolen
    assert sold > 0
    assert stolen > 0


def _sold_before(world: World) -> int:
    """Units that customers had before the day began are rows too, never on hand."""
    fresh = World(world.plan, world.seed, world.scenario)
    return len(fresh.shop.outside)


def test_the_truth_lines_say_what_is_there() -> None:
    world = World(random_plan(2, 4, 150), 9, BUSY)
    step = run(world, 3600.0)
    last = {line["gtin"]: line for line in step.truth if line["kind"] == "stock"}
    goods = world.shop.goods
    for gtin, name in enumerate(goods.gtins):
        assert last[name]["on_hand"] == goods.on_hand[gtin]
        assert last[name]["zones"] == {
            zone: n for zone, n in zip(goods.zones, goods.at[gtin].tolist(), strict=True) if n
        }
        assert last[name]["floor"] == goods.at[gtin, goods.shelves].sum()


def test_with_nothing_broken_the_counter_counts_everybody() -> None:
    world = World(random_plan(2, 4, 100, doors=2), 1, replace(CALM, visitors_per_hour=150.0))
    step = run(world, 3600.0)
    for counter in world.shop.doors:
        said = [e for e in step.emissions if isinstance(e, Count) and e.src == counter.id]
        assert said[-1].entries - said[0].entries == counter.came > 10
        assert said[-1].exits - said[0].exits == counter.went > 10
    inside = sum(c.came - c.went - c.staff_came + c.staff_went for c in world.shop.doors)
    assert inside == world.shop.visitors


def test_a_counter_that_restarts_keeps_every_visitor() -> None:
    scenario = replace(CALM, visitors_per_hour=150.0, reboots=60.0)
    world = World(random_plan(2, 2, 30), 6, scenario)
    counts = [e for e in run(world, 3600.0).emissions if isinstance(e, Count)]
    boots: dict[int, list[Count]] = {}
    for count in counts:
        boots.setdefault(count.boot, []).append(count)
    assert len(boots) > 2
    total = sum(said[-1].entries - said[0].entries for said in boots.values())
    assert total == world.shop.doors[0].came


def test_a_right_book_at_the_start_is_the_truth() -> None:
    world = World(random_plan(5, 3, 100), 5, replace(USUAL, first_epcs=0.3))
    said = world.step(world.start).observations()
    book = {o.gtin: o.qty for o in said if isinstance(o, Stocktake)}
    book |= {o.lines[0].gtin: o.lines[0].qty for o in said if isinstance(o, Delivery)}
    assert book == {name: on_hand for name, (on_hand, _) in world.counts().items()}


def test_a_wrong_book_is_wrong_and_no_book_says_nothing() -> None:
    plan = random_plan(5, 3, 200)
    wrong = World(plan, 5, replace(USUAL, book=Book.WRONG))
    said = {o.gtin: o.qty for o in wrong.step(wrong.start).emissions if isinstance(o, Stocktake)}
    off = [gtin for gtin, (on_hand, _) in wrong.counts().items() if said[gtin] != on_hand]
    assert 0.05 < len(off) / len(said) < 0.45
    none = World(plan, 5, replace(USUAL, book=Book.NONE))
    assert not any(isinstance(o, Stocktake | Delivery) for o in none.step(none.start).emissions)


def test_a_store_without_readers_still_sells() -> None:
    world = World(random_plan(1, 3, 60, antennas=False), 2, BUSY)
    step = run(world, 1800.0)
    assert not any(isinstance(e, AntennaRound) for e in step.emissions)
    assert any(isinstance(e, Sale) for e in step.emissions)


def test_the_smallest_store_of_one_zone_and_a_door() -> None:
    plan = StorePlan("S", (ZonePlan("all", "till"),), doors=("d",))
    step = run(World(plan, 1), 1800.0)
    assert any(isinstance(e, Count) for e in step.emissions)
    assert not any(line["kind"] == "stock" for line in step.truth)


def test_a_catalogue_of_five_thousand() -> None:
    articles = tuple(ArticlePlan(gtin_of(i)) for i in range(5000))
    plan = StorePlan("L", (ZonePlan("a"), ZonePlan("b", "backroom")), articles=articles)
    world = World(plan, 1)
    step = world.step(world.start + 60.0)
    assert sum(line["kind"] == "stock" for line in step.truth) >= 5000
    assert sum(isinstance(e, Stocktake) for e in step.emissions) >= 5000


def test_epcs_are_what_the_drivers_read() -> None:
    world = World(random_plan(3, 2, 40), 1)
    goods, naming = world.shop.goods, EpcNaming()
    for row in range(goods.size):
        item = naming.of_bytes(goods.epc[row].tobytes())
        assert item is not None
        assert (item.urn, item.gtin) == (goods.urn(row), goods.gtins[goods.gtin[row]])


def test_every_shelf_antenna_reads_its_own_shelf_best() -> None:
    plan = random_plan(3, 6, 300)
    still = replace(CALM, visitors_per_hour=0.0, staff=0, deliveries=0.0, stocktakes=0.0)
    world = World(plan, 3, still)
    goods = world.shop.goods
    zone_of = {goods.epc[r].tobytes(): int(goods.zone[r]) for r in range(goods.size)}
    reads = np.zeros((len(plan.antennas), len(plan.zones)))
    index = {(a.reader, a.number): i for i, a in enumerate(plan.antennas)}
    for done in run(world, 300.0).emissions:
        if isinstance(done, AntennaRound):
            for epc in done.reads.epcs():
                reads[index[done.ended.src, done.ended.antenna], zone_of[epc]] += 1
    for i, antenna in enumerate(plan.antennas):
        if antenna.zone.startswith("shelf"):
            own = [zone.id for zone in plan.zones].index(antenna.zone)
            assert reads[i].argmax() == own
            assert reads[i].sum() > reads[i, own], "the neighbours are heard, too"


def test_an_outage_is_said_late_and_held_reports_come_in_a_burst() -> None:
    scenario = replace(CALM, outages=60.0, held=1.0)
    world = World(random_plan(3, 2, 40), 8, scenario)
    emissions = run(world, 3600.0).emissions
    offline = [i for i, e in enumerate(emissions) if _is(e, DeviceState.OFFLINE)]
    assert offline
    back = next(
        i for i in range(offline[0], len(emissions)) if _is(emissions[i], DeviceState.ONLINE)
    )
    late = emissions[back + 1]
    assert isinstance(late, AntennaRound)
    assert late.ended.at == emissions[back].at > late.ended.t  # type: ignore[union-attr]  # a Device


def _is(emission: object, state: DeviceState) -> bool:
    return isinstance(emission, Device) and emission.state is state


def test_a_deaf_antenna_goes_on_with_its_rounds() -> None:
    world = World(random_plan(3, 2, 60), 8, replace(CALM, visitors_per_hour=0.0))
    world.shop.radio.deaf[:] = True
    rounds = [e for e in run(world, 60.0).emissions if isinstance(e, AntennaRound)]
    assert rounds
    assert not any(len(done.reads) for done in rounds)


def test_without_exit_antennas_they_are_gone() -> None:
    world = World(random_plan(3, 2, 40), 8, replace(USUAL, exit_antennas=False))
    assert "exit" not in {antenna.zone for antenna in world.plan.antennas}


def test_rounds_know_their_antenna_and_reads_lie_within_them() -> None:
    plan = StorePlan(
        "T",
        (ZonePlan("a"), ZonePlan("x", "exit")),
        antennas=(AntennaPlan("r", 3, "a"), AntennaPlan("r", 7, "x")),
        articles=(ArticlePlan(gtin_of(1)),),
        planogram={("a", gtin_of(1)): 9},
    )
    rounds = [e for e in run(World(plan, 4), 120.0).emissions if isinstance(e, AntennaRound)]
    assert [done.ended.antenna for done in rounds[:6]] == [3, 7, 3, 7, 3, 7]
    for done in rounds:
        assert (done.reads.antenna == done.ended.antenna).all()
        assert (done.reads.t >= done.began - 0.001).all()
        assert (done.reads.t <= done.ended.t + 0.001).all()

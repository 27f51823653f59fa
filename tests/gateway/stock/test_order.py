"""The same end, whatever the order in which things arrive, as long as that order is legal.

Legal is: each source in its own order, sources interleaved at will between two calls of `advance`
(a second); and a reader that was cut off tells all that it kept in one piece, later. The first
gives the same end up to rounding. The second gives the same places, counts and states, where no
other reader hears the same goods and these had settled before; beliefs differ by little.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.observations import Line, Observation, Round, Sale, Stocktake, TagReads, Weight
from gateway.changes import StockChanged
from gateway.stock.engine import StockEngine
from gateway.stock.layout import Layout
from tests.gateway.stock.shop import T0, HexNaming, epc, gtin, layout, reads

SECONDS = 120
ANTENNAS = {"r": {1: "shelf-a", 4: "till"}, "q": {1: "shelf-b", 2: "back"}}


def _layout() -> Layout:
    antennas = {(src, n): zone for src, mine in ANTENNAS.items() for n, zone in mine.items()}
    return replace(layout(), antennas=antennas, planogram={})


@dataclass
class Day:
    """What happens by second, and by source within it, in the source's order."""

    seconds: list[dict[str, list[Observation]]]

    def in_order(self) -> list[list[Observation]]:
        return [[obs for mine in second.values() for obs in mine] for second in self.seconds]

    def held(self, src: str, since: int, until: int) -> list[list[Observation]]:
        """The same with one reader's seconds [since, until) told in the second `until`."""
        kept = [o for second in self.seconds[since:until] for o in second.get(src, [])]
        order = self.in_order()
        for place in range(since, until):
            order[place] = [o for o in order[place] if o not in kept]
        late = [_arriving(obs, T0 + until) for obs in kept]
        order[until] = [*late, *order[until]]
        return order


def _arriving(obs: Observation, at: float) -> Observation:
    return replace(obs, at=at)


def _day(seed: int, moves: Iterable[tuple[int, int, int]], facts: Sequence[Observation]) -> Day:
    """Tags of five articles read where they lie; `moves`: (second, tag, place)."""
    random = np.random.default_rng(seed)
    places = [(src, antenna) for src, mine in ANTENNAS.items() for antenna in mine]
    lies = {epc(n % 4, n): places[n % 4] for n in range(16)}
    day = Day([])
    for second in range(SECONDS):
        for when, tag, place in moves:
            if when == second:
                lies[epc(tag % 4, tag)] = places[place]
        told: dict[str, list[Observation]] = {}
        for src, mine in ANTENNAS.items():
            heard = [(a, t) for t, (s, a) in lies.items() if s == src and random.random() < 0.7]
            told[src] = [reads(T0 + second + 0.4, *heard, src=src)] if heard else []
            told[src] += [Round(src, T0 + second + 0.8, T0 + second + 0.8, a) for a in mine]
        told |= {"till": [f for f in facts if isinstance(f, Sale) and f.t // 1 == T0 + second]}
        told |= {"bo": [f for f in facts if isinstance(f, Stocktake) and f.t // 1 == T0 + second]}
        told |= {"s": [f for f in facts if isinstance(f, Weight) and f.t // 1 == T0 + second]}
        day.seconds.append(told)
    return day


@dataclass
class End:
    """Where everything is in the end, by URN, and what was last said, by GTIN."""

    places: dict[str, tuple[int, int]]
    beliefs: dict[str, np.ndarray]
    answers: dict[str, StockChanged]


def _end(order: list[list[Observation]]) -> End:
    engine, said = StockEngine(_layout(), HexNaming()), dict[str, StockChanged]()
    for second, turn in enumerate(order):
        for obs in turn:
            engine.observe(obs)
        for change in engine.advance(T0 + second + 1):
            if isinstance(change, StockChanged):
                said[change.gtin] = change
    tags = engine._tags
    rows = {tags.urns[row]: row for row in range(tags.count)}
    return End(
        {urn: (int(tags.status[row]), int(tags.home[row])) for urn, row in rows.items()},
        {urn: tags.belief[row].copy() for urn, row in rows.items()},
        said,
    )


def _counts(end: End) -> dict[str, tuple[int, int, str]]:
    return {g: (a.on_hand, a.available, a.state.value) for g, a in end.answers.items()}


MOVES = st.lists(st.tuples(st.integers(10, 40), st.integers(0, 15), st.integers(0, 3)), max_size=3)
FACTS = st.lists(
    st.one_of(
        st.builds(
            lambda t, g, n: Sale("till", T0 + t, T0 + t, f"S{t}", (Line(gtin(g), n),)),
            st.integers(30, 70), st.integers(0, 4), st.integers(1, 2),
        ),
        st.builds(
            lambda t, g, n: Stocktake("bo", T0 + t, T0 + t, gtin(g), n),
            st.integers(30, 70), st.integers(0, 4), st.integers(0, 6),
        ),
        st.builds(
            lambda t, w: Weight("s", T0 + t, T0 + t, w), st.integers(0, 80), st.floats(0, 3e3)
        ),
    ),
    max_size=4,
)  # fmt: skip
SLOW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(seed=st.integers(0, 99), moves=MOVES, facts=FACTS, data=st.data())
@SLOW
def test_sources_interleaved_in_any_way_give_the_same_end(
    seed: int, moves: list[tuple[int, int, int]], facts: list[Observation], data: st.DataObject
) -> None:
    day = _day(seed, moves, facts)
    shuffle = np.random.default_rng(data.draw(st.integers(0, 999)))
    order = [_interleaved(second, shuffle) for second in day.seconds]
    straight, other = _end(day.in_order()), _end(order)
    assert straight.places == other.places
    assert _counts(straight) == _counts(other)
    for urn, belief in straight.beliefs.items():
        assert np.allclose(belief, other.beliefs[urn], atol=1e-9)


def _interleaved(
    second: dict[str, list[Observation]], shuffle: np.random.Generator
) -> list[Observation]:
    """Each source in its own order, the sources mixed at will."""
    waiting = {src: list(mine) for src, mine in second.items() if mine}
    order = []
    while waiting:
        src = sorted(waiting)[int(shuffle.integers(len(waiting)))]
        order.append(waiting[src].pop(0))
        if not waiting[src]:
            del waiting[src]
    return order


@given(seed=st.integers(0, 99), since=st.integers(40, 50), lasts=st.integers(2, 60))
@SLOW
def test_a_reader_that_was_cut_off_and_tells_what_it_kept_gives_the_same_end(
    seed: int, since: int, lasts: int
) -> None:
    day = _day(seed, [], [])
    straight = _end(day.in_order())
    for src in ANTENNAS:
        late = _end(day.held(src, since, since + lasts))
        assert straight.places == late.places
        assert _counts(straight) == _counts(late)
        for urn, belief in straight.beliefs.items():
            assert np.allclose(belief, late.beliefs[urn], atol=0.05)


def test_the_order_of_a_held_day_is_that_of_the_day() -> None:
    day = _day(1, [], [])
    order = day.held("q", 10, 20)
    assert sum(map(len, order)) == sum(map(len, day.in_order()))
    assert not any(o.src == "q" for turn in order[10:20] for o in turn)
    kept = [o for o in order[20] if isinstance(o, TagReads) and o.at == T0 + 20]
    assert [float(o.t[0]) for o in kept] == sorted(float(o.t[0]) for o in kept)

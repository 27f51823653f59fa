"""What tills and people said, in the order in which it happened, however it arrived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from drivers.observations import Delivery, Fact, Return, Sale, Stocktake

AHEAD_SECONDS = 3_600.0
"""What is said to be further ahead than that was stamped by a wrong clock."""
_FIRST = {Delivery: 0, Return: 1, Stocktake: 2, Sale: 3}
"""At one moment goods come in before they are counted, and are counted before they go: what is
promised is then the lesser of what may be true."""


def in_order(facts: Iterable[Fact], now: float) -> list[Fact]:
    """Facts by their time; those of one source at one moment stay in its order.

    One from far in the future happened at `now`.
    """
    told = [replace(fact, t=now) if fact.t > now + AHEAD_SECONDS else fact for fact in facts]
    first: dict[tuple[float, str], int] = {}
    for fact in told:
        moment = fact.t, fact.src
        first[moment] = min(_FIRST[type(fact)], first.get(moment, len(_FIRST)))
    return sorted(told, key=lambda fact: (fact.t, first[fact.t, fact.src], fact.src))

"""Who comes, and when: parties of visitors by the hour, customers with something to return."""

from __future__ import annotations

import numpy as np

from gateway.simulate import shoppers
from gateway.simulate.crowd import Person
from gateway.simulate.schedule import Schedule
from gateway.simulate.shop import Shop

PROFILE = (0.5, 0.7, 0.9, 1.2, 1.0, 0.9, 1.0, 1.3, 1.5, 1.0)
"""Arrivals over the parts of an opening, mean 1: a first wave at noon, a second before the end."""

GROUPS = (0.68, 0.24, 0.08)
"""Share of parties of one, two and three."""


class Arrivals:
    """Keeps people coming while the store is open."""

    def __init__(self, shop: Shop, schedule: Schedule) -> None:
        self._shop, self._schedule = shop, schedule
        self._opening = self._opening_at(shop.now)

    def next_party(self) -> None:
        """Schedule who comes next: exponential gaps at the busiest rate, thinned by the profile."""
        shop = self._shop
        usual = 12.0 + 5.0 * len(shop.goods.shelves)
        hourly = self._shop.scenario.visitors_per_hour
        people = sum(share * (n + 1) for n, share in enumerate(GROUPS))
        parties = (usual if hourly is None else hourly) / people
        if parties <= 0:
            return
        peak = parties * max(PROFILE) / 3600.0
        t = shop.now
        while True:
            t += float(shop.rng.exponential(1.0 / peak))
            spans = self._shop.plan.openings(t, t + 1.0) if not _within(t, self._opening) else None
            if spans is not None:
                if not spans:
                    t = self._next_opening(t)
                    continue
                self._opening = spans[0]
            opens, closes = self._opening
            part = PROFILE[
                min(int(len(PROFILE) * (t - opens) / (closes - opens)), len(PROFILE) - 1)
            ]
            if shop.rng.random() < part / max(PROFILE):
                break
        self._schedule.at(t, self._party)

    def _party(self) -> None:
        shop = self._shop
        size = 1 + int(shop.rng.choice(len(GROUPS), p=GROUPS))
        door = int(shop.rng.integers(len(shop.floor.doors)))
        chance = shop.rng.random()
        thieves, buyers = self._shop.scenario.thieves, self._shop.scenario.buyers
        leader = "steal" if chance < thieves else "buy" if chance < thieves + buyers else "look"
        for n in range(size):
            person = self._person()
            intent = leader if n == 0 else "look"
            script = shoppers.visitor(shop, person, door, self._opening[1] - 300.0, intent)
            self._schedule.script(script, n * float(shop.rng.uniform(0.4, 2.0)))
        self.next_party()

    def _person(self) -> Person:
        person = self._shop.crowd.come(float(np.clip(self._shop.rng.normal(1.0, 0.2), 0.5, 1.6)))
        if self._shop.rng.random() < self._shop.scenario.foreign:
            self._shop.stray_tag(person)
        return person

    def bring_back(self) -> None:
        """Somebody comes to return what they bought, if anybody bought anything."""
        shop = self._shop
        if not shop.outside or not _within(shop.now, self._opening):
            return
        row = shop.outside.pop(int(shop.rng.integers(len(shop.outside))))
        person = shop.crowd.come(1.0)
        person.bag.append(row)
        self._schedule.script(
            shoppers.returner(shop, person, int(shop.rng.integers(len(shop.floor.doors)))), 0.0
        )

    def _opening_at(self, t: float) -> tuple[float, float]:
        spans = self._shop.plan.openings(t, t + 1.0)
        return spans[0] if spans else (t - 1.0, t - 1.0)

    def _next_opening(self, t: float) -> float:
        spans = [start for start, _ in self._shop.plan.openings(t, t + 8 * 86_400.0) if start >= t]
        return spans[0] if spans else t + 8 * 86_400.0


def _within(t: float, span: tuple[float, float]) -> bool:
    return span[0] <= t < span[1]

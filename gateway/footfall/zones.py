"""Which zones draw people in, and how long they stay there, from the store's own baskets. Pure.

Aggregates alone: what leaves this room are sums over at least `minimum` baskets. No basket's
identity is in them, and nothing of a single trip is remembered on disk, so a restart forgets the
trips that go on. Each trip is in one bucket, buckets do not overlap, and each is said once: two
answers together say no more than each by itself. An hour with too few trips grows into the next.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from drivers.observations import Sighting
from gateway.changes import ZoneDraw, ZoneVisits

BASKET = "basket"
OVER_SECONDS = 600.0
"""A basket that is not heard, or heard nowhere in particular, for so long is put back."""
PARKED_SECONDS = 900.0
"""One that stays in a zone for so long stands there; who carries a basket looks around."""
UNHEARD_SECONDS = 45.0
"""Sightings come each ten seconds: after so long without one nobody knows where the basket was."""
VISIT_SECONDS = 10.0
"""Who is in a zone for a shorter time passes through it."""


@dataclass(slots=True)
class Trip:
    """One basket under way. `zone`: where it is since `begun`, None while nobody knows."""

    heard: float
    zone: str | None = None
    begun: float = 0.0
    parked: str | None = None
    stays: dict[str, float] = field(default_factory=dict)

    def see(self, zone: str | None, t: float) -> None:
        """Heard at `t`, in a zone or nobody knows where."""
        if t - self.heard > UNHEARD_SECONDS:
            self._leave(self.heard)
        if zone != self.zone:
            self._leave(t)
            self.zone, self.begun = zone, t
        if zone is not None:
            self.heard = t
        if zone != self.parked:
            self.parked = None

    @property
    def standing(self) -> bool:
        """It has stood where it is for too long to be carried."""
        return self.zone is not None and self.heard - self.begun > PARKED_SECONDS

    def end(self) -> dict[str, float]:
        """Seconds by zone, of visits; where it stands at last is no visit."""
        if not self.standing:
            self._leave(self.heard)
        return {zone: stay for zone, stay in self.stays.items() if stay >= VISIT_SECONDS}

    def _leave(self, t: float) -> None:
        if self.zone is not None and self.zone != self.parked:
            self.stays[self.zone] = self.stays.get(self.zone, 0.0) + t - self.begun
        self.zone = None


class Zones:
    """The trips of all baskets of a store.

    Args:
        minimum: fewer baskets than this are not told.
    """

    def __init__(self, minimum: int) -> None:
        self._minimum = max(1, minimum)
        self._trips: dict[str, Trip] = {}
        self._since: float | None = None
        self._ended = 0
        self._visited: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}

    def see(self, sighting: Sighting) -> None:
        """A basket is somewhere; other things are passed over."""
        if sighting.role != BASKET:
            return
        trip = self._trips.get(sighting.beacon)
        if trip is None:
            if sighting.zone is None:
                return
            trip = self._trips[sighting.beacon] = Trip(sighting.t)
        if sighting.t < trip.heard:
            return
        if sighting.t - trip.heard > OVER_SECONDS:
            self._end(trip)
            trip = self._trips[sighting.beacon] = Trip(sighting.t)
        trip.see(sighting.zone, sighting.t)
        if trip.standing:
            self._end(trip)
            self._trips[sighting.beacon] = Trip(trip.heard, trip.zone, trip.heard, trip.zone)

    def step(self, now: float) -> None:
        """The clock was stepped and says `now`: trips that go on are begun anew."""
        self._trips.clear()
        self._since = None if self._since is None else min(self._since, now)

    def close(self, begun: float, t: float) -> list[ZoneVisits]:
        """The hour from `begun` to `t` is over; what may be told of it and of what waited."""
        self._since = begun if self._since is None else self._since
        for beacon in [name for name, trip in self._trips.items() if t - trip.heard > OVER_SECONDS]:
            self._end(self._trips.pop(beacon))
        if not self._ended:
            self._since = None
            return []
        if self._ended < self._minimum:
            return []
        told = ZoneVisits(
            t, self._since, self._ended, tuple(self._draw(zone) for zone in sorted(self._visited))
        )
        self._since, self._ended = None, 0
        self._visited.clear()
        self._seconds.clear()
        return [told]

    def _end(self, trip: Trip) -> None:
        visits = trip.end()
        if not visits:
            return
        self._ended += 1
        for zone, stay in visits.items():
            self._visited[zone] += 1
            self._seconds[zone] = self._seconds.get(zone, 0.0) + stay

    def _draw(self, zone: str) -> ZoneDraw:
        """One zone; neither who was there nor who was not may be fewer than the threshold."""
        visited = self._visited[zone]
        others = self._ended - visited
        if visited < self._minimum or 0 < others < self._minimum:
            return ZoneDraw(zone, None, None)
        return ZoneDraw(zone, visited, round(self._seconds[zone] / visited, 1))

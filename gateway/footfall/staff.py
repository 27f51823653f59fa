"""Staff taken out of the visitors by the badges they wear, never by anything a visitor carries."""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.observations import Advert
from gateway.footfall.doors import Passages
from gateway.footfall.rules import FootfallRules

HEARD_KEPT_SECONDS = 300.0
LINGERING_SECONDS = 30.0
"""A badge that was strong at the door all this time lies there, or its bearer works there: whoever
came in meanwhile was somebody else. Who wears one in was not heard before."""


@dataclass(slots=True)
class Badges:
    """When each badge was last strong at the door, and until when it has been used up."""

    rules: FootfallRules
    _strong: dict[str, list[float]] = field(default_factory=dict)
    _used_until: dict[str, float] = field(default_factory=dict)

    def hear(self, advert: Advert) -> None:
        """Note a strong badge; everything else is not about doors."""
        if advert.beacon in self.rules.staff and advert.rssi >= self.rules.staff_rssi:
            times = self._strong.setdefault(advert.beacon, [])
            if not times or advert.t - times[-1] >= 1.0:
                times.append(advert.t)

    def staff_among(self, passages: Passages) -> int:
        """How many of the entries of `passages` were staff: each badge once for a passage."""
        found = 0
        for badge in sorted(self._strong):
            if found == passages.entries + passages.exits:
                break
            if self._passed(badge, passages.t):
                found += 1
        return min(found, passages.entries)

    def forget_before(self, t: float) -> None:
        """Keep the lists short."""
        for badge, times in self._strong.items():
            self._strong[badge] = [heard for heard in times if heard >= t - HEARD_KEPT_SECONDS]

    def _passed(self, badge: str, t: float) -> bool:
        window = self.rules.staff_window
        near = [heard for heard in self._strong[badge] if abs(heard - t) <= window]
        if not near or self._used_until.get(badge, -1.0) >= t - window:
            return False
        before = t - 2 * window
        if any(before - LINGERING_SECONDS <= heard < before for heard in self._strong[badge]):
            return False
        self._used_until[badge] = t
        return True

"""Staff taken out of the visitors by the badges they wear, never by anything a visitor carries.

A badge is where it is heard loudest: one that the stockroom hears better than the door is not at
the door, however strong it is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from drivers.observations import Advert
from gateway.footfall.doors import Passages
from gateway.footfall.rules import FootfallRules
from gateway.footfall.stamps import stamped

HEARD_KEPT_SECONDS = 300.0
LINGERING_SECONDS = 30.0
"""A badge that was strong at the door all this time lies there, or its bearer works there: whoever
came in meanwhile was somebody else. Who wears one in was not heard before."""


@dataclass(slots=True)
class _Heard:
    """A badge at one receiver within one second, as strong as it was at best."""

    t: float
    src: str
    rssi: float


@dataclass(slots=True)
class Badges:
    """When and where each badge was last strong, and until when it has been used up."""

    rules: FootfallRules
    _strong: dict[str, list[_Heard]] = field(default_factory=dict)
    _used_until: dict[str, float] = field(default_factory=dict)

    def hear(self, advert: Advert) -> None:
        """Note a strong badge; everything else is not about doors."""
        if advert.beacon not in self.rules.staff or not advert.rssi >= self.rules.staff_rssi:
            return
        heard = self._strong.setdefault(advert.beacon, [])
        for one in reversed(heard):
            if one.src == advert.src:
                if abs(advert.t - one.t) < 1.0:
                    one.rssi = max(one.rssi, advert.rssi)
                    return
                break
        heard.append(_Heard(advert.t, advert.src, advert.rssi))

    def staff_among(self, passages: Passages, door: str) -> int:
        """How many of the entries of `passages` at `door` were staff: each badge once a passage."""
        found = 0
        for badge in sorted(self._strong):
            if found == passages.entries + passages.exits:
                break
            if self._passed(badge, passages.t, door):
                found += 1
        return min(found, passages.entries)

    def forget_before(self, t: float) -> None:
        """Keep the lists short."""
        for badge, heard in self._strong.items():
            self._strong[badge] = [one for one in heard if one.t >= t - HEARD_KEPT_SECONDS]

    def step(self, seconds: float, now: float) -> None:
        """The clock was stepped by `seconds` and says `now`."""
        for heard in self._strong.values():
            for one in heard:
                one.t = stamped(one.t, seconds, now)
        self._used_until = {
            badge: stamped(t, seconds, now) for badge, t in self._used_until.items()
        }

    def _passed(self, badge: str, t: float, door: str) -> bool:
        window = self.rules.staff_window
        heard = self._strong[badge]
        near = [one for one in heard if abs(one.t - t) <= window]
        if not near or self._used_until.get(badge, -1.0) >= t - window:
            return False
        if not self._hangs_at(max(near, key=lambda one: one.rssi).src, door):
            return False
        before = t - 2 * window
        if any(
            before - LINGERING_SECONDS <= one.t < before and self._hangs_at(one.src, door)
            for one in heard
        ):
            return False
        self._used_until[badge] = t
        return True

    def _hangs_at(self, receiver: str, door: str) -> bool:
        """Whether what `receiver` hears strongly is at `door`.

        Of a receiver that the config does not place this is taken for true, for the gateway of a
        small shop hangs there, unless the door has a receiver of its own.
        """
        placed = self.rules.receivers
        if receiver in placed:
            return placed[receiver] == door
        return door not in placed.values()

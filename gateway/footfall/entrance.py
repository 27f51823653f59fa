"""All doors of a store: what a minute's passages are worth, staff, groups and re-entries apart."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.observations import Advert
from gateway.footfall.doors import Passages
from gateway.footfall.groups import Parties
from gateway.footfall.hours import Openings
from gateway.footfall.minutes import MinuteSum, add_door, add_groups, add_reentries, by_minute
from gateway.footfall.reentry import Returns
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.footfall.spread import MINUTE
from gateway.footfall.staff import Badges


class Entrance:
    """The badges heard at the doors, and who came with whom and who came again, by door."""

    def __init__(self, rules: FootfallRules, openings: Openings) -> None:
        self._openings = openings
        self._badges = Badges(rules)
        self._parties = {src: Parties() for src in rules.doors}
        self._returns = {src: Returns() for src in rules.doors}

    def hear(self, advert: Advert) -> None:
        """A badge, if it is one."""
        self._badges.hear(advert)

    def forget_before(self, end: float) -> None:
        """All up to `end` is told."""
        self._badges.forget_before(end)

    def step(self, seconds: float, now: float) -> None:
        """The clock was stepped: no pause reaches over that."""
        self._badges.step(seconds, now)
        for parties, returns in zip(self._parties.values(), self._returns.values(), strict=True):
            parties.forget()
            returns.forget()

    def gather(
        self,
        sums: dict[float, MinuteSum],
        src: str,
        rule: DoorRule,
        told: Sequence[Passages],
        end: float,
    ) -> list[tuple[float, int, int]]:
        """Add to `sums` what a door tells in the minute that ends at `end`.

        Returns:
            (minute, entries, exits) as counted, oldest first.
        """
        if not told:
            self._parties[src].minute(())
            self._returns[src].minute(())
        said = []
        for minute, passages in sorted(by_minute(told, end).items()):
            total = sums.setdefault(minute, MinuteSum())
            opened = self._openings.is_open(minute - MINUTE / 2)
            add_door(total, rule, passages, opened=opened)
            if opened:
                self._take_apart(total, src, passages)
            came, left = sum(p.entries for p in passages), sum(p.exits for p in passages)
            said.append((minute, came, left))
        return said

    def _take_apart(self, total: MinuteSum, src: str, passages: Sequence[Passages]) -> None:
        staff = sum(self._badges.staff_among(p, src) for p in passages if not p.estimated)
        total.visitors -= staff
        add_reentries(total, self._returns[src].minute(passages))
        add_groups(total, self._parties[src].minute(passages), staff)

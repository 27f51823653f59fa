"""A store with doors, driven by hand."""

from __future__ import annotations

from drivers.observations import Count, Line, Sale
from gateway.changes import Change, Conversion, DoorMinute, Remember, StoreMinute
from gateway.footfall.engine import FootfallEngine
from gateway.footfall.rules import DoorRule, FootfallRules

T0 = 1_763_740_800.0
"""Friday 21 November 2025, 16:00 UTC."""
MAIN = FootfallRules(doors={"door-main": DoorRule("door-main")})


class Till:
    """An engine, what it said, and what a restart would find on disk."""

    def __init__(self, rules: FootfallRules = MAIN, begin: float = T0) -> None:
        self.rules = rules
        self.engine = FootfallEngine(rules)
        self.said: list[Change] = []
        self.disk: dict[str, str] = {}
        self.now = begin
        self.engine.advance(begin)

    def count(
        self, t: float, entries: int, exits: int, *, boot: int = 1, src: str = "door-main"
    ) -> None:
        self.engine.observe(Count(src, t, t, boot, entries, exits))

    def sale(self, t: float, receipt: str) -> None:
        self.engine.observe(Sale("till", t, t, receipt, (Line("03453120000011", 1),)))

    def until(self, t: float) -> list[Change]:
        """Advance to `t` and take what is said to disk."""
        said = self.engine.advance(t)
        self.now = t
        for change in said:
            if isinstance(change, Remember):
                if change.value is None:
                    self.disk.pop(change.key, None)
                else:
                    self.disk[change.key] = change.value
        self.said += said
        return said

    def restart(self) -> None:
        """As after a power cut: only what was said is known."""
        self.engine = FootfallEngine(self.rules)
        self.engine.restore(self.disk)
        self.engine.advance(self.now)

    @property
    def passed(self) -> tuple[int, int]:
        minutes = [c for c in self.said if isinstance(c, DoorMinute)]
        return sum(m.entries for m in minutes), sum(m.exits for m in minutes)

    @property
    def minutes(self) -> dict[float, StoreMinute]:
        """Minutes as the journal keeps them: added up."""
        found: dict[float, StoreMinute] = {}
        for one in self.said:
            if isinstance(one, StoreMinute):
                was = found.get(one.t, StoreMinute(one.t, 0, 0, 0, 0, 0, groups=0, reentries=0))
                found[one.t] = StoreMinute(
                    one.t,
                    was.entries + one.entries,
                    was.exits + one.exits,
                    was.visitors + one.visitors,
                    one.occupancy,
                    was.transactions + one.transactions,
                    was.estimated or one.estimated,
                    was.outside + one.outside,
                    was.units + one.units,
                    None if was.groups is None or one.groups is None else was.groups + one.groups,
                    was.guessed + one.guessed,
                    was.variance + one.variance,
                    None
                    if was.reentries is None or one.reentries is None
                    else was.reentries + one.reentries,
                    was.amount + one.amount,
                    was.priced + one.priced,
                )
        return found

    @property
    def hours(self) -> dict[float, Conversion]:
        """Hours as last said."""
        return {c.t: c for c in self.said if isinstance(c, Conversion)}

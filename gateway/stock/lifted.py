"""Units that a scale no longer shows: each in a hand for a while, then gone."""

from __future__ import annotations

from dataclasses import dataclass, field

IN_HAND_SECONDS = 600.0
"""A unit lifted off a scale and neither put back nor sold is gone after this time."""


@dataclass(slots=True)
class Lifted:
    """What is missing on a GTIN's scale.

    Attributes:
        units: (time, units), oldest first.
    """

    units: list[tuple[float, int]] = field(default_factory=list)

    def weighed(self, short: int, back: int, t: float) -> None:
        """The scale shows `short` units too few, and at least `back` more than before.

        What is put back was lifted last; what was sold since, first, but not so long ago that it
        was gone by then.
        """
        before = _total(self.units)
        if short > before:
            self.units.append((t, short - before))
            return
        back = min(back, before - short)
        self.units = _without(self.units[::-1], back)[::-1]
        gone = [one for one in self.units if t - one[0] >= IN_HAND_SECONDS]
        late = self.units[len(gone) :]
        sold = before - short - back
        self.units = _without(gone, sold - _total(late)) + _without(late, sold)

    def in_hand(self, now: float) -> int:
        """Units lifted so lately that they are not gone."""
        return sum(units for t, units in self.units if now - t < IN_HAND_SECONDS)


def _total(lifted: list[tuple[float, int]]) -> int:
    return sum(units for _, units in lifted)


def _without(lifted: list[tuple[float, int]], units: int) -> list[tuple[float, int]]:
    """What is left of them without the first `units`."""
    left = []
    for t, many in lifted:
        gone = min(max(units, 0), many)
        units -= gone
        if many > gone:
            left.append((t, many - gone))
    return left

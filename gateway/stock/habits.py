"""How goods behave in a shop: the hazards that the filter starts from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates a second, and shares.

    Attributes:
        pick: how often a unit is taken in hand.
        hide: how often a thing in place falls silent for good; scaled by what the store teaches.
        show: how often a hidden thing comes into sight again.
        put: how soon a thing in a hand is put down: minutes.
        put_hidden: share of things put back where no antenna hears them; scaled likewise.
        leave_unseen: share of pick-ups that end outside with neither till nor door seeing it.
        leave_past_exit: the same where the door has an antenna.
        ghost: chance that a round reads a tag that is away.
        alike: how alike misses in a row are (see `misses`), before the store has taught any.
    """

    pick: float = 1 / 20_000
    hide: float = 1 / 5_000_000
    show: float = 1 / 5_400
    put: float = 1 / 150
    put_hidden: float = 0.004
    leave_unseen: float = 0.03
    leave_past_exit: float = 0.006
    ghost: float = 1e-5
    alike: float = 4.0


SHOP = Habits()

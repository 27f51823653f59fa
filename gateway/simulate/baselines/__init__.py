"""Rules to compare with: what others do, and what a few lines can do.

Each takes observations and is advanced on whole seconds, as the engines are, and says timeline
`stock` lines. They know the antennas' zones and nothing else of the store. What does not live here:
anything that the product uses.
"""

from __future__ import annotations

from gateway.simulate.baselines.book import BookStock
from gateway.simulate.baselines.edgex import DEPARTS, GARMENT, SHIPPED, EdgeX, Profile
from gateway.simulate.baselines.last_read import LastWellRead
from gateway.simulate.baselines.rule import Rule, feed, stock_line
from gateway.simulate.baselines.smurf import Smurf
from gateway.simulate.baselines.window import Window
from gateway.simulate.plan import StorePlan

__all__ = [
    "DEPARTS",
    "GARMENT",
    "SHIPPED",
    "BookStock",
    "EdgeX",
    "LastWellRead",
    "Profile",
    "Rule",
    "Smurf",
    "Window",
    "feed",
    "rules",
    "stock_line",
]


def rules(plan: StorePlan) -> list[Rule]:
    """Every rule of a store's table, fresh."""
    return [
        BookStock(),
        Window(plan, 25.0),
        Window(plan, 600.0),
        *(EdgeX(plan, departs, its) for departs in DEPARTS[:2] for its in (SHIPPED, GARMENT)),
        LastWellRead(plan),
    ]

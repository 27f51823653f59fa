"""Rules to compare with: what others do, and what a few lines can do.

Each takes observations and is advanced on whole seconds, as the engines are, and says timeline
`stock` lines. They know the antennas' zones and nothing else of the store. What does not live here:
anything that the product uses.
"""

from __future__ import annotations

from gateway.simulate.baselines.book import BookStock
from gateway.simulate.baselines.edgex import EdgeX
from gateway.simulate.baselines.last_read import LastWellRead
from gateway.simulate.baselines.rule import Rule, stock_line
from gateway.simulate.baselines.window import Window
from gateway.simulate.plan import StorePlan

__all__ = ["BookStock", "EdgeX", "LastWellRead", "Rule", "Window", "rules", "stock_line"]


def rules(plan: StorePlan) -> list[Rule]:
    """Every rule of the table, fresh."""
    return [
        BookStock(),
        Window(plan, 25.0),
        Window(plan, 600.0),
        EdgeX(plan),
        EdgeX(plan, departs=60.0),
        LastWellRead(plan),
    ]

"""A recording whose clock was stepped in the middle: what it says at the end is the same."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from drivers.observations import Count, Delivery, DeliveryLine, Line, Observation, Round, Sale
from gateway.capture.replay import replay
from gateway.changes import DoorMinute, StockChanged
from gateway.core import Core, CoreRules
from gateway.footfall.rules import DoorRule, FootfallRules
from gateway.health import HealthRules
from tests.gateway.stock.shop import T0, HexNaming, epc, gtin, layout, reads

MONTH = 31 * 86_400.0
"""Less might be a silence in a recording: goods may have gone in it."""
RULES = CoreRules(
    layout(),
    FootfallRules(doors={"door": DoorRule("door")}, timezone=ZoneInfo("Europe/Paris")),
    HealthRules({"door": 60.0}),
    keep_seconds=86_400.0,
)


def day() -> list[Observation]:
    """Five minutes: three tags on a shelf, people at the door, a delivery, three sales."""
    found: list[Observation] = [
        Delivery("bo", T0, T0, "D", (DeliveryLine(gtin(0), 3, ()), DeliveryLine(gtin(1), 9, ())))
    ]
    for second in range(300):
        t = T0 + second
        heard = [(1, epc(0, n)) for n in range(3) if (second + n) % 3]
        found += [reads(t + 0.2, *heard), Round("r", t + 0.9, t + 0.9, 1)]
        found.append(Count("door", t + 0.5, t + 0.5, 1, second // 10, second // 20))
        if second % 100 == 50:
            found.append(Sale("till", t + 0.95, t + 0.95, f"S{second}", (Line(gtin(1), 1),)))
    return found


def later(obs: Observation, step: float) -> Observation:
    """The same, stamped by a clock that is ahead by `step`."""
    return replace(obs, t=obs.t + step, at=obs.at + step)  # type: ignore[arg-type, type-var]  # all have both


def outcome(observations: list[Observation]) -> tuple[dict[str, tuple[int, int]], int, int]:
    """What is said last of each GTIN, how many people came, how often anything was said."""
    changes = list(replay(Core(RULES, HexNaming()), observations))
    stock = {c.gtin: (c.on_hand, c.available) for c in changes if isinstance(c, StockChanged)}
    return stock, sum(c.entries for c in changes if isinstance(c, DoorMinute)), len(changes)


@settings(max_examples=12, deadline=None, phases=(Phase.generate,))
@given(
    st.floats(-3.2e8, 3.2e8).filter(lambda step: abs(step) > MONTH),
    st.integers(1, 1_100),
    st.integers(1, 1_100),
)
def test_a_step_of_any_size_anywhere_changes_nothing_of_what_is_there(
    step: float, begun: int, ended: int
) -> None:
    lines = day()
    begun, ended = sorted((min(begun, len(lines)), min(ended, len(lines))))
    ahead = [later(obs, step) if begun <= n < ended else obs for n, obs in enumerate(lines)]
    stock, people, _ = outcome(ahead)
    plain, everybody, _ = outcome(lines)
    assert stock == plain
    assert people == everybody


def test_ten_years_that_were_none_cost_no_ten_years() -> None:
    lines = day()
    ahead = [later(obs, 3.2e8) if 300 <= n < 600 else obs for n, obs in enumerate(lines)]
    _, _, said = outcome(ahead)
    _, _, usual = outcome(lines)
    assert said < usual + 100

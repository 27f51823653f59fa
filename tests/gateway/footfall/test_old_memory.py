"""A database of an earlier version: what its engine kept is taken back, and nothing invented."""

from __future__ import annotations

import json

from tests.gateway.footfall.store import T0, Till

# As versions before units and before the visit length wrote it.
PENDING = json.dumps([T0 + 100.0, T0 + 101.5])
PEOPLE = json.dumps(
    {
        "inside": [3.0, T0, T0 - 40_000.0, 1.0, None, 12, 9, True, 3.0, 5],
        "owed": 0.25,
        "hour": [[T0 + 3_600.0, 12, 2, False, 0, 0.0]],
    }
)


def test_sales_that_were_pending_without_their_units_are_each_one_transaction() -> None:
    shop = Till()
    shop.disk["sales"] = PENDING
    shop.now = T0 + 102
    shop.restart()
    shop.until(T0 + 3_700)
    hour = shop.hours[T0 + 3_600]
    assert (hour.transactions, hour.units) == (2, 2)


def test_sales_old_and_new_may_wait_side_by_side() -> None:
    shop = Till()
    shop.disk["sales"] = PENDING
    shop.now = T0 + 102
    shop.restart()
    shop.sale(T0 + 103, "R-9")
    shop.until(T0 + 104)
    shop.restart()
    shop.until(T0 + 3_700)
    assert shop.hours[T0 + 3_600].transactions == 3


def test_the_hour_and_the_people_of_an_early_version_go_on() -> None:
    shop = Till()
    shop.disk |= {"people": PEOPLE, "hours": json.dumps([[T0, 40, 9, True, 40, 0.0]])}
    shop.now = T0 + 600
    shop.restart()
    shop.until(T0 + 3_700)
    hour = shop.hours[T0 + 3_600]
    assert (hour.visitors, hour.transactions) == (12, 2)
    assert shop.minutes[T0 + 660].occupancy == 3


def test_factors_kept_without_the_key_that_they_rule_over_still_rule() -> None:
    shop = Till()
    shop.disk["bands/door-main"] = json.dumps([[0.0, 1.25, 1.2, 1.3, 400]])
    shop.now = T0
    shop.restart()
    (count,) = shop.engine.manual_counts()
    assert [one.factor for one in count.in_force] == [1.25]

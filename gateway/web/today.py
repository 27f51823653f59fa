"""Today's footfall, read from disk once a minute however many pages look."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gateway.desk import Desk, FootfallBucket
from gateway.web.moments import midnight, next_midnight
from gateway.web.shop import Shop

HOUR = 3_600.0


@dataclass(slots=True)
class Today:
    """The hours of today so far; a minute that is not over yet is not in them."""

    _key: tuple[float, float | None] | None = None
    _hours: tuple[FootfallBucket, ...] = ()

    async def hours(self, desk: Desk, shop: Shop) -> tuple[FootfallBucket, ...]:
        """Footfall by hour since midnight in the store's time zone, oldest first."""
        now = desk.now()
        begin = midnight(now, shop.clock)
        key = (begin, desk.board.minute.t if desk.board.minute else None)
        if key != self._key:
            end = min(
                begin + HOUR * math.ceil((now - begin) / HOUR), next_midnight(now, shop.clock)
            )
            self._hours = tuple(await desk.footfall(begin, end, HOUR)) if end > begin else ()
            self._key = key
        return self._hours

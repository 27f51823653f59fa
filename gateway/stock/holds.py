"""Holds: goods put aside for somebody, taken off what is promised, never promised twice."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace

from gateway.changes import Change, LedgerLine, Remember
from gateway.requests import Hold, HoldAnswer, HoldRequest, HoldState, HoldVerdict

KEPT_SECONDS = 7 * 86_400.0
"""A closed hold's id stays known so long, so that a late repeat changes nothing."""
HOLDS_KEPT = 20_000
"""Closed holds beyond so many are forgotten sooner, the oldest first."""
FORGET_SECONDS = 3_600.0
"""Looked for so often."""


class Holds:
    """Every hold by id."""

    def __init__(self) -> None:
        self._holds: dict[str, Hold] = {}
        self._open: dict[str, dict[str, int]] = {}
        self._forgot = -math.inf

    def reserved(self, gtin: str) -> int:
        """Units of open holds."""
        return sum(self._open.get(gtin, {}).values())

    def request(
        self, request: HoldRequest, gtin: str, now: float, available: Callable[[], int]
    ) -> tuple[HoldAnswer, list[Change]]:
        """Open a hold if so much is available."""
        known = self._holds.get(request.id)
        free = available()
        if known is not None:
            same = (known.gtin, known.qty, known.channel, known.order) == (
                gtin,
                request.qty,
                request.channel,
                request.order,
            )
            verdict = HoldVerdict.KNOWN if same else HoldVerdict.CONFLICT
            return HoldAnswer(verdict, known, free), []
        if request.qty < 1 or not request.minutes > 0 or request.qty > free:
            return HoldAnswer(HoldVerdict.INSUFFICIENT, None, free), []
        hold = Hold(
            id=request.id,
            gtin=gtin,
            qty=request.qty,
            channel=request.channel,
            order=request.order,
            created=now,
            expires=now + request.minutes * 60.0,
            state=HoldState.OPEN,
        )
        self._keep(hold)
        return HoldAnswer(HoldVerdict.NEW, hold, free - hold.qty), [
            LedgerLine(now, gtin, "held", hold.qty, ref=hold.id),
            _remember(hold),
        ]

    def close(
        self, hold_id: str, state: HoldState, now: float
    ) -> tuple[HoldVerdict, Hold | None, list[Change]]:
        """Collect or release; the same again is `known`, another end than the first is `over`."""
        hold = self._holds.get(hold_id)
        if hold is None:
            return HoldVerdict.MISSING, None, []
        if hold.state is state:
            return HoldVerdict.KNOWN, hold, []
        if hold.state is not HoldState.OPEN:
            return HoldVerdict.OVER, hold, []
        closed = replace(hold, state=state)
        self._keep(closed)
        reason = "collected" if state is HoldState.COLLECTED else "released"
        return (
            HoldVerdict.NEW,
            closed,
            [
                LedgerLine(now, hold.gtin, reason, hold.qty, ref=hold.id),
                _remember(closed),
            ],
        )

    def expire(self, now: float) -> list[tuple[str, list[Change]]]:
        """End what is past its time: GTIN and changes of each; forget what is long closed."""
        ended = []
        for ids in list(self._open.values()):
            for hold_id in list(ids):
                hold = self._holds[hold_id]
                if hold.expires <= now:
                    _, _, changes = self.close(hold_id, HoldState.EXPIRED, now)
                    ended.append((hold.gtin, changes))
        return ended

    def forget(self, now: float) -> list[Change]:
        """Closed holds whose ids need not be known any longer; looks once an hour."""
        if 0 <= now - self._forgot < FORGET_SECONDS:
            return []
        self._forgot = now
        closed = [hold for hold in self._holds.values() if hold.state is not HoldState.OPEN]
        surplus = len(closed) - HOLDS_KEPT
        old = [
            hold.id
            for place, hold in enumerate(sorted(closed, key=lambda hold: hold.created))
            if place < surplus or hold.expires + KEPT_SECONDS < now
        ]
        for hold_id in old:
            del self._holds[hold_id]
        return [Remember("stock", f"hold:{hold_id}", None) for hold_id in old]

    def step(self, seconds: float) -> list[Change]:
        """The clock was stepped: a hold keeps the minutes that it had left.

        Returns what is to be remembered of the open ones.
        """
        for hold in self._holds.values():
            moved = replace(hold, created=hold.created + seconds, expires=hold.expires + seconds)
            self._holds[hold.id] = moved
        return [_remember(hold) for hold in self._holds.values() if hold.state is HoldState.OPEN]

    def restore(self, text: str) -> None:
        """Take back a hold from its remembered text."""
        said = json.loads(text)
        self._keep(Hold(**{**said, "state": HoldState(said["state"])}))

    def _keep(self, hold: Hold) -> None:
        self._holds[hold.id] = hold
        holds = self._open.setdefault(hold.gtin, {})
        if hold.state is HoldState.OPEN:
            holds[hold.id] = hold.qty
        else:
            holds.pop(hold.id, None)
            if not holds:
                del self._open[hold.gtin]


def _remember(hold: Hold) -> Remember:
    return Remember("stock", f"hold:{hold.id}", json.dumps(asdict(hold), sort_keys=True))

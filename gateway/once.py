"""Ids of facts: the same id again changes nothing, the same id with another body is a mistake.

Pure. What is known is kept through `Remember` in the transaction of the fact itself.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping

from gateway.changes import Remember
from gateway.requests import Verdict

ENGINE = "once"
IDS_KEPT = 200_000


class Once:
    """The ids of the last `keep_seconds`, at most `IDS_KEPT` of them, oldest forgotten first."""

    def __init__(self, keep_seconds: float) -> None:
        self._keep = keep_seconds
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._said: list[Remember] = []

    def restore(self, memory: Mapping[str, str]) -> None:
        """Take back what earlier `Remember` changes kept."""
        rows = [(key, *json.loads(value)) for key, value in memory.items()]
        for key, digest, at in sorted(rows, key=lambda row: row[2]):
            self._known[key] = (digest, at)

    def judge(self, kind: str, fact_id: str, digest: str, at: float) -> Verdict:
        """Whether this fact is new; it is known from then on."""
        key = f"{kind}/{fact_id}"
        known = self._known.get(key)
        if known is not None:
            return Verdict.KNOWN if known[0] == digest else Verdict.CONFLICT
        self._known[key] = (digest, at)
        self._said.append(Remember(ENGINE, key, json.dumps([digest, at])))
        return Verdict.NEW

    def advance(self, now: float) -> list[Remember]:
        """What to keep and what to forget."""
        said, self._said = self._said, []
        while self._known and (len(self._known) > IDS_KEPT or self._oldest() < now - self._keep):
            key, _ = self._known.popitem(last=False)
            said.append(Remember(ENGINE, key, None))
        return said

    def step_clock(self, seconds: float) -> None:
        """The clock was stepped by `seconds`: no id is older for it."""
        self._known = OrderedDict(
            (key, (digest, at + seconds)) for key, (digest, at) in self._known.items()
        )

    def _oldest(self) -> float:
        return next(iter(self._known.values()))[1]

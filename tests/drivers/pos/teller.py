"""A teller that remembers, refuses on demand, and can be a full disk."""

from __future__ import annotations

from drivers.observations import Fact
from drivers.pos.digest import fact_digest
from drivers.pos.telling import Answer, NotNow, Refused


class MemoryTeller:
    """`told` are new facts in their order; `full` plays a disk that takes nothing."""

    def __init__(self) -> None:
        self.told: list[Fact] = []
        self.asked = 0
        self.full = False
        self.refuse = ""
        self._known: dict[tuple[str, str | None], str] = {}

    async def record(self, fact: Fact) -> Answer:
        self.asked += 1
        if self.full:
            raise NotNow("no space left")
        if self.refuse:
            raise Refused(self.refuse)
        if fact.id is None:
            self.told.append(fact)
            return Answer.NEW
        digest = fact_digest(fact)
        known = self._known.setdefault((type(fact).__name__, fact.id), digest)
        if known is not digest:
            return Answer.KNOWN if known == digest else Answer.CONFLICT
        self.told.append(fact)
        return Answer.NEW

"""What all connections of one store share: what was committed, what was told, who may clear."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from drivers.source import Clock
from gateway import __version__
from gateway.changes import Alert
from gateway.desk import Desk
from gateway.uplink.commands import AckRefused, Commands, Configure
from gateway.uplink.delivery import Delivery
from gateway.uplink.messages import SCHEMA_VERSION
from gateway.uplink.outbox import Events, Outbox, OutboxRow
from gateway.uplink.settings import UplinkSettings
from gateway.uplink.snapshot import digest, snapshot
from gateway.uplink.state import Tally
from gateway.uplink.topics import Topics
from gateway.uplink.words import SECONDS_DECIMALS, Json, compact


@dataclass(slots=True)
class News:
    """What the program tells the uplink. `committed` is the last number that is on disk."""

    committed: int = 0
    rows: asyncio.Event = field(default_factory=asyncio.Event)
    events: asyncio.Event = field(default_factory=asyncio.Event)
    alerts: asyncio.Event = field(default_factory=asyncio.Event)


class Post:
    """The store's side of the feed, whatever connection carries it."""

    def __init__(
        self,
        settings: UplinkSettings,
        outbox: Outbox,
        events: Events,
        desk: Desk,
        clock: Clock,
        *,
        boot: int,
        catalogue: Callable[[], str],
        rng: random.Random,
        news: News,
        tally: Tally,
        configure: Configure | None,
    ) -> None:
        self.settings = settings
        self.topics = Topics(settings.store, settings.shards)
        self.outbox = outbox
        self.events = events
        self.desk = desk
        self.clock = clock
        self.rng = rng
        self.news = news
        self.tally = tally
        self.delivery = Delivery(boot, settings.pace)
        self.commands = Commands(desk, self._acked_by_hq, self.snapshot, tally.faults, configure)
        self.told: dict[tuple[str, str], Alert] = {}
        self._boot = boot
        self._catalogue = catalogue

    def birth(self) -> str:
        """The payload that says: the store is there."""
        body: dict[str, Json] = {
            "online": True,
            "seq": self.news.committed,
            "gateway": __version__,
            "schema": SCHEMA_VERSION,
            "catalogue": self._catalogue(),
        }
        return compact(self._head() | self._now() | body)

    def offline(self) -> str:
        """The payload of the will and of a clean stop."""
        return compact(self._head() | {"online": False})

    def alert(self, alert: Alert, *, over: bool) -> str:
        """An alert that began or is over."""
        body: dict[str, Json] = {
            "t": round(alert.t, SECONDS_DECIMALS),
            "kind": alert.kind,
            "subject": alert.subject,
            "detail": alert.detail,
            "over": over,
        }
        return compact(self._head() | (body | self._now() if over else body))

    def digest(self) -> str:
        """The digest of the stock as it stands."""
        hashes = tuple(digest(self.desk.board.stock))
        return compact(self._head() | self._now() | self._as_of() | {"buckets": hashes})

    def snapshot(self, buckets: Sequence[int] | None = None) -> list[str]:
        """The parts of the whole stock as it stands, or of some buckets of the digest."""
        head = self._head() | self._as_of()
        return snapshot(head, self.desk.board.stock.values(), self.desk.now(), buckets)

    async def cleared(self, rows: Sequence[OutboxRow]) -> None:
        """The broker has confirmed these and nobody else will: they leave the outbox."""
        for boot, seq in {row.boot: row.seq for row in rows}.items():
            await self._clear(boot, seq)

    async def _acked_by_hq(self, boot: int, seq: int) -> int:
        if not self.delivery.believable(boot, seq):
            raise AckRefused(f"nothing as late as boot {boot}, seq {seq} went up")
        return await self._clear(boot, seq)

    async def _clear(self, boot: int, seq: int) -> int:
        count = await self.outbox.clear(boot, seq)
        self.delivery.acked(boot, seq, self.clock.monotonic())
        if count:
            self.tally.acked += count
            self.tally.last_ack = self.clock.wall()
        self.news.rows.set()
        return count

    def _head(self) -> dict[str, Json]:
        return {"store": self.settings.store, "boot": self._boot}

    def _now(self) -> dict[str, Json]:
        return {"t": round(self.desk.now(), SECONDS_DECIMALS)}

    def _as_of(self) -> dict[str, Json]:
        return {"as_of_seq": self.news.committed}

"""The uplink as the program runs it: connects, stays, connects again.

Nothing here decides what is said (the composer did) or what goes up next (`delivery`). Whatever the
network does, the outbox is untouched until HQ acks, so every failure ends the same way: hang up,
wait, connect again.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from drivers.source import Clock
from gateway.desk import Desk, Sample
from gateway.uplink.backoff import Backoff
from gateway.uplink.commands import Configure
from gateway.uplink.link import LinkLost
from gateway.uplink.mqtt import Call, NotSpoken, dial
from gateway.uplink.outbox import Events, NoEvents, Outbox
from gateway.uplink.post import News, Post
from gateway.uplink.protocol import Version
from gateway.uplink.reach import NotConnected
from gateway.uplink.session import Session, Wire
from gateway.uplink.settings import UplinkSettings, address_of
from gateway.uplink.state import Tally, UplinkState
from gateway.uplink.topics import Part

Dial: TypeAlias = Callable[[Call, Counter[str]], AbstractAsyncContextManager[Wire]]


class Uplink:
    """One store's connection to HQ. `tally` is what it counted."""

    def __init__(
        self,
        settings: UplinkSettings,
        outbox: Outbox,
        desk: Desk,
        *,
        boot: int,
        events: Events | None = None,
        configure: Configure | None = None,
        catalogue: Callable[[], str] = str,
        rng: random.Random | None = None,
        connect: Dial = dial,
    ) -> None:
        """Set up; nothing happens before `run`.

        Args:
            settings: where to and how.
            outbox: what waits on disk.
            desk: the program: board, holds, wall clock.
            boot: this start's number.
            events: EPCIS events that wait, for a store that switched them on.
            configure: takes a config from HQ; None: there is no file to change.
            catalogue: the catalogue's digest now, `sha256:…`, or empty.
            rng: the source of jitter; a seeded one makes a run repeatable.
            connect: how to open a connection.

        Raises:
            ValueError: `settings.url` is no broker's address.
        """
        self.tally = Tally()
        self._settings = settings
        self._address = address_of(settings.url)
        self._outbox = outbox
        self._events = events or NoEvents()
        self._configure = configure
        self._version = Version.V5
        self._desk = desk
        self._boot = boot
        self._catalogue = catalogue
        self._rng = rng or random.Random()  # noqa: S311 - jitter is no secret
        self._connect = connect
        self._news = News()

    def notify(self, seq: int = 0) -> None:
        """Something was committed; `seq` is its last message's number, 0 when it had none."""
        self._news.committed = max(self._news.committed, seq)
        self._news.rows.set()
        self._news.events.set()
        self._news.alerts.set()

    def state(self) -> UplinkState:
        """How it is now."""
        return UplinkState(
            connected=self.tally.connected,
            since=self.tally.since,
            last_ack=self.tally.last_ack,
            backlog=self._outbox.backlog(),
            ack=self._settings.ack,
            trouble=self.tally.trouble,
            version=self._version,
            refused=self.tally.refused.lines(),
        )

    def samples(self) -> list[Sample]:
        """Counters and gauges for `/metrics`."""
        by_broker = self._settings.ack == "broker"
        told = self.tally.trouble
        return [
            *self.tally.samples(self._outbox.backlog()),
            Sample("uplink_mqtt_version", "gauge", "5, or 4 for MQTT 3.1.1", self._version),
            Sample("uplink_ack_by_broker", "gauge", "1 when the PUBACK frees a row", by_broker),
            *(
                Sample("uplink_trouble", "gauge", "1: why there is no connection", 1, label)
                for label in [(("line", told),)]
                if told
            ),
        ]

    async def run(self, clock: Clock) -> None:
        """Stay connected until cancelled; then say offline, within `pace.goodbye`, and hang up.

        Nothing that network, broker or HQ do ends it. It may be run again after it ended.
        """
        post = self._post(clock)
        backoff = Backoff(self._settings.pace, self._rng)
        while True:
            began = clock.monotonic()
            try:
                await self._once(post)
            except NotConnected as error:
                self._version = Version.V5
                self._gone("not_connected", str(error), clock)
            except LinkLost as error:
                self._gone("link_lost", str(error), clock)
            if clock.monotonic() - began >= self._settings.pace.steady:
                backoff.reset()
            await clock.sleep(backoff.next())

    async def _once(self, post: Post) -> None:
        """In MQTT 5, or in 3.1.1 where the broker does not take that; until the link breaks."""
        try:
            await self._stay(post)
        except NotSpoken:
            self._version = Version.V311
            await self._stay(post)

    async def _stay(self, post: Post) -> None:
        async with self._connect(self._call(post), self.tally.faults) as wire:
            session = Session(wire, post)
            try:
                await session.greet()
                self._came(post.clock)
                await session.stay(again=self.tally.connects > 1)
            except asyncio.CancelledError:
                await session.part()
                raise
            finally:
                self.tally.connected = False

    def _came(self, clock: Clock) -> None:
        self.tally.connects += 1
        self.tally.connected, self.tally.since, self.tally.trouble = True, clock.wall(), ""

    def _gone(self, reason: str, line: str, clock: Clock) -> None:
        self.tally.faults[reason] += 1
        if self.tally.trouble == "":
            self.tally.since = clock.wall()
        self.tally.trouble = line

    def _post(self, clock: Clock) -> Post:
        return Post(
            self._settings,
            self._outbox,
            self._events,
            self._desk,
            clock,
            boot=self._boot,
            catalogue=self._catalogue,
            rng=self._rng,
            news=self._news,
            tally=self.tally,
            configure=self._configure,
        )

    def _call(self, post: Post) -> Call:
        settings = self._settings
        return Call(
            address=self._address,
            identifier=f"shelfcast-{settings.store}",
            will_topic=post.topics.of(Part.BIRTH),
            will=post.offline(),
            username=settings.username,
            password=self._password(),
            ca_file=settings.ca_file,
            client_cert=settings.client_cert,
            client_key=settings.client_key,
            window=settings.pace.window_rows,
            version=self._version,
        )

    def _password(self) -> str:
        """Read anew for each connection, so that a secret may be changed while running."""
        path = self._settings.password_file
        if path is None:
            return self._settings.password
        try:
            return path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError) as error:
            raise NotConnected(f"cannot read password_file {path}: {error}") from error

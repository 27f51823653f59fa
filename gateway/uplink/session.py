"""One connection's life: birth, then six things side by side until it breaks.

Draining the outbox and the events that wait, listening to HQ, telling alerts, the digest and the
nightly snapshot. Whatever breaks the connection is raised as `LinkLost`; nothing here connects
again. What the broker refuses, one kind of message, is said and stops no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from gateway.requests import NotStored
from gateway.uplink.link import LinkLost, Refused
from gateway.uplink.night import seconds_to_snapshot
from gateway.uplink.outbox import EventRow
from gateway.uplink.post import Post
from gateway.uplink.topics import Part
from gateway.uplink.waiting import Throttle, told_or_after

OUTBOX_RETRY_SECONDS = 5.0
NUMBERED = (Part.CHANGES, Part.FOOTFALL)
"""What the outbox holds: HQ takes it in one order, so one that is refused holds up the other."""


class Wire(Protocol):
    """An open connection; `link.Link` is the real one. Every call may raise `LinkLost`.

    What the broker did not take, and only that, raises `Refused`.
    """

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish with QoS 1, back at the PUBACK."""

    async def publish_all(self, messages: Sequence[tuple[str, str]]) -> None:
        """Publish in order, back at the last PUBACK."""

    async def subscribe(self, topic: str) -> None:
        """Subscribe with QoS 0."""

    async def receive(self) -> bytes:
        """The next payload that arrived."""


class Session:
    """What is done on one open connection."""

    def __init__(self, wire: Wire, post: Post) -> None:
        self._wire = wire
        self._post = post
        self._pace = post.settings.pace
        self._greeted = False
        self._throttle = Throttle(post.clock, self._pace.rows_a_second)

    async def greet(self) -> None:
        """Hear commands from now on and say that the store is there."""
        commands = self._post.topics.of(Part.COMMAND)
        heard = await self._taken((Part.COMMAND,), lambda: self._wire.subscribe(commands))
        said = await self._say(Part.BIRTH, self._post.birth(), retain=True)
        self._greeted = heard and said

    async def stay(self, *, again: bool) -> None:
        """Until the connection breaks. `again`: it is a reconnect, the drain begins spread out.

        Raises:
            LinkLost: always, but for cancellation.
        """
        # No task group: in a break and a stop of the same moment it forgets the stop.
        tasks = [
            asyncio.create_task(self._greet_again(), name="uplink-greeting"),
            asyncio.create_task(self._drain(spread=again), name="uplink-drain"),
            asyncio.create_task(self._tell_events(spread=again), name="uplink-events"),
            asyncio.create_task(self._listen(), name="uplink-commands"),
            asyncio.create_task(self._tell_alerts(), name="uplink-alerts"),
            asyncio.create_task(self._tell_digests(), name="uplink-digest"),
            asyncio.create_task(self._tell_nightly(), name="uplink-nightly"),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            await task

    async def _greet_again(self) -> None:
        """What the broker refused at the greeting is tried until it is taken."""
        while not self._greeted:
            await self._allowed((Part.COMMAND, Part.BIRTH))
            await self.greet()
        await asyncio.get_running_loop().create_future()

    async def part(self) -> None:
        """Say offline, if that can be done in time: a clean stop does not leave it to the will."""
        try:
            async with asyncio.timeout(self._pace.goodbye):
                await self._say(Part.BIRTH, self._post.offline(), retain=True)
        except (TimeoutError, LinkLost):
            self._post.tally.faults["goodbye_failed"] += 1

    async def _drain(self, *, spread: bool) -> None:
        post = self._post
        if spread:
            await post.clock.sleep(post.rng.uniform(0.0, self._pace.spread))
        post.delivery.begin()
        while True:
            post.news.rows.clear()
            try:
                sent = await self._send_some()
            except (NotStored, OSError):
                post.tally.faults["outbox_failed"] += 1
                await post.clock.sleep(OUTBOX_RETRY_SECONDS)
                continue
            if not sent:
                await self._rest()

    async def _send_some(self) -> int:
        """One window of rows; how many there were."""
        post = self._post
        await self._allowed(NUMBERED)
        room = post.delivery.room()
        rows = await post.outbox.after(post.delivery.cursor, room) if room > 0 else ()
        if not rows:
            return 0
        await self._throttle.take(len(rows))
        post.delivery.sending(rows, post.clock.monotonic())
        post.tally.highest = max(post.tally.highest, post.delivery.highest)
        messages = [(post.topics.of(row.topic), row.payload) for row in rows]
        parts = {row.topic for row in rows}
        if not await self._taken(parts, lambda: self._wire.publish_all(messages)):
            post.delivery.begin()
            return len(rows)
        post.tally.published += len(rows)
        if post.settings.ack == "broker":
            await post.cleared(rows)
        return len(rows)

    async def _tell_events(self, *, spread: bool) -> None:
        post, number = self._post, 0
        if spread:
            await post.clock.sleep(post.rng.uniform(0.0, self._pace.spread))
        while True:
            post.news.events.clear()
            await self._allowed((Part.EVENT,))
            try:
                rows = await post.events.after(number, self._pace.window_rows)
            except (NotStored, OSError):
                post.tally.faults["outbox_failed"] += 1
                await post.clock.sleep(OUTBOX_RETRY_SECONDS)
                continue
            if not rows:
                await post.news.events.wait()
                continue
            await self._throttle.take(len(rows))
            if await self._taken((Part.EVENT,), partial(self._publish_events, rows)):
                post.tally.events += len(rows)
                post.events.gone(rows)
                number = rows[-1].id

    async def _publish_events(self, rows: Sequence[EventRow]) -> None:
        topic = self._post.topics.of(Part.EVENT)
        await self._wire.publish_all([(topic, row.payload) for row in rows])

    async def _rest(self) -> None:
        """Until there are rows, an ack, or the patience with HQ ends."""
        post = self._post
        patience = post.delivery.wait(post.clock.monotonic())
        await told_or_after(post.clock, post.news.rows, patience)
        if post.delivery.go_back(post.clock.monotonic()):
            post.tally.faults["hq_silent"] += 1

    async def _listen(self) -> None:
        while True:
            reply = await self._post.commands.take(await self._wire.receive())
            for payload in reply.snapshots:
                await self._say(Part.SNAPSHOT, payload)
            if reply.answer is not None:
                await self._say(Part.ANSWER, reply.answer)

    async def _tell_alerts(self) -> None:
        """Say every open alert at each connection, then what begins and what is over."""
        post, fresh = self._post, True
        while True:
            post.news.alerts.clear()
            now = dict(post.desk.board.alerts)
            for key, alert in now.items():
                if (fresh or post.told.get(key) != alert) and await self._say(
                    Part.ALERT, post.alert(alert, over=False)
                ):
                    post.told[key] = alert
            for key in [key for key in post.told if key not in now]:
                if await self._say(Part.ALERT, post.alert(post.told[key], over=True)):
                    del post.told[key]
            fresh = False
            await post.news.alerts.wait()

    async def _tell_digests(self) -> None:
        while True:
            await self._post.clock.sleep(self._pace.digest)
            await self._say(Part.DIGEST, self._post.digest())

    async def _tell_nightly(self) -> None:
        post = self._post
        zone = ZoneInfo(post.settings.timezone)
        while True:
            await post.clock.sleep(seconds_to_snapshot(post.desk.now(), zone, post.rng))
            for payload in post.snapshot():
                await self._say(Part.SNAPSHOT, payload)

    async def _say(self, part: Part, payload: str, *, retain: bool = False) -> bool:
        topic = self._post.topics.of(part)
        return await self._taken((part,), lambda: self._wire.publish(topic, payload, retain=retain))

    async def _allowed(self, parts: Collection[str]) -> None:
        """Until the broker may be asked again to take these."""
        clock = self._post.clock
        while (wait := self._post.tally.refused.wait(parts, clock.monotonic())) > 0:
            await clock.sleep(wait)

    async def _taken(self, parts: Collection[str], send: Callable[[], Awaitable[None]]) -> bool:
        """Whether the broker took it; what it refuses is counted, shown, and not tried for a while.

        `parts`: the last parts of the topics.
        """
        tally, now = self._post.tally, self._post.clock.monotonic()
        if tally.refused.wait(parts, now) > 0:
            return False
        try:
            await send()
        except Refused as refused:
            tally.faults["refused"] += 1
            tally.refused.note(refused.part, str(refused), now)
            return False
        tally.refused.taken(parts)
        return True

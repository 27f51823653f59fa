"""The one module that knows everybody: builds the parts of a store's gateway and runs them.

Start: database, memory, engines, sources, page, feed. Stop: page and sources first, then the last
turn of the engines and its commit, then the feed's goodbye, then the database. Under five seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from drivers.door.push_source import PushDoor
from drivers.source import Clock, Source
from gateway.board import Board
from gateway.clock import SteadyClock
from gateway.committer import Committer
from gateway.config.load import Store
from gateway.configs_done import ENGINE, ConfigsDone
from gateway.core import Core
from gateway.desk import Reloaded, Sample
from gateway.device_board import name_devices, show_devices
from gateway.devices import sources_of
from gateway.disk import watch_disk
from gateway.doors import mqtt_doors_of
from gateway.engine_loop import EngineLoop
from gateway.event_outbox import StoredEvents
from gateway.frontdesk import FrontDesk
from gateway.herald import Herald
from gateway.housekeeping import keep_house
from gateway.intake import Intake
from gateway.naming import naming_of
from gateway.numbers import alert_samples, gather
from gateway.outbox import StoredOutbox
from gateway.reconfigure import Reconfiguration
from gateway.roster import receivers_of
from gateway.rules import DAY, core_rules
from gateway.running import RunningNote
from gateway.shop import place_of, shop_of, uplink_settings_of
from gateway.squeezer import Squeezer
from gateway.storage.archive import Archive
from gateway.storage.opening import Opened, open_database
from gateway.storage.rows import OutboxRow
from gateway.supervisor import keep_running, supervise_all
from gateway.till import TillDesk, till_sources_of
from gateway.uplink.compose import MEMORY_ENGINE, MEMORY_KEY, FeedComposer
from gateway.uplink.epcis import EpcisScribe
from gateway.uplink.messages import Config
from gateway.uplink.shell import Uplink
from gateway.web.access import TokenFile
from gateway.web.app import create_app
from gateway.web.context import Extension
from gateway.web.serve import listen, serve
from gateway.web.setup_code import SetupCode

log = logging.getLogger(__name__)

TOKENS = "tokens.json"
EVENTS_SHARE = 4
"""EPCIS events may wait in this part of the outbox's bytes, beside it."""


class Program:
    """One store's gateway.

    Attributes:
        port: where the page is served, once it is.
        desk: what may be asked of it.
    """

    def __init__(
        self,
        store: Store,
        data: Path,
        clock: Clock,
        *,
        sources: Sequence[Source] | None = None,
        extensions: Sequence[Extension] = (),
        jitter: random.Random | None = None,
        load: Callable[[], Store] | None = None,
        config_file: Path | None = None,
    ) -> None:
        """Open the database and take back what it remembers; nothing runs yet.

        `sources` stand in for those of the config where given; `load` reads the config again,
        `config_file` is where HQ may write it.

        Raises:
            OSError, sqlite3.Error: the data folder cannot be used.
        """
        self.port: int | None = None
        self._clock = clock = SteadyClock(clock)
        self._jitter = jitter or random.Random()  # noqa: S311 - jitter is no secret
        self._store = store
        self._data = data
        self._opened = _open(data)
        self._archive = Archive(self._opened.path)
        self._board = Board()
        self._core = self._restored_core(clock.wall())
        composer = self._composer()
        self._committer = Committer(self._opened.journal, composer, self._board)
        self._intake = Intake()
        self._loop = EngineLoop(self._core, self._intake, self._committer, clock, self._opened.boot)
        self._sources = list(sources_of(store) if sources is None else sources)
        name_devices(store.config, self._board)
        self.desk = FrontDesk(
            self._board, self._core, self._loop, self._archive, clock, self._samples
        )
        if sources is None:
            teller = TillDesk(self.desk.record, [zone.id for zone in store.config.zone])
            self._sources += till_sources_of(store, data, teller)
            self._sources += mqtt_doors_of(store, self._sources)
            self._sources += receivers_of(store, self._sources)
        self._loop.on_second = lambda _now: show_devices(
            self._core.health, self._sources, self._board
        )
        self._outbox: StoredOutbox | None = None
        self._events: StoredEvents | None = None
        self._configs = Reconfiguration(
            store,
            self._opened.path,
            self._core,
            self._loop,
            self._committer,
            self._board,
            ConfigsDone(self._archive.memory(ENGINE)),
        )
        self._configs.told = self._take_over
        self._load, self._config_file = load, config_file
        self._squeezer: Squeezer | None = None
        self._uplink = self._made_uplink()
        self._herald = self._made_herald()
        access = TokenFile(data / TOKENS)
        self.setup = None if access.claimed() else SetupCode(access)
        self._note = RunningNote(data, self._opened.boot)
        self.desk.reloader = self.reload if load else None
        self._app = create_app(
            self.desk,
            shop_of(store),
            access=access,
            extensions=tuple(extensions),
            code=self.setup,
            pushes={one.name: one.take for one in self._sources if isinstance(one, PushDoor)},
        )

    async def run(self, stop: asyncio.Event, started: Callable[[int], None] | None = None) -> None:
        """Run until `stop` is set, then stop cleanly. `started` is told the page's port.

        Raises:
            OSError: the page's address cannot be had.
        """
        listening = self._listen()
        # Before anybody may ask: what is remembered stands on the board.
        await self._loop.settle()
        keep = self._store.config.privacy.keep_days * DAY
        running = [
            self._task("engines", self._loop.run()),
            self._kept("housekeeping", lambda _: keep_house(self._committer, self._clock, keep)),
            self._kept("disk", lambda clock: watch_disk(self._data, self._committer, clock)),
            self._kept("alerts", self._herald.run),
        ]
        if self._sources:
            hearing = supervise_all(self._sources, self._intake.put, self._clock, self._jitter)
            running.append(self._task("sources", hearing))
        if self._squeezer:
            running.append(self._kept("squeezer", self._squeezer.run))
        feed = self._kept("feed", self._uplink.run) if self._uplink else None
        page = self._task("page", self._serve(listening, stop, started))
        stopping = self._task("stop", stop.wait())
        everyone = [*running, page, stopping, *([feed] if feed else [])]
        try:
            await asyncio.wait(everyone, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.set()
            await _end(page, cancel=False)
            await _end(stopping)
            for task in reversed(running):
                await _end(task)
            await self._finish()
            if feed is not None:
                await _end(feed)
            self._close()
        for task in everyone:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                raise error

    def _listen(self) -> socket.socket:
        """The page's address, had before anything else runs: without it nothing is to begin."""
        try:
            return listen(*self._store.config.web.host_port)
        except OSError:
            self._close()
            raise

    async def _serve(
        self,
        listening: socket.socket,
        stop: asyncio.Event,
        started: Callable[[int], None] | None,
    ) -> None:
        host, _ = self._store.config.web.host_port

        def tell(port: int) -> None:
            self.port = port
            self._note.write(host, port)
            if started is not None:
                started(port)

        await serve(self._app, listening, stop, started=tell)

    async def _finish(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2.5):
                await self._loop.settle()
                await self._loop.finish()

    async def reload(self) -> Reloaded:
        """Read the config again and apply what can be applied. Raises `NotStored`."""
        assert self._load is not None
        return await self._configs.reload(self._load)

    async def configure(self, sent: Config) -> Reloaded:
        """Take a config from HQ, once. Raises `ConfigRefused`, `NotStored`."""
        assert self._load is not None
        assert self._config_file is not None
        return await self._configs.take(sent, self._config_file, self._load)

    def _take_over(self, store: Store) -> None:
        """Another config is in force."""
        self._store = store
        self._herald.anywhere = self.desk.anywhere = store.config.web.open_callbacks
        self._app.state.web.shop = shop_of(store)

    def _close(self) -> None:
        self._note.remove()
        self._committer.close()
        self._archive.close()
        if self._outbox is not None:
            self._outbox.close()
        if self._events is not None:
            self._events.close()
        self._opened.journal.close()

    def _restored_core(self, now: float) -> Core:
        core = Core(core_rules(self._store), naming_of())
        core.restore(self._archive.memory, now)
        return core

    def _composer(self) -> FeedComposer | None:
        if self._store.config.uplink is None:
            return None
        config = self._store.config
        boot, events = self._opened.boot, self._store.config.uplink.events
        scribe = EpcisScribe(place_of(self._store), boot) if events else None
        composer = FeedComposer(config.store.id, boot, config.privacy.minimum_count, scribe)
        composer.restore(self._archive.memory(MEMORY_ENGINE).get(MEMORY_KEY))
        return composer

    def _made_uplink(self) -> Uplink | None:
        settings = uplink_settings_of(self._store)
        if settings is None:
            return None
        self._outbox = outbox = StoredOutbox(self._opened.path, self._committer)
        most = self._store.config.uplink.outbox_bytes if self._store.config.uplink else 0
        if settings.events:
            self._events = StoredEvents(self._opened.path, self._committer, most // EVENTS_SHARE)
            self._committer.after_events = self._events.grown
        uplink = Uplink(
            settings,
            outbox,
            self.desk,
            boot=self._opened.boot,
            events=self._events,
            configure=self.configure if self._load and self._config_file else None,
            catalogue=lambda: self._store.digest,
            rng=self._jitter,
        )

        def tell(rows: Sequence[OutboxRow]) -> None:
            outbox.grown(rows)
            uplink.notify(rows[-1].seq if rows else 0)

        self._committer.after = tell
        self._squeezer = Squeezer(outbox, uplink, self._opened.boot, most, self._events)
        return uplink

    def _made_herald(self) -> Herald:
        anywhere = self.desk.anywhere = self._store.config.web.open_callbacks
        uplink = self._uplink
        return Herald(
            self._core.alerts,
            self._loop,
            anywhere=anywhere,
            feed_up=lambda: uplink.state().connected if uplink else None,
        )

    def _samples(self) -> list[Sample]:
        own = gather(
            self._core, self._loop, self._intake, self._committer, self._sources, self._board
        )
        own += alert_samples(self._core.alerts, self._herald.counts)
        own += self._uplink.samples() if self._uplink else []
        own += self._events.samples() if self._events else []
        return own + (self._squeezer.samples() if self._squeezer else [])

    def _kept(self, name: str, work: Callable[[Clock], Awaitable[None]]) -> asyncio.Task[object]:
        """A part whose fault is logged and started again: it must not stop the store's others."""
        return self._task(name, keep_running(name, work, self._clock, self._jitter))

    @staticmethod
    def _task(name: str, work: object) -> asyncio.Task[object]:
        return asyncio.create_task(work, name=name)  # type: ignore[arg-type]  # any coroutine


def _open(data: Path) -> Opened:
    opened = open_database(data)
    if opened.put_aside is not None:
        log.error(
            "the database was damaged and is kept as %s; a new one is begun", opened.put_aside.name
        )
    return opened


async def _end(task: asyncio.Task[object], *, cancel: bool = True) -> None:
    """Wait for a task's end; what it died of is told by whoever started it."""
    if cancel:
        task.cancel()
    await asyncio.wait({task})

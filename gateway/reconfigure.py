"""Another config for a gateway that runs: read again or sent by HQ, applied where it can be."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from gateway.board import Board
from gateway.committer import Committer
from gateway.config.faults import ConfigError, Fault
from gateway.config.layout import layout_of
from gateway.config.load import Store, Texts
from gateway.configs_done import ConfigsDone
from gateway.core import Core
from gateway.desk import Reloaded
from gateway.engine_loop import EngineLoop
from gateway.reload import plan
from gateway.requests import NotStored
from gateway.sent_config import put_in_place
from gateway.storage.archive import Archive
from gateway.uplink.messages import Config

log = logging.getLogger(__name__)


class Reconfiguration:
    """One change of config at a time.

    Attributes:
        store: the config in force.
        told: is told of another one once it is.
    """

    def __init__(
        self,
        store: Store,
        database: Path,
        core: Core,
        loop: EngineLoop,
        committer: Committer,
        board: Board,
        done: ConfigsDone,
    ) -> None:
        self.store = store
        self.told: Callable[[Store], None] = lambda _store: None
        self._database = database
        self._core, self._loop, self._committer, self._board = core, loop, committer, board
        self._done = done
        self._turn = asyncio.Lock()

    async def reload(self, load: Callable[[], Store]) -> Reloaded:
        """Read the config again and apply what can be applied. Raises `NotStored`."""
        async with self._turn:
            try:
                fresh = await asyncio.to_thread(load)
            except ConfigError as error:
                return Reloaded(checks=False, faults=_as_json(error.faults))
            done = plan(self.store, fresh)
            await self._apply(done.store)
        log.info("the config was read again; applied: %s", ", ".join(done.applied) or "nothing")
        if done.restart_needed:
            log.warning("these wait for a restart: %s", ", ".join(done.restart_needed))
        faults = _as_json(fresh.row_faults)
        return Reloaded(
            checks=True, applied=done.applied, restart_needed=done.restart_needed, faults=faults
        )

    async def take(self, sent: Config, file: Path, load: Callable[[], Store]) -> Reloaded:
        """Put what HQ sent in the place of `file` and apply it: once, whatever a broker repeats.

        Raises:
            ConfigRefused, NotStored: it could not be.
        """
        known = self._done.get(sent.id)
        if known is not None:
            return known
        texts = Texts(sent.toml, sent.catalogue, sent.planogram)
        try:
            await asyncio.to_thread(put_in_place, file, texts)
        except ConfigError as error:
            done = Reloaded(checks=False, faults=_as_json(error.faults))
        else:
            log.warning("HQ has changed the config")
            done = await self.reload(load)
        await self._loop.ask(lambda _now: self._committer.add(self._done.add(sent.id, done)))
        return done

    async def _apply(self, store: Store) -> None:
        layout = layout_of(store)
        anew = layout != layout_of(self.store)

        def apply(now: float) -> str:
            # Between two turns: nothing is on its way to the disk but what the disk refused.
            if anew and self._committer.waiting:
                return "the disk does not take what is written"
            try:
                with contextlib.closing(Archive(self._database)) as archive:
                    memory = archive.memory("stock") if anew else {}
            except sqlite3.Error as error:
                return f"the disk cannot be read: {error}"
            if anew:
                self._core.lay_out(layout, memory, now)
            self._core.footfall.calibrate({one.id: one.calibration for one in store.config.door})
            return ""

        if trouble := await self._loop.ask(apply):
            raise NotStored(trouble)
        self.store = store
        self.told(store)
        for gtin in self._board.stock.keys() - store.catalogue.keys():
            del self._board.stock[gtin]


def _as_json(faults: Sequence[Fault]) -> tuple[dict[str, str | int], ...]:
    return tuple(fault.as_json() for fault in faults)

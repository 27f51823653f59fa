"""Configs that HQ sent and that are done with, by the command's id: on disk, and bounded.

A broker tells a command again when the gateway comes back. What was answered before a restart is
answered the same and not done a second time: the store may have changed its files since.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from gateway.changes import Remember
from gateway.desk import Reloaded

log = logging.getLogger(__name__)

ENGINE = "configs"
KEPT = 100
"""HQ changes a store's config a few times a month."""


class ConfigsDone:
    """The last `KEPT` of them, the oldest first."""

    def __init__(self, memory: Mapping[str, str]) -> None:
        self._done: dict[str, Reloaded] = {}
        self._newest = 0
        for name, number, done in sorted(_read(memory), key=lambda row: row[1]):
            self._done[name], self._newest = done, number

    def get(self, command_id: str) -> Reloaded | None:
        """How it went; None for one that is new."""
        return self._done.get(command_id)

    def add(self, command_id: str, done: Reloaded) -> list[Remember]:
        """This one is done with; what is to be on disk before HQ is told so."""
        self._done[command_id] = done
        self._newest += 1
        said = [Remember(ENGINE, command_id, json.dumps([self._newest, asdict(done)]))]
        for old in list(self._done)[:-KEPT]:
            del self._done[old]
            said.append(Remember(ENGINE, old, None))
        return said


def _read(memory: Mapping[str, str]) -> Iterator[tuple[str, int, Reloaded]]:
    for name, text in memory.items():
        try:
            yield name, *_written(json.loads(text))
        except ValueError as error:
            log.warning("what became of config %r is not known any more: %s", name, error)


def _written(said: object) -> tuple[int, Reloaded]:
    match said:
        case [
            int(number),
            {
                "checks": bool(checks),
                "applied": list(applied),
                "restart_needed": list(waiting),
                "faults": list(faults),
            },
        ]:
            return number, Reloaded(checks, tuple(applied), tuple(waiting), tuple(faults))
        case _:
            raise ValueError("not what this program writes")

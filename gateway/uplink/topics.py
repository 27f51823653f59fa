"""Where each message goes: `shelfcast/v1/{shard}/{store}/…`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

ROOT = "shelfcast/v1"


class Part(StrEnum):
    """The last part of a topic."""

    BIRTH = "birth"
    CHANGES = "changes"
    SNAPSHOT = "snapshot"
    DIGEST = "digest"
    FOOTFALL = "footfall"
    EVENT = "event"
    ALERT = "alert"
    COMMAND = "command"
    ANSWER = "answer"


def shard_of(store: str, shards: int) -> int:
    """The shard of a store: CRC-32 (that of zlib) of its id in UTF-8, modulo `shards` (>= 1)."""
    return crc32(store.encode()) % shards


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one store."""

    store: str
    shards: int = 1

    def of(self, part: str) -> str:
        """The whole topic for its last part."""
        return f"{ROOT}/{shard_of(self.store, self.shards)}/{self.store}/{part}"

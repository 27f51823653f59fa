"""What was committed, read through a connection that cannot write."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from urllib.parse import quote

from gateway.changes import LedgerLine, StoreMinute, ZoneDraw, ZoneVisits
from gateway.storage.rows import EventRow, OutboxRow

_EVERY = 2**62


class Archive:
    """A read-only view of the database; each call sees the newest commit. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro", uri=True, check_same_thread=False
        )
        self._db.execute("PRAGMA query_only = ON")
        self._db.execute("PRAGMA busy_timeout = 5000")

    def memory(self, engine: str) -> dict[str, str]:
        """All that an engine asked to remember, by key."""
        rows = self._db.execute(
            "SELECT key, value FROM memory WHERE engine = ? ORDER BY key", (engine,)
        )
        return {str(key): str(value) for key, value in rows}

    def outbox_after(self, key: tuple[int, int], limit: int) -> list[OutboxRow]:
        """The next unacknowledged messages after (boot, seq), in order."""
        rows = self._db.execute(
            "SELECT boot, seq, topic, payload, t FROM outbox WHERE (boot, seq) > (?, ?)"
            " ORDER BY boot, seq LIMIT ?",
            (*key, limit),
        )
        return [OutboxRow(*row) for row in rows]

    def outbox_between(self, boot: int, after: int, until: int) -> tuple[int, int]:
        """Messages of a boot with `after` < seq <= `until`, and the bytes of their payloads."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(length(CAST(payload AS BLOB))), 0) FROM outbox"
            " WHERE boot = ? AND seq > ? AND seq <= ?",
            (boot, after, until),
        ).fetchone()
        return int(row[0]), int(row[1])

    def outbox_size(self) -> tuple[int, int]:
        """Messages waiting, and the bytes of their payloads."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(length(CAST(payload AS BLOB))), 0) FROM outbox"
        ).fetchone()
        return int(row[0]), int(row[1])

    def events_after(self, number: int, limit: int) -> list[EventRow]:
        """The next EPCIS events that wait after `number`, in order."""
        rows = self._db.execute(
            "SELECT id, payload FROM event WHERE id > ? ORDER BY id LIMIT ?", (number, limit)
        )
        return [EventRow(*row) for row in rows]

    def events_between(self, after: int, until: int) -> tuple[int, int]:
        """Events with `after` < number <= `until`, and the bytes of their texts."""
        row = self._db.execute(
            "SELECT count(*), coalesce(sum(length(CAST(payload AS BLOB))), 0) FROM event"
            " WHERE id > ? AND id <= ?",
            (after, until),
        ).fetchone()
        return int(row[0]), int(row[1])

    def events_size(self) -> tuple[int, int]:
        """Events waiting, and the bytes of their texts."""
        return self.events_between(0, _EVERY)

    def events_beyond(self, most_bytes: int) -> int:
        """Number of the newest event that has no place when `most_bytes` are kept; 0: all have."""
        row = self._db.execute(
            "SELECT coalesce(max(id), 0) FROM (SELECT id, sum(length(CAST(payload AS BLOB)))"
            " OVER (ORDER BY id DESC) AS kept FROM event) WHERE kept > ?",
            (most_bytes,),
        ).fetchone()
        return int(row[0])

    def store_minutes(self, since: float, until: float) -> list[StoreMinute]:
        """Minutes that ended in (`since`, `until`], oldest first."""
        rows = self._db.execute(
            "SELECT t, entries, exits, visitors, occupancy, transactions, estimated, outside,"
            " units, groups, guessed, variance, reentries, amount, priced FROM store_minute"
            " WHERE t > ? AND t <= ? ORDER BY t",
            (since, until),
        )
        return [
            StoreMinute(t, came, left, visitors, inside, sold, bool(guess), *worth)
            for t, came, left, visitors, inside, sold, guess, *worth in rows
        ]

    def zone_visits(self, since: float, until: float) -> list[ZoneVisits]:
        """Buckets that lie whole in [`since`, `until`], oldest first."""
        rows = self._db.execute(
            "SELECT t, since, trips, zones FROM zone_visit WHERE since >= ? AND t <= ? ORDER BY t",
            (since, until),
        )
        return [
            ZoneVisits(t, begun, trips, tuple(ZoneDraw(*one) for one in json.loads(zones)))
            for t, begun, trips, zones in rows
        ]

    def ledger(self, gtin: str, limit: int) -> list[LedgerLine]:
        """The newest lines of a GTIN's ledger, newest first."""
        rows = self._db.execute(
            "SELECT t, gtin, reason, qty, zone, epc, ref FROM ledger WHERE gtin = ?"
            " ORDER BY t DESC, id DESC LIMIT ?",
            (gtin, limit),
        )
        return [LedgerLine(*row) for row in rows]

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

"""The one writer: a batch is one transaction, on disk when `commit` returns.

Synchronous on purpose: it runs in a thread of its own. It alone writes and checkpoints, since
SQLite before 3.51.3 can lose a WAL that one connection resets while another writes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.changes import Change, DoorMinute, LedgerLine, Remember, StoreMinute, ZoneVisits
from gateway.storage.rows import Batch, OutboxRow
from gateway.storage.schema import migrate

WAL_PAGES_BEFORE_CHECKPOINT = 1_000
HISTORY = ("ledger", "door_minute", "store_minute", "zone_visit")
"""Tables whose rows have a time, and are kept for a time."""
MINUTE = 60.0


class Journal:
    """An open database that only this object writes to."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._prepare()
        except sqlite3.Error:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def commit(self, batch: Batch) -> None:
        """Write `batch` whole and flush it to the disk.

        Raises:
            sqlite3.Error: nothing of it was written (disk full, damaged file).
        """
        with self._transaction():
            self._write(batch)

    def rewrite(self, rows: Sequence[OutboxRow]) -> None:
        """Give waiting feed messages new payloads; those that have left meanwhile stay gone.

        Raises:
            sqlite3.Error: nothing was written.
        """
        with self._transaction():
            self._db.executemany(
                "UPDATE outbox SET payload = ? WHERE boot = ? AND seq = ?",
                [(row.payload, row.boot, row.seq) for row in rows],
            )

    def put_meta(self, key: str, value: str) -> None:
        """Keep one fact about the database itself."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def meta(self, key: str) -> str | None:
        """A fact about the database itself."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def forget_before(self, t: float) -> int:
        """Drop history (never memory, never the outbox) older than `t`; answers how many rows."""
        with self._transaction():
            return sum(
                self._db.execute(f"DELETE FROM {table} WHERE t < ?", (t,)).rowcount  # noqa: S608 - own names
                for table in HISTORY
            )

    def restamp(self, after: float, seconds: float) -> int:
        """Move history later than `after`, which a wrong clock stamped; answers how many rows.

        By whole minutes, for minutes are known by their time; one that is known by the new time
        already stays as it is.
        """
        moved = round(seconds / MINUTE) * MINUTE
        with self._transaction():
            return sum(
                self._db.execute(
                    f"UPDATE OR IGNORE {table} SET t = t + ? WHERE t > ?",  # noqa: S608 - own names
                    (moved, after),
                ).rowcount
                for table in HISTORY
            )

    def backup(self, target: Path) -> None:
        """A consistent copy, made while the program runs."""
        with sqlite3.connect(target) as copy:
            self._db.backup(copy)
        copy.close()

    def close(self) -> None:
        """Checkpoint and close."""
        self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _prepare(self) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            f"wal_autocheckpoint = {WAL_PAGES_BEFORE_CHECKPOINT}",
            "foreign_keys = ON",
            "busy_timeout = 5000",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        migrate(self._db)

    def _write(self, batch: Batch) -> None:
        self._db.executemany(
            "INSERT OR REPLACE INTO memory VALUES (?, ?, ?)",
            [
                (c.engine, c.key, c.value)
                for c in batch.changes
                if isinstance(c, Remember) and c.value is not None
            ],
        )
        self._db.executemany(
            "DELETE FROM memory WHERE engine = ? AND key = ?",
            [
                (c.engine, c.key)
                for c in batch.changes
                if isinstance(c, Remember) and c.value is None
            ],
        )
        self._write_history(batch.changes)
        self._write_outbox(batch.messages, batch.acked)
        self._write_events(batch)

    def _write_history(self, changes: tuple[Change, ...]) -> None:
        self._db.executemany(
            "INSERT INTO ledger (t, gtin, reason, qty, zone, epc, ref)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (c.t, c.gtin, c.reason, c.qty, c.zone, c.epc, c.ref)
                for c in changes
                if isinstance(c, LedgerLine)
            ],
        )
        self._db.executemany(
            "INSERT INTO door_minute VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " entries = entries + excluded.entries, exits = exits + excluded.exits",
            [(c.t, c.door, c.entries, c.exits) for c in changes if isinstance(c, DoorMinute)],
        )
        self._db.executemany(
            "INSERT INTO store_minute (t, entries, exits, visitors, occupancy, transactions,"
            " estimated, outside, units, groups, guessed, variance, reentries, amount, priced)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            " entries = entries + excluded.entries, exits = exits + excluded.exits,"
            " visitors = visitors + excluded.visitors, occupancy = excluded.occupancy,"
            " transactions = transactions + excluded.transactions,"
            " estimated = max(estimated, excluded.estimated), outside = outside + excluded.outside,"
            " units = units + excluded.units, groups = groups + excluded.groups,"
            " guessed = guessed + excluded.guessed, variance = variance + excluded.variance,"
            " reentries = reentries + excluded.reentries, amount = amount + excluded.amount,"
            " priced = priced + excluded.priced",
            [astuple(c) for c in changes if isinstance(c, StoreMinute)],
        )

        self._db.executemany(
            "INSERT OR REPLACE INTO zone_visit VALUES (?, ?, ?, ?)",
            [
                (c.t, c.since, c.trips, json.dumps([astuple(one) for one in c.zones]))
                for c in changes
                if isinstance(c, ZoneVisits)
            ],
        )

    def _write_outbox(
        self, messages: tuple[OutboxRow, ...], acked: tuple[tuple[int, int], ...]
    ) -> None:
        self._db.executemany("DELETE FROM outbox WHERE boot = ? AND seq <= ?", acked)
        self._db.executemany(
            "INSERT INTO outbox VALUES (?, ?, ?, ?, ?)",
            [(m.boot, m.seq, m.topic, m.payload, m.t) for m in messages],
        )

    def _write_events(self, batch: Batch) -> None:
        if batch.events_gone:
            self._db.execute("DELETE FROM event WHERE id <= ?", (batch.events_gone,))
        self._db.executemany(
            "INSERT INTO event (payload) VALUES (?)", [(text,) for text in batch.events]
        )

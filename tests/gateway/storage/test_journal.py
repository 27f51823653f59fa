"""Committed together or not at all; boots never come back; a damaged file is put aside."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from gateway.changes import DoorMinute, LedgerLine, Remember, StoreMinute, ZoneDraw, ZoneVisits
from gateway.storage.archive import Archive
from gateway.storage.journal import Journal
from gateway.storage.opening import BOOT_FILE, DATABASE, open_database
from gateway.storage.rows import Batch, OutboxRow
from gateway.storage.schema import MIGRATIONS

LINE = LedgerLine(10.0, "03453120000011", "sold", -1, ref="R-1")
MINUTE = StoreMinute(60.0, 3, 1, 2, 5, 1)


def message(seq: int, boot: int = 1) -> OutboxRow:
    return OutboxRow(boot, seq, "changes", f'{{"seq":{seq}}}', 10.0)


def test_a_batch_is_read_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Journal(path) as journal:
        journal.commit(Batch((LINE, MINUTE, Remember("stock", "k", "v")), (message(1), message(2))))
        archive = Archive(path)
        assert archive.ledger("03453120000011", 5) == [LINE]
        assert archive.store_minutes(0, 60) == [MINUTE]
        assert archive.memory("stock") == {"k": "v"}
        assert archive.outbox_after((0, 0), 10) == [message(1), message(2)]
        assert archive.outbox_size() == (2, 18)
        archive.close()


def test_a_batch_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Journal(path) as journal:
        journal.commit(Batch(messages=(message(1),)))
        with pytest.raises(sqlite3.IntegrityError):
            journal.commit(Batch((LINE,), (message(1),)))
        archive = Archive(path)
        assert archive.ledger("03453120000011", 5) == []
        archive.close()
        journal.commit(Batch((LINE,), (message(2),)))


def test_acknowledged_messages_of_that_boot_leave(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Journal(path) as journal:
        journal.commit(Batch(messages=(message(1), message(2), message(3), message(1, boot=2))))
        journal.commit(Batch(acked=((1, 2),)))
        archive = Archive(path)
        assert [(m.boot, m.seq) for m in archive.outbox_after((0, 0), 10)] == [(1, 3), (2, 1)]
        assert [(m.boot, m.seq) for m in archive.outbox_after((1, 3), 10)] == [(2, 1)]
        archive.close()


def test_a_minute_told_again_adds_up_and_memory_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Journal(path) as journal:
        journal.commit(Batch((MINUTE, DoorMinute(60.0, "main", 3, 1), Remember("x", "k", "1"))))
        journal.commit(Batch((MINUTE, DoorMinute(60.0, "main", 1, 1), Remember("x", "k", None))))
        archive = Archive(path)
        assert archive.store_minutes(0, 60)[0].entries == 6
        assert archive.memory("x") == {}
        archive.close()


def test_what_a_wrong_clock_stamped_is_stamped_anew(tmp_path: Path) -> None:
    path, decade = tmp_path / "a.db", 10 * 365 * 86_400.0
    wrong = [replace(LINE, t=decade + 20.0), replace(MINUTE, t=decade + 120.0)]
    with Journal(path) as journal:
        taken = replace(MINUTE, t=decade + 60.0)
        journal.commit(Batch((LINE, MINUTE, *wrong, taken)))
        assert journal.restamp(1_000.0, -decade) == 2
        archive = Archive(path)
        assert [line.t for line in archive.ledger("03453120000011", 5)] == [20.0, 10.0]
        assert [one.t for one in archive.store_minutes(0, 1_000)] == [60.0, 120.0]
        assert archive.store_minutes(decade, 2 * decade) == [taken], "its own minute is known"
        archive.close()


def test_readers_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Journal(path):
        archive = Archive(path)
        with pytest.raises(sqlite3.OperationalError):
            archive._db.execute("DELETE FROM outbox")
        archive.close()


def test_boots_grow_and_survive_an_old_copy(tmp_path: Path) -> None:
    first = open_database(tmp_path)
    first.journal.backup(tmp_path / "copy.db")
    first.journal.close()
    second = open_database(tmp_path)
    second.journal.close()
    for extra in ("-wal", "-shm"):
        (tmp_path / (DATABASE + extra)).unlink(missing_ok=True)
    (tmp_path / "copy.db").replace(tmp_path / DATABASE)
    third = open_database(tmp_path)
    third.journal.close()
    assert [first.boot, second.boot, third.boot] == [1, 2, 3]
    (tmp_path / BOOT_FILE).unlink()
    fourth = open_database(tmp_path)
    fourth.journal.close()
    assert fourth.boot == 4


def test_a_damaged_database_is_put_aside_and_said(tmp_path: Path) -> None:
    opened = open_database(tmp_path)
    opened.journal.close()
    (tmp_path / DATABASE).write_bytes(b"not a database at all" * 400)
    again = open_database(tmp_path)
    again.journal.close()
    assert again.put_aside is not None
    assert again.put_aside.exists()
    assert again.boot == 2


def test_old_history_goes_and_the_outbox_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Journal(path) as journal:
        journal.commit(Batch((LINE, MINUTE), (message(1),)))
        assert journal.forget_before(1_000.0) == 2
        archive = Archive(path)
        assert archive.outbox_size()[0] == 1
        archive.close()


def test_a_database_from_before_minutes_had_groups_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    old = sqlite3.connect(path)
    database = Database(old)
    MIGRATIONS.apply(database, stop_before="0002_what_a_minute_is_worth")
    old.execute("INSERT INTO store_minute VALUES (60.0, 3, 1, 2, 5, 1, 0)")
    old.commit()
    old.close()
    later = StoreMinute(120.0, 4, 0, 4, 9, 2, outside=1, units=5, groups=3, variance=0.5)
    later = replace(later, amount=4_210, priced=2)
    again = StoreMinute(120.0, 1, 0, 1, 9, 1, units=0, groups=1, amount=990, priced=1)
    with Journal(path) as journal:
        journal.commit(Batch((later, again)))
        archive = Archive(path)
        first, second = archive.store_minutes(0, 120)
        archive.close()
    assert first == MINUTE
    assert (second.entries, second.units, second.groups, second.outside) == (5, 5, 4, 1)
    assert second.variance == 0.5
    assert (second.transactions, second.amount, second.priced) == (3, 5_200, 3)


def test_what_baskets_say_comes_back_in_whole_buckets(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    told = ZoneVisits(7_200.0, 3_600.0, 8, (ZoneDraw("a", 6, 200.5), ZoneDraw("b", None, None)))
    with Journal(path) as journal:
        journal.commit(Batch((told,)))
        archive = Archive(path)
        assert archive.zone_visits(3_600.0, 7_200.0) == [told]
        assert archive.zone_visits(3_601.0, 7_200.0) == []
        assert archive.zone_visits(3_600.0, 7_199.0) == []
        archive.close()
        assert journal.forget_before(8_000.0) == 1

"""Finding the database at start: a damaged one is put aside, and boots are counted for ever.

The boot number also stands in a small file beside the database, since it must not come back when
the database is restored from an old copy or replaced.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from gateway.storage.journal import Journal

DATABASE = "shelfcast.db"
BOOT_FILE = "boot"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open journal.

    Attributes:
        boot: this start's number, one more than any before it.
        put_aside: where a damaged database was moved to, None in a good start.
    """

    journal: Journal
    path: Path
    boot: int
    put_aside: Path | None


def open_database(data: Path) -> Opened:
    """Open the database in folder `data`, made if absent, and begin a new boot.

    Raises:
        OSError: the folder cannot be made or written.
        sqlite3.OperationalError: the disk is full or the file is not ours to open.
    """
    data.mkdir(parents=True, exist_ok=True)
    path = data / DATABASE
    before = _boot_in_file(data)
    put_aside = None if _healthy(path) else _put_aside(path, before)
    journal = Journal(path)
    boot = max(before, int(journal.meta("boot") or 0)) + 1
    _write_boot(data, boot)
    journal.put_meta("boot", str(boot))
    return Opened(journal, path, boot, put_aside)


def _healthy(path: Path) -> bool:
    if not path.exists():
        return True
    try:
        db = sqlite3.connect(path)
        try:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        finally:
            db.close()
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


def _put_aside(path: Path, boot: int) -> Path:
    target = path.with_name(f"{path.name}.damaged-{boot}")
    path.rename(target)
    for suffix in ("-wal", "-shm"):
        extra = path.with_name(path.name + suffix)
        if extra.exists():
            extra.rename(target.with_name(target.name + suffix))
    return target


def _boot_in_file(data: Path) -> int:
    try:
        return int((data / BOOT_FILE).read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _write_boot(data: Path, boot: int) -> None:
    fresh = data / f"{BOOT_FILE}.new"
    with fresh.open("w", encoding="ascii") as file:
        file.write(f"{boot}\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(data / BOOT_FILE)

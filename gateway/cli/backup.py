"""`shelfcast backup` and `restore`: a consistent copy while running, checked before it replaces."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from gateway.cli.failure import CommandFailed
from gateway.storage.opening import DATABASE


def backup_command(data: Path, file: Path) -> None:
    """Copy the database in `data` to `file`; the gateway may run meanwhile."""
    source = data / DATABASE
    if not source.exists():
        raise CommandFailed(f"no database in {data}")
    fresh = file.with_name(f"{file.name}.new")
    reading = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)
    copy = sqlite3.connect(fresh)
    try:
        reading.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
        reading.close()
    _flush(fresh)
    fresh.replace(file)


def restore_command(data: Path, file: Path) -> None:
    """Put the copy `file` in the place of the database in `data`, which must not be in use."""
    _check(file)
    data.mkdir(parents=True, exist_ok=True)
    target = data / DATABASE
    if target.exists():
        _refuse_if_in_use(target)
    fresh = data / f"{DATABASE}.restored"
    fresh.write_bytes(file.read_bytes())
    _flush(fresh)
    for suffix in ("-wal", "-shm"):
        (data / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    fresh.replace(target)


def _check(file: Path) -> None:
    if not file.exists():
        raise CommandFailed(f"no such file: {file}")
    try:
        copy = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)
        try:
            sound = copy.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            ours = copy.execute("SELECT value FROM meta WHERE key = 'boot'").fetchone()
        finally:
            copy.close()
    except sqlite3.Error as error:
        raise CommandFailed(f"{file} is no copy of a store's database: {error}") from error
    if not sound or ours is None:
        raise CommandFailed(f"{file} is damaged; nothing was replaced")


def _refuse_if_in_use(target: Path) -> None:
    db = sqlite3.connect(target, timeout=0.5, isolation_level=None)
    try:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        raise CommandFailed(f"the gateway is running on {target}: stop it first") from error
    except sqlite3.DatabaseError:
        # A damaged database is the very reason to restore; nobody can be using it.
        return
    finally:
        db.close()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())

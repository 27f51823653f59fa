"""`shelfcast backup` and `restore`, wherever the store's files lie."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gateway.cli.backup import backup_command, restore_command
from gateway.storage.opening import DATABASE


@pytest.mark.parametrize("name", ["data", "shop #1", "a%25b", "d%41#x", "où?"])
def test_a_copy_is_whole_whatever_its_folder_is_called(tmp_path: Path, name: str) -> None:
    data, fresh = tmp_path / name, tmp_path / "fresh"
    data.mkdir()
    with sqlite3.connect(data / DATABASE) as db:
        db.execute("CREATE TABLE meta (key TEXT, value TEXT)")
        db.execute("INSERT INTO meta VALUES ('boot', '1')")
    copy = tmp_path / f"{name}.copy"
    backup_command(data, copy)
    restore_command(fresh, copy)
    with sqlite3.connect(fresh / DATABASE) as db:
        assert db.execute("SELECT value FROM meta").fetchall() == [("1",)]
    assert {one.name for one in tmp_path.iterdir()} == {name, "fresh", copy.name}

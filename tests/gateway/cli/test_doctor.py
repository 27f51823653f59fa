"""`shelfcast doctor` on folders with and without a store."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from gateway.changes import Remember
from gateway.cli.doctor import BACKLOG_SECONDS, doctor_command
from gateway.cli.failure import CommandFailed
from gateway.running import RunningNote
from gateway.storage.opening import open_database
from gateway.storage.rows import Batch, OutboxRow


def store(data: Path, *, waits: float = 0.0) -> None:
    opened = open_database(data)
    rows = (OutboxRow(1, 1, "changes", "{}", time.time() - waits),) if waits else ()
    state = Remember("health", "reader-1", json.dumps(["silent", time.time() - 7_300, "cable"]))
    opened.journal.commit(Batch((state,), rows))
    opened.journal.close()


def said(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, dict[str, object]]]:
    code = doctor_command(data, as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is (code == 0)
    return code, {one["what"]: one for one in answer["answers"]}


def test_a_well_store_that_does_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path)
    code, answers = said(tmp_path, capsys)
    assert code == 0
    assert answers["gateway"]["ok"] is None
    assert str(answers["database"]["detail"]).startswith("sound, ")
    assert answers["outbox"]["detail"] == "nothing waits for HQ"
    assert "was silent: cable, 2 h ago" in str(answers["reader-1"]["detail"])
    assert {"clock", "disk", "last commit"} <= answers.keys()


def test_an_old_backlog_needs_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path, waits=BACKLOG_SECONDS + 3_600)
    assert doctor_command(tmp_path, as_json=False) == 1
    assert "FAILED outbox: 1 messages, 2 B, the oldest 25 h old" in capsys.readouterr().out


def test_a_fresh_backlog_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path, waits=120)
    assert said(tmp_path, capsys)[0] == 0


def test_a_damaged_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store(tmp_path)
    (tmp_path / "shelfcast.db").write_bytes(b"SQLite format 3\0" + os.urandom(8_000))
    (tmp_path / "shelfcast.db.damaged-3").touch()
    code, answers = said(tmp_path, capsys)
    assert (code, answers["disk"]["ok"] is not None) == (1, True)


def test_a_gateway_that_lives_and_does_not_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store(tmp_path)
    RunningNote(tmp_path, 3).write("127.0.0.1", 1)
    _, answers = said(tmp_path, capsys)
    assert "boot 3" in str(answers["gateway"]["detail"])
    assert "the page does not answer" in str(answers["reader-1"]["detail"])


def test_a_gateway_that_has_not_written_for_long(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store(tmp_path)
    RunningNote(tmp_path, 1).write("127.0.0.1", 1)
    for name in ("shelfcast.db", "shelfcast.db-wal"):
        if (tmp_path / name).exists():
            os.utime(tmp_path / name, (0, time.time() - 900))
    code, answers = said(tmp_path, capsys)
    assert (code, answers["last commit"]["detail"]) == (1, "15 min ago")


def test_no_store_there(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="no database"):
        doctor_command(tmp_path, as_json=False)

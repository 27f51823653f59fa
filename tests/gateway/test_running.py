"""The note of a running gateway."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gateway.running import NOTE, Running, RunningNote, running_in


def test_written_read_and_removed(tmp_path: Path) -> None:
    note = RunningNote(tmp_path, 7)
    assert running_in(tmp_path) is None
    note.write("0.0.0.0", 8080)
    assert running_in(tmp_path) == Running(os.getpid(), 7, "127.0.0.1", 8080)
    note.remove()
    note.remove()
    assert running_in(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x"}', "é"])
def test_what_is_no_note(tmp_path: Path, text: str) -> None:
    (tmp_path / NOTE).write_text(text)
    assert running_in(tmp_path) is None


def test_a_process_that_is_gone(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    note = {"pid": child, "boot": 1, "host": "127.0.0.1", "port": 80}
    (tmp_path / NOTE).write_text(json.dumps(note))
    assert running_in(tmp_path) is None


def test_a_folder_that_takes_no_note_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    RunningNote(tmp_path / "none", 1).write("127.0.0.1", 80)
    assert "cannot be written" in caplog.text

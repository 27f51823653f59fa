"""A note in the data folder that says which process has the store open and where its page is.

For commands beside the running gateway. It is no lock: a note whose process is gone says nothing.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

NOTE = "running.json"
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read, not bound
"""Where to ask a page that listens everywhere."""


@dataclass(frozen=True, slots=True)
class Running:
    """A gateway that runs: its process, its boot number, and where to ask it."""

    pid: int
    boot: int
    host: str
    port: int


class RunningNote:
    """This process's note in the folder `data`."""

    def __init__(self, data: Path, boot: int) -> None:
        self._path = data / NOTE
        self._boot = boot

    def write(self, host: str, port: int) -> None:
        """Say where the page is; a disk that takes no note stops nobody."""
        note = {"pid": os.getpid(), "boot": self._boot, "host": host, "port": port}
        try:
            fresh = self._path.with_name(f"{NOTE}.new")
            fresh.write_text(json.dumps(note) + "\n", "ascii")
            fresh.replace(self._path)
        except OSError as error:
            log.warning("%s cannot be written: %s", NOTE, error.strerror)

    def remove(self) -> None:
        """The gateway has stopped."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed: %s", NOTE, error.strerror)


def running_in(data: Path) -> Running | None:
    """The gateway that has the store in `data` open; None when none has, or the note is no note."""
    try:
        note = json.loads((data / NOTE).read_text("ascii"))
        host = str(note["host"])
        found = Running(
            int(note["pid"]), int(note["boot"]), ANYWHERE.get(host, host), int(note["port"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if _lives(found.pid) else None


def _lives(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

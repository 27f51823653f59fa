"""The demo as a stranger starts it: a process, and the lines that it prints."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START_SECONDS = 30.0
STOP_SECONDS = 5.0


class Demo:
    """One demo, started. `page` and `broker` are ports."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.err = folder / "stderr.txt"
        self._begun = time.monotonic()
        environment = os.environ | {"TMPDIR": str(folder / "tmp"), "PYTHONUNBUFFERED": "1"}
        (folder / "tmp").mkdir()
        with self.err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "gateway", "demo", "--port", "0", *options],
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
                env=environment,
            )
        assert self.process.stdout is not None
        self.said = [self.process.stdout.readline() for _ in range(4)]
        self.started_in = time.monotonic() - self._begun
        text = "".join(self.said)
        page = re.search(r"http://localhost:(\d+)/", text)
        broker = re.search(r"mqtt://127\.0\.0\.1:(\d+)", text)
        if page is None or broker is None:
            self.end(signal.SIGKILL)
            raise AssertionError(f"it did not start: {text}{self.err.read_text()}")
        self.page, self.broker = int(page[1]), int(broker[1])

    def get(self, path: str) -> Any:
        """A JSON answer of the page's port."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.page}{path}", timeout=10) as answer:
            return json.load(answer)

    def end(self, how: signal.Signals = signal.SIGTERM) -> float:
        """Stop it; the seconds that it took."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(START_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return time.monotonic() - begun

    def complaints(self) -> list[str]:
        """What it wrote to standard error, but for devices that a busy machine kept waiting."""
        lines = self.err.read_text().splitlines()
        return [line for line in lines if not line.startswith("WARNING gateway.supervisor:")]

    def left(self) -> list[str]:
        """What it left in the folder for temporary files."""
        return sorted(path.name for path in (self.folder / "tmp").iterdir())


@contextlib.contextmanager
def playing(folder: Path, *options: str) -> Iterator[Demo]:
    """A demo while the block runs; it must end well."""
    demo = Demo(folder, *options)
    try:
        yield demo
    finally:
        seconds = demo.end()
    assert demo.process.returncode == 0
    assert seconds < STOP_SECONDS
    assert demo.complaints() == []
    assert demo.left() == []


def until(condition, seconds: float = 30.0):
    """What `condition` answers once that is true; the last answer when it never is."""
    end = time.monotonic() + seconds
    while not (answer := condition()) and time.monotonic() < end:
        time.sleep(0.25)
    return answer

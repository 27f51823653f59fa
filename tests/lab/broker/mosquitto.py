"""A real mosquitto on a free loopback port, with the deaths it can die.

from tests.lab.broker.mosquitto import mosquitto  # a fixture: one started broker a test
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

START_SECONDS = 10.0
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mosquitto:
    """One broker. `options` are further lines of its config; the port stays over restarts."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.port = free_port()
        self.log = folder / "mosquitto.log"
        self._config = folder / "mosquitto.conf"
        anonymous = not any(option.startswith("password_file") for option in options)
        self._config.write_text(
            "\n".join(
                [
                    f"listener {self.port} 127.0.0.1",
                    f"allow_anonymous {str(anonymous).lower()}",
                    f"user {getpass.getuser()}",
                    "persistence false",
                    "log_dest stderr",
                    "max_queued_messages 0",
                    *options,
                    "",
                ]
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start and wait until it listens."""
        program = shutil.which("mosquitto", path=PATH)
        assert program, "mosquitto is not installed"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([program, "-c", self._config], stderr=log, stdout=log)
        end = time.monotonic() + START_SECONDS
        while not self._listens():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, "mosquitto does not listen"

    def kill(self) -> None:
        """kill -9: no goodbye to anybody; what it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stop answering while connections stay open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=0.2).close()
        except OSError:
            time.sleep(0.01)  # waiting for a real program
            return False
        return True


def password_file(folder: Path, **passwords: str) -> Path:
    """A password file for the `password_file` option, by user name."""
    program = shutil.which("mosquitto_passwd", path=PATH)
    assert program, "mosquitto_passwd is not installed"
    path = folder / "passwords"
    path.touch(mode=0o600)
    for user, password in passwords.items():
        subprocess.run([program, "-b", path, user, password], check=True)
    return path


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A started broker that lets everybody in."""
    with Mosquitto(tmp_path) as broker:
        yield broker

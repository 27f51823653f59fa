"""The real program as a process of its own, started, asked over HTTP, and killed."""

from __future__ import annotations

import http.client
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

START_SECONDS = 30.0


class GatewayProcess:
    """`shelfcast run` (or any other command that says `page: http://…:PORT/`)."""

    def __init__(self, *arguments: str, cwd: Path) -> None:
        self._arguments = arguments
        self._cwd = cwd
        self._process: subprocess.Popen[str] | None = None
        self._listener: threading.Thread | None = None
        self.port = 0
        self.lines: list[str] = []
        self.errors = cwd / "stderr.log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start and wait for the page."""
        environment = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONUNBUFFERED": "1"}
        with self.errors.open("a") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gateway", *self._arguments],
                cwd=self._cwd,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
            )
        self.port = self._port()

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._forget()

    def stop(self) -> tuple[int, float]:
        """SIGTERM; the exit code and how many seconds it took."""
        assert self._process is not None
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(10)
        self._forget()
        return code, time.monotonic() - begun

    def hang_up(self) -> None:
        """SIGHUP."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def ask(
        self, method: str, path: str, body: object = None, *, token: str = ""
    ) -> tuple[int, Any]:
        """One request; its status and JSON (or text) answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            text = None if body is None else json.dumps(body)
            headers = {"Content-Type": "application/json"}
            if token:
                headers["Authorization"] = f"Bearer {token}"
            connection.request(method, path, text, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        kind = answer.headers.get("Content-Type", "")
        return answer.status, json.loads(data) if "json" in kind else data.decode()

    def _forget(self) -> None:
        self._process = None
        if self._listener is not None:
            self._listener.join()
            self._listener = None

    def _port(self) -> int:
        """The port in the first line that names the page."""
        assert self._process is not None
        assert self._process.stdout is not None
        said: queue.Queue[str] = queue.Queue()
        stdout = self._process.stdout

        def listen() -> None:
            with stdout:
                for line in stdout:
                    self.lines.append(line)
                    said.put(line)
            said.put("")

        self._listener = threading.Thread(target=listen, daemon=True)
        self._listener.start()
        end = time.monotonic() + START_SECONDS
        while line := said.get(timeout=max(0.1, end - time.monotonic())):
            if "http://" in line:
                return int(line.split("http://")[1].split("/")[0].rpartition(":")[2])
        raise AssertionError(f"the program ended: {self.errors.read_text()[-2000:]}")

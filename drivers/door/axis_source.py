"""An AXIS People Counter, asked for its totals every few seconds."""

from __future__ import annotations

import asyncio
import http.client
import secrets
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from drivers.door.axis import PATHS, read_live_sum
from drivers.door.http_digest import Challenge, authorization, choose
from drivers.door.report import BODY_BYTES, BodyWrong, Report
from drivers.door.tally import Tally
from drivers.observations import Device, DeviceState
from drivers.source import Clock, Emit, SourceLost

POLL_SECONDS = 10.0
ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks. `password_file` is read anew at each connection."""

    user: str = ""
    password: str = field(default="", repr=False)
    password_file: Path | None = None

    def secret(self) -> str:
        """The password. Raises `OSError`."""
        if self.password_file is None:
            return self.password
        return self.password_file.read_text("utf-8").strip()


class AxisDoor:
    """A door that an Axis camera watches.

    Args:
        name: the door's id from the config.
        host: the camera.
        port: its HTTP port.
        login: a user of role viewer; the password never crosses the wire (digest).
        zone: where the camera stands: its times are local.
    """

    def __init__(
        self, name: str, host: str, port: int, login: Login | None = None, *, zone: ZoneInfo
    ) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {}
        self._host, self._port, self._zone = host, port, zone
        self._login = login or Login()
        self._tally: Tally | None = None
        self._path = PATHS[0]

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Ask until cancelled.

        Raises:
            SourceLost: the camera does not answer, or not as a People Counter does.
        """
        asking = _Asking(self._host, self._port, self._login)
        online = False
        while True:
            report = await self._report(asking)
            now = clock.wall()
            if self._tally is None:
                # Kept over a fall: while the camera is away its totals go on.
                boot = int(now * 1000)
                self._tally = Tally(self.name, boot, now, None, self.faults, self.facts)
            if not online:
                online = True
                emit(Device(self.name, now, now, DeviceState.ONLINE))
            for count in self._tally.take(report, now):
                emit(count)
            await clock.sleep(POLL_SECONDS)

    async def _report(self, asking: _Asking) -> Report:
        try:
            status, body = await asyncio.to_thread(asking.get, self._path)
            if status == http.client.NOT_FOUND:
                self._path = PATHS[1 - PATHS.index(self._path)]
                status, body = await asyncio.to_thread(asking.get, self._path)
        except (OSError, http.client.HTTPException) as wrong:
            raise SourceLost(f"{self.name}: {self._where} does not answer: {wrong}") from wrong
        if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
            raise SourceLost(f"{self.name}: {self._where} refuses the user name or password")
        if status != http.client.OK:
            raise SourceLost(f"{self.name}: {self._where} answers {status}")
        try:
            return read_live_sum(body, self._zone)
        except BodyWrong as wrong:
            raise SourceLost(f"{self.name}: {wrong}") from wrong

    @property
    def _where(self) -> str:
        return f"{self._host}:{self._port}"


class _Asking:
    """Requests with digest authentication; blocks, so it runs in a thread, one call at a time."""

    def __init__(self, host: str, port: int, login: Login) -> None:
        self._host, self._port, self._login = host, port, login
        self._challenge: Challenge | None = None
        self._count = 0

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body. Raises `OSError` or `HTTPException`."""
        status, body, asked = self._request(path)
        challenge = choose(asked)
        if status == http.client.UNAUTHORIZED and challenge and self._login.user:
            self._challenge, self._count = challenge, 0
            status, body, _ = self._request(path)
        return status, body

    def _request(self, path: str) -> tuple[int, bytes, list[str]]:
        headers = {"Accept": "application/json", "Connection": "close"}
        if self._challenge is not None:
            self._count += 1
            headers["Authorization"] = authorization(
                self._challenge,
                "GET",
                path,
                self._login.user,
                self._login.secret(),
                secrets.token_hex(16),
                self._count,
            )
        connection = http.client.HTTPConnection(self._host, self._port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            body = answer.read(BODY_BYTES + 1)
            return answer.status, body, answer.headers.get_all("WWW-Authenticate") or []
        finally:
            connection.close()

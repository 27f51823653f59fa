"""A camera played by a real HTTP server that asks for a digest."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from drivers.door.axis import PATHS
from drivers.door.axis_source import AxisDoor, Login
from drivers.door.http_digest import Challenge, authorization
from drivers.observations import Count, Device, Observation
from drivers.source import SourceLost
from tests.drivers.hand_clock import HandClock

PARIS = ZoneInfo("Europe/Paris")
SECRET = "a secret"


class Camera(ThreadingHTTPServer):
    """Answers live-sum at one of its two addresses, to who knows the secret."""

    def __init__(self, path: str = PATHS[0], *, locked: bool = True) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.path, self.locked = path, locked
        self.totals = (12, 318)
        self.body: bytes | None = None
        self.asked: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Handler(BaseHTTPRequestHandler):
    server: Camera

    def do_GET(self) -> None:
        said = self.headers.get("Authorization", "")
        self.server.asked.append(said)
        if self.server.locked and not self.good(said):
            self.answer(401, b"", 'Digest realm="AXIS", nonce="n1", algorithm=SHA-256, qop="auth"')
        elif self.path != self.server.path:
            self.answer(404, b"")
        else:
            came, left = self.server.totals
            whole = {
                "serial": "00408CAC512B",
                "timestamp": "20170503112756",
                "in": came,
                "out": left,
            }
            self.answer(200, self.server.body or json.dumps(whole).encode())

    def good(self, said: str) -> bool:
        if not said:
            return False
        cnonce = said.split('cnonce="')[1].split('"')[0]
        count = int(said.split("nc=")[1][:8], 16)
        challenge = Challenge("AXIS", "n1", "SHA-256", qop=True)
        return said == authorization(challenge, "GET", self.path, "viewer", SECRET, cnonce, count)

    def answer(self, status: int, body: bytes, ask: str = "") -> None:
        self.send_response(status)
        if ask:
            self.send_header("WWW-Authenticate", 'Basic realm="AXIS"')
            self.send_header("WWW-Authenticate", ask)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(camera: Camera) -> Iterator[Camera]:
    thread = threading.Thread(target=camera.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield camera
    finally:
        camera.shutdown()
        thread.join()
        camera.server_close()


@contextlib.asynccontextmanager
async def asking(door: AxisDoor, clock: HandClock) -> AsyncIterator[list[Observation]]:
    heard: list[Observation] = []
    task = asyncio.create_task(door.run(heard.append, clock))
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.wait({task})


async def until(heard: list[Observation], number: int) -> None:
    async with asyncio.timeout(10):
        while len(heard) < number:
            await asyncio.sleep(0.002)


async def test_totals_are_asked_for_with_a_digest_and_never_with_the_password(
    tmp_path: Path,
) -> None:
    file = tmp_path / "axis.password"
    file.write_text(SECRET + "\n")
    with serving(Camera()) as camera:
        login = Login("viewer", password_file=file)
        door = AxisDoor("door", "127.0.0.1", camera.port, login, zone=PARIS)
        clock = HandClock()
        async with asking(door, clock) as heard:
            await until(heard, 3)
            camera.totals = (15, 320)
            clock.now += 10
            await until(heard, 4)
        assert isinstance(heard[0], Device)
        counts = [(o.entries, o.exits) for o in heard if isinstance(o, Count)]
        assert counts == [(0, 0), (0, 0), (3, 2)]
        assert door.facts["serial"] == "00408CAC512B"
        assert len(camera.asked) == 3, "one challenge, then its answer each time"
        assert not any(SECRET in said for said in camera.asked)


async def test_the_other_applications_address_is_found() -> None:
    with serving(Camera(PATHS[1], locked=False)) as camera:
        door = AxisDoor("door", "127.0.0.1", camera.port, zone=PARIS)
        async with asking(door, HandClock()) as heard:
            await until(heard, 3)


@pytest.mark.parametrize(
    ("login", "body", "path", "words"),
    [
        (Login("viewer", "wrong"), None, PATHS[0], "refuses the user name or password"),
        (Login(), None, PATHS[0], "refuses the user name or password"),
        (Login("viewer", SECRET), b"<html>", PATHS[0], "the body is not JSON"),
        (Login("viewer", SECRET), b'{"a": 1}', PATHS[0], "is this an AXIS People Counter"),
        (Login("viewer", SECRET), None, "/elsewhere", "answers 404"),
    ],
)
async def test_what_is_wrong_is_one_plain_line(
    login: Login, body: bytes | None, path: str, words: str
) -> None:
    with serving(Camera(path)) as camera:
        camera.body = body
        door = AxisDoor("door", "127.0.0.1", camera.port, login, zone=PARIS)
        with pytest.raises(SourceLost, match=words):
            await door.run(lambda _: None, HandClock())


async def test_nobody_there() -> None:
    door = AxisDoor("door", "127.0.0.1", 1, zone=PARIS)
    with pytest.raises(SourceLost, match=r"127\.0\.0\.1:1 does not answer"):
        await door.run(lambda _: None, HandClock())


async def test_totals_go_on_over_a_fall() -> None:
    heard: list[Observation] = []
    with serving(Camera(locked=False)) as camera:
        door = AxisDoor("door", "127.0.0.1", camera.port, zone=PARIS)
        for number in (0, 4):
            camera.totals = (12 + number, 318)
            clock = HandClock()
            clock.now = 60.0 * number
            async with asking(door, clock) as part:
                await until(part, 2)
            heard += part
    assert [o.entries for o in heard if isinstance(o, Count)][-1] == 4

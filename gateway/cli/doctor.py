"""`shelfcast doctor`: how the store's gateway is, one line each; whether a person is needed.

Looks at the data folder and asks the gateway that runs on it; changes nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import typer

from gateway.cli.answers import Answer
from gateway.cli.check_live import clock_answer
from gateway.cli.failure import CommandFailed
from gateway.disk import enough
from gateway.running import Running, running_in
from gateway.storage.archive import Archive
from gateway.storage.opening import DATABASE

ASK_SECONDS = 3.0
SILENT_SECONDS = 300.0
"""A gateway that runs commits each minute's footfall; so long without is a disk that refuses."""
BACKLOG_SECONDS = 86_400.0
WELL, UNSEEN = "ok", "unknown"


def doctor_command(data: Path, as_json: bool) -> int:  # noqa: FBT001 - typer's words
    """Print the state of the store in `data`.

    Returns:
        1 when something needs a person, else 0.

    Raises:
        CommandFailed: there is no store in `data`.
    """
    if not (data / DATABASE).exists():
        raise CommandFailed(f"no database in {data}")
    answers = list(_examined(data, time.time()))
    needed = any(answer.ok is False for answer in answers)
    if as_json:
        listed = [answer.as_json() for answer in answers]
        typer.echo(json.dumps({"ok": not needed, "answers": listed}, ensure_ascii=False))
    else:
        for answer in answers:
            typer.echo(str(answer))
    return int(needed)


def _examined(data: Path, now: float) -> Iterator[Answer]:
    running = running_in(data)
    # Before anything is opened: a database that is opened has files of this moment.
    last = _last_written(data)
    yield _gateway(running)
    sound = _database(data)
    yield sound
    yield from _put_aside(data)
    if sound.ok:
        with contextlib.closing(Archive(data / DATABASE)) as archive:
            yield _written(last, running, now)
            yield _outbox(archive, now)
            yield clock_answer(now)
            yield _disk(data)
            yield from _devices(archive, running, now)
    else:
        yield clock_answer(now)
        yield _disk(data)


def _gateway(running: Running | None) -> Answer:
    if running is None:
        return Answer("gateway", ok=None, detail="does not run")
    where = f"http://{running.host}:{running.port}/"
    return Answer("gateway", ok=True, detail=f"runs, boot {running.boot}, page at {where}")


def _database(data: Path) -> Answer:
    path = data / DATABASE
    try:
        with contextlib.closing(
            sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        ) as db:
            said = str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
            boot = db.execute("SELECT value FROM meta WHERE key = 'boot'").fetchone()
    except sqlite3.Error as error:
        return Answer("database", ok=False, detail=f"cannot be read: {error}")
    if said != "ok":
        return Answer("database", ok=False, detail=f"is damaged: {said}; restore a backup")
    size = sum(one.stat().st_size for one in data.glob(f"{DATABASE}*") if one.is_file())
    return Answer(
        "database", ok=True, detail=f"sound, {_size(size)}, boot {boot[0] if boot else 0}"
    )


def _put_aside(data: Path) -> Iterator[Answer]:
    for path in sorted(data.glob(f"{DATABASE}.damaged-*")):
        if not path.name.endswith(("-wal", "-shm")):
            detail = f"{path.name} was put aside as damaged; keep it or delete it"
            yield Answer("database", ok=None, detail=detail)


def _last_written(data: Path) -> float:
    files = (data / DATABASE, data / f"{DATABASE}-wal")
    return max(path.stat().st_mtime for path in files if path.exists())


def _written(last: float, running: Running | None, now: float) -> Answer:
    age = max(0.0, now - last)
    late = running is not None and age > SILENT_SECONDS
    return Answer("last commit", ok=not late, detail=f"{_age(age)} ago")


def _outbox(archive: Archive, now: float) -> Answer:
    rows, size = archive.outbox_size()
    if not rows:
        return Answer("outbox", ok=True, detail="nothing waits for HQ")
    age = max(0.0, now - archive.outbox_after((0, 0), 1)[0].t)
    detail = f"{rows} messages, {_size(size)}, the oldest {_age(age)} old"
    return Answer("outbox", ok=age < BACKLOG_SECONDS, detail=detail)


def _disk(data: Path) -> Answer:
    usage = shutil.disk_usage(data)
    share = usage.free / usage.total
    ok = enough(usage.free, usage.total)
    return Answer("disk", ok=ok, detail=f"{_size(usage.free)} free ({share:.0%})")


def _devices(archive: Archive, running: Running | None, now: float) -> Iterator[Answer]:
    asked = _asked(running) if running else "the gateway does not run"
    if isinstance(asked, str):
        yield from _remembered(archive, asked, now)
        return
    for device in asked:
        yield _device(str(device["id"]), device)
        for antenna in device["antennas"]:
            if antenna["state"] not in (WELL, UNSEEN):
                yield _device(f"{device['id']}/{antenna['antenna']}", antenna)


def _device(name: str, said: dict[str, Any]) -> Answer:
    heard = f", heard {said['heard']}" if said["heard"] else ""
    why = f": {said['detail']}" if said["detail"] else ""
    return Answer(name, ok=_fit(said["state"]), detail=f"{said['state']}{why}{heard}")


def _fit(state: str) -> bool | None:
    return {WELL: True, UNSEEN: None}.get(state, False)


def _asked(running: Running) -> Sequence[dict[str, Any]] | str:
    """What the gateway says of its devices, or why it does not."""
    connection = http.client.HTTPConnection(running.host, running.port, timeout=ASK_SECONDS)
    try:
        connection.request("GET", "/api/v1/devices")
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 401:
            return "the page asks for a token"
        if answer.status != 200:
            return f"the page answers {answer.status}"
        devices: list[dict[str, Any]] = json.loads(body)["devices"]
    except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
        return f"the page does not answer: {error}"
    finally:
        connection.close()
    return devices


def _remembered(archive: Archive, why: str, now: float) -> Iterator[Answer]:
    known = archive.memory("health")
    if not known:
        yield Answer("devices", ok=None, detail=f"{why}, and nothing of them is on disk")
    for name, text in known.items():
        state, since, detail = json.loads(text)
        told = f": {detail}" if detail else ""
        was = f"was {state}{told}, {_age(max(0.0, now - since))} ago ({why})"
        # What was silent when the gateway stopped is no finding of now.
        yield Answer(name, ok=None, detail=was)


def _size(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1_000:
            return f"{count:.0f} {unit}"
        count /= 1_000
    return f"{count:.1f} GB"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"

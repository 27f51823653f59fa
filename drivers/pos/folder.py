"""A watched folder as a till: files in, facts out, and every file put away when it is done with.

A file goes to `done/` when each of its facts is on disk, and to `quarantine/`, with a
`.reason.txt` beside it that names lines and faults, when something in it cannot be taken; the good
rest of it is taken all the same. Ids make both safe to drop in again: after a kill in mid-file it
is simply read once more, and so is a corrected file. What the disk does not take leaves the file
where it lies.

The folder is polled: inotify says nothing of files that come by way of a network share. Everything
that touches the disk runs in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from drivers.observations import Device, DeviceState
from drivers.pos.receipts import Reading, Told, read_receipts
from drivers.pos.rows import CSV, RowFault, read_rows
from drivers.pos.settling import Settling, Stamp, is_ours, is_unfinished
from drivers.pos.telling import Answer, NotNow, Refused, Teller
from drivers.source import Clock, Emit, SourceLost

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
FILE_BYTES = 16_000_000
LISTED_MOST = 10_000
DONE_KEPT = 1_000
"""Files kept in `done/`; the oldest go first. Nothing in `quarantine/` is ever deleted."""
TOLD_AT_ONCE = 100
"""Facts that wait for the same commit."""
REASONS_MOST = 1_000
DONE, QUARANTINE = "done", "quarantine"


class FolderSource:
    """A folder that a till or a back office writes files into (see `rows` for their form).

    Args:
        name: the source's id.
        folder: the folder; `done` and `quarantine` are made in it.
        teller: takes the facts.
        make: make the folder itself too, where it is missing. A folder that the config names is
            not made: a share that is not mounted must be noticed.
    """

    def __init__(self, name: str, folder: Path, teller: Teller, *, make: bool = False) -> None:
        self.name = name
        self.faults: Counter[str] = Counter()
        self.facts: dict[str, str] = {"folder": str(folder)}
        self._shelf = _Shelf(folder, make=make)
        self._teller = teller
        self._taken = 0

    async def run(self, emit: Emit, clock: Clock) -> None:
        """Watch until cancelled.

        Raises:
            SourceLost: the folder cannot be read, or files cannot be moved in it.
        """
        settling = Settling()
        try:
            await asyncio.to_thread(self._shelf.open)
            now = clock.wall()
            emit(Device(self.name, now, now, DeviceState.ONLINE))
            while True:
                files = await asyncio.to_thread(self._shelf.listing)
                for name in settling.look(files, clock.monotonic()):
                    await self._take(name, settling, clock)
                self._show(files)
                await clock.sleep(POLL_SECONDS)
        except OSError as wrong:
            place = wrong.filename or self._shelf.folder
            raise SourceLost(f"{self.name}: {place}: {wrong.strerror or wrong}") from wrong

    async def _take(self, name: str, settling: Settling, clock: Clock) -> None:
        try:
            data, stamp = await asyncio.to_thread(self._shelf.read, name)
        except FileNotFoundError:
            return  # the till took it back
        except PermissionError:
            # One file that we may not read must not hold up the others.
            self.faults["unreadable"] += 1
            return
        if not data.endswith(b"\n") and settling.may_be_torn(name, clock.monotonic()):
            return
        reading = await asyncio.to_thread(_reading, name, data, clock.wall())
        faults = await self._tell(reading)
        if faults is None:
            self.faults["not_stored"] += 1
            return
        if not await asyncio.to_thread(self._shelf.put_away, name, stamp, faults):
            self.faults["file_grew"] += 1  # what it says now is read when it has settled again
            return
        if faults:
            self.faults["files_quarantined"] += 1
            self.faults["lines_refused"] += len(faults)
            log.warning("%s: %s is in quarantine, %d faults", self.name, name, len(faults))
        else:
            self._taken += 1
        self.facts["last file"] = name

    async def _tell(self, reading: Reading) -> list[RowFault] | None:
        """Tell all facts; every fault of the file, or None when the disk did not take them all."""
        faults = list(reading.faults)
        for start in range(0, len(reading.told), TOLD_AT_ONCE):
            batch = reading.told[start : start + TOLD_AT_ONCE]
            answers = await asyncio.gather(*(self._tell_one(told) for told in batch))
            for told, answer in zip(batch, answers, strict=True):
                if isinstance(answer, NotNow):
                    return None
                if answer:
                    faults.append(RowFault(told.lines[0], answer))
        return sorted(faults, key=lambda fault: fault.line)

    async def _tell_one(self, told: Told) -> str | NotNow:
        """Why a fact was not taken: nothing when it was."""
        try:
            answer = await self._teller.record(told.fact)
        except NotNow as later:
            return later
        except Refused as wrong:
            return str(wrong)
        if answer is Answer.CONFLICT:
            return f"id: {told.fact.id} is known with another content; nothing was changed"
        return ""

    def _show(self, files: dict[str, Stamp]) -> None:
        strange = sum(not (is_ours(name) or is_unfinished(name)) for name in files)
        self.facts |= {
            "files taken": str(self._taken),
            "files waiting": str(sum(map(is_ours, files))),
            "files that are none of ours": str(strange),
            "files in quarantine": str(self._shelf.quarantined),
        }


class _Shelf:
    """The folder on disk. Every method blocks, and raises `OSError` as it comes."""

    def __init__(self, folder: Path, *, make: bool) -> None:
        self.folder = folder
        self.quarantined = 0
        self._make = make

    def open(self) -> None:
        """Make what must be there."""
        if self._make:
            self.folder.mkdir(parents=True, exist_ok=True)
        for name in (DONE, QUARANTINE):
            (self.folder / name).mkdir(exist_ok=True)
        self._count()

    def listing(self) -> dict[str, Stamp]:
        """The regular files in the folder; of more than `LISTED_MOST`, some wait for their turn."""
        files: dict[str, Stamp] = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                # A file may go between the listing and the look at it.
                with contextlib.suppress(FileNotFoundError):
                    if entry.is_file(follow_symlinks=False):
                        files[entry.name] = _stamp(entry.stat(follow_symlinks=False))
                if len(files) >= LISTED_MOST:
                    break
        return files

    def read(self, name: str) -> tuple[bytes, Stamp]:
        """A file's bytes, at most one more than `FILE_BYTES`, and its stamp before they were."""
        descriptor = os.open(self.folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            stamp = _stamp(os.fstat(descriptor))
            return file.read(FILE_BYTES + 1), stamp

    def put_away(self, name: str, stamp: Stamp, faults: Sequence[RowFault]) -> bool:
        """Move a file to where it belongs; first its reason, so that none is ever without.

        False, with nothing done, for a file that is not what was read any more.
        """
        path = self.folder / name
        if not path.exists() or _stamp(path.lstat()) != stamp:
            return False
        place = self._free(self.folder / (QUARANTINE if faults else DONE) / name)
        if faults:
            reason = place.with_name(f"{place.name}.reason.txt")
            reason.write_text(_reason(faults), "utf-8")
        path.rename(place)
        if faults:
            self._count()
        else:
            self._prune()
        return True

    def _free(self, place: Path) -> Path:
        free, number = place, 1
        while free.exists():
            number += 1
            free = place.with_name(f"{place.stem}-{number}{place.suffix}")
        return free

    def _count(self) -> None:
        self.quarantined = sum(is_ours(path.name) for path in (self.folder / QUARANTINE).iterdir())

    def _prune(self) -> None:
        with os.scandir(self.folder / DONE) as entries:
            done = [(entry.stat().st_mtime_ns, entry.path) for entry in entries if entry.is_file()]
        for _, path in sorted(done)[: max(0, len(done) - DONE_KEPT)]:
            Path(path).unlink(missing_ok=True)


def _stamp(stat: os.stat_result) -> Stamp:
    return Stamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


def _reading(name: str, data: bytes, at: float) -> Reading:
    if len(data) > FILE_BYTES:
        fault = RowFault(0, f"has more than {FILE_BYTES // 1_000_000} MB; write smaller files")
        return Reading((), (fault,))
    return read_receipts(read_rows(name, data), at=at, whole=not name.lower().endswith(CSV))


def _reason(faults: Sequence[RowFault]) -> str:
    lines = [str(fault) for fault in faults[:REASONS_MOST]]
    if len(faults) > REASONS_MOST:
        lines.append(f"… and {len(faults) - REASONS_MOST} more")
    lines.append("")
    lines.append("Everything else in this file was taken. Correct these lines and put the file")
    lines.append("back into the folder above: what was taken before is not taken twice.")
    return "\n".join(lines) + "\n"

"""Capture files: opened by name, `.gz` unpacked and packed on the way, never whole in memory."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from drivers.observations import Observation
from gateway.capture.faults import CaptureFaults
from gateway.capture.writing import capture_lines

LINE_MAX = 4_000_000
"""Bytes; the longest line of ours, a delivery of 20,000 EPCs, stays well below."""
GZIP_LEVEL = 6


class CaptureUnreadable(Exception):
    """The file cannot be opened or read; the message is one plain line."""


def capture_file_lines(path: Path, faults: CaptureFaults) -> Iterator[bytes]:
    """The lines of a capture file. A file that breaks off is counted (`torn`) and ends there.

    A line over `LINE_MAX` bytes comes as its beginning alone, which is no JSON and so is counted.

    Raises:
        CaptureUnreadable: no such file, no right to read it, or the disk fails.
    """
    try:
        with _opened(path) as file:
            yield from _lines(file)
    except gzip.BadGzipFile as error:
        if not faults.lines:
            raise CaptureUnreadable(f"{path}: is not packed with gzip, as its name says") from None
        faults.note(faults.lines + 1, "torn", f"{path.name} breaks off: {error}")
    except (EOFError, zlib.error) as error:
        faults.note(faults.lines + 1, "torn", f"{path.name} breaks off: {error}")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CaptureUnreadable(f"{path}: {reason}") from None


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        # The interface is the same; only the type checker sees a difference.
        return gzip.open(path, "rb")  # type: ignore[return-value]  # GzipFile is no IO[bytes] to it
    return path.open("rb")


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    begin = True
    while line := file.readline(LINE_MAX):
        yield line.removeprefix(BOM_UTF8) if begin else line
        begin = False
        while len(line) == LINE_MAX and not line.endswith(b"\n"):
            line = file.readline(LINE_MAX)


class CaptureFile:
    """A capture being written; a context manager. The same observations give the same bytes."""

    def __init__(self, path: Path, beacons: Collection[str] = ()) -> None:
        self._path = path
        self._beacons = frozenset(beacons)
        self._stack = contextlib.ExitStack()
        self._file: IO[bytes] | gzip.GzipFile | None = None
        self.lines = 0

    def __enter__(self) -> Self:
        """Open the file, empty.

        Raises:
            CaptureUnreadable: it cannot be written.
        """
        try:
            file: IO[bytes] = self._stack.enter_context(self._path.open("wb"))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise CaptureUnreadable(f"{self._path}: {reason}") from None
        self._file = self._stack.enter_context(_packed(file)) if self._gz else file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write out what is still held back and close."""
        self._stack.close()
        self._file = None

    @property
    def _gz(self) -> bool:
        return self._path.suffix == ".gz"

    def write(self, observation: Observation) -> None:
        """Add an observation. `OSError` when the disk does not take it."""
        if self._file is None:
            raise ValueError("the capture is closed")
        lines = capture_lines(observation, self._beacons)
        if lines:
            self._file.write(("\n".join(lines) + "\n").encode())
            self.lines += len(lines)


def _packed(file: IO[bytes]) -> gzip.GzipFile:
    # Neither name nor time go into the header, or no two runs would give the same bytes.
    return gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=file, mtime=0)

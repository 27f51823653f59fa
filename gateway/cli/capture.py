"""Reading captures for commands: the store's own ears, and what was passed over said at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.observations import Observation
from gateway.capture.faults import CaptureFaults
from gateway.capture.files import CaptureUnreadable, capture_file_lines
from gateway.capture.lines import read_capture
from gateway.cli.failure import CommandFailed
from gateway.config.load import Store
from gateway.roster import roster_of


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture being read; `faults` grows with it."""

    observations: Iterator[Observation]
    faults: CaptureFaults


def open_capture(store: Store, file: Path) -> Capture:
    """The observations of `file` as `store` hears them."""
    for fault in store.row_faults:
        print(fault, file=sys.stderr)  # noqa: T201
    faults = CaptureFaults()
    lines = capture_file_lines(file, faults)
    observations = read_capture(lines, roster_of(store).hear, faults, by_second=True)
    return Capture(_plainly(observations), faults)


def say_faults(faults: CaptureFaults, engines: Mapping[str, int]) -> None:
    """What was passed over, on standard error."""
    for fault in faults.named:
        print(fault, file=sys.stderr)  # noqa: T201
    counted = {**{f"capture/{why}": n for why, n in faults.counts.items()}, **engines}
    for why in sorted(why for why, n in counted.items() if n):
        print(f"{why}: {counted[why]}", file=sys.stderr)  # noqa: T201


def _plainly(observations: Iterator[Observation]) -> Iterator[Observation]:
    try:
        yield from observations
    except CaptureUnreadable as error:
        raise CommandFailed(str(error)) from error
